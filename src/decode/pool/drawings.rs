//! The last drawing of each thread.

use super::super::drawing::Drawing;
use super::super::image::ImageError;
use super::files::read;
use std::path::{Path, PathBuf};

/// Keeps the last drawing of a thread: zooming asks for the same one again and again.
#[derive(Default)]
pub(super) struct Drawings(Option<(PathBuf, Drawing)>);

impl Drawings {
    pub(super) fn get(&mut self, file: &Path) -> Result<&Drawing, ImageError> {
        let drawing = match self.0.take() {
            Some((known, drawing)) if known == file => drawing,
            _ => Drawing::of(&read(file)?),
        };
        Ok(&self.0.insert((file.to_owned(), drawing)).1)
    }
}
