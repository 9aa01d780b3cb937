//! Which service a job was made for, and whether the one in use is that.
//!
//! Pure. Invariant: a job goes to no other service by itself, whatever has the same address or the same name.

use super::connections::{Connection, ConnectionChoice, DEMO, OPENROUTER};
use super::kind::ServiceKind;
use crate::api::Origin;
use crate::library::RecipeContext;
use std::sync::Arc;

/// Which service jobs are made for, as they are marked with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceMark {
    /// Its base address.
    pub base: String,
    /// The connection's name, or the demo's.
    pub connection: Option<String>,
}

/// What a job knows of the service it was made for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeFor<'a> {
    pub(crate) base: &'a str,
    /// The connection's name, or the demo's.
    pub(crate) connection: Option<&'a str>,
}

impl<'a> MadeFor<'a> {
    pub(crate) fn of(mark: &'a ServiceMark) -> Self {
        Self { base: &mark.base, connection: mark.connection.as_deref() }
    }

    pub(crate) fn of_job(context: &'a RecipeContext) -> Self {
        Self { base: &context.service, connection: context.connection.as_deref() }
    }
}

/// The service that is in use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InUse<'a> {
    pub(crate) kind: ServiceKind,
    pub(crate) base: &'a str,
    pub(crate) connection: Option<&'a str>,
}

/// The same, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceInUse {
    pub(crate) kind: ServiceKind,
    pub(crate) base: String,
    pub(crate) connection: Option<String>,
}

impl ServiceInUse {
    pub(crate) fn as_ref(&self) -> InUse<'_> {
        InUse { kind: self.kind, base: &self.base, connection: self.connection.as_deref() }
    }

    /// Says whether a job may go there.
    pub(crate) fn takes(&self, context: &RecipeContext) -> bool {
        is_made_for(MadeFor::of_job(context), self.as_ref())
    }
}

/// Says whether a job may go to the service in use: it is the one that the job was made for.
pub(crate) fn is_made_for(made: MadeFor<'_>, now: InUse<'_>) -> bool {
    let is_demo = made.connection == Some(DEMO);
    if now.kind == ServiceKind::Demo {
        // Its port is another one at every start; before jobs knew the name, it was some port of this computer.
        let is_local = Origin::of(made.base).is_ok_and(|origin| origin.is_loopback());
        return is_demo || (made.connection.is_none() && is_local);
    }
    let is_same_place = match (Origin::of(made.base), Origin::of(now.base)) {
        (Ok(made), Ok(now)) => made == now,
        _ => false,
    };
    !is_demo && is_same_place && made.connection == now.connection
}

/// Returns the name that a job gives the service in use; `None`: it has none.
pub(crate) fn mark_of(now: InUse<'_>) -> Option<String> {
    match now.kind {
        ServiceKind::Demo => Some(DEMO.to_owned()),
        ServiceKind::OpenRouter | ServiceKind::Custom => now.connection.map(str::to_owned),
    }
}

/// Returns for people what a job was made for: the connection, else the host.
pub(crate) fn name_of(made: MadeFor<'_>) -> Arc<str> {
    match (made.connection, Origin::of(made.base)) {
        (Some(name), _) => name.into(),
        (None, Ok(origin)) if ServiceKind::of(&origin) == ServiceKind::OpenRouter => OPENROUTER.into(),
        (None, Ok(origin)) => origin.host().into(),
        (None, Err(_)) => "another service".into(),
    }
}

/// Returns how to use the service that a job was made for; `None`: nobody can choose it.
pub(crate) fn choice_of(made: MadeFor<'_>, list: &[Connection], has_demo: bool) -> Option<ConnectionChoice> {
    match made.connection {
        Some(DEMO) => has_demo.then_some(ConnectionChoice::Demo),
        Some(_) => {
            // One that was made anew under this name may be at another address.
            let goes = |connection: &&Connection| {
                let Connection { name, base, .. } = connection;
                is_made_for(made, InUse { kind: connection.kind(), base, connection: Some(name) })
            };
            list.iter().find(goes).map(|connection| ConnectionChoice::Named(connection.name.clone()))
        }
        None => {
            let is_default =
                Origin::of(made.base).is_ok_and(|origin| ServiceKind::of(&origin) == ServiceKind::OpenRouter);
            is_default.then_some(ConnectionChoice::OpenRouter)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DEFAULT_BASE;

    #[test]
    fn what_a_job_was_made_for_can_be_chosen_again_while_it_is_there() {
        let studio = Connection::new("Studio", "http://studio/api/v1", &[]).unwrap();
        let list = [studio];
        let named = |name: &str| Some(ConnectionChoice::Named(name.into()));
        for (base, connection, has_demo, choice) in [
            (DEFAULT_BASE, None, false, Some(ConnectionChoice::OpenRouter)),
            ("http://studio/api/v1", Some("Studio"), false, named("Studio")),
            ("http://elsewhere/api/v1", Some("Studio"), false, None),
            ("http://studio/api/v1", Some("Gone"), false, None),
            ("http://studio/api/v1", None, false, None),
            ("http://127.0.0.1:4000/api/v1", Some(DEMO), true, Some(ConnectionChoice::Demo)),
            ("http://127.0.0.1:4000/api/v1", Some(DEMO), false, None),
            ("", None, true, None),
        ] {
            let made = MadeFor { base, connection };
            assert_eq!(choice_of(made, &list, has_demo), choice, "{made:?} {has_demo}");
        }
    }

    #[test]
    fn a_job_goes_only_to_what_it_was_made_for() {
        let (demo, kind) = ("http://127.0.0.1:4000/api/v1", ServiceKind::OpenRouter);
        let openrouter = InUse { kind, base: DEFAULT_BASE, connection: None };
        let work = InUse { connection: Some("Work"), ..openrouter };
        let studio = InUse { kind: ServiceKind::Custom, base: "http://studio/api/v1", connection: None };
        let local = InUse { base: "http://127.0.0.1:5000/api/v1", ..studio };
        let painted = InUse { kind: ServiceKind::Demo, base: "http://127.0.0.1:6000/api/v1", connection: None };
        let made = |base, connection| MadeFor { base, connection };
        for (made, now, goes) in [
            (made(DEFAULT_BASE, None), openrouter, true),
            (made("https://OPENROUTER.ai:443/api/v2", None), openrouter, true),
            (made(DEFAULT_BASE, None), work, false),
            (made(DEFAULT_BASE, Some("Work")), work, true),
            (made(DEFAULT_BASE, Some("Work")), openrouter, false),
            (made(DEFAULT_BASE, None), studio, false),
            (made("http://studio/other", None), studio, true),
            (made("https://studio/api/v1", None), studio, false),
            (made(demo, None), local, false),
            (made(demo, Some(DEMO)), painted, true),
            (made(demo, None), painted, true),
            (made(DEFAULT_BASE, None), painted, false),
            (made(demo, Some(DEMO)), InUse { base: demo, ..local }, false),
            (made("", None), openrouter, false),
        ] {
            assert_eq!(is_made_for(made, now), goes, "{made:?} {now:?}");
        }
        assert_eq!(mark_of(painted).as_deref(), Some(DEMO));
        assert_eq!(mark_of(work).as_deref(), Some("Work"));
        assert_eq!(mark_of(studio), None);
        assert_eq!(&*name_of(made(DEFAULT_BASE, None)), "OpenRouter");
        assert_eq!(&*name_of(made("http://studio:8080/x", None)), "studio:8080");
        assert_eq!(&*name_of(made(DEFAULT_BASE, Some("Work"))), "Work");
    }
}
