//! Makes jobs of what one press of Generate asks for. Pure.
//!
//! Invariant: what the journal keeps of a request holds no bytes of references and no key.

use super::super::message::Submission;
use super::super::references;
use super::super::request::STORED;
use super::input::{NewJob, Sendable};
use crate::api::{GenerationRequest, Reference};
use crate::library::{Job, JobId, JobState, Run};
use crate::plan::{DraftReference, ReferenceSource};
use std::sync::Arc;

/// Returns the run and a job for each call.
pub(crate) fn prepare(submission: Submission) -> (Arc<Run>, Vec<NewJob>) {
    let Submission { run, requests, references, mut context } = submission;
    context.references = references.iter().map(references::for_recipe).collect();
    let addresses: Vec<String> = references.iter().map(references::address).collect();
    let new = |(position, request): (u32, GenerationRequest)| {
        let asked = request.parameters.get("n").and_then(serde_json::Value::as_u64);
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position,
            asked: asked.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
            request: record(&request, &references),
            context: context.clone(),
            state: JobState::Queued,
        };
        NewJob { job, sendable: Arc::new(Sendable { request, addresses: addresses.clone() }) }
    };
    let jobs = (0..).zip(requests).map(new).collect();
    (Arc::new(run), jobs)
}

/// Returns the form of a request that the journal and the recipe keep.
fn record(request: &GenerationRequest, references: &[DraftReference]) -> serde_json::Value {
    let mut request = request.clone();
    request.references = references
        .iter()
        .map(|reference| match &reference.source {
            ReferenceSource::Url(url) => Reference::Url(url.clone()),
            ReferenceSource::Stored { sent, .. } => {
                Reference::Inline { media_type: sent.media_type.clone(), bytes: Arc::new([]) }
            }
        })
        .collect();
    request.to_record(|index| match &references.get(index)?.source {
        ReferenceSource::Stored { hash, .. } => Some(format!("{STORED}{hash}")),
        ReferenceSource::Url(_) => None,
    })
}
