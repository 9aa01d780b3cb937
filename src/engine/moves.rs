//! Moving pictures to the trash and back, and emptying it: what has happened is told, also when not all of it could.

use super::actor::Actor;
use super::{Cause, Event};
use crate::library::{Library, Picture, PictureId, PurgeSummary};
use std::collections::HashSet;

impl Actor {
    /// Moves pictures to the trash, or out of it.
    pub(super) async fn carry(&mut self, ids: Vec<PictureId>, to_trash: bool, cause: Cause) {
        let done = self.disk.call(move |library| {
            let done = if to_trash { library.trash(&ids) } else { library.restore(&ids) };
            Ok((done, library.drain_moved()?))
        });
        let (done, moved) = match done.await {
            Ok(both) => both,
            Err(error) => return self.trouble(error),
        };
        let asked = done.as_ref().map(Vec::as_slice).unwrap_or_default();
        let asked: HashSet<PictureId> = asked.iter().map(|picture| picture.id.clone()).collect();
        let others: Vec<Picture> = moved.into_iter().filter(|picture| !asked.contains(&picture.id)).collect();
        match done {
            Ok(pictures) if to_trash => self.happened(Event::Trashed(pictures, cause)),
            Ok(pictures) => self.happened(Event::Restored(pictures, cause)),
            Err(error) => {
                self.unsettled = true;
                self.trouble(super::DiskError::Library(std::sync::Arc::new(error)));
            }
        }
        self.tell_moved(others);
    }

    /// Brings the index to where the pictures are, when the disk would not let it be done at the time.
    pub(super) async fn settle(&mut self) {
        if !self.unsettled {
            return;
        }
        let settled = self.disk.call(|library| {
            let before = library.trashed()?;
            library.settle()?;
            Ok((before, library.drain_moved()?, library.trashed()?))
        });
        let Ok((before, moved, left)) = settled.await else { return };
        self.unsettled = false;
        let here: HashSet<&PictureId> = left.iter().chain(&moved).map(|picture| &picture.id).collect();
        let gone: Vec<Picture> = before.into_iter().filter(|picture| !here.contains(&picture.id)).collect();
        self.tell_moved(moved);
        if !gone.is_empty() {
            let bytes = gone.iter().map(|picture| picture.bytes).sum();
            self.happened(Event::Emptied { count: gone.len(), bytes, kept: 0, left });
        }
    }

    fn tell_moved(&self, moved: Vec<Picture>) {
        let (trashed, restored): (Vec<_>, Vec<_>) = moved.into_iter().partition(|one| one.trashed_ms.is_some());
        if !trashed.is_empty() {
            self.happened(Event::Trashed(trashed, Cause::Asked));
        }
        if !restored.is_empty() {
            self.happened(Event::Restored(restored, Cause::Asked));
        }
    }

    pub(super) async fn empty_trash(&mut self) {
        // After the partials that wait, which would outlive their pictures otherwise.
        let emptied = self.disk.call_later(|library: &mut Library| {
            let before = library.trashed()?;
            let done = library.empty_trash();
            Ok((before, done, library.trashed()?))
        });
        let (before, done, left) = match emptied.await {
            Ok(all) => all,
            Err(error) => return self.trouble(error),
        };
        match done {
            Ok(PurgeSummary { count, bytes, kept }) => self.happened(Event::Emptied { count, bytes, kept, left }),
            Err(error) => {
                let length = |pictures: &[Picture]| pictures.iter().map(|picture| picture.bytes).sum::<u64>();
                let bytes = length(&before).saturating_sub(length(&left));
                let count = before.len().saturating_sub(left.len());
                if count > 0 {
                    self.happened(Event::Emptied { count, bytes, kept: 0, left });
                }
                // Files may be gone of which the index could not be told.
                self.unsettled = true;
                self.trouble(super::DiskError::Library(std::sync::Arc::new(error)));
            }
        }
    }
}
