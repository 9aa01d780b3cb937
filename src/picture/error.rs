//! What can go wrong between bytes and pixels.
//!
//! Imports only the types of this layer. Every sentence says what happened and what to do, and never quotes the
//! picture itself. Reasons are the decoders' own words, clipped.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::{Format, Size};
use std::cell::Cell;

/// Says why bytes did not become pixels, or pixels not bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// The first bytes belong to no format of [`Format`].
    #[error("the file is not a picture that Easel reads; use PNG, JPEG, WebP, GIF or SVG")]
    Unrecognised,
    /// The picture says it is larger than the limits allow; nothing was allocated for it.
    #[error("the picture is {size} pixels and the limit is {limit}; use a smaller one")]
    TooLarge { size: Size, limit: Limit },
    /// The bytes end before the picture does.
    #[error("the {} picture is cut off; load it again", .format.name())]
    Truncated { format: Format },
    /// The bytes break the rules of their format.
    #[error("the {} picture is damaged and cannot be shown: {reason}", .format.name())]
    Damaged { format: Format, reason: String },
    /// The bytes are a legal picture of a kind that the decoder does not know.
    #[error("this kind of {} cannot be read: {reason}", .format.name())]
    Unsupported { format: Format, reason: String },
    /// The drawing would take unreasonable time, stack or memory.
    #[error("the drawing is too heavy to draw: {reason}; look at its source, or try longer")]
    SvgTooComplex { reason: Cow<'static, str> },
    /// Drawing it took more than it may; whether it would have ended is unknown.
    #[error("the drawing is too heavy to draw: {why}; look at its source, or try longer")]
    TooHeavy { why: Heavy },
    /// It was not drawn in time although it had not computed for long: something else keeps the computer busy.
    #[error("the drawing was not drawn in time, because the computer is busy; try longer, or again when that is over")]
    Busy {
        /// Whether it is to be asked for again by itself.
        again: bool,
    },
    /// There is nothing that could draw it; it may be as good as any.
    #[error("no drawing can be drawn now, because what draws them did not start: {reason}; restart Easel")]
    NoChild { reason: String },
    /// The pixels cannot be written in this format.
    #[error("the picture cannot be saved as {}: {reason}", .format.name())]
    Encode { format: Format, reason: String },
}

/// Names what a drawing took too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heavy {
    /// It had not ended when its time was over.
    Time,
    Memory,
    /// Of calls within calls.
    Stack,
    /// What drew it ended without a word.
    Crash,
}

impl std::fmt::Display for Heavy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Heavy::Time => "it was not done in time",
            Heavy::Memory => "it needs too much memory",
            Heavy::Stack => "it nests too deep",
            Heavy::Crash => "what draws it broke off",
        })
    }
}

/// Names the limit that a picture exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Longest side in pixels.
    Side(u32),
    /// Number of pixels.
    Pixels(u64),
    /// Memory for decoding, in bytes.
    Memory(u64),
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::Side(side) => write!(f, "{side} per side"),
            Limit::Pixels(pixels) => write!(f, "{} megapixels", pixels / 1_000_000),
            Limit::Memory(bytes) => write!(f, "{} MiB of memory", bytes >> 20),
        }
    }
}

/// Longest text that an error quotes from a decoder, in characters.
const REASON_CHARS: usize = 200;

impl Error {
    pub(super) fn too_complex(reason: &'static str) -> Error {
        Error::SvgTooComplex { reason: Cow::Borrowed(reason) }
    }

    /// Tells whether more time or memory may help.
    pub fn is_too_heavy(&self) -> bool {
        matches!(self, Error::TooHeavy { .. } | Error::SvgTooComplex { .. } | Error::Busy { .. })
    }

    /// Tells whether it was not its own fault that it was not drawn in time; then, whether to ask again by itself.
    pub fn is_busy(&self) -> Option<bool> {
        match self {
            Error::Busy { again } => Some(*again),
            _ => None,
        }
    }

    pub(super) fn damaged(format: Format, reason: impl std::fmt::Display) -> Error {
        Error::Damaged { format, reason: clip(&reason) }
    }

    pub(super) fn encode(format: Format, reason: impl std::fmt::Display) -> Error {
        Error::Encode { format, reason: clip(&reason) }
    }

    pub(super) fn from_decoder(format: Format, error: &image::ImageError) -> Error {
        use image::ImageError;
        match error {
            ImageError::IoError(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
                Error::Truncated { format }
            }
            ImageError::Unsupported(_) => Error::Unsupported { format, reason: clip(error) },
            _ if ends_early(error) => Error::Truncated { format },
            _ => Error::damaged(format, error),
        }
    }
}

/// Looks for the end of the bytes among the causes: image-webp and gif wrap it.
fn ends_early(error: &image::ImageError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = inner.source();
    }
    false
}

fn clip(reason: &dyn std::fmt::Display) -> String {
    let line = reason.to_string().replace('\n', " ");
    line.chars().take(REASON_CHARS).collect()
}

thread_local! {
    /// How many [`caught`] this thread is in.
    static CAUGHT: Cell<u32> = const { Cell::new(0) };
}

/// Says whether this thread is inside a decoder whose panic is caught and costs its picture only.
pub fn is_guarded() -> bool {
    CAUGHT.get() > 0
}

/// Runs what others wrote for hostile bytes; `None`: it panicked.
///
/// Their crates hold `unwrap`s and unchecked arithmetic of their own; one odd file must not take a decode thread down.
/// They share no state with us, so nothing is left half-changed.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    CAUGHT.set(CAUGHT.get() + 1);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    CAUGHT.set(CAUGHT.get().saturating_sub(1));
    done.ok()
}

/// Runs a decoder or renderer that others wrote and turns a panic into an error.
pub(super) fn guarded<T>(format: Format, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    caught(work).unwrap_or_else(|| Err(Error::Damaged { format, reason: "the decoder gave up".to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_of_a_decoder_becomes_an_error() {
        let result: Result<(), Error> = guarded(Format::Gif, || panic!("as a broken decoder does"));
        assert_eq!(result, Err(Error::Damaged { format: Format::Gif, reason: "the decoder gave up".into() }));
        assert!(caught(|| caught(is_guarded) == Some(true) && is_guarded()) == Some(true) && !is_guarded());
    }

    #[test]
    #[ignore = "a process that the next test starts"]
    fn child() {
        let Some(reports) = std::env::var_os("EASEL_CRASH_REPORTS") else { return };
        crate::crash::install(Some(reports.into()), "test");
        for _ in 0..3 {
            let result: Result<(), Error> = guarded(Format::Gif, || panic!("as a broken decoder does"));
            result.unwrap_err();
        }
        let ours = std::thread::Builder::new().name("ours".into()).spawn(|| panic!("as a fault of ours does"));
        ours.unwrap().join().unwrap_err();
    }

    #[test]
    fn the_panic_of_a_decoder_is_not_reported_and_one_of_ours_is() {
        let reports = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["picture::error::tests::child", "--exact", "--ignored"]).env("EASEL_CRASH_REPORTS", reports.path());
        let told = child.output().unwrap();
        assert!(told.status.success() && !String::from_utf8_lossy(&told.stderr).contains("broken decoder"));
        let files: Vec<_> = std::fs::read_dir(reports.path()).unwrap().collect();
        assert_eq!(files.len(), 1);
        assert!(crate::crash::unseen(reports.path()).unwrap().text.contains("Thread     ours\n"));
    }

    #[test]
    fn errors_are_one_sentence() {
        let size = Size { width: 60_000, height: 60_000 };
        let error = Error::TooLarge { size, limit: Limit::Side(16_384) };
        let text = "the picture is 60000 × 60000 pixels and the limit is 16384 per side; use a smaller one";
        assert_eq!(error.to_string(), text);
        assert!(Error::damaged(Format::Png, "x".repeat(10_000)).to_string().chars().count() < 300);
    }
}
