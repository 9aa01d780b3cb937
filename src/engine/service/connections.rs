//! Connections: services by name, beside the configuration, never with a key in the file.
//!
//! OpenRouter and the demo are always there and are in no file. Invariants: names are different whatever their case; a
//! file that cannot be read is put aside before it is written over.

use super::super::snapshot::ServiceKind;
use crate::api::Origin;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const FILE: &str = "connections.json";
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// Names that mean something already.
const OPENROUTER: &str = "OpenRouter";
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
    /// One change is written after the other.
    writing: Arc<Mutex<()>>,
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
        Self {
            file: Some(file),
            kept: kept.and_then(Result::ok).unwrap_or_default(),
            is_foreign,
            writing: Arc::default(),
        }
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

    /// Reads the list anew; blocks. What is kept nowhere stays as it is.
    pub(crate) fn reload(&self) -> Self {
        let read = self.file.as_deref().and_then(Path::parent).map(Self::load);
        read.map_or_else(|| self.clone(), |read| Self { writing: self.writing.clone(), ..read })
    }

    /// Makes changes in the list as it is on the disk now, for another window may have made its own; returns all of it.
    ///
    /// # Errors
    /// As for [`Self::save`].
    pub(crate) fn write(&self, changes: &[Change]) -> Result<Self, ConnectionError> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.reload();
        changes.iter().for_each(|change| all.apply(change));
        all.save()?;
        Ok(all)
    }

    /// Makes one change here.
    pub(crate) fn apply(&mut self, change: &Change) {
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

/// Which service jobs are made for, as they are marked with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceMark {
    /// Its base address.
    pub base: String,
    /// The connection's name, or the demo's.
    pub connection: Option<String>,
}

/// What a job knows of the service it was made for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeFor<'a> {
    pub(crate) base: &'a str,
    /// The connection's name, or the demo's.
    pub(crate) connection: Option<&'a str>,
}

impl<'a> MadeFor<'a> {
    pub(crate) fn of(mark: &'a ServiceMark) -> Self {
        Self { base: &mark.base, connection: mark.connection.as_deref() }
    }
}

/// The service that is in use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InUse<'a> {
    pub(crate) kind: ServiceKind,
    pub(crate) base: &'a str,
    pub(crate) connection: Option<&'a str>,
}

/// Says whether a job may go to the service in use: it is the one that the job was made for.
pub(crate) fn is_made_for(made: MadeFor<'_>, now: InUse<'_>) -> bool {
    let is_demo = made.connection == Some(DEMO);
    if now.kind == ServiceKind::Demo {
        // Its port is another one at every start; before jobs knew the name, it was some port of this computer.
        let is_local = Origin::of(made.base).is_ok_and(|origin| origin.is_loopback());
        return is_demo || (made.connection.is_none() && is_local);
    }
    let is_same_place = match (Origin::of(made.base), Origin::of(now.base)) {
        (Ok(made), Ok(now)) => made == now,
        _ => false,
    };
    !is_demo && is_same_place && made.connection == now.connection
}

/// Returns the name that a job gives the service in use; `None`: it has none.
pub(crate) fn mark_of(now: InUse<'_>) -> Option<String> {
    match now.kind {
        ServiceKind::Demo => Some(DEMO.to_owned()),
        ServiceKind::OpenRouter | ServiceKind::Custom => now.connection.map(str::to_owned),
    }
}

/// Returns for people what a job was made for: the connection, else the host.
pub(crate) fn name_of(made: MadeFor<'_>) -> Arc<str> {
    match (made.connection, Origin::of(made.base)) {
        (Some(name), _) => name.into(),
        (None, Ok(origin)) if ServiceKind::of(&origin) == ServiceKind::OpenRouter => OPENROUTER.into(),
        (None, Ok(origin)) => origin.host().into(),
        (None, Err(_)) => "another service".into(),
    }
}

/// Returns how to use the service that a job was made for; `None`: nobody can choose it.
pub(crate) fn choice_of(made: MadeFor<'_>, list: &[Connection], has_demo: bool) -> Option<ConnectionChoice> {
    match made.connection {
        Some(DEMO) => has_demo.then_some(ConnectionChoice::Demo),
        Some(_) => {
            // One that was made anew under this name may be at another address.
            let goes = |connection: &&Connection| {
                let Connection { name, base, .. } = connection;
                is_made_for(made, InUse { kind: connection.kind(), base, connection: Some(name) })
            };
            list.iter().find(goes).map(|connection| ConnectionChoice::Named(connection.name.clone()))
        }
        None => {
            let is_default =
                Origin::of(made.base).is_ok_and(|origin| ServiceKind::of(&origin) == ServiceKind::OpenRouter);
            is_default.then_some(ConnectionChoice::OpenRouter)
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

    #[test]
    fn two_windows_lose_nothing_of_each_others_lists() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Connections::load(dir.path()), Connections::load(dir.path()));
        let at = |name: &str| Connection::new(name, "http://studio/api/v1", &[]).unwrap();
        one.write(&[Change::Add(at("Studio")), Change::Choose(ConnectionChoice::Named("Studio".into()))]).unwrap();
        // It was opened before, and knows nothing of it.
        let all = other.write(&[Change::Add(at("Lab")), Change::Add(at("lab"))]).unwrap();
        let names = |list: &Connections| list.list().iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&all), ["Studio", "Lab"]);
        assert_eq!(names(&one.reload()), ["Studio", "Lab"]);
        one.write(&[Change::Remove("Lab".into())]).unwrap();
        assert_eq!(names(&Connections::load(dir.path())), ["Studio"]);
        assert!(Connections::load(dir.path()).current().is_some());
        let mut nowhere = Connections::default();
        nowhere.apply(&Change::Add(at("Studio")));
        assert_eq!(names(&nowhere.reload()), ["Studio"]);
        assert_eq!(names(&nowhere.write(&[Change::Add(at("Lab"))]).unwrap()), ["Studio", "Lab"]);
    }

    #[test]
    fn what_a_job_was_made_for_can_be_chosen_again_while_it_is_there() {
        let studio = Connection::new("Studio", "http://studio/api/v1", &[]).unwrap();
        let list = [studio];
        let named = |name: &str| Some(ConnectionChoice::Named(name.into()));
        for (base, connection, has_demo, choice) in [
            (DEFAULT_BASE, None, false, Some(ConnectionChoice::OpenRouter)),
            ("http://studio/api/v1", Some("Studio"), false, named("Studio")),
            ("http://elsewhere/api/v1", Some("Studio"), false, None),
            ("http://studio/api/v1", Some("Gone"), false, None),
            ("http://studio/api/v1", None, false, None),
            ("http://127.0.0.1:4000/api/v1", Some(DEMO), true, Some(ConnectionChoice::Demo)),
            ("http://127.0.0.1:4000/api/v1", Some(DEMO), false, None),
            ("", None, true, None),
        ] {
            let made = MadeFor { base, connection };
            assert_eq!(choice_of(made, &list, has_demo), choice, "{made:?} {has_demo}");
        }
    }

    #[test]
    fn a_job_goes_only_to_what_it_was_made_for() {
        let (demo, kind) = ("http://127.0.0.1:4000/api/v1", ServiceKind::OpenRouter);
        let openrouter = InUse { kind, base: DEFAULT_BASE, connection: None };
        let work = InUse { connection: Some("Work"), ..openrouter };
        let studio = InUse { kind: ServiceKind::Custom, base: "http://studio/api/v1", connection: None };
        let local = InUse { base: "http://127.0.0.1:5000/api/v1", ..studio };
        let painted = InUse { kind: ServiceKind::Demo, base: "http://127.0.0.1:6000/api/v1", connection: None };
        let made = |base, connection| MadeFor { base, connection };
        for (made, now, goes) in [
            (made(DEFAULT_BASE, None), openrouter, true),
            (made("https://OPENROUTER.ai:443/api/v2", None), openrouter, true),
            (made(DEFAULT_BASE, None), work, false),
            (made(DEFAULT_BASE, Some("Work")), work, true),
            (made(DEFAULT_BASE, Some("Work")), openrouter, false),
            (made(DEFAULT_BASE, None), studio, false),
            (made("http://studio/other", None), studio, true),
            (made("https://studio/api/v1", None), studio, false),
            (made(demo, None), local, false),
            (made(demo, Some(DEMO)), painted, true),
            (made(demo, None), painted, true),
            (made(DEFAULT_BASE, None), painted, false),
            (made(demo, Some(DEMO)), InUse { base: demo, ..local }, false),
            (made("", None), openrouter, false),
        ] {
            assert_eq!(is_made_for(made, now), goes, "{made:?} {now:?}");
        }
        assert_eq!(mark_of(painted).as_deref(), Some(DEMO));
        assert_eq!(mark_of(work).as_deref(), Some("Work"));
        assert_eq!(mark_of(studio), None);
        assert_eq!(&*name_of(made(DEFAULT_BASE, None)), "OpenRouter");
        assert_eq!(&*name_of(made("http://studio:8080/x", None)), "studio:8080");
        assert_eq!(&*name_of(made(DEFAULT_BASE, Some("Work"))), "Work");
    }
}
