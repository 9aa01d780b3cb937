//! From wishes to what is sent: the request, the calls it takes, who may serve it, and what stands in the way.
//!
//! May import `api`. Invariants: only fields and values that an endpoint in question declares are sent; when there
//! are no problems, every eligible endpoint takes all of it; the draft itself is never changed.

mod routing;

use super::controls::{ReferenceLimits, widest_limits};
use super::draft::{Draft, DraftReference};
use super::fields::{self, IMAGES_CAP};
use super::problem::{NotSent, NotSentReason, Problem, Warning};
use super::scope::{Offering, Scope};
use super::shape;
use super::summary::value_text;
use super::template::{MOST_PROMPTS, Template};
use crate::api::{Capability, Endpoint, GenerationRequest, Model};
use serde_json::{Map, Value};

/// One HTTP call of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Pictures asked for, at least 1.
    pub n: u32,
    /// Pictures that the calls before it with this prompt ask for. A wished seed counts up with it: the same seed would
    /// paint the same picture.
    pub place: u32,
    /// Which of [`Fitted::prompts`] it sends.
    pub prompt: usize,
}

/// Holds what a draft becomes for a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Never empty. For each prompt with streaming one call per picture, else as few as the endpoints allow.
    pub calls: Vec<Call>,
    /// What the prompt stands for: one without alternatives for itself. Never empty; at most [`MOST_PROMPTS`].
    pub prompts: Vec<String>,
    /// What all calls share: with the prompt as it was written and without `n` (see [`Fitted::request_for`]), and without
    /// the bytes of references.
    pub request: GenerationRequest,
    pub stream: bool,
    /// The references to send, in order: all of the draft's, or none when the model takes none.
    pub references: Vec<DraftReference>,
    /// Wishes that are on but left out, in the order of the controls.
    pub not_sent: Vec<NotSent>,
    /// Not empty: must not be sent. Most basic first.
    pub problems: Vec<Problem>,
    pub warnings: Vec<Warning>,
    /// Places in the list of endpoints of those that may serve the request; empty while endpoints are not known.
    pub eligible: Vec<usize>,
}

impl Fitted {
    /// Returns the request of one call. `n` is set when it is more than 1; references are the caller's to fill in.
    pub fn request_for(&self, call: &Call) -> GenerationRequest {
        let mut request = self.request.clone();
        if let Some(prompt) = self.prompts.get(call.prompt) {
            request.prompt.clone_from(prompt);
        }
        if call.n > 1 {
            request.parameters.insert("n".to_owned(), Value::from(call.n));
        }
        if let Some(seed) = request.parameters.get_mut("seed")
            && let Some(first) = seed.as_i64()
        {
            *seed = Value::from(first.wrapping_add(i64::from(call.place)));
        }
        request
    }

    /// Returns how many pictures are asked for over all calls.
    pub fn asked(&self) -> u32 {
        self.calls.iter().map(|call| call.n).sum()
    }

    /// Returns the wishes that are not sent as one line, `Not sent: seed (4271), …`; `None` when all are sent.
    pub fn not_sent_text(&self) -> Option<String> {
        let items: Vec<_> = self.not_sent.iter().map(NotSent::to_string).collect();
        (!items.is_empty()).then(|| format!("Not sent: {}", items.join(", ")))
    }
}

/// Decides what a draft becomes for a model whose endpoints are `endpoints` (`None`: not known yet).
pub fn fit(draft: &Draft, model: &Model, endpoints: Option<&[Endpoint]>) -> Fitted {
    let scope = Scope::of(draft, model, endpoints);
    let template = Template::parse(&draft.prompt);
    let prompts = template.prompts(MOST_PROMPTS);
    let mut problems = basic_problems(draft, endpoints, &scope);
    problems.extend(prompt_problem(draft, &prompts, template.count()));
    let mut warnings = Vec::new();
    let (mut wanted, mut not_sent) = sort_wishes(draft, &scope.offerings);

    let limits = widest_limits(&scope.offerings);
    let references = fit_references(draft, limits, &mut problems, &mut not_sent);
    wanted.references = limits.contains(references.len()).then_some(references.len());

    let able = |wanted: &Wanted| scope.offerings.iter().filter(|o| wanted.is_taken_by(o)).collect::<Vec<_>>();
    let images = std::mem::replace(&mut wanted.images, 1);
    let stream = draft.stream.unwrap_or(true) && able(&wanted).iter().any(|offering| offering.streams);
    if !stream {
        wanted.images = most_at_once(images, &able(&wanted));
    }
    let takers = able(&wanted);
    let counts = counts(images, wanted.images, &takers);

    problems.extend(contradictions(&wanted.parameters));
    if only_jpeg(&wanted.parameters, &takers) {
        warnings.push(Warning::OnlyJpeg);
    }
    if takers.is_empty() {
        problems.push(Problem::NoEndpointTakesAll { choices: wanted.divisive(&scope.offerings) });
    }
    let route = routing::route(draft, &scope, &takers);
    if route.unlimited {
        warnings.push(Warning::CannotLimit { choices: wanted.divisive(&scope.offerings) });
    }
    problems.extend(route.problems);
    not_sent.extend(route.not_sent);

    let calls_of = |prompt| {
        counts.iter().scan(0, move |place, n| {
            let call = Call { n: *n, place: *place, prompt };
            *place += n;
            Some(call)
        })
    };
    let calls = (0..prompts.len()).flat_map(calls_of).collect();
    let request = GenerationRequest {
        model: model.id.clone(),
        prompt: draft.prompt.clone(),
        parameters: wanted.parameters,
        references: Vec::new(),
        provider: route.provider,
        stream,
    };
    Fitted { calls, prompts, request, stream, references, not_sent, problems, warnings, eligible: route.eligible }
}

/// Everything that an endpoint must take to be eligible.
struct Wanted {
    /// Top-level fields without `n`, in the order of the controls.
    parameters: Map<String, Value>,
    /// Pictures per call, at least 1.
    images: u32,
    /// `None` while their number is a problem of its own.
    references: Option<usize>,
}

impl Wanted {
    fn is_taken_by(&self, offering: &Offering<'_>) -> bool {
        self.parameters.iter().all(|(field, value)| takes(offering, field, value))
            && takes_images(offering, self.images)
            && self.references.is_none_or(|count| ReferenceLimits::of(offering.parameters).contains(count))
    }

    /// Names the choices that not every endpoint takes.
    fn divisive(&self, offerings: &[Offering<'_>]) -> Vec<String> {
        let mut names = Vec::new();
        for (field, value) in &self.parameters {
            if !offerings.iter().all(|offering| takes(offering, field, value)) {
                names.push(format!("{} {}", fields::label(field).to_lowercase(), value_text(value)));
            }
        }
        if !offerings.iter().all(|offering| takes_images(offering, self.images)) {
            names.push(format!("{} images", self.images));
        }
        let counted = self.references.unwrap_or_default();
        if !offerings.iter().all(|offering| ReferenceLimits::of(offering.parameters).contains(counted)) {
            names.push(if counted == 1 { "1 reference".to_owned() } else { format!("{counted} references") });
        }
        names
    }
}

fn takes(offering: &Offering<'_>, field: &str, value: &Value) -> bool {
    fields::judge(field, offering.parameters.get(field), value).is_ok()
}

fn takes_images(offering: &Offering<'_>, images: u32) -> bool {
    images == 1 || takes(offering, "n", &Value::from(images))
}

/// Returns the most pictures, up to `images`, that one of the offerings takes in one call; one where none counts them.
fn most_at_once(images: u32, offerings: &[&Offering<'_>]) -> u32 {
    let of = |offering: &&Offering<'_>| (1..=images).rev().find(|n| takes_images(offering, *n));
    offerings.iter().filter_map(of).max().unwrap_or(1)
}

/// Parts pictures among calls, `most` in each as long as there are so many; what is left in one, if all take it.
fn counts(images: u32, most: u32, takers: &[&Offering<'_>]) -> Vec<u32> {
    let most = most.max(1);
    let left = images % most;
    let together = left > 0 && takers.iter().all(|offering| takes_images(offering, left));
    let (last, single) = if together { (Some(left), 0) } else { (None, left) };
    let full = std::iter::repeat_n(most, (images / most) as usize);
    full.chain(last).chain(std::iter::repeat_n(1, single as usize)).collect()
}

fn basic_problems(draft: &Draft, endpoints: Option<&[Endpoint]>, scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if draft.model.is_none() {
        problems.push(Problem::NoModel);
    }
    if endpoints.is_some_and(<[Endpoint]>::is_empty) {
        problems.push(Problem::NotAvailable);
    }
    if let Some(tag) = scope.gone {
        problems.push(Problem::PinnedEndpointGone { tag: tag.to_owned() });
    }
    problems
}

/// Finds what stands in the way of sending the prompts.
fn prompt_problem(draft: &Draft, prompts: &[String], count: u64) -> Option<Problem> {
    if draft.prompt.trim().is_empty() {
        return Some(Problem::EmptyPrompt);
    }
    if count > prompts.len() as u64 {
        return Some(Problem::TooManyPrompts { count, most: MOST_PROMPTS });
    }
    prompts.iter().any(|prompt| prompt.trim().is_empty()).then_some(Problem::EmptyAlternative)
}

/// Parts the wishes into those at least one offering takes, and those none does.
fn sort_wishes(draft: &Draft, offerings: &[Offering<'_>]) -> (Wanted, Vec<NotSent>) {
    let mut wanted = Wanted { parameters: Map::new(), images: 1, references: None };
    let mut not_sent = Vec::new();
    let mut names: Vec<&String> = draft.wishes.keys().collect();
    names.sort_by_key(|name| fields::place(name));
    for name in names {
        let Some(value) = draft.wish(name) else { continue };
        if name == "n" && value.as_f64() == Some(1.0) {
            continue;
        }
        let value = fields::normal(name, value);
        if name == "n" {
            // Whoever does not count pictures is asked several times.
            match value.as_u64().and_then(|images| u32::try_from(images).ok()) {
                Some(images @ 1..=IMAGES_CAP) => wanted.images = images,
                _ => not_sent.push(left_out(name, &value, NotSentReason::OutOfRange)),
            }
            continue;
        }
        match judge_all(name, &value, offerings) {
            Ok(()) => {
                wanted.parameters.insert(name.clone(), value);
            }
            Err(reason) => not_sent.push(left_out(name, &value, reason)),
        }
    }
    (wanted, not_sent)
}

/// Says whether any offering takes the value; if none does, the most telling reason.
fn judge_all(name: &str, value: &Value, offerings: &[Offering<'_>]) -> Result<(), NotSentReason> {
    let mut reason = NotSentReason::NotOffered;
    for offering in offerings {
        match fields::judge(name, offering.parameters.get(name), value) {
            Ok(()) => return Ok(()),
            Err(NotSentReason::NotOffered) => {}
            Err(telling) => reason = telling,
        }
    }
    Err(reason)
}

fn left_out(field: &str, value: &Value, reason: NotSentReason) -> NotSent {
    NotSent { field: field.to_owned(), label: fields::label(field).to_owned(), value: value_text(value), reason }
}

fn fit_references(
    draft: &Draft,
    limits: ReferenceLimits,
    problems: &mut Vec<Problem>,
    not_sent: &mut Vec<NotSent>,
) -> Vec<DraftReference> {
    let count = draft.references.len();
    if count > 0 && limits.max == 0 {
        not_sent.push(left_out("input_references", &Value::from(count), NotSentReason::NotOffered));
        return Vec::new();
    }
    if count < limits.min as usize {
        problems.push(Problem::TooFewReferences { min: limits.min });
    } else if count > limits.max as usize {
        problems.push(Problem::TooManyReferences { max: limits.max });
    }
    draft.references.clone()
}

/// Finds the contradictions for which the contract promises a 400 (section 3).
fn contradictions(parameters: &Map<String, Value>) -> Vec<Problem> {
    let text = |field: &str| parameters.get(field).and_then(Value::as_str);
    let mut problems = Vec::new();
    if let (Some("transparent"), Some(format @ ("jpeg" | "jpg"))) = (text("background"), text("output_format")) {
        problems.push(Problem::TransparentNeedsAlpha { format: format.to_owned() });
    }
    let Some(size) = text("size") else { return problems };
    let against = [
        ("resolution", shape::size_contradicts_resolution as fn(&str, &str) -> bool),
        ("aspect_ratio", shape::size_contradicts_ratio),
    ];
    for (field, contradicts) in against {
        if let Some(value) = text(field).filter(|value| contradicts(size, value)) {
            problems.push(Problem::SizeConflict {
                size: size.to_owned(),
                field: field.to_owned(),
                label: fields::label(field).to_owned(),
                value: value.to_owned(),
            });
        }
    }
    problems
}

/// Says whether transparency is asked for, no format is, and those that may serve make nothing but JPEG.
fn only_jpeg(parameters: &Map<String, Value>, takers: &[&Offering<'_>]) -> bool {
    let transparent = parameters.get("background").and_then(Value::as_str) == Some("transparent");
    let jpeg_alone = |offering: &&Offering<'_>| match offering.parameters.get("output_format") {
        Some(Capability::Enum { values }) => {
            !values.is_empty() && values.iter().all(|value| value == "jpeg" || value == "jpg")
        }
        _ => false,
    };
    transparent && !parameters.contains_key("output_format") && !takers.is_empty() && takers.iter().all(jpeg_alone)
}

#[cfg(test)]
mod tests;
