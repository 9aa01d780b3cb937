//! Proportions and sizes as the API writes them: `16:9`, `2K`, `1536x1024`; and when two of them contradict.
//!
//! May import `picture` types. Invariant: a value that cannot be read is `None`, never a guess.

use crate::picture::Size;

/// How far two proportions may lie apart and still mean the same: providers round pixels to multiples of up to 64.
pub(crate) const RATIO_TOLERANCE: f32 = 0.04;

/// Reads a proportion such as `16:9` or `2.35:1` as width over height. `None` for `auto` and whatever else names none.
pub fn ratio_of(text: &str) -> Option<f32> {
    let (width, height) = text.split_once(':')?;
    let side = |text: &str| text.trim().parse::<f32>().ok().filter(|side| side.is_finite() && *side > 0.0);
    let ratio = side(width)? / side(height)?;
    (ratio.is_finite() && ratio > 0.0).then_some(ratio)
}

/// Reads pixels such as `1536x1024`. `None` for a tier, a zero side and whatever else names no pixels.
pub fn parse_pixels(text: &str) -> Option<Size> {
    let (width, height) = text.trim().split_once(['x', 'X', '×'])?;
    let side = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|side| digits && *side > 0)
    };
    Some(Size { width: side(width)?, height: side(height)? })
}

/// Says whether a text can be a `size`: pixels, or a tier (`512`, `1.5K`, also ones of the future).
pub(crate) fn is_size(text: &str) -> bool {
    let tier = text.strip_suffix(['K', 'k']).unwrap_or(text);
    let number = !tier.is_empty() && tier.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    parse_pixels(text).is_some() || (number && tier.parse::<f32>().is_ok_and(|number| number > 0.0))
}

/// Returns the nominal megapixels of a tier; providers derive the exact pixels. `None`: the tier is not known.
pub(crate) fn tier_megapixels(tier: &str) -> Option<f64> {
    const TIERS: [(&str, f64); 6] =
        [("512", 0.26), ("768", 0.59), ("1K", 1.0), ("1.5K", 2.25), ("2K", 4.0), ("4K", 16.0)];
    TIERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(tier)).map(|(_, megapixels)| *megapixels)
}

/// Returns megapixels (millions of pixels) of exact pixels.
pub(crate) fn megapixels(size: Size) -> f64 {
    f64::from(size.width) * f64::from(size.height) / 1e6
}

/// Says whether `size` and `aspect_ratio` contradict. A tier combines with every ratio, and so does `auto`.
pub(crate) fn size_contradicts_ratio(size: &str, ratio: &str) -> bool {
    match (parse_pixels(size), ratio_of(ratio)) {
        (Some(pixels), Some(ratio)) => {
            let own = pixels.width as f32 / pixels.height as f32;
            (own / ratio - 1.0).abs() > RATIO_TOLERANCE
        }
        _ => false,
    }
}

/// Says whether `size` and `resolution` contradict. Pixels match a tier when their area lies within a factor of 1.6 of
/// the tier's nominal area, as providers derive pixels on their own; a tier that is not known never contradicts.
pub(crate) fn size_contradicts_resolution(size: &str, resolution: &str) -> bool {
    let Some(pixels) = parse_pixels(size) else { return !size.trim().eq_ignore_ascii_case(resolution.trim()) };
    let Some(own) = tier_megapixels(resolution) else { return false };
    let factor = megapixels(pixels) / own;
    !(1.0 / 1.6..=1.6).contains(&factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_read_as_width_over_height() {
        for (text, expected) in [
            ("16:9", Some(16.0 / 9.0)),
            ("1:1", Some(1.0)),
            ("2.35:1", Some(2.35)),
            ("9:19.5", Some(9.0 / 19.5)),
            ("auto", None),
            ("", None),
            ("16:", None),
            ("16:0", None),
            ("0:9", None),
            ("-1:2", None),
            ("inf:1", None),
            ("nan:1", None),
            ("1:2:3", None),
        ] {
            assert_eq!(ratio_of(text), expected, "{text}");
        }
    }

    #[test]
    fn sizes_are_tiers_or_pixels() {
        assert_eq!(parse_pixels("1536x1024"), Some(Size { width: 1536, height: 1024 }));
        for text in ["", "x", "1024x", "0x10", "+5x5", "1024", "2K", "99999999999x1"] {
            assert_eq!(parse_pixels(text), None, "{text}");
        }
        for text in ["512", "1K", "1.5K", "8k", "1024x1024"] {
            assert!(is_size(text), "{text}");
        }
        for text in ["", "K", "large", "1024x", "-2K", "0", "1.2.3K", "auto"] {
            assert!(!is_size(text), "{text}");
        }
    }

    #[test]
    fn contradictions_follow_the_contract() {
        for (size, ratio, contradicts) in [
            ("2048x2048", "1:1", false),
            ("2048x2048", "16:9", true),
            ("1344x768", "16:9", false),
            ("2048x2048", "auto", false),
            ("2K", "16:9", false),
        ] {
            assert_eq!(size_contradicts_ratio(size, ratio), contradicts, "{size} {ratio}");
        }
        for (size, resolution, contradicts) in [
            ("2K", "2K", false),
            ("2k", "2K", false),
            ("2K", "4K", true),
            ("2048x2048", "2K", false),
            ("2560x1440", "2K", false),
            ("2048x2048", "1K", true),
            ("2048x2048", "4K", true),
            ("512x512", "512", false),
            ("2048x2048", "ultra", false),
        ] {
            assert_eq!(size_contradicts_resolution(size, resolution), contradicts, "{size} {resolution}");
        }
    }
}
