//! One call: journal → send → receive → store. Returns what became of it; the actor alone publishes.
//!
//! ```text
//! queued → sent (fsynced before the first byte goes out) → received (bytes fsynced) → stored
//!                └→ failed / retry by the queue's decision     cancelled: aborted between two awaits
//! ```

use super::actor::Internal;
use super::disk::Disk;
use super::pool::Work;
use super::store::{Unsaved, store};
use super::{DiskError, JobError, Preview, PreviewSink, references};
use crate::api::{self, Client, GeneratedImage, GenerationRequest, Phase as ChunkPhase, ReplyBody, StreamEvent, Usage};
use crate::library::{Job, JobId, JobState, PictureId, Recipe};
use crate::picture::Format;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc::UnboundedSender;

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
}

/// What became of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) arrived: u32,
    pub(crate) error: Option<JobError>,
    /// Received, but not on disk.
    pub(crate) unsaved: Option<(DiskError, Vec<Unsaved>)>,
}

impl Outcome {
    fn failed(error: JobError) -> Self {
        Self { arrived: 0, error: Some(error), unsaved: None }
    }
}

/// Carries out one call to its end.
pub(crate) async fn run(bench: Bench, job: Arc<Job>, request: GenerationRequest, addresses: Vec<String>) -> Outcome {
    let request = match references::load(bench.disk.dir(), addresses, &job.context.references).await {
        Ok(references) => GenerationRequest { references, ..request },
        Err(error) => return Outcome::failed(error),
    };
    let id = job.id.clone();
    let sent = bench.disk.call(move |library| library.set_job_state(&id, &JobState::Sent)).await;
    if let Err(error) = sent {
        return Outcome::failed(JobError::Disk(error));
    }
    let mut call = Call::new(bench, job);
    let error = match call.bench.client.generate(&request).await {
        Ok(reply) => {
            call.generation = reply.generation_id;
            call.provider = reply.provider;
            call.tell(Internal::Answering { job: call.job.id.clone(), provider: call.provider.clone() });
            match reply.body {
                ReplyBody::Whole(response) => {
                    let count = u32::try_from(response.images.len()).unwrap_or(u32::MAX);
                    for image in response.images {
                        call.keep(image, response.usage.as_ref(), count).await;
                    }
                    (response.broken > 0 && call.received() == 0)
                        .then(|| api::Error::Unreadable { reason: "the picture's base64 is damaged".into() })
                }
                ReplyBody::Stream(stream) => call.follow(stream).await.err(),
            }
        }
        Err(error) => Some(error),
    };
    call.finish(error).await
}

struct Call {
    bench: Bench,
    job: Arc<Job>,
    began: Instant,
    generation: Option<String>,
    provider: Option<String>,
    markup: String,
    drawn: usize,
    stored: u32,
    unsaved: Option<(DiskError, Vec<Unsaved>)>,
}

impl Call {
    fn new(bench: Bench, job: Arc<Job>) -> Self {
        Self {
            bench,
            job,
            began: Instant::now(),
            generation: None,
            provider: None,
            markup: String::new(),
            drawn: 0,
            stored: 0,
            unsaved: None,
        }
    }

    fn tell(&self, message: Internal) {
        if self.bench.internal.send(message).is_err() {
            log::debug!("the actor has stopped");
        }
    }

    fn received(&self) -> u32 {
        let unsaved = self.unsaved.as_ref().map_or(0, |(_, list)| list.len());
        self.stored + u32::try_from(unsaved).unwrap_or(u32::MAX)
    }

    async fn follow(&mut self, mut stream: api::EventStream) -> Result<(), api::Error> {
        while let Some(event) = stream.next().await {
            match event? {
                StreamEvent::PartialImage { image, .. } => {
                    self.show(Work::Bytes { bytes: image.bytes.into(), max_side: PREVIEW_SIDE });
                }
                StreamEvent::TextChunk { phase: ChunkPhase::Content, text } => self.draw(&text),
                StreamEvent::TextChunk { phase: ChunkPhase::Reasoning, text } => {
                    self.tell(Internal::Note { job: self.job.id.clone(), text });
                }
                StreamEvent::Completed { image, usage, .. } => self.keep(image, usage.as_ref(), 1).await,
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

    fn draw(&mut self, text: &str) {
        self.markup.push_str(text);
        if self.markup.len() >= self.drawn + MARKUP_STEP {
            self.drawn = self.markup.len();
            self.show(Work::Markup { text: self.markup.clone(), max_side: PREVIEW_SIDE });
        }
    }

    /// Puts one received picture on disk. The storing goes on even when this call is aborted meanwhile.
    async fn keep(&mut self, image: GeneratedImage, usage: Option<&Usage>, of: u32) {
        let unsaved = Unsaved { recipe: self.recipe(&image, usage, of), bytes: image.bytes.into() };
        let (disk, internal, job) = (self.bench.disk.clone(), self.bench.internal.clone(), self.job.clone());
        let task = tokio::spawn(async move {
            match store(&disk, &unsaved).await {
                Ok(picture) => {
                    if internal.send(Internal::Stored { run: job.run.clone(), picture: Box::new(picture) }).is_err() {
                        log::debug!("the actor has stopped");
                    }
                    Ok(())
                }
                Err(error) => Err((error, unsaved)),
            }
        });
        match task.await {
            Ok(Ok(())) => self.stored += 1,
            Ok(Err((error, unsaved))) => {
                let entry = self.unsaved.get_or_insert_with(|| (error, Vec::new()));
                entry.1.push(unsaved);
            }
            Err(panic) => log::error!("storing a picture failed inside: {panic}"),
        }
    }

    fn recipe(&self, image: &GeneratedImage, usage: Option<&Usage>, of: u32) -> Recipe {
        let format = Format::sniff(&image.bytes);
        let media_type = format.map(|format| format.media_type().to_owned()).or_else(|| image.media_type.clone());
        Recipe {
            version: 1,
            id: PictureId::new(),
            run: self.job.run.clone(),
            job: self.job.id.clone(),
            position: self.received(),
            request: self.job.request.clone(),
            context: self.job.context.clone(),
            provider: self.provider.clone(),
            generation_id: self.generation.clone(),
            usage: usage.cloned(),
            cost: usage.and_then(|usage| usage.cost).map(|cost| cost / f64::from(of.max(1))),
            created_ms: jiff::Timestamp::now().as_millisecond(),
            elapsed_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            asked: self.job.asked,
            arrived: of,
            media_type: media_type.unwrap_or_else(|| "application/octet-stream".into()),
            hash: String::new(),
            bytes: image.bytes.len() as u64,
            size: None,
        }
    }

    async fn finish(self, error: Option<api::Error>) -> Outcome {
        let received = self.received();
        let error = match error {
            Some(error) => Some(JobError::Api(error)),
            None if received == 0 => Some(JobError::Api(api::Error::Empty)),
            None if received < self.job.asked => Some(JobError::Fewer { asked: self.job.asked, arrived: received }),
            None => None,
        };
        Outcome { arrived: self.stored, error, unsaved: self.unsaved }
    }
}

/// Writes a job's state to the journal; a failure to do so is told, never swallowed.
pub(crate) async fn journal(disk: &Disk, job: &JobId, state: JobState) -> Result<(), DiskError> {
    let job = job.clone();
    disk.call(move |library| library.set_job_state(&job, &state)).await
}
