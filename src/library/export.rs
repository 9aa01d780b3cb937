//! Saving outside the library: whole or not at all, and never over a file unless told.

use super::storage::Storage;
use super::{PictureId, Result};
use std::path::Path;

/// Writes a file in one step for everybody who looks: beside it first, fsynced, then renamed.
///
/// Errors: [`Error::Exists`] when the name is taken and `overwrite` is false, [`Error::Full`], [`Error::CannotWrite`].
pub fn write_new(path: &Path, bytes: &[u8], overwrite: bool) -> Result<()> {
    write_with(&Storage::default(), path, bytes, overwrite)
}

fn write_with(storage: &Storage, path: &Path, bytes: &[u8], overwrite: bool) -> Result<()> {
    let part = path.with_file_name(format!(".{}.part", PictureId::new().0));
    storage.write(&part, bytes)?;
    let renamed = if overwrite { storage.rename_over(&part, path) } else { storage.rename_new(&part, path) };
    renamed.inspect_err(|_| storage.discard(&part))?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => storage.sync_dir(folder),
        _ => storage.sync_dir(Path::new(".")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Error;
    use super::super::storage::Fault;
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn a_file_is_replaced_only_when_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fox.png");
        write_new(&path, b"one", false).unwrap();
        assert!(matches!(write_new(&path, b"two", false), Err(Error::Exists { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        write_new(&path, b"three", true).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"three");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fox.png");
        std::fs::write(&path, b"old").unwrap();
        for step in 0..4 {
            let storage = Storage::default();
            storage.faults.after(step, Fault::Once(ErrorKind::StorageFull));
            assert!(matches!(write_with(&storage, &path, b"newer", true), Err(Error::Full { .. })), "{step}");
            assert_eq!(std::fs::read(&path).unwrap(), b"old");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{step}");
        }
    }
}
