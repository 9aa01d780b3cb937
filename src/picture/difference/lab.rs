//! CIE Lab of sRGB colours, and how different two colours look: CIEDE2000.
//!
//! Imports nothing. [`delta_e`] is the formula as it was published (Sharma, Wu and Dalal, 2005); `fast` is the same
//! without most of its angles, for millions of pixels.

use std::sync::LazyLock;

/// Lightness 0 to 100, green to red, blue to yellow; white is D65.
pub(super) type Lab<T> = [T; 3];

/// Steps of the table of cube roots; between them is interpolated.
const ROOTS: usize = 4096;

struct Tables {
    /// Linear light of each sRGB value.
    linear: [f32; 256],
    /// The curve of Lab over 0 to 1.
    root: Vec<f32>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let linear = |value: usize| {
        let v = value as f32 / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    let curve = |t: f64| if t > 216.0 / 24_389.0 { t.cbrt() } else { t * 24_389.0 / 27.0 / 116.0 + 16.0 / 116.0 };
    Tables {
        linear: std::array::from_fn(linear),
        root: (0..ROOTS + 2).map(|step| curve(step as f64 / ROOTS as f64) as f32).collect(),
    }
});

/// Turns sRGB into Lab; holds the tables, so that a loop looks them up once.
pub(super) struct ToLab(&'static Tables);

impl ToLab {
    pub(super) fn new() -> ToLab {
        ToLab(&TABLES)
    }

    #[inline]
    pub(super) fn lab(&self, [r, g, b]: [u8; 3]) -> Lab<f32> {
        let linear = |value: u8| self.0.linear[usize::from(value)];
        let (r, g, b) = (linear(r), linear(g), linear(b));
        // To XYZ over the white point of D65.
        let x = self.curve(0.433_949_9 * r + 0.376_209_8 * g + 0.189_840_3 * b);
        let y = self.curve(0.212_672_9 * r + 0.715_152_1 * g + 0.072_175 * b);
        let z = self.curve(0.017_756_6 * r + 0.109_468 * g + 0.872_775_5 * b);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[inline]
    fn curve(&self, t: f32) -> f32 {
        let place = t.clamp(0.0, 1.0) * ROOTS as f32;
        let step = place as usize;
        match self.0.root.get(step..step + 2) {
            Some(&[low, high]) => low + (high - low) * (place - step as f32),
            _ => 1.0,
        }
    }
}

/// Tells how different two colours look; 1.0 can just be seen side by side, 100 is black beside white.
///
/// CIEDE2000 with all weights 1. Symmetric, and 0 only for equal colours.
pub fn delta_e([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let chroma = f64::midpoint(a1.hypot(b1), a2.hypot(b2));
    let g = 0.5 * (1.0 - seventh(chroma).sqrt());
    let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) };
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let is_grey = c1 * c2 == 0.0;
    // Opposite hues are so in spite of the last digits.
    let half = 180.0 + 1e-9;
    let turn = match h2 - h1 {
        _ if is_grey => 0.0,
        turn if turn > half => turn - 360.0,
        turn if turn < -half => turn + 360.0,
        turn => turn,
    };
    let mean_hue = match h1 + h2 {
        sum if is_grey => sum,
        sum if (h1 - h2).abs() <= half => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let hue_difference = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(mean_hue - 30.0) + 0.24 * cos(2.0 * mean_hue) + 0.32 * cos(3.0 * mean_hue + 6.0)
        - 0.20 * cos(4.0 * mean_hue - 63.0);
    let chroma = f64::midpoint(c1, c2);
    let light = (f64::midpoint(l1, l2) - 50.0).powi(2);
    let s_l = 1.0 + 0.015 * light / (20.0 + light).sqrt();
    let s_c = 1.0 + 0.045 * chroma;
    let s_h = 1.0 + 0.015 * chroma * t;
    let blue = 30.0 * (-((mean_hue - 275.0) / 25.0).powi(2)).exp();
    let r_t = -2.0 * seventh(chroma).sqrt() * (2.0 * blue).to_radians().sin();
    let (l, c, h) = ((l2 - l1) / s_l, (c2 - c1) / s_c, hue_difference / s_h);
    (l * l + c * c + h * h + r_t * c * h).max(0.0).sqrt()
}

fn seventh(chroma: f64) -> f64 {
    let power = chroma.powi(7);
    power / (power + 25.0_f64.powi(7))
}

/// The same as [`delta_e`] to 0.02 for colours that a screen has.
///
/// Angles are kept as vectors: the mean hue is the direction between the two, multiples of it are polynomials, and the
/// angle itself is needed only among the blues.
#[inline]
pub(super) fn fast(one: Lab<f32>, other: Lab<f32>) -> f32 {
    let ([l1, a1, b1], [l2, a2, b2]) = (one, other);
    let seventh = |chroma: f32| {
        let cube = chroma * chroma * chroma;
        let power = cube * cube * chroma;
        (power / (power + 6_103_515_625.0)).sqrt()
    };
    let chroma = ((a1 * a1 + b1 * b1).sqrt() + (a2 * a2 + b2 * b2).sqrt()) / 2.0;
    let stretch = 1.0 + 0.5 * (1.0 - seventh(chroma));
    let (a1, a2) = (a1 * stretch, a2 * stretch);
    let (c1, c2) = ((a1 * a1 + b1 * b1).sqrt(), (a2 * a2 + b2 * b2).sqrt());
    let chroma = (c1 + c2) / 2.0;
    let light = (f32::midpoint(l1, l2) - 50.0).powi(2);
    let l = (l2 - l1) / (1.0 + 0.015 * light / (20.0 + light).sqrt());
    let c = (c2 - c1) / (1.0 + 0.045 * chroma);
    let product = c1 * c2;
    if product < 1e-6 {
        // One of them is grey: there is no hue to differ.
        return (l * l + c * c).sqrt();
    }
    // The direction between two vectors of one length is that of their sum.
    let (x, y) = (a1 * c2 + a2 * c1, b1 * c2 + b2 * c1);
    let length = (x * x + y * y).sqrt();
    if length < 1e-3 * product {
        // Opposite hues: which way round is the shorter takes all digits.
        return delta_e(one.map(f64::from), other.map(f64::from)) as f32;
    }
    let (cos, sin) = (x / length, y / length);
    let (cos2, sin2) = (cos * cos - sin * sin, 2.0 * sin * cos);
    let (cos3, sin3) = (cos2 * cos - sin2 * sin, sin2 * cos + cos2 * sin);
    let (cos4, sin4) = (cos2 * cos2 - sin2 * sin2, 2.0 * sin2 * cos2);
    let t =
        1.0 - 0.17 * (0.866_025_4 * cos + 0.5 * sin) + 0.24 * cos2 + 0.32 * (0.994_521_9 * cos3 - 0.104_528_46 * sin3)
            - 0.20 * (0.453_990_5 * cos4 + 0.891_006_5 * sin4);
    // Twice the root times the sine of half the angle between them; exact for near hues too.
    let across = 2.0 * product.sqrt() * (a1 * b2 - a2 * b1) / length;
    let h = across / (1.0 + 0.015 * chroma * t);
    // Within 75 degrees of 275 the blues count otherwise; beyond, by less than can be told.
    let is_blue = 0.087_155_74 * cos - 0.996_194_7 * sin > 0.258_819;
    let cross = if is_blue {
        let hue = sin.atan2(cos).to_degrees().rem_euclid(360.0);
        let blue = 30.0 * (-((hue - 275.0) / 25.0).powi(2)).exp();
        -2.0 * seventh(chroma) * (2.0 * blue).to_radians().sin() * c * h
    } else {
        0.0
    };
    (l * l + c * c + h * h + cross).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pairs of Sharma, Wu and Dalal: "The CIEDE2000 color-difference formula: implementation notes,
    /// supplementary test data, and mathematical observations", table 1.
    const SHARMA: [([f64; 3], [f64; 3], f64); 34] = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 3.1571, -77.2803], [50.0, 0.0, -82.7485], 2.8615),
        ([50.0, 2.8361, -74.0200], [50.0, 0.0, -82.7485], 3.4412),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -1.1848, -84.8006], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -0.9009, -85.5211], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, -1.0, 2.0], [50.0, 0.0, 0.0], 2.3669),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0009], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0010], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0011], 7.2195),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0012], 7.2195),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0009, -2.4900], 4.8045),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0010, -2.4900], 4.8045),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0011, -2.4900], 4.7461),
        ([50.0, 2.5000, 0.0000], [50.0, 0.0000, -2.5000], 4.3065),
        ([50.0, 2.5000, 0.0000], [73.0, 25.0000, -18.0000], 27.1492),
        ([50.0, 2.5000, 0.0000], [61.0, -5.0000, 29.0000], 22.8977),
        ([50.0, 2.5000, 0.0000], [56.0, -27.0000, -3.0000], 31.9030),
        ([50.0, 2.5000, 0.0000], [58.0, 24.0000, 15.0000], 19.4535),
        ([50.0, 2.5000, 0.0000], [50.0, 3.1736, 0.5854], 1.0000),
        ([50.0, 2.5000, 0.0000], [50.0, 3.2972, 0.0000], 1.0000),
        ([50.0, 2.5000, 0.0000], [50.0, 1.8634, 0.5757], 1.0000),
        ([50.0, 2.5000, 0.0000], [50.0, 3.2592, 0.3350], 1.0000),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630),
        ([61.2901, 3.7196, -5.3901], [61.4292, 2.2480, -4.9620], 1.8731),
        ([35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645),
        ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
        ([36.4612, 47.8580, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
        ([90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381),
        ([6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];

    #[test]
    fn published_pairs_come_out_as_published() {
        for (number, (one, other, expected)) in SHARMA.into_iter().enumerate() {
            for found in [delta_e(one, other), delta_e(other, one)] {
                assert!((found - expected).abs() < 0.5e-4, "pair {}: {found} instead of {expected}", number + 1);
            }
            let narrow = |lab: [f64; 3]| lab.map(|value| value as f32);
            let quick = f64::from(fast(narrow(one), narrow(other)));
            assert!((quick - expected).abs() < 2e-2, "pair {}, fast: {quick} instead of {expected}", number + 1);
        }
    }

    #[test]
    fn colours_of_the_screen_have_their_known_lab() {
        let to = ToLab::new();
        for (rgb, expected) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [53.2408, 80.0925, 67.2032]),
            ([0, 255, 0], [87.7347, -86.1827, 83.1793]),
            ([0, 0, 255], [32.2970, 79.1875, -107.8602]),
            ([119, 119, 119], [50.0344, 0.0, 0.0]),
            ([18, 52, 86], [21.0417, 1.0539, -24.1012]),
        ] {
            let found = to.lab(rgb);
            let off = found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()).fold(0.0, f32::max);
            assert!(off < 0.06, "{rgb:?}: {found:?} instead of {expected:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_way_agrees_with_the_formula(one: [u8; 3], other: [u8; 3], is_near: bool, step in -6_i16..7) {
            let to = ToLab::new();
            let near = one.map(|value| (i16::from(value) + step).clamp(0, 255) as u8);
            let (one, other) = (to.lab(one), to.lab(if is_near { near } else { other }));
            let wide = |lab: [f32; 3]| lab.map(f64::from);
            let exact = delta_e(wide(one), wide(other));
            let quick = f64::from(fast(one, other));
            prop_assert!((quick - exact).abs() < 0.02, "{} instead of {}", quick, exact);
            prop_assert!((fast(other, one) - fast(one, other)).abs() < 1e-2, "it is symmetric");
            prop_assert_eq!(fast(one, one), 0.0);
        }
    }
}
