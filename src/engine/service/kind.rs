//! Which service is meant, and what kind of one it is.

use crate::api::{self, ApiKey, DEFAULT_BASE, Origin};

/// Names where requests go.
#[derive(Clone, Debug)]
pub struct Service {
    pub kind: ServiceKind,
    /// Ends in `/api/v1`, as a rule.
    pub base: String,
    pub key: Option<ApiKey>,
}

/// Sorts services for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// Pictures are painted on this computer.
    Demo,
    OpenRouter,
    /// Another server that speaks the same API.
    Custom,
}

impl ServiceKind {
    /// Returns what kind of service is at an origin; the demo is known to whoever starts it.
    pub fn of(origin: &api::Origin) -> Self {
        if is_default(origin) { Self::OpenRouter } else { Self::Custom }
    }
}

/// Says whether a base address is the one that requests go to unless told otherwise.
pub(crate) fn is_default(origin: &Origin) -> bool {
    Origin::of(DEFAULT_BASE).is_ok_and(|default| default == *origin)
}
