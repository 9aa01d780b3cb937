//! Tables for what may be repeated, the stable words, and what is known to be billed.

use super::*;

fn refused(status: Option<u16>, kind: RefusalKind, error_type: Option<&str>) -> Refusal {
    Refusal {
        status,
        kind,
        message: "No".to_owned(),
        error_type: error_type.map(str::to_owned),
        provider: None,
        reasons: Vec::new(),
        flagged: None,
        retry_after: None,
        retryable: None,
        in_flight_budget: false,
        said: Default::default(),
    }
}

fn retry(refusal: Refusal) -> Retry {
    Error::Refused(Box::new(refusal)).retry(AnswerBegun::No)
}

#[test]
fn every_status_row_is_repeated_as_the_contract_says() {
    let yes = [429, 503, 529];
    // Three of them may have been finished and billed.
    let once = [500, 502, 408, 504, 524];
    for status in 300..600 {
        let expected = match status {
            status if yes.contains(&status) => Retry::Yes,
            status if once.contains(&status) => Retry::Once,
            _ => Retry::Never,
        };
        assert_eq!(retry(refused(Some(status), RefusalKind::ServerError, None)), expected, "{status}");
    }
    assert_eq!(retry(refused(None, RefusalKind::RateLimited, None)), Retry::Never);
}

#[test]
fn nothing_is_repeated_once_an_answer_has_begun() {
    for status in 300..600 {
        let error = Error::Refused(Box::new(refused(Some(status), RefusalKind::ServerError, None)));
        assert_eq!(error.retry(AnswerBegun::Yes), Retry::Never, "{status}");
    }
}

#[test]
fn a_time_limit_somewhere_on_the_way_may_have_been_billed() {
    for status in 300..600 {
        let error = Error::Refused(Box::new(refused(Some(status), RefusalKind::ServerError, None)));
        let unknown = [408, 499, 504, 520, 522, 524, 598, 599].contains(&status);
        assert_eq!(error.billed(), (!unknown).then_some(false), "{status}");
    }
}

#[test]
fn body_and_type_decide_over_the_status() {
    let busy = || refused(Some(503), RefusalKind::Unavailable, Some("provider_overloaded"));
    assert_eq!(retry(busy()), Retry::Yes);
    assert_eq!(retry(Refusal { retryable: Some(false), ..busy() }), Retry::Never);
    assert_eq!(retry(Refusal { kind: RefusalKind::ContentPolicy, ..busy() }), Retry::Never);
    assert_eq!(retry(Refusal { status: Some(404), retryable: Some(true), ..busy() }), Retry::Yes);
    assert_eq!(retry(Refusal { status: Some(502), retryable: Some(true), ..busy() }), Retry::Yes);
    for name in DETERMINISTIC_TYPES {
        let refusal = || refused(Some(503), RefusalKind::Unavailable, Some(name));
        assert_eq!(retry(refusal()), Retry::Never, "{name}");
        assert_eq!(retry(Refusal { retryable: Some(true), ..refusal() }), Retry::Never, "{name}");
    }
}

#[test]
fn only_the_exhausted_in_flight_budget_repeats_a_402() {
    let unpaid = || refused(Some(402), RefusalKind::PaymentRequired, Some("payment_required"));
    assert_eq!(retry(unpaid()), Retry::Never);
    assert_eq!(retry(Refusal { in_flight_budget: true, ..unpaid() }), Retry::Yes);
}

#[test]
fn errors_without_a_refusal_have_their_rows() {
    let reason = String::new;
    let after = Duration::from_secs(1);
    let rows = [
        (Error::Unreachable { host: reason(), reason: reason() }, Retry::Yes, "unreachable", Some(false)),
        (Error::Unsendable { reason: reason() }, Retry::Never, "unsendable", Some(false)),
        (Error::Broken { reason: reason() }, Retry::Never, "connection_broken", None),
        (Error::TimedOut { after, what: Wait::Silence }, Retry::Never, "timed_out", None),
        (Error::TimedOut { after, what: Wait::Whole }, Retry::Never, "timed_out", None),
        (Error::EndedEarly, Retry::Never, "ended_early", None),
        (Error::Empty, Retry::Never, "empty_answer", None),
        (Error::Unreadable { reason: reason() }, Retry::Never, "unreadable_answer", None),
    ];
    for (error, retry, word, billed) in rows {
        assert_eq!((error.retry(AnswerBegun::No), error.word(), error.billed()), (retry, word, billed), "{error:?}");
        assert_eq!((error.retry(AnswerBegun::Yes), error.retry_after()), (Retry::Never, None));
    }
}

#[test]
fn refusals_have_their_words_and_are_not_billed() {
    let rows = [
        (RefusalKind::InvalidRequest, "invalid_request"),
        (RefusalKind::ContentPolicy, "content_policy"),
        (RefusalKind::Unauthorized, "unauthorized"),
        (RefusalKind::PaymentRequired, "payment_required"),
        (RefusalKind::Forbidden, "forbidden"),
        (RefusalKind::NotFound, "not_found"),
        (RefusalKind::TooLarge, "too_large"),
        (RefusalKind::RateLimited, "rate_limited"),
        (RefusalKind::TimedOut, "timed_out"),
        (RefusalKind::Unavailable, "unavailable"),
        (RefusalKind::Moved, "moved"),
        (RefusalKind::ServerError, "server_error"),
    ];
    for (kind, word) in rows {
        let error = Error::Refused(Box::new(Refusal {
            retry_after: Some(Duration::from_secs(3)),
            ..refused(None, kind, None)
        }));
        let billed = (kind != RefusalKind::TimedOut).then_some(false);
        assert_eq!((error.word(), error.billed()), (word, billed));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        assert_eq!(error.to_string(), "No");
    }
}
