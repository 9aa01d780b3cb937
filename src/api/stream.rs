//! Cuts the bytes of a server-sent event stream into events. Pure: no clock, no network.
//!
//! May import the types of `api` only. Invariants: any split of the bytes gives the same events; CR, LF and CRLF end
//! lines in any mixture; every byte is looked at once and copied at most twice, so time is linear in the length;
//! no event holds more than the cap; what could not be read is kept as it came. Start at [`EventDecoder::push`].

use super::event::parse_event;
use super::{Error, StreamEvent};

/// The most bytes that one event may have, and the most that are kept of what could not be read.
const EVENT_CAP: usize = 256 * 1024 * 1024;
/// Characters of an event's name.
const LONGEST_NAME: usize = 100;
/// How often one event is tried for its end before its blank line.
const TRIES: u8 = 16;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decodes a stream piece by piece; see the module for what it guarantees.
#[derive(Debug)]
pub struct EventDecoder {
    /// The line that has begun.
    line: Vec<u8>,
    /// The `data` of the event that has begun, lines joined by LF.
    data: Vec<u8>,
    /// What its `event` line says.
    name: String,
    /// Whether the event has a `data` line yet (which may be empty).
    has_data: bool,
    /// How often it may still be tried for its end.
    tries: u8,
    /// The last byte was a CR: a LF right after it belongs to it.
    after_cr: bool,
    /// `[DONE]` has come.
    done: bool,
    /// Nothing more is read, after an event above the cap.
    closed: bool,
    cap: usize,
    /// The events of which nothing could be made, as they came.
    unread: Vec<u8>,
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
        Self {
            line: Vec::new(),
            data: Vec::new(),
            name: String::new(),
            has_data: false,
            tries: TRIES,
            after_cr: false,
            done: false,
            closed: false,
            cap,
            unread: Vec::new(),
        }
    }

    /// Takes the next bytes and returns what they complete, in order; what comes after `[DONE]` too.
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

    /// Ends the stream, well or not. A last event without its blank line is returned when it is whole; of a result that
    /// is cut off, what came of its picture.
    pub fn finish(&mut self) -> Vec<Result<StreamEvent, Error>> {
        let mut events = Vec::new();
        if self.closed {
            return events;
        }
        if !self.line.is_empty() {
            self.end_line(&mut events);
        }
        if is_whole(&self.data) {
            self.end_event(&mut events);
        } else {
            let came = parse_event(&self.name, &self.data).into_iter();
            let came =
                came.filter(|event| matches!(event, Ok(StreamEvent::Completed { .. } | StreamEvent::Buffered(_))));
            events.extend(came);
            self.keep_unread();
        }
        self.closed = true;
        events
    }

    /// Hands out the events of which nothing could be made, as they came; empty when there were none.
    pub(super) fn take_unread(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unread)
    }

    /// Says whether everything that follows is ignored.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Says whether the service has said that nothing follows.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    fn end_line(&mut self, events: &mut Vec<Result<StreamEvent, Error>>) {
        let mut whole = std::mem::take(&mut self.line);
        // Wherever texts were put together: the mark of the second one's beginning, and what indents it.
        let line = whole.strip_prefix(BOM).unwrap_or(&whole);
        let line = if line.iter().all(|byte| matches!(byte, b' ' | b'\t')) { line } else { line.trim_ascii_start() };
        if line.is_empty() {
            self.end_event(events);
        } else if line.starts_with(b":") {
            events.push(Ok(StreamEvent::Comment));
        } else if let Some(value) = value_of(line, b"data") {
            self.end_early(events, value);
            if self.has_data {
                self.data.push(b'\n');
            }
            self.has_data = true;
            self.data.extend_from_slice(value);
        } else if let Some(value) = value_of(line, b"event") {
            self.end_early(events, b"{");
            self.name = String::from_utf8_lossy(value).trim().chars().take(LONGEST_NAME).collect();
        } else if line.starts_with(b"{") {
            // One event a line, without the name of the field.
            self.end_early(events, line);
            self.has_data = true;
            self.data.extend_from_slice(line);
        } else if value_of(line, b"id").is_none() && value_of(line, b"retry").is_none() {
            self.keep_line(line);
        }
        whole.clear();
        self.line = whole;
    }

    /// Ends an event whose blank line was left out: it is whole, and another begins.
    fn end_early(&mut self, events: &mut Vec<Result<StreamEvent, Error>>, next: &[u8]) {
        let ends = self.data.trim_ascii_end().ends_with(b"}");
        let begins = next.starts_with(b"{") || next.trim_ascii() == b"[DONE]";
        if ends && begins && self.tries > 0 {
            self.tries -= 1;
            if is_whole(&self.data) {
                self.end_event(events);
            }
        }
    }

    fn end_event(&mut self, events: &mut Vec<Result<StreamEvent, Error>>) {
        let found = parse_event(&self.name, &self.data);
        let is_read = |event: &Result<StreamEvent, Error>| match event {
            Err(_) | Ok(StreamEvent::Unknown(_)) => false,
            Ok(StreamEvent::Completed { image, .. }) => image.whole,
            Ok(_) => true,
        };
        if !found.iter().all(is_read) {
            self.keep_unread();
        }
        self.done |= found.contains(&Ok(StreamEvent::Done));
        self.has_data = false;
        self.tries = TRIES;
        self.name.clear();
        self.data.clear();
        events.extend(found);
    }

    fn keep_unread(&mut self) {
        if self.data.is_empty() || self.unread.len() + self.data.len() > self.cap {
            return;
        }
        if !self.name.is_empty() {
            self.unread.extend_from_slice(format!("event: {}\n", self.name).as_bytes());
        }
        for line in self.data.split(|byte| *byte == b'\n') {
            self.unread.extend_from_slice(b"data: ");
            self.unread.extend_from_slice(line);
            self.unread.push(b'\n');
        }
        self.unread.push(b'\n');
    }

    /// Keeps a line that is no known field.
    fn keep_line(&mut self, line: &[u8]) {
        if self.unread.len() + line.len() < self.cap {
            self.unread.extend_from_slice(line);
            self.unread.push(b'\n');
        }
    }

    fn close_above_cap(&mut self) -> Error {
        self.closed = true;
        self.line = Vec::new();
        self.data = Vec::new();
        Error::Unreadable { reason: format!("one of its events is larger than {} MiB", self.cap >> 20) }
    }
}

/// Returns the value of a field's line, without the one space that may follow the colon; other fields give `None`.
fn value_of<'a>(line: &'a [u8], field: &[u8]) -> Option<&'a [u8]> {
    let (name, rest) = line.split_at_checked(field.len())?;
    if !name.eq_ignore_ascii_case(field) {
        return None;
    }
    let Some(value) = rest.strip_prefix(b":") else { return rest.is_empty().then_some(rest) };
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

fn is_whole(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]" || serde_json::from_slice::<serde::de::IgnoredAny>(data).is_ok()
}

#[cfg(test)]
mod tests;
