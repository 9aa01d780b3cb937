//! What a generation call gives: a whole answer, or a stream that is read event by event under its deadlines.
//!
//! May import the types of `api` only. Invariants: which of both it is was decided by the answer's content type;
//! every stream ends in `None`, and one that brought neither a result nor an error fails once before that.

use super::transport::{Deadline, Timeouts, broken};
use super::{ApiKey, Error, EventDecoder, GenerationResponse, StreamEvent, Wait};
use reqwest::Response;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most bytes that a whole stream may have.
const STREAM_CAP: usize = 1024 * 1024 * 1024;

/// Holds the beginning of a successful answer.
#[derive(Debug)]
pub struct Reply {
    /// `X-Generation-Id`, under which the service keeps its record.
    pub generation_id: Option<String>,
    /// `X-Provider-Name`: who makes the picture.
    pub provider: Option<String>,
    pub body: ReplyBody,
}

/// Holds the answer in the form the service chose, whatever was asked for.
#[derive(Debug)]
pub enum ReplyBody {
    Whole(GenerationResponse),
    Stream(EventStream),
}

/// Reads the events of an answer that is still arriving. Dropping it closes the connection.
pub struct EventStream {
    /// `None` once nothing more is to be read.
    response: Option<Response>,
    decoder: EventDecoder,
    ready: VecDeque<Result<StreamEvent, Error>>,
    key: Option<ApiKey>,
    silence: Duration,
    deadline: Deadline,
    received: usize,
    /// A result or an error was handed out, so that the end needs no error of its own.
    settled: bool,
}

impl EventStream {
    pub(super) fn new(response: Response, key: Option<ApiKey>, timeouts: &Timeouts, deadline: Deadline) -> Self {
        Self {
            response: Some(response),
            decoder: EventDecoder::new(),
            ready: VecDeque::new(),
            key,
            silence: timeouts.silence,
            deadline,
            received: 0,
            settled: false,
        }
    }

    /// Waits for the next event; `None` at the end. May be cancelled and called again without loss.
    ///
    /// Fails with `Unreadable` (a broken result: reading may go on), `Broken`, `TimedOut`, or `EndedEarly` when the end
    /// came without result and without error; the latter three come once and are followed by `None`. A connection may
    /// break after all results have arrived: what was completed is good.
    pub async fn next(&mut self) -> Option<Result<StreamEvent, Error>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(self.hand_out(event));
            }
            if self.response.is_none() {
                let early = !std::mem::replace(&mut self.settled, true);
                return early.then_some(Err(Error::EndedEarly));
            }
            self.read().await;
        }
    }

    fn hand_out(&mut self, mut event: Result<StreamEvent, Error>) -> Result<StreamEvent, Error> {
        match &mut event {
            Ok(StreamEvent::Completed { .. }) | Err(_) => self.settled = true,
            Ok(StreamEvent::Error(refusal)) => {
                self.settled = true;
                self.key.iter().for_each(|key| key.hide_in(refusal));
            }
            Ok(_) => {}
        }
        event
    }

    async fn read(&mut self) {
        let Some(response) = &mut self.response else { return };
        let quiet_at = Instant::now() + self.silence;
        match timeout_at(quiet_at.min(self.deadline.at), response.chunk()).await {
            Ok(Ok(Some(piece))) if self.received + piece.len() > STREAM_CAP => {
                let reason = format!("the stream is larger than {} MiB", STREAM_CAP >> 20);
                self.end(Some(Error::Unreadable { reason }));
            }
            Ok(Ok(Some(piece))) => {
                self.received += piece.len();
                self.ready.extend(self.decoder.push(&piece));
                if self.decoder.is_closed() {
                    self.response = None;
                }
            }
            Ok(Ok(None)) => self.end(None),
            Ok(Err(error)) => self.end(Some(broken(&error))),
            Err(_) if quiet_at < self.deadline.at => {
                self.end(Some(Error::TimedOut { after: self.silence, what: Wait::Silence }));
            }
            Err(_) => self.end(Some(self.deadline.error())),
        }
    }

    /// Stops reading; a last event that is whole comes before the reason.
    fn end(&mut self, reason: Option<Error>) {
        self.response = None;
        self.ready.extend(self.decoder.finish());
        self.ready.extend(reason.map(Err));
    }
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EventStream({} bytes so far)", self.received)
    }
}
