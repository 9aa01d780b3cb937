//! Saves pictures elsewhere: the original bytes untouched, or a conversion.

use super::Interrupted;
use crate::library::{self, write_new};
use crate::picture::{self, Drawing, Encoding, Format, Limits, decode, encode};
use poll_promise::Promise;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One picture to be saved elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The file in the library.
    pub from: PathBuf,
    /// Where to; the folder must exist.
    pub to: PathBuf,
    /// `None`: the original bytes.
    pub encoding: Option<Encoding>,
    /// For SVG: longest side of the raster, pixels. Ignored for rasters.
    pub max_side: u32,
    /// Under transparency when the target format has none.
    pub matte: [u8; 3],
    /// Whether the artist agreed to replace an existing file.
    pub overwrite: bool,
}

/// Why a picture could not be saved elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the picture could not be read from the library: {0}")]
    Read(std::io::Error),
    #[error("the picture could not be converted: {0}")]
    Convert(#[from] picture::Error),
    #[error(transparent)]
    Write(#[from] library::Error),
}

/// One result per picture, in order: where it was written, or why not.
pub type Exported = Vec<Result<PathBuf, ExportError>>;

/// Pictures that are being saved elsewhere.
pub struct Exporting {
    pub(super) promise: Promise<Result<Option<Exported>, Interrupted>>,
    pub(super) done: Arc<AtomicUsize>,
    pub(super) total: usize,
}

impl Exporting {
    /// Returns how many are done, well or not, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total)
    }

    /// Returns the results when all are done; otherwise gives itself back.
    ///
    /// # Errors
    /// [`Interrupted`] inside when the work broke off.
    pub fn try_take(self) -> Result<Result<Exported, Interrupted>, Self> {
        let Self { promise, done, total } = self;
        match promise.try_take() {
            Ok(taken) => Ok(taken.and_then(|results| results.ok_or(Interrupted))),
            Err(promise) => Err(Self { promise, done, total }),
        }
    }
}

/// Returns the folder where the artist keeps pictures on this computer, or `otherwise`. Reads a small file.
pub(super) fn pictures_dir(otherwise: &Path) -> PathBuf {
    let dirs = directories::UserDirs::new();
    let found = dirs.as_ref().map(|dirs| dirs.picture_dir().or(dirs.download_dir()).unwrap_or(dirs.home_dir()));
    found.unwrap_or(otherwise).to_owned()
}

impl Export {
    /// Reads, converts and writes; returns where it was written.
    pub(crate) fn run(self) -> Result<PathBuf, ExportError> {
        let bytes = std::fs::read(&self.from).map_err(ExportError::Read)?;
        let out = match &self.encoding {
            None => bytes,
            Some(encoding) => {
                let limits = Limits::default();
                let pixels = if Format::sniff(&bytes) == Some(Format::Svg) {
                    Drawing::parse(&bytes, &limits)?.rasterise(self.max_side)?
                } else {
                    decode(&bytes, &limits)?
                };
                encode(&pixels, encoding, self.matte)?
            }
        };
        write_new(&self.to, &out, self.overwrite)?;
        Ok(self.to)
    }
}

/// Shows a file's folder in the system's file manager; waits until the program that was asked has answered.
pub(crate) fn open_folder(file: &Path) -> Result<(), String> {
    let folder = file.parent().unwrap_or(file);
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let failed = || format!("No file manager could be started; the folder is {}", folder.display());
    let null = std::process::Stdio::null;
    let mut command = std::process::Command::new(program);
    let mut child = command.arg(folder).stdin(null()).stdout(null()).stderr(null()).spawn().map_err(|_| failed())?;
    let status = child.wait().map_err(|_| failed())?;
    // Explorer ends with 1 also when it has opened the folder.
    if status.success() || cfg!(windows) { Ok(()) } else { Err(failed()) }
}
