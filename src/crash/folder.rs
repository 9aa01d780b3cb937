//! The folder of the reports: ten at most, for their owner alone; which of them were seen is remembered beside them.
//!
//! Names begin with the time in UTC, so that their order is that of the failures.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Reports kept; older ones go.
const KEPT: usize = 10;
/// Longest report that is read back, in bytes.
const LONGEST: u64 = 256 << 10;
/// Holds the name of the newest report that the window has offered and the artist has closed.
const SEEN: &str = "seen";
/// The same for the shell.
const TOLD: &str = "told";

/// Writes a report and removes the oldest ones.
pub(super) fn write(folder: &Path, text: &str, now: jiff::Timestamp, number: usize) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let name = format!("{} {}-{number}.txt", now.strftime("%Y-%m-%d %H%M%S UTC"), std::process::id());
    let file = folder.join(name);
    replace(folder, &file, text)?;
    let reports = reports(folder);
    for old in reports.iter().skip(KEPT) {
        if let Err(error) = std::fs::remove_file(old) {
            log::info!("an old crash report was not removed: {error}");
        }
    }
    Ok(file)
}

/// Returns the newest report that the artist has not closed yet, with its text.
pub fn unseen(folder: &Path) -> Option<super::Written> {
    let file = newest_after(folder, SEEN)?;
    let text = read(&file).inspect_err(|error| log::info!("a crash report cannot be read: {error}")).ok()?;
    Some(super::Written { file, text: text.into() })
}

/// Remembers that the artist has closed this report, and with it all older ones.
///
/// # Errors
/// When the folder cannot be written.
pub fn mark_seen(report: &Path) -> io::Result<()> {
    mark(report, SEEN)
}

/// Returns the newest report that no shell was told of, and remembers that now one is.
pub fn told_on_shell(folder: &Path) -> Option<PathBuf> {
    let file = newest_after(folder, TOLD)?;
    // Told again and again is better than never.
    if let Err(error) = mark(&file, TOLD) {
        log::info!("that a crash report was told is not remembered: {error}");
    }
    Some(file)
}

fn newest_after(folder: &Path, marker: &str) -> Option<PathBuf> {
    let newest = reports(folder).into_iter().next()?;
    let seen = read(&folder.join(marker)).unwrap_or_default();
    (newest.file_name()?.to_str()? > seen.trim()).then_some(newest)
}

fn mark(report: &Path, marker: &str) -> io::Result<()> {
    match (report.parent(), report.file_name().and_then(|name| name.to_str())) {
        (Some(folder), Some(name)) => replace(folder, &folder.join(marker), name),
        _ => Ok(()),
    }
}

/// Newest first.
fn reports(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut reports: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|kind| kind == "txt")).collect();
    reports.sort_unstable_by(|a, b| b.cmp(a));
    reports
}

fn read(file: &Path) -> io::Result<String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Through a file that only its owner may read.
fn replace(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_second(1_796_000_000 + second).unwrap()
    }

    #[test]
    fn the_newest_report_is_offered_until_it_is_closed_and_then_only_a_newer_one() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("crash reports");
        assert_eq!(unseen(&folder), None);
        write(&folder, "first", at(0), 0).unwrap();
        let second = write(&folder, "second", at(1), 0).unwrap();
        for _ in 0..2 {
            assert_eq!(unseen(&folder).map(|report| report.text), Some("second".into()));
        }
        mark_seen(&second).unwrap();
        assert_eq!(unseen(&folder), None);
        let third = write(&folder, "third", at(60), 0).unwrap();
        assert_eq!(unseen(&folder).map(|report| report.file), Some(third.clone()));
        // The shell has a memory of its own, and is told once.
        assert_eq!([told_on_shell(&folder), told_on_shell(&folder)], [Some(third), None]);
        assert!(unseen(&folder).is_some());
    }

    #[test]
    fn ten_reports_are_kept_and_only_their_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<_> = (0..14).map(|n| write(folder.path(), "x", at(n), 0).unwrap()).collect();
        let kept = reports(folder.path());
        assert_eq!(kept.len(), KEPT);
        assert!(kept.iter().all(|file| files[4..].contains(file)), "the newest are kept");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o077, 0);
        }
    }
}
