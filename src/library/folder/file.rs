//! Files that an artist or a stranger named: read when they are ordinary ones, and no further than a limit.
//!
//! Imports nothing of ours. Under a name there can be a pipe, which may never begin and never end, or a device without
//! an end. Invariants: none of these is waited for; no more is held than the limit, whatever the file says of itself.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

/// Longest file that is read as a picture, bytes.
pub const LONGEST_FILE: u64 = 512 << 20;

/// Longest file of the library itself that is read, bytes: an answer that nobody could read may be long.
const LONGEST_OWN: u64 = 4 << 30;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("it is a folder")]
    Folder,
    #[error("it is no ordinary file, but a pipe, a device or the like")]
    NotOrdinary,
    #[error("it is larger than {} MB", .most >> 20)]
    TooLarge { most: u64 },
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unreadable(error) => error,
            error => Self::other(error.to_string()),
        }
    }
}

/// Reads an ordinary file of at most so many bytes.
///
/// # Errors
/// Whatever it is instead, or that it cannot be read.
pub fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    // Before it is opened: opening alone does things to some devices.
    check(&std::fs::metadata(path)?, most)?;
    let file = open(path)?;
    // Another one may stand under the name by now.
    let length = check(&file.metadata()?, most)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // It may grow, and some files of the system have no length.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(FileError::TooLarge { most }) } else { Ok(bytes) }
}

/// Reads a file of a library, in whose folder strangers may have put anything.
///
/// # Errors
/// As for [`read_file`].
pub fn read_ordinary(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    read_file(path.as_ref(), LONGEST_OWN).map_err(io::Error::from)
}

fn check(found: &Metadata, most: u64) -> Result<u64, FileError> {
    match found {
        found if found.is_dir() => Err(FileError::Folder),
        found if !found.is_file() => Err(FileError::NotOrdinary),
        found if found.len() > most => Err(FileError::TooLarge { most }),
        found => Ok(found.len()),
    }
}

/// Opens a file without waiting for whoever is at the other end.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let without_wait = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    File::options().read(true).custom_flags(without_wait).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_file_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        std::fs::write(&file, b"1234").unwrap();
        assert_eq!(read_file(&file, 4).unwrap(), b"1234");
        assert!(matches!(read_file(&file, 3), Err(FileError::TooLarge { most: 3 })));
        assert!(matches!(read_file(folder.path(), 3), Err(FileError::Folder)));
        assert!(matches!(read_file(&folder.path().join("b"), 3), Err(FileError::Unreadable(_))));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_never_ends_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.png");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            assert!(matches!(read_file(path, 9), Err(FileError::NotOrdinary)), "{}", path.display());
        }
        // Opened between two looks: still nobody waits.
        assert!(!open(&pipe).unwrap().metadata().unwrap().is_file());
        // It says that it has no length.
        assert!(matches!(read_file(Path::new("/proc/self/maps"), 9), Err(FileError::TooLarge { .. })));
    }
}
