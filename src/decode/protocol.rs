//! What parent and child say to each other through the child's standard input and output.
//!
//! Imports `picture`. A message is the length of its head (4 bytes) and of its body (8 bytes), both little-endian, the
//! head in JSON and the body as bytes: the text of a drawing in one direction, pixels in the other. Whoever reads sets
//! the longest body that is taken, so neither can make the other allocate without end.

use super::allowance::Allowance;
use crate::picture::{Effort, Error, Limits, Repair, Size, View};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice, Read, Write};
use std::path::PathBuf;

/// The command that makes the program a child; in no help.
pub const CHILD_COMMAND: &str = "draw-svg";

/// What a child says first; before it may stand what another program prints.
pub(super) const GREETING: &[u8] = b"\neasel draws, 1\n";
/// Longest head.
const MAX_HEAD: u32 = 1 << 20;

/// The first message to a child.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Hello {
    /// Folders with fonts of the artist, beside those of the system.
    pub(super) font_dirs: Vec<PathBuf>,
}

/// The first message of a child, after [`GREETING`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Ready {
    /// Limits that this system does not have, as words for the log.
    pub(super) missing: Vec<String>,
}

/// Asks for one thing; the body is the drawing's text, or empty when the child has it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Names the text.
    pub(super) hash: String,
    pub(super) limits: Limits,
    pub(super) allowance: Allowance,
    pub(super) task: Task,
}

/// What is to be done with a drawing.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Task {
    Probe,
    Size,
    Draw(View),
    /// How wide its texts are.
    Widths,
}

/// The head of an answer.
pub(super) type Reply = Result<Drawn, Error>;

/// What a child found; the pixels are the body.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Drawn {
    /// In picture units.
    pub(super) size: (f32, f32),
    /// In pixels at scale 1.
    pub(super) natural: Size,
    /// Of the pixels, if any were asked for.
    pub(super) pixels: Option<Size>,
    /// By the ids of the texts.
    pub(super) widths: Vec<(String, f32)>,
    /// What was changed so that it can be seen.
    pub(super) repairs: Vec<Repair>,
}

/// What a child keeps a parsed drawing by.
pub(super) type Key = (String, Limits, Effort);

impl Request {
    /// Names what is to be parsed, and how.
    pub(super) fn key(&self) -> Key {
        (self.hash.clone(), self.limits, self.allowance.effort())
    }

    /// Counts the pixels that are asked for, as far as they are known beforehand.
    pub(super) fn pixels(&self) -> u64 {
        match self.task {
            Task::Draw(view) => view.area_at_most(&self.limits),
            Task::Probe | Task::Size | Task::Widths => 0,
        }
    }
}

/// Writes a message.
pub(super) fn write(out: &mut impl Write, head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let mut start = Vec::with_capacity(12 + head.len());
    start.extend((head.len() as u32).to_le_bytes());
    start.extend((body.len() as u64).to_le_bytes());
    start.extend(head);
    // In one call where that goes: each one may wake the other end.
    let mut parts = [IoSlice::new(&start), IoSlice::new(body)];
    let mut left = parts.as_mut_slice();
    while left.iter().any(|part| !part.is_empty()) {
        match out.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    out.flush()
}

/// Reads a message whose body is at most so long; `None`: the other end has closed between messages.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read, max_body: u64) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut lengths = [0; 12];
    let mut first = [0; 1];
    if from.read(&mut first)? == 0 {
        return Ok(None);
    }
    let [start, rest @ ..] = &mut lengths;
    *start = first[0];
    from.read_exact(rest)?;
    let [h0, h1, h2, h3, body @ ..] = lengths;
    let (head, body) = (u32::from_le_bytes([h0, h1, h2, h3]), u64::from_le_bytes(body));
    if head > MAX_HEAD || body > max_body {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is too long"));
    }
    let head = exactly(from, u64::from(head))?;
    let body = exactly(from, body)?;
    Ok(Some((serde_json::from_slice(&head)?, body)))
}

fn exactly(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes at a time, and is interrupted before each.
    struct Narrow(Vec<u8>, usize, bool);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.2 = !self.2;
            if self.2 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let taken = bytes.len().min(self.1);
            self.0.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_message_goes_through_whatever_takes_little_at_a_time() {
        let mut whole = Vec::new();
        write(&mut whole, &Hello::default(), b"pixels").unwrap();
        for step in [1, 5, 1000] {
            let mut narrow = Narrow(Vec::new(), step, false);
            write(&mut narrow, &Hello::default(), b"pixels").unwrap();
            assert!(narrow.0 == whole, "{step} at a time");
        }
        let closed = write(&mut Narrow(Vec::new(), 0, false), &Hello::default(), b"pixels");
        assert_eq!(closed.unwrap_err().kind(), io::ErrorKind::WriteZero);
    }

    #[test]
    fn messages_come_as_they_went_and_the_end_is_told_from_a_cut() {
        let mut wire = Vec::new();
        write(&mut wire, &Hello { font_dirs: vec!["/fonts".into()] }, b"body").unwrap();
        write(&mut wire, &Hello::default(), b"").unwrap();
        let mut from = wire.as_slice();
        let (hello, body) = read::<Hello>(&mut from, 4).unwrap().unwrap();
        assert_eq!((hello.font_dirs, body), (vec![PathBuf::from("/fonts")], b"body".to_vec()));
        assert!(read::<Hello>(&mut from, 0).unwrap().is_some());
        assert!(read::<Hello>(&mut from, 0).unwrap().is_none());
        for cut in 1..wire.len() / 2 {
            assert!(read::<Hello>(&mut &wire[..cut], 4).is_err(), "{cut}");
        }
        assert!(read::<Hello>(&mut wire.as_slice(), 3).is_err(), "longer than is taken");
        assert!(read::<Hello>(&mut [0xff; 40].as_slice(), u64::MAX).is_err());
    }
}
