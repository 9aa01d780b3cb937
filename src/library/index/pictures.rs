//! Reading what the library holds: pictures, recipes, and what they cost.
//!
//! Invariant: a list is one pass over one index, without a file being touched.

use super::super::folder::paths::{extension, inside, is_in_trash};
use super::super::model::id::now_ms;
use super::super::{Error, JobId, Picture, PictureId, Recipe, Result, Run, RunId};
use super::jobs;
use crate::api::ModelId;
use crate::picture::{Flaw, Format, Size};
use crate::plan::Marks;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// Sums up what pictures cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// US dollars, over the pictures whose price is known.
    pub cost: f64,
    /// Pictures whose price is not known.
    pub unknown: u32,
    /// All pictures, also those whose files were deleted since.
    pub pictures: u32,
}

/// Of a picture that is no partial.
pub(in crate::library) const FINISHED: &str =
    "NOT EXISTS (SELECT 1 FROM origins WHERE origins.picture = pictures.id AND link = 2)";

const COLUMNS: &str = "SELECT id, run, job, position, file, hash, format, width, height, bytes, created_ms, cost,
    elapsed_ms, provider, trashed_ms, number, seed, has_references, marks, prompt, flaw FROM pictures";

/// Returns the pictures that are not in the trash, newest first.
pub(in crate::library) fn pictures(db: &Connection) -> Result<Vec<Picture>> {
    list(db, "WHERE trashed_ms IS NULL ORDER BY id DESC")
}

/// Returns the pictures in the trash, latest thrown away first.
pub(in crate::library) fn trashed(db: &Connection) -> Result<Vec<Picture>> {
    list(db, "WHERE trashed_ms IS NOT NULL ORDER BY trashed_ms DESC, id DESC")
}

/// Returns the newest pictures that are not in the trash and their runs, newest first: what is seen first, read long
/// before all the others.
pub(in crate::library) fn newest(db: &Connection, count: usize) -> Result<(Vec<Run>, Vec<Picture>)> {
    let pictures = list(db, &format!("WHERE trashed_ms IS NULL ORDER BY id DESC LIMIT {count}"))?;
    let mut ids: Vec<&RunId> = pictures.iter().map(|picture| &picture.run).collect();
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.dedup();
    let runs = ids.into_iter().map(|id| jobs::run(db, id)).filter_map(Result::transpose).collect::<Result<_>>()?;
    Ok((runs, pictures))
}

/// Returns a picture, in the trash or not; `None` when the library does not know it.
pub(in crate::library) fn picture(db: &Connection, id: &PictureId) -> Result<Option<Picture>> {
    let mut query = db.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    Ok(query.query_row([&id.0], picture_from).optional()?)
}

/// Says whether a picture with this content is in the library, in the trash or not.
pub(in crate::library) fn has_content(db: &Connection, hash: &str) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM pictures WHERE hash = ?1")?.exists([hash])?)
}

pub(in crate::library) fn known_picture(db: &Connection, id: &PictureId) -> Result<Picture> {
    picture(db, id)?.ok_or_else(|| Error::Missing { what: "picture", name: id.0.clone() })
}

pub(in crate::library) fn recipe_copy(db: &Connection, id: &PictureId) -> Result<Option<Recipe>> {
    let mut query = db.prepare_cached("SELECT body FROM recipes WHERE picture = ?1")?;
    let body: Option<String> = query.query_row([&id.0], |row| row.get(0)).optional()?;
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

/// Returns the pictures of a job that are in the index, without partials.
pub(in crate::library) fn pictures_of(db: &Connection, job: &JobId) -> Result<Vec<PictureId>> {
    let mut query = db.prepare_cached(&format!("SELECT id FROM pictures WHERE job = ?1 AND {FINISHED}"))?;
    Ok(query.query_map([&job.0], |row| row.get(0).map(PictureId))?.collect::<rusqlite::Result<_>>()?)
}

/// Says how many of a job's pictures are cut off.
pub(in crate::library) fn cut_of(db: &Connection, job: &JobId) -> Result<u32> {
    let which = format!("SELECT COUNT(*) FROM pictures WHERE job = ?1 AND flaw = ?2 AND {FINISHED}");
    Ok(db.prepare_cached(&which)?.query_row([&job.0, Flaw::CutOff.word()], |row| row.get(0))?)
}

/// Returns the job of a picture and its place there, where its partials are found; `None`: it came from elsewhere,
/// or was a partial itself.
///
/// Errors: [`Error::Missing`].
pub(in crate::library) fn partials_of(db: &Connection, id: &PictureId) -> Result<Option<(JobId, u32)>> {
    let picture = known_picture(db, id)?;
    let mut query = db.prepare_cached("SELECT 1 FROM origins WHERE picture = ?1 AND link = 2")?;
    let is_partial = query.exists([&id.0])?;
    Ok((!is_partial && !picture.is_imported()).then_some((picture.job, picture.position)))
}

/// Returns the picture that a partial of this job with this content has become; those in the trash do not count.
pub(in crate::library) fn partial_with_content(db: &Connection, job: &JobId, hash: &str) -> Result<Option<PictureId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM pictures JOIN origins ON picture = id AND link = 2
         WHERE job = ?1 AND pictures.hash = ?2 AND trashed_ms IS NULL ORDER BY id LIMIT 1",
    )?;
    Ok(query.query_row([&job.0, hash], |row| row.get(0).map(PictureId)).optional()?)
}

/// Returns what the pictures made since a moment (Unix milliseconds, included) cost.
pub(in crate::library) fn spent_since(db: &Connection, ms: i64) -> Result<Spent> {
    let mut query = db.prepare_cached(
        "SELECT TOTAL(cost), COUNT(*) - COUNT(cost), COUNT(*) FROM charges WHERE created_ms >= ?1
         AND NOT EXISTS (SELECT 1 FROM pictures WHERE id = charges.picture AND job = 'imported')",
    )?;
    Ok(query.query_row([ms], |row| Ok(Spent { cost: row.get(0)?, unknown: row.get(1)?, pictures: row.get(2)? }))?)
}

/// Returns the median time of a model's last 20 pictures, in milliseconds; `None` without any.
///
/// With a provider only pictures made by that provider count.
pub(in crate::library) fn typical_ms(db: &Connection, model: &ModelId, provider: Option<&str>) -> Result<Option<u64>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT elapsed_ms FROM pictures WHERE model = ?1 AND (?2 IS NULL OR provider = ?2) AND {FINISHED}
         ORDER BY id DESC LIMIT 20",
    ))?;
    let rows = query.query_map(params![model.as_str(), provider], |row| row.get::<_, i64>(0))?;
    let mut times = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(times.get(times.len() / 2).map(|time| (*time).try_into().unwrap_or(0)))
}

/// Returns the pictures that a clause names.
pub(in crate::library) fn list(db: &Connection, which: &str) -> Result<Vec<Picture>> {
    let mut query = db.prepare_cached(&format!("{COLUMNS} {which}"))?;
    Ok(query.query_map([], picture_from)?.collect::<rusqlite::Result<_>>()?)
}

/// Passes the pictures that a clause names one by one.
pub(in crate::library) fn each(db: &Connection, which: &str, mut take: impl FnMut(Picture)) -> Result<()> {
    let mut query = db.prepare_cached(&format!("{COLUMNS} {which}"))?;
    for picture in query.query_map([], picture_from)? {
        take(picture?);
    }
    Ok(())
}

/// Puts a picture and its recipe into the index and returns its number; one that is there already is replaced and
/// keeps its number.
pub(in crate::library) fn insert(tx: &Transaction<'_>, picture: &Picture, recipe: &Recipe) -> Result<u32> {
    let cost = picture.cost.filter(|cost| cost.is_finite());
    let model = recipe.request.get("model").and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut add = tx.prepare_cached(
        "INSERT OR REPLACE INTO pictures (id, run, job, position, file, hash, format, width, height, bytes,
            created_ms, cost, elapsed_ms, provider, trashed_ms, model, seed, has_references, marks, prompt, flaw, number)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
            COALESCE((SELECT number FROM pictures WHERE id = ?1), (SELECT MAX(number) FROM pictures) + 1, 1))
         RETURNING number",
    )?;
    let values = params![
        picture.id.0,
        picture.run.0,
        picture.job.0,
        picture.position,
        picture.file,
        picture.hash,
        extension(Some(picture.format)),
        picture.size.map(|size| size.width),
        picture.size.map(|size| size.height),
        i64::try_from(picture.bytes).unwrap_or(i64::MAX),
        picture.created_ms,
        cost,
        i64::try_from(picture.elapsed_ms).unwrap_or(i64::MAX),
        picture.provider,
        picture.trashed_ms,
        model,
        picture.seed,
        picture.has_references,
        encode_marks(&picture.marks)?,
        picture.prompt,
        picture.flaw.map(Flaw::word),
    ];
    let number = add.query_row(values, |row| row.get(0))?;
    for hash in recipe.parents() {
        tx.prepare_cached("INSERT OR IGNORE INTO parents VALUES (?1, ?2)")?.execute([&picture.id.0, hash])?;
    }
    // A partial has its settings from what it came on the way to.
    let partial = recipe.context.partial.as_ref();
    let (origin, link) = match partial {
        Some(partial) => (partial.finished.as_ref(), 2),
        None => (recipe.context.from.as_ref(), 1),
    };
    if origin.is_some() || partial.is_some() {
        let (source, hash) = origin.map(|origin| (origin.picture.as_str(), origin.hash.as_str())).unwrap_or_default();
        tx.prepare_cached("INSERT OR REPLACE INTO origins VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            picture.id.0,
            source,
            hash,
            link
        ])?;
    }
    tx.prepare_cached("INSERT OR REPLACE INTO recipes VALUES (?1, ?2)")?
        .execute(params![picture.id.0, serde_json::to_string(recipe)?])?;
    // What came on the way was paid with what it became, or not at all.
    if partial.is_none() && recipe.job != JobId::imported() {
        let cost = if recipe.is_of_demo() { Some(0.0) } else { cost };
        tx.prepare_cached("INSERT OR REPLACE INTO charges VALUES (?1, ?2, ?3)")?.execute(params![
            picture.id.0,
            picture.created_ms,
            cost
        ])?;
    }
    Ok(number)
}

/// Lets the index say where a picture is; whether it is in the trash follows from that. `since_ms`: since when it is, where
/// that is known.
pub(in crate::library) fn set_location(
    tx: &Transaction<'_>,
    id: &PictureId,
    file: &str,
    since_ms: Option<i64>,
) -> Result<()> {
    let trashed_ms = is_in_trash(file).then(|| since_ms.unwrap_or_else(now_ms));
    tx.prepare_cached("UPDATE pictures SET file = ?2, trashed_ms = ?3 WHERE id = ?1")?
        .execute(params![id.0, file, trashed_ms])?;
    Ok(())
}

fn picture_from(row: &Row<'_>) -> rusqlite::Result<Picture> {
    let size = row.get::<_, Option<u32>>(7)?.zip(row.get::<_, Option<u32>>(8)?);
    Ok(Picture {
        id: PictureId(row.get(0)?),
        run: RunId(row.get(1)?),
        job: JobId(row.get(2)?),
        position: row.get(3)?,
        file: inside(row.get(4)?),
        hash: row.get(5)?,
        format: Format::from_extension(row.get_ref(6)?.as_str()?).unwrap_or(Format::Png),
        size: size.map(|(width, height)| Size { width, height }),
        bytes: row.get::<_, i64>(9)?.try_into().unwrap_or(0),
        created_ms: row.get(10)?,
        cost: row.get(11)?,
        elapsed_ms: row.get::<_, i64>(12)?.try_into().unwrap_or(0),
        provider: row.get(13)?,
        trashed_ms: row.get(14)?,
        number: row.get(15)?,
        seed: row.get(16)?,
        has_references: row.get(17)?,
        marks: decode_marks(row.get_ref(18)?.as_str()?),
        prompt: row.get(19)?,
        flaw: row.get::<_, Option<String>>(20)?.as_deref().and_then(Flaw::of_word),
    })
}

/// Writes marks as the index keeps them: empty, or JSON.
pub(in crate::library) fn encode_marks(marks: &Marks) -> Result<String> {
    if marks.is_empty() { Ok(String::new()) } else { Ok(serde_json::to_string(marks)?) }
}

/// Reads marks as the index keeps them; what cannot be read is none.
pub(in crate::library) fn decode_marks(text: &str) -> Marks {
    if text.is_empty() { Marks::default() } else { serde_json::from_str(text).unwrap_or_default() }
}
