//! What follows from each command.

use super::history::Wanted;
use super::walk::Way;
use super::{Action, Command, Compare, CompareMode, Dialog, Effect, Keymap, Layer, Screen, Studio, Tone};
use crate::engine::{Cause, Engine, Order, ServiceOrder};
use crate::library::{MarkChange, PictureId};
use crate::plan::{Draft, EndpointChoice, Flag, literal};

/// A command that waits for a recipe to be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Waiting {
    UseSettings(PictureId),
    CopyPrompt(PictureId),
    UseSentPrompt(PictureId),
}

impl Waiting {
    fn picture(&self) -> &PictureId {
        match self {
            Self::UseSettings(id) | Self::CopyPrompt(id) | Self::UseSentPrompt(id) => id,
        }
    }
}

impl Studio {
    /// Applies a command: changes what is on screen, orders the engine, leaves effects for the window.
    pub fn apply(&mut self, command: Command, engine: &Engine) {
        if self.refuses(&command) {
            return;
        }
        match command {
            Command::Do(action) => self.act(action, engine),
            Command::DoFor(id, action) => {
                self.about = Some(id);
                self.act(action, engine);
                self.about = None;
            }
            Command::ChooseModel(model) => {
                self.browser.used(&model);
                if self.draft.model.as_ref() != Some(&model) {
                    self.draft.endpoint = EndpointChoice::Any;
                    self.draft.model = Some(model.clone());
                }
                engine.send(Order::Service(ServiceOrder::WantEndpoints(model)));
                if self.screen == Screen::Models {
                    self.leave_models();
                }
            }
            Command::ChooseEndpoint(choice) => {
                // In the browser the choice is about the model that is looked at, and so chooses it too.
                let looked_at = self.browser.inspected.clone().filter(|_| self.screen == Screen::Models);
                if let Some(model) = looked_at.filter(|model| self.draft.model.as_ref() != Some(model)) {
                    self.browser.used(&model);
                    self.draft.model = Some(model);
                }
                self.draft.endpoint = choice;
            }
            Command::ToggleFavourite(model) => self.browser.toggle_favourite(&model),
            Command::InspectModel(model) => {
                engine.send(Order::Service(ServiceOrder::WantEndpoints(model.clone())));
                self.browser.inspected = Some(model);
            }
            Command::Cancel(job) => engine.send(Order::Cancel(job)),
            Command::CancelRun(run) => engine.send(Order::CancelRun(run)),
            Command::Retry(job) => engine.send(Order::Retry(job)),
            Command::DismissJob(job) => engine.send(Order::Dismiss(vec![job])),
            Command::SaveAgain(job) => engine.send(Order::SaveAgain(job)),
            Command::SaveElsewhere { job, folder } => {
                self.dialog = None;
                self.layout.export_folder = Some(folder.clone());
                engine.send(Order::SaveElsewhere { job, folder });
            }
            Command::ReadUnread(job) => engine.send(Order::ReadUnread(job)),
            Command::HoldPartial(step) => self.hold_partial(step),
            Command::KeepPartial(which) => engine.send(Order::KeepPartial(which)),
            Command::UsePrompt(run) => self.use_prompt(&run),
            Command::UsePromptSettings(run) => self.want_draft(run, Wanted::Again, engine),
            Command::UsePromptOf(id) => {
                if let Some(run) = self.collection.picture(&id).map(|picture| picture.run.clone()) {
                    self.use_prompt(&run);
                }
            }
            Command::PutBack => self.put_back(),
            Command::EditJob(job) => self.want_draft_of_job(&job, Wanted::Edit, engine),
            Command::ShrinkReferences(job) => self.want_draft_of_job(&job, Wanted::Shrink, engine),
            Command::OtherEndpoint(job) => self.want_draft_of_job(&job, Wanted::OtherEndpoint, engine),
            Command::Resume => engine.send(Order::Resume),
            Command::SendHere { jobs, to } => engine.send(Order::SendHere { jobs, to }),
            Command::RemoveHeld => engine.send(Order::RemoveHeld),
            Command::AddReferences(inputs) => {
                self.dialog = None;
                engine.send(Order::AddReferences(inputs));
            }
            Command::RemoveReference(index) => {
                if index < self.draft.references.len() {
                    self.draft.references.remove(index);
                }
            }
            Command::EditReference { place, edit } => self.edit_reference(place, edit, engine),
            Command::MoveReference { from, to } => {
                if from < self.draft.references.len() {
                    let reference = self.draft.references.remove(from);
                    self.draft.references.insert(to.min(self.draft.references.len()), reference);
                }
            }
            Command::Show(screen) => self.show(screen),
            Command::Open(id) => {
                self.selection.only(id);
                self.show(Screen::Viewer);
            }
            Command::Select(id) => self.selection.only(id),
            Command::ToggleSelected(id) => self.selection.toggle(id),
            Command::SelectTo(id) => self.selection.extend_to(id, &self.shown, &self.collection),
            Command::ToggleStack(run) => self.toggle_stack_of(run),
            Command::SelectNone => self.selection.clear(),
            Command::SelectThese(ids) => self.selection.set(ids),
            Command::Compare(ids) => self.start_compare(ids),
            Command::ComparePair(pair) => self.compare_pair(pair),
            Command::AddToCompare(id) => {
                if !self.compare.add(id) {
                    self.notices.say(Tone::Info, format!("At most {} pictures can be compared", Compare::MAX), None);
                }
            }
            Command::RemoveFromCompare(id) => self.compare.remove(&[id]),
            Command::ActivatePane(pane) => self.compare.activate(pane),
            Command::LayNext(layer, step) => self.compare.lay_next(layer, step),
            Command::Edit(edit) => engine.send(Order::Edit(edit, Cause::Asked)),
            Command::Trash(ids) => self.trash(ids, engine),
            Command::Restore(ids) => engine.send(Order::Restore(ids, Cause::Asked)),
            Command::EmptyTrash => {
                self.dialog = None;
                engine.send(Order::EmptyTrash);
            }
            Command::UseSettings(id) => self.when_read(Waiting::UseSettings(id)),
            Command::UseAsReference(ids) => {
                let inputs = ids.into_iter().map(crate::engine::ReferenceInput::Picture).collect();
                engine.send(Order::AddReferences(inputs));
                self.notices.say(Tone::Good, "Added as reference", None);
            }
            Command::CopyPicture(id) => self.effects.push(Effect::CopyPicture(id)),
            Command::CopyFiles(ids) => self.copy_files(ids),
            Command::CopyPrompt(id) => self.when_read(Waiting::CopyPrompt(id)),
            Command::UseSentPrompt(id) => self.when_read(Waiting::UseSentPrompt(id)),
            Command::GoTo(id) => self.go_to_picture(id),
            Command::ReadRecipe(id) => _ = self.recipe(&id),
            Command::OpenFolder(id) => self.effects.push(Effect::OpenFolder(id)),
            Command::ShowFile(file) => self.effects.push(Effect::ShowFile(file)),
            Command::Dropped(files) => self.dropped(files),
            Command::UseTold(told) => self.use_told(&told),
            Command::Import(paths) => {
                self.dialog = None;
                engine.send(Order::Import(paths));
            }
            Command::CancelImport => engine.send(Order::CancelImport),
            Command::StopEmptying => engine.send(Order::StopEmptying),
            // The dialog stays: it shows how far saving is, and asks when a name is taken.
            Command::Export(exports) => self.effects.push(Effect::Export(exports)),
            Command::MakeSheets(order) => self.effects.push(Effect::MakeSheets(order)),
            Command::OpenDialog(dialog) => self.dialog = Some(dialog),
            Command::CloseDialog => self.dialog = None,
            // The dialog stays: it shows what the service says of the key.
            Command::Service(order) => engine.send(Order::Service(order)),
            Command::Tend(care) => engine.send(Order::Tend(care)),
            Command::StopTending => engine.send(Order::StopTending),
            Command::Claim => engine.send(Order::Claim),
            Command::DismissNotice(id) => self.notices.dismiss(id),
            Command::CloseCrashReport => self.close_crash_report(),
            Command::SetKeys(choices) => {
                self.keymap = std::sync::Arc::new(Keymap::of(&choices));
                self.layout.keys = choices;
            }
            Command::RunEntry(entry) => self.run_entry(&entry, engine),
        }
        // A full screen is for looking.
        self.full_screen &= matches!(self.screen, Screen::Viewer | Screen::Compare);
    }

    fn act(&mut self, action: Action, engine: &Engine) {
        match action {
            Action::Generate => self.generate(engine),
            Action::CancelAll => engine.send(Order::CancelAll),
            Action::FocusPrompt => self.focus_prompt(),
            Action::History => self.dialog = Some(Dialog::History),
            Action::OlderPrompt => self.walk_prompts(Way::Older),
            Action::NewerPrompt => self.walk_prompts(Way::Newer),
            Action::PickReferences => self.effects.push(Effect::PickReferences),
            Action::Paste => self.effects.push(Effect::ReadClipboard),
            Action::ShowGrid => self.show(Screen::Grid),
            Action::ShowViewer | Action::Open => self.open_viewer(),
            Action::ShowCompare => self.show_compare(),
            Action::ShowSurvey => self.cull(CompareMode::Survey),
            Action::ShowChampion => self.cull(CompareMode::Champion),
            Action::BringBack => self.decided(Compare::bring_back),
            Action::ShowModels => match self.screen {
                Screen::Models => self.leave_models(),
                _ => self.show(Screen::Models),
            },
            Action::Back => self.back(),
            Action::Next => self.step(1),
            Action::Previous => self.step(-1),
            Action::Below => self.step_row(1),
            Action::Above => self.step_row(-1),
            Action::SelectAll if self.shows_source() => self.viewer.source_chosen = true,
            Action::SelectAll => {
                let all = self.shown.all(&self.collection);
                self.selection.set(all);
            }
            // Whichever key: what is on screen becomes larger or smaller.
            Action::ZoomIn | Action::TilesLarger => self.zoom(Action::ZoomIn),
            Action::ZoomOut | Action::TilesSmaller => self.zoom(Action::ZoomOut),
            Action::ToggleZoom | Action::Fit | Action::FullSize => self.zoom(action),
            Action::ToggleLock => self.layout.look.locked = !self.layout.look.locked,
            Action::NextBackdrop => self.layout.look.backdrop = self.layout.look.backdrop.next(),
            Action::Turn(by) => self.turn(by),
            Action::FullScreen => self.toggle_full_screen(),
            Action::SecondWindow => self.layout.second.open = !self.layout.second.open,
            Action::PreviousPartial => self.step_partial(-1),
            Action::NextPartial => self.step_partial(1),
            Action::KeepPartial => match self.partial_meant() {
                Ok(which) => engine.send(Order::KeepPartial(which)),
                Err(why) => self.notices.say(Tone::Info, why, None),
            },
            Action::ToggleSource => {
                self.layout.source_open = !self.layout.source_open;
                self.viewer.source_chosen = false;
            }
            Action::ToggleInfo => self.layout.info_open = !self.layout.info_open,
            Action::NextMode
            | Action::PreviousMode
            | Action::LessOfMode
            | Action::MoreOfMode
            | Action::NextAlignment => {
                self.compare_otherwise(action);
            }
            Action::ResetOffsets | Action::ToggleBlink | Action::OtherPicture => self.compare_otherwise(action),
            Action::ToggleLink => self.compare.set_linked(!self.compare.linked()),
            Action::Swap => self.compare.swap(),
            Action::Trash => self.trash(self.subjects(), engine),
            Action::Undo => self.take_back(engine),
            Action::Redo => self.do_again(engine),
            Action::Stars(stars) => self.mark(MarkChange::Stars(stars), engine),
            Action::Pick => self.mark(MarkChange::Flag(Some(Flag::Pick)), engine),
            Action::Reject => self.mark(MarkChange::Flag(Some(Flag::Reject)), engine),
            Action::Unflag => self.mark(MarkChange::Flag(None), engine),
            Action::Label(label) => self.mark_label(label, engine),
            Action::AddToCollection => match self.subjects() {
                ids if ids.is_empty() => self.notices.say(Tone::Info, "Select a picture first", None),
                ids => self.dialog = Some(Dialog::Collect(ids)),
            },
            Action::ToggleStack => self.toggle_stack(),
            Action::ToggleStacks => {
                self.layout.stacked = !self.layout.stacked;
                self.open_stacks.clear();
            }
            Action::Search if self.shows_source() => self.effects.push(Effect::SearchSource),
            Action::Search => {
                self.show(Screen::Grid);
                self.effects.push(Effect::FocusSearch);
            }
            Action::CopyPicture if self.shows_source() && self.viewer.source_chosen => self.viewer.source_copied = true,
            Action::UseSettings | Action::UsePrompt | Action::CopyPicture | Action::CopyPrompt | Action::OpenFolder => {
                let Some(id) = self.subjects().into_iter().next() else { return };
                let command = match action {
                    Action::UseSettings => Command::UseSettings(id),
                    Action::UsePrompt => Command::UsePromptOf(id),
                    Action::CopyPicture => Command::CopyPicture(id),
                    Action::CopyPrompt => Command::CopyPrompt(id),
                    _ => Command::OpenFolder(id),
                };
                self.apply(command, engine);
            }
            Action::UseAsReference => match self.subjects() {
                ids if ids.is_empty() => {}
                ids => self.apply(Command::UseAsReference(ids), engine),
            },
            Action::CopyFiles => match self.subjects() {
                ids if ids.is_empty() => self.notices.say(Tone::Info, "Select the pictures to copy", None),
                ids => self.apply(Command::CopyFiles(ids), engine),
            },
            Action::SaveAs => match self.subjects() {
                ids if ids.is_empty() => self.notices.say(Tone::Info, "Select a picture to save", None),
                ids => self.dialog = Some(Dialog::Export(ids)),
            },
            Action::ContactSheet => match self.subjects() {
                ids if ids.is_empty() => self.notices.say(Tone::Info, "Select the pictures for a contact sheet", None),
                ids => self.dialog = Some(Dialog::ContactSheet(ids)),
            },
            Action::ToggleLeft => self.layout.left_open = !self.layout.left_open,
            Action::ToggleRight => {
                let shown = self.layout.right_shown(self.window_width);
                self.layout.right_open = Some(!shown);
            }
            Action::ToggleSides => {
                let any = self.layout.left_open || self.layout.right_shown(self.window_width);
                self.layout.left_open = !any;
                self.layout.right_open = Some(!any);
            }
            Action::ToggleStrip => self.layout.strip_open = !self.layout.strip_open,
            Action::TogglePanels => {
                let any = self.layout.left_open || self.layout.right_shown(self.window_width) || self.layout.strip_open;
                self.layout.left_open = !any;
                self.layout.right_open = Some(!any);
                self.layout.strip_open = !any;
            }
            Action::ClearFailed => {
                let ended = self.snapshot.jobs.iter().filter(|job| job.phase.is_ended());
                engine.send(Order::Dismiss(ended.map(|job| job.id.clone()).collect()));
            }
            Action::Settings => self.dialog = Some(Dialog::Settings),
            Action::Keys => self.dialog = Some(Dialog::Keys),
            Action::Palette => self.dialog = Some(Dialog::Palette),
            Action::Quit => self.effects.push(Effect::Quit),
        }
    }

    fn zoom(&mut self, action: Action) {
        match (self.screen, action) {
            (Screen::Viewer | Screen::Compare, _) => self.zooms.push(action),
            (Screen::Grid, Action::ZoomIn) => self.resize_tiles(1.15),
            (Screen::Grid, Action::ZoomOut) => self.resize_tiles(1.0 / 1.15),
            _ => {}
        }
    }

    /// Changes the wished tile size.
    pub fn resize_tiles(&mut self, factor: f32) {
        let range = super::Layout::TILE;
        self.layout.tile = (self.layout.tile * factor).clamp(*range.start(), *range.end());
    }

    fn generate(&mut self, engine: &Engine) {
        match self.submission(jiff::Timestamp::now().as_millisecond()) {
            Ok(submission) => {
                self.browser.used(&submission.run.model);
                self.walk.sent(&submission.run.prompt);
                engine.send(Order::Submit(Box::new(submission)));
                self.draw_seed();
                if self.screen == Screen::Models {
                    self.leave_models();
                }
            }
            Err(problem) => self.notices.say(Tone::Bad, problem, None),
        }
    }

    pub(super) fn show(&mut self, screen: Screen) {
        if screen == Screen::Models && self.screen != Screen::Models {
            self.layout.before = Some(self.screen);
            self.browser.inspected.clone_from(&self.draft.model);
        }
        if screen == Screen::Viewer && self.selection.active().is_none() {
            return self.open_viewer();
        }
        self.screen = screen;
    }

    pub(super) fn leave_models(&mut self) {
        self.screen = self.layout.before.take().unwrap_or_default();
    }

    pub(super) fn open_viewer(&mut self) {
        let shown = match self.screen {
            Screen::Compare => self.compare.active().cloned(),
            _ => None,
        };
        match shown.or_else(|| self.selection.active().cloned()).or_else(|| self.first()) {
            Some(id) => {
                if self.selection.active() != Some(&id) {
                    self.selection.only(id);
                }
                self.screen = Screen::Viewer;
            }
            None => self.notices.say(Tone::Info, "There is no picture to look at yet", None),
        }
    }

    /// Escape: the dialog, then the partial that is held, then the screen, then the selection.
    fn back(&mut self) {
        if self.dialog.take().is_some() || self.let_partial_go() || std::mem::take(&mut self.full_screen) {
            return;
        }
        match self.screen {
            Screen::Models => self.leave_models(),
            Screen::Viewer | Screen::Compare => {
                if let Some(id) = self.selection.active() {
                    self.effects.push(Effect::Reveal(id.clone()));
                }
                self.screen = Screen::Grid;
            }
            Screen::Grid => self.selection.clear(),
        }
    }

    /// To the row below or above; where there are no rows, to the next or the one before.
    fn step_row(&mut self, direction: isize) {
        if self.screen == Screen::Compare {
            match self.compare.mode() {
                CompareMode::Champion if direction < 0 => return self.decided(Compare::promote),
                CompareMode::Champion => return self.decided(Compare::send_back),
                mode if mode.is_stacked() && self.compare.ids().len() > 2 => {
                    return self.compare.lay_next(Layer::Lower, direction);
                }
                _ => {}
            }
        }
        let [above, below] = self.row_steps;
        self.step(match self.screen {
            Screen::Grid | Screen::Compare if direction < 0 => above,
            Screen::Grid | Screen::Compare => below,
            _ => direction,
        });
    }

    fn step(&mut self, step: isize) {
        match self.screen {
            Screen::Models => {}
            Screen::Compare => self.compare.step(step),
            Screen::Grid | Screen::Viewer => {
                let step = if self.screen == Screen::Viewer { step.signum() } else { step };
                let next = match self.selection.active() {
                    Some(id) => self.neighbour(id, step),
                    None => self.first(),
                };
                if let Some(id) = next {
                    self.effects.push(Effect::Reveal(id.clone()));
                    self.selection.only(id);
                }
            }
        }
    }

    fn trash(&mut self, ids: Vec<PictureId>, engine: &Engine) {
        let ids: Vec<_> = ids
            .into_iter()
            .filter(|id| self.collection.picture(id).is_some_and(|picture| picture.trashed_ms.is_none()))
            .collect();
        if !ids.is_empty() {
            engine.send(Order::Trash(ids, Cause::Asked));
        }
    }

    /// Does what needs a recipe as soon as it is there.
    fn when_read(&mut self, waiting: Waiting) {
        let id = waiting.picture().clone();
        self.waiting.push(waiting);
        if self.recipe(&id).is_some() {
            self.finish_waiting();
        }
    }

    pub(super) fn finish_waiting(&mut self) {
        for waiting in std::mem::take(&mut self.waiting) {
            let Some(recipe) = self.recipes.get(waiting.picture()).cloned() else {
                self.waiting.push(waiting);
                continue;
            };
            match waiting {
                Waiting::UseSettings(_) => match recipe.draft() {
                    Some(draft) => {
                        self.layout.left_open = true;
                        self.take_draft(draft, "The settings of this picture are in the panel");
                    }
                    None => self.notices.say(Tone::Bad, "This picture's settings are not known", None),
                },
                Waiting::UseSentPrompt(_) => {
                    self.layout.left_open = true;
                    let draft = Draft { prompt: literal(recipe.prompt()), ..self.draft.clone() };
                    self.take_draft(draft, "The prompt of this picture is in the panel");
                    self.effects.push(Effect::FocusPrompt);
                }
                Waiting::CopyPrompt(_) => {
                    let prompt = recipe.request.get("prompt").and_then(serde_json::Value::as_str);
                    self.effects.push(Effect::CopyText(prompt.unwrap_or_default().to_owned()));
                    self.notices.say(Tone::Good, "The prompt is on the clipboard", None);
                }
            }
        }
    }
}
