//! A library large enough to be measured.

use easel::library::Library;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Opens the library that `EASEL_BENCH_LIBRARY` names, or fills one in this folder with as many pictures as
/// `EASEL_BENCH_PICTURES` says; returns its place too.
pub fn filled(folder: &Path) -> Result<(Library, PathBuf), Box<dyn Error>> {
    let count: usize = std::env::var("EASEL_BENCH_PICTURES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let known = std::env::var_os("EASEL_BENCH_LIBRARY").map(PathBuf::from);
    let dir = known.clone().unwrap_or_else(|| folder.join("library"));
    let mut library = Library::open(&dir)?;
    if known.is_none() {
        library.fill(count, |_| {})?;
    }
    Ok((library, dir))
}
