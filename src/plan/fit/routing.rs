//! Which endpoints may serve a request, and what is passed through to them: the `provider` part.
//!
//! May import `api`. Invariant: only keys that an endpoint allows are passed through, because the service drops all
//! others without an error (contract section 4).

use super::super::draft::{Draft, EndpointChoice};
use super::super::problem::{NotSent, NotSentReason, Problem};
use super::super::scope::{Offering, Scope};
use crate::api::{Endpoint, ProviderPreferences};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What `fit` takes over.
pub(super) struct Route {
    pub provider: Option<ProviderPreferences>,
    pub eligible: Vec<usize>,
    /// True when the request ought to be limited to some endpoints but cannot be.
    pub unlimited: bool,
    pub not_sent: Vec<NotSent>,
    pub problems: Vec<Problem>,
}

/// Limits the request to those of `takers` that can be named, when they are not all, and passes their options.
pub(super) fn route(draft: &Draft, scope: &Scope<'_>, takers: &[&Offering<'_>]) -> Route {
    let mut preferences = ProviderPreferences::default();
    let mut able: Vec<(usize, &Endpoint)> = takers.iter().filter_map(|offering| offering.endpoint).collect();
    let mut unlimited = false;
    match &draft.endpoint {
        EndpointChoice::Pinned(tag) => {
            preferences.only = vec![tag.clone()];
            preferences.allow_fallbacks = Some(false);
        }
        EndpointChoice::Any if !able.is_empty() && able.len() < scope.offerings.len() => {
            let unable: Vec<&Endpoint> = scope
                .offerings
                .iter()
                .filter_map(|offering| offering.endpoint)
                .filter(|(place, _)| !able.iter().any(|(able, _)| able == place))
                .map(|(_, endpoint)| endpoint)
                .collect();
            let named: Vec<(usize, &Endpoint)> =
                able.iter().filter(|(_, endpoint)| sole_tag(endpoint, &unable).is_some()).copied().collect();
            unlimited = named.is_empty();
            if !unlimited {
                able = named;
                for tag in able.iter().filter_map(|(_, endpoint)| sole_tag(endpoint, &unable)) {
                    if !preferences.only.iter().any(|known| known == tag) {
                        preferences.only.push(tag.to_owned());
                    }
                }
            }
        }
        EndpointChoice::Any => {}
    }
    let mut route = Route {
        provider: None,
        eligible: able.iter().map(|(place, _)| *place).collect(),
        unlimited,
        not_sent: Vec::new(),
        problems: Vec::new(),
    };
    let unknown = scope.offerings.iter().all(|offering| offering.endpoint.is_none());
    for (slug, texts) in &draft.options {
        if unknown {
            let reason = NotSentReason::Conflict("the endpoints are not known yet".to_owned());
            route.not_sent.extend(typed(texts).map(|(key, text)| left_out(key, text, reason.clone())));
            continue;
        }
        let named: Vec<&Endpoint> = able.iter().map(|(_, e)| *e).filter(|e| e.base_slug() == slug).collect();
        if named.is_empty() {
            // Another model's provider: its options wait in the draft.
            continue;
        }
        let mut options = Map::new();
        for (key, text) in typed(texts) {
            if !named.iter().any(|endpoint| endpoint.allowed_passthrough_parameters.contains(key)) {
                route.not_sent.push(left_out(key, text, NotSentReason::NotOffered));
                continue;
            }
            match serde_json::from_str::<Value>(text) {
                Ok(value) => {
                    options.insert(key.clone(), value);
                }
                Err(error) => route.problems.push(Problem::BadOption {
                    provider: slug.clone(),
                    key: key.clone(),
                    reason: error.to_string(),
                }),
            }
        }
        if !options.is_empty() {
            preferences.options.insert(slug.clone(), Value::Object(options));
        }
    }
    route.provider = (preferences != ProviderPreferences::default()).then_some(preferences);
    route
}

/// Returns the endpoint's tag, unless it would also let one of `unable` in: `only` takes slugs as well as tags.
fn sole_tag<'a>(endpoint: &'a Endpoint, unable: &[&Endpoint]) -> Option<&'a str> {
    let tag = endpoint.provider_tag.as_deref()?;
    let admits = |other: &&Endpoint| {
        other.provider_tag.as_deref() == Some(tag) || other.provider_slug == tag || other.base_slug() == tag
    };
    (!unable.iter().any(admits)).then_some(tag)
}

/// Iterates over the options that hold any text.
fn typed(texts: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &str)> {
    texts.iter().map(|(key, text)| (key, text.trim())).filter(|(_, text)| !text.is_empty())
}

fn left_out(key: &str, text: &str, reason: NotSentReason) -> NotSent {
    let value = super::value_text(&Value::from(text));
    NotSent { field: "provider.options".to_owned(), label: key.to_owned(), value, reason }
}
