//! The streamed answer: server-sent events with comments as a sign of life, and the faults of streams.
//!
//! Imports `work`, `price`, `spoil`, `faults`. Invariant: without a fault the order is comment, partials or text from
//! coarse to fine, `completed` for each picture, `[DONE]`; every event is one `data:` line ended by LF LF.

use super::answer::{Answer, with_type};
use super::choose::Order;
use super::faults::Faults;
use super::models::Endpoint;
use super::price;
use super::work::{self, Work};
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

/// The receiver is gone: nobody wants the rest.
pub struct Gone;

const COMMENT_EVERY: Duration = Duration::from_millis(400);

/// What a stream is about, apart from the pictures.
pub struct Job {
    pub order: Order,
    pub works: Vec<Work>,
    pub faults: Faults,
    pub pace: Duration,
    pub created: u64,
    /// Usage of one picture; null leaves it out.
    pub usage: Value,
}

impl Job {
    /// Usage of a single delivered picture, as the faults want it.
    pub fn usage(order: &Order, endpoint: &Endpoint, faults: &Faults, delivered: u64) -> Value {
        let mut usage = price::usage(order, endpoint, delivered);
        if faults.has("null-cost") {
            usage["cost"] = Value::Null;
        }
        if faults.has("no-usage") { Value::Null } else { usage }
    }
}

/// Starts the job and answers with its stream.
pub fn answer(job: Job) -> Answer {
    let (sender, receiver) = mpsc::channel(8);
    let start = Instant::now() + COMMENT_EVERY;
    let mut tick = interval_at(start, COMMENT_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut writer = Writer { sender, tick, rough: job.faults.has("crlf") };
    tokio::spawn(async move { run(&job, &mut writer).await });
    let body =
        stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|item| (item, receiver)) });
    with_type(200, "text/event-stream", Body::from_stream(body))
}

async fn run(job: &Job, writer: &mut Writer) -> Result<(), Gone> {
    if job.faults.has("crlf") {
        writer.raw("\u{FEFF}".into()).await?;
    }
    writer.comment().await?;
    let asked = job.works.len();
    let count = match (job.faults.has("empty"), job.faults.has("fewer")) {
        (true, _) => 0,
        (_, true) => asked.saturating_sub(1),
        _ => asked,
    };
    if count == 0 && job.faults.has("stall") {
        return writer.silence().await;
    }
    for work in job.works.iter().take(count) {
        let faults = job.faults.clone();
        let finished = tokio::spawn({
            let work = work.clone();
            async move { work.finish(&faults).await }
        });
        if !lead_up(job, work, writer).await? {
            return Ok(());
        }
        let Ok(picture) = writer.keep(finished).await? else { return Ok(()) };
        let mut event = json!({"type": "image_generation.completed", "b64_json": picture.b64,
            "media_type": picture.media_type, "created": job.created});
        if !job.usage.is_null() {
            event["usage"] = job.usage.clone();
        }
        writer.event(&event).await?;
    }
    if !job.faults.has("no-done") {
        writer.raw(if job.faults.has("crlf") { "data:[DONE]\r\n\r\n" } else { "data: [DONE]\n\n" }.into()).await?;
    }
    Ok(())
}

/// Everything before `completed`; false when a fault has ended the stream.
async fn lead_up(job: &Job, work: &Work, writer: &mut Writer) -> Result<bool, Gone> {
    let began = Instant::now();
    let total = work::duration(&job.order, job.pace);
    if job.faults.has("slow") {
        for _ in 0..3 {
            writer.comment().await?;
        }
        writer.rest(began + total * 4).await?;
        return Ok(true);
    }
    let texts = work.pieces(36).await;
    let count = texts.as_ref().map_or(work::previews(&job.order) as usize, |pieces| pieces.len() + 1);
    for index in 0..count {
        let event = match &texts {
            None => {
                let preview = work.preview(index as u32, count as u32);
                let preview = writer.keep(preview).await?;
                json!({"type": "image_generation.partial_image", "partial_image_index": index, "b64_json": preview.b64})
            }
            Some(_) if index == 0 => json!({"type": "image_generation.text_chunk", "phase": "reasoning",
                "text": "Choosing a palette, laying out the large shapes, then drawing from back to front."}),
            Some(pieces) => {
                json!({"type": "image_generation.text_chunk", "phase": "content", "text": pieces.get(index - 1)})
            }
        };
        writer.rest(began + total.mul_f32((index + 1) as f32 / (count + 1) as f32)).await?;
        let turning = index == 1.min(count - 1);
        if turning && job.faults.has("cut") {
            let text = format!("data: {event}");
            writer.raw(text.get(..text.len() / 2).unwrap_or_default().to_owned().into()).await?;
            writer.fail().await?;
            return Ok(false);
        }
        writer.event(&event).await?;
        if job.faults.has("unknown-events") {
            strange(index, writer).await?;
        }
        if turning {
            for (fault, code) in [("error-mid", json!("server_error")), ("error-code-number", json!(502))] {
                if job.faults.has(fault) {
                    let error = json!({"message": "The provider failed while painting.", "code": code, "type": "provider_error", "param": null});
                    writer.event(&json!({"type": "error", "error": error})).await?;
                    writer.raw("data: [DONE]\n\n".into()).await?;
                    return Ok(false);
                }
            }
            if job.faults.has("stall") {
                writer.silence().await?;
            }
            if job.faults.has("end-early") {
                return Ok(false);
            }
        }
    }
    writer.rest(began + total).await?;
    Ok(true)
}

/// Things a client must pass over.
async fn strange(index: usize, writer: &mut Writer) -> Result<(), Gone> {
    let unknown = json!({"type": "image_generation.sketchbook_opened", "pages": index, "nested": {"a": [1, null]}});
    writer.raw(format!("event: novelty\nid: {index}\nretry: 10\nflavour: mint\ndata: {unknown}\n\n").into()).await?;
    writer.event(&json!({"type": "image_generation.text_chunk", "phase": "humming", "text": "la la"})).await?;
    writer.event(&json!({"no_type": true})).await?;
    writer.event(&json!([1, 2, 3])).await
}

/// The error that breaks a connection; it comes late enough for what was written before to be sent.
pub async fn broken_off() -> Result<Bytes, io::Error> {
    sleep_until(Instant::now() + Duration::from_millis(40)).await;
    Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut on request"))
}

struct Writer {
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
    tick: Interval,
    /// CRLF, several data lines an event, bytes split anywhere.
    rough: bool,
}

impl Writer {
    async fn raw(&mut self, bytes: Bytes) -> Result<(), Gone> {
        self.sender.send(Ok(bytes)).await.map_err(|_| Gone)
    }

    async fn comment(&mut self) -> Result<(), Gone> {
        self.raw(if self.rough { ": \r\n\r\n" } else { ": \n\n" }.into()).await
    }

    async fn event(&mut self, event: &Value) -> Result<(), Gone> {
        if !self.rough {
            return self.raw(format!("data: {event}\n\n").into()).await;
        }
        let pretty = serde_json::to_string_pretty(event).unwrap_or_default();
        let mut text: String = pretty.lines().map(|line| format!("data:{line}\r\n")).collect();
        text.push_str("\r\n");
        let mut bytes = Bytes::from(text);
        for _ in 0..40 {
            if bytes.len() > 7 {
                let piece = bytes.split_to(7);
                self.raw(piece).await?;
            }
        }
        // Ends one byte early, so that CR and LF of the blank line come apart.
        let last = bytes.split_off(bytes.len().saturating_sub(1));
        self.raw(bytes).await?;
        self.raw(last).await
    }

    /// Waits for something, with comments meanwhile.
    async fn keep<T>(&mut self, future: impl Future<Output = T>) -> Result<T, Gone> {
        let mut future = std::pin::pin!(future);
        loop {
            tokio::select! {
                biased;
                value = &mut future => return Ok(value),
                () = self.sender.closed() => return Err(Gone),
                _ = self.tick.tick() => self.comment().await?,
            }
        }
    }

    async fn rest(&mut self, until: Instant) -> Result<(), Gone> {
        self.keep(sleep_until(until)).await
    }

    /// Says nothing until the client leaves.
    async fn silence(&mut self) -> Result<(), Gone> {
        self.sender.closed().await;
        Err(Gone)
    }

    /// Breaks the connection.
    async fn fail(&mut self) -> Result<(), Gone> {
        self.sender.send(broken_off().await).await.map_err(|_| Gone)
    }
}
