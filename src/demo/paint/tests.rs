//! The painter without the server: the same commission gives the same picture, and every parameter is seen.
//!
//! Pictures here are small, so that the tests take milliseconds.

use super::*;
use base64::Engine as _;
use image::RgbaImage;

fn commission(prompt: &str) -> Commission {
    Commission {
        model: "easel/atelier",
        manner: Manner::Painted,
        families: &[Family::Mountains, Family::Sea],
        prompt: prompt.to_owned(),
        seed: 7,
        width: 96,
        height: 80,
        quality: Quality::Medium,
        transparent: false,
        references: Vec::new(),
        knobs: Knobs::default(),
    }
}

fn paint(commission: &Commission) -> RgbaImage {
    Scene::new(commission).render(commission.width, commission.height)
}

/// Mean difference of two pictures of one size, in steps of 255.
fn difference(a: &RgbaImage, b: &RgbaImage) -> f32 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(x, y)| u64::from(x.abs_diff(*y))).sum();
    sum as f32 / a.as_raw().len() as f32
}

fn mean(picture: &RgbaImage) -> [f32; 3] {
    let count = picture.pixels().len() as f32;
    [0, 1, 2].map(|k| picture.pixels().map(|p| f32::from(p.0[k])).sum::<f32>() / count)
}

fn with(change: impl FnOnce(&mut Commission), prompt: &str) -> Commission {
    let mut changed = commission(prompt);
    change(&mut changed);
    changed
}

const PROMPTS: [&str; 12] = [
    "mountain",
    "forest",
    "desert",
    "sea",
    "clouds",
    "aurora",
    "flowers",
    "fern",
    "tree",
    "city",
    "abstract flow",
    "geometric shapes",
];

#[test]
fn same_commission_gives_the_same_pixels_and_svg() {
    for prompt in PROMPTS {
        let c = commission(prompt);
        assert_eq!(paint(&c), paint(&c), "{prompt}");
        assert_eq!(Scene::new(&c).svg(64, 64), Scene::new(&c).svg(64, 64), "{prompt}");
    }
}

#[test]
fn seed_prompt_and_model_change_the_picture() {
    for prompt in PROMPTS {
        let plain = paint(&commission(prompt));
        assert!(difference(&plain, &paint(&with(|c| c.seed = 8, prompt))) > 2.0, "{prompt}");
        assert!(difference(&plain, &paint(&with(|c| c.model = "easel/other", prompt))) > 2.0, "{prompt}");
        assert!(difference(&plain, &paint(&with(|c| c.prompt.push_str(" quiet"), prompt))) > 2.0, "{prompt}");
    }
}

#[test]
fn colour_words_and_palette_setting_choose_the_colours() {
    let ember = mean(&paint(&commission("a copper mountain")));
    let ice = mean(&paint(&commission("an icy mountain")));
    assert!(ember[0] > ember[2] + 30.0, "{ember:?}");
    assert!(ice[2] > ice[0] + 10.0, "{ice:?}");
    let set = mean(&paint(&with(|c| c.knobs.palette = Some("ember".to_owned()), "an icy mountain")));
    assert!(set[0] > set[2] + 30.0, "{set:?}");
}

#[test]
fn transparent_background_leaves_the_subject_alone() {
    for prompt in PROMPTS {
        let cut = paint(&with(|c| c.transparent = true, prompt));
        let clear = cut.pixels().filter(|p| p.0[3] == 0).count() as f32 / cut.pixels().len() as f32;
        assert!((0.04..0.97).contains(&clear), "{prompt}: {clear}");
        assert!(paint(&commission(prompt)).pixels().all(|p| p.0[3] == 255), "{prompt}");
        let pieces = Scene::new(&with(|c| c.transparent = true, prompt)).svg(64, 64);
        assert!(pieces.len() > 2, "{prompt}");
    }
}

#[test]
fn quality_shows_as_detail() {
    /// Mean difference of neighbouring pixels.
    fn detail(picture: &RgbaImage) -> f32 {
        let (width, _) = picture.dimensions();
        let sum: f32 = picture
            .enumerate_pixels()
            .filter(|(x, _, _)| x + 1 < width)
            .map(|(x, y, p)| f32::from(p.0[1].abs_diff(picture.get_pixel(x + 1, y).0[1])))
            .sum();
        sum / picture.pixels().len() as f32
    }
    let at = |quality| detail(&paint(&with(|c| (c.quality, c.width, c.height) = (quality, 256, 256), "mountain lake")));
    assert!(at(Quality::Low) < at(Quality::Medium) * 0.8);
    assert_ne!(at(Quality::Medium), at(Quality::High));
}

#[test]
fn references_lend_their_colours() {
    let reference = |colour: [u8; 3]| {
        let mut png = std::io::Cursor::new(Vec::new());
        RgbaImage::from_fn(32, 32, |_, y| image::Rgba([colour[0], colour[1], colour[2] / (1 + (y / 24) as u8), 255]))
            .write_to(&mut png, image::ImageFormat::Png)
            .unwrap();
        format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(png.into_inner()))
    };
    let red = mean(&paint(&with(|c| c.references = vec![reference([210, 40, 40])], "a lake")));
    let blue = mean(&paint(&with(|c| c.references = vec![reference([40, 60, 220])], "a lake")));
    assert!(red[0] > red[2] + 25.0 && blue[2] > blue[0] + 25.0, "{red:?} {blue:?}");
    let address = |name: &str| with(|c| c.references = vec![format!("https://pictures.example/{name}")], "a lake");
    assert!(difference(&paint(&address("a")), &paint(&address("b"))) > 1.0);
}

#[test]
fn composition_of_a_reference_guides_the_ridges() {
    let side = |left: bool| {
        let mut png = std::io::Cursor::new(Vec::new());
        RgbaImage::from_fn(32, 32, |x, _| {
            if (x < 16) == left { image::Rgba([20, 20, 30, 255]) } else { image::Rgba([230, 220, 200, 255]) }
        })
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
        let url =
            format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(png.into_inner()));
        paint(&with(|c| (c.references, c.transparent) = (vec![url], true), "mountain"))
    };
    let filled = |picture: &RgbaImage, from: u32| {
        picture.enumerate_pixels().filter(|(x, _, p)| (from..from + 48).contains(x) && p.0[3] > 128).count() as i32
    };
    let (left, right) = (side(true), side(false));
    assert!(filled(&left, 0) - filled(&right, 0) > 200 && filled(&right, 48) - filled(&left, 48) > 200);
}

#[test]
fn settings_of_the_passthrough_kind_are_visible() {
    let changes: [(&str, Knobs); 4] = [
        ("forest", Knobs { mist: Some(1.0), ..Knobs::default() }),
        ("city", Knobs { lit: Some(1.0), ..Knobs::default() }),
        ("geometric", Knobs { symmetry: Some(6), ..Knobs::default() }),
        ("abstract", Knobs { stroke: Some(4.0), ..Knobs::default() }),
    ];
    for (prompt, knobs) in changes {
        let changed = paint(&with(|c| c.knobs = knobs, prompt));
        assert!(difference(&paint(&commission(prompt)), &changed) > 0.5, "{prompt}");
    }
}

#[test]
fn previews_are_the_same_picture_seen_smaller() {
    let scene = Scene::new(&with(|c| (c.width, c.height) = (384, 320), "mountain lake"));
    let large = image::imageops::thumbnail(&scene.render(384, 320), 48, 40);
    assert!(difference(&large, &scene.render(48, 40)) < 12.0);
}

#[test]
fn every_family_is_well_formed_svg_without_links() {
    for prompt in PROMPTS {
        let text = Scene::new(&commission(prompt)).svg(96, 80).concat();
        let tree = resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default());
        assert!(tree.is_ok(), "{prompt}");
        assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("href"), "{prompt}");
        assert!(text.len() < 900_000, "{prompt}: {}", text.len());
    }
}

#[test]
fn strange_shapes_and_sizes_are_painted() {
    for (width, height) in [(1, 1), (16, 512), (512, 16), (17, 31)] {
        for prompt in PROMPTS {
            let picture = paint(&with(|c| (c.width, c.height) = (width, height), prompt));
            assert_eq!(picture.dimensions(), (width, height), "{prompt}");
        }
    }
}

#[test]
fn compression_makes_files_smaller() {
    let picture = paint(&with(|c| (c.width, c.height) = (192, 192), "sea at dusk"));
    for format in [Format::Jpeg, Format::WebP] {
        let size = |level| encode(&picture, format, level).unwrap().len();
        assert!(size(20) < size(95), "{format:?}");
    }
}
