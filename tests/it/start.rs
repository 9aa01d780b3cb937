//! The start reads the index alone: how many pictures lie in the folder makes no difference to it.

use crate::support::{StudioHarness, Wish};
use easel::library::Library;
use std::fs::{File, FileTimes, read, read_dir};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// All that lies in a folder, folders too.
fn below(folder: &Path, into: &mut Vec<PathBuf>) {
    into.push(folder.to_owned());
    for entry in read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { below(&path, into) } else { into.push(path) }
    }
}

/// Makes paths look as if they had not been looked into for years.
fn forget(paths: &[PathBuf]) {
    for path in paths {
        File::open(path).unwrap().set_times(FileTimes::new().set_accessed(long_ago())).unwrap();
    }
}

fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

fn looked_into(paths: &[PathBuf]) -> Vec<&PathBuf> {
    paths.iter().filter(|path| path.metadata().unwrap().accessed().unwrap() != long_ago()).collect()
}

#[cfg(unix)]
#[test]
fn the_start_looks_into_no_folder_of_pictures_and_reads_only_what_is_on_screen() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("library");
    Library::open(&dir).unwrap().fill(700, |_| {}).unwrap();
    let mut all = Vec::new();
    for part in ["pictures", "references", "trash"] {
        below(&dir.join(part), &mut all);
    }
    assert!(all.len() > 1400);
    forget(&all);
    // Not every system writes down when something is looked into.
    let months: Vec<PathBuf> = read_dir(dir.join("pictures")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let any = all.iter().find(|path| path.is_file()).unwrap();
    assert!(!months.is_empty() && read_dir(&months[0]).unwrap().count() > 0 && !read(any).unwrap().is_empty());
    if !looked_into(&all).contains(&&months[0]) || !looked_into(&all).contains(&any) {
        println!("skipped: this system does not tell when files were looked into");
        return;
    }
    forget(&all);

    let mut studio = StudioHarness::open(&dir, Wish { any_script: true, ..Wish::default() });
    studio.settle();
    assert_eq!(studio.harness.state().studio().collection.count(), 700);
    let looked = looked_into(&all);
    assert!(looked.iter().all(|path| path.is_file()), "folders were listed: {looked:?}");
    assert!(looked.iter().all(|path| path.extension().is_none_or(|kind| kind != "json")), "recipes were read");
    assert!(!looked.is_empty() && looked.len() < 60, "{} pictures were read to show one screen", looked.len());
}
