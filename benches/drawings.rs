//! Drawings drawn by the child process against the same in this process, in turn in one run: what the fence costs.
//!
//! `cargo bench --bench drawings`.

use easel::decode;
use easel::picture::{Drawing, Limits, View};
use std::error::Error;
use std::time::{Duration, Instant};

const ROUNDS: usize = 41;

fn main() -> Result<(), Box<dyn Error>> {
    decode::use_program(env!("CARGO_BIN_EXE_easel"));
    let began = Instant::now();
    decode::decode_scaled(scene(3).as_bytes(), 64, &Limits::default())?;
    println!("the first drawing, with the start of a child and its fonts: {:.0} ms", ms(began.elapsed()));
    let mut ratios = Vec::new();
    for (name, text) in [
        ("an icon", icon()),
        ("a scene of 300 shapes", scene(300)),
        ("2,000 curves", scene(2000)),
        ("a poster with text", poster()),
    ] {
        for side in [512, 1024, 2048] {
            let view = View::Whole { max_side: side };
            let limits = Limits::default();
            let (mut here, mut there) = (Vec::new(), Vec::new());
            // Heavy ones fewer times.
            let began = Instant::now();
            assert!(Drawing::parse(text.as_bytes(), &limits).is_ok_and(|drawing| drawing.draw(view).is_ok()));
            let rounds = (1000.0 / ms(began.elapsed()).max(1.0)) as usize;
            for round in 0..rounds.clamp(3, ROUNDS) {
                // Each round is another drawing to the child, which would keep one that it has parsed.
                let text = format!("{text}<!-- {side} {round} -->");
                let began = Instant::now();
                assert!(Drawing::parse(text.as_bytes(), &limits).is_ok_and(|drawing| drawing.draw(view).is_ok()));
                here.push(began.elapsed());
                let began = Instant::now();
                assert!(decode::Drawing::of(text.as_bytes()).draw(&limits, view).is_ok());
                there.push(began.elapsed());
            }
            let (here, there) = (median(here), median(there));
            ratios.push(there / here);
            println!("{name} at {side}: {here:.2} ms here, {there:.2} ms in the child: {:.2} times", there / here);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let middle = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
    println!("in all: {middle:.2} times at the median, {:.2} at the most", ratios.last().copied().unwrap_or_default());
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).copied().map(ms).unwrap_or_default()
}

fn icon() -> String {
    let path = "<path d='M4 4h16v16H4z' fill='none' stroke='#333' stroke-width='2'/><circle cx='12' cy='12' r='5' fill='#c33'/>";
    format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>{path}</svg>")
}

/// Curves, some of them half transparent.
fn scene(count: usize) -> String {
    let mut random = fastrand::Rng::with_seed(5);
    let mut text = String::from("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1000 1000'>");
    for _ in 0..count {
        let [x, y, a, b, c, d] = [0; 6].map(|_: u32| random.u32(0..1000));
        let (hue, width) = (random.u32(0..360), random.u32(1..9));
        text.push_str(&format!(
            "<path d='M{x} {y}C{a} {b} {c} {d} {y} {x}' fill='none' stroke='hsl({hue}, 60%, 50%)' stroke-width='{width}' opacity='0.{width}'/>"
        ));
    }
    text + "</svg>"
}

fn poster() -> String {
    let line = |n: usize| {
        format!("<text x='40' y='{}' font-size='28'>Foxes of the northern forests, part {n}</text>", 60 + n * 40)
    };
    let lines: String = (0..20).map(line).collect();
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='800' height='900' font-family='serif'><rect width='800' height='900' fill='#f6d9a8'/>{lines}</svg>"
    )
}
