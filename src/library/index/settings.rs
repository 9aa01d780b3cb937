//! Small values by key: settings, which must survive, and caches, which only save time.
//!
//! Invariant: a value that cannot be read any more counts as absent, never as an error. No secret is ever kept here.

use super::super::Result;
use super::commit::Commit;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

/// Returns a setting; `None` when it was never set.
pub(in crate::library) fn setting(db: &Connection, key: &str) -> Result<Option<Value>> {
    let mut query = db.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    let text: Option<String> = query.query_row([key], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Sets a setting; on disk when this returns.
pub(in crate::library) fn set_setting(
    db: &mut Connection,
    commits: &impl Commit,
    key: &str,
    value: &Value,
) -> Result<()> {
    let tx = db.transaction()?;
    tx.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", params![key, value.to_string()])?;
    commits.commit(tx)
}

/// Returns a cached value and when it was saved (Unix milliseconds); `None` when there is none.
pub(in crate::library) fn cache(db: &Connection, key: &str) -> Result<Option<(Value, i64)>> {
    let mut query = db.prepare_cached("SELECT value, saved_ms FROM caches WHERE key = ?1")?;
    let row: Option<(String, i64)> = query.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(row.and_then(|(text, saved_ms)| Some((serde_json::from_str(&text).ok()?, saved_ms))))
}

/// Caches a value, such as the catalogue, with the moment it was true (Unix milliseconds).
pub(in crate::library) fn set_cache(
    db: &mut Connection,
    commits: &impl Commit,
    key: &str,
    value: &Value,
    saved_ms: i64,
) -> Result<()> {
    let tx = db.transaction()?;
    tx.execute("INSERT OR REPLACE INTO caches VALUES (?1, ?2, ?3)", params![key, value.to_string(), saved_ms])?;
    commits.commit(tx)
}

#[cfg(test)]
mod tests {
    use crate::library::Library;
    use serde_json::json;

    #[test]
    fn settings_and_caches_survive_closing() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        assert_eq!(library.setting("draft").unwrap(), None);
        assert_eq!(library.cache("models").unwrap(), None);
        for n in 1..3 {
            library.set_setting("draft", &json!({"prompt": "fox", "n": n})).unwrap();
            library.set_cache("models", &json!([n]), 1_000 + n).unwrap();
        }
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.setting("draft").unwrap(), Some(json!({"prompt": "fox", "n": 2})));
        assert_eq!(library.cache("models").unwrap(), Some((json!([2]), 1_002)));
    }

    #[test]
    fn a_value_that_is_not_json_counts_as_absent() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.db.execute("INSERT INTO settings VALUES ('draft', '{')", []).unwrap();
        assert_eq!(library.setting("draft").unwrap(), None);
    }
}
