//! What the actor does when it is told to.

use super::actor::Actor;
use super::jobs::{self, Input, JobFilter, LiveJob};
use super::report::TaskReport;
use super::{DiskError, Event, Notice, Order, ReferenceInput, Submission, references};
use crate::library::{self, JobId, PictureId, ReadOnly, RunId};
use crate::picture::ReferenceEdit;
use crate::plan::DraftReference;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Actor {
    pub(super) fn order(&mut self, order: Order) {
        if !self.library_read && (order.writes() || order.reads() || matches!(order, Order::Tend(_) | Order::Claim)) {
            return self.early.push(order);
        }
        if let Some(tending) = self.tending.as_mut().filter(|_| self.read_only == Some(ReadOnly::Maintenance))
            && (order.writes() || order.reads())
        {
            return tending.postpone(order);
        }
        if let Some(emptying) = self.emptying.as_mut().filter(|_| order.moves()) {
            return emptying.postponed.push(order);
        }
        if self.read_only.is_some() && order.writes() {
            let path = self.disk.dir().to_owned();
            return self.trouble(DiskError::Library(Arc::new(library::Error::ReadOnly { path })));
        }
        if self.read_only.is_none() && self.library_read {
            self.settle();
        }
        match order {
            Order::Submit(submission) => self.submit(*submission),
            Order::Cancel(job) => self.decide(Input::Cancel(JobFilter::One(job))),
            Order::CancelRun(run) => {
                self.drop_postponed(|order| matches!(order, Order::Submit(submission) if submission.run.id == run));
                self.decide(Input::Cancel(JobFilter::OfRun(run)));
            }
            Order::CancelAll => {
                self.drop_postponed(Order::starts);
                self.decide(Input::Cancel(JobFilter::All));
            }
            Order::Retry(job) => self.decide(Input::Retry { job, new: JobId::new() }),
            Order::Resume => self.decide(Input::Resume),
            Order::SendHere { jobs, to } => self.decide(Input::SendHere { jobs, to }),
            Order::RemoveHeld => self.decide(Input::RemoveHeld),
            Order::Dismiss(jobs) => self.decide(Input::Dismiss(jobs)),
            Order::SaveAgain(job) => self.decide(Input::SaveAgain(job)),
            Order::SaveElsewhere { job, folder } => self.save_elsewhere(job, folder),
            Order::ReadUnread(job) => self.read_unread(&job),
            Order::SetLimit(limit) => self.set_limit(limit),
            Order::RefreshModels => self.refresh_models(),
            Order::WantEndpoints(model) => self.want_endpoints(model),
            Order::Connect { key, place } => self.connect(&key.0, place),
            Order::ForgetKey => self.forget_key(),
            Order::UseConnection(choice) => self.use_connection(choice),
            Order::AddConnection { name, base, max_running } => self.add_connection(&name, &base, max_running),
            Order::RemoveConnection(name) => self.remove_connection(&name),
            Order::SignIn { by_code, place } => self.begin_sign_in(by_code, place),
            Order::PasteCode(code) => self.sign_in.paste(&code.0),
            Order::CancelSignIn => self.sign_in.cancel(),
            Order::AllowOpenHttp => self.agree_to_open_http(),
            Order::GiveUpKey => self.give_up_key(),
            Order::ReadKeyAgain => self.read_key_again(),
            Order::LookAgain => self.look_again(),
            Order::RefreshAccount => self.refresh_account(),
            Order::SetPrivacy(privacy) => self.set_privacy(privacy),
            Order::AddReferences(inputs) => self.add_references(inputs),
            Order::ShrinkReferences { references, max_side } => self.shrink_references(references, max_side),
            Order::EditReference { place, reference, edit } => self.edit_reference(place, *reference, edit),
            Order::Trash(ids, cause) => self.carry(ids, true, cause),
            Order::Restore(ids, cause) => self.carry(ids, false, cause),
            Order::Import(paths) => self.import(paths),
            Order::CancelImport => {
                self.imports.drain(..).for_each(|import| import.abort());
                self.importing = None;
            }
            Order::Edit(edit, cause) => self.ask(
                move |library| library.edit(&edit),
                move |actor, edited| match edited {
                    Ok(edited) => {
                        actor.happened(Event::Edited(Box::new(edited), cause));
                        actor.sync_sidecars();
                    }
                    Err(error) => actor.trouble(error),
                },
            ),
            Order::EmptyTrash => self.empty_trash(),
            Order::StopEmptying => self.emptying.iter_mut().for_each(|emptying| emptying.is_stopped = true),
            Order::SaveSetting { key, value } => self.tell_library(move |library| library.set_setting(key, &value)),
            Order::LoadRecipe(id) => self.load_recipe(id),
            Order::NoteFlaw(id, flaw) => self.note_flaw(id, flaw),
            Order::Tend(care) => self.tend(care),
            Order::StopTending => self.tending.iter().for_each(super::tending::Tending::stop),
            Order::Claim => self.claim(),
            Order::LoadDraft(run) => self.load_draft(run),
            Order::LoadLineage(id) => self.load_lineage(id),
            Order::LoadPartials(id) => self.load_partials(id),
            Order::KeepPartial(which) => self.keep_partial(which),
            Order::SetKeepPartials(keep) => self.keep_partials.store(keep, Ordering::Relaxed),
            // Handled by the loop itself.
            Order::Shutdown => {}
        }
    }

    /// Forgets what has to wait for the library and would start jobs after they were cancelled.
    fn drop_postponed(&mut self, goes: impl Fn(&Order) -> bool) {
        self.early.retain(|order| !goes(order));
        if let Some(tending) = &mut self.tending {
            tending.postponed.retain(|order| !goes(order));
        }
    }

    fn load_recipe(&mut self, id: PictureId) {
        let wanted = id.clone();
        self.ask(
            move |library| library.recipe(&wanted),
            |actor, recipe| match recipe {
                Ok(recipe) => actor.happened(Event::Recipe { id, recipe: Arc::new(recipe) }),
                Err(error) => actor.trouble(error),
            },
        );
    }

    fn load_lineage(&mut self, id: PictureId) {
        let wanted = id.clone();
        self.ask(
            move |library| library.lineage(&wanted),
            |actor, lineage| match lineage {
                Ok(lineage) => actor.happened(Event::Lineage { id, lineage: Arc::new(lineage) }),
                // It went away meanwhile: then nobody looks at it any more.
                Err(DiskError::Library(error)) if matches!(*error, library::Error::Missing { .. }) => {}
                Err(error) => actor.trouble(error),
            },
        );
    }

    /// Tells the settings of a run: from its job on screen, which may be all that knows them, else from the disk.
    fn load_draft(&mut self, run: RunId) {
        if let Some(draft) = self.jobs.list().draft_of(&run) {
            return self.happened(Event::Draft { run, draft: Some(Box::new(draft)) });
        }
        let wanted = run.clone();
        self.ask(
            move |library| library.draft_of(&wanted),
            |actor, draft| {
                let draft = draft.unwrap_or_else(|error| {
                    actor.trouble(error);
                    None
                });
                actor.happened(Event::Draft { run, draft: draft.map(Box::new) });
            },
        );
    }

    /// One import at a time: what is asked for meanwhile waits for its turn.
    fn import(&mut self, paths: Vec<std::path::PathBuf>) {
        let (disk, reports, turn) = (self.disk.clone(), self.reports.clone(), self.import_turn.clone());
        let task = tokio::spawn(async move {
            let _turn = turn.lock().await;
            _ = super::import::import(disk, paths, reports).await;
        });
        self.imports.retain(|import| !import.is_finished());
        self.imports.push(task.abort_handle());
    }

    fn submit(&mut self, mut submission: Submission) {
        self.mark(&mut submission.context);
        let (run, jobs) = jobs::prepare(submission);
        self.decide(Input::Submitted { run, jobs });
    }

    /// Writes what the disk would not take into a folder outside the library, in the background.
    fn save_elsewhere(&mut self, id: JobId, folder: PathBuf) {
        if self.has_unread(&id) {
            return self.save_unread(id, folder);
        }
        let Some(refused) = self.jobs.list().get(&id).and_then(LiveJob::refused) else { return };
        let (pictures, reports) = (refused.pictures.clone(), self.reports.clone());
        tokio::task::spawn_blocking(move || {
            let count = pictures.len();
            let notice = match pictures.iter().try_for_each(|picture| picture.write_to(&folder)) {
                Ok(()) => {
                    reports.job(Input::SavedElsewhere { job: id, count, folder: folder.clone() });
                    Notice::SavedElsewhere { count, folder }
                }
                Err(error) => Notice::LibraryFailed(Arc::new(error).into()),
            };
            reports.say(notice);
        });
    }

    fn add_references(&self, inputs: Vec<ReferenceInput>) {
        let (disk, reports, privacy) = (self.disk.clone(), self.reports.clone(), self.privacy);
        // One after the other: their order is the artist's.
        tokio::spawn(async move {
            for input in inputs {
                let file = match &input {
                    ReferenceInput::Picture(id) => {
                        let id = id.clone();
                        disk.call(move |library| {
                            Ok(library.picture(&id)?.map(|picture| library.picture_path(&picture)))
                        })
                        .await
                        .ok()
                        .flatten()
                    }
                    _ => None,
                };
                let report = match references::take_in(&disk, input, privacy, |_| file.clone()).await {
                    Ok(reference) => TaskReport::Happened(Box::new(Event::ReferenceAdded(reference))),
                    Err((name, reason)) => TaskReport::Say(Notice::ReferenceRefused { name, reason }),
                };
                if !reports.send(report) {
                    return;
                }
            }
        });
    }

    fn shrink_references(&self, list: Vec<DraftReference>, max_side: u32) {
        let (disk, reports, privacy) = (self.disk.clone(), self.reports.clone(), self.privacy);
        tokio::spawn(async move {
            let mut shrunk = Vec::new();
            for reference in list {
                let (name, edit) = (reference.name.clone(), reference.edit.clone());
                let report = match references::make_copy(&disk, reference, edit, Some(max_side), privacy).await {
                    Ok(reference) => {
                        shrunk.push(reference);
                        continue;
                    }
                    Err(reason) => TaskReport::Say(Notice::ReferenceRefused { name, reason }),
                };
                if !reports.send(report) {
                    return;
                }
            }
            reports.event(Event::ReferencesShrunk(shrunk));
        });
    }

    fn edit_reference(&self, place: usize, reference: DraftReference, edit: ReferenceEdit) {
        let (disk, reports, privacy) = (self.disk.clone(), self.reports.clone(), self.privacy);
        tokio::spawn(async move {
            let edited = references::make_copy(&disk, reference, edit, None, privacy).await;
            reports.event(Event::ReferenceEdited { place, edited });
        });
    }
}
