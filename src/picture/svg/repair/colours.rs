//! Colours as CSS writes them today, as `#rrggbbaa` in sRGB.
//!
//! Imports what replaces calls. Formulas of CSS Color 4; what lies outside of sRGB is cut to it. What cannot be read stays as it
//! is.

use super::calls::{closed, replaced};

/// Functions that are read, the longer names first where one ends with another.
const FUNCTIONS: [&str; 11] =
    ["color-mix", "oklch", "oklab", "color", "lch", "lab", "hwb", "rgba", "rgb", "hsla", "hsl"];

/// Straight sRGB, 0 to 1, and alpha.
type Rgba = [f64; 4];

/// Converts all colours in a text; `None`: there are none to convert.
pub(super) fn converted(text: &str) -> Option<String> {
    let name = |before: &str| FUNCTIONS.into_iter().find(|name| ends_with_word(before, name));
    // Colours are short.
    let inside = |rest| closed(rest, 400, b"\"'<>");
    replaced(text, name, inside, |name, inside| {
        // As it was always written, it is understood.
        let is_old = matches!(name, "rgb" | "rgba" | "hsl" | "hsla") && inside.contains(',') && !inside.contains("deg");
        if is_old { None } else { function(name, inside, 0).map(hex) }
    })
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let Some(at) = text.len().checked_sub(word.len()) else { return false };
    let is_it = text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word));
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    is_it && !before.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

fn hex(colour: Rgba) -> String {
    let [r, g, b, a] = colour.map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8);
    if a == 255 { format!("#{r:02x}{g:02x}{b:02x}") } else { format!("#{r:02x}{g:02x}{b:02x}{a:02x}") }
}

fn function(name: &str, inside: &str, depth: u32) -> Option<Rgba> {
    if name == "color-mix" {
        return mixed(inside, depth);
    }
    let (colour, alpha) = inside.split_once('/').unwrap_or((inside, "1"));
    let mut words: Vec<&str> = colour.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty()).collect();
    let mut alpha = number(alpha, 1.0)?;
    let space = if name == "color" { words.remove_first()? } else { name };
    if words.len() == 4 {
        alpha = number(words.pop()?, 1.0)?;
    }
    let &[a, b, c] = words.as_slice() else { return None };
    let rgb = match space.to_ascii_lowercase().as_str() {
        "rgb" | "rgba" => [number(a, 255.0)? / 255.0, number(b, 255.0)? / 255.0, number(c, 255.0)? / 255.0],
        "hsl" | "hsla" => hsl(angle(a)?, number(b, 100.0)? / 100.0, number(c, 100.0)? / 100.0),
        "hwb" => hwb(angle(a)?, number(b, 100.0)? / 100.0, number(c, 100.0)? / 100.0),
        "oklab" => oklab(number(a, 1.0)?, number(b, 0.4)?, number(c, 0.4)?),
        "oklch" => polar(angle(c)?, number(b, 0.4)?, |x, y| Some(oklab(number(a, 1.0)?, x, y)))?,
        "lab" => lab(number(a, 100.0)?, number(b, 125.0)?, number(c, 125.0)?),
        "lch" => polar(angle(c)?, number(b, 150.0)?, |x, y| Some(lab(number(a, 100.0)?, x, y)))?,
        "srgb" => [number(a, 1.0)?, number(b, 1.0)?, number(c, 1.0)?],
        "srgb-linear" => [number(a, 1.0)?, number(b, 1.0)?, number(c, 1.0)?].map(encoded),
        "display-p3" => p3([number(a, 1.0)?, number(b, 1.0)?, number(c, 1.0)?]),
        _ => return None,
    };
    let [r, g, b] = rgb;
    Some([r, g, b, alpha])
}

trait RemoveFirst<T> {
    fn remove_first(&mut self) -> Option<T>;
}

impl<T> RemoveFirst<T> for Vec<T> {
    fn remove_first(&mut self) -> Option<T> {
        if self.is_empty() { None } else { Some(self.remove(0)) }
    }
}

/// A number, or a share of `whole`.
fn number(text: &str, whole: f64) -> Option<f64> {
    let text = text.trim();
    let value = match text.strip_suffix('%') {
        Some(share) => share.trim().parse::<f64>().ok()? / 100.0 * whole,
        None if text == "none" => 0.0,
        None => text.parse().ok()?,
    };
    value.is_finite().then_some(value)
}

/// An angle in degrees.
fn angle(text: &str) -> Option<f64> {
    let units = [("deg", 1.0), ("grad", 0.9), ("rad", 180.0 / std::f64::consts::PI), ("turn", 360.0)];
    let found = units.iter().find_map(|(unit, degrees)| Some(number(text.strip_suffix(unit)?, 1.0)? * degrees));
    found.or_else(|| number(text, 360.0))
}

fn polar(degrees: f64, chroma: f64, rectangular: impl Fn(f64, f64) -> Option<[f64; 3]>) -> Option<[f64; 3]> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    rectangular(chroma * cos, chroma * sin)
}

fn hsl(hue: f64, saturation: f64, lightness: f64) -> [f64; 3] {
    let part = |n: f64| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        lightness - saturation * lightness.min(1.0 - lightness) * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    };
    [part(0.0), part(8.0), part(4.0)]
}

fn hwb(hue: f64, white: f64, black: f64) -> [f64; 3] {
    let sum = white + black;
    if sum >= 1.0 {
        return [white / sum; 3];
    }
    hsl(hue, 1.0, 0.5).map(|part| part * (1.0 - sum) + white)
}

fn oklab(l: f64, a: f64, b: f64) -> [f64; 3] {
    let l_ = (l + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m_ = (l - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s_ = (l - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l_ - 3.307_711_591_3 * m_ + 0.230_969_929_2 * s_,
        -1.268_438_004_6 * l_ + 2.609_757_401_1 * m_ - 0.341_319_396_5 * s_,
        -0.004_196_086_3 * l_ - 0.703_418_614_7 * m_ + 1.707_614_701_0 * s_,
    ]
    .map(encoded)
}

fn lab(l: f64, a: f64, b: f64) -> [f64; 3] {
    let y = (l + 16.0) / 116.0;
    let back = |f: f64| if f.powi(3) > 0.008_856 { f.powi(3) } else { (116.0 * f - 16.0) / 903.3 };
    // The white of CSS' Lab is D50; its matrix leads to linear sRGB at D65.
    let [x, y, z] = [back(y + a / 500.0) * 0.964_296, back(y), back(y - b / 200.0) * 0.825_105];
    [
        3.134_135_9 * x - 1.617_386_0 * y - 0.490_662_0 * z,
        -0.978_795_4 * x + 1.916_254_4 * y + 0.033_442_9 * z,
        0.071_955_4 * x - 0.228_976_8 * y + 1.405_386_1 * z,
    ]
    .map(encoded)
}

fn p3(rgb: [f64; 3]) -> [f64; 3] {
    let [r, g, b] = rgb.map(decoded);
    [
        1.224_940_2 * r - 0.224_940_2 * g,
        -0.042_056_9 * r + 1.042_056_9 * g,
        -0.019_637_6 * r - 0.078_636_1 * g + 1.098_273_5 * b,
    ]
    .map(encoded)
}

fn encoded(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

fn decoded(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Mixes two colours; in whatever space it is asked for, in sRGB.
fn mixed(inside: &str, depth: u32) -> Option<Rgba> {
    if depth > 4 {
        return None;
    }
    let mut parts = commas(inside).into_iter();
    let space = parts.next()?;
    let (one, other) = (parts.next()?, parts.next()?);
    space.trim().starts_with("in ").then_some(())?;
    let (a, a_share) = shared(one, depth)?;
    let (b, b_share) = shared(other, depth)?;
    let (a_share, b_share) = match (a_share, b_share) {
        (None, None) => (0.5, 0.5),
        (Some(share), None) => (share, 1.0 - share),
        (None, Some(share)) => (1.0 - share, share),
        (Some(one), Some(other)) if one + other > 0.0 => (one / (one + other), other / (one + other)),
        _ => return None,
    };
    let [[ar, ag, ab, aa], [br, bg, bb, ba]] = [a, b];
    let alpha = aa * a_share + ba * b_share;
    let part = |x: f64, y: f64| if alpha > 0.0 { (x * aa * a_share + y * ba * b_share) / alpha } else { 0.0 };
    Some([part(ar, br), part(ag, bg), part(ab, bb), alpha])
}

fn commas(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// A colour and its share: `red 80%`.
fn shared(text: &str, depth: u32) -> Option<(Rgba, Option<f64>)> {
    let text = text.trim();
    let (colour, share) = match text.rsplit_once(char::is_whitespace) {
        Some((colour, share)) if share.ends_with('%') => (colour.trim(), Some(number(share, 1.0)?)),
        _ => (text, None),
    };
    Some((colour_of(colour, depth + 1)?, share))
}

fn colour_of(text: &str, depth: u32) -> Option<Rgba> {
    if let Some((name, inside)) = text.split_once('(') {
        return function(&name.trim().to_ascii_lowercase(), inside.strip_suffix(')')?, depth);
    }
    if text.eq_ignore_ascii_case("transparent") {
        return Some([0.0; 4]);
    }
    let colour: resvg::usvg::Color = parsed(text)?;
    let part = |value: u8| f64::from(value) / 255.0;
    Some([part(colour.red), part(colour.green), part(colour.blue), 1.0])
}

/// Names and hexadecimal numbers.
fn parsed(text: &str) -> Option<resvg::usvg::Color> {
    let color = |red, green, blue| Some(resvg::usvg::Color { red, green, blue });
    if let Some(digits) = text.strip_prefix('#') {
        let value = |range: std::ops::Range<usize>| u8::from_str_radix(digits.get(range)?, 16).ok();
        return match digits.len() {
            3 | 4 => color(value(0..1)? * 17, value(1..2)? * 17, value(2..3)? * 17),
            6 | 8 => color(value(0..2)?, value(2..4)?, value(4..6)?),
            _ => None,
        };
    }
    match text.to_ascii_lowercase().as_str() {
        "black" => color(0, 0, 0),
        "white" => color(255, 255, 255),
        "red" => color(255, 0, 0),
        "green" => color(0, 128, 0),
        "lime" => color(0, 255, 0),
        "blue" => color(0, 0, 255),
        "navy" => color(0, 0, 128),
        "teal" => color(0, 128, 128),
        "yellow" => color(255, 255, 0),
        "orange" => color(255, 165, 0),
        "gold" => color(255, 215, 0),
        "purple" => color(128, 0, 128),
        "magenta" | "fuchsia" => color(255, 0, 255),
        "cyan" | "aqua" => color(0, 255, 255),
        "pink" => color(255, 192, 203),
        "brown" => color(165, 42, 42),
        "gray" | "grey" => color(128, 128, 128),
        "silver" => color(192, 192, 192),
        "maroon" => color(128, 0, 0),
        "olive" => color(128, 128, 0),
        "crimson" => color(220, 20, 60),
        "coral" => color(255, 127, 80),
        "tomato" => color(255, 99, 71),
        "skyblue" => color(135, 206, 235),
        "indigo" => color(75, 0, 130),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_today_are_converted_and_those_of_old_stay() {
        for (text, expected) in [
            ("oklch(0.628 0.2577 29.23)", Some("#ff0000")),
            ("oklch(62.8% 0.2577 29.23deg / 50%)", Some("#ff000080")),
            ("oklab(1 0 0)", Some("#ffffff")),
            ("lab(0 0 0)", Some("#000000")),
            ("lab(100% 0 0)", Some("#ffffff")),
            ("lch(54.29 106.84 40.86)", Some("#ff0000")),
            ("color(srgb 1 0.2 0)", Some("#ff3300")),
            ("color(display-p3 0 0 0)", Some("#000000")),
            ("color-mix(in srgb, red 80%, black)", Some("#cc0000")),
            ("color-mix(in oklab, #fff, rgb(0 0 0))", Some("#808080")),
            ("rgb(204 51 51 / 80%)", Some("#cc3333cc")),
            ("rgb(100% 0% 0%)", Some("#ff0000")),
            ("hsl(0deg 60% 50%)", Some("#cc3333")),
            ("hsl(0.5turn 100% 50%)", Some("#00ffff")),
            ("hwb(120 0% 0%)", Some("#00ff00")),
            ("rgb(1,2,3)", None),
            ("hsl(120, 50%, 50%)", None),
            ("url(#a)", None),
            ("translate(1 2)", None),
            ("oklch(nonsense)", None),
            ("color(rec2020 1 1 1)", None),
            ("mycolor(srgb 1 1 1)", None),
            ("oklch(0.5", None),
        ] {
            assert_eq!(converted(text).as_deref(), expected, "{text}");
        }
        let tag = "<rect fill=\"oklab(1 0 0)\" stroke='rgb(1 2 3)' transform='rotate(3)'/>";
        assert_eq!(converted(tag).unwrap(), "<rect fill=\"#ffffff\" stroke='#010203' transform='rotate(3)'/>");
    }
}
