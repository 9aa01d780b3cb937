//! What the actor does when it is told to.

use super::actor::Actor;
use super::jobs::Phase;
use super::jobs::{LiveJob, Rest};
use super::report::TaskReport;
use super::request::STORED;
use super::{DiskError, Event, Failure, JobError, Notice, Order, ReferenceInput, Submission, references};
use crate::api::{GenerationRequest, Reference};
use crate::library::{self, Job, JobId, JobState, Picture, PictureId, ReadOnly, RunId};
use crate::picture::ReferenceEdit;
use crate::plan::{DraftReference, ReferenceSource};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

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
            Order::Cancel(job) => self.cancel(vec![job]),
            Order::CancelRun(run) => {
                self.drop_postponed(|order| matches!(order, Order::Submit(submission) if submission.run.id == run));
                self.cancel(self.jobs.ids(|live| live.run.id == run && is_open(live)));
            }
            Order::CancelAll => {
                self.drop_postponed(Order::starts);
                self.cancel(self.jobs.ids(is_open));
            }
            Order::Retry(job) => self.retry(&job),
            Order::Resume => self.resume(),
            Order::SendHere { jobs, to } => self.send_here(jobs, &to),
            Order::RemoveHeld => {
                let held = self.jobs.ids(|live| matches!(live.phase, Phase::Held));
                self.cancel(held.clone());
                self.dismiss(held);
            }
            Order::Dismiss(jobs) => self.dismiss(jobs),
            Order::SaveAgain(job) => self.save_again(&job),
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
        if let Some(draft) = self.jobs.draft_of(&run) {
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

    /// Puts jobs on the list at once; they go when they are in the journal.
    fn submit(&mut self, submission: Submission) {
        let Submission { run, requests, references, mut context } = submission;
        context.references = references.iter().map(references::for_recipe).collect();
        self.mark(&mut context);
        let addresses: Vec<String> = references.iter().map(references::address).collect();
        let run = Arc::new(run);
        let mut rows = Vec::new();
        for (position, request) in (0..).zip(requests) {
            let asked = request.parameters.get("n").and_then(serde_json::Value::as_u64);
            let job = Job {
                id: JobId::new(),
                run: run.id.clone(),
                position,
                asked: asked.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
                request: record(&request, &references),
                context: context.clone(),
                state: JobState::Queued,
            };
            rows.push(job.clone());
            self.jobs.add(LiveJob::new(run.clone(), job, request, addresses.clone(), Phase::Queued { ticket: 0 }));
        }
        let ids: Vec<JobId> = rows.iter().map(|job| job.id.clone()).collect();
        let (journalled, model) = (run.clone(), run.model.clone());
        self.ask(
            move |library| {
                let written = library.add_run(&journalled, &rows);
                Ok((written, library.typical_ms(&model, None).ok().flatten()))
            },
            move |actor, answer| {
                let (written, usual) = match answer {
                    Ok((written, usual)) => (written.map_err(|error| DiskError::Library(Arc::new(error))), usual),
                    Err(error) => (Err(error), None),
                };
                actor.happened(Event::RunAdded(run));
                for id in ids {
                    if let Some(live) = actor.live(&id) {
                        live.usual = usual.map(Duration::from_millis);
                    }
                    match &written {
                        Ok(()) => actor.journalled(id),
                        // What is not in the journal is not sent.
                        Err(error) => actor.not_journalled(&id, error),
                    }
                }
            },
        );
    }

    /// Lets a job go that is in the journal now, unless it was cancelled meanwhile.
    fn journalled(&mut self, id: JobId) {
        if let Some(live) = self.live(&id).filter(|live| matches!(live.phase, Phase::Queued { .. })) {
            let model = live.request.model.clone();
            self.queue.add(id, model);
        }
    }

    fn not_journalled(&mut self, id: &JobId, error: &DiskError) {
        if self.live(id).is_some_and(|live| is_open(live)) {
            self.finish(id, 0, Some(Failure::of(JobError::Disk(error.clone()), 0, None)));
        }
    }

    /// Shows the end at once, then writes it down, of all in one transaction.
    fn cancel(&mut self, ids: Vec<JobId>) {
        let mut cancelled = Vec::new();
        for id in ids {
            // What has ended only is not written yet.
            if self.end_now(&id) {
                continue;
            }
            let Some(live) = self.live(&id).filter(|live| is_open(live)) else { continue };
            live.phase = Phase::Cancelled;
            if let Some(task) = live.task.take() {
                task.abort();
            }
            let (run, asked, arrived) = (live.run.id.clone(), live.job.asked, live.arrived);
            self.queue.remove(&id);
            self.happened(Event::Ended { job: id.clone(), run, asked, arrived, failure: None });
            cancelled.push(id);
        }
        if let Some(tending) = self.tending.as_mut().filter(|_| self.read_only == Some(ReadOnly::Maintenance)) {
            return tending.cancelled(cancelled);
        }
        self.write(cancelled.into_iter().map(|id| (id, JobState::Cancelled)).collect());
    }

    /// Sends an ended job's request again as a new job of the same run, in the place of the old one.
    fn retry(&mut self, id: &JobId) {
        let Some(live) = self.live(id).filter(|live| live.phase.is_ended() && live.unsaved.is_empty()) else { return };
        let job = Job { id: JobId::new(), state: JobState::Queued, ..(*live.job).clone() };
        let (run, request, addresses) = (live.run.clone(), live.request.clone(), live.addresses.clone());
        let (new, journalled, row, ended) = (job.id.clone(), run.clone(), job.clone(), live.journalled());
        let Some(old) = self.jobs.remove(id) else { return };
        self.jobs.add(LiveJob::new(run, job, request, addresses, Phase::Queued { ticket: 0 }));
        let replaced = id.clone();
        self.ask(
            move |library| library.replace_job(&replaced, &ended, &journalled, &row),
            move |actor, written| match written {
                Ok(()) => actor.journalled(new),
                Err(error) => {
                    drop(actor.jobs.remove(&new));
                    actor.jobs.add(old);
                    actor.trouble(error);
                }
            },
        );
    }

    fn resume(&mut self) {
        for (id, model) in self.jobs.models_waiting() {
            if let Some(live) = self.live(&id) {
                live.phase = Phase::Queued { ticket: 0 };
                self.queue.add(id, model);
            }
        }
    }

    /// Takes ended jobs off the list, and off the disk's in one transaction.
    fn dismiss(&mut self, ids: Vec<JobId>) {
        let mut dismissed = Vec::new();
        for id in ids {
            // What could not be saved stays until it is saved.
            let Some(live) = self.live(&id).filter(|live| live.phase.is_ended() && !live.would_lose()) else {
                continue;
            };
            dismissed.push((id.clone(), live.journalled()));
            drop(self.jobs.remove(&id));
        }
        if !dismissed.is_empty() {
            self.tell_library(move |library| library.dismiss_jobs(&dismissed));
        }
    }

    /// Stores again what the disk would not take, and ends the job when all of it is there.
    pub(super) fn save_again(&mut self, id: &JobId) {
        let Some(live) = self.live(id).filter(|live| !live.unsaved.is_empty() && !live.is_saving) else { return };
        live.is_saving = true;
        let (id, run, unsaved) = (id.clone(), live.run.id.clone(), live.unsaved.clone());
        let disk = self.disk.clone();
        let saving = async move {
            let mut stored = Vec::new();
            for unsaved in &unsaved {
                stored.push(unsaved.store(&disk).await);
            }
            stored
        };
        self.awaited.add(saving, move |actor, stored| actor.saved_again(&id, &run, stored));
    }

    /// `stored`: what became of those that were unsaved when it began, in order.
    fn saved_again(&mut self, id: &JobId, run: &RunId, stored: Vec<Result<Picture, DiskError>>) {
        let tried = stored.len();
        let (mut left, mut trouble) = (Vec::new(), None);
        for (place, stored) in stored.into_iter().enumerate() {
            match stored {
                Ok(picture) => self.stored(run, Box::new(picture)),
                Err(error) => {
                    left.push(place);
                    trouble = Some(error);
                }
            }
        }
        let Some(live) = self.live(id) else { return };
        live.is_saving = false;
        let mut place = 0;
        // Others may have come meanwhile.
        live.unsaved.retain(|_| {
            place += 1;
            place > tried || left.contains(&(place - 1))
        });
        let (arrived, left) = (live.arrived, live.unsaved.len());
        if left > 0 {
            if let Phase::Unsaved { error, count, .. } = &mut live.phase {
                *error = trouble.unwrap_or_else(|| error.clone());
                *count = left;
            }
            return;
        }
        match live.rest.take() {
            Some(Rest::Cancelled) => live.phase = Phase::Cancelled,
            Some(Rest::Failed(failure)) => self.fail(id, arrived, failure),
            Some(Rest::Earlier(unknown)) => self.conclude(id, unknown),
            None => self.end_stored(id, arrived),
        }
    }

    /// Writes what the disk would not take into a folder outside the library, in the background.
    fn save_elsewhere(&mut self, id: JobId, folder: PathBuf) {
        if self.has_unread(&id) {
            return self.save_unread(id, folder);
        }
        let Some(live) = self.live(&id).filter(|live| !live.unsaved.is_empty()) else { return };
        let (pictures, reports) = (live.unsaved.clone(), self.reports.clone());
        tokio::task::spawn_blocking(move || {
            let count = pictures.len();
            let saved = pictures.iter().try_for_each(|picture| picture.write_to(&folder));
            let report = TaskReport::SavedElsewhere { job: id, folder, saved: saved.map(|()| count) };
            reports.send(report);
        });
    }

    pub(super) fn saved_elsewhere(&mut self, id: &JobId, folder: PathBuf, saved: Result<usize, library::Error>) {
        let notice = match saved {
            Ok(saved) => {
                // Another one may have come meanwhile.
                if let Some(Phase::Unsaved { elsewhere, count, .. }) = self.live(id).map(|live| &mut live.phase) {
                    *elsewhere = (*count == saved).then(|| folder.clone());
                }
                Notice::SavedElsewhere { count: saved, folder }
            }
            Err(error) => Notice::LibraryFailed(DiskError::Library(Arc::new(error))),
        };
        self.happened(Event::Notice(notice));
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

fn is_open(live: &LiveJob) -> bool {
    !live.phase.is_ended()
}

/// Returns the form of a request that the journal and the recipe keep.
fn record(request: &GenerationRequest, references: &[DraftReference]) -> serde_json::Value {
    let mut request = request.clone();
    request.references = references
        .iter()
        .map(|reference| match &reference.source {
            ReferenceSource::Url(url) => Reference::Url(url.clone()),
            ReferenceSource::Stored { sent, .. } => {
                Reference::Inline { media_type: sent.media_type.clone(), bytes: Arc::new([]) }
            }
        })
        .collect();
    request.to_record(|index| match &references.get(index)?.source {
        ReferenceSource::Stored { hash, .. } => Some(format!("{STORED}{hash}")),
        ReferenceSource::Url(_) => None,
    })
}
