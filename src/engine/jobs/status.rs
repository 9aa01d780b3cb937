//! Where a job stands, for the machine that decides it. Pure data.
//!
//! Invariant: what a state needs lies in it, so that nothing of a former one is left over.

use super::super::disk::DiskError;
use super::super::failure::{Failure, JobError};
use super::save::Unsaved;
use super::view::Unknown;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Where a job stands.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "most of those on the list have ended")]
pub(crate) enum Status {
    /// On the list, but not known to be in the journal: nothing of it goes out.
    Submitted,
    Queued,
    /// From an earlier session: waits for one click.
    OnHold,
    Sending,
    Receiving {
        note: Option<String>,
    },
    /// Refused, and will be sent again by itself.
    Backoff {
        at: Instant,
        attempt: u32,
        reason: Arc<JobError>,
    },
    /// It is over, and how is being written to the journal.
    Ending(Box<Ending>),
    Ended(End),
}

/// How a job is about to end.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// What is shown until then.
    pub(crate) was: Status,
    pub(crate) arrived: u32,
    pub(crate) failure: Option<Failure>,
}

/// How a job has ended that is still on the list.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Failed(Failure),
    Cancelled,
    /// Was on the wire when Easel stopped.
    Unknown(Unknown),
    NotStored(NotStored),
}

/// Received, but not all of it is on disk.
#[derive(Clone, Debug)]
pub(crate) struct NotStored {
    pub(crate) refused: Refused,
    pub(crate) then: Then,
    /// The folder into which all of them were saved outside the library.
    pub(crate) elsewhere: Option<PathBuf>,
}

/// Pictures that were received and that the disk would not take.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) pictures: Vec<Unsaved>,
    /// Why, the last time.
    pub(crate) error: DiskError,
    /// They are being stored again.
    pub(crate) is_saving: bool,
}

/// What follows when all pictures are on disk after all.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    /// The job ends as stored.
    Stored,
    /// It ends as failed.
    Failed(Failure),
    /// It ended before they came, like this.
    Was(Box<End>),
    /// It had ended as stored.
    Over,
    /// The journal is asked what became of it; with what is known should it not know either.
    Ask(Unknown),
}

impl Refused {
    pub(crate) fn of(picture: Unsaved, error: DiskError) -> Self {
        Self { pictures: vec![picture], error, is_saving: false }
    }

    pub(crate) fn add(&mut self, picture: Unsaved, error: DiskError) {
        self.pictures.push(picture);
        self.error = error;
    }

    /// Ends a job in them.
    pub(crate) fn then(self, then: Then) -> End {
        End::NotStored(NotStored { refused: self, then, elsewhere: None })
    }
}

impl End {
    /// Keeps a picture of a job that has ended. `is_earlier`: an earlier session had it, so that the journal knows best.
    pub(crate) fn keep(self, picture: Unsaved, error: DiskError, is_earlier: bool) -> Self {
        let then = match self {
            Self::NotStored(mut held) => {
                held.refused.add(picture, error);
                return Self::NotStored(NotStored { elsewhere: None, ..held });
            }
            Self::Unknown(unknown) => Then::Ask(unknown),
            Self::Failed(_) if is_earlier => Then::Ask(Unknown::default()),
            end => Then::Was(Box::new(end)),
        };
        Refused::of(picture, error).then(then)
    }
}

impl Status {
    /// Returns the status that is shown: an end is not until it is written.
    pub(crate) fn shown(&self) -> &Self {
        match self {
            Self::Ending(ending) => ending.was.shown(),
            status => status,
        }
    }

    /// Says whether the job is over, for all that is shown.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.shown(), Self::Ended(_))
    }

    /// Says whether a call is being made for it.
    pub(crate) fn is_on_the_wire(&self) -> bool {
        matches!(self, Self::Sending | Self::Receiving { .. })
    }

    /// Says whether it is on the wire or about to be again, for all that is shown.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.shown(), Self::Sending | Self::Receiving { .. } | Self::Backoff { .. })
    }

    /// Says whether it waits to be sent, for whatever reason.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::Submitted | Self::Queued | Self::OnHold | Self::Backoff { .. })
    }

    /// Says whether pictures of it are nowhere on a disk, for all that is shown.
    pub(crate) fn is_unsaved(&self) -> bool {
        matches!(self.shown(), Self::Ended(End::NotStored(NotStored { elsewhere: None, .. })))
    }

    /// Says whether the call is over and its end was not told, for the sake of pictures that are not stored.
    pub(crate) fn is_untold(&self) -> bool {
        matches!(self, Self::Ended(End::NotStored(NotStored { then: Then::Stored | Then::Failed(_), .. })))
    }

    /// Says whether it has pictures that would be lost with it.
    pub(crate) fn would_lose(&self) -> bool {
        match self {
            Self::Ended(End::NotStored(NotStored { refused, elsewhere, .. })) => {
                elsewhere.is_none() && !refused.pictures.is_empty()
            }
            _ => false,
        }
    }
}
