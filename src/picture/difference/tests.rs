//! Known differences, alignments, cancelling.

use proptest::prelude::*;

use super::super::samples;
use super::*;

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

fn flat(width: u32, height: u32, pixel: [u8; 4]) -> Pixels {
    Pixels::new(size(width, height), pixel.repeat((width * height) as usize)).unwrap()
}

fn compare(first: &Pixels, second: &Pixels, alignment: Alignment) -> Difference {
    difference(first, second, alignment, [0.0; 2], &Watch::default()).unwrap()
}

#[test]
fn equal_pictures_do_not_differ() {
    let scene = samples::scene(size(131, 77));
    let found = compare(&scene, &scene, Alignment::Fit);
    assert_eq!((found.size, found.mean, found.changed(0.0)), (scene.size, 0.0, 0.0));
    assert!((found.ssim - 1.0).abs() < 1e-12);
    assert_eq!(found.place, [0.0, 0.0, 131.0, 77.0]);
}

#[test]
fn a_changed_corner_is_found_and_measured() {
    let first = flat(100, 80, [200, 40, 40, 255]);
    let mut second = first.clone();
    for (index, pixel) in second.rgba.chunks_mut(4).enumerate() {
        if index % 100 < 25 && index / 100 < 20 {
            pixel.copy_from_slice(&[200, 60, 40, 255]);
        }
    }
    let found = compare(&first, &second, Alignment::Fit);
    assert!((found.changed(1.0) - 0.0625).abs() < 1e-9, "a sixteenth");
    assert_eq!(found.changed(30.0), 0.0);
    let to = ToLab::new();
    let expected = delta_e(to.lab([200, 40, 40]).map(f64::from), to.lab([200, 60, 40]).map(f64::from));
    assert!((found.mean - expected / 16.0).abs() < 1e-3, "{} and {expected}", found.mean);
    let heat = found.heat(1.0);
    let at = |x: usize, y: usize| &heat.rgba[(y * 100 + x) * 4..][..3];
    assert_eq!(at(3, 3), heat_colour((expected as f32 * 4.0).round() / 4.0));
    assert!(at(50, 50).iter().all(|value| *value == at(50, 50)[0] && *value < 80), "unchanged parts are dark and grey");
    assert!(found.heat(20.0).rgba[..3].iter().all(|value| *value < 80), "below the threshold nothing glows");
}

#[test]
fn shapes_count_for_similarity_and_a_little_light_does_not() {
    let scene = samples::scene(size(160, 120));
    let with = |change: fn(usize, u8) -> u8| {
        let rgba = scene.rgba.iter().enumerate().map(
            |(place, value)| {
                if place % 4 == 3 { 255 } else { change(place / 4, *value) }
            },
        );
        Pixels::new(scene.size, rgba.collect()).unwrap()
    };
    let lighter = compare(&scene, &with(|_, value| value.saturating_add(4)), Alignment::Fit).ssim;
    let noisy = compare(&scene, &with(|place, value| value ^ ((place * 7919 % 61) as u8)), Alignment::Fit).ssim;
    assert!(lighter > 0.98 && noisy < 0.8, "{lighter} and {noisy}");
    let other = compare(&flat(160, 120, [0, 0, 0, 255]), &flat(160, 120, [255; 4]), Alignment::Fit);
    assert!(other.ssim < 0.01 && (other.mean - 100.0).abs() < 0.1, "{other:?}");
}

#[test]
fn tiny_pictures_are_compared_too() {
    for (width, height) in [(1, 1), (3, 1), (1, 9), (5, 5), (4, 8), (7, 2)] {
        let scene = samples::scene(size(width, height));
        let found = compare(&scene, &scene, Alignment::Centre);
        assert!((found.ssim - 1.0).abs() < 1e-12 && found.size == scene.size);
        let other = compare(&scene, &flat(width, height, [255, 0, 255, 255]), Alignment::Centre);
        assert!(other.changed(1.0) == 1.0 && other.ssim < 1.0, "{other:?}");
    }
}

#[test]
fn the_same_scene_at_two_sizes_is_nearly_equal_when_fitted() {
    let (large, small) = (samples::scene(size(800, 600)), samples::scene(size(320, 240)));
    let found = compare(&large, &small, Alignment::Fit);
    assert_eq!((found.size, found.place), (size(320, 240), [0.0, 0.0, 800.0, 600.0]));
    assert!(found.mean < 1.5 && found.ssim > 0.9, "{found:?}");
    let crooked = compare(&large, &small, Alignment::Corner);
    assert_eq!((crooked.size, crooked.place), (size(320, 240), [0.0, 0.0, 320.0, 240.0]));
    assert!(crooked.mean > 5.0, "{crooked:?}");
}

#[test]
fn a_part_laid_pixel_on_pixel_equals_what_it_was_cut_from() {
    let whole = samples::scene(size(300, 200));
    for (alignment, at) in [(Alignment::Corner, [0, 0]), (Alignment::Centre, [100, 60])] {
        let part = super::super::tile(&whole, at[0], at[1], 100, 80).unwrap();
        for (first, second) in [(&whole, &part), (&part, &whole)] {
            let found = compare(first, second, alignment);
            assert_eq!((found.mean, found.size), (0.0, part.size), "{alignment:?}");
            assert_eq!(found.place, [f64::from(at[0]), f64::from(at[1]), 100.0, 80.0]);
        }
    }
    // Anywhere else it is brought there by moving it.
    let part = super::super::tile(&whole, 37, 21, 100, 80).unwrap();
    let moved = difference(&whole, &part, Alignment::Corner, [37.0, 21.0], &Watch::default()).unwrap();
    assert_eq!((moved.mean, moved.size), (0.0, part.size));
    let apart = difference(&whole, &part, Alignment::Corner, [300.0, 0.0], &Watch::default());
    assert_eq!(apart, None, "there is nothing to compare");
}

#[test]
fn transparency_counts_as_what_is_seen() {
    let clear = flat(20, 20, [255, 0, 0, 0]);
    assert_eq!(compare(&clear, &flat(20, 20, [0, 255, 0, 0]), Alignment::Fit).mean, 0.0);
    assert!(compare(&clear, &flat(20, 20, [255, 0, 0, 255]), Alignment::Fit).changed(10.0) == 1.0);
}

#[test]
fn pictures_beyond_the_limit_are_compared_smaller() {
    let long = flat(5000, 40, [10, 20, 30, 255]);
    let found = compare(&long, &long, Alignment::Fit);
    assert_eq!((found.size, found.mean), (size(4096, 33), 0.0));
}

#[test]
fn cancelled_work_gives_nothing_and_whole_work_tells_its_end() {
    let scene = samples::scene(size(200, 200));
    let watch = Watch::default();
    assert!(difference(&scene, &scene, Alignment::Fit, [0.0; 2], &watch).is_some());
    assert_eq!(watch.done.load(Ordering::Relaxed), 1000);
    watch.cancelled.store(true, Ordering::Relaxed);
    assert_eq!(difference(&scene, &scene, Alignment::Fit, [0.0; 2], &watch), None);
}

#[test]
fn colours_of_the_map_only_get_lighter() {
    let to = ToLab::new();
    let lights: Vec<f32> = (0..=120).map(|step| to.lab(heat_colour(step as f32 / 4.0))[0]).collect();
    assert!(lights.windows(2).all(|pair| pair[1] >= pair[0]), "{lights:?}");
    assert_eq!(heat_colour(HEAT_END), heat_colour(500.0));
}

/// `cargo test --release --lib large_pictures_are_compared -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, for release builds"]
fn large_pictures_are_compared_within_two_seconds() {
    let first = samples::scene(size(4096, 4096));
    let noise = |(place, value): (usize, &u8)| value.wrapping_add((place.wrapping_mul(2_654_435_761) >> 13 & 7) as u8);
    let rgba = first.rgba.iter().enumerate().map(noise).collect();
    let second = Pixels::new(first.size, rgba).unwrap();
    let start = std::time::Instant::now();
    let found = compare(&first, &second, Alignment::Fit);
    let (measured, start) = (start.elapsed(), std::time::Instant::now());
    let heat = found.heat(2.0);
    eprintln!("{found:?} in {measured:?}, painted in {:?}", start.elapsed());
    assert!(measured.as_secs() < 2 && heat.size == first.size);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_the_same_both_ways_round(
        bytes in prop::collection::vec(any::<u8>(), 2 * 9 * 7 * 4), width in 1_u32..10, height in 1_u32..8,
    ) {
        let length = (width * height * 4) as usize;
        let picture = |bytes: &[u8]| Pixels::new(size(width, height), bytes[..length].to_vec()).unwrap();
        let (first, second) = (picture(&bytes), picture(&bytes[9 * 7 * 4..]));
        let there = compare(&first, &second, Alignment::Fit);
        let back = compare(&second, &first, Alignment::Fit);
        prop_assert!((there.mean - back.mean).abs() < 0.01 && (there.ssim - back.ssim).abs() < 1e-9);
        for threshold in [1.0, 5.0, 20.0] {
            // A pixel on the very edge of a step may fall to either side.
            prop_assert!((there.changed(threshold) - back.changed(threshold)).abs() <= 1.01 / f64::from(width * height));
        }
        prop_assert_eq!(compare(&first, &first, Alignment::Fit).mean, 0.0);
    }

    #[test]
    fn any_two_sizes_can_be_compared(
        one in (1_u32..60, 1_u32..60), other in (1_u32..60, 1_u32..60), kind in 0_usize..3, x in -20.0..20.0_f64,
    ) {
        let alignment = [Alignment::Fit, Alignment::Centre, Alignment::Corner][kind];
        let (first, second) = (samples::scene(size(one.0, one.1)), samples::scene(size(other.0, other.1)));
        if let Some(found) = difference(&first, &second, alignment, [x, 0.0], &Watch::default()) {
            prop_assert_eq!(found.heat(1.0).size, found.size);
            prop_assert!(found.mean >= 0.0 && found.ssim <= 1.0 + 1e-9);
            prop_assert!((0.0..=1.0).contains(&found.changed(0.5)));
        } else {
            prop_assert!(x != 0.0, "unmoved pictures overlap");
        }
    }
}
