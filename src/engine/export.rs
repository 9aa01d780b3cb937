//! Saves pictures elsewhere: the original bytes or a conversion, with or without the recipe inside.

use super::Interrupted;
use super::carry::{Carried, carry};
use crate::decode::{decode, decode_scaled};
use crate::library::{self, PictureId, write_new};
use crate::picture::{self, Encoding, Format, Limits, encode, fit};
use poll_promise::Promise;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One picture to be saved elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The file in the library.
    pub from: PathBuf,
    /// Where to; the folder must exist.
    pub to: PathBuf,
    /// `None`: the original, not encoded again.
    pub encoding: Option<Encoding>,
    /// For SVG: longest side of the raster, pixels. Ignored for rasters.
    pub max_side: u32,
    /// For rasters that are converted: longest side, pixels; smaller ones stay as they are. `None`: all do.
    pub fit: Option<u32>,
    /// Under transparency when the target format has none.
    pub matte: [u8; 3],
    /// The picture whose recipe goes into the file; `None`: nothing is put in.
    pub recipe: Option<PictureId>,
    pub taken: Taken,
}

/// What to do when a file of that name is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Taken {
    /// Write nothing and say so.
    #[default]
    Refuse,
    /// The artist agreed to replace it.
    Replace,
    /// Take the next name that is free; see [`other_name`].
    Number,
}

/// Why a picture could not be saved elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the picture could not be read from the library: {0}")]
    Read(std::io::Error),
    #[error("the folder for copies could not be made: {0}")]
    Folder(std::io::Error),
    #[error("the picture could not be converted: {0}")]
    Convert(#[from] picture::Error),
    #[error(transparent)]
    Write(#[from] library::Error),
}

/// A picture that was saved elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    pub path: PathBuf,
    pub carried: Carried,
}

/// One result per picture, in order: what was written, or why not. Those after a stop are missing.
pub type Exported = Vec<Result<Saved, ExportError>>;

/// Pictures that are being saved elsewhere.
pub struct Exporting {
    pub(super) promise: Promise<Result<Option<Exported>, Interrupted>>,
    pub(super) done: Arc<AtomicUsize>,
    pub(super) stopped: Arc<AtomicBool>,
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
        let Self { promise, done, stopped, total } = self;
        match promise.try_take() {
            Ok(taken) => Ok(taken.and_then(|results| results.ok_or(Interrupted))),
            Err(promise) => Err(Self { promise, done, stopped, total }),
        }
    }

    /// Says whether the artist has ended the work.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Ends the work after the picture that is being saved now; what is saved stays.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// Returns the folder where the artist keeps pictures on this computer, or `otherwise`. Reads a small file.
pub(super) fn pictures_dir(otherwise: &Path) -> PathBuf {
    let dirs = directories::UserDirs::new();
    let found = dirs.as_ref().map(|dirs| dirs.picture_dir().or(dirs.download_dir()).unwrap_or(dirs.home_dir()));
    found.unwrap_or(otherwise).to_owned()
}

impl Export {
    /// Reads, converts and writes.
    pub(crate) fn run(self) -> Result<Saved, ExportError> {
        let bytes = crate::library::read_ordinary(&self.from).map_err(ExportError::Read)?;
        let out = match &self.encoding {
            None => bytes,
            Some(encoding) => {
                let limits = Limits::default();
                let pixels = if Format::sniff(&bytes) == Some(Format::Svg) {
                    decode_scaled(&bytes, self.max_side, &limits)?.0
                } else {
                    let pixels = decode(&bytes, &limits)?;
                    if let Some(side) = self.fit { fit(&pixels, side) } else { pixels }
                };
                encode(&pixels, encoding, self.matte)?
            }
        };
        let (out, carried) = match &self.recipe {
            Some(id) => carry(out, &self.from, id),
            None => (out, Carried::Nothing),
        };
        Ok(Saved { path: write_free(self.to, &out, self.taken)?, carried })
    }
}

/// Writes a file and returns under which name; what happens when that is taken is for `taken` to say.
pub(super) fn write_free(mut to: PathBuf, bytes: &[u8], taken: Taken) -> Result<PathBuf, library::Error> {
    loop {
        match write_new(&to, bytes, taken == Taken::Replace) {
            Err(library::Error::Exists { .. }) if taken == Taken::Number => next_name(&mut to),
            Err(error) => return Err(error),
            Ok(()) => return Ok(to),
        }
    }
}

fn next_name(path: &mut PathBuf) {
    loop {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        path.set_file_name(other_name(&name));
        if !path.exists() {
            return;
        }
    }
}

/// Returns a name with a number before its extension: `fox (2).png`.
pub fn numbered(name: &str, number: u32) -> String {
    let (stem, extension) = parted(name);
    format!("{stem} ({number}){extension}")
}

/// Returns another name for a file: `fox.png` becomes `fox (2).png`, that `fox (3).png`.
pub fn other_name(name: &str) -> String {
    let (stem, extension) = parted(name);
    let counted = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" ("));
    match counted.and_then(|(base, number)| Some((base, number.parse::<u32>().ok()?.checked_add(1)?))) {
        Some((base, number)) => format!("{base} ({number}){extension}"),
        None => numbered(name, 2),
    }
}

/// Parts a name into stem and extension, the point with the latter.
fn parted(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(point) if point > 0 => name.split_at(point),
        _ => (name, ""),
    }
}

/// Returns the folder of a file as file managers are told it: whole, so that it is never taken for an option or an
/// address, and there, so that nothing else is ever opened. The error is a sentence.
fn folder_of(file: &Path) -> Result<PathBuf, String> {
    let folder = file.parent().unwrap_or(file);
    let whole = std::path::absolute(folder).ok().filter(|folder| folder.is_dir());
    whole.ok_or_else(|| format!("The folder is not there: {}", folder.display()))
}

/// Shows a file's folder in the system's file manager; waits until the program that was asked has answered.
pub(crate) fn open_folder(file: &Path) -> Result<(), String> {
    let folder = folder_of(file)?;
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let failed = || format!("No file manager could be started; the folder is {}", folder.display());
    let null = std::process::Stdio::null;
    let mut command = super::child::command(program);
    let mut child = command.arg(&folder).stdin(null()).stdout(null()).stderr(null()).spawn().map_err(|_| failed())?;
    let status = child.wait().map_err(|_| failed())?;
    // Explorer ends with 1 also when it has opened the folder.
    if status.success() || cfg!(windows) { Ok(()) } else { Err(failed()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Pixels, Size};

    #[test]
    fn nothing_but_a_folder_that_is_there_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("fox.png");
        std::fs::write(&file, "").unwrap();
        assert_eq!(folder_of(&file), Ok(dir.path().to_owned()));
        let odd =
            ["https://example.org/x", "file:///etc/x", "javascript:alert(1)/x", "-version/x", r"\\server\share\x"];
        for odd in odd {
            folder_of(Path::new(odd)).unwrap_err();
        }
        // Below a file there is no folder.
        for gone in [file.join("x"), dir.path().join("gone/fox.png")] {
            folder_of(&gone).unwrap_err();
        }
    }

    #[test]
    fn taken_names_are_counted_up() {
        for (name, other) in [
            ("fox.png", "fox (2).png"),
            ("fox (2).png", "fox (3).png"),
            ("fox (9).png", "fox (10).png"),
            ("fox 2.png", "fox 2 (2).png"),
            ("fox (x).png", "fox (x) (2).png"),
            ("fox (4294967295).png", "fox (4294967295) (2).png"),
            ("fox", "fox (2)"),
            (".png", ".png (2)"),
        ] {
            assert_eq!(other_name(name), other);
        }
    }

    fn export(folder: &Path, taken: Taken) -> Export {
        let from = folder.join("from.png");
        let pixels = Pixels::new(Size { width: 64, height: 32 }, vec![200; 64 * 32 * 4]).unwrap();
        std::fs::write(&from, encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
        let to = folder.join("fox.png");
        Export { from, to, encoding: None, max_side: 16, fit: None, matte: [0; 3], recipe: None, taken }
    }

    #[test]
    fn a_taken_name_is_left_alone_unless_replacing_was_agreed() {
        for (taken, written) in
            [(Taken::Refuse, None), (Taken::Number, Some("fox (3).png")), (Taken::Replace, Some("fox.png"))]
        {
            let folder = tempfile::tempdir().unwrap();
            for name in ["fox.png", "fox (2).png"] {
                std::fs::write(folder.path().join(name), b"mine").unwrap();
            }
            let saved = export(folder.path(), taken).run();
            assert_eq!(saved.ok().map(|saved| saved.path), written.map(|name| folder.path().join(name)), "{taken:?}");
            let kept = std::fs::read(folder.path().join("fox.png")).unwrap() == b"mine";
            assert_eq!(kept, taken != Taken::Replace, "{taken:?}");
            assert_eq!(std::fs::read(folder.path().join("fox (2).png")).unwrap(), b"mine");
        }
    }

    #[test]
    fn a_raster_is_made_smaller_only_when_it_is_larger() {
        for (fit, width) in [(None, 64), (Some(16), 16), (Some(900), 64)] {
            let folder = tempfile::tempdir().unwrap();
            let export = Export { encoding: Some(Encoding::Png), fit, ..export(folder.path(), Taken::Refuse) };
            let bytes = std::fs::read(export.run().unwrap().path).unwrap();
            assert_eq!(decode(&bytes, &Limits::default()).unwrap().size, Size { width, height: width / 2 }, "{fit:?}");
        }
    }
}
