//! `easel jobs`: what the library knows of calls that are not stored.
//!
//! Reads the journal beside a running window and changes nothing. Invariant: nothing is said that the journal does not
//! say; how a call ended that nobody saw end is `unknown`.

use super::{Args, Failure, library_dir, say, say_json};
use crate::api::harmless_line;
use crate::library::{Job, JobState, Library, ReadOnly, Run};
use crate::studio::one_line;
use serde_json::{Value, json};

/// Characters of a prompt for people.
const LONGEST: usize = 100;

pub(super) fn run(args: &Args, as_json: bool) -> Result<(), Failure> {
    let dir = library_dir(args)?;
    let library = Library::open_read_only(&dir, ReadOnly::Asked)?;
    let is_in_use = Library::is_in_use(&dir);
    for (run, job) in library.open_jobs()? {
        let line = to_json(&run, &job, is_in_use);
        match as_json {
            true => say_json(&line.to_string()),
            false => for_people(&line),
        }
    }
    Ok(())
}

/// Where a call stands: waiting for a running studio, or for the artist, or on its way, or ended.
fn state_of(job: &Job, is_in_use: bool) -> &'static str {
    match &job.state {
        // Nobody is there to send it.
        JobState::Queued if !is_in_use => "held",
        JobState::Queued => "open",
        // Nobody is there to see its end.
        JobState::Sent | JobState::Receiving if !is_in_use => "unknown",
        JobState::Sent | JobState::Receiving | JobState::Received | JobState::Stored => "open",
        JobState::Failed { error } if error.unread.is_some() => "unread",
        JobState::Failed { .. } => "failed",
        JobState::Cancelled => "cancelled",
        JobState::Unknown => "unknown",
    }
}

/// What is not known is left out.
fn to_json(run: &Run, job: &Job, is_in_use: bool) -> Value {
    let mut line = json!({
        "id": job.id.0,
        "run": job.run.0,
        "state": state_of(job, is_in_use),
        "journal": job.state.word(),
        "model": run.model.as_str(),
        "prompt": job.request.get("prompt").and_then(Value::as_str).unwrap_or(&run.prompt),
        "asked": job.asked,
        "created": created(run.created_ms),
        "service": job.context.service,
    });
    let mut put = |name: &str, value: Option<Value>| {
        if let (Some(object), Some(value)) = (line.as_object_mut(), value) {
            object.insert(name.to_owned(), value);
        }
    };
    put("connection", job.context.connection.as_deref().map(Value::from));
    if let JobState::Failed { error } = &job.state {
        put("kind", Some(error.kind.as_str().into()));
        put("message", Some(error.message.as_str().into()));
        put("billed", error.billed.map(Value::from));
        put("cost", error.cost.map(Value::from));
        put("arrived", Some(error.arrived.into()));
        let body = error.unread.map(|bytes| json!({"file": Library::unread_file(&job.id), "bytes": bytes}));
        put("unread", body);
    }
    line
}

fn created(ms: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(ms).ok().map(|time| time.to_string())
}

fn for_people(line: &Value) {
    let of = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
    let words = |name: &str| harmless_line(&one_line(of(name)), LONGEST);
    let fields = [of("state"), of("created"), of("model"), &words("prompt"), &words("message")];
    say(fields.join("\t").trim_end());
}
