//! Keeps what is received of a picture before it is complete, without holding up what comes next.
//!
//! Everything is handed to the library's thread, which works in order: what was handed over before the picture is on
//! disk before it. Invariant: when no picture comes, nothing of it stays.

use super::disk::Disk;
use crate::library::{PictureId, Piece};
use std::sync::Arc;
use std::time::Instant;

/// Pieces of a drawing are written when they are at least so long together, bytes.
const BATCH: usize = 2048;

/// The partials of the picture that comes next.
pub(super) struct Strip {
    disk: Disk,
    /// Whether they are wanted.
    wanted: bool,
    picture: PictureId,
    began: Instant,
    count: u32,
    pieces: Vec<Piece>,
    waiting: usize,
    written: bool,
}

impl Strip {
    pub(super) fn new(disk: Disk, wanted: bool) -> Self {
        Self {
            disk,
            wanted,
            picture: PictureId::new(),
            began: Instant::now(),
            count: 0,
            pieces: Vec::new(),
            waiting: 0,
            written: false,
        }
    }

    /// Keeps a partial picture.
    pub(super) fn image(&mut self, bytes: Arc<[u8]>) {
        if self.wanted {
            self.count += 1;
            self.written = true;
            let (picture, number) = (self.picture.clone(), self.count);
            self.disk.post(move |library| library.keep_partial(&picture, number, &bytes));
        }
    }

    /// Keeps a piece of a drawing.
    pub(super) fn piece(&mut self, text: &str) {
        if self.wanted {
            let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.pieces.push(Piece(ms, text.to_owned()));
            self.waiting += text.len();
            if self.waiting >= BATCH {
                self.write();
            }
        }
    }

    /// The picture has come: gives its id; what comes from now on belongs to the next one.
    pub(super) fn take(&mut self) -> PictureId {
        self.write();
        (self.count, self.written) = (0, false);
        std::mem::replace(&mut self.picture, PictureId::new())
    }

    fn write(&mut self) {
        self.waiting = 0;
        let pieces = std::mem::take(&mut self.pieces);
        if !pieces.is_empty() {
            self.written = true;
            let picture = self.picture.clone();
            self.disk.post(move |library| library.keep_pieces(&picture, &pieces));
        }
    }
}

impl Drop for Strip {
    fn drop(&mut self) {
        if self.written {
            let picture = self.picture.clone();
            self.disk.post(move |library| library.forget_partials(&picture));
        }
    }
}
