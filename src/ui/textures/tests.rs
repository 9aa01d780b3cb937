//! Thumbnails come from the disk, and what is out of sight takes little memory.

use super::arrive::PREVIEWS_WAITING;
use super::*;
use crate::decode::Waker;
use crate::library::testing::picture;
use crate::library::{content_hash, write_thumbnail};
use crate::picture::{Encoding, Size, encode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A library folder with nothing but thumbnails in it, and the pictures they are of.
fn thumbnails(count: i64) -> (tempfile::TempDir, Vec<Picture>) {
    let folder = tempfile::tempdir().unwrap();
    let pictures = (0..count).map(|number| {
        let hash = content_hash(&number.to_le_bytes());
        let pixels = Pixels::new(Size { width: 2, height: 1 }, vec![number as u8; 8]).unwrap();
        write_thumbnail(folder.path(), &hash, &encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
        Picture { hash, ..picture(1, number) }
    });
    let pictures = pictures.collect();
    (folder, pictures)
}

/// One frame that shows these pictures.
fn frame(ctx: &egui::Context, textures: &mut Textures, pictures: &[Picture]) {
    textures.begin_frame(ctx);
    for picture in pictures {
        textures.picture(picture, 100.0);
    }
    textures.end_frame(1 << 30);
}

static GATE: Mutex<()> = Mutex::new(());
static DECODED: AtomicUsize = AtomicUsize::new(0);

fn decoded_behind_the_gate(pixels: Pixels) -> ColorImage {
    DECODED.fetch_add(1, Ordering::SeqCst);
    drop(GATE.lock().unwrap());
    color_image(pixels)
}

#[test]
fn what_has_scrolled_away_is_never_decoded_and_what_is_seen_now_comes_at_once() {
    let (folder, pictures) = thumbnails(300);
    let pool = Pool::start(1, decoded_behind_the_gate, &(Arc::new(|| {}) as Waker)).unwrap();
    let mut textures = Textures::new(pool, folder.path().to_owned());
    let ctx = egui::Context::default();
    let gate = GATE.lock().unwrap();
    // Thirty screens go by while the first thumbnail is still being decoded.
    for screen in pictures.chunks(10) {
        frame(&ctx, &mut textures, screen);
        while DECODED.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
    }
    let seen = &pictures[290..];
    frame(&ctx, &mut textures, seen);
    drop(gate);
    while textures.is_busy() {
        frame(&ctx, &mut textures, seen);
    }
    assert!(seen.iter().all(|picture| matches!(textures.picture(picture, 100.0), Look::Ready(_))));
    assert_eq!(DECODED.load(Ordering::SeqCst), 11, "the one that was begun and those of the last screen");
}

fn never(_: Pixels) -> ColorImage {
    loop {
        std::thread::park();
    }
}

#[test]
fn what_was_decoded_and_has_scrolled_away_is_not_uploaded_before_what_is_seen_now() {
    let (folder, pictures) = thumbnails(300);
    let pool = Pool::start(1, never, &(Arc::new(|| {}) as Waker)).unwrap();
    let mut textures = Textures::new(pool, folder.path().to_owned());
    let ctx = egui::Context::default();
    // A quick pool and a slow card: ten thumbnails come in each frame and one goes up.
    textures.pace = pace::Pace::with_limit(1);
    for screen in pictures.chunks(10) {
        frame(&ctx, &mut textures, screen);
        for picture in screen {
            let size = Size { width: 1, height: 1 };
            let pixels = ColorImage::filled([1, 1], Color32::WHITE);
            let tiles = vec![crate::decode::Tile { x: 0, y: 0, size, apron: [0; 4], pixels }];
            textures.take(Key::Picture(picture.id.clone(), Level::Small), Ok(Image { size, flaw: None, tiles }));
        }
    }
    let seen = &pictures[290..];
    for _ in seen {
        frame(&ctx, &mut textures, seen);
    }
    assert!(seen.iter().all(|picture| matches!(textures.picture(picture, 100.0), Look::Ready(_))));
    assert!(!textures.is_busy(), "{} of what is gone still waits for the card", textures.uploads.len());
    // Taken back too late, wished for again: the second answer takes nothing away.
    textures.take(Key::Picture(seen[0].id.clone(), Level::Small), Err(ImageError::Missing));
    assert!(matches!(textures.picture(&seen[0], 100.0), Look::Ready(_)));
}

#[test]
fn partial_pictures_of_a_window_that_nobody_sees_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (ctx, mut textures) = opened(&folder);
    let size = Size { width: 1024, height: 1024 };
    let arrives = |textures: &mut Textures, job: &JobId| {
        let pixels = ColorImage::filled([1024, 1024], Color32::WHITE);
        let tiles = vec![crate::decode::Tile { x: 0, y: 0, size, apron: [0; 4], pixels }];
        textures.take(Key::Preview(job.clone()), Ok(Image { size, flaw: None, tiles }));
        textures.receive();
    };
    // A hundred pictures sharpen in three steps each, and no frame comes.
    let jobs: Vec<JobId> = (0..100).map(|number| JobId(format!("{number:026}"))).collect();
    for _ in 0..3 {
        jobs.iter().for_each(|job| arrives(&mut textures, job));
        let waiting: usize = textures.uploads.iter().map(|(_, _, tile)| tile.image.pixels.len() * 4).sum();
        assert!(waiting <= PREVIEWS_WAITING, "{waiting}");
    }
    assert_eq!(textures.slots.len(), 16, "nothing is left of the others");
    // The window comes back: the last ones are there.
    while !textures.uploads.is_empty() {
        textures.begin_frame(&ctx);
    }
    assert!(textures.preview(&jobs[99]).is_some());
}

#[test]
fn a_picture_of_the_grid_is_seen_at_once_when_it_is_opened_and_taken_for_coarse() {
    let (folder, pictures) = large(1, 1500, 1000);
    let (ctx, mut textures) = opened(&folder);
    frame(&ctx, &mut textures, &pictures);
    while textures.is_busy() {
        frame(&ctx, &mut textures, &pictures);
        std::thread::yield_now();
    }
    assert!(matches!(look(&ctx, &mut textures, (&pictures[0], 1.0, WHOLE)), Some((_, true))));
}

#[test]
fn thumbnails_out_of_sight_take_little_of_the_budget_and_the_last_seen_stay() {
    let (folder, pictures) = thumbnails(300);
    let pool = Pool::start(1, color_image, &(Arc::new(|| {}) as Waker)).unwrap();
    let mut textures = Textures::new(pool, folder.path().to_owned());
    let ctx = egui::Context::default();
    let budget = 8 * 20 * 10;
    for screen in pictures.chunks(10) {
        loop {
            textures.begin_frame(&ctx);
            for picture in screen {
                textures.picture(picture, 100.0);
            }
            textures.end_frame(budget);
            if !textures.is_busy() {
                break;
            }
        }
    }
    textures.begin_frame(&ctx);
    textures.end_frame(budget);
    let here = |picture: &Picture| textures.slots.contains_key(&Key::Picture(picture.id.clone(), Level::Small));
    // A thumbnail of two pixels takes ten bytes.
    assert!(pictures[290..].iter().all(here), "the last screen");
    let kept = pictures.iter().filter(|picture| here(picture)).count();
    assert!((20..=32).contains(&kept), "{kept}");
}

/// A library folder with large pictures in it.
fn large(count: i64, width: u32, height: u32) -> (tempfile::TempDir, Vec<Picture>) {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width, height };
    let pictures = (0..count).map(|number| {
        let shade = |n: u32| [(n % width) as u8, (n / width) as u8, number as u8, 255];
        let pixels = Pixels::new(size, (0..width * height).flat_map(shade).collect()).unwrap();
        let bytes = encode(&pixels, &Encoding::Png, [0; 3]).unwrap();
        let file = format!("{number}.png");
        std::fs::write(folder.path().join(&file), &bytes).unwrap();
        Picture { file, hash: content_hash(&bytes), size: Some(size), ..picture(1, number) }
    });
    let pictures = pictures.collect();
    (folder, pictures)
}

fn opened(folder: &tempfile::TempDir) -> (egui::Context, Textures) {
    let pool = Pool::start(2, color_image, &(Arc::new(|| {}) as Waker)).unwrap();
    (egui::Context::default(), Textures::new(pool, folder.path().to_owned()))
}

/// What is drawn of a picture in one frame: how many pieces, whether something finer is on its way; nothing: `None`.
fn look(
    ctx: &egui::Context,
    textures: &mut Textures,
    (picture, scale, seen): (&Picture, f32, Rect),
) -> Option<(usize, bool)> {
    textures.begin_frame(ctx);
    let drawn = match textures.close(picture, scale, seen) {
        Look::Ready(drawable) => Some((drawable.tiles.len(), drawable.is_coarse)),
        Look::Waiting => None,
        Look::Broken(why) => panic!("{why}"),
    };
    textures.end_frame(512 << 20);
    drawn
}

fn look_until_sharp(ctx: &egui::Context, textures: &mut Textures, what: (&Picture, f32, Rect)) -> usize {
    loop {
        if let Some((pieces, false)) = look(ctx, textures, what) {
            return pieces;
        }
        std::thread::yield_now();
    }
}

const WHOLE: Rect = Rect { min: egui::pos2(0.0, 0.0), max: egui::pos2(1.0, 1.0) };

fn tiles_of(textures: &Textures, level: u8) -> usize {
    textures.slots.keys().filter(|key| matches!(key, Key::Tile(_, spot) if spot.level == level)).count()
}

#[test]
fn a_large_picture_is_fitted_first_and_then_sharp_where_it_is_seen_alone() {
    let (folder, pictures) = large(1, 3000, 2000);
    let (ctx, mut textures) = opened(&folder);
    let picture = &pictures[0];
    assert_eq!(look(&ctx, &mut textures, (picture, 0.3, WHOLE)), None, "nothing is there yet");
    assert_eq!(look_until_sharp(&ctx, &mut textures, (picture, 0.3, WHOLE)), 3 * 2, "1500 x 1000 in tiles of 512");
    assert_eq!((tiles_of(&textures, 0), tiles_of(&textures, 1)), (0, 6));
    // Zoomed to 100 % at a corner: what is there is stretched until the two tiles come.
    let corner = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(0.3, 0.2));
    let (pieces, coarse) = look(&ctx, &mut textures, (picture, 1.0, corner)).unwrap();
    assert!(pieces == 2 && coarse, "no hole meanwhile");
    assert_eq!(look_until_sharp(&ctx, &mut textures, (picture, 1.0, corner)), 2);
    assert_eq!(tiles_of(&textures, 0), 2, "what is not seen is not cut");
    // Back again nothing needs to be read.
    assert_eq!(look(&ctx, &mut textures, (picture, 0.3, WHOLE)), Some((6, false)));
}

#[test]
fn a_pan_or_a_zoom_decodes_nothing_again() {
    let (folder, pictures) = large(1, 2500, 1500);
    let (ctx, mut textures) = opened(&folder);
    let picture = &pictures[0];
    look_until_sharp(&ctx, &mut textures, (picture, 0.3, WHOLE));
    std::fs::remove_file(folder.path().join(&picture.file)).unwrap();
    for (scale, at) in [(1.0, 0.0), (1.0, 0.4), (1.0, 0.7), (0.6, 0.1), (4.0, 0.9)] {
        let seen = Rect::from_min_size(egui::pos2(at, at), egui::vec2(0.1, 0.1));
        look_until_sharp(&ctx, &mut textures, (picture, scale, seen));
    }
}

#[test]
fn tiles_that_went_out_of_sight_are_taken_back() {
    let (folder, pictures) = large(1, 4000, 3000);
    let (ctx, mut textures) = opened(&folder);
    let seen = |x: f32| Rect::from_min_size(egui::pos2(x, 0.0), egui::vec2(0.1, 0.1));
    for step in 0..9_u8 {
        look(&ctx, &mut textures, (&pictures[0], 1.0, seen(f32::from(step) / 10.0)));
    }
    let pending =
        |textures: &Textures| textures.slots.values().filter(|slot| matches!(slot.state, State::Pending)).count();
    look(&ctx, &mut textures, (&pictures[0], 1.0, seen(0.8)));
    assert!(pending(&textures) <= 4, "{} tiles are waited for", pending(&textures));
}

#[test]
fn a_frame_uploads_no_more_than_the_computer_has_time_for() {
    let (folder, pictures) = large(1, 4000, 3000);
    let (ctx, mut textures) = opened(&folder);
    textures.learn(Duration::from_millis(2));
    let mut most = 0;
    while !matches!(look(&ctx, &mut textures, (&pictures[0], 1.0, WHOLE)), Some((48, false))) {
        most = most.max(textures.uploaded);
        // Every megabyte takes this computer six milliseconds.
        textures.learn(Duration::from_millis(2 + 6 * textures.uploaded as u64 / (1 << 20)));
        std::thread::yield_now();
    }
    // The first frame may still be too large.
    assert!(most <= 4 << 20, "{most}");
    assert!(textures.pace.limit() <= 5 << 18, "{}", textures.pace.limit());
}

#[test]
fn sixteen_large_pictures_stay_inside_the_budget() {
    let (folder, pictures) = large(16, 1500, 1500);
    let (ctx, mut textures) = opened(&folder);
    let budget = 48 << 20;
    // Whole they would be 192 megabytes.
    for frame in 0.. {
        textures.begin_frame(&ctx);
        for picture in &pictures {
            textures.close(picture, 1.0, WHOLE);
        }
        textures.end_frame(budget);
        assert!(textures.bytes() <= budget, "{}", textures.bytes());
        if frame > 3 && !textures.is_busy() {
            break;
        }
        std::thread::yield_now();
    }
    assert_eq!(textures.coarser, 2, "a quarter of the pixels would still be too much");
}

#[test]
fn what_was_late_is_asked_for_again_when_that_is_due_and_only_then() {
    let (folder, pictures) = thumbnails(1);
    let pool = Pool::start(1, never, &(Arc::new(|| {}) as Waker)).unwrap();
    let mut textures = Textures::new(pool, folder.path().to_owned());
    let ctx = egui::Context::default();
    frame(&ctx, &mut textures, &pictures);
    let key = textures.slots.keys().next().unwrap().clone();
    let late = |again| Err(ImageError::Picture(crate::picture::Error::Busy { again }));
    textures.take(key.clone(), late(true));
    frame(&ctx, &mut textures, &pictures);
    assert!(textures.is_late(&pictures[0]) && textures.is_too_heavy(&pictures[0]) && textures.next_try().is_some());
    let Some(Slot { state: State::Failed { again, .. }, .. }) = textures.slots.get_mut(&key) else {
        panic!("not late")
    };
    *again = Some(Instant::now());
    frame(&ctx, &mut textures, &pictures);
    assert!(textures.is_busy() && !textures.is_late(&pictures[0]));
    textures.take(key, late(false));
    frame(&ctx, &mut textures, &pictures);
    assert!(textures.is_late(&pictures[0]) && textures.next_try().is_none(), "now it is up to the artist");
}
