//! Every write of the library passes here, so that tests can fail or stop it at any step.
//!
//! Invariants: a file is written under a name nobody looks at, fsynced, and then renamed; a write that failed leaves
//! nothing behind; nothing is replaced unless the caller says so.

use super::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(test)]
mod faults;
#[cfg(test)]
pub(crate) use faults::{Fault, Faults};

/// Does the writing.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    /// The library's folder: while it is not where it was, such as on a drive that was unplugged, nothing is made in
    /// its place. `None`: anywhere.
    root: Option<PathBuf>,
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

    /// Makes a folder and those above it; one that is there already is fine. Newly made ones are fsynced.
    pub(crate) fn create_dir(&self, path: &Path) -> Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(root) = self.root.as_ref().filter(|root| !root.is_dir()) {
            return Err(Error::write(root, io::ErrorKind::NotFound.into()));
        }
        self.step().and_then(|()| fs::create_dir_all(path)).map_err(|source| Error::write(path, source))?;
        path.parent().map_or(Ok(()), |parent| self.sync_dir(parent))
    }

    /// Writes a new file and fsyncs it; fails when the name is taken, and removes what it began when it fails later.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let create = || File::options().write(true).create_new(true).open(path);
        let mut file = self.step().and_then(|()| create()).map_err(|source| Error::write(path, source))?;
        let written = self.fill(&mut file, bytes).and_then(|()| self.step()).and_then(|()| file.sync_all());
        written.map_err(|source| {
            drop(file);
            self.discard(path);
            Error::write(path, source)
        })
    }

    fn fill(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if let Err(error) = self.step() {
            // What a full disk or a sudden end leaves: half of it.
            file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        file.write_all(bytes)
    }

    /// Adds to the end of a file, made when it is missing, and fsyncs it. What a failure left half written stays.
    pub(crate) fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let open = || File::options().append(true).create(true).open(path);
        let mut file = self.step().and_then(|()| open()).map_err(|source| Error::write(path, source))?;
        let written = self.fill(&mut file, bytes).and_then(|()| self.step()).and_then(|()| file.sync_all());
        written.map_err(|source| Error::write(path, source))
    }

    /// Renames; fails with [`Error::Exists`] when the new name is taken.
    pub(crate) fn rename_new(&self, from: &Path, to: &Path) -> Result<()> {
        let rename = || {
            let mut path = tempfile::TempPath::try_from_path(from)?;
            path.disable_cleanup(true);
            path.persist_noclobber(to).map_err(|failed| failed.error)
        };
        self.step().and_then(|()| rename()).map_err(|source| Error::write(to, source))
    }

    /// Renames; replaces what has the new name.
    pub(crate) fn rename_over(&self, from: &Path, to: &Path) -> Result<()> {
        self.step().and_then(|()| fs::rename(from, to)).map_err(|source| Error::write(to, source))
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
        let write = self.step().and_then(|()| fs::write(temporary, bytes));
        write
            .map_err(|source| Error::write(temporary, source))
            .and_then(|()| self.rename_over(temporary, path))
            .inspect_err(|_| self.discard(temporary))
    }

    /// Makes the names in a folder survive a loss of power.
    pub(crate) fn sync_dir(&self, path: &Path) -> Result<()> {
        // Windows cannot open folders as files; there NTFS journals the names itself.
        let sync = || if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) };
        self.step().and_then(|()| sync()).map_err(|source| Error::write(path, source))
    }

    /// Makes what somebody else wrote into a file survive a loss of power.
    pub(crate) fn sync_file(&self, path: &Path) -> Result<()> {
        let sync = || File::options().write(true).open(path)?.sync_all();
        self.step().and_then(|()| sync()).map_err(|source| Error::write(path, source))
    }

    /// Lets a file be found under a second name too, which must be free; a copy where the drive knows no links.
    pub(crate) fn second_name(&self, path: &Path, name: &Path) -> Result<()> {
        if self.step().and_then(|()| fs::hard_link(path, name)).is_ok() {
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
        match self.step().and_then(|()| fs::remove_file(path)) {
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
        if let Err(error) = self.step().and_then(|()| fs::remove_dir_all(path)) {
            log::warn!("{}", Error::write(path, error));
        }
    }

    /// Commits to the database, fsynced.
    ///
    /// An index that was moved away while it was open could still be written, and would be of no use to anybody.
    pub(crate) fn commit(&self, transaction: rusqlite::Transaction<'_>) -> Result<()> {
        if let Some(root) = self.root.as_ref().filter(|root| !root.join(super::open::DATABASE).is_file()) {
            return Err(Error::write(root, io::ErrorKind::NotFound.into()));
        }
        self.step().map_err(|source| Error::write(Path::new(super::open::DATABASE), source))?;
        Ok(transaction.commit()?)
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
