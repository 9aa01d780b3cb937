//! The text of a drawing, drawn by a child; words are set by one too.

use super::allowance::Allowance;
use super::protocol::{Drawn, Request, Task};
use super::{crew, heavy};
use crate::library::content_hash;
use crate::picture::{self, Block, Error, Limits, Pixels, Size, View, Widths};
use std::sync::Arc;

/// Measures the characters of some texts, as they are set by [`set_words`].
pub fn widths<'a>(texts: impl IntoIterator<Item = &'a str>) -> Widths {
    Widths::measured(texts, |text| {
        let (drawn, _) = Drawing::of(text.as_bytes()).ask(&Limits::default(), Task::Widths)?;
        Ok(drawn.widths)
    })
}

/// Sets blocks of words on a transparent ground of this size. Errors as [`decode`].
pub fn set_words(size: Size, blocks: &[Block]) -> Result<Pixels, Error> {
    let text = picture::words_drawing(size, blocks);
    Drawing::of(text.as_bytes()).draw(&Limits::default(), View::Whole { max_side: size.longer_side() })
}

/// The text of a drawing, to be drawn as often as needed: a child that has parsed it is asked again.
#[derive(Clone)]
pub struct Drawing {
    bytes: Arc<[u8]>,
    pub(super) hash: Arc<str>,
    allowance: Allowance,
}

impl std::fmt::Debug for Drawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Drawing({} bytes, {:?})", self.bytes.len(), self.allowance)
    }
}

impl Drawing {
    /// Takes a text as it is; whether it is a drawing turns out when it is drawn.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.into(), hash: content_hash(bytes).into(), allowance: Allowance::Usual }
    }

    /// The same with another allowance.
    #[must_use]
    pub fn with(self, allowance: Allowance) -> Self {
        Self { allowance, ..self }
    }

    /// Reads width and height in picture units.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::SvgTooComplex`], [`Error::TooHeavy`], [`Error::NoChild`].
    pub fn size(&self) -> Result<(f32, f32), Error> {
        Ok(self.ask(&Limits::default(), Task::Size)?.0.size)
    }

    /// Reads its size in pixels at scale 1. Errors as [`size`](Self::size), and [`Error::TooLarge`].
    pub(super) fn natural_size(&self, limits: &Limits) -> Result<Size, Error> {
        let size = self.ask(limits, Task::Probe)?.0.natural;
        limits.check(size, 0).map(|()| size)
    }

    /// Rasterises as much as the view says. Errors as [`size`](Self::size), and [`Error::TooLarge`].
    pub fn draw(&self, limits: &Limits, view: View) -> Result<Pixels, Error> {
        // So that what it may cost goes with the pixels that it has.
        let view = match view {
            View::Natural => View::Whole { max_side: self.natural_size(limits)?.longer_side() },
            view => view,
        };
        view.check(limits)?;
        let (drawn, rgba) = self.ask(limits, Task::Draw(view))?;
        let lied = || Error::NoChild { reason: "it sent other pixels than it said".to_owned() };
        limits.check(drawn.pixels.unwrap_or_default(), 0)?;
        drawn.pixels.and_then(|size| Pixels::new(size, rgba)).ok_or_else(lied)
    }

    fn ask(&self, limits: &Limits, task: Task) -> Result<(Drawn, Vec<u8>), Error> {
        let mut request = Request { hash: self.hash.to_string(), limits: *limits, allowance: self.allowance, task };
        let pixels = request.pixels();
        request.allowance = heavy::allowance(&self.hash, self.allowance, pixels)?;
        let mut result = crew::ask(&request, &self.bytes);
        if let Err(Error::Busy { again }) = &mut result {
            *again = heavy::learn_late(&self.hash);
        }
        heavy::learn(&self.hash, request.allowance, pixels, result.as_ref().map(|_| ()));
        if let Ok((drawn, _)) = &result {
            heavy::learn_repairs(&self.hash, &drawn.repairs);
        }
        result
    }
}
