//! Words as pixels: lines that fit a width, set in the fonts that drawings are set in.
//!
//! Widths are those of each character alone, which joined scripts keep below; whatever is wider all the same is cut off
//! at the edge of its block. Words are escaped, so that nothing in them is markup.

use std::collections::{HashMap, HashSet};

use super::super::{Error, Size, xml};

/// Lines in one place, pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    /// Height of the letters.
    pub letter: f32,
    /// From one line to the next.
    pub line: f32,
    pub color: [u8; 3],
    pub lines: Vec<String>,
}

/// How wide characters are, in heights of the letters.
#[derive(Debug, Default)]
pub struct Widths(HashMap<char, f32>);

/// Characters that are measured at once.
const AT_ONCE: usize = 400;

impl Widths {
    /// Measures the characters of some texts; `measure` parses a drawing and tells how wide its texts are, by their ids.
    pub fn measured<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        measure: impl Fn(&str) -> Result<Vec<(String, f32)>, Error>,
    ) -> Self {
        let all: HashSet<char> = texts.into_iter().flat_map(str::chars).chain(['…', ' ']).collect();
        let all: Vec<char> = all.into_iter().collect();
        let mut widths = HashMap::with_capacity(all.len());
        for some in all.chunks(AT_ONCE) {
            // Without fonts nothing is known, and every character counts as a wide one.
            match measure(&drawing_of(some)) {
                Ok(found) => take(some, &found.into_iter().collect(), &mut widths),
                Err(error) => log::debug!("characters could not be measured: {error}"),
            }
        }
        Self(widths)
    }

    fn width(&self, c: char) -> f32 {
        self.0.get(&c).copied().unwrap_or(1.0)
    }

    fn sum(&self, text: &str) -> f32 {
        text.chars().map(|c| self.width(c)).sum()
    }

    /// Breaks a text into at most `most` lines of `width` (in heights of the letters); what does not fit ends in an
    /// ellipsis. Breaks between words, and inside of one that is longer than a line.
    pub fn lines(&self, text: &str, width: f32, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let (mut line, mut used) = (String::new(), 0.0);
        for word in text.split_whitespace() {
            let mut rest = word;
            let gap = if line.is_empty() { 0.0 } else { self.width(' ') };
            if used + gap + self.sum(word) <= width {
                if gap > 0.0 {
                    line.push(' ');
                }
                line.push_str(word);
                used += gap + self.sum(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            loop {
                let end = self.fitting(rest, width);
                let (now, later) = rest.split_at(end);
                if later.is_empty() {
                    (line, used) = (now.to_owned(), self.sum(now));
                    break;
                }
                lines.push(now.to_owned());
                rest = later;
                if lines.len() > most {
                    break;
                }
            }
            if lines.len() > most {
                break;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                last.truncate(self.fitting(last, width - self.width('…')));
                last.truncate(last.trim_end().len());
                last.push('…');
            }
        }
        lines
    }

    /// Returns how many bytes of a text fit; at least one character.
    fn fitting(&self, text: &str, width: f32) -> usize {
        let mut used = 0.0;
        for (at, c) in text.char_indices() {
            used += self.width(c);
            if used > width && at > 0 {
                return at;
            }
        }
        text.len()
    }
}

/// Height of the letters that are measured.
const LETTER: f32 = 100.0;

fn drawing_of(characters: &[char]) -> String {
    let mut text = svg_start(LETTER * 4.0, LETTER * 2.0);
    for (number, c) in characters.iter().enumerate() {
        // A space alone would be nothing: its width is what it adds between two letters.
        let shown = if c.is_whitespace() { "n n".to_owned() } else { xml::escape(&c.to_string()) };
        text.push_str(&format!(r#"<text id="c{number}" font-size="{LETTER}" y="{LETTER}">{shown}</text>"#));
    }
    text.push_str(&format!(r#"<text id="n" font-size="{LETTER}" y="{LETTER}">nn</text></svg>"#));
    text
}

fn take(characters: &[char], found: &HashMap<String, f32>, widths: &mut HashMap<char, f32>) {
    for (number, c) in characters.iter().enumerate() {
        let Some(width) = found.get(&format!("c{number}")) else { continue };
        let less = if c.is_whitespace() { found.get("n").copied().unwrap_or_default() } else { 0.0 };
        widths.insert(*c, (width - less) / LETTER);
    }
}

fn svg_start(width: f32, height: f32) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" font-family="Inter, sans-serif" width="{width}" height="{height}">"#
    )
}

/// Writes the drawing that sets blocks of words on a transparent ground of this size.
pub fn words_drawing(size: Size, blocks: &[Block]) -> String {
    let mut text = svg_start(size.width as f32, size.height as f32);
    for block in blocks {
        let Block { x, y, width, letter, line, color: [r, g, b], lines } = block;
        let height = line * lines.len() as f32;
        // A picture in the picture cuts off what is too wide.
        text.push_str(&format!(r#"<svg x="{x}" y="{y}" width="{width}" height="{height}" fill="rgb({r},{g},{b})">"#));
        for (number, words) in lines.iter().enumerate() {
            // The foot of the letters stands at four fifths of what is left of the line.
            let foot = line * number as f32 + (line - letter) / 2.0 + letter * 0.8;
            text.push_str(&format!(r#"<text font-size="{letter}" y="{foot}">{}</text>"#, xml::escape(words)));
        }
        text.push_str("</svg>");
    }
    text.push_str("</svg>");
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::{Limits, Pixels};
    use super::super::Drawing;
    use super::*;

    fn set_words(size: Size, blocks: &[Block]) -> Result<Pixels, Error> {
        Drawing::parse(words_drawing(size, blocks).as_bytes(), &Limits::default())?.rasterise(size.longer_side())
    }

    fn monospaced() -> Widths {
        let text = "abcdefghijklmnopqrstuvwxyz …\u{1f98a}";
        Widths(text.chars().map(|c| (c, 1.0)).collect())
    }

    #[test]
    fn texts_are_broken_between_words_and_end_in_an_ellipsis() {
        for (text, width, most, lines) in [
            ("", 9.0, 2, vec![]),
            ("a red fox", 9.0, 2, vec!["a red fox"]),
            ("a red fox", 8.0, 2, vec!["a red", "fox"]),
            ("a red\n\n  fox in snow", 6.0, 2, vec!["a red", "fox i…"]),
            ("a red fox in snow", 6.0, 3, vec!["a red", "fox in", "snow"]),
            ("abcdefghij", 4.0, 2, vec!["abcd", "efg…"]),
            ("abcdefgh", 4.0, 2, vec!["abcd", "efgh"]),
            ("ab cdefghij", 4.0, 3, vec!["ab", "cdef", "ghij"]),
            ("abc", 0.5, 2, vec!["a", "b…"]),
            ("ab", 9.0, 0, vec![]),
        ] {
            assert_eq!(monospaced().lines(text, width, most), lines, "{text:?}");
        }
    }

    #[test]
    fn wide_letters_are_wider_and_a_space_has_a_width() {
        let measure = |text: &str| Ok(Drawing::parse(text.as_bytes(), &Limits::default())?.text_widths());
        let widths = Widths::measured(["Wi m"], measure);
        if widths.0.is_empty() {
            return; // No font on this machine.
        }
        let [wide, narrow, space] = ['W', 'i', ' '].map(|c| widths.width(c));
        assert!(wide > 2.0 * narrow && narrow > 0.1 && (0.1..0.6).contains(&space), "{wide} {narrow} {space}");
    }

    #[test]
    fn words_are_set_as_they_are_and_stay_in_their_block() {
        let size = Size { width: 120, height: 60 };
        let block = |lines: &[&str]| Block {
            x: 10.0,
            y: 5.0,
            width: 50.0,
            letter: 20.0,
            line: 25.0,
            color: [200, 0, 0],
            lines: lines.iter().map(ToString::to_string).collect(),
        };
        let drawn = set_words(size, &[block(&["</text><rect width='999' height='999'/>&amp;", "WWWWWWWWW"])]).unwrap();
        let outside = drawn.rgba.as_chunks::<4>().0.iter().enumerate().filter(|(at, pixel)| {
            let (x, y) = (at % 120, at / 120);
            pixel[3] > 0 && !((10..=60).contains(&x) && (5..=55).contains(&y))
        });
        assert_eq!(outside.count(), 0);
        assert_eq!(drawn.size, size);
        let empty = set_words(size, &[]).unwrap();
        assert!(empty.rgba.iter().all(|byte| *byte == 0));
    }
}
