//! What a sign-in shows and tells: how far it is, and what came of it.

use super::key::KeyPlace;
use crate::api::{self, ApiKey, SIGN_IN_TIME};
use std::io;
use std::sync::Arc;

/// How far a sign-in is, as the window shows it.
#[derive(Clone, Debug)]
pub struct SignInView {
    /// The page to sign in at; `None`: not known yet.
    pub url: Option<Arc<str>>,
    /// The page shows a code, which is to be pasted.
    pub by_code: bool,
    pub stage: SignInStage,
}

/// Where a sign-in stands.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInStage {
    Waiting,
    /// The page is waited for, but no browser opened it.
    NoBrowser,
    /// The code is here and is being turned into a key.
    Exchanging,
    /// A sentence.
    Failed(Arc<str>),
}

/// Why nobody is signed in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignInError {
    #[error("no port of this computer could be opened for the browser's answer: {0}; sign in by code instead")]
    Port(Arc<io::Error>),
    #[error("it was refused in the browser")]
    Refused,
    #[error("nobody came back from the browser within {} minutes", SIGN_IN_TIME.as_secs() / 60)]
    TimedOut,
    #[error("the service gave no key for the code: {0}")]
    Exchange(api::Error),
    #[error(transparent)]
    Api(#[from] api::Error),
}

/// What a sign-in tells on its way.
#[derive(Debug)]
pub(crate) enum SignInReport {
    Ready(Arc<str>),
    Opened(bool),
    Exchanging,
    Done(Result<ApiKey, SignInError>),
}

/// A key that a sign-in brought, for which service, and where it is to be kept.
pub(crate) struct SignedIn {
    pub(crate) base: String,
    pub(crate) key: ApiKey,
    pub(crate) place: KeyPlace,
}
