//! What is to be painted: the commission as the server passes it, and the plan drawn up from it.
//!
//! Imports `palette`, `words`, `reference`. Invariant: a plan depends on the commission alone; the pixel size it is
//! rendered at never changes it, so that previews show the same picture.

use super::palette::Palette;
use super::reference::Guide;
use super::words::{self, Family};

/// How much work goes into detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    Low,
    Medium,
    High,
}

/// The hand a model paints with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Fine grain, soft bloom.
    Painted,
    /// Warm paper that shows through.
    Paper,
    /// Few tones and a dot screen.
    Print,
}

/// Settings that only some models let through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knobs {
    /// Mist between the ridges, 0..1.
    pub mist: Option<f32>,
    /// Part of the windows that are lit, 0..1.
    pub lit: Option<f32>,
    /// Times a composition is turned about its middle, 1..12.
    pub symmetry: Option<u32>,
    /// Width of drawn lines, 0.2..4.
    pub stroke: Option<f32>,
    /// A palette by name; wins over words and references.
    pub palette: Option<String>,
}

/// Everything that decides the pixels of one picture.
#[derive(Clone, Debug)]
pub struct Commission {
    pub model: &'static str,
    pub manner: Manner,
    /// Families to choose from when the words name none.
    pub families: &'static [Family],
    pub prompt: String,
    /// Seed of this one picture.
    pub seed: u64,
    pub width: u32,
    pub height: u32,
    pub quality: Quality,
    pub transparent: bool,
    /// URLs of the references, in order.
    pub references: Vec<String>,
    pub knobs: Knobs,
}

/// The decisions made before the first stroke.
pub struct Plan {
    pub family: Family,
    pub palette: Palette,
    /// Width divided by height.
    pub aspect: f32,
    /// Octaves of noise; 4, 5 or 6 by quality.
    pub octaves: u32,
    /// Multiplies the number of small things; 0.55, 1 or 1.5 by quality.
    pub plenty: f32,
    pub night: bool,
    pub water: bool,
    pub snow: bool,
    pub mist: f32,
    pub transparent: bool,
    pub manner: Manner,
    pub quality: Quality,
    pub knobs: Knobs,
    pub guide: Option<Guide>,
    seed: u64,
}

impl Plan {
    pub fn new(commission: &Commission) -> Plan {
        let mut hasher = blake3::Hasher::new();
        for part in [commission.model.as_bytes(), commission.prompt.trim().as_bytes(), &commission.seed.to_le_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut seed = [0; 8];
        hasher.finalize_xof().fill(&mut seed);
        let seed = u64::from_le_bytes(seed);
        let mut rng = fastrand::Rng::with_seed(seed);

        let reading = words::read(&commission.prompt);
        let choices = commission.families;
        let chosen = choices.get(rng.usize(..choices.len().max(1))).copied().unwrap_or(Family::Mountains);
        let family = reading.family.unwrap_or(chosen);
        let fitting = words::fitting(family, reading.night);
        let fit = fitting.get(rng.usize(..fitting.len().max(1))).copied().unwrap_or("dawn");
        let guide = Guide::learn(&commission.references);
        let asked = commission.knobs.palette.as_deref().and_then(Palette::named);
        let learned = guide.as_ref().map(|g| g.palette.clone());
        let worded = reading.palette.filter(|_| learned.is_none());
        let palette = asked.or_else(|| Palette::named(worded?)).or(learned).unwrap_or_else(|| Palette::or_first(fit));
        let night = reading.night || family == Family::Aurora;
        let palette = if night { palette.at_night() } else { palette };
        let (water_chance, mist_chance) = (rng.f32(), rng.f32());
        let (octaves, plenty) = match commission.quality {
            Quality::Low => (4, 0.55),
            Quality::Medium => (5, 1.0),
            Quality::High => (6, 1.5),
        };
        Plan {
            family,
            night,
            water: reading.water
                || match family {
                    Family::Mountains | Family::Aurora => water_chance < 0.6,
                    Family::Forest => water_chance < 0.35,
                    Family::City => water_chance < 0.7,
                    _ => false,
                },
            snow: reading.snow,
            mist: commission.knobs.mist.unwrap_or(if reading.mist { 0.85 } else { 0.25 + 0.4 * mist_chance }),
            palette,
            aspect: commission.width.max(1) as f32 / commission.height.max(1) as f32,
            octaves,
            plenty,
            transparent: commission.transparent,
            manner: commission.manner,
            quality: commission.quality,
            knobs: commission.knobs.clone(),
            guide,
            seed,
        }
    }

    /// A fresh source of chance for one part of the picture, so that parts do not disturb each other.
    pub fn rng(&self, part: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
