//! The life of every job on disk.
//!
//! How a job may go on, `model/job.rs` says.
//! For which service a job is may change until it has ended; nothing else of it does.
//! Invariant: what a method here returned `Ok` for survives a loss of power.

use super::super::{Error, Job, JobId, JobState, KeyUsage, RecipeContext, Result, Run, RunId};
use super::commit::Commit;
use super::in_flight;
use crate::api::ModelId;
use crate::plan::Draft;
use crate::plan::query::search_text;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// Writes a run and its jobs to the journal, all or nothing.
///
/// A run that is there already stays as it is and gets the new jobs: that is what a retry is.
pub(in crate::library) fn add_run(db: &mut Connection, commits: &impl Commit, run: &Run, jobs: &[Job]) -> Result<()> {
    let tx = db.transaction()?;
    insert_run(&tx, run)?;
    for job in jobs {
        insert_job(&tx, job)?;
    }
    commits.commit(tx)
}

/// Writes a retry to the journal: the new job, and the old one of the same run off the list, all or nothing.
///
/// `ended` is how the old one ended, as for `Library::dismiss_jobs`. A run that is not there yet is written too.
pub(in crate::library) fn replace_job(
    db: &mut Connection,
    commits: &impl Commit,
    old: &JobId,
    ended: &JobState,
    run: &Run,
    job: &Job,
) -> Result<()> {
    let tx = db.transaction()?;
    insert_run(&tx, run)?;
    insert_job(&tx, job)?;
    dismiss(&tx, old, ended)?;
    commits.commit(tx)
}

/// Writes the next state of a job to the journal.
///
/// A state the job is in already changes nothing (the first failure is kept). Errors: [`Error::IllegalStep`],
/// [`Error::Missing`].
pub(in crate::library) fn set_job_state(
    db: &mut Connection,
    commits: &impl Commit,
    job: &JobId,
    state: &JobState,
) -> Result<()> {
    let tx = db.transaction()?;
    if transition(&tx, job, state)? { commits.commit(tx) } else { Ok(()) }
}

/// Writes the states of several jobs in one transaction.
///
/// What one of them may not become keeps none of the others from it. Errors: as for `Library::set_job_state`, the
/// first of them when all others are written.
pub(in crate::library) fn set_job_states(
    db: &mut Connection,
    commits: &impl Commit,
    states: &[(JobId, JobState)],
) -> Result<()> {
    each_job(db, commits, states, transition)
}

/// Takes a step for each of several jobs, in one transaction; tells the first refusal when all others are done.
fn each_job(
    db: &mut Connection,
    commits: &impl Commit,
    jobs: &[(JobId, JobState)],
    step: fn(&Transaction<'_>, &JobId, &JobState) -> Result<bool>,
) -> Result<()> {
    let tx = db.transaction()?;
    let mut refused = None;
    for (job, state) in jobs {
        match step(&tx, job, state) {
            Ok(_) => {}
            Err(error @ (Error::IllegalStep { .. } | Error::StillOpen { .. } | Error::Missing { .. })) => {
                refused = refused.or(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
    commits.commit(tx)?;
    refused.map_or(Ok(()), Err)
}

/// Writes that a job is about to be sent, with what the key had spent when that was last read (`None`: never).
///
/// Errors: as for `Library::set_job_state`.
pub(in crate::library) fn mark_sent(
    db: &mut Connection,
    commits: &impl Commit,
    job: &JobId,
    before: Option<&KeyUsage>,
) -> Result<()> {
    let tx = db.transaction()?;
    transition(&tx, job, &JobState::Sent)?;
    in_flight::note(&tx, job, before)?;
    commits.commit(tx)
}

/// Writes for which service jobs are now that are not stored and have not ended, all or nothing.
///
/// Errors: [`Error::IllegalStep`] when one of them has ended, [`Error::Missing`].
pub(in crate::library) fn readdress_jobs(
    db: &mut Connection,
    commits: &impl Commit,
    jobs: &[(JobId, RecipeContext)],
) -> Result<()> {
    let tx = db.transaction()?;
    for (job, context) in jobs {
        let now = job_state(&tx, job)?.ok_or_else(|| Error::Missing { what: "job", name: job.0.clone() })?;
        if !matches!(now, JobState::Queued | JobState::Sent | JobState::Receiving) {
            return Err(Error::IllegalStep { job: job.0.clone(), from: now.word(), to: JobState::Queued.word() });
        }
        let context = serde_json::to_string(context)?;
        tx.prepare_cached("UPDATE jobs SET context = ?2 WHERE id = ?1")?.execute(params![job.0, context])?;
    }
    commits.commit(tx)
}

/// Takes failed, cancelled or unknown jobs off the list for good, in one transaction; their journal entries stay.
///
/// With each stands how it ended; that is written when the journal could not be told at the time. A job that never got
/// into the journal is off the list already. Errors: [`Error::StillOpen`] when one still waits or runs; the others are
/// off all the same.
pub(in crate::library) fn dismiss_jobs(
    db: &mut Connection,
    commits: &impl Commit,
    jobs: &[(JobId, JobState)],
) -> Result<()> {
    each_job(db, commits, jobs, dismiss)
}

/// Returns every job that is not stored and not dismissed, with its run, oldest first.
///
/// After `Library::recover` these are queued, failed, cancelled and unknown ones.
pub(in crate::library) fn open_jobs(db: &Connection) -> Result<Vec<(Run, Job)>> {
    let mut query = db.prepare_cached(
        "SELECT runs.id, created_ms, model, model_name, prompt, settings, runs.asked, aspect,
                jobs.id, jobs.position, jobs.asked, request, context, state, failure, jobs.run
         FROM jobs LEFT JOIN runs ON runs.id = jobs.run WHERE state <> 'stored' AND dismissed = 0
         ORDER BY jobs.run, jobs.position, jobs.id",
    )?;
    let rows = query.query_map([], |row| {
        let job = job_from(row)?;
        // What an index was taken over from need not have had them all.
        let run = run_from(row).unwrap_or_else(|_| run_of(&job));
        Ok((run, job))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns the draft that made a run, also when its jobs and pictures are gone.
///
/// `None`: it is not known, or cannot be read any more.
pub(in crate::library) fn draft_of(db: &Connection, run: &RunId) -> Result<Option<Draft>> {
    let mut query = db.prepare_cached("SELECT draft FROM drafts WHERE run = ?1")?;
    let text: Option<String> = query.query_row([&run.0], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Returns a run; `None` when the library does not know it.
pub(in crate::library) fn run(db: &Connection, id: &RunId) -> Result<Option<Run>> {
    let mut query = db.prepare_cached("SELECT * FROM runs WHERE id = ?1")?;
    Ok(query.query_row([&id.0], run_from).optional()?)
}

/// Takes a job to its next state; says whether anything changed.
fn transition(tx: &Transaction<'_>, job: &JobId, state: &JobState) -> Result<bool> {
    let now = job_state(tx, job)?.ok_or_else(|| Error::Missing { what: "job", name: job.0.clone() })?;
    if !now.may_become(state) {
        return Err(Error::IllegalStep { job: job.0.clone(), from: now.word(), to: state.word() });
    }
    if now.word() == state.word() {
        return Ok(false);
    }
    tx.prepare_cached("UPDATE jobs SET state = ?2, failure = ?3 WHERE id = ?1")?.execute(params![
        job.0,
        state.word(),
        failure_text(state)?
    ])?;
    in_flight::follow(tx, job, state)?;
    Ok(true)
}

/// Dismisses a job that has ended; says whether the journal knows it.
fn dismiss(tx: &Transaction<'_>, job: &JobId, ended: &JobState) -> Result<bool> {
    let Some(now) = job_state(tx, job)? else { return Ok(false) };
    if !now.is_terminal() {
        if !ended.is_terminal() {
            return Err(Error::StillOpen { job: job.0.clone(), state: now.word() });
        }
        transition(tx, job, ended)?;
    }
    tx.prepare_cached("UPDATE jobs SET dismissed = 1 WHERE id = ?1")?.execute([&job.0])?;
    in_flight::forget(tx, job)?;
    Ok(true)
}

fn job_state(tx: &Transaction<'_>, job: &JobId) -> Result<Option<JobState>> {
    let mut query = tx.prepare_cached("SELECT state, failure FROM jobs WHERE id = ?1")?;
    Ok(query
        .query_row([&job.0], |row| Ok(state_from(row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default())))
        .optional()?)
}

/// Returns all runs, newest first.
pub(in crate::library) fn runs(db: &Connection) -> Result<Vec<Run>> {
    let mut query = db.prepare_cached("SELECT * FROM runs ORDER BY id DESC")?;
    Ok(query.query_map([], run_from)?.collect::<rusqlite::Result<_>>()?)
}

/// Puts a run into the index and lets the words of its prompt and model be found; one that is there stays as it is.
pub(in crate::library) fn insert_run(tx: &Transaction<'_>, run: &Run) -> Result<()> {
    let new = tx
        .prepare_cached("INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING")?
        .execute(params![
            run.id.0,
            run.created_ms,
            run.model.as_str(),
            run.model_name,
            run.prompt,
            run.settings,
            run.asked,
            run.aspect
        ])?;
    if new == 0 {
        return Ok(());
    }
    let words = search_text(&format!("{} {} {}", run.prompt, run.model_name, run.model.as_str()));
    tx.prepare_cached("INSERT INTO run_words VALUES (?1, ?2)")?.execute([&run.id.0, &words])?;
    Ok(())
}

pub(in crate::library) fn insert_job(tx: &Transaction<'_>, job: &Job) -> Result<()> {
    if let Some(draft) = &job.context.draft {
        insert_draft(tx, &job.run, &serde_json::to_string(draft)?)?;
    }
    tx.prepare_cached("INSERT INTO jobs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)")?.execute(params![
        job.id.0,
        job.run.0,
        job.position,
        job.asked,
        job.request.to_string(),
        serde_json::to_string(&job.context)?,
        job.state.word(),
        failure_text(&job.state)?,
    ])?;
    Ok(())
}

fn failure_text(state: &JobState) -> Result<Option<String>> {
    match state {
        JobState::Failed { error } => Ok(Some(serde_json::to_string(error)?)),
        _ => Ok(None),
    }
}

/// Reads a state; one that cannot be read is unknown, so that its job is not lost.
pub(in crate::library) fn state_from(word: String, failure: Option<String>) -> JobState {
    match word.as_str() {
        "queued" => JobState::Queued,
        "sent" => JobState::Sent,
        "receiving" => JobState::Receiving,
        "received" => JobState::Received,
        "stored" => JobState::Stored,
        "cancelled" => JobState::Cancelled,
        "failed" => match failure.and_then(|text| serde_json::from_str(&text).ok()) {
            Some(error) => JobState::Failed { error },
            None => JobState::Unknown,
        },
        _ => JobState::Unknown,
    }
}

fn run_from(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: RunId(row.get(0)?),
        created_ms: row.get(1)?,
        model: ModelId::new(row.get::<_, String>(2)?),
        model_name: row.get(3)?,
        prompt: row.get(4)?,
        settings: row.get(5)?,
        asked: row.get(6)?,
        aspect: row.get(7)?,
    })
}

/// What a job tells of the run that it belongs to, where nothing else does.
fn run_of(job: &Job) -> Run {
    let text = |key: &str| job.request.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
    Run {
        id: job.run.clone(),
        created_ms: super::super::model::id::made_ms(&job.run.0).unwrap_or(0),
        model: ModelId::new(text("model")),
        model_name: job.context.model_name.clone(),
        prompt: job.context.template.clone().unwrap_or_else(|| text("prompt").to_owned()),
        settings: String::new(),
        asked: job.asked,
        aspect: None,
    }
}

/// Reads a job as far as its row can be read: one that is torn is still worth showing, and can be taken off the list.
fn job_from(row: &Row<'_>) -> rusqlite::Result<Job> {
    let text = |column: usize| row.get::<_, String>(column).ok();
    let request = text(11).unwrap_or_default();
    Ok(Job {
        id: JobId(row.get(8)?),
        run: RunId(row.get(15)?),
        position: row.get(9).unwrap_or_default(),
        asked: row.get(10).unwrap_or(1),
        request: serde_json::from_str(&request).unwrap_or(serde_json::Value::String(request)),
        context: text(12).and_then(|context| serde_json::from_str(&context).ok()).unwrap_or_default(),
        state: state_from(text(13).unwrap_or_default(), text(14)),
    })
}

/// Keeps the draft of a run; one that is there already stays.
pub(in crate::library) fn insert_draft(db: &Connection, run: &RunId, draft: &str) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO drafts VALUES (?1, ?2)")?.execute([&run.0, draft])?;
    Ok(())
}
