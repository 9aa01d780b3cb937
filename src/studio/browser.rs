//! What the model browser remembers.

use crate::api::ModelId;
use crate::plan::{Filter, Sort};

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

    /// Adds a filter or takes it away.
    pub fn toggle_filter(&mut self, filter: Filter) {
        if self.filters.contains(&filter) {
            self.filters.retain(|other| *other != filter);
        } else {
            self.filters.push(filter);
        }
    }
}
