//! Earlier prompts: the history and its favourites, the walk with two keys, and how old settings come back.
//!
//! Invariant: what an earlier prompt takes the place of is never lost: an unsent text comes by on the walk, and the
//! settings can be put back.

use super::walk::Way;
use super::{Command, Dialog, Effect, Screen, Studio, Tone};
use crate::engine::{Engine, FoundPrompts, Order, PromptQuestion, ServiceOrder};
use crate::library::{Edit, JobId, PictureId, RunId, SentPrompt};
use crate::plan::Draft;
use std::collections::HashMap;

/// Small pictures beside a prompt at most.
const PICTURES: usize = 4;
/// Runs of one prompt that are looked through for them, latest first.
const RUNS: usize = 64;

/// The history as it is looked through.
#[derive(Debug, Default)]
pub struct History {
    /// What is searched for.
    pub text: String,
    pub only_favourites: bool,
    asked: Option<PromptQuestion>,
    found: Option<Box<FoundPrompts>>,
}

impl History {
    /// Returns what was found last, which may answer an older question; `None`: nothing was read yet.
    pub fn found(&self) -> Option<&FoundPrompts> {
        self.found.as_deref()
    }

    pub(super) fn take(&mut self, found: Box<FoundPrompts>) {
        self.found = Some(found);
    }
}

/// What the settings of a run are wanted for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// To be used again.
    Again,
    /// To be changed, after they failed.
    Edit,
    /// To choose another endpoint for them.
    OtherEndpoint,
    /// To send their references smaller.
    Shrink,
}

impl Studio {
    /// Returns the question to be asked of the history now, or that none stands any more; `None`: that was said.
    pub fn prompt_question(&mut self) -> Option<Option<PromptQuestion>> {
        let open = self.dialog == Some(Dialog::History);
        let wanted = open.then(|| PromptQuestion {
            text: self.history.text.trim().to_owned(),
            favourites: self.history.only_favourites.then(|| self.shelves.favourite_prompts.clone()),
        });
        (wanted != self.history.asked).then(|| {
            self.history.asked.clone_from(&wanted);
            wanted
        })
    }

    /// Says whether a prompt is one of the favourites.
    pub fn is_favourite(&self, prompt: &SentPrompt) -> bool {
        prompt.favourites(&self.shelves.favourite_prompts).next().is_some()
    }

    /// Returns what makes a prompt a favourite, or no longer one.
    pub fn toggle_favourite(&self, prompt: &SentPrompt) -> Command {
        let runs: Vec<RunId> = prompt.favourites(&self.shelves.favourite_prompts).cloned().collect();
        Command::Edit(match runs.is_empty() {
            true => Edit::FavouritePrompts { runs: vec![prompt.last.id.clone()], on: true },
            false => Edit::FavouritePrompts { runs, on: false },
        })
    }

    /// Returns some pictures that a prompt made: those of the library, else what is in the trash.
    pub fn pictures_of(&mut self, prompt: &SentPrompt) -> Vec<PictureId> {
        let Self { collection, trashed_by_run, .. } = self;
        let runs = || prompt.runs.iter().rev().take(RUNS);
        let here = runs().filter_map(|run| collection.run(run)).flat_map(|entry| &entry.pictures);
        let here: Vec<PictureId> = here.take(PICTURES).map(|picture| picture.id.clone()).collect();
        if !here.is_empty() {
            return here;
        }
        let trashed = trashed_by_run.get(collection.revision(), || {
            let mut by_run: HashMap<RunId, Vec<PictureId>> = HashMap::new();
            for picture in collection.trashed() {
                by_run.entry(picture.run.clone()).or_default().push(picture.id.clone());
            }
            by_run
        });
        runs().filter_map(|run| trashed.get(run)).flatten().take(PICTURES).cloned().collect()
    }

    /// Steps through earlier prompts.
    pub(super) fn walk_prompts(&mut self, way: Way) {
        let Self { collection, walk, draft, .. } = self;
        let sent = || collection.runs().filter(|entry| entry.run.asked > 0).map(|entry| entry.run.prompt.as_str());
        match walk.step(way, &draft.prompt, sent, collection.run_count()) {
            Some(text) => {
                draft.prompt = text;
                self.focus_prompt();
            }
            None if way == Way::Older => self.notices.say(Tone::Info, "There is no older prompt", None),
            None => {}
        }
    }

    /// Puts the cursor into the prompt, wherever that is hidden.
    pub(super) fn focus_prompt(&mut self) {
        if self.screen == Screen::Models {
            self.leave_models();
        }
        self.layout.left_open = true;
        self.effects.push(Effect::FocusPrompt);
    }

    /// Takes the prompt of a run into the panel; everything else stays.
    pub(super) fn use_prompt(&mut self, run: &RunId) {
        let Some(entry) = self.collection.run(run) else { return };
        let draft = Draft { prompt: entry.run.prompt.clone(), ..self.draft.clone() };
        self.dialog = None;
        self.take_draft(draft, "The prompt is in the panel");
        self.focus_prompt();
    }

    /// Puts a draft into the panel and says so; what was there can be put back.
    pub(super) fn take_draft(&mut self, draft: Draft, said: &str) {
        if draft == self.draft {
            return self.notices.say(Tone::Good, said, None);
        }
        self.set_prompt_aside();
        if draft.wishes != self.draft.wishes {
            self.typing.clear();
        }
        self.former = Some(std::mem::replace(&mut self.draft, draft));
        // Only the latest can be put back.
        self.notices.retract(|command| matches!(command, Command::PutBack));
        self.notices.say(Tone::Good, said, Some(("Put back".to_owned(), Command::PutBack)));
    }

    /// Puts back what another draft took the place of.
    pub(super) fn put_back(&mut self) {
        if let Some(former) = self.former.take() {
            self.take_draft(former, "What was in the panel is back");
        }
    }

    fn set_prompt_aside(&mut self) {
        let prompt = self.draft.prompt.trim();
        let was_sent = self.collection.runs().any(|entry| entry.run.asked > 0 && entry.run.prompt.trim() == prompt);
        self.walk.set_aside(&self.draft.prompt, was_sent);
    }

    /// Asks for the settings of a run.
    pub(super) fn want_draft(&mut self, run: RunId, wanted: Wanted, engine: &Engine) {
        engine.send(Order::LoadDraft(run.clone()));
        self.wanted_draft = Some((run, wanted));
    }

    /// Asks for the settings of a job's run.
    pub(super) fn want_draft_of_job(&mut self, job: &JobId, wanted: Wanted, engine: &Engine) {
        let Some(view) = self.snapshot.jobs.iter().find(|view| view.id == *job) else { return };
        let run = view.run.clone();
        if wanted == Wanted::OtherEndpoint {
            engine.send(Order::Service(ServiceOrder::WantEndpoints(run.model.clone())));
        }
        self.want_draft(run.id.clone(), wanted, engine);
    }

    /// Does with the settings of a run what they were wanted for.
    pub(super) fn draft_read(&mut self, run: &RunId, draft: Option<Draft>) {
        let Some((_, wanted)) = self.wanted_draft.take_if(|(id, _)| id == run) else { return };
        let Some(entry) = self.collection.run(run) else { return };
        let model = entry.run.model.clone();
        // What is not known stays as it is in the panel.
        let known = draft.is_some();
        let prompt = entry.run.prompt.clone();
        let draft = draft.unwrap_or_else(|| Draft { prompt, model: Some(model.clone()), ..self.draft.clone() });
        self.dialog = None;
        self.take_draft(
            draft,
            match known {
                true => "The prompt is in the panel, with all its settings and references",
                false => "The prompt is in the panel; its settings are not known",
            },
        );
        match wanted {
            Wanted::Again | Wanted::Edit => self.focus_prompt(),
            Wanted::OtherEndpoint => {
                self.show(Screen::Models);
                self.browser.inspected = Some(model);
            }
            Wanted::Shrink => self.shrink_references(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::run;
    use std::sync::Arc;

    fn sent(runs: std::ops::Range<i64>) -> SentPrompt {
        let last = Arc::new(run(runs.end - 1));
        SentPrompt { runs: runs.map(|n| run(n).id).collect(), last }
    }

    #[test]
    fn a_prompt_is_a_favourite_through_any_of_its_runs() {
        let favourites = |runs: &[i64]| runs.iter().map(|n| run(*n).id).collect();
        for (all, expected) in [
            (favourites(&[]), &[][..]),
            (favourites(&[3]), &["r3"]),
            (favourites(&[1, 2, 4, 7, 8]), &["r4"]),
            (favourites(&[2, 3, 5]), &["r3", "r5"]),
            (favourites(&[9]), &[]),
        ] {
            let prompt = sent(3..6);
            let found: Vec<_> = prompt.favourites(&all).map(|run| run.0.as_str()).collect();
            assert_eq!(found, expected, "{all:?}");
        }
    }
}
