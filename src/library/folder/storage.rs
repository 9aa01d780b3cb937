//! Every write of the library passes here, so that tests can fail or stop it at any step.
//!
//! Invariants: a file is written under a name nobody looks at, fsynced, and then renamed; a write that failed leaves
//! nothing behind; nothing is replaced unless the caller says so.

use super::super::error::{Error, Result};
use super::paths::{DATABASE, database_part};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(test)]
mod faults;
#[cfg(test)]
mod power;
#[cfg(test)]
pub(crate) use faults::{Drive, Fault, Faults, Shared};

/// What a step does to the disk: which names and contents are sure only after an fsync.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "tests alone play back a loss of power"))]
pub(in crate::library) enum Effect<'a> {
    Folder(&'a Path),
    Created(&'a Path),
    /// Added to the end of a file.
    Filled(&'a Path, &'a [u8]),
    Synced(&'a Path),
    SyncedFolder(&'a Path),
    Renamed(&'a Path, &'a Path),
    /// The second is a new name of the first.
    Linked(&'a Path, &'a Path),
    Removed(&'a Path),
    RemovedFolder(&'a Path),
}

/// Does the writing.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    /// The library's folder: while it is not where it was, such as on a drive that was unplugged, nothing is made in
    /// its place. `None`: anywhere.
    root: Option<PathBuf>,
    /// Folders in the library whose names are safe, as far as this storage has seen to it.
    made: RefCell<BTreeSet<PathBuf>>,
    /// Every step fails.
    read_only: bool,
    #[cfg(test)]
    pub(crate) faults: Faults,
}

impl Storage {
    /// Returns one for the library in this folder.
    pub(crate) fn of(root: &Path) -> Self {
        Self { root: Some(root.to_owned()), ..Self::default() }
    }

    /// Returns one that writes nothing.
    pub(crate) fn read_only() -> Self {
        Self { read_only: true, ..Self::default() }
    }

    /// Makes a folder and those above it, each safe in the one above; those that are there already are fine.
    pub(crate) fn create_dir(&self, path: &Path) -> Result<()> {
        // Whoever made it need not have got as far as its fsync; above a library nobody looks.
        let is_ours = self.root.as_ref().is_some_and(|root| path.starts_with(root) && path != root);
        if path.is_dir() && (!is_ours || self.made.borrow().contains(path)) {
            return Ok(());
        }
        if let Some(root) = self.root.as_ref().filter(|root| !root.is_dir()) {
            return Err(Error::write(root, io::ErrorKind::NotFound.into()));
        }
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        above.map_or(Ok(()), |above| self.create_dir(above))?;
        if !path.is_dir() {
            match self.doing(Effect::Folder(path), || fs::create_dir(path)) {
                // A file has the name.
                Err(source) if source.kind() == io::ErrorKind::AlreadyExists && !path.is_dir() => {
                    return Err(Error::CannotWrite { path: path.to_owned(), source });
                }
                Err(source) if !path.is_dir() => return Err(Error::write(path, source)),
                _ => {}
            }
        }
        above.map_or(Ok(()), |above| self.sync_dir(above))?;
        self.made.borrow_mut().insert(path.to_owned());
        Ok(())
    }

    /// Writes a new file and fsyncs it; fails when the name is taken, and removes what it began when it fails later.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let create = || File::options().write(true).create_new(true).open(path);
        let mut file = self.doing(Effect::Created(path), create).map_err(|source| Error::write(path, source))?;
        self.fill_and_sync(&mut file, path, bytes).map_err(|source| {
            drop(file);
            self.discard(path);
            Error::write(path, source)
        })
    }

    fn fill_and_sync(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if let Err(error) = self.step() {
            // What a full disk or a sudden end leaves: half of it.
            let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
            file.write_all(half)?;
            self.faults.log(&Effect::Filled(path, half));
            return Err(error);
        }
        file.write_all(bytes)?;
        #[cfg(test)]
        self.faults.log(&Effect::Filled(path, bytes));
        self.doing(Effect::Synced(path), || file.sync_all())
    }

    /// Adds to the end of a file, made when it is missing, and fsyncs it. What a failure left half written stays.
    pub(crate) fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let open = || File::options().append(true).create(true).open(path);
        let opened =
            if path.exists() { self.step().and_then(|()| open()) } else { self.doing(Effect::Created(path), open) };
        let mut file = opened.map_err(|source| Error::write(path, source))?;
        self.fill_and_sync(&mut file, path, bytes).map_err(|source| Error::write(path, source))
    }

    /// Renames; fails with [`Error::Exists`] when the new name is taken.
    ///
    /// Where the drive can do that neither in one step nor by links, the name is taken by an empty file of ours, which
    /// the rename then replaces; to another drive by a copy, which is safe before the original goes.
    pub(crate) fn rename_new(&self, from: &Path, to: &Path) -> Result<()> {
        let rename = || {
            #[cfg(test)]
            self.faults.refuse_new_name(from, to)?;
            let mut path = tempfile::TempPath::try_from_path(from)?;
            path.disable_cleanup(true);
            path.persist_noclobber(to).map_err(|failed| failed.error)
        };
        match self.doing(Effect::Renamed(from, to), rename) {
            Err(error) if is_beyond_drive(&error) => {
                let claim = || File::options().write(true).create_new(true).open(to).map(drop);
                self.doing(Effect::Created(to), claim).map_err(|source| Error::write(to, source))?;
                self.rename_over(from, to).inspect_err(|_| {
                    if fs::metadata(to).is_ok_and(|claim| claim.len() == 0) {
                        self.discard(to);
                    }
                })
            }
            renamed => renamed.map_err(|source| Error::write(to, source)),
        }
    }

    /// Renames; replaces what has the new name. To another drive by a copy beside that, which is safe before it gets the
    /// name and the original goes.
    pub(crate) fn rename_over(&self, from: &Path, to: &Path) -> Result<()> {
        let rename = || {
            #[cfg(test)]
            self.faults.refuse_other_drive(from, to)?;
            fs::rename(from, to)
        };
        match self.doing(Effect::Renamed(from, to), rename) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let bytes = fs::read(from).map_err(|source| Error::read(from, source))?;
                self.replace(to, &part_of(to), &bytes)?;
                self.remove(from)
            }
            renamed => renamed.map_err(|source| Error::write(to, source)),
        }
    }

    /// Writes a file in one step for everybody who looks: `temporary` first, then renamed over `path`.
    pub(crate) fn replace(&self, path: &Path, temporary: &Path, bytes: &[u8]) -> Result<()> {
        self.discard(temporary);
        self.write(temporary, bytes)?;
        self.rename_over(temporary, path).inspect_err(|_| self.discard(temporary))?;
        path.parent().map_or(Ok(()), |parent| self.sync_dir(parent))
    }

    /// The same for what can be made again: it may be gone or broken after a loss of power, and nobody waits for the disk.
    pub(crate) fn replace_unsynced(&self, path: &Path, temporary: &Path, bytes: &[u8]) -> Result<()> {
        let write = self.doing(Effect::Created(temporary), || fs::write(temporary, bytes));
        #[cfg(test)]
        self.faults.log(&Effect::Filled(temporary, bytes));
        write
            .map_err(|source| Error::write(temporary, source))
            .and_then(|()| self.rename_over(temporary, path))
            .inspect_err(|_| self.discard(temporary))
    }

    /// Makes the names in a folder survive a loss of power.
    pub(crate) fn sync_dir(&self, path: &Path) -> Result<()> {
        // Windows cannot open folders as files; there NTFS journals the names itself.
        let sync = || if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) };
        self.doing(Effect::SyncedFolder(path), sync).map_err(|source| Error::write(path, source))
    }

    /// Makes the names of files below `dir` survive a loss of power, whoever gave them: each folder above them once.
    pub(crate) fn sync_names<'a>(&self, dir: &Path, files: impl IntoIterator<Item = &'a Path>) -> Result<()> {
        let above = |file: &'a Path| file.ancestors().skip(1).take_while(|above| above.starts_with(dir));
        let folders: BTreeSet<&Path> = files.into_iter().flat_map(above).collect();
        folders.into_iter().filter(|folder| folder.is_dir()).try_for_each(|folder| self.sync_dir(folder))
    }

    /// Makes what somebody else wrote into a file survive a loss of power.
    pub(crate) fn sync_file(&self, path: &Path) -> Result<()> {
        let sync = || File::options().write(true).open(path)?.sync_all();
        self.doing(Effect::Synced(path), sync).map_err(|source| Error::write(path, source))
    }

    /// Lets a file be found under a second name too, which must be free; a copy where the drive knows no links.
    pub(crate) fn second_name(&self, path: &Path, name: &Path) -> Result<()> {
        let link = || {
            #[cfg(test)]
            self.faults.refuse_link()?;
            fs::hard_link(path, name)
        };
        if self.doing(Effect::Linked(path, name), link).is_ok() {
            return Ok(());
        }
        let part = name.with_extension("part");
        self.discard(&part);
        let copied = self.step().and_then(|()| fs::copy(path, &part)).map_err(|source| Error::write(&part, source));
        let copied = copied.and_then(|_| self.sync_file(&part)).and_then(|()| self.rename_new(&part, name));
        copied.inspect_err(|_| self.discard(&part))
    }

    /// Removes a file; one that is not there is fine.
    pub(crate) fn remove(&self, path: &Path) -> Result<()> {
        match self.doing(Effect::Removed(path), || fs::remove_file(path)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::write(path, source)),
            _ => Ok(()),
        }
    }

    /// Removes a file of no further use; what cannot be removed now is found by the next recovery.
    pub(crate) fn discard(&self, path: &Path) {
        if let Err(error) = self.remove(path) {
            log::warn!("{error}");
        }
    }

    /// Removes a folder of no further use with everything in it; what cannot be removed now stays.
    pub(crate) fn discard_dir(&self, path: &Path) {
        if let Err(error) = self.doing(Effect::RemovedFolder(path), || fs::remove_dir_all(path)) {
            log::warn!("{}", Error::write(path, error));
        }
    }

    /// Removes a database of no further use, with all that belongs to it.
    pub(crate) fn discard_database(&self, database: &Path) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            self.discard(&database_part(database, suffix));
        }
    }

    /// Commits to the database, fsynced.
    ///
    /// An index that was moved away while it was open could still be written, and would be of no use to anybody.
    pub(crate) fn commit(&self, transaction: rusqlite::Transaction<'_>) -> Result<()> {
        if let Some(root) = self.root.as_ref().filter(|root| !root.join(DATABASE).is_file()) {
            return Err(Error::write(root, io::ErrorKind::NotFound.into()));
        }
        self.step().map_err(|source| Error::write(Path::new(DATABASE), source))?;
        Ok(transaction.commit()?)
    }

    /// Takes one step; tests are told what it does to the disk.
    fn doing<T>(&self, effect: Effect<'_>, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.step()?;
        #[cfg(test)]
        self.faults.before(&effect);
        let done = act()?;
        #[cfg(test)]
        self.faults.log(&effect);
        #[cfg(not(test))]
        let _ = effect;
        Ok(done)
    }

    fn step(&self) -> io::Result<()> {
        if self.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        #[cfg(test)]
        self.faults.step()?;
        Ok(())
    }
}

/// Names the copy that a move to another drive is made with.
pub(in crate::library) fn part_of(target: &Path) -> PathBuf {
    let mut part = target.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

/// Says whether a drive refused what it cannot do, rather than what nobody may do.
fn is_beyond_drive(error: &io::Error) -> bool {
    /// What FAT and many drives in user space answer to a link: not permitted.
    const NO_LINKS: i32 = 1;
    let kinds = [io::ErrorKind::Unsupported, io::ErrorKind::CrossesDevices, io::ErrorKind::InvalidInput];
    kinds.contains(&error.kind()) || (cfg!(unix) && error.raw_os_error() == Some(NO_LINKS))
}
