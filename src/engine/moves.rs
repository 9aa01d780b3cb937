//! Moving pictures to the trash and back, and emptying it: what has happened is told, also when not all of it could.

use super::actor::Actor;
use super::disk::DiskError;
use super::emptying::Emptying;
use super::message::{Cause, Event};
use crate::library::{self, Library, Picture, PictureId, PurgeSummary};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Pictures that are deleted in one go.
const AT_ONCE: usize = 16;

impl Actor {
    /// Moves pictures to the trash, or out of it.
    pub(super) fn carry(&mut self, ids: Vec<PictureId>, to_trash: bool, cause: Cause) {
        let call = move |library: &mut Library| {
            let done = if to_trash { library.trash(&ids) } else { library.restore(&ids) };
            Ok((done, library.drain_moved()?))
        };
        self.ask(call, move |actor, done| {
            let (done, moved) = match done {
                Ok(both) => both,
                Err(error) => return actor.trouble(error),
            };
            let asked = done.as_ref().map(Vec::as_slice).unwrap_or_default();
            let asked: HashSet<PictureId> = asked.iter().map(|picture| picture.id.clone()).collect();
            let others: Vec<Picture> = moved.into_iter().filter(|picture| !asked.contains(&picture.id)).collect();
            match done {
                Ok(pictures) if to_trash => actor.happened(Event::Trashed(pictures, cause)),
                Ok(pictures) => actor.happened(Event::Restored(pictures, cause)),
                Err(error) => {
                    actor.unsettled = true;
                    actor.trouble(DiskError::Library(Arc::new(error)));
                }
            }
            actor.tell_moved(others);
        });
    }

    /// Brings the index to where the pictures are, when the disk would not let it be done at the time.
    pub(super) fn settle(&mut self) {
        if !std::mem::take(&mut self.unsettled) {
            return;
        }
        let call = |library: &mut Library| {
            let before = library.trashed()?;
            library.finish_moves()?;
            Ok((before, library.drain_moved()?, library.trashed()?))
        };
        self.ask(call, |actor, settled| {
            let Ok((before, moved, left)) = settled else {
                actor.unsettled = true;
                return;
            };
            let here: HashSet<&PictureId> = left.iter().chain(&moved).map(|picture| &picture.id).collect();
            let gone: Vec<Picture> = before.into_iter().filter(|picture| !here.contains(&picture.id)).collect();
            actor.tell_moved(moved);
            if !gone.is_empty() {
                let bytes = gone.iter().map(|picture| picture.bytes).sum();
                actor.happened(Event::Emptied { count: gone.len(), bytes, kept: 0, left });
            }
        });
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

    /// Deletes what is in the trash now, a few pictures at a time, so that nothing else waits long.
    pub(super) fn empty_trash(&mut self) {
        self.emptying = Some(Emptying::default());
        let ids = |library: &mut Library| Ok(library.trashed()?.into_iter().map(|picture| picture.id).collect());
        self.ask(ids, |actor, ids: Result<VecDeque<PictureId>, _>| match ids {
            Ok(ids) => {
                if let Some(emptying) = &mut actor.emptying {
                    (emptying.total, emptying.ids) = (ids.len(), ids);
                }
                // After the partials that wait, which would outlive their pictures otherwise.
                actor.ask_later(
                    |library| {
                        library.purge_orphaned_partials();
                        Ok(())
                    },
                    |actor, _| actor.empty_more(),
                );
            }
            Err(error) => {
                actor.trouble(error);
                actor.emptying_over();
            }
        });
    }

    /// Does what had to wait for it.
    pub(super) fn emptying_over(&mut self) {
        for order in self.emptying.take().map(|emptying| emptying.postponed).unwrap_or_default() {
            self.order(order);
        }
    }

    /// Deletes the next few, or tells what was deleted.
    fn empty_more(&mut self) {
        let Some(emptying) = &mut self.emptying else { return };
        let next: Vec<PictureId> = emptying.ids.drain(..emptying.ids.len().min(AT_ONCE)).collect();
        if next.is_empty() || emptying.is_stopped {
            return self.emptied();
        }
        let count = next.len();
        let call = move |library: &mut Library| {
            let before = in_trash(library, &next)?;
            let done = library.purge(&next);
            let left = if done.is_ok() { Vec::new() } else { in_trash(library, &next)? };
            Ok((before, done, left))
        };
        self.ask_later(call, move |actor, done| {
            let Some(emptying) = &mut actor.emptying else { return };
            let error = match done {
                Ok((_, Ok(emptied), _)) => {
                    emptying.done += count;
                    emptying.sum.count += emptied.count;
                    emptying.sum.bytes += emptied.bytes;
                    emptying.sum.kept += emptied.kept;
                    return actor.empty_more();
                }
                Ok((before, Err(error), left)) => {
                    let length = |pictures: &[Picture]| pictures.iter().map(|picture| picture.bytes).sum::<u64>();
                    emptying.sum.bytes += length(&before).saturating_sub(length(&left));
                    emptying.sum.count += before.len().saturating_sub(left.len());
                    // Files may be gone of which the index could not be told.
                    actor.unsettled = true;
                    DiskError::Library(Arc::new(error))
                }
                Err(error) => error,
            };
            actor.emptied();
            actor.trouble(error);
        });
    }

    /// Tells what was deleted, and what is still in the trash.
    fn emptied(&mut self) {
        self.ask(
            |library| library.trashed(),
            |actor, left| {
                let Some(Emptying { sum, done, total, .. }) = &actor.emptying else { return };
                let PurgeSummary { count, bytes, kept } = *sum;
                match left {
                    // Nothing was deleted: whoever pressed is told why.
                    Ok(_) if done < total && count == 0 => {}
                    Ok(left) => actor.happened(Event::Emptied { count, bytes, kept, left }),
                    Err(error) => actor.trouble(error),
                }
                actor.emptying_over();
            },
        );
    }
}

/// Returns those of these pictures that are in the trash.
fn in_trash(library: &Library, ids: &[PictureId]) -> library::Result<Vec<Picture>> {
    let found = ids.iter().filter_map(|id| library.picture(id).transpose());
    found.filter(|picture| picture.as_ref().map_or(true, |picture| picture.trashed_ms.is_some())).collect()
}
