//! `easel generate`: one run, to its end.

use super::rescue::rescue;
use super::session::{Session, UNLOCKING, wire};
use super::{Args, Environment, Failure, Generate, say, say_error, say_json};
use crate::api::{Capability, Endpoint, Model, ModelId};
use crate::engine::{Event, Notice, Order, Phase, ReferenceInput, ServiceOrder};
use crate::library::{FailureRecord, Picture};
use crate::plan::{Draft, DraftReference, EndpointChoice, fit};
use crate::studio::Studio;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn run(args: &Args, environment: Environment, wanted: &Generate) -> Result<(), Failure> {
    let session = Session::start(args, environment)?;
    let done = session.wait_for_key(UNLOCKING.min(args.timeout)).and_then(|()| make(&session, wanted));
    session.stop();
    done
}

fn make(session: &Session, wanted: &Generate) -> Result<(), Failure> {
    let id = ModelId::new(&wanted.model);
    let model = find_model(session, &id)?;
    session.engine.send(Order::Service(ServiceOrder::WantEndpoints(id.clone())));
    let snapshot = session.wait(|now, _| {
        let remote = now.endpoints.get(&id).filter(|remote| !remote.loading);
        match remote {
            Some(remote) if remote.value.is_some() => Some(Ok(Arc::new(now.clone()))),
            Some(remote) => remote.error.as_ref().map(|error| Err(wire(error))),
            None => None,
        }
    })?;
    let endpoints = snapshot.endpoints_of(&id).cloned().unwrap_or_default();
    let mut draft = draft(wanted, &model, &endpoints)?;
    draft.references = references(session, &wanted.references)?;
    let fitted = fit(&draft, &model, Some(&endpoints));
    if let Some(left_out) = fitted.not_sent.first() {
        return Err(Failure::new(
            "invalid_request",
            format!("{} would not be sent: {}", left_out.field, left_out.reason),
        ));
    }
    let mut studio = Studio::new(snapshot, |_| None);
    studio.draft = draft;
    let submission = studio.submission(jiff::Timestamp::now().as_millisecond());
    let submission = submission.map_err(|problem| Failure::new("invalid_request", problem))?;
    follow(session, wanted, submission)
}

fn find_model(session: &Session, id: &ModelId) -> Result<Model, Failure> {
    session.wait(|snapshot, _| {
        // A list from the last time is good enough to begin with; the endpoints are always read anew.
        match (&snapshot.models.value, &snapshot.models.error) {
            (Some(list), _) => match list.models.iter().find(|model| model.id == *id) {
                Some(model) => Some(Ok(model.clone())),
                None if snapshot.models.loading => None,
                None => Some(Err(Failure::new("not_found", format!("there is no model {id}; see easel models")))),
            },
            (None, Some(error)) => Some(Err(wire(error))),
            (None, None) => None,
        }
    })
}

fn draft(wanted: &Generate, model: &Model, endpoints: &[Endpoint]) -> Result<Draft, Failure> {
    let mut draft = Draft {
        model: Some(model.id.clone()),
        prompt: wanted.prompt.clone(),
        stream: Some(wanted.stream),
        endpoint: wanted.provider.clone().map_or(EndpointChoice::Any, EndpointChoice::Pinned),
        ..Draft::default()
    };
    for (field, text) in &wanted.set {
        let is_enum = endpoints
            .iter()
            .map(|endpoint| &endpoint.supported_parameters)
            .chain([&model.supported_parameters])
            .any(|parameters| matches!(parameters.get(field), Some(Capability::Enum { .. })));
        draft.set(field, if is_enum { Value::String(text.clone()) } else { value_of(text) });
    }
    if !wanted.options.is_empty() {
        let mut serving = endpoints.iter().filter(|endpoint| match &wanted.provider {
            Some(tag) => endpoint.provider_tag.as_ref() == Some(tag),
            None => true,
        });
        let (Some(endpoint), None) = (serving.next(), serving.next()) else {
            return Err(Failure::new("invalid_request", "options need one endpoint; pin it with --provider TAG"));
        };
        for (key, text) in &wanted.options {
            if !endpoint.allowed_passthrough_parameters.contains(key) {
                let message = format!("{} takes no option {key}", endpoint.provider_name);
                return Err(Failure::new("invalid_request", message));
            }
            draft.options.entry(endpoint.base_slug().to_owned()).or_default().insert(key.clone(), text.clone());
        }
    }
    Ok(draft)
}

/// Numbers, booleans and structures as JSON; everything else is text.
fn value_of(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Null) | Err(_) => Value::String(text.to_owned()),
        Ok(value) => value,
    }
}

fn references(session: &Session, wanted: &[OsString]) -> Result<Vec<DraftReference>, Failure> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let inputs = wanted.iter().map(|named| match named.to_str() {
        Some(text) if text.starts_with("http://") || text.starts_with("https://") => {
            ReferenceInput::Url(text.to_owned())
        }
        _ => ReferenceInput::File(PathBuf::from(named)),
    });
    session.engine.send(Order::AddReferences(inputs.collect()));
    let mut added = Vec::new();
    session.wait(|_, event| match event? {
        Event::ReferenceAdded(reference) => {
            added.push(reference);
            (added.len() == wanted.len()).then(|| Ok(std::mem::take(&mut added)))
        }
        Event::Notice(Notice::ReferenceRefused { name, reason }) => {
            Some(Err(Failure::new("reference_unusable", format!("{name}: {reason}"))))
        }
        _ => None,
    })
}

/// Sends the run and prints every picture as it is stored.
fn follow(session: &Session, wanted: &Generate, submission: crate::engine::Submission) -> Result<(), Failure> {
    let (run, calls, asked) = (submission.run.id.clone(), submission.requests.len(), submission.run.asked);
    session.engine.send(Order::Submit(Box::new(submission)));
    let (mut ended, mut arrived, mut first_failure) = (0, 0_u32, None);
    let unsaved = session.wait(|snapshot, event| {
        match event {
            Some(Event::Stored { picture, .. }) if picture.run == run => {
                arrived += 1;
                let line = line(session.engine.library_dir(), &picture, wanted.json);
                if wanted.json { say_json(&line) } else { say(&line) }
            }
            // The other calls go on: they are paid for.
            Some(Event::Notice(Notice::LibraryFailed(error))) => log::warn!("{error}"),
            Some(Event::Ended { run: of, failure, .. }) if of == run => {
                ended += 1;
                if let (Some(failure), None) = (failure, &first_failure) {
                    let FailureRecord { kind, message, unread, .. } = failure.record;
                    let kept = unread.map_or("", |_| "; what came is kept in the library's incoming/unread");
                    first_failure = Some(Failure::new(kind, format!("{message}{kept}")));
                }
            }
            Some(_) => {}
            None => {
                let held = snapshot.jobs.iter().filter(|job| job.run.id == run).filter_map(|job| match &job.phase {
                    Phase::Unsaved { error, count, .. } => Some((job.id.clone(), *count, error.to_string())),
                    _ => None,
                });
                let held: Vec<_> = held.collect();
                return (ended + held.len() >= calls).then_some(Ok(held));
            }
        }
        None
    })?;
    if let Some((_, _, why)) = unsaved.first() {
        let why = why.clone();
        let jobs = unsaved.into_iter().map(|(job, count, _)| (job, count)).collect();
        return Err(rescue(session, jobs, wanted.rescue.as_deref(), &why));
    }
    match first_failure {
        // All is there, but the service had something to say beside it.
        Some(failure) if arrived >= asked && failure.kind == "error_beside" => {
            say_error(&failure);
            Ok(())
        }
        // One call tells by itself what came.
        Some(failure) if arrived > 0 && calls > 1 => {
            Err(Failure::new(failure.kind, format!("{} ({arrived} of {asked} pictures are stored)", failure.message)))
        }
        Some(failure) => Err(failure),
        None if arrived < asked => {
            Err(Failure::new("fewer_than_asked", format!("asked for {asked} pictures, {arrived} arrived")))
        }
        None => Ok(()),
    }
}

/// A file that no format was known of has no more than that.
fn media_type_of(picture: &Picture) -> &'static str {
    if picture.file.ends_with(".bin") { "application/octet-stream" } else { picture.format.media_type() }
}

fn line(library: &Path, picture: &Picture, as_json: bool) -> String {
    let path = library.join(&picture.file);
    let media_type = media_type_of(picture);
    let size = picture.size;
    if as_json {
        return json!({
            "id": picture.id,
            "path": path,
            "media_type": media_type,
            "width": size.map(|size| size.width),
            "height": size.map(|size| size.height),
            "cost": picture.cost,
            "milliseconds": picture.elapsed_ms,
        })
        .to_string();
    }
    let number = |value: Option<u32>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    [
        picture.id.0.clone(),
        path.display().to_string(),
        media_type.to_owned(),
        number(size.map(|size| size.width)),
        number(size.map(|size| size.height)),
        picture.cost.map_or_else(|| "-".to_owned(), |cost| cost.to_string()),
        picture.elapsed_ms.to_string(),
    ]
    .join("\t")
}
