//! The painting of an order: which seed each picture gets, how long it should take, previews and finished bytes.
//!
//! Imports `choose`, `models`, `paint`, `spoil`. Painting runs on tokio's blocking threads, never on the server's own.

use super::choose::Order;
use super::faults::Faults;
use super::models::{Model, Output};
use super::paint::{Commission, Format, Quality, Scene, encode};
use super::spoil::{self, Delivered};
use image::imageops::{FilterType, resize};
use std::sync::Arc;
use std::time::Duration;

/// The longest side of a preview.
const PREVIEW: u32 = 512;

/// One picture of an order.
#[derive(Clone)]
pub struct Work {
    scene: Arc<Scene>,
    pub width: u32,
    pub height: u32,
    output: Output,
    compression: u8,
}

/// Draws up the pictures of an order; without a seed each order gets its own.
pub async fn plan(order: &Order, model: &Model) -> Vec<Work> {
    let seed = order.seed.map_or_else(|| fastrand::u64(..), |seed| seed as u64);
    let commissions: Vec<Commission> = (0..u64::from(order.n))
        .map(|index| Commission {
            model: model.id,
            manner: model.manner,
            families: model.families,
            prompt: order.prompt.clone(),
            seed: seed.wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            width: order.size.width,
            height: order.size.height,
            quality: order.quality,
            transparent: order.transparent,
            references: order.references.clone(),
            knobs: order.knobs.clone(),
        })
        .collect();
    let (output, compression) = (order.output, order.compression);
    let made = tokio::task::spawn_blocking(move || {
        let work = |c: &Commission| Work {
            scene: Arc::new(Scene::new(c)),
            width: c.width,
            height: c.height,
            output,
            compression,
        };
        commissions.iter().map(work).collect()
    });
    made.await.unwrap_or_default()
}

/// How long one picture of this order should take.
pub fn duration(order: &Order, pace: Duration) -> Duration {
    let size = (order.size.area() as f32 / 1_048_576.0).sqrt().clamp(0.35, 4.0);
    let effort = match order.quality {
        Quality::Low => 0.6,
        Quality::Medium => 1.0,
        Quality::High => 1.6,
    };
    pace.mul_f32(size * effort)
}

/// How many previews precede the picture.
pub fn previews(order: &Order) -> u32 {
    match order.quality {
        Quality::Low => 1,
        Quality::Medium => 3,
        Quality::High => 4,
    }
}

impl Work {
    /// Preview `index` of `count`, from coarse to fine, as PNG.
    pub async fn preview(&self, index: u32, count: u32) -> Delivered {
        let work = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let longest = work.width.max(work.height) as f32;
            let step = 1 << (count - index.min(count - 1));
            let part = (1.0 / (2 * step) as f32).min(PREVIEW as f32 / longest);
            let side = |length: u32, part: f32| ((length as f32 * part).round() as u32).max(8);
            let small = work.scene.render(side(work.width, part), side(work.height, part));
            let shown = (PREVIEW as f32 / longest).min(1.0);
            let large = resize(&small, side(work.width, shown), side(work.height, shown), FilterType::CatmullRom);
            encode(&large, Format::Png, 100).unwrap_or_default()
        });
        Delivered::new(&made.await.unwrap_or_default(), "image/png")
    }

    /// The finished picture, spoiled as the faults ask.
    pub async fn finish(&self, faults: &Faults) -> Delivered {
        let (work, faults) = (self.clone(), faults.clone());
        let made = tokio::task::spawn_blocking(move || {
            let format = match work.output {
                Output::Svg if !spoil::wants_wrong_type(&faults) => {
                    let text = work.scene.svg(work.width, work.height).concat();
                    return spoil::deliver(text.as_bytes(), "image/svg+xml", &faults);
                }
                _ if spoil::wants_wrong_type(&faults) => Format::Jpeg,
                Output::Jpeg => Format::Jpeg,
                Output::WebP => Format::WebP,
                Output::Png | Output::Svg => Format::Png,
            };
            let pixels = work.scene.render(work.width, work.height);
            let bytes = encode(&pixels, format, work.compression).unwrap_or_default();
            spoil::deliver(&bytes, format.media_type(), &faults)
        });
        made.await.unwrap_or_else(|_| Delivered::new(&[], "image/png"))
    }

    /// The SVG in the pieces in which it is sent, about `count` of them; `None` for pixels.
    pub async fn pieces(&self, count: usize) -> Option<Vec<String>> {
        if self.output != Output::Svg {
            return None;
        }
        let work = self.clone();
        let shapes = tokio::task::spawn_blocking(move || work.scene.svg(work.width, work.height)).await.ok()?;
        Some(shapes.chunks(shapes.len().div_ceil(count.max(1)).max(1)).map(<[String]>::concat).collect())
    }
}
