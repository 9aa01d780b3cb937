//! What changed last, as the triggers of the index note it: for those who only look.
//!
//! Invariant: the notes of a moment tell all that changed since an earlier one, or that they do not reach back to it.

use super::super::error::Result;
use super::super::model::id::{PictureId, RunId};
use rusqlite::Connection;
use std::collections::HashSet;

/// What a note names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::library) enum Noted {
    /// New, changed, or gone.
    Picture(PictureId),
    /// New.
    Run(RunId),
}

/// What `changes.what` says of a picture; everything else is a run.
const PICTURE: i64 = 1;

/// Returns the number of the last note; 0: there was none yet.
pub(in crate::library) fn last(db: &Connection) -> Result<i64> {
    Ok(db.prepare_cached("SELECT COALESCE(MAX(number), 0) FROM changes")?.query_row([], |row| row.get(0))?)
}

/// Returns what was noted after a number, each once, in order; `None`: the notes do not reach back so far.
pub(in crate::library) fn since(db: &Connection, number: i64) -> Result<Option<Vec<Noted>>> {
    let first: Option<i64> = db.prepare_cached("SELECT MIN(number) FROM changes")?.query_row([], |row| row.get(0))?;
    match first {
        None if number > 0 => return Ok(None),
        Some(first) if first > number + 1 => return Ok(None),
        _ => {}
    }
    let mut query = db.prepare_cached("SELECT what, id FROM changes WHERE number > ?1 ORDER BY number")?;
    let (mut noted, mut seen) = (Vec::new(), HashSet::new());
    let rows = query.query_map([number], |row| {
        let id: String = row.get(1)?;
        Ok(if row.get::<_, i64>(0)? == PICTURE { Noted::Picture(PictureId(id)) } else { Noted::Run(RunId(id)) })
    })?;
    for one in rows {
        let one = one?;
        if seen.insert(one.clone()) {
            noted.push(one);
        }
    }
    Ok(Some(noted))
}
