//! What a library will not take is saved elsewhere, so that a script never waits for a disk, nor loses what was paid for.
//!
//! Invariant: every folder that may take it is tried before anything is given up, and what became of it is said.

use super::Failure;
use super::session::Session;
use crate::engine::{Event, Notice, Order};
use crate::library::JobId;
use std::path::{Path, PathBuf};

/// Saves what these jobs hold in memory; returns the sentence that says where, and that the library would not take it.
pub(super) fn rescue(session: &Session, jobs: Vec<(JobId, usize)>, wanted: Option<&Path>, why: &str) -> Failure {
    let folders = wanted.map(Path::to_owned).into_iter().chain([std::env::temp_dir().join("easel-rescue")]);
    let count: usize = jobs.iter().map(|(_, count)| count).sum();
    let mut left = jobs;
    let mut places = Vec::new();
    for folder in folders {
        if left.is_empty() {
            break;
        }
        if let Err(error) = std::fs::create_dir_all(&folder) {
            log::warn!("{}: {error}", folder.display());
            continue;
        }
        let before = left.len();
        left.retain(|(job, _)| !save(session, job, &folder));
        if left.len() < before {
            places.push(folder);
        }
    }
    Failure::new("disk", sentence(count, &places, left.iter().map(|(_, count)| count).sum(), why))
}

fn save(session: &Session, job: &JobId, folder: &Path) -> bool {
    session.engine.send(Order::SaveElsewhere { job: job.clone(), folder: folder.to_owned() });
    let saved = session.wait(|_, event| match event? {
        Event::Notice(Notice::SavedElsewhere { .. }) => Some(Ok(true)),
        Event::Notice(Notice::LibraryFailed(_)) => Some(Ok(false)),
        _ => None,
    });
    saved.unwrap_or(false)
}

fn sentence(count: usize, places: &[PathBuf], lost: usize, why: &str) -> String {
    let pictures = |count: usize| if count == 1 { "1 picture".to_owned() } else { format!("{count} pictures") };
    let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    match (places.is_empty(), lost) {
        (_, 0) => format!("the library would not take {} ({why}); saved in {}", pictures(count), places.join(" and ")),
        (false, lost) => format!(
            "the library would not take {} ({why}); saved in {}, but {lost} could be saved nowhere",
            pictures(count),
            places.join(" and ")
        ),
        (true, _) => format!("the library would not take {} ({why}), and nothing else would either", pictures(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_every_picture_is_said() {
        let place = |name: &str| PathBuf::from(name);
        for (count, places, lost, said) in [
            (1, vec![place("/r")], 0, "the library would not take 1 picture (full); saved in /r"),
            (
                3,
                vec![place("/r"), place("/tmp/e")],
                0,
                "the library would not take 3 pictures (full); saved in /r and /tmp/e",
            ),
            (
                3,
                vec![place("/r")],
                1,
                "the library would not take 3 pictures (full); saved in /r, but 1 could be saved nowhere",
            ),
            (2, vec![], 2, "the library would not take 2 pictures (full), and nothing else would either"),
        ] {
            assert_eq!(sentence(count, &places, lost, "full"), said);
        }
    }
}
