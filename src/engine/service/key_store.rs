//! Where keys are kept: in memory, in the system's secret store, in a file; each filed under the origin it belongs to.
//!
//! Blocking by nature (a locked store asks the artist), so it is called on threads made for that. Invariants: a key
//! never reaches the library, a log or an error; what is done for one origin touches no other one's key; a choice is
//! written down before what it replaces is removed, so that a crash loses nothing.

mod stamp;

use super::key::{KeyError, KeyPlace, KeySource, Left};
use super::slot::Slot;
use super::vault::{SystemVault, Vault, VaultError};
use crate::api::{ApiKey, DEFAULT_BASE, Origin};
use serde::{Deserialize, Serialize};
pub(crate) use stamp::Stamp;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of an origin beside its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Note {
    /// `None`: it was never asked where to keep a key.
    place: Option<Chosen>,
    /// The system's store may hold an entry for it, also when that is not the one to use.
    in_store: bool,
    /// The artist agreed that a key goes there unencrypted.
    open_http: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Chosen {
    System,
    File,
    Nowhere,
}

/// What this session knows without asking anybody.
#[derive(Default)]
struct Memory {
    keys: HashMap<Slot, (ApiKey, KeySource)>,
    /// Their key was forgotten: nothing brings it back, also where it could not be removed.
    forgotten: Vec<Slot>,
    open_http: Vec<Origin>,
}

/// Knows where keys may be kept on this computer. Cheap to clone; clones share what is in memory.
#[derive(Clone)]
pub struct SecretStore {
    /// Easel's configuration folder.
    dir: PathBuf,
    vault: Arc<dyn Vault>,
    /// The vault is asked one thing after the other: what was asked first is done first.
    line: Arc<Mutex<()>>,
    /// One choice of a place is written down after the other.
    choosing: Arc<Mutex<()>>,
    memory: Arc<Mutex<Memory>>,
}

impl fmt::Debug for SecretStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl SecretStore {
    /// Names the places; touches nothing.
    pub fn new(dir: &Path) -> Self {
        Self::with_vault(dir, Arc::new(SystemVault))
    }

    /// The same with another store in the place of the system's.
    pub fn with_vault(dir: &Path, vault: Arc<dyn Vault>) -> Self {
        Self { dir: dir.to_owned(), vault, line: Arc::default(), choosing: Arc::default(), memory: Arc::default() }
    }

    /// Returns the folder of the configuration.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Uses a key from the environment for this slot, before any that is kept.
    pub fn use_variable(&self, slot: &Slot, key: ApiKey) {
        self.memory().keys.insert(slot.clone(), (key, KeySource::Variable));
    }

    /// Lets keys go to this origin unencrypted until Easel closes.
    pub fn allow_open_http(&self, origin: &Origin) {
        self.memory().open_http.push(origin.clone());
    }

    /// Writes down that keys may go to this origin unencrypted.
    ///
    /// # Errors
    /// When it could not be written; it holds until Easel closes all the same.
    pub fn keep_open_http(&self, slot: &Slot) -> Result<(), KeyError> {
        self.allow_open_http(&slot.origin);
        self.write_note(slot, &Note { open_http: true, ..self.note(slot).unwrap_or_default() })
    }

    /// Says whether keys may go to this origin although others could read them.
    pub fn is_open_http_allowed(&self, slot: &Slot) -> bool {
        self.memory().open_http.contains(&slot.origin) || self.note(slot).is_some_and(|note| note.open_http)
    }

    /// Says whether there is a key for this origin; quick.
    pub fn has_key(&self, slot: &Slot) -> bool {
        self.ready(slot).is_some() || self.kept_at(slot).is_some()
    }

    /// Returns a key that nobody needs to be asked for: of this session, or of the environment.
    pub fn ready(&self, slot: &Slot) -> Option<(ApiKey, KeySource)> {
        self.memory().keys.get(slot).cloned()
    }

    /// Uses a key in this session, wherever it will be kept.
    pub fn remember(&self, slot: &Slot, key: &ApiKey, place: KeyPlace) {
        let mut memory = self.memory();
        memory.forgotten.retain(|forgotten| forgotten != slot);
        memory.keys.insert(slot.clone(), (key.clone(), KeySource::Kept(place)));
    }

    /// Reads the kept key. May wait for the artist to unlock the system's store.
    ///
    /// # Errors
    /// When there is a key but it cannot be read.
    pub fn read(&self, slot: &Slot) -> Result<Option<(ApiKey, KeySource)>, KeyError> {
        match self.ready(slot) {
            Some(ready) => Ok(Some(ready)),
            None => self.read_kept(slot),
        }
    }

    /// Returns how the choice about a key looks now; reads no key.
    pub(crate) fn stamp(&self, slot: &Slot) -> Stamp {
        let old = |file| slot.is_default().then_some(file);
        let files = [Some(self.note_file(slot)), Some(self.key_file(slot)), old(self.old_file()), old(self.old_mark())];
        Stamp::of(files.each_ref().map(|file| file.as_deref()))
    }

    /// Reads the key that is kept now, whatever this session remembers or has forgotten.
    ///
    /// # Errors
    /// As for [`SecretStore::read`].
    pub(crate) fn read_anew(&self, slot: &Slot) -> Result<Option<(ApiKey, KeySource)>, KeyError> {
        self.memory().forgotten.retain(|forgotten| forgotten != slot);
        self.read_kept(slot)
    }

    fn read_kept(&self, slot: &Slot) -> Result<Option<(ApiKey, KeySource)>, KeyError> {
        let found = self.kept_at(slot);
        let (secret, place) = match found {
            None => return Ok(None),
            Some(Where::File) => (self.read_file(&self.key_file(slot))?, KeyPlace::File),
            Some(Where::System) => match self.ask(|vault| vault.get(&slot.entry_name())) {
                Ok(secret) => (secret, KeyPlace::System),
                Err(VaultError::NoEntry) => return Err(KeyError::Gone(slot.origin.clone())),
                Err(error) => return Err(KeyError::Vault(error)),
            },
            Some(Where::OldSystem) => match self.ask(|vault| vault.get(DEFAULT_BASE)) {
                Ok(secret) => (secret, KeyPlace::System),
                // The mark was of another address: it says nothing of this one.
                Err(VaultError::NoEntry) => {
                    remove(&self.old_mark())?;
                    return self.read_kept(slot);
                }
                Err(error) => return Err(KeyError::Vault(error)),
            },
            Some(Where::OldFile) => (self.read_file(&self.old_file())?, KeyPlace::File),
        };
        let key = ApiKey::new(&secret).map_err(KeyError::NoKey)?;
        if let Some(Where::OldSystem | Where::OldFile) = found {
            // From now on under its origin. Where that cannot be, it stays where it was and is found again.
            let moved = self.keep(slot, &key, place, &AtomicBool::new(false));
            match moved.map(|()| self.clean_up(slot, place, &AtomicBool::new(false))) {
                Ok(left) => left.iter().for_each(|left| log::warn!("the key is filed anew, and {left}")),
                Err(error) => log::warn!("the key could not be filed under its address: {error}"),
            }
        }
        Ok(Some((key, KeySource::Kept(place))))
    }

    /// Keeps a key where asked. What other places hold stays until [`Self::clean_up`].
    ///
    /// # Errors
    /// When that place would not take it, or `given_up` was set before it was there.
    pub fn keep(&self, slot: &Slot, key: &ApiKey, place: KeyPlace, given_up: &AtomicBool) -> Result<(), KeyError> {
        match place {
            KeyPlace::UntilClose => {
                let has_old = slot.is_default() && (self.old_file().exists() || self.old_mark().exists());
                let was_kept = self.note(slot).is_some() || self.key_file(slot).exists() || has_old;
                // Nothing was kept: then there is nothing to say either.
                if was_kept { self.choose(slot, Chosen::Nowhere, given_up, || Ok(())) } else { Ok(()) }
            }
            KeyPlace::File => {
                self.choose(slot, Chosen::File, given_up, || self.write(&self.key_file(slot), key.expose().as_bytes()))
            }
            KeyPlace::System => {
                let _turn = self.turn();
                wanted(given_up)?;
                self.vault.set(&slot.entry_name(), key.expose()).map_err(KeyError::Vault)?;
                let chosen = self.choose(slot, Chosen::System, given_up, || Ok(()));
                if let Err(KeyError::GivenUp) = chosen {
                    // It comes too late to be a choice.
                    self.vault.delete(&slot.entry_name()).map_err(KeyError::Vault)?;
                }
                chosen
            }
        }
    }

    /// Writes down which place was chosen, unless another choice was made meanwhile.
    fn choose(
        &self,
        slot: &Slot,
        place: Chosen,
        given_up: &AtomicBool,
        before: impl FnOnce() -> Result<(), KeyError>,
    ) -> Result<(), KeyError> {
        let _choosing = self.choosing();
        wanted(given_up)?;
        before()?;
        let note = self.note(slot).unwrap_or_default();
        let in_store = note.in_store || place == Chosen::System;
        self.write_note(slot, &Note { place: Some(place), in_store, ..note })
    }

    /// Removes a key from every place but this one, where it is kept now; returns those that would not let go of it.
    /// Stops where another choice is made meanwhile.
    pub fn clean_up(&self, slot: &Slot, place: KeyPlace, given_up: &AtomicBool) -> Vec<Left> {
        self.remove_all(slot, Some(place), given_up)
    }

    /// Removes a key from every place, also when some would not let go of it: those are returned.
    /// Stops where another choice is made meanwhile.
    pub fn forget(&self, slot: &Slot, given_up: &AtomicBool) -> Vec<Left> {
        self.remove_all(slot, None, given_up)
    }

    /// No longer uses a key in this session; what is kept stays.
    pub fn forget_in_memory(&self, slot: &Slot) {
        let mut memory = self.memory();
        memory.keys.remove(slot);
        memory.forgotten.push(slot.clone());
    }

    fn remove_all(&self, slot: &Slot, but: Option<KeyPlace>, given_up: &AtomicBool) -> Vec<Left> {
        let mut left = self.remove_files(slot, but, given_up);
        let note = self.note(slot).unwrap_or_default();
        let is_old = slot.is_default() && self.old_mark().exists();
        let is_in_store = note.in_store && but != Some(KeyPlace::System);
        let accounts = [is_in_store.then(|| slot.entry_name()), is_old.then(|| DEFAULT_BASE.to_owned())];
        for account in accounts.into_iter().flatten() {
            let turn = self.turn();
            if wanted(given_up).is_err() {
                return left;
            }
            let deleted = self.vault.delete(&account);
            drop(turn);
            if let Err(error) = deleted
                && error != VaultError::NoEntry
            {
                // It stays marked, so that the next *Forget* tries again.
                left.push(Left { place: KeyPlace::System, why: KeyError::Vault(error) });
                return left;
            }
        }
        let _choosing = self.choosing();
        if wanted(given_up).is_err() {
            return left;
        }
        let mut done = |place, done: Result<(), KeyError>| left.extend(done.err().map(|why| Left { place, why }));
        if is_old {
            done(KeyPlace::System, remove(&self.old_mark()));
        }
        if is_in_store {
            let note = Note { in_store: false, ..self.note(slot).unwrap_or_default() };
            done(KeyPlace::System, self.write_note(slot, &note));
        }
        if but.is_none() && left.is_empty() {
            left.extend(remove(&self.note_file(slot)).err().map(|why| Left { place: KeyPlace::File, why }));
        }
        left
    }

    /// What can be done without asking anybody, the choice first: so the next start knows of it whatever follows.
    fn remove_files(&self, slot: &Slot, but: Option<KeyPlace>, given_up: &AtomicBool) -> Vec<Left> {
        let _choosing = self.choosing();
        let mut left = Vec::new();
        if wanted(given_up).is_err() {
            return left;
        }
        let mut done = |place, done: Result<(), KeyError>| left.extend(done.err().map(|why| Left { place, why }));
        let note = self.note(slot).unwrap_or_default();
        let is_old = slot.is_default() && self.old_mark().exists();
        if but.is_none() && (note.in_store || is_old) {
            done(KeyPlace::System, self.write_note(slot, &Note { place: Some(Chosen::Nowhere), ..note }));
        }
        if but != Some(KeyPlace::File) {
            done(KeyPlace::File, remove(&self.key_file(slot)));
        }
        if slot.is_default() {
            done(KeyPlace::File, remove(&self.old_file()));
        }
        left
    }

    /// Says where the key to use is kept.
    fn kept_at(&self, slot: &Slot) -> Option<Where> {
        if self.memory().forgotten.contains(slot) {
            return None;
        }
        match self.note(slot).unwrap_or_default().place {
            Some(Chosen::System) => Some(Where::System),
            Some(Chosen::File) => Some(Where::File),
            Some(Chosen::Nowhere) => None,
            None if self.key_file(slot).exists() => Some(Where::File),
            None if slot.is_default() && self.old_mark().exists() => Some(Where::OldSystem),
            None if slot.is_default() && self.old_file().exists() => Some(Where::OldFile),
            None => None,
        }
    }

    fn folder(&self) -> PathBuf {
        self.dir.join("keys")
    }

    fn named(&self, slot: &Slot, ending: &str) -> PathBuf {
        self.folder().join(format!("{}.{ending}", slot.file_name()))
    }

    fn key_file(&self, slot: &Slot) -> PathBuf {
        self.named(slot, "key")
    }

    fn note_file(&self, slot: &Slot) -> PathBuf {
        self.named(slot, "json")
    }

    /// The one key file of versions that did not ask for which address a key is.
    fn old_file(&self) -> PathBuf {
        self.dir.join("key")
    }

    /// An empty file of those versions that says: ask the system's store.
    fn old_mark(&self) -> PathBuf {
        self.dir.join("key-is-in-system-store")
    }

    fn note(&self, slot: &Slot) -> Option<Note> {
        let bytes = std::fs::read(self.note_file(slot)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn write_note(&self, slot: &Slot, note: &Note) -> Result<(), KeyError> {
        let file = self.note_file(slot);
        let bytes = serde_json::to_vec(note).map_err(|error| file_error("written", &file, error.into()))?;
        self.write(&file, &bytes)
    }

    fn read_file(&self, file: &Path) -> Result<String, KeyError> {
        std::fs::read_to_string(file).map_err(|error| file_error("read", file, error))
    }

    /// Writes through a new file that is never readable by others, not even for a moment.
    fn write(&self, file: &Path, bytes: &[u8]) -> Result<(), KeyError> {
        let failed = |error: io::Error| file_error("written", file, error);
        std::fs::create_dir_all(self.folder()).map_err(failed)?;
        // tempfile creates with owner-only rights.
        let mut temporary = tempfile::NamedTempFile::new_in(self.folder()).map_err(failed)?;
        temporary.write_all(bytes).map_err(failed)?;
        temporary.as_file().sync_all().map_err(failed)?;
        temporary.persist(file).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn ask<T>(&self, question: impl FnOnce(&dyn Vault) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let _turn = self.turn();
        question(&*self.vault)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn choosing(&self) -> MutexGuard<'_, ()> {
        self.choosing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the key of an origin is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    System,
    File,
    OldSystem,
    OldFile,
}

fn wanted(given_up: &AtomicBool) -> Result<(), KeyError> {
    if given_up.load(Ordering::SeqCst) { Err(KeyError::GivenUp) } else { Ok(()) }
}

fn file_error(what: &'static str, file: &Path, why: io::Error) -> KeyError {
    KeyError::File { what, file: file.to_owned(), why: Arc::new(why) }
}

fn remove(file: &Path) -> Result<(), KeyError> {
    match std::fs::remove_file(file) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(file_error("removed", file, error)),
    }
}

#[cfg(test)]
mod tests;
