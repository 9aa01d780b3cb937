//! What the machine of jobs is told, and what it wants done. Pure data.

use super::super::disk::DiskError;
use super::super::failure::JobError;
use super::super::message::Event;
use super::super::service::{ServiceInUse, ServiceMark};
use super::save::Unsaved;
use super::view::Growth;
use crate::api::{AnswerBegun, GenerationRecord, GenerationRequest};
use crate::library::{FailureRecord, InFlight, Job, JobId, JobState, Picture, RecipeContext, Run, RunId};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What is sent for a job: the request without references, and the addresses of those.
#[derive(Clone, Debug)]
pub(crate) struct Sendable {
    pub(crate) request: GenerationRequest,
    pub(crate) addresses: Vec<String>,
}

/// A job that the artist asks for.
#[derive(Clone, Debug)]
pub(crate) struct NewJob {
    pub(crate) job: Job,
    pub(crate) sendable: Arc<Sendable>,
}

/// A job that an earlier session left, with what the library knows of it.
#[derive(Debug)]
pub(crate) struct OpenJob {
    pub(crate) run: Run,
    pub(crate) job: Job,
    /// What was known when it was sent.
    pub(crate) sending: Option<InFlight>,
    /// Its pictures that are stored.
    pub(crate) arrived: u32,
    /// On disk, of pictures that did not come.
    pub(crate) partials: u32,
}

/// What became of a call; what could not be stored was told before.
#[derive(Debug)]
pub(crate) struct CallResult {
    pub(crate) arrived: u32,
    /// Whether it may be sent again by itself depends on this before all else.
    pub(crate) answer: AnswerBegun,
    /// US dollars, as far as the answer stated them.
    pub(crate) cost: Option<f64>,
    /// Length of an answer that could not be read and is kept as it came, bytes.
    pub(crate) unread: Option<u64>,
    pub(crate) error: Option<JobError>,
}

impl CallResult {
    pub(crate) fn failed(error: JobError) -> Self {
        Self { arrived: 0, answer: AnswerBegun::No, cost: None, unread: None, error: Some(error) }
    }
}

/// What was found in an answer that could not be read before.
#[derive(Debug)]
pub(crate) struct ReadAgain {
    pub(crate) job: JobId,
    pub(crate) run: RunId,
    /// Pictures that are stored now.
    pub(crate) stored: u32,
    /// Why there are no more of them: a phrase.
    pub(crate) reason: Option<String>,
}

/// Which jobs are meant.
#[derive(Clone, Debug)]
pub(crate) enum JobFilter {
    One(JobId),
    OfRun(RunId),
    All,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Input {
    Submitted {
        run: Arc<Run>,
        jobs: Vec<NewJob>,
    },
    /// Whether a run and its jobs are in the journal; with how long its model usually takes.
    Journalled {
        run: Arc<Run>,
        jobs: Vec<JobId>,
        usual: Option<Duration>,
        written: Result<(), DiskError>,
    },
    Answering {
        job: JobId,
        provider: Option<String>,
        /// The name under which the service keeps its record.
        generation: Option<String>,
    },
    Note {
        job: JobId,
        text: String,
    },
    Previewed(JobId),
    /// One more partial of the picture at this place (from 0) is on disk.
    PartialKept {
        job: JobId,
        place: u32,
    },
    PictureStored {
        run: RunId,
        picture: Box<Picture>,
    },
    /// Its job may be cancelled, or even off the list, by now.
    PictureNotStored {
        job: Arc<Job>,
        picture: Box<Unsaved>,
        error: DiskError,
    },
    CallEnded(JobId, CallResult),
    /// How a job ended is in the journal, or cannot be written.
    EndWritten(JobId),
    Cancel(JobFilter),
    /// Send an ended job's request again as a job of this name.
    Retry {
        job: JobId,
        new: JobId,
    },
    /// Whether the journal has the new job in the place of the old one.
    Replaced {
        old: JobId,
        new: JobId,
        written: Result<(), DiskError>,
    },
    /// Let go what waits for one click.
    Resume,
    /// Send jobs that wait for another service to the one in use, when that is still `to`.
    SendHere {
        jobs: Vec<JobId>,
        to: ServiceMark,
    },
    /// Whether the journal says that these are for another service now.
    Readdressed {
        moved: Vec<(JobId, RecipeContext)>,
        is_written: bool,
    },
    /// Cancel what waits for one click and take it off the list.
    RemoveHeld,
    Dismiss(Vec<JobId>),
    SaveAgain(JobId),
    /// Store again all that the disk would not take: nobody will hold it any more.
    SaveAll,
    /// What became of pictures that were stored again.
    Saved {
        job: JobId,
        run: RunId,
        stored: Vec<Picture>,
        /// Why others were not.
        trouble: Option<DiskError>,
    },
    /// So many pictures of a job are in a folder outside the library.
    SavedElsewhere {
        job: JobId,
        count: usize,
        folder: PathBuf,
    },
    Restored(Vec<OpenJob>),
    /// A picture that an earlier session received and that still cannot be brought in.
    LeftUnsaved {
        run: Option<Run>,
        picture: Box<Unsaved>,
        error: DiskError,
    },
    /// What the journal says of a job of an earlier session whose pictures were brought in after all.
    Verdict(JobId, JobState),
    /// Pictures were found in an answer that could not be read before.
    ReadAgain(Box<ReadAgain>),
    Grown(JobId, Growth),
    /// Ask the service about jobs whose outcome or bill is not known.
    LookUp,
    LookedUp(JobId, Box<GenerationRecord>),
    /// This one is in use from now on.
    Service(ServiceInUse),
    SetLimit(usize),
    /// Nothing else: what may go, goes.
    Tick,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Write a run with its jobs to the journal; [`Input::Journalled`] answers.
    JournalRun {
        run: Arc<Run>,
        jobs: Vec<Job>,
    },
    /// Write a job in the place of one that ended like this; [`Input::Replaced`] answers.
    Replace {
        old: JobId,
        ended: JobState,
        run: Arc<Run>,
        job: Arc<Job>,
    },
    /// Write for which service jobs are; [`Input::Readdressed`] answers.
    Readdress(Vec<(JobId, RecipeContext)>),
    /// Write states in one transaction.
    Journal(Vec<(JobId, JobState)>),
    /// Write how a job ended; [`Input::EndWritten`] answers.
    JournalEnd(JobId, JobState),
    /// Write anew why a job failed.
    JournalFailure(JobId, FailureRecord),
    /// Write what the service remembers of a job.
    JournalRecord(JobId, GenerationRecord),
    /// Take jobs off the list for good, which ended like this, in one transaction.
    Dismiss(Vec<(JobId, JobState)>),
    /// Ask the journal what became of a job; [`Input::Verdict`] answers.
    Conclude(Arc<Job>),
    /// Make a call; [`Input::CallEnded`] answers unless it is aborted.
    Start {
        job: Arc<Job>,
        sendable: Arc<Sendable>,
    },
    Abort(JobId),
    /// Store pictures; [`Input::Saved`] answers.
    Save {
        job: JobId,
        run: RunId,
        pictures: Vec<Unsaved>,
    },
    /// Ask the service what became of this generation; [`Input::LookedUp`] answers when it knows.
    LookUp {
        job: JobId,
        generation: String,
    },
    /// Ask what the key has spent since jobs of unknown outcome were sent.
    WeighUnknown,
    /// This job is off the list: nothing more is asked about it.
    Left(JobId),
    Tell(Event),
}
