//! What a loss of power leaves of what was written, for tests only.
//!
//! Beside the real folder, which is what the system shows, this keeps what the disk is sure to hold: a content from the
//! fsync of its file on, a name from the fsync of its folder on. Everything else is in the hands of chance:
//! - a file that was not fsynced holds nothing, its beginning, zeros, or all of it;
//! - a name that was made, changed or removed may be as it was, in any order but that of one and the same name;
//! - a rename is whole, undone, or has left both names; never neither.
//!
//! The index is taken as it is found: SQLite fsyncs its log at every commit (`synchronous = FULL`). Only its name and
//! those of its copies are treated like all others.

use super::Effect;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Id = usize;

#[derive(Debug)]
struct Content {
    synced: Option<Vec<u8>>,
    latest: Vec<u8>,
}

/// A change of names that is not sure yet.
#[derive(Clone, Debug)]
enum Change {
    Folder(PathBuf),
    Named(PathBuf, Id),
    Unnamed(PathBuf, Id),
    Renamed(PathBuf, PathBuf, Id),
}

impl Change {
    fn names(&self) -> Vec<&PathBuf> {
        match self {
            Self::Folder(path) | Self::Named(path, _) | Self::Unnamed(path, _) => vec![path],
            Self::Renamed(from, to, _) => vec![from, to],
        }
    }
}

/// What the disk is sure to hold, and what not.
#[derive(Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    contents: Vec<Content>,
    /// As the system shows them.
    shown: BTreeMap<PathBuf, Id>,
    sure: BTreeMap<PathBuf, Id>,
    folders: BTreeSet<PathBuf>,
    pending: Vec<Change>,
}

const INDEX: &str = "easel.db";

impl Disk {
    /// Takes a folder as it is for sure.
    pub(crate) fn of(root: &Path) -> Self {
        let mut disk = Self {
            root: root.to_owned(),
            contents: Vec::new(),
            shown: BTreeMap::new(),
            sure: BTreeMap::new(),
            folders: BTreeSet::from([root.to_owned()]),
            pending: Vec::new(),
        };
        disk.walk(root);
        disk
    }

    fn walk(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.folders.insert(path.clone());
                self.walk(&path);
            } else {
                self.learn(&path);
            }
        }
    }

    /// Takes a file that was there before anybody looked, as it is for sure; not the index, which lives on.
    fn learn(&mut self, path: &Path) {
        let is_new = path.starts_with(&self.root) && !self.shown.contains_key(path);
        let is_index = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("easel."));
        if is_new && !is_index && path.is_file() {
            self.know(path);
        }
    }

    fn know(&mut self, path: &Path) {
        // SQLite writes there without telling anybody, and what it folds it fsyncs.
        if let Some(id) = self.shown.get(path).filter(|_| *path == self.root.join(INDEX) && path.is_file()) {
            let content = fs::read(path).unwrap();
            self.contents[*id] = Content { synced: Some(content.clone()), latest: content };
        }
        if !self.shown.contains_key(path) && path.is_file() {
            let content = fs::read(path).unwrap();
            let id = self.add(Some(content.clone()), content);
            self.shown.insert(path.to_owned(), id);
            self.sure.insert(path.to_owned(), id);
        }
    }

    fn add(&mut self, synced: Option<Vec<u8>>, latest: Vec<u8>) -> Id {
        self.contents.push(Content { synced, latest });
        self.contents.len() - 1
    }

    /// To be called before a step.
    pub(crate) fn before(&mut self, effect: &Effect<'_>) {
        match effect {
            Effect::Renamed(from, to) => [from, to].into_iter().for_each(|path| self.know(path)),
            Effect::Linked(path, _) => self.know(path),
            Effect::Removed(path) => self.learn(path),
            _ => {}
        }
    }

    /// To be called after a step that succeeded.
    pub(crate) fn after(&mut self, effect: &Effect<'_>) {
        match *effect {
            Effect::Folder(path) => {
                let above: Vec<_> = path.ancestors().filter(|path| path.starts_with(&self.root)).collect();
                for folder in above.into_iter().rev().filter(|folder| !self.folders.contains(*folder)) {
                    self.pending.push(Change::Folder(folder.to_owned()));
                }
            }
            Effect::Created(path) => {
                let id = self.add(None, Vec::new());
                self.name(path, id);
            }
            Effect::Filled(path, bytes) => {
                if let Some(id) = self.shown.get(path) {
                    self.contents[*id].latest.extend_from_slice(bytes);
                }
            }
            Effect::Synced(path) => {
                let content = fs::read(path).unwrap();
                match self.shown.get(path) {
                    Some(id) => self.contents[*id] = Content { synced: Some(content.clone()), latest: content },
                    None => {
                        let id = self.add(Some(content.clone()), content);
                        self.name(path, id);
                    }
                }
            }
            Effect::SyncedFolder(path) => self.sync(path),
            Effect::Renamed(from, to) => {
                if let Some(id) = self.shown.remove(from) {
                    self.shown.insert(to.to_owned(), id);
                    self.pending.push(Change::Renamed(from.to_owned(), to.to_owned(), id));
                }
            }
            Effect::Linked(path, name) => {
                if let Some(id) = self.shown.get(path).copied() {
                    self.name(name, id);
                }
            }
            Effect::Removed(path) => {
                if let Some(id) = self.shown.remove(path) {
                    self.pending.push(Change::Unnamed(path.to_owned(), id));
                }
            }
            Effect::RemovedFolder(path) => {
                self.shown.retain(|name, _| !name.starts_with(path));
                self.sure.retain(|name, _| !name.starts_with(path));
                self.folders.retain(|name| !name.starts_with(path));
                self.pending.retain(|change| !change.names().iter().any(|name| name.starts_with(path)));
            }
        }
    }

    fn name(&mut self, path: &Path, id: Id) {
        if path.starts_with(&self.root) {
            self.shown.insert(path.to_owned(), id);
            self.pending.push(Change::Named(path.to_owned(), id));
        }
    }

    /// Makes the names in a folder sure, and with each what became of it before.
    fn sync(&mut self, folder: &Path) {
        let here = |path: &Path| path.parent() == Some(folder);
        let pending = std::mem::take(&mut self.pending);
        let mut sure: BTreeSet<PathBuf> = BTreeSet::new();
        let mut comes: Vec<bool> = Vec::new();
        for change in pending.iter().rev() {
            let names = change.names();
            let is_sure = names.iter().any(|path| here(path) || sure.contains(*path));
            let only_arrives = matches!(change, Change::Renamed(from, _, _) if !here(from) && !sure.contains(from));
            if is_sure {
                sure.extend(names.into_iter().skip(usize::from(only_arrives)).cloned());
            }
            comes.push(is_sure);
        }
        for (change, comes) in pending.into_iter().zip(comes.into_iter().rev()) {
            match &change {
                _ if !comes => self.pending.push(change),
                Change::Renamed(from, to, id) if !here(from) && !sure.contains(from) => {
                    self.sure.insert(to.clone(), *id);
                    self.pending.push(Change::Unnamed(from.clone(), *id));
                }
                change => self.apply(change),
            }
        }
    }

    /// Says whether a file and its content survive a loss of power.
    pub(crate) fn is_sure(&self, path: &Path) -> bool {
        let is_whole = |id: &Id| self.contents[*id].synced.as_ref() == Some(&self.contents[*id].latest);
        self.shown.get(path).is_none_or(|id| self.sure.get(path) == Some(id) && is_whole(id))
            && path
                .ancestors()
                .skip(1)
                .take_while(|above| above.starts_with(&self.root))
                .all(|above| self.folders.contains(above))
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Folder(path) => _ = self.folders.insert(path.clone()),
            Change::Named(path, id) => _ = self.sure.insert(path.clone(), *id),
            Change::Unnamed(path, id) => self.unname(path, *id),
            Change::Renamed(from, to, id) => {
                self.unname(from, *id);
                self.sure.insert(to.clone(), *id);
            }
        }
    }

    fn unname(&mut self, path: &Path, id: Id) {
        if self.sure.get(path) == Some(&id) {
            self.sure.remove(path);
        }
    }

    /// Lets the power fail: the real folder becomes what the disk happens to hold. Nobody may have it open.
    pub(crate) fn lose_power(&mut self, chance: &mut fastrand::Rng) {
        let part = [0.0, 0.3, 0.6, 0.9, 1.0][chance.usize(..5)];
        self.lose(|_, chance| chance.f64() < part, chance);
    }

    /// The same, where of all changes of names that are not sure removals alone have reached the disk.
    pub(crate) fn lose_all_but_removals(&mut self) {
        self.lose(|change, _| matches!(change, Change::Unnamed(..)), &mut fastrand::Rng::with_seed(0));
    }

    fn lose(&mut self, comes: impl Fn(&Change, &mut fastrand::Rng) -> bool, chance: &mut fastrand::Rng) {
        // What follows a change that is lost cannot have come about either.
        let mut lost = BTreeSet::new();
        for change in std::mem::take(&mut self.pending) {
            let hangs = change.names().into_iter().any(|name| lost.contains(name));
            if hangs || !comes(&change, chance) {
                lost.extend(change.names().into_iter().cloned());
                continue;
            }
            self.apply(&change);
            if let Change::Renamed(from, _, id) = change
                && !self.sure.contains_key(&from)
                && chance.u8(..4) == 0
            {
                self.sure.insert(from, id);
            }
        }
        let folders = self.folders.clone();
        let root = self.root.clone();
        let above = |path: &Path| {
            path.ancestors().skip(1).take_while(|above| above.starts_with(&root)).all(|above| folders.contains(above))
        };
        self.sure.retain(|path, _| above(path));
        for id in self.sure.values().copied().collect::<BTreeSet<_>>() {
            let content = &mut self.contents[id];
            if content.synced.as_ref() != Some(&content.latest) {
                content.latest = torn(content, chance);
                content.synced = None;
            }
        }
        self.show();
        for content in &mut self.contents {
            content.synced = Some(content.latest.clone());
        }
    }

    /// Makes the real folder what is sure.
    fn show(&mut self) {
        let index = self.root.join(INDEX);
        let index_stays = self.shown.get(&index) == self.sure.get(&index);
        for path in self.shown.keys().filter(|path| !self.sure.contains_key(*path)) {
            if **path != index || !index_stays {
                drop(fs::remove_file(path));
            }
        }
        for folder in &self.folders {
            fs::create_dir_all(folder).unwrap();
        }
        for (path, id) in &self.sure {
            let content = &self.contents[*id];
            if *path == index && index_stays {
                continue;
            }
            let as_is = self.shown.get(path) == Some(id) && content.synced.is_some();
            if !as_is {
                drop(fs::remove_file(path));
                fs::write(path, &content.latest).unwrap();
            }
            if *path == index {
                for suffix in ["db-wal", "db-shm"] {
                    drop(fs::remove_file(path.with_extension(suffix)));
                }
            }
        }
        for folder in real_folders(&self.root).into_iter().rev().filter(|folder| !self.folders.contains(folder)) {
            drop(fs::remove_dir_all(folder));
        }
        self.shown = self.sure.clone();
    }
}

/// What a file holds that was not fsynced since it was changed.
fn torn(content: &Content, chance: &mut fastrand::Rng) -> Vec<u8> {
    let (sure, all) = (content.synced.clone().unwrap_or_default(), &content.latest);
    let sure = if all.starts_with(&sure) { sure } else { Vec::new() };
    match chance.u8(..4) {
        0 => sure,
        1 => all[..chance.usize(sure.len()..=all.len())].to_vec(),
        2 => [sure.clone(), vec![0; all.len() - sure.len()]].concat(),
        _ => all.clone(),
    }
}

fn real_folders(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        found.push(path.clone());
        found.extend(real_folders(&path));
    }
    found
}

mod tests {
    use super::super::{Faults, Storage};
    use super::*;

    /// Lets something be written into a folder, then the power fail, often; counts what each file then held.
    fn outcomes(write: impl Fn(&Storage, &Path)) -> BTreeMap<String, usize> {
        let mut seen = BTreeMap::new();
        for seed in 0..400 {
            let folder = crate::library::tests::folder();
            fs::write(folder.path().join("old"), b"old").unwrap();
            let faults = Faults::default();
            let _shared = faults.share();
            faults.watch(folder.path());
            write(&Storage::default(), folder.path());
            faults.lose_power(&mut fastrand::Rng::with_seed(seed));
            let held = |path: PathBuf| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                format!("{name}={}", String::from_utf8_lossy(&fs::read(path).unwrap()))
            };
            let all: Vec<_> = crate::library::tests::files(folder.path()).into_iter().map(held).collect();
            *seen.entry(all.join(" ")).or_default() += 1;
        }
        seen
    }

    fn is_always(seen: &BTreeMap<String, usize>, what: &str) -> bool {
        seen.len() == 1 && seen.contains_key(what)
    }

    #[test]
    fn what_was_fsynced_with_its_folder_stays_and_nothing_else_need() {
        let replaced = outcomes(|storage, dir| storage.replace(&dir.join("old"), &dir.join("part"), b"new").unwrap());
        assert!(is_always(&replaced, "old=new"), "{replaced:?}");
        let unsynced =
            outcomes(|storage, dir| storage.replace_unsynced(&dir.join("old"), &dir.join("part"), b"new").unwrap());
        for expected in ["old=old", "old=new", "old=", "old=\0\0\0"] {
            assert!(unsynced.contains_key(expected), "{expected}: {unsynced:?}");
        }
    }

    #[test]
    fn a_rename_is_whole_or_undone_or_doubled_but_never_lost() {
        let renamed = outcomes(|storage, dir| storage.rename_new(&dir.join("old"), &dir.join("new")).unwrap());
        assert_eq!(renamed.keys().collect::<Vec<_>>(), ["new=old", "new=old old=old", "old=old"]);
        let synced = outcomes(|storage, dir| {
            storage.rename_new(&dir.join("old"), &dir.join("new")).unwrap();
            storage.sync_dir(dir).unwrap();
        });
        assert!(is_always(&synced, "new=old"), "{synced:?}");
    }

    #[test]
    fn a_removed_file_may_come_back_and_a_new_folder_may_go() {
        let removed = outcomes(|storage, dir| storage.remove(&dir.join("old")).unwrap());
        assert_eq!(removed.keys().collect::<Vec<_>>(), ["", "old=old"]);
        let made = outcomes(|storage, dir| {
            fs::create_dir(dir.join("folder")).unwrap();
            storage.faults.log(&Effect::Folder(&dir.join("folder")));
            storage.write(&dir.join("folder/file"), b"x").unwrap();
            storage.sync_dir(&dir.join("folder")).unwrap();
        });
        assert_eq!(made.keys().collect::<Vec<_>>(), ["file=x old=old", "old=old"]);
    }
}
