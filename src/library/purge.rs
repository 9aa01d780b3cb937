//! Emptying the trash: the only way that pictures go away.
//!
//! Those in the trash are marked first (table `moves`, without a target), then deleted, then forgotten by the index.
//! Invariant: only files that hold exactly the picture that was thrown away are deleted, and sidecars of its own;
//! what somebody has put in their place stays in the folder, where a check names it.

use super::folder::paths::{INCOMING, sidecar_path};
use super::folder::scan;
use super::folder::sidecar::is_sidecar_of;
use super::folder::thumbnails::discard_thumbnails;
use super::locate::{Location, locate};
use super::orphaned_partials::{delete_partials_of, has_picture};
use super::{Library, Picture, PictureId, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Says what emptying the trash deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurgeSummary {
    pub count: usize,
    /// Length of the pictures' files together.
    pub bytes: u64,
    /// Files that stayed, for they do not hold the picture that was thrown away; among `count`.
    pub kept: usize,
}

impl Library {
    /// Deletes what is in the trash for good, with recipes, thumbnails and partials: the only way that pictures go away.
    /// The partials of requests that were tried again or dismissed go too.
    ///
    /// After an error, those not yet deleted are still in the trash.
    pub fn empty_trash(&mut self) -> Result<PurgeSummary> {
        let all: Vec<_> = self.trashed()?.into_iter().map(|picture| picture.id).collect();
        self.purge_orphaned_partials();
        self.purge(&all)
    }

    /// Deletes the partials and answers of requests that were tried again or dismissed.
    pub fn purge_orphaned_partials(&mut self) {
        self.delete_orphaned_partials();
    }

    /// Deletes these pictures for good, as far as they are in the trash, as [`Library::empty_trash`].
    pub fn purge(&mut self, ids: &[PictureId]) -> Result<PurgeSummary> {
        self.finish_moves(false)?;
        let all = self.db.transaction()?;
        for id in ids {
            let mark =
                "INSERT INTO moves SELECT id, '', trashed_ms FROM pictures WHERE id = ?1 AND trashed_ms IS NOT NULL";
            all.prepare_cached(mark)?.execute([&id.0])?;
        }
        self.storage.commit(all)?;
        self.purge_marked(true)
    }

    /// Deletes the pictures whose move has no target: the trash was to be emptied. Not `all`: only those whose files are
    /// gone already, for an emptying that failed is not gone on with unasked.
    pub(super) fn purge_marked(&mut self, all: bool) -> Result<PurgeSummary> {
        let mut emptied = PurgeSummary::default();
        let marked = self.list("WHERE id IN (SELECT picture FROM moves WHERE target = '')")?;
        if marked.is_empty() {
            return Ok(emptied);
        }
        let (mut gone, mut bare) = (Vec::new(), Vec::new());
        let mut deleted = Ok(());
        for picture in marked {
            let path = self.picture_path(&picture);
            if !all && scan::is_taken(&path) {
                if !sidecar_path(&path).exists() {
                    bare.push(picture);
                }
                continue;
            }
            match self.delete(&picture) {
                Ok(Deleted::All) => emptied.bytes += picture.bytes,
                Ok(Deleted::Missing) => {}
                Ok(Deleted::NotTheFile) => emptied.kept += 1,
                Err(error) => {
                    deleted = Err(error);
                    bare.push(picture);
                    break;
                }
            }
            gone.push(picture);
        }
        emptied.count = gone.len();
        // What is forgotten must not come back by a loss of power, nor be received once more.
        let mut folders: BTreeSet<PathBuf> =
            gone.iter().filter_map(|picture| self.picture_path(picture).parent().map(Path::to_owned)).collect();
        folders.insert(self.dir.join(INCOMING));
        folders.iter().filter(|folder| folder.is_dir()).try_for_each(|folder| self.storage.sync_dir(folder))?;
        self.forget(&gone, &bare)?;
        deleted.map(|()| emptied)
    }

    /// Deletes the files of one picture.
    fn delete(&self, picture: &Picture) -> Result<Deleted> {
        let path = self.picture_path(picture);
        let held = scan::look(&path, picture.bytes, &picture.hash)?;
        // The recipe first: the picture can do without it, for the database has a copy.
        let side = sidecar_path(&path);
        if is_sidecar_of(&side, &picture.id) {
            self.storage.remove(&side)?;
        }
        match locate::<()>(held, []) {
            Location::InPlace | Location::Copy(()) => self.storage.remove(&path).map(|()| Deleted::All),
            Location::Changed => {
                log::warn!("kept, for it is not the picture that was thrown away: {}", path.display());
                Ok(Deleted::NotTheFile)
            }
            Location::At(()) | Location::Missing if scan::is_taken(&path) => Ok(Deleted::NotTheFile),
            Location::At(()) | Location::Missing => Ok(Deleted::Missing),
        }
    }

    /// Takes deleted pictures out of the index; `bare`: stay in the trash and get their recipes back.
    fn forget(&mut self, gone: &[Picture], bare: &[Picture]) -> Result<()> {
        let ways = gone.iter().filter_map(|picture| self.way_to(&picture.id).transpose());
        let ways = ways.collect::<Result<Vec<_>>>()?;
        let transaction = self.db.transaction()?;
        for picture in bare {
            transaction.execute("INSERT OR IGNORE INTO stale_sides VALUES (?1)", [&picture.id.0])?;
        }
        for picture in gone {
            transaction.prepare_cached("DELETE FROM pictures WHERE id = ?1")?.execute([&picture.id.0])?;
            for table in ["recipes", "parents", "origins", "stale_sides"] {
                transaction
                    .prepare_cached(&format!("DELETE FROM {table} WHERE picture = ?1"))?
                    .execute([&picture.id.0])?;
            }
            transaction.prepare_cached("DELETE FROM file_words WHERE rowid = ?1")?.execute([picture.number])?;
        }
        // Before the commit: whoever is interrupted in between finds the pictures still marked, and does it again.
        for (job, place) in &ways {
            if !has_picture(&transaction, job, *place)? {
                delete_partials_of(&self.storage, &self.dir, job, *place);
            }
        }
        transaction.execute("DELETE FROM moves WHERE target = ''", [])?;
        self.storage.commit(transaction)?;
        for picture in gone {
            let mut same = self.db.prepare_cached("SELECT 1 FROM pictures WHERE hash = ?1")?;
            if !same.exists([&picture.hash])? {
                discard_thumbnails(&self.storage, &self.dir, &picture.hash);
            }
        }
        Ok(())
    }
}

/// What became of the files of a picture.
enum Deleted {
    All,
    /// There was none.
    Missing,
    /// What has the name is another file.
    NotTheFile,
}
