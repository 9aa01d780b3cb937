//! What a tile says while its picture is on the way, and what its card says when none came.
//!
//! Pure: a job's state in, words and buttons out. Invariants: every way to fail has a title of its own and a button
//! that helps; nothing is sent again by itself from here; billing is stated only where it is known.

use super::layout::{bytes_text, clock_text};
use super::{Command, Dialog};
use crate::api::{self, GenerationRecord, harmless, harmless_line};
use crate::engine::{Failure, Growth, JobError, JobView, Phase, WhichPartial};
use crate::library::FailureRecord;
use crate::plan::Usd;
use std::time::Instant;

/// What a failed job says in place of its picture.
#[derive(Clone, Debug)]
pub struct Card {
    pub title: &'static str,
    /// For people, without the title's words; empty when there is nothing to add.
    pub sentence: String,
    /// `None`: there is nothing to say of it.
    pub billed: Option<String>,
    /// What else is known, one sentence each.
    pub more: Vec<String>,
    /// What the service said word for word and what else there is to know, a line each; empty: nothing.
    pub details: String,
    pub icon: CardIcon,
    /// The one that helps most first; at most three.
    pub buttons: Vec<(&'static str, Command)>,
    /// Whether the tile may be taken off the screen without losing a picture.
    pub removable: bool,
}

/// Which drawing goes with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardIcon {
    Refused,
    Limited,
    Credit,
    Key,
    Connection,
    Clock,
    Empty,
    Fewer,
    Disk,
    Cancelled,
    Unknown,
    Model,
    References,
    Problem,
}

/// What a tile says while its picture is on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// `Waiting 0:14`.
    pub title: String,
    /// Quieter lines below it.
    pub lines: Vec<String>,
    /// All there is to say, for the tooltip.
    pub hint: Option<String>,
    /// Whether something is going on at the other end.
    pub pulses: bool,
}

const REMOVE: &str = "Remove";
const NOT_BILLED: &str = "Not billed";
const MAYBE_BILLED: &str = "May have been billed";

/// Returns the card of an ended job; `None` while it is under way.
pub fn card_of(job: &JobView) -> Option<Card> {
    let card = plain_card(job)?;
    let has_partials = job.partials > 0 && !matches!(job.phase, Phase::Unsaved { .. });
    let card = match &job.phase {
        Phase::Failed(Failure { record: FailureRecord { unread: Some(bytes), .. }, .. }) => {
            with_unread(card, job, *bytes)
        }
        _ => card,
    };
    let mut card = if has_partials { with_partials(card, job) } else { card };
    if !job.is_sendable {
        card.buttons.retain(|(_, command)| !matches!(command, Command::Retry(_)));
    }
    if card.buttons.is_empty() && card.removable {
        card.buttons.push((REMOVE, Command::DismissJob(job.id.clone())));
    }
    Some(card)
}

/// What nobody could read is not lost either.
fn with_unread(mut card: Card, job: &JobView, bytes: u64) -> Card {
    card.more.push(format!("What came is kept as it came ({})", bytes_text(bytes)));
    // The cross removes, and another endpoint can be chosen in the panel.
    card.buttons.truncate(1);
    card.buttons.push(("Read it again", Command::ReadUnread(job.id.clone())));
    card.buttons.push(("Save what came…", Command::OpenDialog(Dialog::SaveElsewhere(job.id.clone()))));
    card
}

/// What was received is not lost because the result never came.
fn with_partials(mut card: Card, job: &JobView) -> Card {
    card.more.push(match job.partials {
        1 => "1 partial is kept".to_owned(),
        count => format!("{count} partials are kept"),
    });
    // Its room is needed, and the cross does the same.
    card.buttons.retain(|(text, _)| !card.removable || *text != REMOVE);
    let keep = Command::KeepPartial(WhichPartial::Last(job.id.clone()));
    card.buttons.insert(1.min(card.buttons.len()), ("Keep the last partial", keep));
    card
}

fn plain_card(job: &JobView) -> Option<Card> {
    let id = || job.id.clone();
    let retry = ("Retry", Command::Retry(id()));
    let remove = (REMOVE, Command::DismissJob(id()));
    Some(match &job.phase {
        Phase::Queued { .. }
        | Phase::Held
        | Phase::Elsewhere { .. }
        | Phase::Sending
        | Phase::Receiving { .. }
        | Phase::Retrying { .. } => return None,
        Phase::Failed(failure) => failed(job, failure),
        Phase::Cancelled => {
            let sent = job.started.is_some();
            let sentence = if sent { "It was on the wire already" } else { "It was not sent yet" };
            Card {
                title: "Cancelled",
                sentence: sentence.to_owned(),
                billed: Some(if sent { MAYBE_BILLED } else { NOT_BILLED }.to_owned()),
                more: vec![],
                details: String::new(),
                icon: CardIcon::Cancelled,
                buttons: vec![retry, remove],
                removable: true,
            }
        }
        Phase::Unknown(unknown) => Card {
            title: "Outcome unknown",
            sentence: interrupted(job, unknown.answered),
            billed: Some(record_text(unknown.record.as_ref()).unwrap_or_else(|| MAYBE_BILLED.to_owned())),
            more: vec![growth_text(&unknown.growth), request_text(job)],
            details: record_details(unknown.record.as_ref()),
            icon: CardIcon::Unknown,
            buttons: match unknown.record.as_ref().and_then(GenerationRecord::is_billed) {
                Some(false) => vec![retry],
                Some(true) | None => vec![("Retry, may be billed twice", Command::Retry(id()))],
            },
            removable: true,
        },
        Phase::Unsaved { error, count, elsewhere } => Card {
            title: "Could not be saved",
            sentence: match count {
                1 => format!("The picture is kept in memory: {error}"),
                count => format!("{count} pictures are kept in memory: {error}"),
            },
            billed: None,
            more: elsewhere.iter().map(|folder| format!("A copy is in {}", folder.display())).collect(),
            details: String::new(),
            icon: CardIcon::Disk,
            buttons: vec![
                ("Try again", Command::SaveAgain(id())),
                ("Save elsewhere…", Command::OpenDialog(Dialog::SaveElsewhere(id()))),
            ],
            removable: elsewhere.is_some(),
        },
    })
}

/// What a request was interrupted in.
fn interrupted(job: &JobView, answered: bool) -> String {
    let when = if answered { "after its answer had begun" } else { "while this request was on the wire" };
    match job.arrived {
        0 => format!("Easel stopped {when}"),
        arrived => format!("Easel stopped {when}; {arrived} of {} pictures had arrived", job.asked),
    }
}

/// What the service remembers of the bill; `None`: nothing.
fn record_text(record: Option<&GenerationRecord>) -> Option<String> {
    let record = record?;
    let ended = if record.is_cancelled == Some(true) { ", broken off" } else { "" };
    Some(match record.cost? {
        cost if cost > 0.0 => format!("Billed {}{ended}, says the service", Usd(cost)),
        _ => format!("Not billed{ended}, says the service"),
    })
}

/// What the account says of a request whose outcome is not known.
fn growth_text(growth: &Growth) -> String {
    match growth {
        Growth::NotKnown => "What the key had spent before is not known".to_owned(),
        Growth::Reading => "What the key has spent since is being read".to_owned(),
        Growth::Unreadable => "What the key has spent since cannot be read".to_owned(),
        Growth::OtherKey => "It was sent with another key; what that has spent since cannot be read".to_owned(),
        // Sums of floats are a little off.
        Growth::Grown { by, stored, .. } if *by < 1e-6 && *stored < 1e-6 => {
            "The key's usage has not grown since".to_owned()
        }
        Growth::Grown { by, stored, others } => {
            let stored = match stored {
                stored if *stored < 1e-6 => String::new(),
                stored => format!(", {} of it for pictures that are here", Usd(*stored)),
            };
            let others = match others {
                0 => String::new(),
                1 => "; one more request of unknown outcome may share in it".to_owned(),
                others => format!("; {others} more requests of unknown outcome may share in it"),
            };
            format!("The key's usage has grown by {} since{stored}{others}", Usd(by.max(0.0)))
        }
    }
}

/// `Seedream 4.5 · 16:9 · 2K: “A red panda”`.
fn request_text(job: &JobView) -> String {
    let settings = match job.run.settings.as_str() {
        "" => String::new(),
        settings => format!(" · {settings}"),
    };
    format!("{}{settings}: “{}”", job.run.model_name, super::sums::one_line(&job.prompt))
}

fn failed(job: &JobView, failure: &Failure) -> Card {
    let id = || job.id.clone();
    let retry = || ("Retry", Command::Retry(id()));
    let edit = || ("Edit prompt", Command::EditJob(id()));
    let other = || ("Other endpoint", Command::OtherEndpoint(id()));
    let key = || ("Enter key", Command::OpenDialog(Dialog::Settings));
    let remove = || (REMOVE, Command::DismissJob(id()));
    let word = failure.record.kind.as_str();
    let (title, icon) = title_of(word);
    let buttons = match word {
        "content_policy" => vec![edit(), other()],
        "invalid_request" => vec![edit(), other()],
        "unauthorized" => vec![key(), retry()],
        "unsendable" => vec![key(), remove()],
        "moved" => vec![("Open settings", Command::OpenDialog(Dialog::Settings)), retry()],
        "forbidden" => vec![other(), key()],
        "payment_required" | "in_flight_budget" => vec![retry(), key()],
        "not_found" => vec![other(), remove()],
        "too_large" => vec![("Shrink references", Command::ShrinkReferences(id())), other()],
        "reference_unusable" => vec![("Change references…", Command::EditJob(id())), retry()],
        "empty_answer" => vec![retry(), edit()],
        "unreachable" | "connection_broken" | "fewer_than_asked" | "cut_off" | "failed_inside" | "disk" => {
            vec![retry(), remove()]
        }
        "error_beside" => vec![remove(), retry()],
        "journal" => vec![remove()],
        _ => vec![retry(), other()],
    };
    Card {
        title,
        sentence: sentence_of(failure, title),
        billed: billed_text(&failure.record),
        more: vec![],
        details: details_of(&failure.record),
        icon,
        buttons,
        removable: true,
    }
}

/// The details that were written down when it failed, and the name to ask the service about it with.
fn details_of(record: &FailureRecord) -> String {
    let generation = record.generation.iter().map(|id| format!("Generation: {}", harmless_line(id, 200)));
    // Of a failure of an earlier version only the word is known.
    let told = match record.details.as_str() {
        "" => format!("Kind: {}", harmless_line(&record.kind, 100)),
        details => harmless(details).into_owned(),
    };
    std::iter::once(told).chain(generation).collect::<Vec<_>>().join("\n")
}

/// What the service remembers of a call whose end was not seen.
fn record_details(record: Option<&GenerationRecord>) -> String {
    let Some(GenerationRecord { cost, is_cancelled, finish_reason }) = record else { return String::new() };
    let told = [
        cost.map(|cost| format!("Charged: {}", Usd(cost))),
        is_cancelled.map(|is| format!("Cancelled: {}", if is { "yes" } else { "no" })),
        finish_reason.as_ref().map(|reason| format!("Ended: {}", harmless_line(reason, 200))),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Says what is known of the bill; `None`: nothing, not even that something went out.
fn billed_text(record: &FailureRecord) -> Option<String> {
    let text = match (record.cost, record.billed, record.kind.as_str()) {
        (Some(cost), ..) if cost > 0.0 => format!("Billed {}", Usd(cost)),
        (Some(_), ..) | (None, Some(false), _) => NOT_BILLED.to_owned(),
        (None, Some(true), _) => "Billed".to_owned(),
        (None, None, "fewer_than_asked" | "cut_off" | "error_beside") => "What was billed is not known".to_owned(),
        (None, None, "disk") => return None,
        // A request that went out and brought no clear answer.
        (None, None, _) => MAYBE_BILLED.to_owned(),
    };
    Some(text)
}

/// Returns title and drawing for the stable word of an error; an unknown word has the general one.
fn title_of(word: &str) -> (&'static str, CardIcon) {
    match word {
        "content_policy" => ("Refused by the provider", CardIcon::Refused),
        "invalid_request" => ("The request was not accepted", CardIcon::Problem),
        "unauthorized" => ("The key was not accepted", CardIcon::Key),
        "payment_required" => ("No credit left", CardIcon::Credit),
        "in_flight_budget" => ("Too much under way at once", CardIcon::Credit),
        "forbidden" => ("Not allowed with this key", CardIcon::Key),
        "not_found" => ("The model was not found", CardIcon::Model),
        "too_large" => ("References too large", CardIcon::References),
        "rate_limited" => ("Rate limited", CardIcon::Limited),
        "timed_out" => ("Timed out", CardIcon::Clock),
        "unavailable" => ("The provider is not available", CardIcon::Connection),
        "moved" => ("Sent on elsewhere", CardIcon::Connection),
        "server_error" => ("The service failed", CardIcon::Problem),
        "unreachable" => ("No connection", CardIcon::Connection),
        "connection_broken" => ("The connection broke", CardIcon::Connection),
        "ended_early" => ("The stream ended early", CardIcon::Connection),
        "empty_answer" => ("No picture came", CardIcon::Empty),
        "unreadable_answer" => ("The answer could not be read", CardIcon::Problem),
        "unsendable" => ("The request could not be made", CardIcon::Problem),
        "reference_unusable" => ("A reference could not be used", CardIcon::References),
        "disk" => ("The library could not be written", CardIcon::Disk),
        "fewer_than_asked" => ("Fewer than asked", CardIcon::Fewer),
        "cut_off" => ("Cut off", CardIcon::Empty),
        "error_beside" => ("It came with an error", CardIcon::Problem),
        "failed_inside" => ("Easel failed", CardIcon::Problem),
        "journal" => ("The request could not be read", CardIcon::Disk),
        _ => ("It did not work", CardIcon::Problem),
    }
}

/// The record's sentence; the flagged words, and why, before it.
fn sentence_of(failure: &Failure, title: &str) -> String {
    let FailureRecord { message, flagged, reasons, .. } = &failure.record;
    // What the title says already is not said twice.
    let rest = match message.trim().split_at_checked(title.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(title) => rest.trim_start_matches([':', ' ']),
        _ => message.trim(),
    };
    let message = capitalised(rest);
    let Some(flagged) =
        flagged.as_deref().map(|flagged| harmless_line(flagged, 100)).filter(|flagged| !flagged.trim().is_empty())
    else {
        return message;
    };
    let reasons = reasons.iter().map(|reason| harmless_line(reason, 100)).collect::<Vec<_>>().join(", ");
    let reasons = if reasons.is_empty() { reasons } else { format!(" ({reasons})") };
    format!("“{flagged}” was flagged{reasons}. {message}")
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns what the tile of a job under way says before its first partial picture.
/// `ahead`: how many go before it.
pub fn progress_of(job: &JobView, ahead: usize, now: Instant) -> Progress {
    let usual = job.usual.map(|usual| format!("usually {}", clock_text(usual.as_secs())));
    let clock = elapsed(job, now).map(clock_text);
    let waiting = clock.map_or_else(|| "Waiting".to_owned(), |clock| format!("Waiting {clock}"));
    let plain = |title: String, lines: Vec<String>, pulses| Progress { title, lines, hint: None, pulses };
    match &job.phase {
        Phase::Queued { .. } if ahead == 0 => plain("Next in the queue".to_owned(), usual.into_iter().collect(), false),
        Phase::Queued { .. } => {
            plain("Waiting".to_owned(), [format!("{ahead} ahead")].into_iter().chain(usual).collect(), false)
        }
        Phase::Elsewhere { service, held, .. } => {
            let held = held.then(|| "kept from the last session".to_owned());
            plain(format!("Waits for {service}"), held.into_iter().collect(), false)
        }
        Phase::Held => plain("Kept from the last session".to_owned(), vec!["not sent yet".to_owned()], false),
        Phase::Receiving { note: Some(note) } => {
            let line = super::sums::one_line(note);
            Progress { title: waiting, lines: vec![line], hint: Some(note.clone()), pulses: true }
        }
        Phase::Retrying { at, attempt, reason } => {
            // Rounded up: 0:00 is the moment it goes.
            let left = at.saturating_duration_since(now).as_millis().div_ceil(1000);
            let left = clock_text(u64::try_from(left).unwrap_or(u64::MAX));
            Progress {
                title: format!("Trying again in {left}"),
                lines: vec![reason_text(reason), format!("attempt {attempt}")],
                hint: Some(reason.to_string()),
                pulses: false,
            }
        }
        _ => plain(waiting, usual.into_iter().collect(), true),
    }
}

/// Returns the fact line over a partial picture: `Partial 2 · 0:14`.
pub fn partial_text(job: &JobView, now: Instant) -> String {
    let clock = elapsed(job, now).map_or_else(String::new, |seconds| format!(" · {}", clock_text(seconds)));
    match &job.phase {
        Phase::Retrying { .. } => progress_of(job, 0, now).title,
        _ => format!("Partial {}{clock}", job.previews),
    }
}

/// Returns the seconds since a job was first sent; `None`: it was not.
pub fn elapsed(job: &JobView, now: Instant) -> Option<u64> {
    job.started.map(|started| now.saturating_duration_since(started).as_secs())
}

/// `429 Rate limited`.
fn reason_text(reason: &JobError) -> String {
    let (title, _) = title_of(reason.word());
    match reason {
        JobError::Api(api::Error::Refused(refusal)) => {
            refusal.status.map_or_else(|| title.to_owned(), |status| format!("{status} {title}"))
        }
        _ => title.to_owned(),
    }
}

#[cfg(test)]
mod tests;
