//! Thumbnails come from the disk, and what is out of sight takes little memory.

use super::*;
use crate::engine::Waker;
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
    let here = |picture: &Picture| textures.slots.contains_key(&Key::Picture(picture.id.clone(), Level::Thumb));
    // A thumbnail of two pixels takes ten bytes.
    assert!(pictures[290..].iter().all(here), "the last screen");
    let kept = pictures.iter().filter(|picture| here(picture)).count();
    assert!((20..=32).contains(&kept), "{kept}");
}
