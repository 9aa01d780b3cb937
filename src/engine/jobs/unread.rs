//! Answers that could not be read: keeping them, and trying again to find pictures in them.
//!
//! Invariants: a picture that was found before is not stored again; the body stays as it came, whatever is found in it.

use super::super::DiskError;
use super::super::disk::Disk;
use super::super::failure::{Failure, JobError};
use super::super::message::Notice;
use super::super::report::Reports;
use super::input::{Input, ReadAgain};
use super::save::Unsaved;
use crate::api::{self, parse_generation};
use crate::library::{self, FailureRecord, Job, Recipe, UnreadAnswer, content_hash};
use std::collections::BTreeSet;
use std::sync::Arc;

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

/// Returns what a failed job ends in anew of which more pictures were found, but not all.
pub(super) fn failure_anew(before: FailureRecord, asked: u32, arrived: u32, reason: Option<String>) -> Failure {
    let cause = reason.map(|reason| Box::new(api::Error::Unreadable { reason }));
    let unreadable = u32::from(cause.is_some());
    let failure = Failure::of(JobError::Incomplete { asked, arrived, cut: 0, unreadable, cause }, arrived, None);
    // What the answer itself said of its cost stays.
    let FailureRecord { cost, billed, unread, generation, .. } = before;
    Failure { record: FailureRecord { cost, billed, unread, generation, ..failure.record }, error: failure.error }
}

/// Reads the body, and stores what pictures are in it that are not there yet.
pub(crate) async fn look_again(
    disk: &Disk,
    job: &Arc<Job>,
    first: u32,
    reports: &Reports,
) -> Result<ReadAgain, DiskError> {
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
        let told = match picture.store(disk).await {
            Ok(picture) => {
                stored += 1;
                Input::PictureStored { run: job.run.clone(), picture: Box::new(picture) }
            }
            Err(error) => Input::PictureNotStored { job: job.clone(), picture: Box::new(picture), error },
        };
        reports.job(told);
    }
    Ok(ReadAgain { job: job.id.clone(), run: job.run.clone(), stored, reason: whole.unreadable })
}
