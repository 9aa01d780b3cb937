//! Which parameter maps a draft is measured against: the pinned endpoint's, all endpoints', or the model's union.
//!
//! May import `api`. Invariant: an endpoint's own map wins over the model's, which serves only while endpoints are
//! not known.

use super::draft::{Draft, EndpointChoice};
use crate::api::{Endpoint, Model, Parameters};

/// One party that could serve the request.
pub(crate) struct Offering<'a> {
    /// Place in the list of endpoints; `None` for the model's own map.
    pub endpoint: Option<(usize, &'a Endpoint)>,
    /// Provider for people; with its tag where two endpoints share the provider's name.
    pub name: String,
    pub parameters: &'a Parameters,
    pub streams: bool,
}

/// All parties that the artist's choice of endpoint leaves.
pub(crate) struct Scope<'a> {
    /// Never empty.
    pub offerings: Vec<Offering<'a>>,
    /// The pinned tag, when endpoints are known and none has it.
    pub gone: Option<&'a str>,
}

impl<'a> Scope<'a> {
    /// Finds the parties. A pinned tag that no endpoint has leaves all of them, and is reported.
    pub fn of(draft: &'a Draft, model: &'a Model, endpoints: Option<&'a [Endpoint]>) -> Self {
        let all = endpoints.unwrap_or_default();
        let offering = |(index, endpoint): (usize, &'a Endpoint)| Offering {
            endpoint: Some((index, endpoint)),
            name: endpoint_name(endpoint, all),
            parameters: &endpoint.supported_parameters,
            streams: endpoint.supports_streaming,
        };
        let pinned = match &draft.endpoint {
            EndpointChoice::Any => None,
            EndpointChoice::Pinned(tag) => Some(tag.as_str()),
        };
        let has = |endpoint: &Endpoint| pinned.is_none_or(|tag| endpoint.provider_tag.as_deref() == Some(tag));
        let mut offerings: Vec<_> = all.iter().enumerate().filter(|(_, e)| has(e)).map(offering).collect();
        let gone = pinned.filter(|_| offerings.is_empty() && !all.is_empty());
        if offerings.is_empty() {
            offerings = all.iter().enumerate().map(offering).collect();
        }
        if offerings.is_empty() {
            offerings.push(Offering {
                endpoint: None,
                name: model.name.clone(),
                parameters: &model.supported_parameters,
                streams: model.supports_streaming,
            });
        }
        Self { offerings, gone }
    }
}

/// Names an endpoint for people: the provider, and its tag where the name alone would not tell it from another.
pub(crate) fn endpoint_name(endpoint: &Endpoint, all: &[Endpoint]) -> String {
    let shared = all.iter().filter(|other| other.provider_name == endpoint.provider_name).count() > 1;
    match &endpoint.provider_tag {
        Some(tag) if shared => format!("{} ({tag})", endpoint.provider_name),
        _ => endpoint.provider_name.clone(),
    }
}
