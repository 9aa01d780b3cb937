//! What the model browser remembers.

use crate::api::ModelId;
use crate::engine::Snapshot;
use crate::plan::{self, Filter, ModelEntry, Sort};

/// Models remembered as recent at most.
const RECENT: usize = 12;

/// Search, filters and favourites; kept in the library's settings.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Browser {
    #[serde(skip)]
    pub query: String,
    pub filters: Vec<Filter>,
    pub sort: Sort,
    pub favourites: Vec<ModelId>,
    /// Latest first.
    pub recent: Vec<ModelId>,
    /// The model whose details are shown.
    #[serde(skip)]
    pub inspected: Option<ModelId>,
}

impl Browser {
    /// Puts a model at the head of the recent ones.
    pub fn used(&mut self, model: &ModelId) {
        self.recent.retain(|other| other != model);
        self.recent.insert(0, model.clone());
        self.recent.truncate(RECENT);
    }

    /// Adds a favourite or takes it away.
    pub fn toggle_favourite(&mut self, model: &ModelId) {
        if self.favourites.contains(model) {
            self.favourites.retain(|other| other != model);
        } else {
            self.favourites.push(model.clone());
        }
    }

    /// Returns the places of the models that query and filters leave, in order.
    pub fn listed(&self, entries: &[ModelEntry<'_>]) -> Vec<usize> {
        plan::browse(entries, &self.query, &self.filters, self.sort, &self.favourites, &self.recent)
    }

    /// Returns the filters to offer: those that some model satisfies, and those that are on.
    pub fn chips(&self, entries: &[ModelEntry<'_>]) -> Vec<Filter> {
        let available = plan::available_filters(entries, &self.favourites, &self.recent);
        let shown = |filter: &Filter| available.contains(filter) || self.filters.contains(filter);
        Filter::ALL.into_iter().filter(shown).collect()
    }

    /// Returns the place among `listed` that lies `step` rows from the inspected model, ends included; the first one
    /// when the inspected model is not listed. `None`: nothing is listed.
    pub fn neighbour(&self, entries: &[ModelEntry<'_>], listed: &[usize], step: isize) -> Option<usize> {
        let last = listed.len().checked_sub(1)?;
        let is_inspected = |place: &usize| entries.get(*place).map(|entry| &entry.model.id) == self.inspected.as_ref();
        Some(listed.iter().position(is_inspected).map_or(0, |now| now.saturating_add_signed(step).min(last)))
    }

    /// Takes query and filters away.
    pub fn show_all(&mut self) {
        self.query.clear();
        self.filters.clear();
    }

    /// Adds a filter or takes it away.
    pub fn toggle_filter(&mut self, filter: Filter) {
        if self.filters.contains(&filter) {
            self.filters.retain(|other| *other != filter);
        } else {
            self.filters.push(filter);
        }
    }
}

/// Returns every model with what is known of its endpoints, in the service's order.
pub fn entries_of(snapshot: &Snapshot) -> Vec<ModelEntry<'_>> {
    let models = snapshot.models.value.iter().flat_map(|list| &list.models);
    let endpoints = |id: &ModelId| snapshot.endpoints_of(id).map(|endpoints| endpoints.as_slice());
    models.map(|model| ModelEntry { model, endpoints: endpoints(&model.id) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Model, Parameters};

    fn model(id: &str) -> Model {
        Model {
            id: ModelId::new(id),
            name: id.to_owned(),
            description: String::new(),
            created: None,
            input_modalities: Vec::new(),
            output_modalities: Vec::new(),
            supported_parameters: Parameters::default(),
            supports_streaming: id.contains("stream"),
        }
    }

    #[test]
    fn arrows_move_through_what_is_listed_and_stop_at_its_ends() {
        let models = ["a/one", "a/two", "a/stream"].map(model);
        let entries: Vec<_> = models.iter().map(|model| ModelEntry { model, endpoints: None }).collect();
        let mut browser = Browser { sort: Sort::Name, ..Browser::default() };
        let listed = browser.listed(&entries);
        assert_eq!(listed, [0, 2, 1]);
        for (inspected, step, expected) in
            [(None, 1, 0), (Some("a/one"), 1, 1), (Some("a/one"), -1, 0), (Some("a/two"), 9, 2), (Some("x/gone"), 5, 0)]
        {
            browser.inspected = inspected.map(ModelId::new);
            assert_eq!(browser.neighbour(&entries, &listed, step), Some(expected), "{inspected:?} {step}");
        }
        assert_eq!(browser.neighbour(&entries, &[], 1), None);
    }

    #[test]
    fn a_filter_that_is_on_can_always_be_taken_away() {
        let models = [model("a/one")];
        let entries: Vec<_> = models.iter().map(|model| ModelEntry { model, endpoints: None }).collect();
        let mut browser = Browser { query: "one".into(), ..Browser::default() };
        assert!(browser.chips(&entries).is_empty());
        browser.toggle_filter(Filter::Streams);
        assert_eq!(browser.chips(&entries), [Filter::Streams]);
        assert!(browser.listed(&entries).is_empty());
        browser.show_all();
        assert_eq!(browser.listed(&entries), [0]);
    }
}
