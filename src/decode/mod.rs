//! Any picture becomes pixels: rasters in this process, drawings in another.
//!
//! May import `picture` and `library`. SVG is a language, and a few hundred bytes of it can ask for terabytes or for
//! hours; no guess from its text tells which do. So drawings are parsed and rasterised by a child process of this same
//! program that has given up files, network and most of the system ([`sandbox`]), and that is ended when it exceeds
//! its [`Allowance`]. Invariants: no text of a drawing is parsed outside of a child; whatever a child does, the caller
//! has an answer within the allowance; what comes back is measured before it is believed; a drawing that was too heavy
//! once is not tried again by itself ([`heavy`]).
//!
//! ```text
//! pool, store, import, …   probe(), decode(), rasterise(), prepare()
//!        │ svg                                       │ png, jpeg, webp, gif
//! crew: a free child, or a new one                   picture::…, here
//!        │ request, text ──► child: parse (or still has it), draw
//!        ◄── size, pixels ──
//! ```
//!
//! Every function here may wait for as long as the allowance says: never call one on the window's thread.

mod allowance;
mod child;
mod crew;
mod heavy;
mod process;
mod protocol;
mod sandbox;
#[cfg(test)]
mod tests;

pub use allowance::Allowance;
pub use child::serve;
pub use crew::{use_program, warm};
pub use heavy::{Ledger, allow_longer, repairs};

use crate::library::content_hash;
use crate::picture::{
    self, Block, Error, Flaw, Format, Info, Limits, Pixels, PrepareLimits, Prepared, Pyramid, ReferenceEdit, Size,
    View, Widths,
};
use protocol::{Drawn, Request, Task};
use std::sync::Arc;

/// The command that makes the program a child; in no help.
pub const CHILD_COMMAND: &str = "draw-svg";

/// Reads format and size, as [`picture::probe`].
///
/// # Errors
/// As there, and [`Error::TooHeavy`] or [`Error::NoChild`] of a drawing.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Info, Error> {
    match Format::sniff(bytes) {
        Some(Format::Svg) => {
            let size = Drawing::of(bytes).natural_size(limits)?;
            Ok(Info { format: Format::Svg, size, has_alpha: true })
        }
        _ => picture::probe(bytes, limits),
    }
}

/// Decodes a picture, as [`picture::decode`]; a drawing at its own size.
///
/// # Errors
/// As [`probe`] and as there.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixels, Error> {
    match Format::sniff(bytes) {
        Some(Format::Svg) => Drawing::of(bytes).draw(limits, View::Natural),
        _ => picture::decode(bytes, limits),
    }
}

/// Decodes a picture no larger than `max_side`, a drawing with its longer side exactly so; says what is wrong with its
/// file.
///
/// # Errors
/// As [`decode`].
pub fn decode_scaled(bytes: &[u8], max_side: u32, limits: &Limits) -> Result<(Pixels, Option<Flaw>), Error> {
    match Format::sniff(bytes) {
        Some(Format::Svg) => Ok((Drawing::of(bytes).draw(limits, View::Whole { max_side })?, None)),
        _ => picture::decode_scaled_flawed(bytes, max_side, limits),
    }
}

/// Decodes a picture into levels. Errors as [`decode`].
pub fn pyramid(bytes: &[u8], limits: &Limits) -> Result<Pyramid, Error> {
    match Format::sniff(bytes) {
        Some(Format::Svg) => Ok(Pyramid::new(decode(bytes, limits)?)),
        _ => {
            let (pixels, flaw) = picture::decode_flawed(bytes, limits)?;
            Ok(Pyramid::new(pixels).with_flaw(flaw))
        }
    }
}

/// Prepares a reference for sending, as [`picture::prepare_edited`].
///
/// # Errors
/// As [`decode`] and as there.
pub fn prepare_edited(bytes: &[u8], edit: &ReferenceEdit, limits: &PrepareLimits) -> Result<Prepared, Error> {
    if Format::sniff(bytes) != Some(Format::Svg) {
        return picture::prepare_edited(bytes, edit, limits);
    }
    let (drawing, usual) = (Drawing::of(bytes), Limits::default());
    let original = probe(bytes, &usual)?;
    picture::prepare_drawing(original, edit, limits, |view| drawing.draw(&usual, view))
}

/// Prepares a reference that is not edited. Errors as [`prepare_edited`].
pub fn prepare(bytes: &[u8], limits: &PrepareLimits) -> Result<Prepared, Error> {
    prepare_edited(bytes, &ReferenceEdit::default(), limits)
}

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
    hash: Arc<str>,
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
    fn natural_size(&self, limits: &Limits) -> Result<Size, Error> {
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
        let result = crew::ask(&request, &self.bytes);
        heavy::learn(&self.hash, request.allowance, pixels, result.as_ref().map(|_| ()));
        if let Ok((drawn, _)) = &result {
            heavy::learn_repairs(&self.hash, &drawn.repairs);
        }
        result
    }
}
