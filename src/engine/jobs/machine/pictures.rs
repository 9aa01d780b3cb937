//! What becomes of pictures that were received and that the disk would not take.
//!
//! A part of the machine. Invariant: one of them leaves the state only when it is stored, or with its job when all of that
//! were saved elsewhere.

use super::super::super::disk::DiskError;
use super::super::input::Effect;
use super::super::list::{JobList, LiveJob};
use super::super::restore;
use super::super::save::Unsaved;
use super::super::status::{End, NotStored, Refused, Status, Then};
use super::super::view::Unknown;
use crate::library::{Job, JobId, PictureId, Run};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Keeps one; its job may be cancelled, or even off the list, by now.
pub(super) fn not_stored(list: &mut JobList, job: &Arc<Job>, picture: Unsaved, error: DiskError) {
    if list.get(&job.id).is_none() {
        let Some(run) = list.run(&job.run) else {
            return log::error!("a picture of job {} is lost: {error}", job.id.0);
        };
        list.add(restore::off_the_list(run, job.clone()));
    }
    list.get_mut(&job.id).into_iter().for_each(|live| keep(live, picture.clone(), error.clone(), false));
}

/// Shows one that an earlier session received and that still cannot be brought in.
pub(super) fn left_unsaved(list: &mut JobList, run: Option<Run>, picture: Unsaved, error: DiskError) {
    let id = picture.recipe.job.clone();
    if list.get(&id).is_none() {
        // Off the list, or never on it: the picture itself tells enough.
        let Some(run) = run else {
            return log::warn!("a picture waits in incoming: {}: {error}", picture.recipe.id.0);
        };
        list.add(restore::of_picture(run, &picture));
    }
    let Some(live) = list.get_mut(&id) else { return };
    if matches!(live.status(), Status::OnHold) {
        live.set_status(Status::Ended(End::Unknown(Unknown::default())));
    }
    keep(live, picture, error, true);
}

/// Has all of a job stored again, unless that is being done.
pub(super) fn save_again(list: &mut JobList, id: &JobId) -> Option<Effect> {
    let live = list.get_mut(id)?;
    let run = live.run.id.clone();
    let idle = |refused: &&mut Refused| !refused.pictures.is_empty() && !refused.is_saving;
    let refused = live.refused_mut().filter(idle)?;
    refused.is_saving = true;
    Some(Effect::Save { job: id.clone(), run, pictures: refused.pictures.clone() })
}

/// Lets go of those that are safe now; returns what follows when that is all. `trouble`: why others are not.
pub(super) fn saved(live: &mut LiveJob, safe: &BTreeSet<PictureId>, trouble: Option<DiskError>) -> Option<Then> {
    let refused = live.refused_mut()?;
    refused.is_saving = false;
    refused.pictures.retain(|picture| !safe.contains(&picture.recipe.id));
    refused.error = trouble.unwrap_or_else(|| refused.error.clone());
    if safe.is_empty() || !refused.pictures.is_empty() {
        return None;
    }
    match live.status() {
        Status::Ended(End::NotStored(held)) => Some(held.then.clone()),
        _ => {
            live.refused = None;
            None
        }
    }
}

/// Returns what is known of a job when the journal is being asked what became of it.
pub(super) fn asked_about(live: &LiveJob) -> Option<Unknown> {
    match live.status() {
        Status::Ended(End::NotStored(NotStored { refused, then: Then::Ask(unknown), .. })) => {
            refused.pictures.is_empty().then(|| unknown.clone())
        }
        _ => None,
    }
}

/// Keeps one of them. `is_earlier`: an earlier session had received it.
fn keep(live: &mut LiveJob, picture: Unsaved, error: DiskError, is_earlier: bool) {
    match live.status_mut() {
        Status::Ended(end) => *end = end.clone().keep(picture, error, is_earlier),
        _ => match &mut live.refused {
            Some(refused) => refused.add(picture, error),
            refused => *refused = Some(Refused::of(picture, error)),
        },
    }
}
