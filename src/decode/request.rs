//! What can be asked of the decode pool, and what it answers.

use super::image::{Image, ImageError};
use crate::library::{JobId, PictureId};
use crate::picture::{Difference, Level, Pixels};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

/// Wakes whoever shows what has changed; called after every change, from any thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Names what the pixels are for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Picture(PictureId, Level),
    Tile(PictureId, Spot),
    /// The visible part of a drawing; the numbers say which (scale and corners, quantised by the asker).
    Region(PictureId, [i32; 5]),
    /// By the hash of its original bytes.
    Reference(String),
    /// The same, large enough to work on.
    ReferenceWhole(String),
    Preview(JobId),
    /// What came on the way to a picture: its place within its job, the step, and the longest side in pixels.
    Partial(JobId, [u32; 3]),
    /// A map of what differs: its number and the threshold in hundredths.
    Heat(u64, u32),
    /// Pixels that are asked for themselves, by the number of the question.
    Patch(u64),
}

/// Names a tile of a picture: which of its levels (0: every pixel, then halved each time), column and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    pub level: u8,
    pub column: u32,
    pub row: u32,
}

/// Says where the pixels come from.
#[derive(Clone, Debug)]
pub enum Work {
    /// The small picture kept beside the library's originals, no longer than this on a side; made when it is missing.
    Thumb { library: PathBuf, hash: String, file: PathBuf, max_side: u32 },
    /// The same of a reference, whose file is found by its hash.
    Reference { library: PathBuf, hash: String },
    /// A reference no longer than this on a side.
    ReferenceWhole { library: PathBuf, hash: String, max_side: u32 },
    /// The whole picture, no longer than this on a side.
    Scaled { file: PathBuf, max_side: u32 },
    /// One tile; the decoded picture is kept for the next ones.
    Tile { file: PathBuf, spot: Spot },
    /// A part of a drawing: picture units to pixels, and `[x, y, width, height]` in picture units.
    Region { file: PathBuf, scale: f32, region: [f32; 4] },
    /// Bytes that have just arrived.
    Bytes { bytes: Arc<[u8]>, max_side: u32 },
    /// Markup that is still arriving.
    Markup { text: String, max_side: u32 },
    /// What differs by at least this much (CIEDE2000), in colours.
    Heat { difference: Arc<Difference>, threshold: f32 },
    /// The pixels of a part, for whoever waits for the reply.
    Patch { part: PatchOf, reply: mpsc::Sender<Result<Pixels, ImageError>> },
}

/// A picture that is still arriving, for the pool.
#[derive(Clone, Debug)]
pub struct Preview {
    pub job: JobId,
    pub work: Work,
}

/// Takes pictures that are still arriving; called from any thread, must not block.
pub type PreviewSink = Arc<dyn Fn(Preview) + Send + Sync>;

/// Which part of which picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchOf {
    pub file: PathBuf,
    /// A drawing, of which the part is rasterised.
    pub is_drawing: bool,
    /// Pixels per pixel of the picture: 1.0, and for drawings the scale at which they are seen.
    pub scale: f32,
    /// Left and top, in pixels at this scale.
    pub corner: [u32; 2],
    /// Width and height; cut where the picture ends.
    pub size: [u32; 2],
}

/// Where the pixels arrive; disconnected: the pool has ended.
pub type Patch = mpsc::Receiver<Result<Pixels, ImageError>>;

/// The answer to a wish.
#[derive(Debug)]
pub struct Done<T> {
    pub key: Key,
    pub result: Result<Image<T>, ImageError>,
}
