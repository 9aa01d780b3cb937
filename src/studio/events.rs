//! What follows when the engine says that something happened.

use super::{Action, Command, Step, Studio, Tone};
use crate::engine::{Event, KeyPlace, Notice, Order, Snapshot};
use crate::library::{Changes, EditResult, PictureId, PreviousValues};
use crate::picture::Flaw;
use std::sync::Arc;

impl Studio {
    /// Takes the engine's newest state.
    pub fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        self.snapshot = snapshot;
        self.choose_some_model();
    }

    /// Returns what the window needs from the engine now: recipes of shown pictures, and what followed from events.
    pub fn wants(&mut self) -> Vec<Order> {
        let recipes = self.wanted_recipes.drain(..).map(Order::LoadRecipe);
        let lineage = self.lineages.wanted().map(Order::LoadLineage);
        recipes.chain(lineage).chain(self.due.drain(..)).collect()
    }

    /// Returns what is to be told the engine of flaws that were seen while pictures were read.
    pub fn new_flaws(&self, seen: Vec<(PictureId, Flaw)>) -> Vec<Order> {
        let is_news = |id: &PictureId| self.collection.picture(id).is_some_and(|picture| picture.flaw.is_none());
        let news = seen.into_iter().filter(|(id, _)| is_news(id));
        news.map(|(id, flaw)| Order::NoteFlaw(id, flaw)).collect()
    }

    /// Reacts to one event. New results never move the selection or the scroll position.
    pub fn on(&mut self, event: Event) {
        if let Event::Newest(_)
        | Event::Loaded(_)
        | Event::Replaced(_)
        | Event::Changed(_)
        | Event::Stored { .. }
        | Event::Trashed(..)
        | Event::Restored(..)
        | Event::Emptied { .. } = &event
        {
            self.lineages.outdate();
        }
        match event {
            Event::Newest(loaded) => self.collection.load(*loaded),
            Event::Loaded(loaded) => {
                self.collection.load(*loaded);
                self.all_loaded = true;
            }
            Event::RunAdded(run) => self.collection.add_run(run),
            Event::Stored { picture, run } => {
                self.collection.add_run(run);
                self.collection.insert(*picture);
            }
            // The tile says it; the snapshot carries it.
            Event::Ended { .. } => {}
            // Nobody asked it to while events are still taken.
            Event::Stopped => self.engine_stopped(),
            Event::Trashed(pictures, cause) => {
                let ids: Vec<PictureId> = pictures.iter().map(|picture| picture.id.clone()).collect();
                self.leave(&ids);
                self.collection.trash(pictures);
                let text = match ids.len() {
                    1 => "Moved to the trash".to_owned(),
                    count => format!("{count} pictures moved to the trash"),
                };
                self.notices.say(Tone::Info, text, Some(("Undo".to_owned(), Command::Do(super::Action::Undo))));
                self.undo.remember(Step::Restore(ids), cause);
            }
            Event::Restored(pictures, cause) => {
                let ids = pictures.iter().map(|picture| picture.id.clone()).collect();
                self.undo.remember(Step::Trash(ids), cause);
                self.collection.restore(pictures);
            }
            Event::Edited(edited, cause) => {
                let EditResult { pictures, shelves, before } = *edited;
                self.collection.update(pictures);
                if let Some(shelves) = shelves {
                    self.shelves = shelves;
                }
                if before != PreviousValues::default() {
                    self.undo.remember(Step::Put(before), cause);
                }
            }
            Event::Found(found) => self.search.take(found),
            Event::FoundPrompts(found) => self.history.take(found),
            Event::Draft { run, draft } => self.draft_read(&run, draft.map(|draft| *draft)),
            Event::Updated(pictures) => self.collection.update(pictures),
            Event::Replaced(read) => {
                let known = self.collection.runs().flat_map(|entry| &entry.pictures);
                let known = known.chain(self.collection.trashed()).map(|picture| picture.id.clone());
                let gone: Vec<_> = known.filter(|id| read.picture(id).is_none()).collect();
                if !gone.is_empty() {
                    self.leave(&gone);
                }
                self.collection.replace(*read);
                self.undo.forget(|id| self.collection.picture(id).is_none());
            }
            Event::Changed(changes) => {
                let Changes { runs, pictures, gone, shelves, is_new_index: _ } = *changes;
                runs.into_iter().for_each(|run| self.collection.add_run(run));
                let gone: Vec<PictureId> = gone.into_iter().map(|(id, _)| id).collect();
                let thrown = pictures.iter().filter(|picture| picture.trashed_ms.is_some());
                let leaving: Vec<PictureId> = thrown.map(|picture| picture.id.clone()).chain(gone.clone()).collect();
                if !leaving.is_empty() {
                    self.leave(&leaving);
                }
                self.collection.put(pictures);
                self.collection.remove(&gone);
                self.shelves = shelves.unwrap_or_else(|| std::mem::take(&mut self.shelves));
            }
            Event::Shelves(shelves) => self.shelves = *shelves,
            Event::Emptied { count, bytes, kept, left } => {
                self.collection.empty_trash();
                self.collection.trash(left);
                self.undo.forget(|id| self.collection.picture(id).is_none());
                let text = match count {
                    // Then it was about partials alone.
                    0 => "The trash is empty".to_owned(),
                    count => format!("{count} pictures deleted for good, {} freed", super::layout::bytes_text(bytes)),
                };
                let text = match kept {
                    0 => text,
                    1 => text + "; 1 file that is none of them was left in the trash folder",
                    _ => format!("{text}; {kept} files that are none of them were left in the trash folder"),
                };
                self.notices.say(Tone::Info, text, None);
            }
            Event::ReferenceAdded(reference) => self.draft.references.push(reference),
            Event::ReferencesShrunk(shrunk) => self.references_shrunk(shrunk),
            Event::ReferenceEdited { place, edited } => self.reference_edited(place, edited),
            Event::Recipe { id, recipe } => {
                if self.recipes.len() >= super::RECIPES {
                    self.recipes.clear();
                    self.asked_recipes.clear();
                }
                self.recipes.insert(id, recipe);
                self.finish_waiting();
            }
            Event::Lineage { id, lineage } => self.lineages.take(id, lineage),
            Event::Partials { id, partials } => self.way.take(id, partials),
            Event::PartialKept(id) => self.partial_kept(id),
            Event::PartialWasKept(id) => self.partial_was_kept(id),
            Event::Notice(notice) => self.tell(notice),
        }
    }

    /// Takes pictures that go away out of whatever shows them.
    fn leave(&mut self, ids: &[PictureId]) {
        self.refresh_shown();
        self.selection.leave(ids, &self.shown, &self.collection);
        self.compare.throw_out(ids);
        if self.screen == super::Screen::Viewer && self.selection.active().is_none() {
            self.screen = super::Screen::Grid;
        }
    }

    fn tell(&mut self, notice: Notice) {
        match notice {
            Notice::ReferenceRefused { name, reason } => {
                self.notices.say(Tone::Bad, format!("{name} was not added: {reason}"), None);
            }
            Notice::LibraryFailed(error) => {
                let tone = if error.is_in_use() { Tone::Info } else { Tone::Bad };
                let action =
                    error.is_broken_index().then(|| ("Look after it".to_owned(), Command::Do(Action::Settings)));
                self.notices.say(tone, error.to_string(), action);
            }
            Notice::KeyKept(place) => {
                let text = match place {
                    KeyPlace::System => "The key is in the system's secret store",
                    KeyPlace::File => "The key is in a file only you can read; it is not encrypted",
                    KeyPlace::UntilClose => "The key is kept until Easel closes",
                };
                self.notices.say(Tone::Good, text, None);
            }
            Notice::KeyNotKept { .. } | Notice::KeyTrouble { .. } => {
                if let Some(text) = notice.key_trouble() {
                    self.notices.say(Tone::Bad, text, None);
                }
            }
            Notice::ConnectionTrouble { text } => self.notices.say(Tone::Bad, text, None),
            Notice::NotTended => {
                let text = "The library is put in order when the pictures on their way are there; try again then";
                self.notices.say(Tone::Info, text, None);
            }
            Notice::StillUnread { reason } => {
                self.notices.say(Tone::Info, format!("No picture was found in what came: {reason}"), None);
            }
            Notice::SavedUnread { folder } => {
                let text = format!("What came is in {}, with its request", folder.display());
                self.notices.say(Tone::Good, text, None);
            }
            Notice::PartialGone => {
                let text = "This partial is not there any more, or shows nothing yet";
                self.notices.say(Tone::Bad, text, None);
            }
            Notice::Imported(sum) => self.tell_import(sum),
            Notice::KeyForgotten => self.notices.say(Tone::Good, "The key was forgotten", None),
            Notice::KeyChangedElsewhere => {
                self.notices.say(Tone::Info, "Another window of Easel has a new key; it is used here too", None);
            }
            Notice::KeyForgottenElsewhere => {
                let text = "The key was forgotten in another window of Easel; it is not used here any more";
                self.notices.say(Tone::Info, text, None);
            }
            Notice::SavedElsewhere { count, folder } => {
                let what = if count == 1 { "The picture is".to_owned() } else { format!("{count} pictures are") };
                self.notices.say(Tone::Good, format!("{what} in {}", folder.display()), None);
            }
            Notice::Recovered { stored, unknown, waiting } => {
                let mut parts = Vec::new();
                if stored > 0 {
                    parts.push(format!("{stored} received pictures were brought in"));
                }
                if unknown > 0 {
                    parts.push(format!("{unknown} requests were on the wire; their outcome is unknown"));
                }
                if waiting > 0 {
                    parts.push(format!("{waiting} waiting requests were kept"));
                }
                let action = (waiting > 0).then(|| ("Send them now".to_owned(), Command::Resume));
                self.notices.say(Tone::Info, format!("After the last session: {}", parts.join("; ")), action);
            }
        }
    }
}
