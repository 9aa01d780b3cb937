//! What is known of a failure beside its sentence: status, code, provider, the answer itself, a line each.
//!
//! Pure. Invariants: there is always something to tell; what is not known is left out; all of it is harmless to show.

use super::JobError;
use crate::api::{self, Refusal, Said, harmless_line};

/// Longest line, characters.
const LONGEST: usize = 2_100;

/// Returns the details of a failure.
pub(crate) fn details(error: &JobError) -> String {
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
