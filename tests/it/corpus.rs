//! Whole collections of pictures, as packages ship them for their own tests: every file whole, cut and flipped gives a
//! picture or a typed error, in bounded memory.
//!
//! `EASEL_CORPUS` names the folder, which `.ci/corpus` fills; without it there is nothing to do. `EASEL_CORPUS_TOLD`
//! names a folder that takes what was seen, for another decoder to be compared with.

use easel::picture::{Format, Limits, Pixels, Size, decode_flawed, decode_scaled, first_look, metadata, probe};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Larger pictures are not written out for comparison.
const MOST_PIXELS: u64 = 1 << 20;
/// Small files are cut at every 37th byte, larger ones at so many places, evenly.
const STEP: usize = 37;
const SMALL: usize = 4096;
const CUTS: usize = 20;
const FLIPS: usize = 12;
/// Under which whole files are read, and those that were spoiled.
const WHOLE: Limits = Limits { max_side: 16_384, max_pixels: 1 << 26, max_alloc_bytes: 512 << 20 };
const SPOILED: Limits = Limits { max_side: 4096, max_pixels: 1 << 21, max_alloc_bytes: 32 << 20 };
/// Peak of the whole process: two readers at the limit, their files, and the test itself.
const MOST_MEMORY: u64 = 3 << 30;

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// Reads a picture in every way; they must say the same.
fn read(bytes: &[u8], limits: &Limits, what: &str) -> Result<(Pixels, bool), String> {
    let probed = probe(bytes, limits);
    let decoded = decode_flawed(bytes, limits);
    let _ = metadata::read(bytes);
    match (&probed, &decoded) {
        (Ok(info), Ok((pixels, _))) => assert_eq!(info.size, pixels.size, "{what}"),
        (Err(error), Ok(_)) => panic!("{what}: probe refuses what can be decoded: {error}"),
        _ => {}
    }
    let (pixels, flaw) = decoded.map_err(|error| error.to_string())?;
    let scaled = decode_scaled(bytes, 16, limits);
    assert_eq!(scaled.map(|pixels| pixels.size), Ok(pixels.size.fitted(16)), "{what}");
    Ok((pixels, flaw.is_some()))
}

/// Looks at a drawing as far as that goes in this process: what a child draws of it costs more than there is time for.
fn look(bytes: &[u8]) -> Result<(), String> {
    let _ = metadata::read(bytes);
    first_look(bytes).map(drop).map_err(|error| error.to_string())
}

/// Reads what a file becomes when it is cut and when bits of it are flipped; returns how often, and how often there was one
/// all the same.
fn spoil(bytes: &[u8], name: &str) -> (usize, usize) {
    let is_drawing = Format::sniff(bytes) == Some(Format::Svg);
    let read = |bytes: &[u8], limits: &Limits, what: &str| match is_drawing {
        true => look(bytes),
        false => read(bytes, limits, what).map(drop),
    };
    let step = if bytes.len() <= SMALL { STEP } else { STEP.max(bytes.len() / CUTS) };
    let (mut count, mut shown) = (0, 0);
    for cut in (0..bytes.len()).step_by(step) {
        let part = bytes.get(..cut).unwrap_or_default();
        shown += usize::from(read(part, &SPOILED, &format!("{name} cut at {cut}")).is_ok());
        count += 1;
    }
    let mut random = fastrand::Rng::with_seed(bytes.len() as u64);
    for _ in 0..FLIPS {
        let mut bytes = bytes.to_vec();
        let mut places = Vec::new();
        for _ in 0..random.usize(1..6) {
            let (at, bit) = (random.usize(..bytes.len().max(1)), random.u8(..8));
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
                places.push((at, bit));
            }
        }
        shown += usize::from(read(&bytes, &SPOILED, &format!("{name} flipped at {places:?}")).is_ok());
        count += 1;
    }
    (count, shown)
}

/// Returns the most memory that this process ever held; `None`: this system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

#[test]
fn every_file_of_a_corpus_is_a_picture_or_a_typed_error() {
    let Some(folder) = std::env::var_os("EASEL_CORPUS") else {
        println!("skipped, because EASEL_CORPUS names no folder of pictures");
        return;
    };
    let told = std::env::var_os("EASEL_CORPUS_TOLD").map(PathBuf::from);
    let mut all = Vec::new();
    files(Path::new(&folder), &mut all);
    assert!(!all.is_empty(), "no pictures in {folder:?}");
    easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
    let [next, spoiled, shown, still_shown] = [0; 4].map(AtomicUsize::new);
    let lines = Mutex::new(String::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = all.get(number) else { break };
            let bytes = std::fs::read(path).unwrap();
            let name = path.strip_prefix(&folder).unwrap_or(path).display().to_string();
            let format = Format::sniff(&bytes);
            if format == Some(Format::Svg) {
                // In a child, as always.
                let small = Limits { max_pixels: 1 << 20, ..WHOLE };
                let seen = easel::decode::decode_scaled(&bytes, 256, &small);
                shown.fetch_add(usize::from(seen.is_ok()), Ordering::Relaxed);
            } else {
                let seen = read(&bytes, &WHOLE, &name);
                shown.fetch_add(usize::from(seen.is_ok()), Ordering::Relaxed);
                if let Some(told) = &told {
                    tell(&lines, told, number, &name, &seen);
                }
            }
            if format.is_some() {
                let (count, still) = spoil(&bytes, &name);
                spoiled.fetch_add(count, Ordering::Relaxed);
                still_shown.fetch_add(still, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> =
            (1..std::thread::available_parallelism().map_or(1, usize::from)).map(|_| scope.spawn(work)).collect();
        work();
        for other in others {
            other.join().unwrap();
        }
    });
    if let Some(told) = &told {
        std::fs::write(told.join("told.tsv"), lines.into_inner().unwrap()).unwrap();
    }
    let [spoiled, shown, still] = [spoiled, shown, still_shown].map(AtomicUsize::into_inner);
    println!(
        "{} files, {shown} shown; {spoiled} cut or flipped, {still} of them shown; {:?} MiB at most",
        all.len(),
        peak().map(|bytes| bytes >> 20)
    );
    assert!(shown * 2 > all.len(), "most are pictures");
    assert!(peak().is_none_or(|bytes| bytes < MOST_MEMORY), "{:?} bytes", peak());
}

/// Notes what was seen of a file, and its pixels beside it.
fn tell(lines: &Mutex<String>, folder: &Path, number: usize, name: &str, seen: &Result<(Pixels, bool), String>) {
    let mut lines = lines.lock().unwrap();
    match seen {
        Ok((pixels, flawed)) => {
            let Size { width, height } = pixels.size;
            let is_small = pixels.size.area() <= MOST_PIXELS;
            let raw = format!("{number}.rgba");
            if is_small {
                std::fs::write(folder.join(&raw), &pixels.rgba).unwrap();
            }
            let raw = if is_small { raw } else { String::new() };
            writeln!(lines, "{name}\t{}\t{width}\t{height}\t{raw}", if *flawed { "flawed" } else { "whole" }).unwrap();
        }
        Err(error) => writeln!(lines, "{name}\terror\t{}\t\t", error.replace(['\t', '\n'], " ")).unwrap(),
    }
}
