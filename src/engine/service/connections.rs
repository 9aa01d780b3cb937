//! Connections: services by name, beside the configuration, never with a key in the file.
//!
//! OpenRouter and the demo are always there and are in no file. Invariants: names are different whatever their case; a
//! file that cannot be read is put aside before it is written over.

use super::kind::ServiceKind;
use crate::api::Origin;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const FILE: &str = "connections.json";
/// Held while the list is written, by whichever window does.
const LOCK: &str = "connections.lock";
/// Somebody who holds it for longer hangs: writing the list takes milliseconds.
const LONGEST_LOCK: Duration = Duration::from_secs(5);
const LOOK_AT_LOCK: Duration = Duration::from_millis(5);
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// Names that mean something already.
pub(super) const OPENROUTER: &str = "OpenRouter";
pub(super) use crate::library::DEMO_CONNECTION as DEMO;

/// A service by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub name: String,
    /// Base address, as a rule ending in `/api/v1`.
    pub base: String,
    /// Jobs on the wire at once, 1 to 16; `None`: as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_running: Option<usize>,
}

/// Which service is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionChoice {
    OpenRouter,
    Demo,
    Named(String),
}

/// Why a connection is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    #[error("a connection needs a name of at most {LONGEST_NAME} characters on one line")]
    Name,
    #[error("there is a connection {0} already")]
    Taken(String),
    #[error("{0}")]
    Base(String),
    #[error("there is no connection {0}")]
    Missing(String),
    #[error("the list of connections could not be written: {0}")]
    NotWritten(String),
}

/// The list, and which one is used at the next start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    connections: Vec<Connection>,
    /// `None`: OpenRouter, or the demo while it has no key.
    current: Option<String>,
}

/// The connections of this user.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// `None`: they are kept nowhere.
    file: Option<PathBuf>,
    kept: Kept,
    /// The file holds something else.
    is_foreign: bool,
    line: Arc<Line>,
}

/// The way to the file, shared by all clones.
#[derive(Debug, Default)]
struct Line {
    /// Whoever is at the file; held while the disk works.
    turn: Mutex<()>,
    /// Changes that are not in the file yet, in the order in which they were made.
    unwritten: Mutex<Vec<Change>>,
}

/// A change of the list.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Add(Connection),
    Remove(String),
    Choose(ConnectionChoice),
}

impl Connection {
    /// Takes name and address as typed.
    ///
    /// # Errors
    /// When either cannot be used, or another connection has the name.
    pub fn new(name: &str, base: &str, others: &[Connection]) -> Result<Self, ConnectionError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(ConnectionError::Name);
        }
        let same = |other: &&str| other.to_lowercase() == name.to_lowercase();
        let taken = others.iter().map(|other| other.name.as_str()).chain([OPENROUTER, DEMO]).find(same);
        if let Some(taken) = taken {
            return Err(ConnectionError::Taken(taken.to_owned()));
        }
        let base = base.trim().trim_end_matches('/').to_owned();
        Origin::of(&base).map_err(|error| ConnectionError::Base(error.to_string()))?;
        Ok(Self { name: name.to_owned(), base, max_running: None })
    }

    /// Returns what kind of service it is.
    pub fn kind(&self) -> ServiceKind {
        Origin::of(&self.base).map_or(ServiceKind::Custom, |origin| ServiceKind::of(&origin))
    }
}

impl Connections {
    /// Reads the list from the configuration folder; what cannot be read is none.
    pub fn load(dir: &Path) -> Self {
        let file = dir.join(FILE);
        let kept = std::fs::read(&file).ok().map(|bytes| serde_json::from_slice::<Kept>(&bytes));
        let is_foreign = matches!(kept, Some(Err(_)));
        Self { file: Some(file), kept: kept.and_then(Result::ok).unwrap_or_default(), is_foreign, line: Arc::default() }
    }

    /// Returns all that have a name, in the order in which they were made.
    pub fn list(&self) -> &[Connection] {
        &self.kept.connections
    }

    /// Returns the one to use at start; `None`: OpenRouter, or the demo.
    pub fn current(&self) -> Option<&Connection> {
        self.named(self.kept.current.as_deref()?)
    }

    /// Returns the one of this name, whatever its case.
    pub fn named(&self, name: &str) -> Option<&Connection> {
        let name = name.trim().to_lowercase();
        self.kept.connections.iter().find(|connection| connection.name.to_lowercase() == name)
    }

    /// Adds one.
    pub fn add(&mut self, connection: Connection) {
        self.kept.connections.push(connection);
    }

    /// Removes one; the next start uses OpenRouter if it was the one in use.
    pub fn remove(&mut self, name: &str) {
        self.kept.connections.retain(|connection| connection.name != name);
        self.kept.current.take_if(|current| current == name);
    }

    /// Uses this one from the next start on.
    pub fn choose(&mut self, choice: &ConnectionChoice) {
        self.kept.current = match choice {
            ConnectionChoice::Named(name) => Some(name.clone()),
            ConnectionChoice::OpenRouter | ConnectionChoice::Demo => None,
        };
    }

    /// Makes a change here at once; the next [`Self::sync`] writes it.
    pub(crate) fn change(&mut self, change: Change) {
        self.apply(&change);
        self.unwritten().push(change);
    }

    /// Writes what is not written yet into the list as it is on the disk now, for another window may have made its own
    /// changes, and returns all of it; blocks. What is kept nowhere stays as it is.
    ///
    /// # Errors
    /// As for [`Self::save`]; the next call tries what was not written once more.
    pub(crate) fn sync(&self) -> Result<Self, ConnectionError> {
        let _turn = self.line.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // A copy: the actor adds to them without waiting for the disk.
        let changes = self.unwritten().clone();
        let Some(dir) = self.file.as_deref().and_then(Path::parent) else { return Ok(self.clone()) };
        let _alone = if changes.is_empty() { None } else { alone(dir) };
        let mut all = Self { line: self.line.clone(), ..Self::load(dir) };
        if !changes.is_empty() {
            changes.iter().for_each(|change| all.apply(change));
            all.save()?;
            self.unwritten().drain(..changes.len());
        }
        Ok(all)
    }

    fn unwritten(&self) -> MutexGuard<'_, Vec<Change>> {
        self.line.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn apply(&mut self, change: &Change) {
        match change {
            // Two windows that made the same: one of it is enough.
            Change::Add(connection) if self.named(&connection.name).is_some() => {}
            Change::Add(connection) => self.add(connection.clone()),
            Change::Remove(name) => self.remove(name),
            Change::Choose(choice) => self.choose(choice),
        }
    }

    /// Takes over what can be chosen, not what is used at the next start.
    pub(crate) fn take_list(&mut self, other: Self) {
        self.kept.connections = other.kept.connections;
        self.is_foreign = other.is_foreign;
    }

    /// Writes the list; blocks.
    ///
    /// # Errors
    /// When the folder would not take it; the list before it is whole then.
    pub fn save(&self) -> Result<(), ConnectionError> {
        let Some(file) = &self.file else { return Ok(()) };
        let failed = |error: std::io::Error| ConnectionError::NotWritten(error.to_string());
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        if self.is_foreign && file.exists() {
            std::fs::rename(file, file.with_extension("json.unreadable")).map_err(failed)?;
        }
        let bytes = serde_json::to_vec_pretty(&self.kept).map_err(|error| failed(error.into()))?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        temporary.write_all(&bytes).map_err(failed)?;
        temporary.as_file().sync_all().map_err(failed)?;
        temporary.persist(file).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Keeps other windows from writing the list until it is dropped. `None`: this drive knows no locks, or the other one
/// hangs; whoever is later then wins, as everywhere without locks.
fn alone(dir: &Path) -> Option<File> {
    let opened = std::fs::create_dir_all(dir)
        .and_then(|()| File::options().write(true).create(true).truncate(false).open(dir.join(LOCK)));
    let file = opened.inspect_err(|error| log::debug!("the list of connections is not locked: {error}")).ok()?;
    let deadline = Instant::now() + LONGEST_LOCK;
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(LOOK_AT_LOCK),
            Err(error) => {
                log::warn!("the list of connections is written without its lock: {error}");
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DEFAULT_BASE;

    #[test]
    fn names_are_checked_and_addresses_too() {
        let others = [Connection::new("Studio", "http://studio:8080/api/v1", &[]).unwrap()];
        assert_eq!(others[0].kind(), ServiceKind::Custom);
        let work = Connection::new("  Work ", "https://openrouter.ai/api/v1//", &others).unwrap();
        assert_eq!(
            (work.name.as_str(), work.base.as_str(), work.kind()),
            ("Work", DEFAULT_BASE, ServiceKind::OpenRouter)
        );
        for (name, base) in [
            ("", "https://a/"),
            ("a\nb", "https://a/"),
            (&"x".repeat(61), "https://a/"),
            ("STUDIO", "https://a/"),
            ("demo", "https://a/"),
            ("openrouter", "https://a/"),
            ("New", "studio:8080"),
            ("New", "https://u:p@a/"),
        ] {
            let error = Connection::new(name, base, &others).unwrap_err();
            assert!(!error.to_string().contains("u:p"), "{error}");
        }
    }

    #[test]
    fn the_list_is_kept_and_what_cannot_be_read_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        let mut list = Connections::load(dir.path());
        assert!(list.list().is_empty() && list.current().is_none());
        list.add(Connection::new("Studio", "http://studio/api/v1", &[]).unwrap());
        list.choose(&ConnectionChoice::Named("Studio".into()));
        list.save().unwrap();
        let again = Connections::load(dir.path());
        assert_eq!(again.current().map(|current| current.base.as_str()), Some("http://studio/api/v1"));
        assert!(again.named(" STUDIO ").is_some() && again.named("x").is_none());
        let mut without = again.clone();
        without.remove("Studio");
        without.save().unwrap();
        assert!(Connections::load(dir.path()).current().is_none());
        std::fs::write(dir.path().join(FILE), "{ my own notes").unwrap();
        let foreign = Connections::load(dir.path());
        assert!(foreign.list().is_empty());
        foreign.save().unwrap();
        let aside = std::fs::read_to_string(dir.path().join("connections.json.unreadable")).unwrap();
        assert_eq!(aside, "{ my own notes");
        Connections::default().save().unwrap();
    }

    fn at(name: &str) -> Connection {
        Connection::new(name, "http://studio/api/v1", &[]).unwrap()
    }

    fn names(list: &Connections) -> Vec<&str> {
        list.list().iter().map(|one| one.name.as_str()).collect()
    }

    #[test]
    fn two_windows_lose_nothing_of_each_others_lists() {
        let dir = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (Connections::load(dir.path()), Connections::load(dir.path()));
        one.change(Change::Add(at("Studio")));
        one.change(Change::Choose(ConnectionChoice::Named("Studio".into())));
        one.sync().unwrap();
        // It was opened before, and knows nothing of it.
        other.change(Change::Add(at("Lab")));
        other.change(Change::Add(at("lab")));
        assert_eq!(names(&other.sync().unwrap()), ["Studio", "Lab"]);
        assert_eq!(names(&one.sync().unwrap()), ["Studio", "Lab"]);
        one.change(Change::Remove("Lab".into()));
        one.sync().unwrap();
        assert_eq!(names(&Connections::load(dir.path())), ["Studio"]);
        assert!(Connections::load(dir.path()).current().is_some());
        let mut nowhere = Connections::default();
        nowhere.change(Change::Add(at("Studio")));
        assert_eq!(names(&nowhere.sync().unwrap()), ["Studio"]);
    }

    #[test]
    fn changes_are_in_every_list_that_is_read_after_them_whoever_comes_to_the_disk_first() {
        let dir = tempfile::tempdir().unwrap();
        let mut list = Connections::load(dir.path());
        list.change(Change::Add(at("Studio")));
        // What was to write the first change is slower than what was to write the second one.
        let slow = list.clone();
        list.change(Change::Choose(ConnectionChoice::Named("Studio".into())));
        for read in [list.sync().unwrap(), slow.sync().unwrap()] {
            assert_eq!((names(&read), read.current().is_some()), (vec!["Studio"], true));
        }
    }

    #[test]
    fn windows_that_write_at_one_time_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|threads| {
            for window in 0..4 {
                let mut list = Connections::load(dir.path());
                threads.spawn(move || {
                    for number in 0..8 {
                        list.change(Change::Add(at(&format!("{window} {number}"))));
                        list.sync().unwrap();
                    }
                });
            }
        });
        assert_eq!(Connections::load(dir.path()).list().len(), 32);
    }

    #[test]
    fn what_could_not_be_written_is_written_when_the_disk_takes_it_again() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        let mut list = Connections::load(&config);
        std::fs::write(&config, b"in the way").unwrap();
        list.change(Change::Add(at("Studio")));
        assert!(matches!(list.sync(), Err(ConnectionError::NotWritten(_))));
        std::fs::remove_file(&config).unwrap();
        assert_eq!(names(&list.sync().unwrap()), ["Studio"]);
        assert_eq!(names(&Connections::load(&config)), ["Studio"]);
    }
}
