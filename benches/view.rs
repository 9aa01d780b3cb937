//! Looking closely: large pictures from the click to full sharpness, sixteen of them zoomed at once, drawings at every
//! zoom; against naive ways (whole pictures decoded and uploaded, drawings rasterised whole) in the same run.
//!
//! `cargo bench --bench view`. The picture of 16384 x 16384 takes two gigabytes while it is made and decoded; it is left
//! out with `EASEL_BENCH_HUGE=0`.

#[path = "common/looking.rs"]
mod looking;
#[path = "common/memory.rs"]
mod memory;
#[path = "common/window.rs"]
mod window;

use easel::api::ModelId;
use easel::app::App;
use easel::engine::{Service, ServiceKind, runtime};
use easel::library::{JobId, Library, NewPicture, PictureId, Recipe, RecipeContext, Run, RunId};
use easel::picture::{
    Alignment, Drawing, Encoding, Format, Limits, Pixels, Size, Watch, decode, delta_e, difference, encode, tile,
};
use easel::studio::{Action, Command};
use easel::ui::color_image;
use egui::{Event, pos2};
use looking::Looking;
use memory::resident;
use std::error::Error;
use std::time::{Duration, Instant};
use window::Figures;

const SIDE: u32 = 4096;
const PANES: usize = 16;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut library = Library::open(&folder.path().join("library"))?;
    let mut large = Vec::new();
    for seed in 0..PANES as u32 {
        large.push(store(&mut library, &painted(seed, SIDE)?, SIDE)?);
    }
    let huge = std::env::var("EASEL_BENCH_HUGE").map_or(true, |text| text != "0");
    let huge = if huge { Some(store(&mut library, &painted(99, 4 * SIDE)?, 4 * SIDE)?) } else { None };
    let file = std::fs::read(library.picture_path(&library.picture(&large[0])?.ok_or("no picture")?))?;

    let naive = median(ROUNDS, || {
        assert!(decode(&file, &Limits::default()).is_ok_and(|pixels| color_image(pixels).width() == 4096));
    });
    println!(
        "one picture of {SIDE} x {SIDE} decoded whole and made a texture of: {naive:.0} ms, {} MB",
        SIDE * SIDE * 4 / 1_000_000
    );
    let mut window = Looking::new();
    let service = Service { kind: ServiceKind::Custom, base: "http://127.0.0.1:9/api/v1".into(), key: None };
    let mut app = window.window.open(library, service, runtime()?, 1)?;
    while app.studio().collection.count() < PANES || !app.is_settled() {
        window.paced(&mut app, vec![]);
    }
    println!("memory with the grid on screen: {} MB", resident("self").unwrap_or(0));
    let opened: Vec<Opened> = large.iter().take(ROUNDS).map(|id| open(&mut window, &mut app, id)).collect();
    told(&format!("{SIDE} x {SIDE}"), opened, naive);
    if let Some(huge) = huge {
        told("16384 x 16384", vec![open(&mut window, &mut app, &huge)], naive);
        println!("  memory with it on screen: {} MB", resident("self").unwrap_or(0));
    }
    zoomed(&mut window, &mut app, large);
    println!("memory after all of it: {} MB", resident("self").unwrap_or(0));
    differences()?;
    drawings()
}

/// Times since a picture was asked for.
struct Opened {
    /// Anything of it is on screen.
    first: Duration,
    /// All that is seen is sharp, the whole picture in the pane.
    fitted: Duration,
    /// The same at 100 %, from when that was asked for.
    full: Duration,
    /// Panned by a screen, from then.
    panned: Duration,
}

fn told(what: &str, opened: Vec<Opened>, naive: f64) {
    let of = |time: fn(&Opened) -> Duration| Figures::of(opened.iter().map(time).collect()).p50;
    let (first, fitted) = (of(|opened| opened.first), of(|opened| opened.fitted));
    println!("a picture of {what} opened from the grid, medians of {}:", opened.len());
    println!(
        "  first pixels after {first:.0} ms, sharp in the pane after {fitted:.0} ms ({:.2} of decoding it whole)",
        fitted / naive
    );
    println!(
        "  sharp at 100 % {:.0} ms after the key, panned by a screen {:.0} ms",
        of(|opened| opened.full),
        of(|opened| opened.panned)
    );
}

fn open(window: &mut Looking, app: &mut App, id: &PictureId) -> Opened {
    app.run(Command::Do(Action::ShowGrid));
    window.rest(app);
    let began = Instant::now();
    app.run(Command::Open(id.clone()));
    let mut first = None;
    loop {
        window.paced(app, vec![]);
        if window.pictures_on_screen > 0 {
            first.get_or_insert_with(|| began.elapsed());
        }
        if first.is_some() && app.is_settled() {
            break;
        }
    }
    let fitted = began.elapsed();
    let began = Instant::now();
    app.run(Command::Do(Action::ToggleZoom));
    window.rest(app);
    let full = began.elapsed();
    let began = Instant::now();
    let centre = pos2(900.0, 600.0);
    window.drag(app, centre, pos2(centre.x - 500.0, centre.y - 400.0));
    window.rest(app);
    Opened { first: first.unwrap_or_default(), fitted, full, panned: began.elapsed() }
}

/// Compares sixteen pictures and zooms all of them in and out at once.
fn zoomed(window: &mut Looking, app: &mut App, ids: Vec<PictureId>) {
    let began = Instant::now();
    app.run(Command::Compare(ids));
    window.rest(app);
    println!("{PANES} pictures of {SIDE} x {SIDE} side by side: sharp after {:.0} ms", ms(began.elapsed()));
    println!(
        "  textures: {} MB, of {} MB whole",
        window.texture_bytes() / 1_000_000,
        PANES as u32 * (SIDE * SIDE / 1_000_000) * 4
    );
    let (mut clock, mut processor, mut uploads, mut textures) = (vec![], vec![], 0, 0);
    for frame in 0..400 {
        let by: f32 = if frame % 200 < 100 { 1.03 } else { 1.0 / 1.03 };
        let [spent, worked] = window.paced(app, vec![Event::PointerMoved(pos2(700.0, 400.0)), Event::Zoom(by)]);
        clock.push(spent);
        processor.push(worked);
        uploads = uploads.max(window.uploaded);
        textures = textures.max(window.texture_bytes());
    }
    let began = Instant::now();
    window.rest(app);
    let figures = Figures::of(clock);
    println!("  zoomed all at once, per frame in our code: {figures}");
    println!("    processor time alone: {}", Figures::of(processor));
    println!("    sharp {:.0} ms after the last step", ms(began.elapsed()));
    println!("    99th percentile under 16 ms: {}", if figures.p99 < 16.0 { "yes" } else { "no" });
    println!(
        "    at most {} MB to the card in a frame (a whole picture: 67 MB); textures at most {} MB",
        uploads / 1_000_000,
        textures / 1_000_000
    );
}

/// The difference map of two pictures, against one that converts and compares pixel by pixel.
fn differences() -> Result<(), Box<dyn Error>> {
    let [one, other] = [1, 2].map(|seed| pixels(seed, SIDE));
    let (one, other) = (one.ok_or("a wrong size")?, other.ok_or("a wrong size")?);
    let watch = Watch::default();
    let ours = median(3, || assert!(difference(&one, &other, Alignment::Fit, [0.0; 2], &watch).is_some()));
    let part = SIDE / 8;
    let [one, other] = [one, other].map(|pixels| tile(&pixels, 0, 0, part, part));
    let (one, other) = (one.ok_or("no tile")?, other.ok_or("no tile")?);
    let naive = 64.0
        * median(3, || {
            let pairs = one.rgba.chunks(4).zip(other.rgba.chunks(4));
            let sum: f64 = pairs.map(|(one, other)| delta_e(lab(one), lab(other))).sum();
            assert!(sum > 0.0);
        });
    println!(
        "difference map of two pictures of {SIDE} x {SIDE}: {ours:.0} ms; pixel by pixel {:.1} times as long",
        naive / ours
    );
    Ok(())
}

/// Of an sRGB pixel, as the books have it.
fn lab(pixel: &[u8]) -> [f64; 3] {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let &[r, g, b, ..] = pixel else { return [0.0; 3] };
    let [r, g, b] = [r, g, b].map(linear);
    let curve = |value: f64| if value > 0.008856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    let y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    let z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn drawings() -> Result<(), Box<dyn Error>> {
    let text = drawing();
    let drawing = Drawing::parse(text.as_bytes(), &Limits::default())?;
    for zoom in [1.0_f32, 4.0, 16.0, 64.0] {
        // What a pane of 1600 x 1000 shows of it.
        let seen = [400.0, 300.0, (1600.0 / zoom).min(1000.0), (1000.0 / zoom).min(1000.0)];
        let ours = median(ROUNDS, || assert!(drawing.rasterise_region(zoom, seen).is_ok()));
        let side = (1000.0 * zoom).min(8192.0) as u32;
        let naive = median(1, || {
            assert!(
                Drawing::parse(text.as_bytes(), &Limits::default())
                    .is_ok_and(|drawing| drawing.rasterise(side).is_ok())
            );
        });
        println!(
            "a drawing at {:.0} %: what is seen in {ours:.1} ms; whole, at {side} pixels: {naive:.0} ms, {:.0} times as long",
            zoom * 100.0,
            naive / ours
        );
    }
    Ok(())
}

/// Two thousand curves, some of them half transparent.
fn drawing() -> String {
    let mut random = fastrand::Rng::with_seed(5);
    let mut text = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000">"#);
    for number in 0..2000 {
        let [x, y, a, b, c, d] = [0; 6].map(|_: u32| random.u32(0..1000));
        let (hue, width) = (random.u32(0..360), random.u32(1..9));
        // The opacity of a whole element costs a layer of its own, that of a stroke nothing.
        let blend = if number % 20 == 0 { "opacity" } else { "stroke-opacity" };
        text.push_str(&format!(
            r#"<path d="M{x} {y} Q{a} {b} {c} {d}" fill="none" stroke="hsl({hue} 60% 50%)" stroke-width="{width}" {blend}="0.7"/>"#
        ));
    }
    text + "</svg>"
}

/// Hills, and a grain that does not compress away.
fn painted(seed: u32, side: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(encode(&pixels(seed, side).ok_or("a wrong size")?, &Encoding::Png, [0; 3])?)
}

fn pixels(seed: u32, side: u32) -> Option<Pixels> {
    let mut rgba = Vec::with_capacity(side as usize * side as usize * 4);
    let mut grain = seed.wrapping_mul(2_654_435_761) | 1;
    for y in 0..side {
        for x in 0..side {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let grain = (grain & 7) as u8;
            let far = (x * 160 / side) as u8;
            let high = (y * 160 / side) as u8;
            rgba.extend([far + grain + (seed as u8 & 15), high + grain, (x ^ y) as u8 >> 2, 255]);
        }
    }
    Pixels::new(Size { width: side, height: side }, rgba)
}

fn store(library: &mut Library, bytes: &[u8], side: u32) -> Result<PictureId, Box<dyn Error>> {
    let run = Run {
        id: RunId::new(),
        created_ms: 1_700_000_000_000,
        model: ModelId::new("easel/atelier"),
        model_name: "Atelier".into(),
        prompt: "Hills".into(),
        settings: "1:1 · 4K".into(),
        asked: 1,
        aspect: Some(1.0),
    };
    library.add_run(&run, &[])?;
    let id = PictureId::new();
    let recipe = Recipe {
        version: 1,
        id: id.clone(),
        run: run.id,
        job: JobId::new(),
        position: 0,
        request: serde_json::json!({ "model": "easel/atelier", "prompt": run.prompt }),
        context: RecipeContext::default(),
        provider: None,
        generation_id: None,
        usage: None,
        cost: None,
        created_ms: run.created_ms,
        elapsed_ms: 1,
        asked: 1,
        arrived: 1,
        media_type: "image/png".into(),
        hash: String::new(),
        bytes: bytes.len() as u64,
        size: None,
        flaw: None,
    };
    let size = Some(Size { width: side, height: side });
    library.ingest(NewPicture { recipe, bytes, format: Some(Format::Png), size })?;
    Ok(id)
}

/// Milliseconds.
fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Milliseconds.
fn median(rounds: usize, mut work: impl FnMut()) -> f64 {
    let times = (0..rounds).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    Figures::of(times.collect()).p50
}
