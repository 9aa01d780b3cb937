//! Where a key may go: pure.
//!
//! Invariants: a key goes to the one origin it is filed under; where anyone could read it on the way, only after a yes
//! that was given for that origin.

use crate::api::{DEFAULT_BASE, KeyRoute, Origin};

/// Says whether `OPENROUTER_API_KEY` goes to an origin. `named`: its base was named by option or variable in this call.
pub fn variable_goes_to(origin: &Origin, named: bool) -> bool {
    named || is_default(origin)
}

/// Says whether a base address is the one that requests go to unless told otherwise.
pub(crate) fn is_default(origin: &Origin) -> bool {
    Origin::of(DEFAULT_BASE).is_ok_and(|default| default == *origin)
}

/// Returns the host to ask about before a key goes there; `None`: nothing needs to be asked.
pub(super) fn needs_yes(origin: &Origin, agreed: bool) -> Option<String> {
    match origin.key_route() {
        KeyRoute::Open { host } if !agreed => Some(host),
        KeyRoute::Open { .. } | KeyRoute::Private => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
