//! Every way to fail, and every state on the way.

use super::*;
use crate::api::{Refusal, RefusalKind};
use crate::engine::{DiskError, Unknown};
use crate::library::JobId;
use crate::library::testing::run;
use std::sync::Arc;
use std::time::Duration;

fn job(phase: Phase) -> JobView {
    JobView {
        id: JobId("j1".into()),
        run: run(1).into(),
        prompt: "p".into(),
        position: 0,
        asked: 1,
        arrived: 0,
        phase,
        started: None,
        provider: None,
        usual: None,
        previews: 0,
        partials: 0,
        is_sendable: true,
    }
}

fn refusal(kind: RefusalKind, status: u16) -> Refusal {
    Refusal {
        status: Some(status),
        kind,
        message: "the provider's own words".into(),
        error_type: None,
        provider: None,
        reasons: vec![],
        flagged: None,
        retry_after: None,
        retryable: None,
        in_flight_budget: false,
        said: Default::default(),
    }
}

fn refused(kind: RefusalKind) -> JobError {
    JobError::Api(api::Error::Refused(Box::new(refusal(kind, 400))))
}

fn incomplete(asked: u32, arrived: u32, cut: u32, cause: Option<api::Error>) -> JobError {
    JobError::Incomplete { asked, arrived, cut, unreadable: 0, cause: cause.map(Box::new) }
}

fn failed_with(error: JobError) -> Card {
    let record = error.record(0);
    let kept = serde_json::from_value(serde_json::to_value(&record).unwrap()).unwrap();
    let of = |failure| card_of(&job(Phase::Failed(failure))).unwrap();
    let card = of(Failure { record, error: Some(Arc::new(error)) });
    assert_eq!(format!("{card:?}"), format!("{:?}", of(Failure { record: kept, error: None })), "after a restart too");
    card
}

#[test]
fn what_cannot_be_read_any_more_offers_nothing_that_would_send_it() {
    let refused = refused(RefusalKind::RateLimited);
    let failed = Phase::Failed(Failure { record: refused.record(0), error: None });
    for phase in [failed, Phase::Cancelled, Phase::Unknown(Unknown::default())] {
        let card = card_of(&JobView { is_sendable: false, ..job(phase) }).unwrap();
        assert!(!card.buttons.is_empty(), "{card:?}");
        assert!(!card.buttons.iter().any(|(_, command)| matches!(command, Command::Retry(_))), "{card:?}");
    }
}

#[test]
fn a_partial_that_came_can_be_kept_when_the_picture_never_did() {
    let buttons = |card: &Card| card.buttons.iter().map(|(text, _)| *text).collect::<Vec<_>>();
    let of = |phase| card_of(&JobView { partials: 2, ..job(phase) }).unwrap();
    let broken = JobError::Api(api::Error::Broken { reason: "why".into() });
    let failed = Phase::Failed(Failure { record: broken.record(0), error: None });
    let refused = refused(RefusalKind::ServerError);
    for (card, expected) in [
        (of(failed), &["Retry", "Keep the last partial"][..]),
        (of(Phase::Cancelled), &["Retry", "Keep the last partial"]),
        (of(Phase::Unknown(Unknown::default())), &["Retry, may be billed twice", "Keep the last partial"]),
        (
            of(Phase::Failed(Failure { record: refused.record(0), error: None })),
            &["Retry", "Keep the last partial", "Other endpoint"],
        ),
    ] {
        assert_eq!(buttons(&card), expected, "{}", card.title);
        assert!(card.removable && card.more.contains(&"2 partials are kept".to_owned()), "{:?}", card.more);
    }
    let error = DiskError::Stopped;
    let unsaved = of(Phase::Unsaved { error, count: 1, elsewhere: None });
    assert_eq!(buttons(&unsaved), ["Try again", "Save elsewhere…"], "the picture is there");
}

#[test]
fn an_answer_that_nobody_could_read_is_offered_on_its_card() {
    let error = JobError::Api(api::Error::Unreadable { reason: "it is a web page instead of JSON".into() });
    let failure = Failure::of(error, 0, None).with_unread(Some(12_300));
    let card = card_of(&job(Phase::Failed(failure))).unwrap();
    let buttons: Vec<_> = card.buttons.iter().map(|(text, _)| *text).collect();
    assert_eq!(buttons, ["Retry", "Read it again", "Save what came…"]);
    assert_eq!(card.more, ["What came is kept as it came (12 kB)"]);
    assert!(card.removable);
}

#[test]
fn every_error_has_its_own_title_billing_and_the_button_that_helps() {
    use RefusalKind as Kind;
    let reason = || "why".to_owned();
    let table: Vec<(JobError, &str, Option<&str>, &[&str])> = vec![
        (refused(Kind::ContentPolicy), "Refused by the provider", Some(NOT_BILLED), &["Edit prompt", "Other endpoint"]),
        (
            refused(Kind::InvalidRequest),
            "The request was not accepted",
            Some(NOT_BILLED),
            &["Edit prompt", "Other endpoint"],
        ),
        (refused(Kind::Unauthorized), "The key was not accepted", Some(NOT_BILLED), &["Enter key", "Retry"]),
        (refused(Kind::PaymentRequired), "No credit left", Some(NOT_BILLED), &["Retry", "Enter key"]),
        (refused(Kind::Forbidden), "Not allowed with this key", Some(NOT_BILLED), &["Other endpoint", "Enter key"]),
        (refused(Kind::NotFound), "The model was not found", Some(NOT_BILLED), &["Other endpoint", "Remove"]),
        (refused(Kind::TooLarge), "References too large", Some(NOT_BILLED), &["Shrink references", "Other endpoint"]),
        (refused(Kind::RateLimited), "Rate limited", Some(NOT_BILLED), &["Retry", "Other endpoint"]),
        (refused(Kind::TimedOut), "Timed out", Some(MAYBE_BILLED), &["Retry", "Other endpoint"]),
        (refused(Kind::Unavailable), "The provider is not available", Some(NOT_BILLED), &["Retry", "Other endpoint"]),
        (refused(Kind::Moved), "Sent on elsewhere", Some(NOT_BILLED), &["Open settings", "Retry"]),
        (refused(Kind::ServerError), "The service failed", Some(NOT_BILLED), &["Retry", "Other endpoint"]),
        (
            JobError::Api(api::Error::Unreachable { host: "h".into(), reason: reason() }),
            "No connection",
            Some(NOT_BILLED),
            &["Retry", "Remove"],
        ),
        (
            JobError::Api(api::Error::Broken { reason: reason() }),
            "The connection broke",
            Some(MAYBE_BILLED),
            &["Retry", "Remove"],
        ),
        (
            JobError::Api(api::Error::TimedOut { after: Duration::from_secs(90), what: api::Wait::Silence }),
            "Timed out",
            Some(MAYBE_BILLED),
            &["Retry", "Other endpoint"],
        ),
        (
            JobError::Api(api::Error::EndedEarly),
            "The stream ended early",
            Some(MAYBE_BILLED),
            &["Retry", "Other endpoint"],
        ),
        (JobError::Api(api::Error::Empty), "No picture came", Some(MAYBE_BILLED), &["Retry", "Edit prompt"]),
        (
            JobError::Api(api::Error::Unreadable { reason: reason() }),
            "The answer could not be read",
            Some(MAYBE_BILLED),
            &["Retry", "Other endpoint"],
        ),
        (
            JobError::Api(api::Error::Unsendable { reason: reason() }),
            "The request could not be made",
            Some(NOT_BILLED),
            &["Enter key", "Remove"],
        ),
        (
            JobError::Reference { name: "a.png".into(), reason: reason() },
            "A reference could not be used",
            Some(NOT_BILLED),
            &["Change references…", "Retry"],
        ),
        (
            JobError::Disk(DiskError::Stopped),
            "The library could not be written",
            Some(NOT_BILLED),
            &["Retry", "Remove"],
        ),
        (incomplete(4, 2, 0, None), "Fewer than asked", Some("What was billed is not known"), &["Retry", "Remove"]),
        (incomplete(4, 4, 1, None), "Cut off", Some("What was billed is not known"), &["Retry", "Remove"]),
        (
            incomplete(1, 1, 0, Some(api::Error::Refused(Box::new(refusal(Kind::ServerError, 500))))),
            "It came with an error",
            Some("What was billed is not known"),
            &["Remove", "Retry"],
        ),
        (JobError::Inside { sent: false }, "Easel failed", Some(NOT_BILLED), &["Retry", "Remove"]),
        (JobError::Inside { sent: true }, "Easel failed", Some(MAYBE_BILLED), &["Retry", "Remove"]),
        (JobError::Journal, "The request could not be read", Some(NOT_BILLED), &["Remove"]),
    ];
    for (error, title, billed, buttons) in table {
        let (word, text) = (error.word(), error.to_string());
        let card = failed_with(error);
        let names: Vec<_> = card.buttons.iter().map(|(name, _)| *name).collect();
        assert_eq!((card.title, card.billed.as_deref(), names.as_slice()), (title, billed, buttons), "{word}");
        let said = text.to_lowercase();
        let said = said.strip_prefix(&title.to_lowercase()).map_or(said.as_str(), |rest| rest.trim_start_matches(": "));
        assert_eq!(card.sentence.to_lowercase(), said, "{word}");
        assert!(card.removable);
        assert!(card.details.starts_with(&format!("Kind: {word}")), "{word}: {}", card.details);
    }
}

#[test]
fn every_row_of_the_contract_has_its_card() {
    for (status, title, billed, first) in [
        (300, "Sent on elsewhere", NOT_BILLED, "Open settings"),
        (400, "The request was not accepted", NOT_BILLED, "Edit prompt"),
        (401, "The key was not accepted", NOT_BILLED, "Enter key"),
        (402, "No credit left", NOT_BILLED, "Retry"),
        (403, "Not allowed with this key", NOT_BILLED, "Other endpoint"),
        (404, "The model was not found", NOT_BILLED, "Other endpoint"),
        (408, "Timed out", MAYBE_BILLED, "Retry"),
        (410, "The model was not found", NOT_BILLED, "Other endpoint"),
        (413, "References too large", NOT_BILLED, "Shrink references"),
        (422, "The request was not accepted", NOT_BILLED, "Edit prompt"),
        (429, "Rate limited", NOT_BILLED, "Retry"),
        (499, "Timed out", MAYBE_BILLED, "Retry"),
        (500, "The service failed", NOT_BILLED, "Retry"),
        (502, "The provider is not available", NOT_BILLED, "Retry"),
        (503, "The provider is not available", NOT_BILLED, "Retry"),
        (504, "Timed out", MAYBE_BILLED, "Retry"),
        (520, "The service failed", MAYBE_BILLED, "Retry"),
        (522, "The service failed", MAYBE_BILLED, "Retry"),
        (524, "Timed out", MAYBE_BILLED, "Retry"),
        (529, "The provider is not available", NOT_BILLED, "Retry"),
    ] {
        for body in [&b"{\"error\":{\"message\":\"why\"}}"[..], b"", b"<html>no", b"{\"detail\":[]}"] {
            let refusal = api::Refusal::parse(status, &Default::default(), body);
            let card = failed_with(JobError::Api(api::Error::Refused(Box::new(refusal))));
            let button = card.buttons.first().map(|(text, _)| *text);
            assert_eq!((card.title, card.billed.as_deref(), button), (title, Some(billed), Some(first)), "{status}");
            assert!(!card.sentence.is_empty(), "{status}");
            assert!(card.details.contains(&format!("Status: {status}")), "{status}: {}", card.details);
        }
    }
}

#[test]
fn a_word_of_a_later_version_still_has_a_card() {
    let record = FailureRecord {
        kind: "sunspots".into(),
        message: "too many".into(),
        billed: Some(true),
        ..FailureRecord::default()
    };
    let card = card_of(&job(Phase::Failed(Failure { record, error: None }))).unwrap();
    assert_eq!(
        (card.title, card.sentence.as_str(), card.billed.as_deref()),
        ("It did not work", "Too many", Some("Billed"))
    );
}

#[test]
fn what_the_answer_says_of_its_cost_is_what_is_said_of_the_bill() {
    for (cost, billed) in [(Some(0.04), "Billed $0.04"), (Some(0.0), NOT_BILLED), (None, MAYBE_BILLED)] {
        let broken = JobError::Api(api::Error::Broken { reason: "why".into() });
        let card = card_of(&job(Phase::Failed(Failure::of(broken, 0, cost)))).unwrap();
        assert_eq!(card.billed.as_deref(), Some(billed));
    }
}

#[test]
fn flagged_words_are_quoted_with_their_reasons() {
    let error = JobError::Api(api::Error::Refused(Box::new(Refusal {
        flagged: Some("nebula weapon".into()),
        reasons: vec!["violence".into()],
        ..refusal(RefusalKind::ContentPolicy, 403)
    })));
    assert_eq!(failed_with(error).sentence, "“nebula weapon” was flagged (violence). The provider's own words");
}

#[test]
fn a_refusal_for_money_under_way_is_not_called_lack_of_credit() {
    let refusal = Refusal { in_flight_budget: true, ..refusal(RefusalKind::PaymentRequired, 402) };
    assert_eq!(failed_with(JobError::Api(api::Error::Refused(Box::new(refusal)))).title, "Too much under way at once");
}

#[test]
fn what_was_cancelled_lost_or_not_saved_says_so() {
    let sent = JobView { started: Some(Instant::now()), ..job(Phase::Cancelled) };
    assert_eq!(card_of(&sent).unwrap().billed.as_deref(), Some(MAYBE_BILLED));
    assert_eq!(card_of(&job(Phase::Cancelled)).unwrap().billed.as_deref(), Some(NOT_BILLED));
    assert_eq!(card_of(&job(Phase::Unknown(Unknown::default()))).unwrap().title, "Outcome unknown");
    let unsaved = card_of(&job(Phase::Unsaved { error: DiskError::Stopped, count: 2, elsewhere: None })).unwrap();
    assert!(unsaved.sentence.starts_with("2 pictures are kept in memory: "), "{}", unsaved.sentence);
    assert!(!unsaved.removable, "removing it would lose the pictures");
    assert!(matches!(
        unsaved.buttons.as_slice(),
        [("Try again", Command::SaveAgain(_)), ("Save elsewhere…", Command::OpenDialog(Dialog::SaveElsewhere(_)))]
    ));
    let copied = Phase::Unsaved { error: DiskError::Stopped, count: 2, elsewhere: Some("/media/fox".into()) };
    let copied = card_of(&job(copied)).unwrap();
    assert!(copied.removable, "there is a copy");
    assert_eq!(copied.more, ["A copy is in /media/fox"]);
    for (cost, is_cancelled, billed, button) in [
        (Some(0.04), None, "Billed $0.04, says the service", "Retry, may be billed twice"),
        (Some(0.04), Some(true), "Billed $0.04, broken off, says the service", "Retry, may be billed twice"),
        (Some(0.0), Some(true), "Not billed, broken off, says the service", "Retry"),
        (None, Some(true), MAYBE_BILLED, "Retry, may be billed twice"),
    ] {
        let record = Some(GenerationRecord { cost, is_cancelled, finish_reason: None });
        let card = card_of(&job(Phase::Unknown(Unknown { record, ..Unknown::default() }))).unwrap();
        assert_eq!((card.billed.as_deref(), card.buttons[0].0), (Some(billed), button));
    }
    for phase in [Phase::Queued { ticket: 0 }, Phase::Held, Phase::Sending, Phase::Receiving { note: None }] {
        assert!(card_of(&job(phase)).is_none());
    }
}

#[test]
fn a_job_of_unknown_outcome_shows_its_request_and_what_the_account_says() {
    let card = |answered, arrived, growth| {
        let job = JobView { arrived, asked: 4, ..job(Phase::Unknown(Unknown { answered, growth, record: None })) };
        card_of(&job).unwrap()
    };
    let plain = card(false, 0, Growth::NotKnown);
    assert_eq!(plain.sentence, "Easel stopped while this request was on the wire");
    assert_eq!(plain.billed.as_deref(), Some(MAYBE_BILLED));
    assert_eq!(plain.buttons[0].0, "Retry, may be billed twice");
    let run = run(1);
    assert_eq!(plain.more[1], format!("{}: “{}”", run.model_name, run.prompt));
    assert_eq!(
        card(true, 1, Growth::NotKnown).sentence,
        "Easel stopped after its answer had begun; 1 of 4 pictures had arrived"
    );
    let grown = |by, stored, others| Growth::Grown { by, stored, others };
    for (growth, text) in [
        (Growth::NotKnown, "What the key had spent before is not known"),
        (Growth::Reading, "What the key has spent since is being read"),
        (Growth::Unreadable, "What the key has spent since cannot be read"),
        (Growth::OtherKey, "It was sent with another key; what that has spent since cannot be read"),
        (grown(0.04, 0.0, 0), "The key's usage has grown by $0.04 since"),
        (grown(1.1 - 1.0 - 0.1, 0.0, 1), "The key's usage has not grown since"),
        (grown(-0.5, 0.0, 0), "The key's usage has not grown since"),
        (grown(0.12, 0.08, 0), "The key's usage has grown by $0.12 since, $0.08 of it for pictures that are here"),
        (
            grown(0.04, 0.0, 1),
            "The key's usage has grown by $0.04 since; one more request of unknown outcome may share in it",
        ),
        (
            grown(0.04, 0.0, 2),
            "The key's usage has grown by $0.04 since; 2 more requests of unknown outcome may share in it",
        ),
    ] {
        assert_eq!(card(false, 0, growth).more[0], text);
    }
}

#[test]
fn progress_is_told_by_clocks_and_never_by_percent() {
    let now = Instant::now();
    let started = now.checked_sub(Duration::from_millis(14_300));
    let usual = Some(Duration::from_secs(18));
    let limited = Arc::new(JobError::Api(api::Error::Refused(Box::new(refusal(RefusalKind::RateLimited, 429)))));
    let retrying = Phase::Retrying { at: now + Duration::from_millis(6_200), attempt: 2, reason: limited };
    for (phase, started, title, lines, pulses) in [
        (Phase::Queued { ticket: 0 }, None, "Next in the queue", vec!["usually 0:18"], false),
        (Phase::Queued { ticket: 3 }, None, "Waiting", vec!["3 ahead", "usually 0:18"], false),
        (
            Phase::Elsewhere { service: "Studio".into(), choice: None, held: true },
            None,
            "Waits for Studio",
            vec!["kept from the last session"],
            false,
        ),
        (Phase::Held, None, "Kept from the last session", vec!["not sent yet"], false),
        (Phase::Sending, started, "Waiting 0:14", vec!["usually 0:18"], true),
        (Phase::Receiving { note: None }, started, "Waiting 0:14", vec!["usually 0:18"], true),
        (
            Phase::Receiving { note: Some("Thinking of\nlight".into()) },
            started,
            "Waiting 0:14",
            vec!["Thinking of light"],
            true,
        ),
        (retrying.clone(), started, "Trying again in 0:07", vec!["429 Rate limited", "attempt 2"], false),
    ] {
        let job = JobView { usual, started, ..job(phase) };
        let ahead = if let Phase::Queued { ticket } = job.phase { ticket as usize } else { 0 };
        let progress = progress_of(&job, ahead, now);
        assert_eq!((progress.title.as_str(), progress.pulses), (title, pulses));
        assert_eq!(progress.lines, lines, "{title}");
    }
    let partial = JobView { previews: 2, started, ..job(Phase::Receiving { note: None }) };
    assert_eq!(partial_text(&partial, now), "Partial 2 · 0:14");
    assert_eq!(partial_text(&JobView { phase: retrying, ..partial }, now), "Trying again in 0:07");
}
