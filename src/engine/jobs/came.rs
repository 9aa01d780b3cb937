//! What an answer brought, and what is to be said of it.
//!
//! Pure. Invariants: what is missing is always said, and so is what the service said beside its pictures; where no
//! picture came, the reason that says most is told.

use super::super::JobError;
use crate::api::{self, Refusal, Unread, Usage};

/// What an answer has brought so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Came {
    /// Pictures, whether the disk took them or not.
    pub(crate) pictures: u32,
    /// Of them, those of which only the beginning came.
    pub(crate) cut: u32,
    /// Parts that should have been pictures and could not be read, and why the first of them could not.
    pub(crate) unreadable: u32,
    pub(crate) reason: Option<String>,
    /// What could not be read, as it came; the first, if there were several.
    pub(crate) unread: Option<Unread>,
    /// What the service says went wrong; the first, if there were several.
    pub(crate) refusal: Option<Box<Refusal>>,
    /// How the answer ended, when that was not well.
    pub(crate) ended: Option<api::Error>,
    /// US dollars, as far as the answer stated them.
    pub(crate) cost: Option<f64>,
}

impl Came {
    pub(crate) fn used(&mut self, usage: Option<&Usage>) {
        if let Some(cost) = usage.and_then(|usage| usage.cost) {
            *self.cost.get_or_insert_default() += cost;
        }
    }

    pub(crate) fn unreadable(&mut self, parts: u32, reason: Option<String>) {
        self.unreadable += parts;
        self.reason = self.reason.take().or(reason);
    }

    pub(crate) fn unread(&mut self, unread: Option<Unread>) {
        self.unread = self.unread.take().or(unread);
    }

    pub(crate) fn refused(&mut self, refusal: Option<Box<Refusal>>) {
        self.refusal = self.refusal.take().or(refusal);
    }

    /// Returns what a job ends in that asked for so many pictures; `None`: well.
    pub(crate) fn verdict(self, asked: u32) -> Option<JobError> {
        let Self { pictures, cut, unreadable, reason, refusal, ended, unread: _, cost: _ } = self;
        let all_came = pictures.saturating_sub(cut) >= asked;
        let broken = reason.map(|reason| api::Error::Unreadable { reason });
        let early = matches!(ended, Some(api::Error::EndedEarly));
        let cause = match (refusal, ended, broken) {
            (Some(refusal), ..) => Some(api::Error::Refused(refusal)),
            // That it ended without a picture is no news beside why.
            (None, Some(_), Some(broken)) if early => Some(broken),
            (None, Some(ended), _) => Some(ended),
            (None, None, broken) => broken,
        };
        if pictures == 0 {
            return Some(JobError::Api(cause.unwrap_or(api::Error::Empty)));
        }
        // Whatever came after all that was asked for is of no interest, unless the service says what went wrong, or
        // more pictures came and are not whole.
        let cause = cause.filter(|cause| !all_came || cut > 0 || matches!(cause, api::Error::Refused(_)));
        let flawless = all_came && cause.is_none() && cut == 0;
        (!flawless).then(|| JobError::Incomplete {
            asked,
            arrived: pictures,
            cut,
            unreadable,
            cause: cause.map(Box::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_and_what_did_not_is_said() {
        let refusal = || Some(Box::new(Refusal::parse(503, &Default::default(), b"busy")));
        let broken = || Some(api::Error::Broken { reason: "reset".into() });
        let reason = || Some("its base64 is broken".to_owned());
        let came = |pictures| Came { pictures, ..Came::default() };
        for (asked, came, word, said) in [
            (2, came(2), "", ""),
            (1, came(2), "", ""),
            (2, Came { ended: broken(), ..came(2) }, "", ""),
            (2, Came { unreadable: 1, reason: reason(), ..came(2) }, "", ""),
            (1, came(0), "empty_answer", "the answer holds no picture"),
            (1, Came { refusal: refusal(), ..came(0) }, "unavailable", "busy"),
            (1, Came { refusal: refusal(), ended: broken(), ..came(0) }, "unavailable", "busy"),
            (1, Came { ended: broken(), ..came(0) }, "connection_broken", "the connection broke: reset"),
            (
                1,
                Came { ended: Some(api::Error::EndedEarly), unreadable: 1, reason: reason(), ..came(0) },
                "unreadable_answer",
                "the answer could not be read: its base64 is broken",
            ),
            (3, came(2), "fewer_than_asked", "2 of 3 pictures arrived"),
            (
                3,
                Came { refusal: refusal(), ..came(1) },
                "fewer_than_asked",
                "1 of 3 pictures arrived; the service says: busy",
            ),
            (
                3,
                Came { ended: broken(), ..came(1) },
                "fewer_than_asked",
                "1 of 3 pictures arrived; the connection broke: reset",
            ),
            (
                3,
                Came { unreadable: 1, reason: reason(), ..came(2) },
                "fewer_than_asked",
                "2 of 3 pictures arrived; 1 part of the answer could not be read: its base64 is broken",
            ),
            (1, Came { refusal: refusal(), ..came(1) }, "error_beside", "the picture arrived; the service says: busy"),
            (
                2,
                Came { refusal: refusal(), ..came(2) },
                "error_beside",
                "2 of 2 pictures arrived; the service says: busy",
            ),
            (
                1,
                Came { cut: 1, ended: broken(), ..came(1) },
                "cut_off",
                "the picture is cut off; the connection broke: reset",
            ),
            (2, Came { cut: 1, ..came(2) }, "cut_off", "1 of 2 pictures is cut off"),
            (
                1,
                Came { cut: 1, ended: broken(), ..came(2) },
                "cut_off",
                "1 of 2 pictures is cut off; the connection broke: reset",
            ),
            (
                3,
                Came { cut: 1, ended: broken(), ..came(2) },
                "cut_off",
                "2 of 3 pictures arrived, 1 of them cut off; the connection broke: reset",
            ),
        ] {
            let what = format!("{came:?}");
            let verdict = came.verdict(asked);
            let found =
                verdict.as_ref().map_or((String::new(), String::new()), |e| (e.word().to_owned(), e.to_string()));
            assert_eq!(found, (word.to_owned(), said.to_owned()), "{what}");
        }
    }
}
