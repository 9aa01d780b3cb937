//! Where a key may go: pure.
//!
//! Invariants: a key goes to the one origin it is filed under; where anyone could read it on the way, only after a yes
//! that was given for that origin.

use super::key::{KeyPlace, KeySource};
use super::kind::is_default;
use crate::api::{ApiKey, KeyRoute, Origin};

/// Says whether `OPENROUTER_API_KEY` goes to an origin. `named`: its base was named by option or variable in this call.
pub fn variable_goes_to(origin: &Origin, named: bool) -> bool {
    named || is_default(origin)
}

/// Returns the host to ask about before a key goes there; `None`: nothing needs to be asked.
pub(super) fn needs_yes(origin: &Origin, agreed: bool) -> Option<String> {
    match origin.key_route() {
        KeyRoute::Open { host } if !agreed => Some(host),
        KeyRoute::Open { .. } | KeyRoute::Private => None,
    }
}

/// What follows when the kept key is another one than before, because somebody else chose so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anew {
    /// What is in use stays.
    Stay,
    /// The kept key is used from now on.
    Use,
    /// The key in use was forgotten.
    Drop,
}

/// Decides it. `own`: the key in use and where from; `None` for the latter: it came with the service.
pub(crate) fn anew(own: Option<(&ApiKey, Option<KeySource>)>, kept: Option<&ApiKey>) -> Anew {
    match (own, kept) {
        // It is this session's alone, and nobody else's choice is about it.
        (Some((_, None | Some(KeySource::Variable | KeySource::Kept(KeyPlace::UntilClose)))), _) => Anew::Stay,
        (Some((own, _)), Some(kept)) if own == kept => Anew::Stay,
        (_, Some(_)) => Anew::Use,
        (Some(_), None) => Anew::Drop,
        (None, None) => Anew::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DEFAULT_BASE;

    #[test]
    fn the_variable_goes_to_the_default_address_and_to_one_that_this_call_names() {
        for (base, named, goes) in [
            (DEFAULT_BASE, false, true),
            (DEFAULT_BASE, true, true),
            ("https://OPENROUTER.ai:443/api/v1/", false, true),
            ("http://openrouter.ai/api/v1", false, false),
            ("https://openrouter.ai:444/api/v1", false, false),
            ("https://studio.example/api/v1", false, false),
            ("https://studio.example/api/v1", true, true),
            ("http://127.0.0.1:8080/api/v1", false, false),
            ("http://127.0.0.1:8080/api/v1", true, true),
        ] {
            assert_eq!(variable_goes_to(&Origin::of(base).unwrap(), named), goes, "{base} {named}");
        }
    }

    #[test]
    fn a_choice_elsewhere_goes_before_a_kept_key_and_never_before_one_of_this_session() {
        let (one, other) = (ApiKey::new("sk-or-v1-one").unwrap(), ApiKey::new("sk-or-v1-other").unwrap());
        let (file, system) = (KeySource::Kept(KeyPlace::File), KeySource::Kept(KeyPlace::System));
        let session = KeySource::Kept(KeyPlace::UntilClose);
        for (source, kept, follows) in [
            (Some(file), Some(&other), Anew::Use),
            (Some(system), Some(&one), Anew::Stay),
            (Some(system), None, Anew::Drop),
            (Some(session), Some(&other), Anew::Stay),
            (Some(session), None, Anew::Stay),
            (Some(KeySource::Variable), Some(&other), Anew::Stay),
            (Some(KeySource::Variable), None, Anew::Stay),
            (None, None, Anew::Stay),
            (None, Some(&other), Anew::Stay),
        ] {
            assert_eq!(anew(Some((&one, source)), kept), follows, "{source:?} {}", kept.is_some());
        }
        assert_eq!(anew(None, Some(&other)), Anew::Use);
        assert_eq!(anew(None, None), Anew::Stay);
    }

    #[test]
    fn what_others_could_read_needs_a_yes_that_names_the_host() {
        for (base, agreed, asked) in [
            (DEFAULT_BASE, false, None),
            ("http://localhost:8080/", false, None),
            ("http://studio.local:8080/api/v1", false, Some("studio.local:8080")),
            ("http://studio.local:8080/api/v1", true, None),
            ("http://openrouter.ai/api/v1", false, Some("openrouter.ai")),
        ] {
            let asks = needs_yes(&Origin::of(base).unwrap(), agreed);
            assert_eq!(asks.as_deref(), asked, "{base} {agreed}");
        }
    }
}
