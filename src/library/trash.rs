//! The trash: files move to `trash/` under the same names, and back; `purge.rs` deletes.
//!
//! The wish is committed first (table `moves`), then the picture is renamed, then its sidecar follows and the row is
//! committed. Invariants: where the picture is, as `locate.rs` says it, decides what is true, so an interruption at any
//! point settles itself: a picture that moved is moved, one that did not stays. A name is removed only when another one
//! holds the same picture; what others have put in the way stays.

use super::folder::paths::{first_free, inside, sidecar_path};
use super::folder::scan::{self, Length, Names};
use super::folder::sidecar::is_sidecar_of;
use super::index::pictures;
use super::locate::{Held, Location, locate};
use super::model::id::now_ms;
use super::{Library, Picture, PictureId, Result};
use rusqlite::params;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One picture on its way.
struct PendingMove {
    picture: PictureId,
    /// What its file must hold: length and hash.
    bytes: u64,
    hash: String,
    from: PathBuf,
    to: PathBuf,
    /// `to`, relative to the library folder.
    target: String,
    trashed_ms: Option<i64>,
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The picture is where it was; the wish is forgotten.
    Stays,
    Arrived,
    /// The picture is under both names, of which the old one may go.
    Doubled,
}

impl Library {
    /// Moves pictures to the trash and returns them as they are now, in the order given.
    ///
    /// Those that are there already stay. After an error some may have moved: [`Library::drain_moved`] names them.
    pub fn trash(&mut self, ids: &[PictureId]) -> Result<Vec<Picture>> {
        self.move_all(ids, Some(now_ms()))
    }

    /// Moves pictures back out of the trash, to their old names unless these are taken; otherwise as
    /// [`Library::trash`].
    pub fn restore(&mut self, ids: &[PictureId]) -> Result<Vec<Picture>> {
        self.move_all(ids, None)
    }

    fn move_all(&mut self, ids: &[PictureId], trashed_ms: Option<i64>) -> Result<Vec<Picture>> {
        self.finish_moves(false)?;
        let (from, to) = if trashed_ms.is_some() { ("pictures/", "trash/") } else { ("trash/", "pictures/") };
        let mut targets = BTreeSet::new();
        let mut wishes = Vec::new();
        for id in ids.iter().collect::<BTreeSet<_>>() {
            let picture = self.known_picture(id)?;
            if picture.trashed_ms.is_some() != trashed_ms.is_some() {
                let wanted = format!("{to}{}", picture.file.strip_prefix(from).unwrap_or(&picture.file));
                // Some drives take names that differ only in case for one.
                let is_taken = |name: &str| targets.contains(&name.to_lowercase()) || self.is_name_taken(name);
                let target = first_free(&wanted, is_taken);
                targets.insert(target.to_lowercase());
                wishes.push((id, target));
            }
        }
        let all = self.db.transaction()?;
        for (id, target) in &wishes {
            all.prepare_cached("INSERT OR REPLACE INTO moves VALUES (?1, ?2, ?3)")?
                .execute(params![id.0, target, trashed_ms])?;
        }
        self.storage.commit(all)?;
        let moved = self.pending_moves().and_then(|moves| moves.iter().try_for_each(|one| self.move_file(one)));
        // Also after an error: what moved is told, what did not is forgotten.
        let settled = self.finish_moves(false);
        moved.and(settled)?;
        ids.iter().map(|id| self.known_picture(id)).collect()
    }

    /// Brings the index to where the pictures are, after an error of [`Library::trash`] or [`Library::restore`].
    pub fn settle(&mut self) -> Result<()> {
        self.finish_moves(false)
    }

    /// Returns the pictures that were moved since this was last asked, as they are now.
    pub fn drain_moved(&mut self) -> Result<Vec<Picture>> {
        let moved = std::mem::take(&mut self.moved);
        let now: Result<_> = moved.iter().filter_map(|id| self.picture(id).transpose()).collect();
        if now.is_err() {
            self.moved = moved;
        }
        now
    }

    fn pending_moves(&self) -> Result<Vec<PendingMove>> {
        let mut query = self.db.prepare_cached(
            "SELECT picture, bytes, hash, file, target, moves.trashed_ms
             FROM moves JOIN pictures ON pictures.id = picture WHERE target <> ''",
        )?;
        let rows = query.query_map([], |row| {
            let target = inside(row.get(4)?);
            Ok(PendingMove {
                picture: PictureId(row.get(0)?),
                bytes: row.get::<_, i64>(1)?.try_into().unwrap_or(0),
                hash: row.get(2)?,
                from: self.dir.join(inside(row.get(3)?)),
                to: self.dir.join(&target),
                target,
                trashed_ms: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Moves the picture itself. A file that somebody deleted is no reason to refuse.
    fn move_file(&self, one: &PendingMove) -> Result<()> {
        if !matches!(scan::length(&one.from)?, Length::File(_)) {
            return Ok(());
        }
        self.storage.create_dir(self.folder_of(&one.to))?;
        self.storage.rename_new(&one.from, &one.to)
    }

    /// Brings sidecars and index to where the pictures are, whatever was interrupted; `empty`: goes on emptying, else
    /// what was to be deleted and is still there stays in the trash.
    ///
    /// One that cannot be settled now is tried again the next time and holds up no other; the first error is returned.
    pub(super) fn finish_moves(&mut self, empty: bool) -> Result<()> {
        self.purge_marked(empty)?;
        let mut folders = BTreeSet::new();
        let (mut moved, mut failed) = (Vec::new(), Vec::new());
        let mut first = Ok(());
        for one in self.pending_moves()? {
            match self.settle_one(&one) {
                Ok(Outcome::Stays) => {}
                Ok(Outcome::Arrived | Outcome::Doubled) => {
                    folders.extend([&one.from, &one.to].map(|path| self.folder_of(path).to_owned()));
                    moved.push(one);
                }
                Err(error) => {
                    first = first.and(Err(error));
                    failed.push(one);
                }
            }
        }
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            self.storage.sync_dir(folder)?;
        }
        let all = self.db.transaction()?;
        for one in &moved {
            pictures::set_location(&all, &one.picture, &one.target, one.trashed_ms)?;
            if !scan::is_taken(&sidecar_path(&one.to)) {
                all.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([&one.picture.0])?;
            }
        }
        let settled = all.execute("DELETE FROM moves", [])?;
        for one in &failed {
            all.prepare_cached("INSERT INTO moves VALUES (?1, ?2, ?3)")?.execute(params![
                one.picture.0,
                one.target,
                one.trashed_ms
            ])?;
        }
        if settled > failed.len() {
            self.storage.commit(all)?;
        }
        self.moved.extend(moved.into_iter().map(|one| one.picture));
        first
    }

    fn settle_one(&self, one: &PendingMove) -> Result<Outcome> {
        for target in [&one.to, &sidecar_path(&one.to)] {
            self.clear_claim(target, 0, false);
        }
        let outcome = self.outcome_of(one)?;
        if outcome == Outcome::Doubled {
            // The second half of a renaming that was done by linking or copying.
            self.storage.sync_dir(self.folder_of(&one.to))?;
            self.storage.remove(&one.from)?;
        }
        if outcome != Outcome::Stays {
            self.bring_sidecar(one)?;
        }
        Ok(outcome)
    }

    /// Looks at the two names of a move, and makes sure of a copy before the other may go.
    fn outcome_of(&self, one: &PendingMove) -> Result<Outcome> {
        if one.from == one.to {
            return Ok(Outcome::Stays);
        }
        let (own, target, is_linked) = self.held(one)?;
        Ok(match outcome(own, target) {
            // Whoever made the copy need not have waited for the disk.
            Outcome::Doubled if !is_linked && !self.is_safe(&one.to) => Outcome::Stays,
            outcome => outcome,
        })
    }

    /// Says what the two names of a move hold, and whether they lead to one file.
    ///
    /// Contents are read only where both lead to files: else no name will go, and the length tells enough.
    fn held(&self, one: &PendingMove) -> Result<(Held, Held, bool)> {
        let (from, to) = (scan::length(&one.from)?, scan::length(&one.to)?);
        if self.is_of_another(one)? {
            return Ok((from.held(one.bytes), Held::NoFile, false));
        }
        if !matches!((from, to), (Length::File(_), Length::File(_))) {
            return Ok((from.held(one.bytes), to.held(one.bytes), false));
        }
        match scan::compare(&one.from, &one.to) {
            Names::One => Ok((Held::Picture, Held::Nothing, false)),
            Names::Linked => Ok((Held::Picture, Held::Picture, true)),
            Names::Apart => {
                let look = |path: &Path| scan::look(path, one.bytes, &one.hash);
                Ok((look(&one.from)?, look(&one.to)?, false))
            }
        }
    }

    /// Says whether the target is the file of another picture.
    fn is_of_another(&self, one: &PendingMove) -> Result<bool> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM pictures WHERE file = ?1 AND id <> ?2")?;
        Ok(query.exists(params![one.target, one.picture.0])?)
    }

    /// Makes a file that somebody wrote survive a loss of power; false: it cannot be done.
    fn is_safe(&self, path: &Path) -> bool {
        let synced = self.storage.sync_file(path);
        synced.inspect_err(|error| log::warn!("a copy is left where it is: {error}")).is_ok()
    }

    /// Lets the sidecar follow; one that belongs to another picture, here or there, stays.
    fn bring_sidecar(&self, one: &PendingMove) -> Result<()> {
        let (from, to) = (sidecar_path(&one.from), sidecar_path(&one.to));
        if !is_sidecar_of(&from, &one.picture) {
            return Ok(());
        }
        if !scan::is_taken(&to) {
            self.storage.create_dir(self.folder_of(&to))?;
            return self.storage.rename_new(&from, &to);
        }
        if is_sidecar_of(&to, &one.picture) { self.storage.remove(&from) } else { Ok(()) }
    }

    fn folder_of<'a>(&'a self, path: &'a Path) -> &'a Path {
        path.parent().unwrap_or(&self.dir)
    }
}

/// Decides what a move came to, by what its two names hold.
fn outcome(own: Held, target: Held) -> Outcome {
    match locate(own, [((), target)]) {
        Location::Copy(()) => Outcome::Doubled,
        Location::At(()) => Outcome::Arrived,
        // Gone altogether, or altered since, counts as moved: the wish was to have it elsewhere, and the name was free.
        Location::Missing if target != Held::NoFile => Outcome::Arrived,
        Location::InPlace | Location::Changed | Location::Missing => Outcome::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_came_to_what_its_two_names_hold() {
        use Held::{NoFile, Nothing, Other, Picture};
        for (own, target, expected) in [
            (Picture, Nothing, Outcome::Stays),
            (Picture, NoFile, Outcome::Stays),
            (Picture, Other, Outcome::Stays),
            (Picture, Picture, Outcome::Doubled),
            (Other, Nothing, Outcome::Stays),
            (Other, NoFile, Outcome::Stays),
            (Other, Other, Outcome::Stays),
            (Other, Picture, Outcome::Arrived),
            (Nothing, Nothing, Outcome::Arrived),
            (Nothing, NoFile, Outcome::Stays),
            (Nothing, Other, Outcome::Arrived),
            (Nothing, Picture, Outcome::Arrived),
            (NoFile, Nothing, Outcome::Arrived),
            (NoFile, NoFile, Outcome::Stays),
            (NoFile, Other, Outcome::Arrived),
            (NoFile, Picture, Outcome::Arrived),
        ] {
            assert_eq!(outcome(own, target), expected, "{own:?}, {target:?}");
        }
    }
}
