//! Sizes in pixels from resolution tiers and aspect ratios, and back.
//!
//! Imports nothing. A tier means an area (1K: 1024 x 1024); ratios keep the area, both sides are multiples of 16.

/// Pixels, and the tier whose area is nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
    pub tier: &'static str,
}

const TIERS: [(&str, u32); 6] = [("512", 512), ("768", 768), ("1K", 1024), ("1.5K", 1536), ("2K", 2048), ("4K", 4096)];
const LONGEST: f64 = 8192.0;

impl Size {
    /// The pixels of a tier in a ratio (width / height); an unknown tier counts as 1K.
    pub fn of_tier(tier: &str, ratio: f64) -> Size {
        let (tier, side) = TIERS.iter().find(|(name, _)| *name == tier).copied().unwrap_or(("1K", 1024));
        let longest = f64::from(side) * ratio.max(1.0 / ratio).sqrt();
        let fit = (LONGEST / longest).min(1.0);
        let grid = |length: f64| ((length * fit / 16.0).round() as u32).max(1) * 16;
        Size { width: grid(f64::from(side) * ratio.sqrt()), height: grid(f64::from(side) / ratio.sqrt()), tier }
    }

    /// Reads `WIDTHxHEIGHT`; both at least 1.
    pub fn parse(text: &str) -> Option<Size> {
        let (width, height) = text.split_once('x')?;
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        if width == 0 || height == 0 || width > 65_535 || height > 65_535 {
            return None;
        }
        let area = f64::from(width) * f64::from(height);
        let away = |side: u32| (area / f64::from(side).powi(2)).ln().abs();
        let (tier, _) = TIERS.into_iter().min_by(|a, b| away(a.1).total_cmp(&away(b.1)))?;
        Some(Size { width, height, tier })
    }

    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether this is that ratio, within two in a hundred or within what rounding to 16 pixels does.
    pub fn has_ratio(self, ratio: f64) -> bool {
        let own = f64::from(self.width) / f64::from(self.height);
        let usual = Size::of_tier(self.tier, ratio);
        (own / ratio - 1.0).abs() < 0.02 || (usual.width, usual.height) == (self.width, self.height)
    }
}

/// Width divided by height of `W:H`; `None` for `auto` and anything strange.
pub fn ratio_of(text: &str) -> Option<f64> {
    let (w, h) = text.split_once(':')?;
    let (w, h): (f64, f64) = (w.parse().ok()?, h.parse().ok()?);
    (w > 0.0 && h > 0.0).then_some(w / h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_keep_their_area_in_every_ratio() {
        for (tier, side) in TIERS {
            for ratio in ["1:1", "16:9", "9:16", "21:9", "4:1"] {
                let ratio = ratio_of(ratio).unwrap();
                let size = Size::of_tier(tier, ratio);
                let area = size.area() as f64 / f64::from(side).powi(2);
                assert!((0.93..1.07).contains(&area) || size.width == 8192, "{tier} {ratio}: {size:?}");
                assert_eq!((size.width % 16, size.height % 16), (0, 0));
                assert!(size.has_ratio(ratio));
            }
        }
        let square = Size::of_tier("4K", 1.0);
        assert_eq!((square.width, square.height), (4096, 4096));
    }

    #[test]
    fn pixel_sizes_know_their_tier() {
        for (text, tier) in
            [("1024x1024", "1K"), ("1536x1024", "1K"), ("2048x2048", "2K"), ("4096x4096", "4K"), ("64x64", "512")]
        {
            assert_eq!(Size::parse(text).unwrap().tier, tier, "{text}");
        }
        for text in ["1024", "x", "0x9", "-1x5", "1024X1024", "99999x1"] {
            assert_eq!(Size::parse(text), None, "{text}");
        }
    }
}
