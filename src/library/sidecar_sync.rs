//! Sidecars and the index: what the index says of a picture gets into its sidecar, and either serves where the other
//! is lost.
//!
//! A change is noted as stale when it is made; [`Library::sync_sidecars`] writes the files a few at a time, so that rating
//! a thousand pictures holds nothing up. Invariant: what the index says and the sidecar does not is noted in
//! `stale_sides`, also after a crash.

use super::folder::paths::{INCOMING, SHELVES_FILE, sidecar_path};
use super::folder::scan;
use super::folder::sidecar::{read_sidecar, write_sidecar};
use super::index::marks::SHELVES;
use super::{Error, Library, PictureId, Recipe, Result};
use rusqlite::params;

impl Library {
    /// Returns everything that made a picture: its sidecar, or the copy in the database when that is lost or not
    /// its own.
    pub fn recipe(&self, id: &PictureId) -> Result<Recipe> {
        let picture = self.known_picture(id)?;
        match read_sidecar(&sidecar_path(&self.picture_path(&picture)), id) {
            Some(recipe) => Ok(recipe),
            None => self.recipe_copy(id)?.ok_or_else(|| Error::Missing { what: "recipe", name: id.0.clone() }),
        }
    }

    /// Tries to write up to `most` stale sidecars, from where the last call ended; says whether some are left to be
    /// tried.
    ///
    /// One that cannot be written holds up no other: it is still noted as stale, and the first error is returned with
    /// the rest done. The next round begins when all were tried.
    pub fn sync_sidecars(&mut self, most: usize) -> Result<bool> {
        let after = std::mem::take(&mut self.sidecars_tried);
        let mut stale: Vec<PictureId> = self
            .db
            .prepare_cached("SELECT picture FROM stale_sides WHERE picture > ?1 ORDER BY picture LIMIT ?2")?
            .query_map(params![after, i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX)], |row| {
                row.get(0).map(PictureId)
            })?
            .collect::<rusqlite::Result<_>>()?;
        let more = stale.len() > most;
        stale.truncate(most);
        let (mut first, mut written) = (Ok(()), Vec::new());
        for id in &stale {
            match self.freshen(id) {
                Ok(true) => written.push(id),
                Ok(false) => {}
                Err(error) => first = first.and(Err(error)),
            }
        }
        if let Some(last) = stale.last().filter(|_| more) {
            self.sidecars_tried.clone_from(&last.0);
        }
        if !written.is_empty() {
            let all = self.db.transaction()?;
            for id in written {
                all.prepare_cached("DELETE FROM stale_sides WHERE picture = ?1")?.execute([&id.0])?;
            }
            self.storage.commit(all)?;
        }
        first.map(|()| more)
    }

    /// Says whether a round of [`Library::sync_sidecars`] has not come to its end.
    pub fn has_sidecars_to_try(&self) -> bool {
        !self.sidecars_tried.is_empty()
    }

    /// Writes one sidecar; false: its picture is not in its place, and a recipe alone is of no use to anybody.
    fn freshen(&self, id: &PictureId) -> Result<bool> {
        if id.0 == SHELVES {
            return self.write_shelves().map(|()| true);
        }
        // One that is gone has no sidecar to be kept up to date.
        let Some(picture) = self.picture(id)? else { return Ok(true) };
        if !scan::is_taken(&self.picture_path(&picture)) {
            return Ok(false);
        }
        write_sidecar(&self.storage, &self.dir, &picture, &self.recipe(id)?).map(|()| true)
    }

    fn write_shelves(&self) -> Result<()> {
        let (path, part) = (self.dir.join(SHELVES_FILE), self.dir.join(INCOMING).join("shelves.part"));
        self.storage.replace(&path, &part, &serde_json::to_vec_pretty(&self.shelves()?)?)
    }
}
