//! Files for other programs: copies of pictures with their recipes inside, for the clipboard to point at.
//!
//! The library's own files are never handed out, since another program might change them. Invariants: the folder is
//! the artist's alone; copies of an earlier time stay for a day, as somebody may still point at them.

use super::carry::{Carried, carry};
use super::export::{ExportError, Saved, Taken, write_free};
use crate::library::PictureId;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A picture whose file is to be copied.
#[derive(Clone, Debug, PartialEq)]
pub struct FileCopy {
    /// The file in the library.
    pub file: PathBuf,
    /// The picture whose recipe goes into the copy; `None`: nothing is put in.
    pub recipe: Option<PictureId>,
}

/// How long copies are kept at least.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the folder for copies on this computer, in the artist's own cache.
pub(super) fn folder() -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "easel");
    dirs.map_or_else(|| std::env::temp_dir().join("easel"), |dirs| dirs.cache_dir().to_owned()).join("copied")
}

/// Copies pictures into a folder of their own below `root`, under the names that they have in the library.
pub(super) fn copy(root: &Path, files: &[FileCopy]) -> Result<Vec<Saved>, ExportError> {
    forget_old(root, SystemTime::now());
    let folder = root.join(PictureId::new().0);
    make_private(&folder).map_err(ExportError::Folder)?;
    let copied: Result<_, _> = files.iter().map(|file| copy_one(&folder, file)).collect();
    if copied.is_err()
        && let Err(error) = std::fs::remove_dir_all(&folder)
    {
        log::info!("half a set of copies was not removed: {error}");
    }
    copied
}

fn copy_one(folder: &Path, FileCopy { file, recipe }: &FileCopy) -> Result<Saved, ExportError> {
    let bytes = crate::library::read_ordinary(file).map_err(ExportError::Read)?;
    let (bytes, carried) = match recipe {
        Some(id) => carry(bytes, file, id),
        None => (bytes, Carried::Nothing),
    };
    let to = folder.join(file.file_name().unwrap_or_default());
    Ok(Saved { path: write_free(to, &bytes, Taken::Number)?, carried })
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Removes the copies of earlier days; what cannot be removed is tried again the next time.
fn forget_old(root: &Path, now: SystemTime) {
    let Ok(entries) = std::fs::read_dir(root) else { return };
    for entry in entries.flatten() {
        let made = entry.metadata().and_then(|found| found.modified());
        let is_old = made.is_ok_and(|made| now.duration_since(made).is_ok_and(|age| age > KEPT));
        if is_old && let Err(error) = std::fs::remove_dir_all(entry.path()) {
            log::info!("old copies were not removed: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies(root: &Path, file: &Path, count: usize) -> Vec<Saved> {
        copy(root, &vec![FileCopy { file: file.to_owned(), recipe: None }; count]).unwrap()
    }

    #[test]
    fn copies_are_files_of_their_own_under_their_own_names() {
        let folder = tempfile::tempdir().unwrap();
        let (file, root) = (folder.path().join("a fox.png"), folder.path().join("cache/copied"));
        std::fs::write(&file, b"fox").unwrap();
        let made = copies(&root, &file, 2);
        let names: Vec<_> = made.iter().map(|saved| saved.path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a fox.png", "a fox (2).png"]);
        std::fs::write(&made[0].path, b"changed by another program").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"fox", "the library's own file is out of reach");
        #[cfg(unix)]
        {
            let mode = |path: &Path| {
                std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
            };
            assert_eq!(mode(made[0].path.parent().unwrap()), 0o700);
        }
    }

    #[test]
    fn copies_stay_for_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let (file, root) = (folder.path().join("a fox.png"), folder.path().join("copied"));
        std::fs::write(&file, b"fox").unwrap();
        let made = copies(&root, &file, 1).remove(0).path;
        forget_old(&root, SystemTime::now());
        assert!(made.exists());
        forget_old(&root, SystemTime::now() + KEPT + KEPT);
        assert!(!made.exists());
    }

    #[test]
    fn a_file_that_is_gone_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, root) =
            (FileCopy { file: folder.path().join("gone.png"), recipe: None }, folder.path().join("copied"));
        assert!(matches!(copy(&root, &[gone]), Err(ExportError::Read(_))));
        assert_eq!(std::fs::read_dir(root).unwrap().count(), 0);
    }
}
