//! What a shell asks of the window that has the library: a file for each request, and one for its answer.
//!
//! `inbox/<id>.json` names what is to be imported; `inbox/<id>.done` says what became of it and is written when all of it
//! is stored. Who asked removes both. Invariants: a request says what stands in the lock of the window that it is for,
//! which no file that came with a folder can know, and no other window carries it out; to ask twice changes nothing.

use super::super::{Error, PictureId, Result};
use super::file::read_ordinary as read;
use super::lock::token_of;
use super::paths::INBOX;
use super::storage::Storage;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// One request; two of the same name are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRequest {
    id: String,
    /// What stood in the lock.
    window: String,
    /// Files and folders to be imported, absolute.
    pub paths: Vec<PathBuf>,
}

/// Bytes, as names need not be text.
#[derive(Serialize, Deserialize)]
struct Note {
    window: String,
    paths: Vec<Vec<u8>>,
}

/// Leaves a request in the inbox of a library for the window that has it.
///
/// Errors: [`Error::Locked`] when that window cannot be asked, [`Error::Full`], [`Error::CannotWrite`].
pub fn leave_request(dir: &Path, paths: Vec<PathBuf>) -> Result<InboxRequest> {
    let storage = Storage::of(dir);
    let window = token_of(dir).ok_or_else(|| Error::Locked { path: dir.to_owned() })?;
    let request = InboxRequest { id: PictureId::new().0, window, paths };
    let paths = request.paths.iter().map(|path| bytes_of(path)).collect();
    let note = Note { window: request.window.clone(), paths };
    storage.create_dir(&dir.join(INBOX))?;
    storage.replace(&request.file(dir, "json"), &request.file(dir, "part"), &serde_json::to_vec(&note)?)?;
    Ok(request)
}

/// Says whether the folder holds anything, which costs next to nothing where nobody ever asked.
pub fn has_inbox(dir: &Path) -> bool {
    std::fs::read_dir(dir.join(INBOX)).is_ok_and(|mut entries| entries.next().is_some())
}

/// Lists the requests to this window (what stands in its lock) that have no answer yet, the oldest first; everything else
/// is passed over.
pub fn requests(dir: &Path, window: &str) -> Vec<InboxRequest> {
    let Ok(entries) = std::fs::read_dir(dir.join(INBOX)) else { return Vec::new() };
    let request = |entry: std::fs::DirEntry| {
        let path = entry.path();
        let id = path.file_name()?.to_str()?.strip_suffix(".json")?.to_owned();
        let note: Note = serde_json::from_slice(&read(&path).ok()?).ok()?;
        let paths = note.paths.into_iter().map(path_of).collect();
        Some(InboxRequest { id, window: note.window, paths })
    };
    let mut found: Vec<_> = entries.flatten().filter_map(request).collect();
    found.retain(|request| request.window == window && !request.file(dir, "done").exists());
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
        let text = read(self.file(dir, "done")).ok()?;
        self.withdraw(dir);
        Some(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// Says whether the window that it is for still has the library.
    pub fn is_current(&self, dir: &Path) -> bool {
        token_of(dir).as_ref() == Some(&self.window)
    }

    /// Removes the request, whether it was carried out or not.
    pub fn withdraw(&self, dir: &Path) {
        let storage = Storage::of(dir);
        for extension in ["json", "done"] {
            storage.discard(&self.file(dir, extension));
        }
    }

    fn file(&self, dir: &Path, extension: &str) -> PathBuf {
        dir.join(INBOX).join(format!("{}.{extension}", self.id))
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
    use crate::library::Library;

    #[test]
    fn a_request_waits_until_it_is_answered_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(dir.path()).unwrap();
        let window = library.token().unwrap();
        let waiting = || requests(dir.path(), window);
        assert_eq!(waiting(), []);
        let odd = path_of(b"/home/\xe4/fox\n.png".to_vec());
        let request = leave_request(dir.path(), vec![odd, "/b".into()]).unwrap();
        std::fs::write(dir.path().join("inbox/stranger.json"), b"{").unwrap();
        assert_eq!(waiting(), std::slice::from_ref(&request), "names that are no text come through whole");
        assert_eq!(request.take_answer(dir.path()), None);
        request.answer(dir.path(), &["one".into()]).unwrap();
        assert_eq!(waiting(), [], "what is answered is not carried out again");
        assert_eq!(request.take_answer(dir.path()), Some(vec!["one".into()]));
        let left = std::fs::read_dir(dir.path().join("inbox")).unwrap().flatten();
        assert_eq!(left.map(|entry| entry.file_name()).collect::<Vec<_>>(), ["stranger.json"]);
    }

    #[test]
    fn what_came_with_a_folder_or_was_asked_of_an_earlier_window_is_not_carried_out() {
        let dir = tempfile::tempdir().unwrap();
        let first = Library::open(dir.path()).unwrap();
        let request = leave_request(dir.path(), vec!["/home/ada/secret.png".into()]).unwrap();
        assert!(request.is_current(dir.path()));
        drop(first);
        let second = Library::open(dir.path()).unwrap();
        for note in ["{\"paths\": [[47]]}", "{\"window\": \"\", \"paths\": [[47]]}"] {
            std::fs::write(dir.path().join("inbox/strange.json"), note).unwrap();
            assert_eq!(requests(dir.path(), second.token().unwrap()), [], "{note}");
        }
        assert!(!request.is_current(dir.path()));
    }

    #[test]
    fn a_library_that_is_gone_gets_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("drive");
        assert!(matches!(leave_request(&gone, vec![]), Err(Error::Locked { .. })));
        assert!(!gone.exists());
    }
}
