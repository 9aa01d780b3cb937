//! Decoded large pictures, kept under a budget so that neither a pan nor a zoom decodes them again.
//!
//! Shared by the pool's threads. Invariants: a picture is decoded by one thread while the others that need it wait; of
//! the very large ones only one is decoded at a time, so that the memory for it is needed once.

use super::super::any::pyramid;
use super::super::image::ImageError;
use super::files::read;
use super::turn::turn;
use crate::picture::{Limits, Pyramid};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Bytes of decoded pictures that are kept: sixteen of 4096 x 4096, or one of 16384 x 16384.
const KEPT: u64 = 1280 << 20;
type Decoded = Result<Arc<Pyramid>, ImageError>;

#[derive(Default)]
pub(super) struct Pyramids {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// The one used last at the end.
    entries: Vec<(PathBuf, Arc<OnceLock<Decoded>>)>,
}

impl Pyramids {
    /// Returns a picture, decoded now or before.
    pub(super) fn get(&self, file: &Path) -> Decoded {
        let cell = self.held().take(file);
        let decoded = cell.get_or_init(|| {
            let bytes = read(file)?;
            let _turn = turn(&bytes);
            Ok(Arc::new(pyramid(&bytes, &Limits::default())?))
        });
        let decoded = decoded.clone();
        self.held().settle(KEPT);
        decoded
    }

    /// Lets go of all but this many bytes: nothing is looked at closely any more.
    pub(super) fn rest(&self, kept: u64) {
        self.held().settle(kept);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn take(&mut self, file: &Path) -> Arc<OnceLock<Decoded>> {
        let place = self.entries.iter().position(|(known, _)| known == file);
        let entry = place.map_or_else(|| (file.to_owned(), Arc::default()), |place| self.entries.remove(place));
        let cell = entry.1.clone();
        self.entries.push(entry);
        cell
    }

    /// Drops what failed, and what was used longest ago until the rest fits; the last one stays.
    fn settle(&mut self, budget: u64) {
        let bytes = |cell: &OnceLock<Decoded>| match cell.get() {
            Some(Ok(pyramid)) => pyramid.bytes(),
            _ => 0,
        };
        self.entries.retain(|(_, cell)| !matches!(cell.get(), Some(Err(_))));
        let mut total: u64 = self.entries.iter().map(|(_, cell)| bytes(cell)).sum();
        let last = self.entries.len().saturating_sub(1);
        let mut place = 0;
        self.entries.retain(|(_, cell)| {
            let goes = total > budget && place < last && cell.get().is_some();
            place += 1;
            if goes {
                total -= bytes(cell);
            }
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Encoding, Pixels, Size, encode};

    fn files(count: usize, side: u32) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let size = Size { width: side, height: side };
        let files = (0..count).map(|number| {
            let file = folder.path().join(format!("{number}.png"));
            let rgba = [number as u8, 7, 9, 255].repeat(size.area() as usize);
            std::fs::write(&file, encode(&Pixels::new(size, rgba).unwrap(), &Encoding::Png, [0; 3]).unwrap()).unwrap();
            file
        });
        let files = files.collect();
        (folder, files)
    }

    #[test]
    fn a_picture_is_decoded_once_while_there_is_room() {
        let (_folder, files) = files(3, 20);
        let pyramids = Pyramids::default();
        let first: Vec<_> = files.iter().map(|file| pyramids.get(file).unwrap()).collect();
        for (file, first) in files.iter().zip(&first) {
            std::fs::remove_file(file).unwrap();
            assert!(Arc::ptr_eq(&pyramids.get(file).unwrap(), first));
        }
    }

    #[test]
    fn what_was_used_longest_ago_goes_first_and_the_last_one_stays() {
        let (_folder, files) = files(4, 20);
        let pyramids = Pyramids::default();
        for place in [0, 1, 2, 3, 0] {
            pyramids.get(&files[place]).unwrap();
        }
        let names = || -> Vec<_> { pyramids.held().entries.iter().map(|(file, _)| file.clone()).collect() };
        pyramids.held().settle(20 * 20 * 3 * 2);
        assert_eq!(names(), [files[3].clone(), files[0].clone()]);
        pyramids.held().settle(0);
        assert_eq!(names(), [files[0].clone()]);
    }

    #[test]
    fn what_could_not_be_decoded_is_tried_again() {
        let (_folder, files) = files(1, 20);
        let bytes = std::fs::read(&files[0]).unwrap();
        std::fs::remove_file(&files[0]).unwrap();
        let pyramids = Pyramids::default();
        assert!(matches!(pyramids.get(&files[0]), Err(ImageError::File(_))));
        std::fs::write(&files[0], bytes).unwrap();
        assert!(pyramids.get(&files[0]).is_ok());
    }
}
