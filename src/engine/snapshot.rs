//! What has a current value: jobs, catalogue, account. Newer ones replace older ones; nothing is queued.

use super::service::{InUse, MadeFor, mark_of, name_of};
use super::{Care, Connection, ConnectionChoice, DiskError, Importing, Report, ServiceMark, SignInView, StoreWait};
use crate::api::{self, ApiKey, Credits, Endpoint, GenerationRecord, KeyInfo, Model, ModelId, ModelSource};
use crate::library::{FailureRecord, JobId, Progress, ReadOnly, Run};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Holds the engine's current state; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub service: Service,
    pub connections: ConnectionList,
    /// Jobs that run, wait or ended without being taken off the screen; in order of submission.
    pub jobs: Arc<[JobView]>,
    /// Jobs of an earlier session wait for one click.
    pub held: usize,
    pub models: Remote<Arc<Catalogue>>,
    pub endpoints: Arc<HashMap<ModelId, Remote<Arc<Vec<Endpoint>>>>>,
    pub account: Account,
    /// `None`: nobody is signing in.
    pub sign_in: Option<SignInView>,
    pub spending: Spending,
    /// `None`: nothing is being imported.
    pub importing: Option<Importing>,
    /// False until the library has been read.
    pub library_read: bool,
    /// `None`: this is the library's writer.
    pub read_only: Option<ReadOnly>,
    /// What is being done for the library, and how far that is.
    pub tending: Option<(Care, Progress)>,
    /// What came of it the last time.
    pub report: Option<Arc<Report>>,
}

impl Snapshot {
    pub(crate) fn new(service: Service) -> Self {
        Self {
            service,
            connections: ConnectionList::default(),
            jobs: Arc::new([]),
            held: 0,
            models: Remote::default(),
            endpoints: Arc::default(),
            account: Account::default(),
            sign_in: None,
            spending: Spending::default(),
            importing: None,
            library_read: false,
            read_only: None,
            tending: None,
            report: None,
        }
    }

    /// Returns what jobs are marked with that are made for the service in use.
    pub fn mark(&self) -> ServiceMark {
        let (kind, base) = (self.service.kind, self.service.base.as_str());
        let now = InUse { kind, base, connection: self.connections.current.as_deref() };
        ServiceMark { base: base.to_owned(), connection: mark_of(now) }
    }

    /// Returns for people what the service in use is called.
    pub fn here(&self) -> Arc<str> {
        name_of(MadeFor::of(&self.mark()))
    }

    /// Returns the jobs that wait for another service than the one in use.
    pub fn elsewhere(&self) -> impl Iterator<Item = &JobView> {
        self.jobs.iter().filter(|job| matches!(job.phase, Phase::Elsewhere { .. }))
    }

    /// Returns the endpoints of a model when they are known.
    pub fn endpoints_of(&self, model: &ModelId) -> Option<&Arc<Vec<Endpoint>>> {
        self.endpoints.get(model)?.value.as_ref()
    }
}

/// The services that can be chosen by name.
#[derive(Clone, Debug, Default)]
pub struct ConnectionList {
    pub list: Arc<[Connection]>,
    /// `None`: what is in use has no name.
    pub current: Option<Arc<str>>,
    /// The demo can be chosen too.
    pub has_demo: bool,
    /// What went wrong with them last, as a sentence; `None`: nothing since they were changed last.
    pub trouble: Option<Arc<str>>,
}

/// Names where requests go.
#[derive(Clone, Debug)]
pub struct Service {
    pub kind: ServiceKind,
    /// Ends in `/api/v1`, as a rule.
    pub base: String,
    pub key: Option<ApiKey>,
}

/// Sorts services for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// Pictures are painted on this computer.
    Demo,
    OpenRouter,
    /// Another server that speaks the same API.
    Custom,
}

impl ServiceKind {
    /// Returns what kind of service is at an origin; the demo is known to whoever starts it.
    pub fn of(origin: &api::Origin) -> Self {
        if super::service::is_default(origin) { Self::OpenRouter } else { Self::Custom }
    }
}

/// A value that is read from elsewhere: the last good one stays while a newer one is loading or failed.
#[derive(Clone, Debug)]
pub struct Remote<T> {
    pub value: Option<T>,
    /// Unix milliseconds at which `value` was read from the service.
    pub read_ms: Option<i64>,
    pub loading: bool,
    /// Why the last attempt failed; cleared by the next success.
    pub error: Option<Arc<api::Error>>,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { value: None, read_ms: None, loading: false, error: None }
    }
}

/// The list of models as the service gave it.
#[derive(Debug)]
pub struct Catalogue {
    pub models: Vec<Model>,
    /// Entries that could not be read, by name.
    pub skipped: Vec<String>,
    pub source: ModelSource,
}

/// What the service says of the key.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub key: Remote<Arc<KeyInfo>>,
    /// `None` inside: this key may not see the balance.
    pub credits: Remote<Option<Credits>>,
    /// Says where the key in use came from.
    pub source: Option<&'static str>,
    /// There is a key, but it would go to this host unencrypted, and nobody has said yes to that.
    pub withheld: Option<String>,
    /// The secret store is being asked; it may take as long as it likes.
    pub store: Option<StoreWait>,
    /// A key is kept, but could not be had.
    pub is_unread: bool,
    /// What went wrong with keeping, reading or forgetting, until the next choice.
    pub trouble: Option<Arc<str>>,
}

/// What the library's pictures cost, as far as it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spending {
    /// US dollars known to be spent today.
    pub today: f64,
    /// Pictures of today without a price.
    pub unknown: u32,
    pub pictures: u32,
}

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
}

/// Where a job stands now.
#[derive(Clone, Debug)]
pub enum Phase {
    Queued {
        ahead: usize,
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
        let flagged = match cause {
            Some(api::Error::Refused(refusal)) => refusal.flagged.clone(),
            _ => None,
        };
        let billed = match self {
            Self::Api(error) => error.billed(),
            // What could not be journalled was not sent.
            Self::Reference { .. } | Self::Journal | Self::Disk(_) | Self::Inside { sent: false } => Some(false),
            Self::Incomplete { .. } | Self::Inside { sent: true } => None,
        };
        let (kind, message) = (self.word().to_owned(), self.to_string());
        let details = super::details::details(self);
        FailureRecord { kind, message, billed, flagged, arrived, details, ..FailureRecord::default() }
    }
}

/// `2 of 3 pictures arrived, 1 of them cut off; the service says: busy`.
fn incomplete(asked: u32, arrived: u32, cut: u32, unreadable: u32, cause: Option<&api::Error>) -> String {
    let came = match (asked, arrived, cut) {
        (1, 1.., 0) => "the picture arrived".to_owned(),
        (_, _, 0) => format!("{arrived} of {asked} pictures arrived"),
        (1, _, _) => "the picture is cut off".to_owned(),
        (_, _, 1) if arrived >= asked => format!("1 of {asked} pictures is cut off"),
        _ if arrived >= asked => format!("{cut} of {asked} pictures are cut off"),
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

impl<T> Remote<T> {
    pub(crate) fn settle(&mut self, result: Result<T, Arc<api::Error>>, now: i64) {
        self.loading = false;
        match result {
            Ok(value) => (self.value, self.read_ms, self.error) = (Some(value), Some(now), None),
            Err(error) => self.error = Some(error),
        }
    }
}
