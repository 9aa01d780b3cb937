//! Small pictures for the gallery, kept by the content hash of the large ones.
//!
//! Free functions, so that the decode pool needs no [`super::super::Library`]. They are a cache: losing one costs a decode.

use super::super::hash::{content_hash, is_hash};
use super::super::{PictureId, Result};
use super::paths::THUMBNAILS;
use super::storage::Storage;
use std::path::{Path, PathBuf};

/// How names end. The number is that of the way in which they are made: when it changes they are made anew. The second
/// way honours colour profiles.
const ENDING: &str = "2.webp";
/// How the names of former ones ended.
const FORMER: &str = "webp";

/// Returns the place of the thumbnail of a picture in a library folder: `thumbnails/ab/<hash>.2.webp`.
///
/// Whatever the hash is, the place is inside the folder.
pub fn thumbnail_path(dir: &Path, hash: &str) -> PathBuf {
    place(dir, hash, ENDING)
}

fn place(dir: &Path, hash: &str, ending: &str) -> PathBuf {
    if !is_hash(hash) {
        return place(dir, &content_hash(hash.as_bytes()), ending);
    }
    dir.join(THUMBNAILS).join(hash.get(..2).unwrap_or_default()).join(format!("{hash}.{ending}"))
}

/// Removes the thumbnail of a picture, and one that was made in the former way.
pub(in crate::library) fn discard_thumbnails(storage: &Storage, dir: &Path, hash: &str) {
    for ending in [ENDING, FORMER] {
        storage.discard(&place(dir, hash, ending));
    }
}

/// Writes a thumbnail in one step for everybody who looks; replaces an older one, and one made in the former way. A
/// loss of power may break it: what cannot be decoded is made again.
pub fn write_thumbnail(dir: &Path, hash: &str, bytes: &[u8]) -> Result<()> {
    let (storage, path) = (Storage::of(dir), thumbnail_path(dir, hash));
    let folder = path.parent().unwrap_or(dir);
    if !folder.is_dir() {
        storage.create_dir(folder)?;
    }
    // Two threads may make the same thumbnail at once.
    storage.replace_unsynced(&path, &path.with_extension(format!("{}.part", PictureId::new().0)), bytes)?;
    storage.discard(&place(dir, hash, FORMER));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_is_found_under_its_hash_and_can_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let hash = content_hash(b"fox");
        let path = thumbnail_path(folder.path(), &hash);
        let former = path.with_file_name(format!("{hash}.webp"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&former, b"in the colours of another screen").unwrap();
        assert!(!path.exists(), "one made in the former way is not taken for it");
        write_thumbnail(folder.path(), &hash, b"small").unwrap();
        write_thumbnail(folder.path(), &hash, b"smaller").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"smaller");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn no_hash_leads_out_of_the_folder() {
        for hash in ["", "a", "é", "../../../etc/passwd", "/etc/passwd"] {
            let path = thumbnail_path(Path::new("/library"), hash);
            assert!(path.starts_with("/library/thumbnails") && path.components().count() == 5, "{path:?}");
        }
    }
}
