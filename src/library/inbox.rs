//! What a shell asks of the window that has the library: a file for each request, and one for its answer.
//!
//! `inbox/<id>.json` names what is to be imported; `inbox/<id>.done` says what became of it and is written when all of it
//! is stored. Who asked removes both. Invariant: a request that nobody took, or that was interrupted, is carried out by
//! the next window; to import twice what is there already changes nothing.

use super::storage::Storage;
use super::{PictureId, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

const FOLDER: &str = "inbox";

/// One request; two of the same name are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRequest {
    id: String,
    /// Files and folders to be imported, absolute.
    pub paths: Vec<PathBuf>,
}

/// Bytes, as names need not be text.
#[derive(Serialize, Deserialize)]
struct Note {
    paths: Vec<Vec<u8>>,
}

/// Leaves a request in the inbox of a library.
///
/// Errors: [`Error::Full`], [`Error::CannotWrite`].
pub fn leave_request(dir: &Path, paths: Vec<PathBuf>) -> Result<InboxRequest> {
    let storage = Storage::of(dir);
    let request = InboxRequest { id: PictureId::new().0, paths };
    let note = Note { paths: request.paths.iter().map(|path| bytes_of(path)).collect() };
    storage.create_dir(&dir.join(FOLDER))?;
    storage.replace(&request.file(dir, "json"), &request.file(dir, "part"), &serde_json::to_vec(&note)?)?;
    Ok(request)
}

/// Lists the requests that have no answer yet, the oldest first; what is no request is passed over.
pub fn requests(dir: &Path) -> Vec<InboxRequest> {
    let Ok(entries) = std::fs::read_dir(dir.join(FOLDER)) else { return Vec::new() };
    let request = |entry: std::fs::DirEntry| {
        let path = entry.path();
        let id = path.file_name()?.to_str()?.strip_suffix(".json")?.to_owned();
        let note: Note = serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?;
        Some(InboxRequest { id, paths: note.paths.into_iter().map(path_of).collect() })
    };
    let mut found: Vec<_> = entries.flatten().filter_map(request).collect();
    found.retain(|request| !request.file(dir, "done").exists());
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

impl InboxRequest {
    /// Writes what became of it, a line for each file. Errors as [`leave_request`].
    pub fn answer(&self, dir: &Path, lines: &[Value]) -> Result<()> {
        let storage = Storage::of(dir);
        storage.replace(&self.file(dir, "done"), &self.file(dir, "part"), &serde_json::to_vec(lines)?)
    }

    /// Takes the answer, after which nothing of the request is left; `None`: there is none yet.
    pub fn take_answer(&self, dir: &Path) -> Option<Vec<Value>> {
        let text = std::fs::read(self.file(dir, "done")).ok()?;
        self.withdraw(dir);
        Some(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// Removes the request, whether it was carried out or not.
    pub fn withdraw(&self, dir: &Path) {
        let storage = Storage::of(dir);
        for extension in ["json", "done"] {
            storage.discard(&self.file(dir, extension));
        }
    }

    fn file(&self, dir: &Path, extension: &str) -> PathBuf {
        dir.join(FOLDER).join(format!("{}.{extension}", self.id))
    }
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_waits_until_it_is_answered_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(requests(dir.path()), []);
        let odd = path_of(b"/home/\xe4/fox\n.png".to_vec());
        let request = leave_request(dir.path(), vec![odd, "/b".into()]).unwrap();
        std::fs::write(dir.path().join("inbox/stranger.json"), b"{").unwrap();
        assert_eq!(requests(dir.path()), std::slice::from_ref(&request), "names that are no text come through whole");
        assert_eq!(request.take_answer(dir.path()), None);
        request.answer(dir.path(), &["one".into()]).unwrap();
        assert_eq!(requests(dir.path()), [], "what is answered is not carried out again");
        assert_eq!(request.take_answer(dir.path()), Some(vec!["one".into()]));
        let left: Vec<_> =
            std::fs::read_dir(dir.path().join("inbox")).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(left, ["stranger.json"]);
    }

    #[test]
    fn a_library_that_is_gone_gets_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("drive");
        assert!(leave_request(&gone, vec![]).is_err());
        assert!(!gone.exists());
    }
}
