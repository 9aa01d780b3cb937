//! Why a job failed: the sentence on its card, the record that goes to disk, and what else is known, a line each.
//!
//! Pure. Invariants: there is always something to tell; what is not known is left out; all of it is harmless to show.

use super::disk::DiskError;
use crate::api::{self, Refusal, Said, harmless_line};
use crate::library::FailureRecord;
use std::sync::Arc;

/// Longest line, characters.
const LONGEST: usize = 2_100;

/// A failed job: what the card says, and the error itself while this session has it.
#[derive(Clone, Debug)]
pub struct Failure {
    pub record: FailureRecord,
    /// `None` for a failure of an earlier session.
    pub error: Option<Arc<JobError>>,
}

impl Failure {
    /// Makes one of this session. `cost`: US dollars that the answer stated.
    pub(crate) fn of(error: JobError, arrived: u32, cost: Option<f64>) -> Self {
        let record = error.record(arrived);
        // A stated cost is what is known, whatever else is likely.
        let billed = cost.map(|cost| cost > 0.0).or(record.billed);
        Self { record: FailureRecord { cost, billed, ..record }, error: Some(Arc::new(error)) }
    }

    /// Notes how long an answer is (bytes) that could not be read and is kept as it came.
    pub(crate) fn with_unread(self, unread: Option<u64>) -> Self {
        Self { record: FailureRecord { unread, ..self.record }, ..self }
    }
}

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Api(api::Error),
    #[error("reference {name}: {reason}")]
    Reference { name: String, reason: String },
    #[error(transparent)]
    Disk(DiskError),
    /// Some pictures came, and are kept, but not all of them or not all of each, or with an error beside them.
    #[error("{}", incomplete(*.asked, *.arrived, *.cut, *.unreadable, .cause.as_deref()))]
    Incomplete {
        asked: u32,
        arrived: u32,
        /// Of those that arrived, so many are only the beginning of a picture.
        cut: u32,
        /// Parts of the answer that could not be read.
        unreadable: u32,
        cause: Option<Box<api::Error>>,
    },
    /// A part of Easel failed. `sent`: after the request had begun to go out.
    #[error("this part of Easel failed inside; the log has more")]
    Inside { sent: bool },
    #[error("the journalled request could not be read")]
    Journal,
}

impl JobError {
    /// Returns the stable word for scripts and for the card.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Api(error) => error.word(),
            Self::Reference { .. } => "reference_unusable",
            Self::Disk(_) => "disk",
            Self::Incomplete { cut: 1.., .. } => "cut_off",
            Self::Incomplete { asked, arrived, .. } if arrived < asked => "fewer_than_asked",
            Self::Incomplete { .. } => "error_beside",
            Self::Inside { .. } => "failed_inside",
            Self::Journal => "journal",
        }
    }

    /// Returns what goes to disk.
    pub fn record(&self, arrived: u32) -> FailureRecord {
        let cause = match self {
            Self::Api(error) => Some(error),
            Self::Incomplete { cause, .. } => cause.as_deref(),
            _ => None,
        };
        let (flagged, reasons) = match cause {
            Some(api::Error::Refused(refusal)) => (refusal.flagged.clone(), refusal.reasons.clone()),
            _ => (None, Vec::new()),
        };
        let billed = match self {
            Self::Api(error) => error.billed(),
            // What could not be journalled was not sent.
            Self::Reference { .. } | Self::Journal | Self::Disk(_) | Self::Inside { sent: false } => Some(false),
            Self::Incomplete { .. } | Self::Inside { sent: true } => None,
        };
        let (kind, message) = (self.word().to_owned(), self.to_string());
        let details = details(self);
        FailureRecord { kind, message, billed, flagged, reasons, arrived, details, ..FailureRecord::default() }
    }
}

/// `2 of 3 pictures arrived, 1 of them cut off; the service says: busy`.
fn incomplete(asked: u32, arrived: u32, cut: u32, unreadable: u32, cause: Option<&api::Error>) -> String {
    let came = match (asked, arrived, cut) {
        (1, 1.., 0) => "the picture arrived".to_owned(),
        (_, _, 0) => format!("{arrived} of {asked} pictures arrived"),
        (1, 1, _) => "the picture is cut off".to_owned(),
        (_, _, 1) if arrived >= asked => format!("1 of {arrived} pictures is cut off"),
        _ if arrived >= asked => format!("{cut} of {arrived} pictures are cut off"),
        _ => format!("{arrived} of {asked} pictures arrived, {cut} of them cut off"),
    };
    match cause {
        None => came,
        Some(api::Error::Refused(refusal)) => format!("{came}; the service says: {refusal}"),
        Some(api::Error::Unreadable { reason }) if unreadable > 0 => {
            let parts = if unreadable == 1 { "1 part".to_owned() } else { format!("{unreadable} parts") };
            format!("{came}; {parts} of the answer could not be read: {reason}")
        }
        Some(cause) => format!("{came}; {cause}"),
    }
}

/// Returns the details of a failure.
fn details(error: &JobError) -> String {
    let mut lines = vec![("Kind", error.word().to_owned())];
    match error {
        JobError::Api(error) => of_call(&mut lines, error),
        JobError::Incomplete { asked, arrived, cut, unreadable, cause } => {
            lines.push(("Asked for", asked.to_string()));
            lines.push(("Arrived", arrived.to_string()));
            let counts = [("Cut off", *cut), ("Unreadable parts", *unreadable)];
            lines.extend(counts.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| (name, n.to_string())));
            cause.iter().for_each(|cause| of_call(&mut lines, cause));
        }
        JobError::Reference { .. } | JobError::Disk(_) | JobError::Inside { .. } | JobError::Journal => {
            lines.push(("Reason", error.to_string()));
        }
    }
    let lines = lines.into_iter().filter(|(_, value)| !value.is_empty());
    lines.map(|(name, value)| format!("{name}: {}", harmless_line(&value, LONGEST))).collect::<Vec<_>>().join("\n")
}

fn of_call(lines: &mut Vec<(&'static str, String)>, error: &api::Error) {
    match error {
        api::Error::Refused(refusal) => of_refusal(lines, refusal),
        api::Error::Unreachable { host, reason } => {
            lines.push(("Host", host.clone()));
            lines.push(("Reason", reason.clone()));
        }
        api::Error::TimedOut { after, what } => {
            let what = match what {
                api::Wait::Silence => "for the next byte",
                api::Wait::Whole => "for the whole answer",
            };
            lines.push(("Waited", format!("{} s {what}", after.as_secs())));
        }
        api::Error::Broken { reason } | api::Error::Unreadable { reason } | api::Error::Unsendable { reason } => {
            lines.push(("Reason", reason.clone()));
        }
        api::Error::EndedEarly => lines.push(("Reason", "no event of the stream said that it was done".to_owned())),
        api::Error::Empty => lines.push(("Reason", "a whole answer of success without a picture".to_owned())),
    }
}

fn of_refusal(lines: &mut Vec<(&'static str, String)>, refusal: &Refusal) {
    let Refusal { status, kind: _, message: _, error_type, provider, reasons, flagged, .. } = refusal;
    let Refusal { retry_after, retryable, in_flight_budget: _, said: Said { request_id, body }, .. } = refusal;
    let told = [
        ("Status", status.map(|status| status.to_string())),
        ("Code", error_type.clone()),
        ("Provider", provider.clone()),
        ("Flagged", flagged.clone()),
        ("Reasons", (!reasons.is_empty()).then(|| reasons.join(", "))),
        ("Asked to wait", retry_after.map(|wait| format!("{} s", wait.as_secs_f64().ceil()))),
        ("May be repeated", retryable.map(|may| if may { "yes" } else { "no" }.to_owned())),
        ("Request", request_id.clone()),
        ("Answer", Some(body.clone())),
    ];
    lines.extend(told.into_iter().filter_map(|(name, value)| Some((name, value?))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_said_is_told_line_by_line() {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("x-request-id", "req-7".parse().unwrap());
        headers.insert("retry-after", "7".parse().unwrap());
        let body = br#"{"error":{"code":429,"message":"Provider returned error","metadata":{
            "error_type":"rate_limit_exceeded","provider_name":"Blaze","raw":"slow down"}}}"#;
        let refusal = || Box::new(Refusal::parse(429, &headers, body));
        let told = details(&JobError::Api(api::Error::Refused(refusal())));
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines[..6],
            [
                "Kind: rate_limited",
                "Status: 429",
                "Code: rate_limit_exceeded",
                "Provider: Blaze",
                "Asked to wait: 7 s",
                "Request: req-7"
            ]
        );
        assert!(lines[6].starts_with("Answer: {") && lines[6].contains("slow down") && lines.len() == 7, "{told}");
        let beside = JobError::Incomplete {
            asked: 3,
            arrived: 2,
            cut: 1,
            unreadable: 0,
            cause: Some(Box::new(api::Error::Refused(refusal()))),
        };
        assert!(details(&beside).starts_with("Kind: cut_off\nAsked for: 3\nArrived: 2\nCut off: 1\nStatus: 429\n"));
    }
}
