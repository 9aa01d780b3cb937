//! The draft against the chosen model: what would be sent, what it would cost, what stands in the way.

use super::place::{Mark, PLACE};
use super::{Browser, Layout, Studio};
use crate::api::{Endpoint, Model, ModelId};
use crate::engine::{Order, ServiceKind, Submission};
use crate::library::{RecipeContext, Run, RunId};
use crate::plan::{self, Cost, Draft, Fitted};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DRAFT: &str = "draft";
pub(super) const LAYOUT: &str = "layout";
pub(super) const BROWSER: &str = "browser";

/// What the prompt holds at the very first start.
const STARTER: &str = "Misty mountain lake at dawn, copper sky, pine forest on the shore";

/// What stands in the way when there is no key.
pub const NO_KEY: &str = "Enter a key to generate";

/// What the Generate button knows.
#[derive(Debug)]
pub struct Readiness {
    /// `None`: no model is chosen, or it is not in the list.
    pub fitted: Option<Fitted>,
    pub cost: Cost,
    /// Pictures that will be asked for.
    pub count: u32,
    /// The first thing that stands in the way, as a sentence.
    pub problem: Option<String>,
}

/// What was last written to disk, to write only what changed.
#[derive(Debug)]
pub(super) struct Saved {
    draft: Draft,
    layout: Layout,
    browser: Browser,
    pub(super) mark: Mark,
}

impl Saved {
    pub(super) fn new(draft: &Draft, layout: &Layout, browser: &Browser) -> Self {
        Self { draft: draft.clone(), layout: layout.clone(), browser: browser.clone(), mark: Mark::default() }
    }
}

/// The draft of the very first start: a picture is one click away.
pub(super) fn starter() -> Draft {
    Draft { prompt: STARTER.to_owned(), ..Draft::default() }
}

impl Studio {
    /// Returns the chosen model when the list has it.
    pub fn model(&self) -> Option<&Model> {
        self.model_by_id(self.draft.model.as_ref()?)
    }

    /// Returns a model of the list.
    pub fn model_by_id(&self, id: &ModelId) -> Option<&Model> {
        self.snapshot.models.value.as_ref()?.models.iter().find(|model| model.id == *id)
    }

    /// Returns the chosen model's endpoints when they are known.
    pub fn endpoints(&self) -> Option<&[Endpoint]> {
        let model = self.draft.model.as_ref()?;
        self.snapshot.endpoints_of(model).map(|endpoints| endpoints.as_slice())
    }

    /// Returns what the Generate button would do.
    pub fn readiness(&self) -> Readiness {
        let unknown = |reason: &str| Cost::Unknown { reason: reason.to_owned() };
        let Some(model) = self.model() else {
            let problem = match (&self.draft.model, &self.snapshot.models) {
                (_, models) if models.value.is_none() && models.loading => "The models are being read".to_owned(),
                (_, models) if models.value.is_none() => "The models could not be read".to_owned(),
                (Some(id), _) => format!("{id} is not in the list any more; choose another model"),
                (None, _) => "Choose a model".to_owned(),
            };
            return Readiness { fitted: None, cost: unknown("no model"), count: 0, problem: Some(problem) };
        };
        let endpoints = self.endpoints();
        let fitted = plan::fit(&self.draft, model, endpoints);
        let cost = match endpoints {
            Some(endpoints) => plan::estimate(&fitted, endpoints, &fitted.references),
            None => unknown("the endpoints are not read yet"),
        };
        let count = fitted.calls.iter().map(|call| call.n).sum();
        let problem = self.read_only().map(str::to_owned);
        let problem = problem
            .or_else(|| fitted.problems.first().map(ToString::to_string))
            .or_else(|| self.half_typed())
            .or_else(|| {
                let needs_key =
                    self.snapshot.service.key.is_none() && self.snapshot.service.kind == ServiceKind::OpenRouter;
                needs_key.then(|| NO_KEY.to_owned())
            });
        Readiness { fitted: Some(fitted), cost, count, problem }
    }

    /// Makes a run of the draft, at this time (Unix milliseconds). `Err`: the sentence that says what stands in the way.
    pub fn submission(&self, now_ms: i64) -> Result<Submission, String> {
        let ready = self.readiness();
        if let Some(problem) = ready.problem {
            return Err(problem);
        }
        let (Some(fitted), Some(model)) = (ready.fitted, self.model()) else {
            return Err("Choose a model".to_owned());
        };
        let endpoints = self.endpoints().unwrap_or_default();
        let eligible = fitted.eligible.iter().filter_map(|index| endpoints.get(*index));
        let run = Run {
            id: RunId::new(),
            created_ms: now_ms,
            model: model.id.clone(),
            model_name: plan::display_name(model).0.to_owned(),
            prompt: fitted.request.prompt.clone(),
            settings: plan::settings_text(&fitted.request),
            asked: ready.count,
            aspect: plan::aspect_of(&fitted.request),
        };
        let endpoints_known = self.endpoints().is_some();
        let as_written = fitted.prompts == [self.draft.prompt.clone()];
        let context = RecipeContext {
            model_name: run.model_name.clone(),
            endpoints: eligible.map(Endpoint::to_value).collect(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            model_parameters: (!endpoints_known).then(|| model.supported_parameters.to_value()),
            template: (!as_written).then(|| self.draft.prompt.clone()),
            from: self.draft.from.clone(),
            draft: Some(self.draft.clone()),
            ..RecipeContext::default()
        };
        let requests = fitted.calls.iter().map(|call| fitted.request_for(call)).collect();
        Ok(Submission { run, requests, references: fitted.references.clone(), context })
    }

    /// Chooses a model when none is chosen: the last one used that is still there, else the first of the list.
    pub(super) fn choose_some_model(&mut self) {
        if self.draft.model.as_ref().is_some_and(|id| self.model_by_id(id).is_some()) {
            return;
        }
        let known = self.browser.recent.iter().find(|id| self.model_by_id(id).is_some()).cloned();
        let Some(list) = self.snapshot.models.value.clone() else { return };
        let available = |id: &ModelId| self.snapshot.endpoints_of(id).is_none_or(|endpoints| !endpoints.is_empty());
        let first = list.models.iter().map(|model| &model.id).find(|id| available(id)).cloned();
        // An explicit choice that vanished is left alone and said; only an empty one is filled.
        if self.draft.model.is_none() {
            self.draft.model = known.or(first);
        }
    }

    /// Returns orders that write what has changed since the last time: called when the artist pauses.
    pub fn save_changes(&mut self) -> Vec<Order> {
        fn value<T: serde::Serialize>(what: &T) -> Option<Value> {
            serde_json::to_value(what).inspect_err(|error| log::warn!("a setting could not be kept: {error}")).ok()
        }
        let mut orders = Vec::new();
        if self.read_only().is_some() {
            return orders;
        }
        let mut save = |key, value: Option<Value>| {
            if let Some(value) = value {
                orders.push(Order::SaveSetting { key, value });
            }
        };
        if self.draft != self.saved.draft {
            save(DRAFT, value(&self.draft));
        }
        if self.layout != self.saved.layout {
            save(LAYOUT, value(&self.layout));
        }
        if self.browser != self.saved.browser {
            save(BROWSER, value(&self.browser));
        }
        let mark = self.place_mark();
        if mark != self.saved.mark {
            save(PLACE, value(&self.place()));
        }
        if !orders.is_empty() {
            self.saved = Saved { mark, ..Saved::new(&self.draft, &self.layout, &self.browser) };
        }
        orders
    }

    /// Says whether anything waits to be written.
    pub fn has_unsaved_changes(&self) -> bool {
        if self.read_only().is_some() {
            return false;
        }
        let changed = self.draft != self.saved.draft || self.layout != self.saved.layout;
        changed || self.browser != self.saved.browser || self.place_mark() != self.saved.mark
    }

    /// Returns the endpoints of a model, shared.
    pub fn endpoints_of(&self, model: &ModelId) -> Option<Arc<Vec<Endpoint>>> {
        self.snapshot.endpoints_of(model).cloned()
    }
}
