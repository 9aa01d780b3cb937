//! What does not agree between index and folder, and mending what can be mended.
//!
//! Mending never deletes and never overwrites a picture. Invariant: after mending, what is left in the list needs the
//! artist: bytes that are gone, changed from outside, or strange.

use super::folder::{self, Entry};
use super::keep::write_side;
use super::names::side_file;
use super::recover::LEFTOVERS;
use super::{Library, Picture, PictureId, Result};
use std::collections::{BTreeMap, HashMap};

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The index knows a picture whose file is nowhere in the library.
    Missing { picture: PictureId, file: String },
    /// The file was moved or renamed inside the library; known again by its content.
    Moved { picture: PictureId, from: String, to: String },
    /// The bytes are not those that were received.
    Changed { picture: PictureId, file: String },
    /// The side file is missing, cannot be read, or belongs to another picture.
    SideLost { picture: PictureId, file: String },
    /// A picture with its side file that the index does not know.
    Unindexed { file: String },
    /// A file that nothing is known about.
    Stranger { file: String },
    /// A side file without its picture, of which the index knows nothing either.
    SideAlone { file: String },
    /// Left in `incoming/` by an interruption.
    Leftover { file: String },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { file, .. } => write!(f, "missing: {file}"),
            Self::Moved { from, to, .. } => write!(f, "moved: {from} is now {to}"),
            Self::Changed { file, .. } => write!(f, "changed: {file} does not hold the bytes that were received"),
            Self::SideLost { file, .. } => write!(f, "recipe lost: {file}"),
            Self::Unindexed { file } => write!(f, "not in the index: {file}"),
            Self::Stranger { file } => write!(f, "stranger: {file}"),
            Self::SideAlone { file } => write!(f, "recipe without its picture: {file}"),
            Self::Leftover { file } => write!(f, "left over: {file}"),
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// Pictures whose bytes were read and compared.
    pub pictures: usize,
    /// With whether it was mended.
    pub findings: Vec<(Finding, bool)>,
}

impl Library {
    /// Reads every picture and compares it with the index; `mend` sets right what can be. `progress` is called with
    /// pictures read so far; when it returns false the check ends early.
    pub fn check(&mut self, mend: bool, mut progress: impl FnMut(usize) -> bool) -> Result<Checked> {
        let mut checked = Checked::default();
        // Looking at names is quick; the bytes are what takes time.
        let found = folder::entries(&self.dir, &mut |_, _| true)?.unwrap_or_default();
        let mut entries: BTreeMap<String, Entry> = found.into_iter().map(|entry| (entry.file.clone(), entry)).collect();
        let known = self.list("ORDER BY id")?;
        let (here, gone): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|picture| entries.get(&picture.file).is_some_and(|e| e.bytes.is_some()));
        for picture in here {
            let Some(entry) = entries.remove(&picture.file) else { continue };
            let changed =
                entry.bytes != Some(picture.bytes) || folder::hash_of(&self.picture_path(&picture))? != picture.hash;
            if changed {
                let (picture, file) = (picture.id.clone(), picture.file.clone());
                checked.findings.push((Finding::Changed { picture, file }, false));
            }
            match entry.side {
                // One that cannot be read is worth nothing; one of another picture may be.
                None => checked.findings.push(self.side_lost(&picture, mend)?),
                Some(side) if side.recipe.id != picture.id => checked.findings.push(self.side_lost(&picture, false)?),
                Some(_) => {}
            }
            checked.pictures += 1;
            if !progress(checked.pictures) {
                return Ok(checked);
            }
        }
        self.look_for(gone, &mut entries, mend, &mut checked)?;
        self.name_the_rest(entries, mend, &mut checked)?;
        let mut left = super::recover::files_in(&self.dir.join("incoming"))?;
        if self.dir.join(LEFTOVERS).is_dir() {
            left.extend(super::recover::files_in(&self.dir.join(LEFTOVERS))?);
        }
        for file in left {
            let file = file.strip_prefix(&self.dir).unwrap_or(&file).display().to_string();
            checked.findings.push((Finding::Leftover { file }, false));
        }
        Ok(checked)
    }

    fn side_lost(&self, picture: &Picture, mend: bool) -> Result<(Finding, bool)> {
        let finding = Finding::SideLost { picture: picture.id.clone(), file: picture.file.clone() };
        let copy = self.recipe_copy(&picture.id)?.filter(|_| mend);
        let Some(recipe) = copy else { return Ok((finding, false)) };
        write_side(self, picture, &recipe)?;
        Ok((finding, true))
    }

    /// Looks for pictures that are not where the index says, by their content.
    fn look_for(
        &mut self,
        gone: Vec<Picture>,
        entries: &mut BTreeMap<String, Entry>,
        mend: bool,
        checked: &mut Checked,
    ) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let lengths: Vec<u64> = gone.iter().map(|picture| picture.bytes).collect();
        let mut by_hash: HashMap<String, String> = HashMap::new();
        for entry in entries.values().filter(|entry| entry.bytes.is_some_and(|bytes| lengths.contains(&bytes))) {
            by_hash.insert(folder::hash_of(&self.dir.join(&entry.file))?, entry.file.clone());
        }
        for picture in gone {
            let Some(to) = by_hash.remove(&picture.hash) else {
                entries.remove(&side_name(&picture.file));
                let (picture, file) = (picture.id, picture.file);
                checked.findings.push((Finding::Missing { picture, file }, false));
                continue;
            };
            let side = entries.remove(&to).and_then(|entry| entry.side);
            entries.retain(|file, entry| entry.bytes.is_some() || *file != side_name(&picture.file));
            if mend {
                let moved = Picture { file: to.clone(), ..picture.clone() };
                let recipe = self.recipe(&picture.id)?;
                self.put_file(&moved)?;
                if side.is_none_or(|side| side.recipe.id != picture.id) {
                    write_side(self, &moved, &recipe)?;
                    self.storage.discard(&side_file(&self.picture_path(&picture)));
                }
            }
            checked.findings.push((Finding::Moved { picture: picture.id, from: picture.file, to }, mend));
        }
        Ok(())
    }

    fn put_file(&mut self, moved: &Picture) -> Result<()> {
        let trashed_ms = match (moved.file.starts_with("trash/"), moved.trashed_ms) {
            (true, None) => Some(super::id::now_ms()),
            (true, known) => known,
            (false, _) => None,
        };
        let all = self.db.transaction()?;
        all.prepare_cached("UPDATE pictures SET file = ?2, trashed_ms = ?3 WHERE id = ?1")?
            .execute(rusqlite::params![moved.id.0, moved.file, trashed_ms])?;
        self.storage.commit(all)
    }

    fn name_the_rest(&mut self, entries: BTreeMap<String, Entry>, mend: bool, checked: &mut Checked) -> Result<()> {
        for (file, entry) in entries {
            match (entry.bytes, entry.side) {
                (Some(_), Some(side)) => {
                    let new = self.picture(&side.recipe.id)?.is_none();
                    if mend && new {
                        self.insert_entry(&file, entry.trashed, *side)?;
                    }
                    let finding = if new { Finding::Unindexed { file } } else { Finding::Stranger { file } };
                    checked.findings.push((finding, mend && new));
                }
                (Some(_), None) => checked.findings.push((Finding::Stranger { file }, false)),
                (None, _) => checked.findings.push((Finding::SideAlone { file }, false)),
            }
        }
        Ok(())
    }
}

fn side_name(file: &str) -> String {
    side_file(std::path::Path::new(file)).to_string_lossy().into_owned()
}
