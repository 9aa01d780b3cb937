//! Real profiles in every container, against sums of our own; hostile ones.

use std::io::Cursor;

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;

use super::super::{
    Encoding, Format, Limits, Pixels, PrepareLimits, Size, decode, decode_scaled, encode, prepare, probe, samples,
};
use super::*;

const SIZE: Size = Size { width: 24, height: 16 };

fn profile(profile: &ColorProfile) -> Vec<u8> {
    profile.encode().unwrap()
}

/// A file of one colour, with a profile; `samples` are those of one pixel.
fn png(samples: &[u8], color: ExtendedColorType, icc: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder.write_image(&samples.repeat(SIZE.area() as usize), SIZE.width, SIZE.height, color).unwrap();
    bytes
}

fn jpeg(samples: &[u8], color: ExtendedColorType, icc: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder.write_image(&samples.repeat(SIZE.area() as usize), SIZE.width, SIZE.height, color).unwrap();
    bytes
}

fn webp(samples: &[u8], icc: &[u8]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    let pixels = samples.repeat(SIZE.area() as usize);
    encoder.write_image(&pixels, SIZE.width, SIZE.height, ExtendedColorType::Rgb8).unwrap();
    bytes.into_inner()
}

fn decoded(bytes: &[u8]) -> Pixels {
    decode(bytes, &Limits::default()).unwrap()
}

fn assert_all(pixels: &Pixels, expected: [u8; 4], tolerance: u8, about: &str) {
    for pixel in pixels.rgba.as_chunks::<4>().0 {
        let off = pixel.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(tolerance), "{about}: {pixel:?} instead of {expected:?}");
    }
}

type Matrix = [[f64; 3]; 3];
const P3_TO_SRGB: Matrix =
    [[1.224_940_1, -0.224_940_2, 0.0], [-0.042_056_9, 1.042_057_1, 0.0], [-0.019_637_6, -0.078_636_1, 1.098_273_5]];
const ADOBE_TO_SRGB: Matrix = [[1.398_355_7, -0.398_355_7, 0.0], [0.0, 1.0, 0.0], [0.0, -0.042_929_0, 1.042_929_0]];
const XYZ_D50_TO_SRGB: Matrix = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

fn times(matrix: Matrix, v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn srgb_linear(value: u8) -> f64 {
    let v = f64::from(value) / 255.0;
    if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

fn srgb_encoded(v: f64) -> u8 {
    let v = v.clamp(0.0, 1.0);
    let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}

fn from_p3(rgb: [u8; 3]) -> [u8; 4] {
    let [r, g, b] = times(P3_TO_SRGB, rgb.map(srgb_linear)).map(srgb_encoded);
    [r, g, b, 255]
}

fn from_adobe(rgb: [u8; 3]) -> [u8; 4] {
    let linear = rgb.map(|value| (f64::from(value) / 255.0).powf(563.0 / 256.0));
    let [r, g, b] = times(ADOBE_TO_SRGB, linear).map(srgb_encoded);
    [r, g, b, 255]
}

fn from_lab([l, a, b]: [f64; 3]) -> [u8; 4] {
    let y = (l + 16.0) / 116.0;
    let inverse = |t: f64| if t > 6.0 / 29.0 { t.powi(3) } else { 3.0 * (6.0_f64 / 29.0).powi(2) * (t - 4.0 / 29.0) };
    let xyz = [inverse(y + a / 500.0) * 0.9642, inverse(y), inverse(y - b / 200.0) * 0.8249];
    let [r, g, b] = times(XYZ_D50_TO_SRGB, xyz).map(srgb_encoded);
    [r, g, b, 255]
}

const COLOURS: [[u8; 3]; 6] =
    [[200, 100, 50], [60, 140, 110], [90, 90, 200], [128, 128, 128], [255, 255, 255], [255, 0, 0]];

#[test]
fn wide_colours_come_out_as_srgb_from_every_container() {
    let p3 = profile(&ColorProfile::new_display_p3());
    let adobe = profile(&ColorProfile::new_adobe_rgb());
    for rgb in COLOURS {
        for (name, icc, expected) in [("Display P3", &p3, from_p3(rgb)), ("Adobe RGB", &adobe, from_adobe(rgb))] {
            let [r, g, b] = rgb;
            let deep = rgb.map(|value| (u16::from(value) * 257).to_ne_bytes()).concat();
            for (about, bytes, tolerance) in [
                ("PNG", png(&rgb, ExtendedColorType::Rgb8, icc), 1),
                ("PNG with alpha", png(&[r, g, b, 255], ExtendedColorType::Rgba8, icc), 1),
                ("PNG of 16 bits", png(&deep, ExtendedColorType::Rgb16, icc), 1),
                ("WebP", webp(&rgb, icc), 1),
                ("JPEG", jpeg(&rgb, ExtendedColorType::Rgb8, icc), 3),
            ] {
                assert_all(&decoded(&bytes), expected, tolerance, &format!("{name} {rgb:?} in a {about}"));
            }
        }
    }
    assert_ne!(from_p3([200, 100, 50])[..3], [200, 100, 50], "the sums do something");
}

#[test]
fn profile_in_several_parts_is_put_together() {
    let mut icc = profile(&ColorProfile::new_display_p3());
    icc.resize(150_000, 0);
    let length = (icc.len() as u32).to_be_bytes();
    icc[..4].copy_from_slice(&length);
    let bytes = jpeg(&[200, 100, 50], ExtendedColorType::Rgb8, &icc);
    let parts = bytes.windows(12).filter(|window| window == b"ICC_PROFILE\0").count();
    assert!(parts >= 3, "{parts} parts");
    assert_all(&decoded(&bytes), from_p3([200, 100, 50]), 3, "in parts");
}

#[test]
fn alpha_is_none_of_a_profiles_business() {
    let icc = profile(&ColorProfile::new_display_p3());
    let [r, g, b, _] = from_p3([200, 100, 50]);
    for alpha in [0, 1, 77, 254] {
        let pixels = decoded(&png(&[200, 100, 50, alpha], ExtendedColorType::Rgba8, &icc));
        assert_all(&pixels, [r, g, b, alpha], 1, "with alpha");
        let deep = [200, 100, 50, alpha].map(|value: u8| (u16::from(value) * 257).to_ne_bytes()).concat();
        let pixels = decoded(&png(&deep, ExtendedColorType::Rgba16, &icc));
        assert_all(&pixels, [r, g, b, alpha], 1, "with 16 bits of alpha");
    }
}

#[test]
fn srgb_by_name_or_by_numbers_changes_no_pixel() {
    let mut renamed = ColorProfile::new_srgb();
    renamed.description = None;
    renamed.cicp = None;
    for icc in [profile(&ColorProfile::new_srgb()), profile(&renamed)] {
        assert!(Profile::read(&icc).is_none());
        let scene = samples::picture();
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(icc).unwrap();
        encoder.write_image(&scene.rgba, scene.size.width, scene.size.height, ExtendedColorType::Rgba8).unwrap();
        assert!(decoded(&bytes) == scene);
    }
}

#[test]
fn grey_is_converted_by_grey_profiles_and_by_those_of_rgb() {
    let gamma = profile(&ColorProfile::new_gray_with_gamma(1.8));
    let p3 = profile(&ColorProfile::new_display_p3());
    for value in [0, 30, 128, 201, 255] {
        let grey = srgb_encoded((f64::from(value) / 255.0).powf(1.8));
        let expected = [grey, grey, grey, 255];
        let deep = (u16::from(value) * 257).to_ne_bytes();
        for (about, bytes) in [
            ("grey PNG", png(&[value], ExtendedColorType::L8, &gamma)),
            ("grey PNG with alpha", png(&[value, 255], ExtendedColorType::La8, &gamma)),
            ("grey PNG of 16 bits", png(&deep, ExtendedColorType::L16, &gamma)),
            ("grey JPEG", jpeg(&[value], ExtendedColorType::L8, &gamma)),
        ] {
            assert_all(&decoded(&bytes), expected, 1, &format!("{value} in a {about}"));
        }
        // Display P3 has the white and the curve of sRGB, so its greys are those of sRGB.
        let same = [value, value, value, 255];
        assert_all(&decoded(&jpeg(&[value], ExtendedColorType::L8, &p3)), same, 1, "grey with a profile of RGB");
        assert_all(&decoded(&png(&deep, ExtendedColorType::L16, &p3)), same, 1, "deep grey with a profile of RGB");
    }
}

/// Inks of the corners of the table below, in Lab: paper, the named ones, and black wherever there is black ink.
fn corner(c: usize, m: usize, y: usize, k: usize) -> [f64; 3] {
    match (c, m, y, k) {
        (_, _, _, 1) => [16.0, 0.0, 0.0],
        (0, 0, 0, 0) => [100.0, 0.0, 0.0],
        (1, 0, 0, 0) => [60.0, -20.0, -25.0],
        (0, 1, 0, 0) => [50.0, 40.0, 0.0],
        (0, 0, 1, 0) => [90.0, 0.0, 40.0],
        (0, 1, 1, 0) => [50.0, 50.0, 30.0],
        _ => [30.0, 0.0, 0.0],
    }
}

/// A press of our own: an ICC profile of version 2 with a table of 2 points per ink.
fn press() -> Vec<u8> {
    let word = |value: f64| (value.round() as u16).to_be_bytes();
    let mut table = b"mft2\0\0\0\0\x04\x03\x02\0".to_vec();
    for place in 0..9 {
        table.extend(if place % 4 == 0 { 65_536_i32 } else { 0 }.to_be_bytes());
    }
    table.extend([0, 2, 0, 2]);
    table.extend([0, 0, 0xff, 0xff].repeat(4));
    for node in 0..16 {
        let [l, a, b] = corner(node >> 3 & 1, node >> 2 & 1, node >> 1 & 1, node & 1);
        table.extend([word(l / 100.0 * 65_280.0), word((a + 128.0) * 256.0), word((b + 128.0) * 256.0)].concat());
    }
    table.extend([0, 0, 0xff, 0xff].repeat(3));
    let mut icc = vec![0; 128];
    icc[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    icc[12..24].copy_from_slice(b"prtrCMYKLab ");
    icc[24..36].copy_from_slice(&[7, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    icc[36..40].copy_from_slice(b"acsp");
    icc[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    icc.extend(1_u32.to_be_bytes());
    icc.extend(b"A2B0");
    icc.extend(144_u32.to_be_bytes());
    icc.extend((table.len() as u32).to_be_bytes());
    icc.extend(table);
    let length = (icc.len() as u32).to_be_bytes();
    icc[..4].copy_from_slice(&length);
    icc
}

/// Four patches: cyan; magenta and yellow; black; all inks but black.
const INKS: &[u8] = include_bytes!("../../../tests/data/pictures/inks.jpg");

fn with_profile(jpeg: &[u8], icc: &[u8]) -> Vec<u8> {
    let length = (icc.len() as u16 + 16).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe2], &length, b"ICC_PROFILE\0\x01\x01", icc, &jpeg[2..]].concat()
}

fn patch(pixels: &Pixels, number: usize) -> Pixels {
    super::super::tile(pixels, number as u32 * 16 + 4, 4, 8, 8).unwrap()
}

#[test]
fn inks_are_mixed_as_the_press_does() {
    let bytes = with_profile(INKS, &press());
    let pixels = decoded(&bytes);
    assert_eq!(pixels.size, Size { width: 64, height: 16 });
    assert_eq!(probe(&bytes, &Limits::default()).unwrap().size, pixels.size);
    for (number, inks) in [(0, (1, 0, 0, 0)), (1, (0, 1, 1, 0)), (2, (0, 0, 0, 1)), (3, (1, 1, 1, 0))] {
        let expected = from_lab(corner(inks.0, inks.1, inks.2, inks.3));
        assert_all(&patch(&pixels, number), expected, 6, &format!("{inks:?}"));
    }
    // The same numbers as plain inks instead of brightness and colour: the last patch is then half magenta and yellow.
    let mut plain = INKS.to_vec();
    let adobe = plain.windows(5).position(|window| window == b"Adobe").unwrap();
    plain[adobe + 11] = 0;
    let corners = [corner(0, 0, 0, 0), corner(0, 1, 0, 0), corner(0, 0, 1, 0), corner(0, 1, 1, 0)];
    let middle = [0, 1, 2].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<f64>() / 4.0);
    assert_all(&patch(&decoded(&with_profile(&plain, &press())), 3), from_lab(middle), 8, "plain inks");
    // Without a profile they are mixed as before.
    assert_eq!(decoded(INKS).size, pixels.size);
}

#[test]
fn profiles_of_another_kind_than_the_pixels_are_passed_over() {
    let grey = profile(&ColorProfile::new_gray_with_gamma(1.8));
    let lab = profile(&ColorProfile::new_lab());
    for icc in [&grey, &lab, &press()] {
        let expected = [200, 100, 50, 255];
        assert_all(&decoded(&png(&[200, 100, 50], ExtendedColorType::Rgb8, icc)), expected, 0, "PNG");
        assert_all(&decoded(&jpeg(&[200, 100, 50], ExtendedColorType::Rgb8, icc)), expected, 3, "JPEG");
    }
    let inks_of_rgb = with_profile(INKS, &profile(&ColorProfile::new_display_p3()));
    assert_eq!(decoded(&inks_of_rgb).size, decoded(INKS).size);
}

#[test]
fn what_is_scaled_and_what_is_sent_is_srgb() {
    let p3 = profile(&ColorProfile::new_display_p3());
    let expected = from_p3([200, 100, 50]);
    let bytes = png(&[200, 100, 50], ExtendedColorType::Rgb8, &p3);
    assert_all(&decode_scaled(&bytes, 8, &Limits::default()).unwrap(), expected, 1, "scaled");
    let prepared = prepare(&bytes, &PrepareLimits { max_side: 12, ..PrepareLimits::default() }).unwrap();
    assert!(prepared.changed && !prepared.bytes.windows(11).any(|window| window == b"ICC_PROFILE"));
    assert_all(&decoded(&prepared.bytes), expected, 3, "sent");
    let exported = encode(&decoded(&bytes), &Encoding::Png, [0; 3]).unwrap();
    assert_all(&decoded(&exported), expected, 1, "exported");
}

#[test]
fn profile_that_inflates_beyond_the_limit_is_left_out_before_it_is_held() {
    let scene = samples::picture();
    let bytes = png(&[1, 2, 3], ExtendedColorType::Rgb8, &vec![0; MAX_BYTES + 1]);
    assert!(super::super::metadata::png_chunks(&bytes, MAX_BYTES).profile.is_none());
    assert_all(&decoded(&bytes), [1, 2, 3, 255], 0, "as sRGB");
    let usual = png(&[1, 2, 3], ExtendedColorType::Rgb8, &profile(&ColorProfile::new_display_p3()));
    assert!(super::super::metadata::png_chunks(&usual, MAX_BYTES).profile.is_some());
    assert!(Profile::read(&vec![0; MAX_BYTES + 1]).is_none());
    assert_eq!(Format::sniff(&samples::png_of(&scene)), Some(Format::Png));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_profiles_cost_no_picture(
        kind in 0_usize..5,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        is_cut: bool,
    ) {
        let mut icc = match kind {
            0 => profile(&ColorProfile::new_display_p3()),
            1 => profile(&ColorProfile::new_adobe_rgb()),
            2 => profile(&ColorProfile::new_gray_with_gamma(2.2)),
            3 => press(),
            _ => Vec::new(),
        };
        for (place, (index, byte)) in hits.into_iter().enumerate() {
            if icc.is_empty() {
                icc = vec![byte; 200];
            }
            // The header decides most, so it is hit most.
            let reach = if place % 2 == 0 { icc.len().min(200) } else { icc.len() };
            icc[index.index(reach)] = byte;
        }
        if is_cut {
            icc.truncate(cut.index(icc.len() + 1));
        }
        let colour = png(&[200, 100, 50], ExtendedColorType::Rgb8, &icc);
        prop_assert_eq!(decoded(&colour).size, SIZE);
        let grey = jpeg(&[90], ExtendedColorType::L8, &icc);
        prop_assert_eq!(decoded(&grey).size, SIZE);
        prop_assert_eq!(decoded(&with_profile(INKS, &icc)).size, Size { width: 64, height: 16 });
    }
}
