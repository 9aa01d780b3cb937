//! Pictures of any format: rasters are read here, drawings by a child.

use super::drawing::Drawing;
use crate::picture::{
    self, Error, Flaw, Format, Info, Limits, Pixels, PrepareLimits, Prepared, Pyramid, ReferenceEdit, View,
};

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
