//! One job as the screen shows it, and where it stands.

use super::super::disk::DiskError;
use super::super::failure::{Failure, JobError};
use super::super::service::ConnectionChoice;
use crate::api::GenerationRecord;
use crate::library::{JobId, Run};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One job as the screen shows it.
#[derive(Clone, Debug)]
pub struct JobView {
    pub id: JobId,
    pub run: Arc<Run>,
    /// What is sent; the run's prompt may stand for several.
    pub prompt: Arc<str>,
    pub position: u32,
    pub asked: u32,
    pub arrived: u32,
    pub phase: Phase,
    /// First sent; a retry does not move it.
    pub started: Option<Instant>,
    pub provider: Option<String>,
    /// Median of the last runs with this model, from own history.
    pub usual: Option<Duration>,
    /// Counts the previews received so far.
    pub previews: u64,
    /// Counts the partials on disk of the picture that is still to come: pictures, and drawings that were begun.
    pub partials: u32,
    /// Whether what was asked for can still be read; what cannot is never sent.
    pub is_sendable: bool,
}

/// Where a job stands now.
#[derive(Clone, Debug)]
pub enum Phase {
    Queued {
        /// Its place in the line: [`Snapshot::ahead`](super::super::Snapshot::ahead) counts who goes before.
        ticket: i64,
    },
    /// From an earlier session: waits for one click.
    Held,
    /// Made for another service than the one in use: goes when that is in use again.
    Elsewhere {
        /// Its name for people.
        service: Arc<str>,
        /// How to use it again; `None`: it is not among those that can be chosen any more.
        choice: Option<ConnectionChoice>,
        /// From an earlier session: nobody has let it go yet.
        held: bool,
    },
    Sending,
    Receiving {
        note: Option<String>,
    },
    Retrying {
        at: Instant,
        attempt: u32,
        reason: Arc<JobError>,
    },
    Failed(Failure),
    Cancelled,
    /// Was on the wire when Easel stopped.
    Unknown(Unknown),
    /// Received, but the disk would not take it; kept in memory.
    Unsaved {
        error: DiskError,
        count: usize,
        /// The folder into which they were all saved outside the library.
        elsewhere: Option<PathBuf>,
    },
}

/// What is known of a job whose outcome is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unknown {
    /// Whether the answer had begun to come.
    pub answered: bool,
    pub growth: Growth,
    /// What the service remembers of it; `None`: nothing yet, or it was not asked.
    pub record: Option<GenerationRecord>,
}

/// What the account says of a job whose outcome is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Growth {
    /// What the key had spent before was not read.
    #[default]
    NotKnown,
    /// It is being asked for.
    Reading,
    /// The service does not say it now.
    Unreadable,
    /// Another key is in use.
    OtherKey,
    /// What the key has spent since.
    Grown {
        /// US dollars.
        by: f64,
        /// US dollars of it that went into pictures the library has.
        stored: f64,
        /// Other jobs of unknown outcome that it may have been spent on.
        others: usize,
    },
}

impl Phase {
    /// Says whether the job is over.
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Cancelled | Self::Unknown(_) | Self::Unsaved { .. })
    }

    /// Says whether the job is on the wire or about to be again.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Sending | Self::Receiving { .. } | Self::Retrying { .. })
    }
}
