//! Answers that could not be read: saving them elsewhere, and trying again to find pictures in them.
//!
//! Invariants: a picture that was found before is not stored again; the body stays as it came, whatever is found in it.

use super::actor::Actor;
use super::disk::Disk;
use super::report::{ReadAgain, Reports, TaskReport};
use super::store::Unsaved;
use super::{DiskError, Event, Failure, JobError, Notice, Phase};
use crate::api::{self, parse_generation};
use crate::library::{self, FailureRecord, Job, JobId, Recipe, UnreadAnswer, content_hash};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

impl Actor {
    /// Says whether a job has an answer that could not be read.
    pub(super) fn has_unread(&mut self, id: &JobId) -> bool {
        let live = self.live(id);
        live.is_some_and(|live| matches!(&live.phase, Phase::Failed(failure) if failure.record.unread.is_some()))
    }

    /// Copies the answer as it came, with its request, into a folder outside the library, in the background.
    pub(super) fn save_unread(&self, id: JobId, folder: PathBuf) {
        let (dir, reports) = (self.disk.dir().to_owned(), self.reports.clone());
        tokio::task::spawn_blocking(move || {
            let notice = match library::write_unread_outside(&dir, &id, &folder) {
                Ok(()) => Notice::SavedUnread { folder },
                Err(error) => Notice::LibraryFailed(DiskError::Library(Arc::new(error))),
            };
            reports.say(notice);
        });
    }

    /// Looks for pictures in it once more, in the background.
    pub(super) fn read_unread(&mut self, id: &JobId) {
        if !self.has_unread(id) {
            return;
        }
        let Some(live) = self.live(id) else { return };
        let (job, first) = (live.job.clone(), live.arrived);
        let (disk, reports) = (self.disk.clone(), self.reports.clone());
        tokio::spawn(async move {
            let report = match look_again(&disk, &job, first, &reports).await {
                Ok(found) => TaskReport::ReadAgain(Box::new(found)),
                Err(error) => TaskReport::Say(Notice::LibraryFailed(error)),
            };
            reports.send(report);
        });
    }

    /// Ends the job anew with what was found.
    pub(super) async fn read_again(&mut self, found: ReadAgain) {
        let ReadAgain { job: id, run, stored, reason } = found;
        if stored == 0 {
            let reason = reason.unwrap_or_else(|| "it holds none".to_owned());
            return self.happened(Event::Notice(Notice::StillUnread { reason }));
        }
        let Some(live) = self.live(&id).filter(|live| live.run.id == run) else { return };
        let (asked, arrived) = (live.job.asked, live.arrived);
        if self.jobs.has_unsaved(&id) {
            return;
        }
        if arrived >= asked {
            self.write_stored(&id).await;
            return self.finish(&id, arrived, None);
        }
        let cause = reason.map(|reason| Box::new(api::Error::Unreadable { reason }));
        let unreadable = u32::from(cause.is_some());
        let failure = Failure::of(JobError::Incomplete { asked, arrived, cut: 0, unreadable, cause }, arrived, None);
        // What the answer itself said of its cost stays.
        let before = self.live(&id).and_then(|live| match &live.phase {
            Phase::Failed(failure) => Some(failure.record.clone()),
            _ => None,
        });
        let FailureRecord { cost, billed, unread, .. } = before.unwrap_or_default();
        let record = FailureRecord { cost, billed, unread, ..failure.record };
        self.fail(&id, arrived, Failure { record, ..failure }).await;
    }
}

/// Keeps an answer as it came; where the library will not take it, in the system's temporary folder. Says whether it is in
/// the library, and tells everything else.
pub(crate) async fn keep(disk: &Disk, answer: UnreadAnswer, body: Vec<u8>, reports: &Reports) -> bool {
    let (answer, body) = (Arc::new(answer), Arc::new(body));
    let (same, bytes) = (answer.clone(), body.clone());
    let Err(error) = disk.call(move |library| library.keep_unread(&same, &bytes)).await else { return true };
    let tell = |notice| {
        reports.say(notice);
    };
    tell(Notice::LibraryFailed(error));
    let saved = tokio::task::spawn_blocking(move || {
        let folder = std::env::temp_dir().join("easel-rescue");
        let made = std::fs::create_dir_all(&folder).map_err(|error| error.to_string());
        made.and_then(|()| library::save_unread(&folder, &answer, &body).map_err(|error| error.to_string()))
            .map(|()| folder)
    });
    match saved.await {
        Ok(Ok(folder)) => tell(Notice::SavedUnread { folder }),
        Ok(Err(error)) => log::error!("an answer that could not be read is lost: {error}"),
        Err(panic) => log::error!("saving an answer failed inside: {panic}"),
    }
    false
}

/// Reads the body, and stores what pictures are in it that are not there yet.
async fn look_again(disk: &Disk, job: &Arc<Job>, first: u32, reports: &Reports) -> Result<ReadAgain, DiskError> {
    let id = job.id.clone();
    let (answer, body, known) = disk
        .call(move |library| {
            let (answer, body) = library.unread(&id)?;
            let known = library.pictures_of(&id)?;
            let known = known.iter().map(|id| library.picture(id)).collect::<Result<Vec<_>, _>>()?;
            let known: BTreeSet<String> = known.into_iter().flatten().map(|picture| picture.hash).collect();
            Ok((answer, body, known))
        })
        .await?;
    let UnreadAnswer { content_type, recipe, .. } = answer;
    let whole = tokio::task::spawn_blocking(move || parse_generation(&content_type, &body)).await;
    let whole = whole.unwrap_or_default();
    let new: Vec<_> = whole.images.into_iter().filter(|image| !known.contains(&content_hash(&image.bytes))).collect();
    let arrived = u32::try_from(new.len()).unwrap_or(u32::MAX);
    let mut stored = 0;
    for (position, image) in (first..).zip(new) {
        let recipe = Recipe { id: library::PictureId::new(), position, arrived, ..recipe.clone() };
        let picture = Unsaved { recipe, bytes: image.bytes.into() };
        let report = match picture.store(disk).await {
            Ok(picture) => {
                stored += 1;
                TaskReport::Stored { run: job.run.clone(), picture: Box::new(picture) }
            }
            Err(error) => TaskReport::NotStored { job: job.clone(), picture: Box::new(picture), error },
        };
        reports.send(report);
    }
    Ok(ReadAgain { job: job.id.clone(), run: job.run.clone(), stored, reason: whole.unreadable })
}
