//! One call: journal → send → receive → store. Returns what became of it; the actor alone publishes.
//!
//! ```text
//! queued → sent (fsynced before the first byte goes out) → receiving → received (bytes fsynced) → stored
//!                └→ failed / retry by the queue's decision     cancelled: aborted between two awaits
//! ```
//! What has been received is stored by a task of its own, which goes on when the call is aborted, and which hands the
//! actor whatever the disk would not take.

use super::super::disk::Disk;
use super::super::disk::DiskError;
use super::super::failure::JobError;
use super::super::references;
use super::super::report::Reports;
use super::came::Came;
use super::input::{CallResult, Input, Sendable};
use super::partial_writer::Keeper;
use super::save::Unsaved;
use crate::api::{
    self, Answer, AnswerBegun, Client, GeneratedImage, GenerationRequest, GenerationResponse, Phase as ChunkPhase,
    ReplyBody, StreamEvent, Unread, Usage,
};
use crate::decode::{Preview, PreviewSink, Work};
use crate::library::{Job, JobId, JobState, KeyUsage, Recipe, UnreadAnswer};
use crate::picture::{Flaw, Format};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
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
    pub(crate) reports: Reports,
    /// Held for reading while something is being stored.
    pub(crate) storing: Arc<RwLock<()>>,
    /// What the key had spent when that was last read.
    pub(crate) before: Option<KeyUsage>,
    /// Whether partials are kept; the artist may change it at any time.
    pub(crate) keep_partials: Arc<AtomicBool>,
    /// Set before the first byte goes out.
    pub(crate) on_the_wire: Arc<AtomicBool>,
}

/// Carries out one call to its end.
pub(crate) async fn run(bench: Bench, job: Arc<Job>, sendable: Arc<Sendable>) -> CallResult {
    let Sendable { request, addresses } = (*sendable).clone();
    let request =
        match references::load(bench.disk.dir(), addresses, &job.context.references, job.context.keep_metadata).await {
            Ok(references) => GenerationRequest { references, ..request },
            Err(error) => return CallResult::failed(error),
        };
    let (id, before) = (job.id.clone(), bench.before.clone());
    let sent = bench.disk.call(move |library| library.mark_sent(&id, before.as_ref())).await;
    if let Err(error) = sent {
        return CallResult::failed(JobError::Disk(error));
    }
    let mut call = Call::new(bench, job);
    call.bench.on_the_wire.store(true, Ordering::Relaxed);
    match call.bench.client.begin(&request).await {
        Ok(answer) => {
            call.receive(answer).await;
            call.finish().await
        }
        Err(error) => CallResult::failed(JobError::Api(error)),
    }
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
    came: Came,
}

impl Call {
    fn new(bench: Bench, job: Arc<Job>) -> Self {
        let (disk, reports, keep) = (bench.disk.clone(), bench.reports.clone(), bench.keep_partials.clone());
        Self {
            partials: Keeper::new(disk, reports, keep, job.id.clone()),
            bench,
            job,
            began: Instant::now(),
            generation: None,
            provider: None,
            markup: String::new(),
            drawn: 0,
            stored: 0,
            came: Came::default(),
        }
    }

    fn tell(&self, input: Input) {
        self.bench.reports.job(input);
    }

    async fn receive(&mut self, answer: Answer) {
        self.generation.clone_from(&answer.generation_id);
        self.provider.clone_from(&answer.provider);
        // Nobody waits for this: if it cannot be written, less is known after a crash, and nothing is lost.
        note(&self.bench.disk, &self.job.id, JobState::Receiving);
        if let Some(generation) = self.generation.clone() {
            let job = self.job.id.clone();
            self.bench.disk.post(move |library| library.note_generation(&job, &generation));
        }
        let (job, provider, generation) = (self.job.id.clone(), self.provider.clone(), self.generation.clone());
        self.tell(Input::Answering { job, provider, generation });
        match answer.read().await.body {
            ReplyBody::Whole(response) => self.take_whole(*response).await,
            ReplyBody::Stream(stream) => self.follow(*stream).await,
        }
    }

    async fn take_whole(&mut self, response: GenerationResponse) {
        let GenerationResponse { images, broken, usage, error, unreadable, ended, unread, created: _ } = response;
        self.came.unreadable(u32::try_from(broken).unwrap_or(u32::MAX), unreadable);
        self.came.refused(error);
        self.came.unread(unread);
        self.came.ended = ended;
        self.keep(images, usage.as_ref(), true).await;
    }

    /// Reads a stream to its end, whatever comes on the way.
    async fn follow(&mut self, mut stream: api::EventStream) {
        while let Some(event) = stream.next().await {
            match event {
                Ok(StreamEvent::PartialImage { image, .. }) => {
                    let bytes: Arc<[u8]> = image.bytes.into();
                    self.partials.picture(bytes.clone());
                    self.show(Work::Bytes { bytes, max_side: PREVIEW_SIDE });
                }
                Ok(StreamEvent::TextChunk { phase: ChunkPhase::Content, text }) => self.draw(&text),
                Ok(StreamEvent::TextChunk { phase: ChunkPhase::Reasoning, text }) => {
                    self.tell(Input::Note { job: self.job.id.clone(), text });
                }
                Ok(StreamEvent::Completed { image, usage, .. }) => {
                    // Whoever looks at the picture finds all of the way to it.
                    self.partials.flush();
                    self.keep(vec![image], usage.as_ref(), false).await;
                    self.begin_next();
                }
                Ok(StreamEvent::Buffered(whole)) => self.take_whole(*whole).await,
                Ok(StreamEvent::Error(refusal)) => self.came.refused(Some(Box::new(refusal))),
                Ok(
                    StreamEvent::TextChunk { .. } | StreamEvent::Unknown(_) | StreamEvent::Comment | StreamEvent::Done,
                ) => {}
                Err(api::Error::Unreadable { reason }) => self.came.unreadable(1, Some(reason)),
                Err(error) => self.came.ended = Some(error),
            }
        }
        self.came.unread(stream.take_unread());
    }

    fn show(&self, work: Work) {
        (self.bench.previews)(Preview { job: self.job.id.clone(), work });
        self.tell(Input::Previewed(self.job.id.clone()));
    }

    /// What comes now is on the way to the next picture.
    fn begin_next(&mut self) {
        self.partials.turn_to(self.came.pictures);
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
        let first = self.came.pictures;
        self.came.pictures += of;
        self.came.cut += images.iter().map(|image| u32::from(!image.whole)).sum::<u32>();
        self.came.used(usage);
        let pictures = (first..).zip(images).map(|(position, image)| Unsaved {
            recipe: self.recipe(&image, usage, of, position),
            bytes: image.bytes.into(),
        });
        // At shutdown nobody may begin any more, but then this call is aborted already.
        let guard = self.bench.storing.clone().try_read_owned().ok();
        let storing = Storing { bench: self.bench.clone(), job: self.job.clone(), whole, _guard: guard };
        match tokio::spawn(storing.run(pictures.collect())).await {
            Ok(stored) => self.stored += stored,
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
            flaw: (!image.whole).then_some(Flaw::CutOff),
            ..unknown
        }
    }

    async fn finish(mut self) -> CallResult {
        let (arrived, cost, unread) = (self.stored, self.came.cost, self.came.unread.take());
        let reason = self.came.reason.clone();
        let error = self.came.clone().verdict(self.job.asked);
        let unread = match unread.filter(|_| error.is_some()) {
            Some(unread) => self.keep_unread(unread, reason).await,
            None => None,
        };
        CallResult { arrived, answer: AnswerBegun::Yes, cost, unread, error }
    }

    /// Keeps what nobody could read, even when this call is aborted meanwhile; returns its length when it is kept.
    async fn keep_unread(&self, unread: Unread, reason: Option<String>) -> Option<u64> {
        let of_nothing = GeneratedImage { bytes: Vec::new(), media_type: None, whole: true };
        let recipe = self.recipe(&of_nothing, None, 0, self.came.pictures);
        let Unread { media_type, bytes } = unread;
        let answer = UnreadAnswer { content_type: media_type, reason: reason.unwrap_or_default(), recipe };
        let (disk, guard) = (self.bench.disk.clone(), self.bench.storing.clone().try_read_owned().ok());
        let (length, reports) = (bytes.len() as u64, self.bench.reports.clone());
        let kept = tokio::spawn(async move {
            let kept = super::unread::keep(&disk, answer, bytes, &reports).await;
            drop(guard);
            kept
        });
        match kept.await {
            Ok(kept) => kept.then_some(length),
            Err(panic) => {
                log::error!("keeping an answer failed inside: {panic}");
                None
            }
        }
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
                    self.tell(Input::PictureStored { run: self.job.run.clone(), picture: Box::new(picture) });
                }
                Err(error) => self.hand_over(picture, error),
            }
        }
        stored
    }

    fn hand_over(&self, picture: Unsaved, error: DiskError) {
        self.tell(Input::PictureNotStored { job: self.job.clone(), picture: Box::new(picture), error });
    }

    fn tell(&self, input: Input) {
        self.bench.reports.job(input);
    }
}

/// Writes to the journal how far a job is, without waiting; what comes later says more.
fn note(disk: &Disk, job: &JobId, state: JobState) {
    let job = job.clone();
    disk.post(move |library| library.set_job_state(&job, &state));
}
