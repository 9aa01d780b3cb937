//! What the actor does when it is told to.

use super::actor::Actor;
use super::job_view::Phase;
use super::jobs::{LiveJob, Rest};
use super::report::TaskReport;
use super::request::STORED;
use super::{DiskError, Event, Failure, JobError, Notice, Order, ReferenceInput, Submission, references};
use crate::api::{GenerationRequest, Reference};
use crate::library::{self, Job, JobId, JobState, ReadOnly, RunId};
use crate::picture::ReferenceEdit;
use crate::plan::{DraftReference, ReferenceSource};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Actor {
    pub(super) async fn order(&mut self, order: Order) {
        if let Some(tending) = self.tending.as_mut().filter(|_| self.read_only == Some(ReadOnly::Tended))
            && (order.writes() || order.reads())
        {
            return tending.postpone(order);
        }
        if self.read_only.is_some() && order.writes() {
            let path = self.disk.dir().to_owned();
            return self.trouble(DiskError::Library(Arc::new(library::Error::ReadOnly { path })));
        }
        if self.read_only.is_none() {
            self.settle().await;
        }
        match order {
            Order::Submit(submission) => self.submit(*submission).await,
            Order::Cancel(job) => self.cancel(vec![job]).await,
            Order::CancelRun(run) => self.cancel(self.jobs.ids(|live| live.run.id == run && is_open(live))).await,
            Order::CancelAll => self.cancel(self.jobs.ids(is_open)).await,
            Order::Retry(job) => self.retry(&job).await,
            Order::Resume => self.resume(),
            Order::SendHere { jobs, to } => self.send_here(jobs, &to).await,
            Order::RemoveHeld => {
                let held = self.jobs.ids(|live| matches!(live.phase, Phase::Held));
                self.cancel(held.clone()).await;
                self.dismiss(held).await;
            }
            Order::Dismiss(jobs) => self.dismiss(jobs).await,
            Order::SaveAgain(job) => self.save_again(&job).await,
            Order::SaveElsewhere { job, folder } => self.save_elsewhere(job, folder),
            Order::ReadUnread(job) => self.read_unread(&job),
            Order::SetLimit(limit) => self.set_limit(limit),
            Order::RefreshModels => self.refresh_models(),
            Order::WantEndpoints(model) => self.want_endpoints(model),
            Order::Connect { key, place } => self.connect(&key.0, place).await,
            Order::ForgetKey => self.forget_key().await,
            Order::UseConnection(choice) => self.use_connection(choice).await,
            Order::AddConnection { name, base, max_running } => self.add_connection(&name, &base, max_running).await,
            Order::RemoveConnection(name) => self.remove_connection(&name).await,
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
            Order::Trash(ids, cause) => self.carry(ids, true, cause).await,
            Order::Restore(ids, cause) => self.carry(ids, false, cause).await,
            Order::Import(paths) => self.import(paths),
            Order::CancelImport => {
                self.imports.drain(..).for_each(|import| import.abort());
                self.importing = None;
            }
            Order::Edit(edit, cause) => match self.disk.call(move |library| library.edit(&edit)).await {
                Ok(edited) => {
                    self.happened(Event::Edited(Box::new(edited), cause));
                    self.sync_sidecars();
                }
                Err(error) => self.trouble(error),
            },
            Order::EmptyTrash => self.empty_trash().await,
            Order::SaveSetting { key, value } => {
                if let Err(error) = self.disk.call(move |library| library.set_setting(key, &value)).await {
                    self.trouble(error);
                }
            }
            Order::LoadRecipe(id) => {
                let wanted = id.clone();
                match self.disk.call(move |library| library.recipe(&wanted)).await {
                    Ok(recipe) => self.happened(Event::Recipe { id, recipe: Arc::new(recipe) }),
                    Err(error) => self.trouble(error),
                }
            }
            Order::NoteFlaw(id, flaw) => self.note_flaw(id, flaw).await,
            Order::Tend(care) => self.tend(care).await,
            Order::StopTending => self.tending.iter().for_each(super::tending::Tending::stop),
            Order::Claim => self.claim().await,
            Order::LoadDraft(run) => self.load_draft(run).await,
            Order::LoadLineage(id) => {
                let wanted = id.clone();
                match self.disk.call(move |library| library.lineage(&wanted)).await {
                    Ok(lineage) => self.happened(Event::Lineage { id, lineage: Arc::new(lineage) }),
                    // It went away meanwhile: then nobody looks at it any more.
                    Err(DiskError::Library(error)) if matches!(*error, library::Error::Missing { .. }) => {}
                    Err(error) => self.trouble(error),
                }
            }
            Order::LoadPartials(id) => self.load_partials(id),
            Order::KeepPartial(which) => self.keep_partial(which),
            Order::SetKeepPartials(keep) => self.keep_partials.store(keep, Ordering::Relaxed),
            // Handled by the loop itself.
            Order::Shutdown => {}
        }
    }

    /// Tells the settings of a run: from its job on screen, which may be all that knows them, else from the disk.
    async fn load_draft(&mut self, run: RunId) {
        let wanted = run.clone();
        let draft = match self.jobs.draft_of(&run) {
            Some(draft) => Ok(Some(draft)),
            None => self.disk.call(move |library| library.draft_of(&wanted)).await,
        };
        let draft = draft.unwrap_or_else(|error| {
            self.trouble(error);
            None
        });
        self.happened(Event::Draft { run, draft: draft.map(Box::new) });
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

    async fn submit(&mut self, submission: Submission) {
        let Submission { run, requests, references, mut context } = submission;
        context.references = references.iter().map(references::for_recipe).collect();
        self.mark(&mut context);
        let addresses: Vec<String> = references.iter().map(references::address).collect();
        let jobs: Vec<(Job, GenerationRequest)> = (0..)
            .zip(requests)
            .map(|(position, request)| {
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
                (job, request)
            })
            .collect();
        let run = Arc::new(run);
        let (journalled, rows) = (run.clone(), jobs.iter().map(|(job, _)| job.clone()).collect::<Vec<_>>());
        let model = run.model.clone();
        let written = self.disk.call(move |library| library.add_run(&journalled, &rows)).await;
        let usual = self.disk.call(move |library| library.usual_ms(&model, None)).await.ok().flatten();
        self.happened(Event::RunAdded(run.clone()));
        for (job, request) in jobs {
            let (id, model) = (job.id.clone(), request.model.clone());
            let mut live = LiveJob::new(run.clone(), job, request, addresses.clone(), Phase::Queued { ticket: 0 });
            live.usual = usual.map(Duration::from_millis);
            self.jobs.add(live);
            match &written {
                Ok(()) => self.queue.add(id, model),
                // What is not in the journal is not sent.
                Err(error) => {
                    self.finish(&id, 0, Some(Failure::of(JobError::Disk(error.clone()), 0, None)));
                }
            }
        }
    }

    /// Shows the end at once, then writes it down.
    async fn cancel(&mut self, ids: Vec<JobId>) {
        let mut cancelled = Vec::new();
        for id in ids {
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
        self.publish();
        if let Some(tending) = self.tending.as_mut().filter(|_| self.read_only == Some(ReadOnly::Tended)) {
            return tending.cancelled(cancelled);
        }
        for id in cancelled {
            self.write(&id, JobState::Cancelled).await;
        }
    }

    /// Sends an ended job's request again as a new job of the same run, in the place of the old one.
    async fn retry(&mut self, id: &JobId) {
        let Some(live) = self.live(id).filter(|live| live.phase.is_ended() && live.unsaved.is_empty()) else { return };
        let job = Job { id: JobId::new(), state: JobState::Queued, ..(*live.job).clone() };
        let (run, request, addresses) = (live.run.clone(), live.request.clone(), live.addresses.clone());
        let (new, model) = (job.id.clone(), request.model.clone());
        let (journalled, row, old, ended) = (run.clone(), job.clone(), id.clone(), live.journalled());
        let written = self.disk.call(move |library| library.replace_job(&old, &ended, &journalled, &row)).await;
        match written {
            Ok(()) => {
                self.jobs.remove(id);
                self.jobs.add(LiveJob::new(run, job, request, addresses, Phase::Queued { ticket: 0 }));
                self.queue.add(new, model);
            }
            Err(error) => self.trouble(error),
        }
    }

    fn resume(&mut self) {
        for (id, model) in self.jobs.models_waiting() {
            if let Some(live) = self.live(&id) {
                live.phase = Phase::Queued { ticket: 0 };
                self.queue.add(id, model);
            }
        }
    }

    async fn dismiss(&mut self, ids: Vec<JobId>) {
        for id in ids {
            // What could not be saved stays until it is saved.
            let Some(live) = self.live(&id).filter(|live| live.phase.is_ended() && !live.would_lose()) else {
                continue;
            };
            let ended = live.journalled();
            self.jobs.remove(&id);
            if let Err(error) = self.disk.call(move |library| library.dismiss_job(&id, &ended)).await {
                self.trouble(error);
            }
        }
    }

    /// Stores again what the disk would not take, and ends the job when all of it is there.
    pub(super) async fn save_again(&mut self, id: &JobId) {
        let Some(live) = self.live(id).filter(|live| !live.unsaved.is_empty()) else { return };
        let run = live.run.id.clone();
        let (mut left, mut trouble) = (Vec::new(), None);
        for unsaved in live.unsaved.clone() {
            match unsaved.store(&self.disk).await {
                Ok(picture) => self.stored(&run, Box::new(picture)).await,
                Err(error) => {
                    left.push(unsaved);
                    trouble = Some(error);
                }
            }
        }
        let Some(live) = self.live(id) else { return };
        live.unsaved = left;
        let (arrived, left) = (live.arrived, live.unsaved.len());
        if let (Some(trouble), Phase::Unsaved { error, count, .. }) = (trouble, &mut live.phase) {
            (*error, *count) = (trouble, left);
            return;
        }
        match live.rest.take() {
            Some(Rest::Cancelled) => live.phase = Phase::Cancelled,
            Some(Rest::Failed(failure)) => self.fail(id, arrived, failure).await,
            Some(Rest::Earlier(unknown)) => self.conclude(id, unknown).await,
            None => {
                self.write_stored(id).await;
                self.finish(id, arrived, None);
            }
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
