//! Pictures as bytes and as pixels: recognising, decoding, rasterising, scaling and encoding.
//!
//! May import nothing of ours; no files, no threads. Invariants: the format is decided by the first bytes; every
//! decoder runs under [`Limits`]; hostile input ends in an [`Error`], never in a panic or unbounded memory.

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// Holds a decoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    pub size: Size,
    /// Row-major from the top left, 4 bytes per pixel, sRGB, straight alpha; `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

mod format;

pub use format::Format;
