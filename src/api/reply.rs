//! What a generation call gives: a whole answer, or a stream that is read event by event under its deadlines.
//!
//! May import the types of `api` only. Invariants: which of both it is was decided by the answer's content type, and
//! what it turns out to be by its bytes; every stream is read to its end and ends in `None`, and one that brought
//! neither a result nor an error fails once before that.

use super::response::{Form, parse_generation};
use super::transport::{Deadline, Timeouts, broken};
use super::{ApiKey, Error, EventDecoder, GenerationResponse, StreamEvent, Unread, Wait};
use reqwest::Response;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most bytes that a whole stream may have.
const STREAM_CAP: usize = 1024 * 1024 * 1024;
/// The most bytes of what came in the place of a stream.
const BODY_CAP: usize = 256 * 1024 * 1024;
/// How long a stream that has said its end is listened to, for servers that go on.
const AFTERWARDS: Duration = Duration::from_secs(2);

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
    Whole(Box<GenerationResponse>),
    Stream(Box<EventStream>),
}

/// Reads the events of an answer that is still arriving. Dropping it closes the connection.
pub struct EventStream {
    /// `None` once nothing more is to be read.
    response: Option<Response>,
    decoder: EventDecoder,
    /// What comes instead of events.
    instead: Instead,
    ready: VecDeque<Result<StreamEvent, Error>>,
    key: Option<ApiKey>,
    silence: Duration,
    deadline: Deadline,
    received: usize,
    /// A result or an error was handed out, so that the end needs no error of its own.
    settled: bool,
}

/// What a body that was called a stream turns out to be.
enum Instead {
    /// Too little came to tell.
    Undecided(Vec<u8>),
    Events,
    /// A buffered answer, so far.
    Body(Vec<u8>),
}

impl EventStream {
    pub(super) fn new(response: Response, key: Option<ApiKey>, timeouts: &Timeouts, deadline: Deadline) -> Self {
        Self {
            response: Some(response),
            decoder: EventDecoder::new(),
            instead: Instead::Undecided(Vec::new()),
            ready: VecDeque::new(),
            key,
            silence: timeouts.silence,
            deadline,
            received: 0,
            settled: false,
        }
    }

    /// Makes one of a whole body that was not called a stream. `ended`: why no more of it came.
    pub(super) fn of_body(body: &[u8], ended: Option<Error>, key: Option<ApiKey>, deadline: Deadline) -> Self {
        let mut decoder = EventDecoder::new();
        let mut ready: VecDeque<_> = decoder.push(body).into();
        ready.extend(decoder.finish());
        ready.extend(ended.map(Err));
        Self {
            response: None,
            decoder,
            instead: Instead::Events,
            ready,
            key,
            silence: Duration::ZERO,
            deadline,
            received: body.len(),
            settled: false,
        }
    }

    /// Waits for the next event; `None` at the end. May be cancelled and called again without loss.
    ///
    /// Fails with `Unreadable` (a broken result: reading goes on), `Broken`, `TimedOut`, or `EndedEarly` when the end
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

    /// Hands out what came and could not be read, as it came, without the key; `None`: nothing.
    pub fn take_unread(&mut self) -> Option<Unread> {
        let bytes = self.decoder.take_unread();
        let bytes = self.key.as_ref().map_or_else(|| bytes.clone(), |key| without(&bytes, key));
        (!bytes.is_empty()).then(|| Unread { media_type: "text/event-stream".to_owned(), bytes })
    }

    fn hand_out(&mut self, mut event: Result<StreamEvent, Error>) -> Result<StreamEvent, Error> {
        match &mut event {
            Ok(StreamEvent::Completed { usage, .. }) => {
                self.settled = true;
                if let (Some(usage), Some(key)) = (usage, &self.key) {
                    key.hide_in_usage(usage);
                }
            }
            Err(_) => self.settled = true,
            Ok(StreamEvent::Buffered(whole)) => {
                self.settled = true;
                hide_key(whole, self.key.as_ref());
            }
            Ok(StreamEvent::Error(refusal)) => {
                self.settled = true;
                self.key.iter().for_each(|key| key.hide_in(refusal));
            }
            Ok(StreamEvent::TextChunk { text, .. }) => self.key.iter().for_each(|key| key.hide(text)),
            Ok(_) => {}
        }
        event
    }

    async fn read(&mut self) {
        let Some(response) = &mut self.response else { return };
        let done = self.decoder.is_done();
        let quiet_at = Instant::now() + if done { AFTERWARDS.min(self.silence) } else { self.silence };
        match timeout_at(quiet_at.min(self.deadline.at), response.chunk()).await {
            Ok(Ok(Some(piece))) => {
                self.received += piece.len();
                self.take(&piece);
            }
            Ok(Ok(None)) => self.end(None),
            // It had said its end.
            Ok(Err(_)) | Err(_) if done => self.end(None),
            Ok(Err(error)) => self.end(Some(broken(&error))),
            Err(_) if quiet_at < self.deadline.at => {
                self.end(Some(Error::TimedOut { after: self.silence, what: Wait::Silence }));
            }
            Err(_) => self.end(Some(self.deadline.error())),
        }
    }

    fn take(&mut self, piece: &[u8]) {
        let cap = if matches!(self.instead, Instead::Body(_)) { BODY_CAP } else { STREAM_CAP };
        if self.received > cap {
            return self.end(Some(Error::Unreadable { reason: format!("it is larger than {} MiB", cap >> 20) }));
        }
        match &mut self.instead {
            Instead::Undecided(start) => {
                start.extend_from_slice(piece);
                let start = std::mem::take(start);
                match is_stream(&start) {
                    None => self.instead = Instead::Undecided(start),
                    Some(false) => self.instead = Instead::Body(start),
                    Some(true) => {
                        self.instead = Instead::Events;
                        self.ready.extend(self.decoder.push(&start));
                    }
                }
            }
            Instead::Events => self.ready.extend(self.decoder.push(piece)),
            Instead::Body(body) => body.extend_from_slice(piece),
        }
        if self.decoder.is_closed() {
            self.response = None;
        }
    }

    /// Stops reading; what is whole comes before the reason, and of a picture that is cut off what came of it.
    fn end(&mut self, reason: Option<Error>) {
        self.response = None;
        match std::mem::replace(&mut self.instead, Instead::Events) {
            Instead::Body(body) | Instead::Undecided(body) if !body.is_empty() => {
                let whole = read_body(EVENTS, body, reason.clone(), self.key.as_ref());
                self.ready.push_back(Ok(StreamEvent::Buffered(Box::new(whole))));
            }
            _ => self.ready.extend(self.decoder.finish()),
        }
        self.ready.extend(reason.map(Err));
    }
}

const EVENTS: &str = "text/event-stream";

/// Says whether a body that was called a stream is one; `None`: too little of it has come.
fn is_stream(start: &[u8]) -> Option<bool> {
    const ENOUGH: usize = 12;
    let shown = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    if shown.len() < ENOUGH && !shown.contains(&b'\n') {
        return None;
    }
    let form = if shown.starts_with(b"<") { Form::Other } else { Form::of(EVENTS, start) };
    Some(matches!(form, Form::Events | Form::Text))
}

/// Reads a body that is no stream, and keeps it as it came where not all of it could be read. `ended`: why no more of
/// it came.
pub(super) fn read_body(
    media_type: &str,
    body: Vec<u8>,
    ended: Option<Error>,
    key: Option<&ApiKey>,
) -> GenerationResponse {
    let mut whole = parse_generation(media_type, &body);
    if ended.is_some() && Form::of(media_type, &body) == Form::Picture {
        whole.images.iter_mut().for_each(|image| image.whole = false);
    }
    hide_key(&mut whole, key);
    if !whole.is_all_read() && !body.is_empty() {
        let bytes = key.map_or_else(|| body.clone(), |key| without(&body, key));
        whole.unread = Some(Unread { media_type: media_type.to_owned(), bytes });
    }
    whole.ended = ended;
    whole
}

fn hide_key(whole: &mut GenerationResponse, key: Option<&ApiKey>) {
    let Some(key) = key else { return };
    whole.error.iter_mut().for_each(|error| key.hide_in(error));
    whole.usage.iter_mut().for_each(|usage| key.hide_in_usage(usage));
}

/// Returns the bytes with every key in them struck out, should the service have echoed it: they go to the disk.
fn without(bytes: &[u8], key: &ApiKey) -> Vec<u8> {
    let secret = key.expose().as_bytes();
    let mut out = bytes.to_vec();
    // A shorter one is no secret, and may stand in any text.
    if secret.len() < 8 {
        return out;
    }
    let mut at = 0;
    while let Some(found) = out.get(at..).and_then(|rest| rest.windows(secret.len()).position(|part| part == secret)) {
        let start = at + found;
        at = start + secret.len();
        out.iter_mut().take(at).skip(start).for_each(|byte| *byte = b'*');
    }
    out
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EventStream({} bytes so far)", self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_told_from_what_comes_in_its_place() {
        for (start, expected) in [
            ("", None),
            ("\n\n", None),
            ("data: {\"a\":1}", Some(true)),
            (": \n", Some(true)),
            ("\u{feff}event: x\n", Some(true)),
            ("nonsense and more", Some(true)),
            ("{\"created\":1,\"data\"", Some(false)),
            ("[{\"b64_json\":\"", Some(false)),
            ("<!doctype html>", Some(false)),
            ("GIF89a......", Some(false)),
        ] {
            assert_eq!(is_stream(start.as_bytes()), expected, "{start}");
        }
    }

    #[test]
    fn a_body_that_goes_to_the_disk_holds_no_key() {
        let key = ApiKey::new("sk-or-v1-0123456789abcdef").unwrap();
        let echo = format!("<p>{} and {}</p>", key.expose(), key.expose());
        let whole = read_body("text/html", echo.into_bytes(), None, Some(&key));
        let kept = String::from_utf8(whole.unread.unwrap().bytes).unwrap();
        assert_eq!(kept, format!("<p>{0} and {0}</p>", "*".repeat(25)));
    }
}
