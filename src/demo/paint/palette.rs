//! Colours: the named palettes, gradients through OkLab, and palettes made from other colours.
//!
//! Imports only `noise`. Colours are sRGB in 0..1; gradients are mixed in OkLab so that no middle turns grey.

use super::noise::mix;

pub type Rgb = [f32; 3];

/// The colours one picture is painted with.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// Sky at the zenith, halfway, and at the horizon.
    pub sky: [Rgb; 3],
    /// Sun, moon, lit edges.
    pub light: Rgb,
    /// Farthest land, in haze.
    pub far: Rgb,
    /// Nearest land, in shade.
    pub near: Rgb,
    /// Petals, windows, shapes.
    pub accents: [Rgb; 4],
}

type Named = (&'static str, [u32; 10]);

/// Names a request may give in words or as the `palette` option, with the colours in the order of the struct.
const NAMED: [Named; 14] = [
    ("dawn", [0x5b7db1, 0xc9a9c4, 0xffd6a8, 0xfff1c9, 0xa89bb8, 0x2a2b45, 0xf28f79, 0xf7c59f, 0x8e7dbe, 0xefe9e7]),
    ("dusk", [0x1f2a5a, 0x8c4a8a, 0xff8c5a, 0xffd089, 0x7a5580, 0x14132a, 0xff6b4a, 0xffb35c, 0x8d5bd1, 0xf3d9b1]),
    ("ember", [0x3b1d24, 0xa4452c, 0xf6a04d, 0xffe0a0, 0x9a5038, 0x1d0f12, 0xd9662b, 0xf2b053, 0x7d2e1f, 0xf6dfc0]),
    ("teal", [0x0c3b4a, 0x2f8a8f, 0xbfe3d3, 0xfff6d8, 0x5da3a3, 0x06232b, 0x1fa3a0, 0xf2b880, 0x0f5c6e, 0xe9f3ea]),
    ("crimson", [0x2a0a1e, 0x93193a, 0xf25c54, 0xffd6b0, 0x7a2742, 0x17060f, 0xd7263d, 0xf46036, 0x6b0f3a, 0xfbd9c5]),
    ("gold", [0x7d93a0, 0xd9b36a, 0xffe3a1, 0xfff8dd, 0xb8935a, 0x3a2a17, 0xe0a126, 0xc9722e, 0x8c6a3f, 0xfdf0cf]),
    ("noir", [0x15171c, 0x4c5057, 0xc8c9cc, 0xffffff, 0x83868c, 0x08090b, 0xb3202a, 0xd9dadc, 0x5b5f66, 0xf5f5f5]),
    ("pastel", [0xa7c7e7, 0xd9c8e8, 0xffe3e0, 0xfffaf0, 0xb9c4dd, 0x6f7aa3, 0xf7b7c3, 0xb8e0d2, 0xfbe2a8, 0xc7b8ea]),
    ("neon", [0x0b0524, 0x3b0b6b, 0xff2e97, 0xffe3ff, 0x4a1a86, 0x07021a, 0x00e5ff, 0xff2e97, 0xf9f871, 0x8a4bff]),
    ("meadow", [0x6fa8c4, 0xc4dfd2, 0xf6efc9, 0xfffbe0, 0x8fb39a, 0x16301f, 0x3f8f4f, 0xa8c66c, 0xe7b84b, 0xd8574b]),
    ("ice", [0x2c5c9a, 0x7fb2de, 0xe6f2f8, 0xffffff, 0x93b7d6, 0x17324f, 0x3d7fc1, 0x9fd3e6, 0x5a6fb0, 0xf2f8fb]),
    ("night", [0x050a1e, 0x10224a, 0x34548a, 0xeaf0ff, 0x27406b, 0x040812, 0x4fe0a0, 0x7a6cf0, 0xf4c76b, 0x3a9bd5]),
    ("rose", [0x6d6a9c, 0xd58fb0, 0xffd1c8, 0xfff3ea, 0xb487a8, 0x33203c, 0xe0607e, 0xf2a7a0, 0x8a4f7d, 0xfbe4dc]),
    ("violet", [0x1d1440, 0x5d3f9e, 0xe0a6d8, 0xffeefc, 0x75569f, 0x120b28, 0xa66cff, 0xff8fc7, 0x4b3f92, 0xf2dcf7]),
];

impl Palette {
    /// The palette of that name, if there is one.
    pub fn named(name: &str) -> Option<Palette> {
        NAMED.iter().find(|(known, _)| *known == name).map(Palette::of)
    }

    fn of((_, [top, mid, low, light, far, near, a, b, c, d]): &Named) -> Palette {
        Palette {
            sky: [hex(*top), hex(*mid), hex(*low)],
            light: hex(*light),
            far: hex(*far),
            near: hex(*near),
            accents: [hex(*a), hex(*b), hex(*c), hex(*d)],
        }
    }

    /// The palette of that name, or the first of the table.
    pub fn or_first(name: &str) -> Palette {
        let [first, ..] = &NAMED;
        Palette::of(NAMED.iter().find(|(known, _)| *known == name).unwrap_or(first))
    }

    /// Every name that `named` knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// A palette from a handful of dominant colours, any number from one up; `None` from none.
    pub fn from_dominant(colours: &[Rgb]) -> Option<Palette> {
        let mut by_light = colours.to_vec();
        by_light.sort_by(|a, b| luminance(*a).total_cmp(&luminance(*b)));
        let mut vivid = colours.to_vec();
        vivid.sort_by(|a, b| saturation(*b).total_cmp(&saturation(*a)));
        let at = |part: f32| {
            let index = (part * (by_light.len().saturating_sub(1)) as f32).round() as usize;
            by_light.get(index).copied()
        };
        let accent = |index: usize| vivid.get(index % vivid.len().max(1)).copied();
        Some(Palette {
            sky: [at(0.3)?, at(0.55)?, at(0.85)?],
            light: blend(at(1.0)?, [1.0, 0.98, 0.94], 0.55),
            far: at(0.5)?,
            near: blend(at(0.0)?, [0.02, 0.02, 0.03], 0.45),
            accents: [accent(0)?, accent(1)?, accent(2)?, at(0.9)?],
        })
    }

    /// The same colours with the light gone from sky and land.
    pub fn at_night(mut self) -> Palette {
        let excess = ((luminance(self.sky[2]) - 0.3) * 1.6).clamp(0.0, 0.8);
        let dark = blend(self.near, [0.02, 0.03, 0.09], 0.5);
        self.sky = [
            blend(self.sky[0], dark, (excess + 0.1).min(0.8)),
            blend(self.sky[1], dark, excess * 0.9),
            blend(self.sky[2], dark, excess * 0.8),
        ];
        self.far = blend(self.far, dark, excess * 0.75);
        self.near = scale(self.near, 0.6);
        self.light = blend(self.light, [0.95, 0.96, 1.0], 0.5);
        self
    }

    /// Whether the zenith is dark: then stars and lit windows suit.
    pub fn is_dark(&self) -> bool {
        luminance(self.sky[0]) < 0.3
    }
}

/// A colour ramp of 256 steps.
pub struct Ramp(Vec<Rgb>);

impl Ramp {
    /// Evenly spaced stops from 0 to 1, mixed in OkLab.
    pub fn new(stops: &[Rgb]) -> Ramp {
        let labs: Vec<[f32; 3]> = stops.iter().map(|c| lab_from_rgb(*c)).collect();
        let last = labs.len().saturating_sub(1);
        let at = |i: usize| labs.get(i.min(last)).copied().unwrap_or_default();
        let steps = (0..256).map(|i| {
            let t = i as f32 / 255.0 * last as f32;
            let k = t as usize;
            rgb_from_lab(blend(at(k), at(k + 1), t - k as f32))
        });
        Ramp(steps.collect())
    }

    /// The colour at `t`, clamped to 0..1, mixed between steps.
    pub fn at(&self, t: f32) -> Rgb {
        let t = t.clamp(0.0, 1.0) * 255.0;
        let i = t as usize;
        match self.0.get(i..i + 2) {
            Some([a, b]) => blend(*a, *b, t - i as f32),
            _ => match self.0.last() {
                Some(last) => *last,
                None => [0.0; 3],
            },
        }
    }
}

pub fn hex(colour: u32) -> Rgb {
    [(colour >> 16) as u8 as f32 / 255.0, (colour >> 8) as u8 as f32 / 255.0, colour as u8 as f32 / 255.0]
}

#[inline(always)]
pub fn blend(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)]
}

/// Adds light of a colour without leaving 0..1 (screen).
#[inline(always)]
pub fn shine(a: Rgb, light: Rgb, amount: f32) -> Rgb {
    [screen(a[0], light[0] * amount), screen(a[1], light[1] * amount), screen(a[2], light[2] * amount)]
}

#[inline(always)]
fn screen(under: f32, light: f32) -> f32 {
    let light = light.clamp(0.0, 1.0);
    1.0 - (1.0 - under) * (1.0 - light)
}

#[inline(always)]
pub fn scale(a: Rgb, by: f32) -> Rgb {
    [a[0] * by, a[1] * by, a[2] * by]
}

#[inline(always)]
pub fn luminance(c: Rgb) -> f32 {
    0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]
}

pub fn saturation(c: Rgb) -> f32 {
    let high = c[0].max(c[1]).max(c[2]);
    high - c[0].min(c[1]).min(c[2])
}

fn linear(c: f32) -> f32 {
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn gamma(c: f32) -> f32 {
    if c <= 0.003_130_8 { c.max(0.0) * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 }
}

fn lab_from_rgb(c: Rgb) -> [f32; 3] {
    let [r, g, b] = c.map(linear);
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

fn rgb_from_lab(c: [f32; 3]) -> Rgb {
    let l = (c[0] + 0.396_337_78 * c[1] + 0.215_803_76 * c[2]).powi(3);
    let m = (c[0] - 0.105_561_346 * c[1] - 0.063_854_17 * c[2]).powi(3);
    let s = (c[0] - 0.089_484_18 * c[1] - 1.291_485_5 * c[2]).powi(3);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
    .map(|c| gamma(c).clamp(0.0, 1.0))
}
