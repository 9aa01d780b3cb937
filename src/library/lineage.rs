//! What a picture was made from, and what was made from it.
//!
//! Pictures are found by id, and by content where the id is of another library: a picture that was imported again is
//! known by its bytes. Invariants: no picture stands in a lineage twice, so that circles end; and however many pictures
//! came of one, a lineage stays short and says how many there are.

use super::hash::CONTENT_ADDRESS_PREFIX;
use super::index::pictures;
use super::sidecar_sync;
use super::{PictureId, Recipe, RecipeReference, Result, reference_path};
use crate::plan::Origin;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashSet;
use std::path::Path;

/// Pictures made from the picture itself, and from those made from it, that are listed.
const CHILDREN: [usize; 2] = [6, 3];
/// Pictures made from one that are named at most.
const NAMED: usize = 2000;

/// A small tree around a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// What is older stands before what was made from it; the picture itself is the one of generation 0.
    pub kin: Vec<LineageNode>,
}

/// One thing that belongs to the lineage of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineageNode {
    /// Below 0: what it was made from; 0: the picture itself; above 0: what was made from it.
    pub generation: i32,
    /// The place of the one next to it, one generation nearer to the picture; `None`: the picture itself.
    pub next: Option<usize>,
    pub link: Relation,
    pub who: Subject,
}

/// How two of a lineage belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The picture itself.
    Itself,
    /// One went in as a reference of the other.
    Reference,
    /// One was made with the settings of the other.
    Settings,
    /// One came on the way to the other.
    Partial,
}

/// What something of a lineage is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// In the library or in its trash.
    Picture(PictureId),
    /// A file that is no picture of the library; its bytes are kept.
    File { name: String, hash: String },
    /// Fetched by the service from this address.
    Address(String),
    /// Neither the picture nor its bytes are there any more.
    Gone { name: String },
    /// More that were made from the same one: how many, and the first of them.
    More { count: usize, ids: Vec<PictureId> },
}

/// Returns what a picture was made from and what was made from it, two generations each way.
///
/// Reads the recipes of the picture and of what it was made from. Errors: [`super::Error::Missing`].
pub(super) fn lineage(db: &Connection, dir: &Path, id: &PictureId) -> Result<Lineage> {
    let picture = pictures::known_picture(db, id)?;
    let mut tree = Tree { db, dir, kin: Vec::new(), seen: HashSet::from([id.clone()]) };
    tree.ancestors(id, -1)?;
    let itself = tree.put(0, Relation::Itself, Subject::Picture(id.clone()), None);
    for kin in tree.kin.iter_mut().filter(|kin| kin.generation == -1) {
        kin.next = Some(itself);
    }
    tree.descendants(id, &picture.hash, itself, 1)?;
    Ok(Lineage { kin: tree.kin })
}

/// Returns the picture with this id, else one with this content, one out of the trash first.
fn find(db: &Connection, id: Option<&str>, hash: &str) -> Result<Option<PictureId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM pictures WHERE id = ?1 OR hash = ?2
         ORDER BY id = ?1 DESC, trashed_ms IS NOT NULL, id LIMIT 1",
    )?;
    Ok(query.query_row(params![id.unwrap_or_default(), hash], |row| row.get(0).map(PictureId)).optional()?)
}

/// Returns the first pictures made from one, oldest first, and how many there are.
fn children(db: &Connection, id: &PictureId, hash: &str, most: usize) -> Result<(Vec<(PictureId, Relation)>, usize)> {
    const FROM: &str = "FROM (SELECT picture, 0 AS link FROM parents WHERE hash = ?2
         UNION ALL SELECT picture, link FROM origins WHERE source = ?1
         UNION ALL SELECT picture, link FROM origins WHERE hash = ?2) WHERE picture <> ?1";
    let mut query =
        db.prepare_cached(&format!("SELECT picture, MIN(link) {FROM} GROUP BY picture ORDER BY picture LIMIT ?3"))?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = query.query_map(params![id.0, hash, most], |row| {
        let link = match row.get::<_, i64>(1)? {
            0 => Relation::Reference,
            2 => Relation::Partial,
            _ => Relation::Settings,
        };
        Ok((PictureId(row.get(0)?), link))
    })?;
    let children = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut count = db.prepare_cached(&format!("SELECT COUNT(DISTINCT picture) {FROM}"))?;
    let count: i64 = count.query_row(params![id.0, hash], |row| row.get(0))?;
    Ok((children, usize::try_from(count).unwrap_or(0)))
}

struct Tree<'a> {
    db: &'a Connection,
    dir: &'a Path,
    kin: Vec<LineageNode>,
    seen: HashSet<PictureId>,
}

impl Tree<'_> {
    fn put(&mut self, generation: i32, link: Relation, who: Subject, next: Option<usize>) -> usize {
        self.kin.push(LineageNode { generation, next, link, who });
        self.kin.len() - 1
    }

    /// Puts what a picture was made from, the oldest first; their own `next` is the caller's to fill in.
    fn ancestors(&mut self, id: &PictureId, generation: i32) -> Result<()> {
        // One whose recipe cannot be read was made from something not known.
        let Ok(recipe) = sidecar_sync::recipe(self.db, self.dir, id) else { return Ok(()) };
        for (link, who) in self.sources(&recipe)? {
            let first = self.kin.len();
            if let Subject::Picture(parent) = &who {
                if !self.seen.insert(parent.clone()) {
                    continue;
                }
                if generation > -2 {
                    self.ancestors(parent, generation - 1)?;
                }
            }
            let place = self.put(generation, link, who, None);
            for older in self.kin.iter_mut().skip(first).filter(|kin| kin.generation == generation - 1) {
                older.next = Some(place);
            }
        }
        Ok(())
    }

    fn sources(&self, recipe: &Recipe) -> Result<Vec<(Relation, Subject)>> {
        // What the finished picture was made from stands before that one.
        if let Some(finished) = recipe.context.partial.as_ref().and_then(|partial| partial.finished.as_ref()) {
            return Ok(vec![(Relation::Partial, self.origin(finished)?)]);
        }
        let mut sources = Vec::new();
        for reference in &recipe.context.references {
            sources.push((Relation::Reference, self.reference(reference)?));
        }
        if let Some(origin) = &recipe.context.from {
            sources.push((Relation::Settings, self.origin(origin)?));
        }
        Ok(sources)
    }

    fn origin(&self, origin: &Origin) -> Result<Subject> {
        Ok(match find(self.db, Some(&origin.picture), &origin.hash)? {
            Some(id) => Subject::Picture(id),
            None => Subject::Gone { name: "A picture".to_owned() },
        })
    }

    fn reference(&self, reference: &RecipeReference) -> Result<Subject> {
        let name = || reference.name.clone();
        let Some(hash) = reference.address.strip_prefix(CONTENT_ADDRESS_PREFIX) else {
            return Ok(Subject::Address(reference.address.clone()));
        };
        let id = reference.picture.as_ref().map(|id| id.0.as_str());
        Ok(match find(self.db, id, hash)? {
            Some(id) => Subject::Picture(id),
            None if reference_path(self.dir, hash).is_some() => Subject::File { name: name(), hash: hash.to_owned() },
            None => Subject::Gone { name: name() },
        })
    }

    fn descendants(&mut self, id: &PictureId, hash: &str, of: usize, generation: usize) -> Result<()> {
        let Some(most) = CHILDREN.get(generation - 1).copied() else { return Ok(()) };
        let depth = i32::try_from(generation).unwrap_or(i32::MAX);
        let (children, count) = children(self.db, id, hash, NAMED)?;
        let fresh: Vec<_> = children.into_iter().filter(|(child, _)| !self.seen.contains(child)).collect();
        // One alone takes no more room than the line that says so.
        let shown = if fresh.len() == most + 1 { most + 1 } else { most };
        for (child, link) in fresh.iter().take(shown) {
            if !self.seen.insert(child.clone()) {
                continue;
            }
            let place = self.put(depth, *link, Subject::Picture(child.clone()), Some(of));
            if let Some(picture) = pictures::picture(self.db, child)? {
                self.descendants(child, &picture.hash, place, generation + 1)?;
            }
        }
        let ids: Vec<_> = fresh.into_iter().skip(shown).map(|(child, _)| child).collect();
        if !ids.is_empty() {
            let count = if ids.len() + shown >= NAMED { count - shown } else { ids.len() };
            self.put(depth, Relation::Reference, Subject::More { count, ids }, Some(of));
        }
        Ok(())
    }
}
