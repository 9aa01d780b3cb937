//! Where and how much two pictures differ to the eye.
//!
//! Imports only this layer; runs on a few threads of its own, which end with the call. Pictures of different sizes are
//! laid over each other first, and only what both cover is compared. Transparency counts as what is seen on a middle
//! grey. Begin with [`difference`]; [`Difference::heat`] paints the result for any threshold without measuring again.

mod lab;
mod ssim;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use lab::ToLab;
pub use lab::delta_e;
use ssim::{BLOCK, Sums};

use super::{Alignment, Pixels, Placement, Size, resize};

/// Steps of the map per unit of CIEDE2000.
const STEPS: f32 = 4.0;
/// Longest side of the map; larger pictures are compared at this size.
const MAX_SIDE: u32 = 4096;
/// What lies under transparent parts, sRGB.
const GROUND: u32 = 119;
/// Threads at the most.
const THREADS: usize = 4;

/// Stops a comparison, and tells how far it is.
#[derive(Debug, Default)]
pub struct Watch {
    pub cancelled: AtomicBool,
    /// Thousandths of the whole that are done.
    pub done: AtomicU32,
}

impl Watch {
    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Holds how two pictures differ, pixel by pixel.
#[derive(Clone, PartialEq)]
pub struct Difference {
    /// Of the map; what both pictures cover.
    pub size: Size,
    /// Where the map lies in the frame of both pictures: left, top, width, height, in frame pixels.
    pub place: [f64; 4],
    /// CIEDE2000 in quarters, row-major; 255 is 63.75 or more.
    delta: Vec<u8>,
    /// Luma of the first picture, row-major.
    luma: Vec<u8>,
    /// How many pixels have each value of `delta`.
    counts: Vec<u64>,
    /// Mean CIEDE2000 of all pixels.
    pub mean: f64,
    /// Mean structural similarity, -1 to 1; 1 for equal pictures.
    pub ssim: f64,
}

impl std::fmt::Debug for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Difference({}, mean {:.3}, SSIM {:.4})", self.size, self.mean, self.ssim)
    }
}

/// Measures how two pictures differ where they lie on each other; `offset`: by how many frame pixels the second was
/// moved against the first. `None`: cancelled, or they do not overlap.
///
/// Neither is ever enlarged: the finer one is brought to the other's scale, and beyond 4,096 pixels both are reduced.
pub fn difference(
    first: &Pixels,
    second: &Pixels,
    alignment: Alignment,
    offset: [f64; 2],
    watch: &Watch,
) -> Option<Difference> {
    let (one, other, place) = overlap(first, second, alignment, offset, watch)?;
    measure(&one, &other, place, watch)
}

/// A rectangle of a picture, read row by row.
struct Part<'a> {
    pixels: std::borrow::Cow<'a, Pixels>,
    /// Left and top.
    at: [u32; 2],
    size: Size,
}

impl Part<'_> {
    fn row(&self, y: u32) -> &[[u8; 4]] {
        let width = self.pixels.size.width as usize;
        let start = (self.at[1] + y) as usize * width + self.at[0] as usize;
        self.pixels.rgba.as_chunks::<4>().0.get(start..start + self.size.width as usize).unwrap_or_default()
    }
}

/// Cuts both pictures to what they share, at one scale.
fn overlap<'a>(
    first: &'a Pixels,
    second: &'a Pixels,
    alignment: Alignment,
    offset: [f64; 2],
    watch: &Watch,
) -> Option<(Part<'a>, Part<'a>, [f64; 4])> {
    let frame = alignment.frame(&[first.size, second.size]);
    let mut places = [first, second].map(|pixels| alignment.place(pixels.size, frame));
    let [_, moved] = &mut places;
    moved.corner = [moved.corner[0] + offset[0], moved.corner[1] + offset[1]];
    // Edges of what both cover, in frame pixels.
    let ends = |place: Placement, size: Size| place.to_frame([f64::from(size.width), f64::from(size.height)]);
    let [one_end, other_end] = [ends(places[0], first.size), ends(places[1], second.size)];
    let low = [0, 1].map(|axis| places[0].corner[axis].max(places[1].corner[axis]));
    let high = [0, 1].map(|axis| one_end[axis].min(other_end[axis]));
    let extent = [high[0] - low[0], high[1] - low[1]];
    // Map pixels per frame pixel: those of the coarser picture, within the limit.
    let coarser = places[0].scale.max(places[1].scale);
    let limit = f64::from(MAX_SIDE) / extent[0].max(extent[1]).max(1.0);
    let scale = (1.0 / coarser).min(limit);
    let part = |pixels: &'a Pixels, place: Placement| {
        let ratio = scale * place.scale;
        let side = |length: u32| ((f64::from(length) * ratio).round() as u32).clamp(1, length);
        let size = Size { width: side(pixels.size.width), height: side(pixels.size.height) };
        let pixels = match size == pixels.size {
            true => std::borrow::Cow::Borrowed(pixels),
            false => std::borrow::Cow::Owned(resize::shrink(pixels, size)),
        };
        let at = [0, 1].map(|axis| ((low[axis] - place.corner[axis]) * scale).round().max(0.0) as u32);
        Part { pixels, at, size: Size::default() }
    };
    let mut one = part(first, places[0]);
    if watch.is_cancelled() {
        return None;
    }
    let mut other = part(second, places[1]);
    watch.done.store(100, Ordering::Relaxed);
    let room = |axis: usize, length: fn(Size) -> u32| {
        let left = |part: &Part<'_>| length(part.pixels.size).saturating_sub(part.at[axis]);
        ((extent[axis] * scale).round().max(0.0) as u32).min(left(&one)).min(left(&other))
    };
    let size = Size { width: room(0, |size| size.width), height: room(1, |size| size.height) };
    (one.size, other.size) = (size, size);
    (size.area() > 0).then_some((one, other, [low[0], low[1], extent[0], extent[1]]))
}

/// What one thread found in its rows.
struct Band {
    counts: Vec<u64>,
    sum: f64,
    blocks: Vec<Sums>,
}

fn measure(one: &Part<'_>, other: &Part<'_>, place: [f64; 4], watch: &Watch) -> Option<Difference> {
    let size = one.size;
    let (width, height) = (size.width as usize, size.height as usize);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    // Whole blocks per thread.
    let rows = height.div_ceil(threads).next_multiple_of(BLOCK);
    let (mut delta, mut luma) = (vec![0; width * height], vec![0; width * height]);
    let bands: Vec<Option<Band>> = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for (band, (delta, luma)) in delta.chunks_mut(rows * width).zip(luma.chunks_mut(rows * width)).enumerate() {
            let work = move || measure_band(one, other, band * rows, delta, luma, watch);
            running.push(scope.spawn(work));
        }
        running.into_iter().map(|thread| thread.join().ok().flatten()).collect()
    });
    let bands: Vec<Band> = bands.into_iter().collect::<Option<_>>()?;
    let mut counts = vec![0; 256];
    for band in &bands {
        counts.iter_mut().zip(&band.counts).for_each(|(sum, count)| *sum += count);
    }
    let mean = bands.iter().map(|band| band.sum).sum::<f64>() / size.area() as f64;
    let blocks: Vec<Sums> = bands.into_iter().flat_map(|band| band.blocks).collect();
    let ssim = ssim::mean(&blocks, width.div_ceil(BLOCK));
    watch.done.store(1000, Ordering::Relaxed);
    Some(Difference { size, place, delta, luma, counts, mean, ssim })
}

/// Measures the rows from `first` on, as many as there is room for in `delta`; `None`: cancelled.
fn measure_band(
    one: &Part<'_>,
    other: &Part<'_>,
    first: usize,
    delta: &mut [u8],
    luma: &mut [u8],
    watch: &Watch,
) -> Option<Band> {
    let width = one.size.width as usize;
    let columns = width.div_ceil(BLOCK);
    let to = ToLab::new();
    let mut band = Band { counts: vec![0; 256], sum: 0.0, blocks: Vec::new() };
    let share = 900.0 / one.size.height.max(1) as f32;
    let mut told = 0.0;
    // Flat parts: the same pair of colours again costs nothing.
    let mut last = (([0; 3], [0; 3]), 0.0_f32);
    for (number, (delta, luma)) in delta.chunks_mut(width).zip(luma.chunks_mut(width)).enumerate() {
        if watch.is_cancelled() {
            return None;
        }
        if number % BLOCK == 0 {
            band.blocks.resize(band.blocks.len() + columns, Sums::default());
        }
        let start = band.blocks.len() - columns;
        let blocks = band.blocks.get_mut(start..).unwrap_or_default();
        let y = (first + number) as u32;
        let mut sum = 0.0;
        for (place, (one, other)) in one.row(y).iter().zip(other.row(y)).enumerate() {
            let pair = (seen(*one), seen(*other));
            if pair != last.0 {
                let difference = if pair.0 == pair.1 { 0.0 } else { lab::fast(to.lab(pair.0), to.lab(pair.1)) };
                last = (pair, difference);
            }
            let step = (last.1 * STEPS + 0.5).min(255.0) as u8;
            sum += last.1;
            let lumas = (ssim::luma(pair.0), ssim::luma(pair.1));
            if let Some(count) = band.counts.get_mut(usize::from(step)) {
                *count += 1;
            }
            if let Some(block) = blocks.get_mut(place / BLOCK) {
                block.add(lumas.0, lumas.1);
            }
            if let (Some(delta), Some(luma)) = (delta.get_mut(place), luma.get_mut(place)) {
                (*delta, *luma) = (step, lumas.0);
            }
        }
        band.sum += f64::from(sum);
        told += share;
        if told >= 1.0 {
            watch.done.fetch_add(told as u32, Ordering::Relaxed);
            told = told.fract();
        }
    }
    Some(band)
}

/// The colour that is seen.
#[inline]
fn seen([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    if a == u8::MAX {
        return [r, g, b];
    }
    let alpha = u32::from(a);
    [r, g, b].map(|value| ((u32::from(value) * alpha + GROUND * (255 - alpha) + 127) / 255) as u8)
}

impl Difference {
    /// Gives the share of pixels that differ by at least `threshold` (CIEDE2000), 0 to 1.
    pub fn changed(&self, threshold: f32) -> f64 {
        let first = first_step(threshold);
        let changed: u64 = self.counts.iter().skip(first).sum();
        changed as f64 / self.size.area().max(1) as f64
    }

    /// Paints the map: what differs by at least `threshold` in the colours of [`heat_colour`], the rest as a dark
    /// picture in grey.
    pub fn heat(&self, threshold: f32) -> Pixels {
        let first = first_step(threshold);
        let colours: Vec<[u8; 3]> = (0..256).map(|step| heat_colour(step as f32 / STEPS)).collect();
        let mut rgba = Vec::with_capacity(self.delta.len() * 4);
        for (delta, luma) in self.delta.iter().zip(&self.luma) {
            let grey = 12 + luma / 4;
            let [r, g, b] = match colours.get(usize::from(*delta)) {
                Some(colour) if usize::from(*delta) >= first => *colour,
                _ => [grey; 3],
            };
            rgba.extend_from_slice(&[r, g, b, u8::MAX]);
        }
        Pixels { size: self.size, rgba }
    }
}

/// The first value of the map that counts as changed; no change at all never does.
fn first_step(threshold: f32) -> usize {
    ((threshold * STEPS).round().max(1.0)) as usize
}

/// Differences from here on have the last colour.
pub const HEAT_END: f32 = 30.0;

/// Gives the colour of a difference (CIEDE2000), sRGB: from violet over red and orange to pale yellow, ever lighter,
/// so that it can be read without telling hues apart.
pub fn heat_colour(difference: f32) -> [u8; 3] {
    /// From Inferno by Nathaniel Smith and Stéfan van der Walt (CC0), without its black end.
    const STOPS: [[u8; 3]; 8] = [
        [87, 16, 110],
        [120, 28, 109],
        [152, 39, 102],
        [188, 55, 84],
        [221, 81, 58],
        [243, 119, 25],
        [249, 174, 20],
        [252, 255, 164],
    ];
    // Small differences matter most: they get more of the scale.
    let place = (difference / HEAT_END).clamp(0.0, 1.0).sqrt() * (STOPS.len() - 1) as f32;
    let stop = |number: usize| STOPS.get(number).copied().unwrap_or([252, 255, 164]);
    let (low, high, part) = (stop(place as usize), stop(place as usize + 1), place.fract());
    [0, 1, 2].map(|channel| {
        let (low, high) = (f32::from(low[channel]), f32::from(high[channel]));
        (low + (high - low) * part + 0.5) as u8
    })
}

#[cfg(test)]
mod tests;
