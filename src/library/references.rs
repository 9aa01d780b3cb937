//! Reference pictures: the original bytes under their content hash, and the forms of them that were sent.
//!
//! Invariant: an original is never altered or replaced; what was sent lies beside it as `sent/<hash>-<key>.<ext>`.

use super::names::{extension, is_hash};
use super::storage::Storage;
use super::{Library, PictureId, Result, content_hash};
use crate::picture::Format;
use std::path::{Path, PathBuf};

const FORMATS: [Format; 5] = [Format::Png, Format::Jpeg, Format::WebP, Format::Gif, Format::Svg];

impl Library {
    /// Keeps the original bytes of a reference and returns their hash (blake3, lower-case hex); the same bytes are
    /// kept once.
    pub fn store_reference(&mut self, bytes: &[u8], format: Format) -> Result<String> {
        let hash = content_hash(bytes);
        let whole = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|file| file.len() == bytes.len() as u64);
        if reference_path(&self.dir, &hash).filter(whole).is_none() {
            let path = self.dir.join("references").join(format!("{hash}.{}", extension(Some(format))));
            self.storage.replace(&path, &self.incoming(&PictureId::new(), "reference.part"), bytes)?;
        }
        Ok(hash)
    }
}

/// Returns the path of a reference's original bytes in a library folder; `None` when they are not there.
pub fn reference_path(dir: &Path, hash: &str) -> Option<PathBuf> {
    find(&dir.join("references"), hash, "")
}

/// Returns the path of a form of a reference as it was sent; `None` when it was not kept.
///
/// The key says how it was made, such as `2048-webp`; anything but letters, digits, `-` and `_` in it counts as `_`.
pub fn sent_reference_path(dir: &Path, hash: &str, key: &str) -> Option<PathBuf> {
    find(&dir.join("references/sent"), hash, &suffix(key))
}

/// Keeps a form of a reference as it is sent, and returns its path; an older one is replaced.
pub fn write_sent_reference(dir: &Path, hash: &str, key: &str, bytes: &[u8], format: Format) -> Result<PathBuf> {
    let hash = if is_hash(hash) { hash.to_owned() } else { content_hash(hash.as_bytes()) };
    let folder = dir.join("references/sent");
    let path = folder.join(format!("{hash}{}.{}", suffix(key), extension(Some(format))));
    let storage = Storage::default();
    storage.create_dir(&folder)?;
    storage.replace(&path, &dir.join(format!("incoming/{}.sent.part", PictureId::new().0)), bytes)?;
    Ok(path)
}

fn find(folder: &Path, hash: &str, suffix: &str) -> Option<PathBuf> {
    let named = |format| folder.join(format!("{hash}{suffix}.{}", extension(Some(format))));
    FORMATS.into_iter().map(named).find(|path| is_hash(hash) && path.is_file())
}

fn suffix(key: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    format!("-{}", key.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_was_sent_lies_beside_the_original() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let hash = content_hash(b"fox");
        assert_eq!(sent_reference_path(library.dir(), &hash, "2048/webp"), None);
        let path = write_sent_reference(library.dir(), &hash, "2048/webp", b"small", Format::WebP).unwrap();
        assert_eq!(sent_reference_path(library.dir(), &hash, "2048/webp"), Some(path.clone()));
        assert!(path.ends_with(format!("references/sent/{hash}-2048_webp.webp")));
        assert_eq!(reference_path(library.dir(), &hash), None);
    }

    #[test]
    fn no_hash_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("references")).unwrap();
        std::fs::write(folder.path().join("secret.png"), b"secret").unwrap();
        assert_eq!(reference_path(folder.path(), "../secret"), None);
    }
}
