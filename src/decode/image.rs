//! Decoded pictures as the window draws them, and why there may be none.

use crate::picture::{self, Flaw, Size};
use std::sync::Arc;

/// Decoded pixels, whole or in tiles, in what the window draws with.
#[derive(Debug)]
pub struct Image<T> {
    /// Of this level, pixels.
    pub size: Size,
    /// What is wrong with the file, where that was seen just now: a small picture that is kept does not tell.
    pub flaw: Option<Flaw>,
    pub tiles: Vec<Tile<T>>,
}

/// One tile; neighbours overlap by `apron` pixels so that no seam shows.
#[derive(Debug)]
pub struct Tile<T> {
    /// Left and top edge within the picture, apron not counted.
    pub x: u32,
    pub y: u32,
    /// Without apron.
    pub size: Size,
    /// Apron on the left and top (0 or 1), right and bottom.
    pub apron: [u32; 4],
    pub pixels: T,
}

/// Why a wish could not be fulfilled.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ImageError {
    #[error("its file is missing from the library")]
    Missing,
    #[error("its file holds another picture than the library knows of")]
    Changed,
    #[error("its file could not be read: {0}")]
    File(Arc<std::io::Error>),
    #[error("Easel failed inside while reading it; restart Easel to try again")]
    Interrupted,
    #[error(transparent)]
    Picture(#[from] picture::Error),
}

impl ImageError {
    /// Tells whether it is a drawing that more time or memory may help.
    pub fn is_too_heavy(&self) -> bool {
        matches!(self, Self::Picture(error) if error.is_too_heavy())
    }

    /// Tells whether it was not drawn in time because the computer was busy; then, whether to ask again by itself.
    pub fn is_busy(&self) -> Option<bool> {
        match self {
            Self::Picture(error) => error.is_busy(),
            _ => None,
        }
    }
}
