//! Saving outside the library: whole or not at all, and never over a file unless told.

use super::super::locate::Held;
use super::super::{PictureId, Recipe, Result, content_hash};
use super::file::read_ordinary as read;
use super::paths::{extension, first_free, local, picture_file, sidecar_path};
use super::scan::look;
use super::sidecar::read_sidecar;
use super::storage::Storage;
use crate::picture::Format;
use std::path::{Path, PathBuf};

/// Writes a file in one step for everybody who looks: beside it first, fsynced, then renamed.
///
/// Errors: [`Error::Exists`] when the name is taken and `overwrite` is false, [`Error::Full`], [`Error::CannotWrite`].
pub fn write_new(path: &Path, bytes: &[u8], overwrite: bool) -> Result<()> {
    write_with(&Storage::default(), path, bytes, overwrite)
}

/// Reads the recipe that lies beside a picture's file; `None` when it is missing, damaged or another picture's.
pub fn recipe_beside(file: &Path, id: &PictureId) -> Option<Recipe> {
    read_sidecar(&sidecar_path(file), id)
}

/// Reads the recipe beside any file, where it was written for exactly these bytes; `None`: there is none.
pub fn recipe_of_bytes(file: &Path, bytes: &[u8]) -> Option<Recipe> {
    let side = read(sidecar_path(file)).ok()?;
    serde_json::from_slice::<Recipe>(&side).ok().filter(|recipe| recipe.hash == content_hash(bytes))
}

/// Writes received bytes with their recipe beside them into any folder, under the name they would have in the library;
/// returns where. For when the library itself cannot be written.
///
/// Errors: [`Error::Full`], [`Error::CannotWrite`].
pub fn write_outside(folder: &Path, recipe: &Recipe, bytes: &[u8], format: Option<Format>) -> Result<PathBuf> {
    let mut recipe = recipe.clone();
    recipe.describe(bytes, format);
    let wanted = picture_file(&local(recipe.created_ms), recipe.prompt(), &recipe.id, extension(format));
    let wanted = wanted.rsplit_once('/').map_or(wanted.as_str(), |(_, name)| name);
    let path = folder.join(first_free(wanted, |name| {
        let (path, side) = (folder.join(name), sidecar_path(&folder.join(name)));
        // What an earlier attempt has written already is good.
        !matches!(look(&path, recipe.bytes, &recipe.hash), Ok(Held::Nothing | Held::Picture))
            || (side.exists() && read_sidecar(&side, &recipe.id).is_none())
    }));
    if !path.exists() {
        write_new(&path, bytes, false)?;
    }
    if !sidecar_path(&path).exists() {
        write_new(&sidecar_path(&path), &serde_json::to_vec_pretty(&recipe)?, false)?;
    }
    Ok(path)
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
    use super::super::storage::Fault;
    use super::*;
    use crate::library::{Error, Library, content_hash};
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
    fn a_picture_with_its_recipe_is_written_outside_once_and_over_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(&folder.path().join("library")).unwrap();
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        let recipe = crate::library::tests::some_recipe();
        let path = write_outside(&out, &recipe, b"fox", Some(Format::Png)).unwrap();
        assert!(path.to_string_lossy().contains(" a red fox ") && path.extension().unwrap() == "png", "{path:?}");
        assert_eq!(read_sidecar(&sidecar_path(&path), &recipe.id).unwrap().hash, content_hash(b"fox"));
        std::fs::remove_file(sidecar_path(&path)).unwrap();
        assert_eq!(write_outside(&out, &recipe, b"fox", Some(Format::Png)).unwrap(), path, "goes on where it ended");
        std::fs::write(&path, b"a stranger").unwrap();
        let second = write_outside(&out, &recipe, b"fox", Some(Format::Png)).unwrap();
        assert_eq!(
            (std::fs::read(&path).unwrap(), std::fs::read(&second).unwrap()),
            (b"a stranger".into(), b"fox".into())
        );
        let nowhere = write_outside(&folder.path().join("none"), &recipe, b"fox", Some(Format::Png));
        assert!(matches!(nowhere, Err(Error::CannotWrite { .. })));
        assert_eq!(library.pictures().unwrap(), []);
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
