//! Reference pictures: the original bytes under their content hash.
//!
//! Invariant: an original is never altered or replaced; what is sent of it is made anew each time, or, where the artist
//! has cropped or marked it, is a copy kept in the same folder under its own hash.

use super::super::error::Result;
use super::super::hash::{content_hash, is_hash};
use super::super::model::id::PictureId;
use super::paths::{REFERENCES, extension, incoming};
use super::storage::Storage;
use crate::picture::Format;
use std::path::{Path, PathBuf};

/// Keeps the original bytes of a reference and returns their hash (blake3, lower-case hex); the same bytes are
/// kept once.
pub(in crate::library) fn store_reference(
    storage: &Storage,
    dir: &Path,
    bytes: &[u8],
    format: Format,
) -> Result<String> {
    let hash = content_hash(bytes);
    let whole = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|file| file.len() == bytes.len() as u64);
    if reference_path(dir, &hash).filter(whole).is_none() {
        let path = dir.join(REFERENCES).join(format!("{hash}.{}", extension(Some(format))));
        storage.replace(&path, &incoming(dir, &PictureId::new(), "reference.part"), bytes)?;
    }
    Ok(hash)
}

/// Returns the path of a reference's original bytes in a library folder; `None` when they are not there.
pub fn reference_path(dir: &Path, hash: &str) -> Option<PathBuf> {
    find(&dir.join(REFERENCES), hash)
}

fn find(folder: &Path, hash: &str) -> Option<PathBuf> {
    let named = |format| folder.join(format!("{hash}.{}", extension(Some(format))));
    Format::ALL.into_iter().map(named).find(|path| is_hash(hash) && path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

    #[test]
    fn the_same_reference_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let hash = library.store_reference(b"fox", Format::Jpeg).unwrap();
        assert_eq!(library.store_reference(b"fox", Format::Jpeg).unwrap(), hash);
        let path = reference_path(library.dir(), &hash).unwrap();
        assert!(path.ends_with(format!("references/{hash}.jpg")));
        assert_eq!(std::fs::read(path).unwrap(), b"fox");
        assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    }

    #[test]
    fn a_reference_that_was_cut_short_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let hash = library.store_reference(b"fox", Format::Png).unwrap();
        let path = reference_path(library.dir(), &hash).unwrap();
        std::fs::write(&path, b"f").unwrap();
        library.store_reference(b"fox", Format::Png).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), b"fox");
    }

    #[test]
    fn no_hash_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("references")).unwrap();
        std::fs::write(folder.path().join("secret.png"), b"secret").unwrap();
        assert_eq!(reference_path(folder.path(), "../secret"), None);
    }
}
