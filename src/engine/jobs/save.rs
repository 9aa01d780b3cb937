//! Stores what came: bytes first, then what they are, then the index.

use super::super::{DiskError, disk::Disk};
use crate::decode::probe;
use crate::library::{self, Picture, Recipe, StagedPicture};
use crate::picture::{Format, Limits, Size};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A picture that was received and could not be written; kept in memory until it can.
#[derive(Clone, Debug)]
pub(crate) struct Unsaved {
    pub(crate) recipe: Recipe,
    pub(crate) bytes: Arc<[u8]>,
}

impl Unsaved {
    /// Brings the bytes and the recipe to safety.
    pub(crate) async fn keep(&self, disk: &Disk) -> Result<StagedPicture, DiskError> {
        let Self { recipe, bytes } = self.clone();
        let format = Format::sniff(&bytes);
        disk.call(move |library| library.stage(&recipe, &bytes, format)).await
    }

    /// Reads the size of what is safe from its header, and puts it into the index.
    pub(crate) async fn index(&self, disk: &Disk, kept: StagedPicture) -> Result<Picture, DiskError> {
        let bytes = self.bytes.clone();
        let size = tokio::task::spawn_blocking(move || probe(&bytes, &Limits::default()).ok().map(|info| info.size));
        let size = size.await.unwrap_or(None);
        disk.call(move |library| library.commit(&kept, size)).await
    }

    /// Writes the picture and its recipe into any folder, under a name that is free there. Waits for the disk.
    pub(crate) fn write_to(&self, folder: &Path) -> Result<(), library::Error> {
        library::write_outside(folder, &self.recipe, &self.bytes, Format::sniff(&self.bytes)).map(|_| ())
    }

    /// Does both.
    pub(crate) async fn store(&self, disk: &Disk) -> Result<Picture, DiskError> {
        let kept = self.keep(disk).await?;
        self.index(disk, kept).await
    }
}

/// Stores pictures; returns those that are stored, and why the last of the others is not.
pub(crate) async fn store_all(disk: Disk, pictures: Vec<Unsaved>) -> (Vec<Picture>, Option<DiskError>) {
    let (mut stored, mut trouble) = (Vec::new(), None);
    for picture in &pictures {
        match picture.store(&disk).await {
            Ok(picture) => stored.push(picture),
            Err(error) => trouble = Some(error),
        }
    }
    (stored, trouble)
}

/// Reads a picture file's size from its header; `None`: it cannot be read.
pub(crate) async fn size_of_file(file: PathBuf) -> Option<Size> {
    let measured = tokio::task::spawn_blocking(move || {
        let bytes = crate::library::read_ordinary(file).ok()?;
        probe(&bytes, &Limits::default()).ok().map(|info| info.size)
    });
    measured.await.unwrap_or(None)
}
