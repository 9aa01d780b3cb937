//! Searching a hundred thousand pictures: words, terms and facets against what a plain scan would take, in the same run;
//! and moving them all to the trash and back.
//!
//! `cargo bench --bench library`, or with another number: `EASEL_BENCH_PICTURES=10000 cargo bench --bench library`. A
//! library that is there already, filled by `easel library fill`, is taken from `EASEL_BENCH_LIBRARY`.

#[path = "common/library.rs"]
mod library;

use cpu_time::ThreadTime;
use easel::library::{LibraryContents, SearchIndex};
use easel::plan::query::{Clock, Query};
use library::filled;
use std::error::Error;
use std::time::{Duration, Instant};

const ROUNDS: usize = 21;
const SEARCHES: [&str; 6] = [
    "",
    "f",
    "red fox",
    "model:flux rating:>=3",
    "ratio:1:1 has:reference cost:>0.05",
    "fog -ink date:2026 label:red,blue",
];

fn main() -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let (library, dir) = filled(temporary.path())?;
    let zone = jiff::tz::TimeZone::system();
    let clock = Clock { today: jiff::Zoned::now().date(), zone };

    let (began, pictures) = (Instant::now(), library.pictures()?);
    let count = pictures.len();
    let collection = LibraryContents::new(library.runs()?, pictures, library.trashed()?);
    println!("{count} pictures in {} runs; read into memory in {:.0} ms", collection.run_count(), ms(began.elapsed()));
    let began = Instant::now();
    let finder = SearchIndex::open(&dir, clock)?;
    println!("made ready to be searched in {:.0} ms, on a thread of its own", ms(began.elapsed()));

    let [naive, _] = median(|| {
        let wanted = "red fox";
        let entries = collection.runs().filter(|entry| entry.run.prompt.to_lowercase().contains(wanted));
        let found: usize = entries.map(|entry| entry.pictures.len()).sum();
        assert!(found <= count);
    });
    println!("a plain scan of the prompts for one phrase: {naive:.2} ms");
    for search in SEARCHES {
        let query = Query::parse(search);
        let (_, found) = finder.find(&query)?;
        let [spent, worked] = median(|| assert!(finder.find(&query).is_ok()));
        println!(
            "{search:?}: {found} found in {spent:.2} ms ({worked:.2} of the processor), {:.1} plain scans",
            spent / naive
        );
    }
    let [spent, _] = median(|| assert!(finder.vocabulary().facets.len() < 100));
    println!("facets with their counts: {spent:.2} ms");
    moved(collection)
}

/// Throws everything away and brings it back, against reading a list of as many ids: what is linear stays a small
/// multiple of that, however many there are.
fn moved(mut collection: LibraryContents) -> Result<(), Box<dyn Error>> {
    let all: Vec<_> = collection.runs().flat_map(|entry| &entry.pictures).cloned().collect();
    let naive = once(|| assert!(all.iter().filter(|picture| picture.id.0.ends_with('0')).count() <= all.len()));
    for part in [all.len() / 10, all.len()] {
        let some = all.get(..part).unwrap_or_default();
        let (thrown, back) = (some.to_vec(), some.to_vec());
        let out = once(|| collection.trash(thrown));
        let found = once(|| assert!(some.iter().all(|picture| collection.picture(&picture.id).is_some())));
        let home = once(|| collection.restore(back));
        println!(
            "{part} pictures to the trash in {out:.1} ms, looked up in {found:.1} ms, back in {home:.1} ms; {:.0}, {:.0} \
             and {:.0} plain lists",
            out / naive,
            found / naive,
            home / naive
        );
        if collection.count() != all.len() {
            return Err("not all came back".into());
        }
    }
    Ok(())
}

/// Milliseconds by the clock, of what cannot be done twice.
fn once(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    ms(began.elapsed())
}

/// Milliseconds by the clock, and of the processor.
fn median(mut work: impl FnMut()) -> [f64; 2] {
    let mut times: Vec<[f64; 2]> = (0..ROUNDS)
        .map(|_| {
            let (began, worked) = (Instant::now(), ThreadTime::now());
            work();
            [ms(began.elapsed()), ms(worked.elapsed())]
        })
        .collect();
    [0, 1].map(|which| {
        times.sort_by(|one, other| one[which].total_cmp(&other[which]));
        times.get(ROUNDS / 2).map_or(0.0, |times| times[which])
    })
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
