//! References that the artist adds, shrinks or edits: made in the background, told when they are there.
//!
//! Invariant: what is asked for together comes in the order in which it was asked.

use super::disk::Disk;
use super::message::{Event, Notice, ReferenceInput};
use super::references;
use super::report::{Reports, TaskReport};
use super::service::Privacy;
use crate::picture::ReferenceEdit;
use crate::plan::DraftReference;

/// What making references needs.
pub(super) struct TakeIn {
    pub(super) disk: Disk,
    pub(super) reports: Reports,
    pub(super) privacy: Privacy,
}

impl TakeIn {
    /// Takes in what was dropped, pasted or chosen, one after the other.
    pub(super) fn add(self, inputs: Vec<ReferenceInput>) {
        let Self { disk, reports, privacy } = self;
        tokio::spawn(async move {
            for input in inputs {
                let file = match &input {
                    ReferenceInput::Picture(id) => {
                        let id = id.clone();
                        let path = disk
                            .call(move |library| Ok(library.picture(&id)?.map(|found| library.picture_path(&found))));
                        path.await.ok().flatten()
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

    /// Makes smaller copies of those that are longer than this on a side, pixels.
    pub(super) fn shrink(self, list: Vec<DraftReference>, max_side: u32) {
        let Self { disk, reports, privacy } = self;
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

    /// Makes the copy of one that is sent in its place.
    pub(super) fn edit(self, place: usize, reference: DraftReference, edit: ReferenceEdit) {
        let Self { disk, reports, privacy } = self;
        tokio::spawn(async move {
            let edited = references::make_copy(&disk, reference, edit, None, privacy).await;
            reports.event(Event::ReferenceEdited { place, edited });
        });
    }
}
