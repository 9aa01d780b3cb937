//! Contact sheets: many pictures with their words on paper of one colour, written as picture files.
//!
//! Reads the originals, one after the other, and holds one sheet at a time. Invariants: a picture that cannot be shown
//! leaves its place with a word about it, and the sheet is made all the same; no file is ever replaced.

use super::Carried;
use super::export::{ExportError, Saved, Taken, numbered, write_free};
use crate::decode::{ImageError, raster, set_words, thumb, widths};
use crate::picture::{self, Block, Encoding, Pixels, Size, encode, fit};
use crate::plan::{Area, Ground, Sheet, SheetStyle};
use std::path::{Path, PathBuf};

/// Contact sheets that are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetOrder {
    pub style: SheetStyle,
    pub pictures: Vec<SheetPicture>,
    pub encoding: Encoding,
    /// Where to; several sheets, and those whose name is taken, get numbers.
    pub to: PathBuf,
}

/// A picture of a contact sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetPicture {
    pub file: PathBuf,
    /// blake3 of its bytes, lower-case hex.
    pub hash: String,
    /// What is said under it; each text gets at most so many lines.
    pub words: Vec<(String, u32)>,
}

/// Where the pixels of a sheet's pictures come from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Originals,
    /// The small pictures of this library.
    Thumbnails(&'a Path),
}

impl SheetOrder {
    /// Returns the layouts, one per sheet.
    pub fn sheets(&self) -> Vec<Sheet> {
        let lines = |picture: &SheetPicture| picture.words.iter().map(|(_, lines)| lines).sum::<u32>();
        self.style.sheets(self.pictures.len(), self.pictures.iter().map(lines).max().unwrap_or(0))
    }

    /// Makes all sheets; `step` is called for every picture and says whether to go on.
    pub(super) fn run(self, step: impl Fn() -> bool) -> Vec<Result<Saved, ExportError>> {
        let sheets = self.sheets();
        let several = sheets.len() > 1;
        let mut made = Vec::new();
        for (number, sheet) in (1..).zip(&sheets) {
            let drawn = match self.draw(sheet, 1.0, Source::Originals, &step) {
                Ok(Some(drawn)) => drawn,
                Ok(None) => break,
                Err(error) => {
                    made.push(Err(error.into()));
                    break;
                }
            };
            let name = self.to.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let name = if several { numbered(&name, number) } else { name };
            let written = encode(&drawn, &self.encoding, [255; 3]).map_err(ExportError::from).and_then(|bytes| {
                let path = write_free(self.to.with_file_name(name), &bytes, Taken::Number)?;
                Ok(Saved { path, carried: Carried::Nothing })
            });
            let failed = written.is_err();
            made.push(written);
            if failed {
                break;
            }
        }
        made
    }

    /// Draws the first sheet no larger than this on a side, from small pictures.
    pub(super) fn preview(&self, library: &Path, max_side: u32) -> Result<Pixels, picture::Error> {
        let sheets = self.sheets();
        let Some(sheet) = sheets.first() else { return Err(picture::Error::Unrecognised) };
        let scale = (max_side as f32 / sheet.size.longer_side() as f32).min(1.0);
        let drawn = self.draw(sheet, scale, Source::Thumbnails(library), &|| true)?;
        drawn.ok_or(picture::Error::Unrecognised)
    }

    /// `None`: not wanted any more.
    fn draw(
        &self,
        sheet: &Sheet,
        scale: f32,
        source: Source<'_>,
        step: &impl Fn() -> bool,
    ) -> Result<Option<Pixels>, picture::Error> {
        let to = |length: u32| (length as f32 * scale).round() as u32;
        let size = Size { width: to(sheet.size.width).max(1), height: to(sheet.size.height).max(1) };
        let mut paper = Pixels::of_color(size, paper(self.style.ground)).ok_or(picture::Error::Unrecognised)?;
        let pictures = self.pictures.get(sheet.pictures.clone()).unwrap_or_default();
        let texts = pictures.iter().flat_map(|picture| picture.words.iter().map(|(text, _)| text.as_str()));
        let widths = widths(texts.chain([self.style.title.as_str(), CANNOT]));
        let ink = ink(self.style.ground);
        if let Some(area) = sheet.title {
            let lines = widths.lines(&self.style.title, area.width as f32 / self.style.title_letter(), 1);
            lay_words(&mut paper, scale, &[block(area, self.style.title_letter(), area.height as f32, ink, lines)])?;
        }
        let mut next = pictures.iter();
        for row in sheet.cells.chunk_by(|a, b| a.picture.y == b.picture.y) {
            let mut blocks = Vec::new();
            for (cell, picture) in row.iter().zip(next.by_ref()) {
                if !step() {
                    return Ok(None);
                }
                let Area { x, y, width, .. } = cell.picture;
                match shown(picture, to(width).max(1), source) {
                    Ok(pixels) => {
                        let middle = |side: u32| (to(width).saturating_sub(side)) / 2;
                        paper.lay(&pixels, to(x) + middle(pixels.size.width), to(y) + middle(pixels.size.height));
                    }
                    Err(error) => {
                        log::info!("not on the contact sheet: {}: {error}", picture.file.display());
                        let lines = vec![CANNOT.to_owned()];
                        blocks.push(block(cell.picture, self.style.letter(), self.style.line() as f32, ink, lines));
                    }
                }
                let em = cell.words.width as f32 / self.style.letter();
                let lines = picture.words.iter().flat_map(|(text, most)| widths.lines(text, em, *most as usize));
                blocks.push(block(cell.words, self.style.letter(), self.style.line() as f32, ink, lines.collect()));
            }
            lay_words(&mut paper, scale, &blocks)?;
        }
        Ok(Some(paper))
    }
}

/// Stands in the place of a picture that is damaged or gone.
const CANNOT: &str = "Cannot be shown";

fn shown(picture: &SheetPicture, side: u32, source: Source<'_>) -> Result<Pixels, ImageError> {
    match source {
        Source::Originals => {
            let bytes = crate::library::read_ordinary(&picture.file).map_err(|error| ImageError::File(error.into()))?;
            Ok(fit(&raster(&bytes, side, &mut None)?, side))
        }
        Source::Thumbnails(library) => Ok(fit(&thumb(library, &picture.hash, &picture.file, false, &mut None)?, side)),
    }
}

fn block(area: Area, letter: f32, line: f32, color: [u8; 3], lines: Vec<String>) -> Block {
    Block { x: area.x as f32, y: area.y as f32, width: area.width as f32, letter, line, color, lines }
}

/// Sets words on the paper: only the strip where they stand is drawn.
fn lay_words(paper: &mut Pixels, scale: f32, blocks: &[Block]) -> Result<(), picture::Error> {
    let blocks = blocks.iter().filter(|block| !block.lines.is_empty());
    let top = blocks.clone().map(|block| block.y * scale).fold(f32::INFINITY, f32::min).floor();
    let bottom = blocks.clone().map(|block| (block.y + block.line * block.lines.len() as f32) * scale);
    let bottom = bottom.fold(0.0, f32::max).ceil();
    if bottom <= top {
        return Ok(());
    }
    let strip = Size { width: paper.size.width, height: (bottom - top) as u32 };
    let scaled = |block: &Block| Block {
        x: block.x * scale,
        y: block.y * scale - top,
        width: block.width * scale,
        letter: block.letter * scale,
        line: block.line * scale,
        ..block.clone()
    };
    let words = set_words(strip, &blocks.map(scaled).collect::<Vec<_>>())?;
    paper.lay(&words, 0, top as u32);
    Ok(())
}

fn paper(ground: Ground) -> [u8; 3] {
    match ground {
        Ground::White => [255; 3],
        Ground::Grey => [118; 3],
        Ground::Black => [16; 3],
    }
}

fn ink(ground: Ground) -> [u8; 3] {
    match ground {
        Ground::White => [24; 3],
        Ground::Grey => [255; 3],
        Ground::Black => [225; 3],
    }
}

#[cfg(test)]
mod tests;
