//! Stores what came: bytes first, then what they are, then the index.

use super::{DiskError, disk::Disk};
use crate::library::{Picture, Recipe};
use crate::picture::{Format, Limits, Size, probe};
use std::path::PathBuf;
use std::sync::Arc;

/// A picture that was received and could not be written; kept in memory until it can.
#[derive(Clone, Debug)]
pub(crate) struct Unsaved {
    pub(crate) recipe: Recipe,
    pub(crate) bytes: Arc<[u8]>,
}

/// Puts the bytes and the recipe on disk, reads the picture's size from its header, and indexes it.
pub(crate) async fn store(disk: &Disk, unsaved: &Unsaved) -> Result<Picture, DiskError> {
    let Unsaved { recipe, bytes } = unsaved.clone();
    let format = Format::sniff(&bytes);
    let kept = disk
        .call({
            let bytes = bytes.clone();
            move |library| library.keep(&recipe, &bytes, format)
        })
        .await?;
    let size = tokio::task::spawn_blocking(move || probe(&bytes, &Limits::default()).ok().map(|info| info.size))
        .await
        .unwrap_or(None);
    disk.call(move |library| library.index(&kept, size)).await
}

/// Reads a picture file's size from its header; `None`: it cannot be read.
pub(crate) async fn size_of_file(file: PathBuf) -> Option<Size> {
    let measured = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(file).ok()?;
        probe(&bytes, &Limits::default()).ok().map(|info| info.size)
    });
    measured.await.unwrap_or(None)
}
