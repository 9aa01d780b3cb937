//! The trash: files move to `trash/` under the same names, and back, until it is emptied.
//!
//! The wish is committed first (table `moves`), then the picture is renamed, then its side file follows and the row is
//! committed. Invariant: where the picture's file is decides what is true, so an interruption at any point settles
//! itself: a picture that moved is moved, one that did not stays.

use super::id::now_ms;
use super::names::{first_free, side_file};
use super::retired::{discard_way, has_picture};
use super::thumbnails::discard_thumbnails;
use super::{Library, Picture, PictureId, Result};
use rusqlite::params;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Says what emptying the trash deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Emptied {
    pub count: usize,
    /// Length of the pictures' files together.
    pub bytes: u64,
}

/// One picture on its way.
struct Move {
    picture: PictureId,
    from: PathBuf,
    target: String,
    trashed_ms: Option<i64>,
}

impl Library {
    /// Moves pictures to the trash and returns them as they are now, in the order given.
    ///
    /// Those that are there already stay. After an error some may have moved: [`Library::take_moved`] names them.
    pub fn trash(&mut self, ids: &[PictureId]) -> Result<Vec<Picture>> {
        self.move_all(ids, Some(now_ms()))
    }

    /// Moves pictures back out of the trash, to their old names unless these are taken; otherwise as
    /// [`Library::trash`].
    pub fn restore(&mut self, ids: &[PictureId]) -> Result<Vec<Picture>> {
        self.move_all(ids, None)
    }

    fn move_all(&mut self, ids: &[PictureId], trashed_ms: Option<i64>) -> Result<Vec<Picture>> {
        self.settle_moves(false)?;
        let (from, to) = if trashed_ms.is_some() { ("pictures/", "trash/") } else { ("trash/", "pictures/") };
        let mut targets = BTreeSet::new();
        let mut wishes = Vec::new();
        for id in ids.iter().collect::<BTreeSet<_>>() {
            let picture = self.known_picture(id)?;
            if picture.trashed_ms.is_some() != trashed_ms.is_some() {
                let wanted = format!("{to}{}", picture.file.strip_prefix(from).unwrap_or(&picture.file));
                let target = first_free(&wanted, |name| {
                    let path = self.dir.join(name);
                    targets.contains(name) || path.exists() || side_file(&path).exists()
                });
                targets.insert(target.clone());
                wishes.push((id, target));
            }
        }
        let all = self.db.transaction()?;
        for (id, target) in &wishes {
            all.prepare_cached("INSERT OR REPLACE INTO moves VALUES (?1, ?2, ?3)")?
                .execute(params![id.0, target, trashed_ms])?;
        }
        self.storage.commit(all)?;
        let moved = self.moves().and_then(|moves| moves.iter().try_for_each(|one| self.carry(one)));
        // Also after an error: what moved is told, what did not is forgotten.
        let settled = self.settle_moves(false);
        moved.and(settled)?;
        ids.iter().map(|id| self.known_picture(id)).collect()
    }

    /// Brings the index to where the pictures are, after an error of [`Library::trash`] or [`Library::restore`].
    pub fn settle(&mut self) -> Result<()> {
        self.settle_moves(false)
    }

    /// Returns the pictures that were moved since this was last asked, as they are now.
    pub fn take_moved(&mut self) -> Result<Vec<Picture>> {
        let moved = std::mem::take(&mut self.moved);
        let now: Result<_> = moved.iter().filter_map(|id| self.picture(id).transpose()).collect();
        if now.is_err() {
            self.moved = moved;
        }
        now
    }

    fn moves(&self) -> Result<Vec<Move>> {
        let mut query = self.db.prepare_cached(
            "SELECT picture, file, target, moves.trashed_ms FROM moves JOIN pictures ON pictures.id = picture",
        )?;
        let rows = query.query_map([], |row| {
            Ok(Move {
                picture: PictureId(row.get(0)?),
                from: self.dir.join(row.get::<_, String>(1)?),
                target: row.get(2)?,
                trashed_ms: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Moves the picture itself. A file that somebody deleted is no reason to refuse.
    fn carry(&self, one: &Move) -> Result<()> {
        let target = self.dir.join(&one.target);
        if !one.from.exists() {
            return Ok(());
        }
        self.storage.create_dir(target.parent().unwrap_or(&self.dir))?;
        self.storage.rename_new(&one.from, &target)
    }

    /// Brings side files and index to where the pictures are, whatever was interrupted; `empty`: goes on emptying, else
    /// what was to be deleted and is still there stays in the trash.
    pub(super) fn settle_moves(&mut self, empty: bool) -> Result<()> {
        self.delete_marked(empty)?;
        let moves = self.moves()?;
        let mut folders = BTreeSet::new();
        let mut moved = Vec::new();
        for one in moves {
            let target = self.dir.join(&one.target);
            if one.from.exists() && !target.exists() {
                continue;
            }
            // Both: the renaming was done by linking, and its second half is still to come.
            self.storage.remove(&one.from)?;
            let (side_from, side_to) = (side_file(&one.from), side_file(&target));
            match (side_from.exists(), side_to.exists()) {
                (true, false) => {
                    self.storage.create_dir(target.parent().unwrap_or(&self.dir))?;
                    self.storage.rename_new(&side_from, &side_to)?;
                }
                (true, true) => self.storage.remove(&side_from)?,
                (false, _) => {}
            }
            folders.extend([one.from.parent(), target.parent()].into_iter().flatten().map(PathBuf::from));
            moved.push(one);
        }
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            self.storage.sync_dir(folder)?;
        }
        let all = self.db.transaction()?;
        for one in &moved {
            all.prepare_cached("UPDATE pictures SET file = ?2, trashed_ms = ?3 WHERE id = ?1")?.execute(params![
                one.picture.0,
                one.target,
                one.trashed_ms
            ])?;
        }
        if all.execute("DELETE FROM moves", [])? > 0 {
            self.storage.commit(all)?;
        }
        self.moved.extend(moved.into_iter().map(|one| one.picture));
        Ok(())
    }

    /// Deletes what is in the trash for good, with recipes, thumbnails and partials: the only way that pictures go away.
    /// The partials of requests that were tried again or dismissed go too.
    ///
    /// After an error, those not yet deleted are still in the trash.
    pub fn empty_trash(&mut self) -> Result<Emptied> {
        self.settle_moves(false)?;
        let all = self.db.transaction()?;
        all.execute("INSERT INTO moves SELECT id, '', trashed_ms FROM pictures WHERE trashed_ms IS NOT NULL", [])?;
        self.storage.commit(all)?;
        self.discard_retired();
        let gone = self.delete_marked(true)?;
        Ok(Emptied { count: gone.len(), bytes: gone.iter().map(|picture| picture.bytes).sum() })
    }

    /// Deletes the pictures whose move has no target: the trash was to be emptied. Not `all`: only those whose files are
    /// gone already, for an emptying that failed is not gone on with unasked.
    fn delete_marked(&mut self, all: bool) -> Result<Vec<Picture>> {
        let marked = self.list("WHERE id IN (SELECT picture FROM moves WHERE target = '')")?;
        if marked.is_empty() {
            return Ok(marked);
        }
        let (mut gone, mut bare) = (Vec::new(), Vec::new());
        let mut deleted = Ok(());
        for picture in marked {
            let path = self.picture_path(&picture);
            if !all && path.exists() {
                if !side_file(&path).exists() {
                    bare.push(picture);
                }
                continue;
            }
            // The recipe first: the picture can do without it, for the database has a copy.
            deleted = self.storage.remove(&side_file(&path)).and_then(|()| self.storage.remove(&path));
            if deleted.is_err() {
                bare.push(picture);
                break;
            }
            gone.push(picture);
        }
        let ways = gone.iter().filter_map(|picture| self.way_to(&picture.id).transpose());
        let ways = ways.collect::<Result<Vec<_>>>()?;
        let transaction = self.db.transaction()?;
        // What stays in the trash gets its recipe back.
        for picture in &bare {
            transaction.execute("INSERT OR IGNORE INTO stale_sides VALUES (?1)", [&picture.id.0])?;
        }
        for picture in &gone {
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
                discard_way(&self.storage, &self.dir, job, *place);
            }
        }
        transaction.execute("DELETE FROM moves WHERE target = ''", [])?;
        self.storage.commit(transaction)?;
        for picture in &gone {
            let mut same = self.db.prepare_cached("SELECT 1 FROM pictures WHERE hash = ?1")?;
            if !same.exists([&picture.hash])? {
                discard_thumbnails(&self.storage, &self.dir, &picture.hash);
            }
        }
        deleted.map(|()| gone)
    }
}
