//! One call: journal → send → receive → store. Returns what became of it; the actor alone publishes.
//!
//! ```text
//! queued → sent (fsynced before the first byte goes out) → receiving → received (bytes fsynced) → stored
//!                └→ failed / retry by the queue's decision     cancelled: aborted between two awaits
//! ```
//! What has been received is stored by a task of its own, which goes on when the call is aborted, and which hands the
//! actor whatever the disk would not take.

use super::actor::Internal;
use super::disk::Disk;
use super::partials::Keeper;
use super::pool::Work;
use super::store::Unsaved;
use super::{DiskError, JobError, Preview, PreviewSink, references};
use crate::api::{
    self, Answer, Client, GeneratedImage, GenerationRequest, Phase as ChunkPhase, ReplyBody, StreamEvent, Usage,
};
use crate::library::{Job, JobId, JobState, KeyUsage, Recipe};
use crate::picture::Format;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// Longest side of a preview, pixels: what a tile or a pane shows while waiting.
const PREVIEW_SIDE: u32 = 1024;
/// Markup is drawn anew after at least this much more of it.
const MARKUP_STEP: usize = 512;

/// What a call needs, shared by all calls.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) client: Client,
    pub(crate) disk: Disk,
    pub(crate) previews: PreviewSink,
    pub(crate) internal: UnboundedSender<Internal>,
    /// Held for reading while something is being stored.
    pub(crate) storing: Arc<RwLock<()>>,
    /// What the key had spent when that was last read.
    pub(crate) before: Option<KeyUsage>,
    /// Whether partials are kept; the artist may change it at any time.
    pub(crate) keep_partials: Arc<AtomicBool>,
}

/// What became of a call; what could not be stored was told before.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) arrived: u32,
    pub(crate) error: Option<JobError>,
}

impl Outcome {
    fn failed(error: JobError) -> Self {
        Self { arrived: 0, error: Some(error) }
    }
}

/// Carries out one call to its end.
pub(crate) async fn run(bench: Bench, job: Arc<Job>, request: GenerationRequest, addresses: Vec<String>) -> Outcome {
    let request = match references::load(bench.disk.dir(), addresses, &job.context.references).await {
        Ok(references) => GenerationRequest { references, ..request },
        Err(error) => return Outcome::failed(error),
    };
    let (id, before) = (job.id.clone(), bench.before.clone());
    let sent = bench.disk.call(move |library| library.send_job(&id, before.as_ref())).await;
    if let Err(error) = sent {
        return Outcome::failed(JobError::Disk(error));
    }
    let mut call = Call::new(bench, job);
    let error = match call.bench.client.begin(&request).await {
        Ok(answer) => call.receive(answer).await.err(),
        Err(error) => Some(error),
    };
    call.finish(error)
}

struct Call {
    bench: Bench,
    job: Arc<Job>,
    began: Instant,
    generation: Option<String>,
    provider: Option<String>,
    partials: Keeper,
    markup: String,
    drawn: usize,
    stored: u32,
    /// Received, but the disk would not take it; the actor has it.
    unsaved: u32,
}

impl Call {
    fn new(bench: Bench, job: Arc<Job>) -> Self {
        let (disk, internal, keep) = (bench.disk.clone(), bench.internal.clone(), bench.keep_partials.clone());
        Self {
            partials: Keeper::new(disk, internal, keep, job.id.clone()),
            bench,
            job,
            began: Instant::now(),
            generation: None,
            provider: None,
            markup: String::new(),
            drawn: 0,
            stored: 0,
            unsaved: 0,
        }
    }

    fn tell(&self, message: Internal) {
        if self.bench.internal.send(message).is_err() {
            log::debug!("the actor has stopped");
        }
    }

    fn received(&self) -> u32 {
        self.stored + self.unsaved
    }

    async fn receive(&mut self, answer: Answer) -> Result<(), api::Error> {
        self.generation.clone_from(&answer.generation_id);
        self.provider.clone_from(&answer.provider);
        // Nobody waits for this: if it cannot be written, less is known after a crash, and nothing is lost.
        note(&self.bench.disk, &self.job.id, JobState::Receiving);
        self.tell(Internal::Answering { job: self.job.id.clone(), provider: self.provider.clone() });
        match answer.read().await?.body {
            ReplyBody::Whole(response) => {
                let broken = response.broken > 0 && response.images.is_empty();
                self.keep(response.images, response.usage.as_ref(), true).await;
                match broken {
                    true => Err(api::Error::Unreadable { reason: "the picture's base64 is damaged".into() }),
                    false => Ok(()),
                }
            }
            ReplyBody::Stream(stream) => self.follow(stream).await,
        }
    }

    async fn follow(&mut self, mut stream: api::EventStream) -> Result<(), api::Error> {
        while let Some(event) = stream.next().await {
            match event? {
                StreamEvent::PartialImage { image, .. } => {
                    let bytes: Arc<[u8]> = image.bytes.into();
                    self.partials.picture(bytes.clone());
                    self.show(Work::Bytes { bytes, max_side: PREVIEW_SIDE });
                }
                StreamEvent::TextChunk { phase: ChunkPhase::Content, text } => self.draw(&text),
                StreamEvent::TextChunk { phase: ChunkPhase::Reasoning, text } => {
                    self.tell(Internal::Note { job: self.job.id.clone(), text });
                }
                StreamEvent::Completed { image, usage, .. } => {
                    // Whoever looks at the picture finds all of the way to it.
                    self.partials.flush();
                    self.keep(vec![image], usage.as_ref(), false).await;
                    self.begin_next();
                }
                StreamEvent::Error(refusal) => return Err(api::Error::Refused(Box::new(refusal))),
                StreamEvent::TextChunk { .. } | StreamEvent::Unknown(_) | StreamEvent::Comment | StreamEvent::Done => {}
            }
        }
        Ok(())
    }

    fn show(&self, work: Work) {
        (self.bench.previews)(Preview { job: self.job.id.clone(), work });
        self.tell(Internal::Previewed { job: self.job.id.clone() });
    }

    /// What comes now is on the way to the next picture.
    fn begin_next(&mut self) {
        self.partials.turn_to(self.received());
        self.markup.clear();
        self.drawn = 0;
    }

    fn draw(&mut self, text: &str) {
        self.partials.text(text);
        self.markup.push_str(text);
        if self.markup.len() >= self.drawn + MARKUP_STEP {
            self.drawn = self.markup.len();
            self.show(Work::Markup { text: self.markup.clone(), max_side: PREVIEW_SIDE });
        }
    }

    /// Puts received pictures on disk; `whole`: they are all of the answer.
    async fn keep(&mut self, images: Vec<GeneratedImage>, usage: Option<&Usage>, whole: bool) {
        let of = u32::try_from(images.len()).unwrap_or(u32::MAX);
        let first = self.received();
        let pictures = (first..).zip(images).map(|(position, image)| Unsaved {
            recipe: self.recipe(&image, usage, of, position),
            bytes: image.bytes.into(),
        });
        // At shutdown nobody may begin any more, but then this call is aborted already.
        let guard = self.bench.storing.clone().try_read_owned().ok();
        let storing = Storing { bench: self.bench.clone(), job: self.job.clone(), whole, _guard: guard };
        match tokio::spawn(storing.run(pictures.collect())).await {
            Ok(stored) => {
                self.stored += stored;
                self.unsaved += of - stored.min(of);
            }
            Err(panic) => log::error!("storing a picture failed inside: {panic}"),
        }
    }

    fn recipe(&self, image: &GeneratedImage, usage: Option<&Usage>, of: u32, position: u32) -> Recipe {
        let format = Format::sniff(&image.bytes);
        let media_type = format.map(|format| format.media_type().to_owned()).or_else(|| image.media_type.clone());
        let unknown = Recipe::of(&self.job);
        Recipe {
            position,
            provider: self.provider.clone(),
            generation_id: self.generation.clone(),
            usage: usage.cloned(),
            cost: usage.and_then(|usage| usage.cost).map(|cost| cost / f64::from(of.max(1))),
            elapsed_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            arrived: of,
            media_type: media_type.unwrap_or(unknown.media_type),
            bytes: image.bytes.len() as u64,
            ..unknown
        }
    }

    fn finish(self, error: Option<api::Error>) -> Outcome {
        let received = self.received();
        let error = match error {
            Some(error) => Some(JobError::Api(error)),
            None if received == 0 => Some(JobError::Api(api::Error::Empty)),
            None if received < self.job.asked => Some(JobError::Fewer { asked: self.job.asked, arrived: received }),
            None => None,
        };
        Outcome { arrived: self.stored, error }
    }
}

/// Brings pictures of one answer onto the disk.
struct Storing {
    bench: Bench,
    job: Arc<Job>,
    whole: bool,
    _guard: Option<OwnedRwLockReadGuard<()>>,
}

impl Storing {
    /// First all bytes, then the index; returns how many are stored.
    async fn run(self, pictures: Vec<Unsaved>) -> u32 {
        let mut kept = Vec::new();
        let all = pictures.len();
        for picture in pictures {
            match picture.keep(&self.bench.disk).await {
                Ok(safe) => kept.push((picture, safe)),
                Err(error) => self.hand_over(picture, error),
            }
        }
        if self.whole && kept.len() == all && all > 0 {
            note(&self.bench.disk, &self.job.id, JobState::Received);
        }
        let mut stored = 0;
        for (picture, safe) in kept {
            match picture.index(&self.bench.disk, safe).await {
                Ok(picture) => {
                    stored += 1;
                    self.tell(Internal::Stored { run: self.job.run.clone(), picture: Box::new(picture) });
                }
                Err(error) => self.hand_over(picture, error),
            }
        }
        stored
    }

    fn hand_over(&self, picture: Unsaved, error: DiskError) {
        self.tell(Internal::NotStored { job: self.job.clone(), picture: Box::new(picture), error });
    }

    fn tell(&self, message: Internal) {
        if self.bench.internal.send(message).is_err() {
            log::debug!("the actor has stopped");
        }
    }
}

/// Writes a job's state to the journal; a failure to do so is told, never swallowed.
pub(crate) async fn journal(disk: &Disk, job: &JobId, state: JobState) -> Result<(), DiskError> {
    let job = job.clone();
    disk.call(move |library| library.set_job_state(&job, &state)).await
}

/// Writes to the journal how far a job is, without waiting; what comes later says more.
fn note(disk: &Disk, job: &JobId, state: JobState) {
    let job = job.clone();
    disk.post(move |library| library.set_job_state(&job, &state));
}
