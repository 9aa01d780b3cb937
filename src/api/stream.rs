//! Cuts the bytes of a server-sent event stream into events. Pure: no clock, no network.
//!
//! May import the types of `api` only. Invariants: any split of the bytes gives the same events; CR, LF and CRLF end
//! lines in any mixture; every byte is looked at once and copied at most twice, so time is linear in the length;
//! no event holds more than the cap. Start at [`EventDecoder::push`].

use super::event::parse_event;
use super::{Error, StreamEvent};

/// The most bytes that one event may have.
const EVENT_CAP: usize = 256 * 1024 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decodes a stream piece by piece; see the module for what it guarantees.
#[derive(Debug)]
pub struct EventDecoder {
    /// The line that has begun.
    line: Vec<u8>,
    /// The `data` of the event that has begun, lines joined by LF.
    data: Vec<u8>,
    /// Whether the event has a `data` line yet (which may be empty).
    has_data: bool,
    /// The last byte was a CR: a LF right after it belongs to it.
    after_cr: bool,
    /// No line has ended yet: a BOM may stand before it.
    at_start: bool,
    /// Nothing more is read: after `[DONE]`, or after an event above the cap.
    closed: bool,
    cap: usize,
}

impl Default for EventDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl EventDecoder {
    /// Starts before the first byte.
    pub fn new() -> Self {
        Self::with_cap(EVENT_CAP)
    }

    fn with_cap(cap: usize) -> Self {
        let (line, data) = (Vec::new(), Vec::new());
        Self { line, data, has_data: false, after_cr: false, at_start: true, closed: false, cap }
    }

    /// Takes the next bytes and returns what they complete, in order.
    ///
    /// An item fails with `Unreadable` when a result is broken (reading goes on), or when an event is above the cap
    /// (nothing more is read).
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<Result<StreamEvent, Error>> {
        let mut events = Vec::new();
        while !self.closed {
            if self.after_cr
                && let Some((first, rest)) = bytes.split_first()
            {
                self.after_cr = false;
                if *first == b'\n' {
                    bytes = rest;
                }
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (part, rest) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
            if self.line.len() + self.data.len() + part.len() > self.cap {
                events.push(Err(self.close_above_cap()));
                break;
            }
            self.line.extend_from_slice(part);
            let Some((ending, rest)) = rest.split_first() else { break };
            self.after_cr = *ending == b'\r';
            bytes = rest;
            self.end_line(&mut events);
        }
        events
    }

    /// Ends the stream. A last event without its blank line is returned when it is whole.
    pub fn finish(&mut self) -> Vec<Result<StreamEvent, Error>> {
        let mut events = Vec::new();
        if !self.closed && !self.line.is_empty() {
            self.end_line(&mut events);
        }
        if !self.closed && is_whole(&self.data) {
            self.end_event(&mut events);
        }
        self.closed = true;
        events
    }

    /// Says whether everything that follows is ignored.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    fn end_line(&mut self, events: &mut Vec<Result<StreamEvent, Error>>) {
        let mut whole = std::mem::take(&mut self.line);
        let line = whole.strip_prefix(BOM).filter(|_| self.at_start).unwrap_or(&whole);
        self.at_start = false;
        if line.is_empty() {
            self.end_event(events);
        } else if line.starts_with(b":") {
            events.push(Ok(StreamEvent::Comment));
        } else if let Some(value) = data_of(line) {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.has_data = true;
            self.data.extend_from_slice(value);
        }
        whole.clear();
        self.line = whole;
    }

    fn end_event(&mut self, events: &mut Vec<Result<StreamEvent, Error>>) {
        self.has_data = false;
        let event = parse_event(&self.data);
        self.data.clear();
        self.closed = matches!(event, Some(Ok(StreamEvent::Done)));
        events.extend(event);
    }

    fn close_above_cap(&mut self) -> Error {
        self.closed = true;
        self.line = Vec::new();
        self.data = Vec::new();
        Error::Unreadable { reason: format!("one of its events is larger than {} MiB", self.cap >> 20) }
    }
}

/// Returns the value of a `data` line, without the one space that may follow the colon; other fields give `None`.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"data")?;
    let Some(value) = rest.strip_prefix(b":") else { return rest.is_empty().then_some(rest) };
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

fn is_whole(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]" || serde_json::from_slice::<serde::de::IgnoredAny>(data).is_ok()
}

#[cfg(test)]
mod tests;
