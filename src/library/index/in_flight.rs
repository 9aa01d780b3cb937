//! What was known when a job was sent: enough to say, after a crash, what may have become of it.
//!
//! One row for each job that is on the wire or whose outcome is unknown; it goes when the outcome is known. Invariant:
//! it is written in the transaction that says that the job is sent.

use super::super::{FailureRecord, JobId, JobState, Result};
use super::commit::Commit;
use crate::api::GenerationRecord;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// States what a key had spent at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyUsage {
    /// US dollars, since the key was made.
    pub usd: f64,
    /// Unix milliseconds of the reading, local clock.
    pub read_ms: i64,
    /// Tells keys apart; never the key or a part of it.
    pub key: String,
}

/// Says what was known of a job on the wire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InFlight {
    /// Whether the answer had begun to come.
    pub answered: bool,
    /// What the key had spent before; `None`: it was not read.
    pub before: Option<KeyUsage>,
    /// The name under which the service keeps its record; `None`: it had given none.
    pub generation: Option<String>,
    /// What the service said of it later; `None`: nothing yet.
    pub record: Option<GenerationRecord>,
}

/// Returns what was known of a job when it was sent last; `None` when it was not sent, or its outcome is known.
pub(in crate::library) fn in_flight(db: &Connection, job: &JobId) -> Result<Option<InFlight>> {
    let mut query =
        db.prepare_cached("SELECT answered, usage, read_ms, key, generation, record FROM sendings WHERE job = ?1")?;
    let found = query.query_row([&job.0], |row| {
        let (usd, read_ms, key) = (row.get::<_, Option<f64>>(1)?, row.get::<_, Option<i64>>(2)?, row.get(3)?);
        let before = usd.zip(read_ms).zip(key).map(|((usd, read_ms), key)| KeyUsage { usd, read_ms, key });
        let record = row.get::<_, Option<String>>(5)?.and_then(|record| serde_json::from_str(&record).ok());
        Ok(InFlight { answered: row.get(0)?, before, generation: row.get(4)?, record })
    });
    Ok(found.optional()?)
}

/// Writes down under which name the service keeps its record of a job that is on the wire.
///
/// # Errors
/// When the disk would not take it.
pub(in crate::library) fn note_generation(
    db: &mut Connection,
    commits: &impl Commit,
    job: &JobId,
    generation: &str,
) -> Result<()> {
    let tx = db.transaction()?;
    tx.prepare_cached("UPDATE sendings SET generation = ?2 WHERE job = ?1")?.execute(params![job.0, generation])?;
    commits.commit(tx)
}

/// Writes down what the service said later of a job whose outcome is unknown.
///
/// # Errors
/// When the disk would not take it.
pub(in crate::library) fn note_record(
    db: &mut Connection,
    commits: &impl Commit,
    job: &JobId,
    record: &GenerationRecord,
) -> Result<()> {
    let tx = db.transaction()?;
    tx.prepare_cached("UPDATE sendings SET record = ?2 WHERE job = ?1")?
        .execute(params![job.0, serde_json::to_string(record)?])?;
    commits.commit(tx)
}

/// Writes down what became known later of a job that failed.
///
/// # Errors
/// When the disk would not take it.
pub(in crate::library) fn note_failure(
    db: &mut Connection,
    commits: &impl Commit,
    job: &JobId,
    failure: &FailureRecord,
) -> Result<()> {
    let tx = db.transaction()?;
    tx.prepare_cached("UPDATE jobs SET failure = ?2 WHERE id = ?1 AND state = 'failed'")?
        .execute(params![job.0, serde_json::to_string(failure)?])?;
    commits.commit(tx)
}

pub(in crate::library) fn note(tx: &Transaction<'_>, job: &JobId, before: Option<&KeyUsage>) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO sendings VALUES (?1, 0, ?2, ?3, ?4, NULL, NULL)")?.execute(params![
        job.0,
        before.map(|before| before.usd),
        before.map(|before| before.read_ms),
        before.map(|before| &before.key),
    ])?;
    Ok(())
}

/// Keeps the row true while the job goes on.
pub(in crate::library) fn follow(tx: &Transaction<'_>, job: &JobId, state: &JobState) -> Result<()> {
    match state {
        JobState::Receiving => {
            tx.prepare_cached("UPDATE sendings SET answered = 1 WHERE job = ?1")?.execute([&job.0])?;
        }
        JobState::Queued | JobState::Stored | JobState::Failed { .. } | JobState::Cancelled => forget(tx, job)?,
        JobState::Sent | JobState::Received | JobState::Unknown => {}
    }
    Ok(())
}

pub(in crate::library) fn forget(tx: &Transaction<'_>, job: &JobId) -> Result<()> {
    tx.prepare_cached("DELETE FROM sendings WHERE job = ?1")?.execute([&job.0])?;
    Ok(())
}
