//! Carries out what a shell asks of the window that has the library.
//!
//! Looks into the inbox now and then; a folder that is not there costs one call of the system. Invariants: one import at
//! a time, the artist's own or a shell's; an answer is written when everything it speaks of is stored.

use super::disk::Disk;
use super::import::{FileImport, import};
use super::report::{Reports, TaskReport};
use crate::library::{self, InboxRequest};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a request waits at most before it is seen.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs for as long as the engine does.
pub(super) async fn serve(disk: Disk, reports: Reports, turn: Arc<tokio::sync::Mutex<()>>) {
    let mut ticks = tokio::time::interval(PAUSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // Carried out, and not told yet: a disk that refuses the answer is no reason to do it again.
    let mut untold: Vec<(InboxRequest, Vec<Value>)> = Vec::new();
    while !reports.is_closed() {
        ticks.tick().await;
        let dir = disk.dir().to_owned();
        if !tokio::task::spawn_blocking(move || library::has_inbox(&dir)).await.unwrap_or(false) {
            continue;
        }
        // Who only looks leaves them to the writer.
        let token = disk.call(|library| Ok(library.token().map(str::to_owned))).await;
        let Some(token) = token.ok().flatten() else { continue };
        let dir = disk.dir().to_owned();
        let waiting = tokio::task::spawn_blocking(move || library::requests(&dir, &token)).await.unwrap_or_default();
        // What was withdrawn needs no answer.
        untold.retain(|(request, _)| waiting.contains(request));
        for request in waiting {
            if !untold.iter().any(|(done, _)| *done == request) {
                let _turn = turn.lock().await;
                let lines = carry_out(&disk, &request, reports.clone()).await;
                untold.push((request, lines));
            }
        }
        let dir = disk.dir().to_owned();
        let told = tokio::task::spawn_blocking(move || answered(&dir, untold)).await;
        untold = told.unwrap_or_default();
    }
}

/// Imports what was asked for; returns a line for each file.
async fn carry_out(disk: &Disk, request: &InboxRequest, reports: Reports) -> Vec<Value> {
    let import = tokio::spawn(import(disk.clone(), request.paths.clone(), reports.clone()));
    reports.send(TaskReport::ImportBegun(import.abort_handle()));
    let dir = disk.dir();
    match import.await {
        Ok(taken) => taken.iter().map(|(file, taken)| taken_line(dir, file, taken)).collect(),
        Err(ended) => {
            let why = if ended.is_cancelled() { "it was stopped in the window" } else { "it failed inside the window" };
            let refused = FileImport::Refused(format!("{why}; what was copied before stays in the library"));
            request.paths.iter().map(|path| taken_line(dir, path, &refused)).collect()
        }
    }
}

/// Writes the answers; returns those that the disk refused.
fn answered(dir: &Path, mut untold: Vec<(InboxRequest, Vec<Value>)>) -> Vec<(InboxRequest, Vec<Value>)> {
    untold.retain(|(request, lines)| {
        let written = request.answer(dir, lines);
        written.inspect_err(|error| log::warn!("what a shell asked is done, but it is not told yet: {error}")).is_err()
    });
    untold
}

/// Says what became of a file, as scripts see it.
pub fn taken_line(dir: &Path, file: &Path, taken: &FileImport) -> Value {
    let mut line = json!({"file": file.to_string_lossy()});
    let more = match taken {
        FileImport::Stored { picture, .. } => json!({
            "state": "imported",
            "id": picture.id.0,
            "path": dir.join(&picture.file).to_string_lossy(),
        }),
        FileImport::Known => json!({"state": "known"}),
        FileImport::Refused(problem) => json!({"state": "refused", "problem": problem}),
    };
    if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_the_disk_refuses_waits_and_is_written_once_it_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let _window = library::Library::open(dir.path()).unwrap();
        let request = library::leave_request(dir.path(), vec!["/fox.png".into()]).unwrap();
        let untold = vec![(request.clone(), vec![json!({"state": "known"})])];
        let (inbox, aside) = (dir.path().join("inbox"), dir.path().join("aside"));
        std::fs::rename(&inbox, &aside).unwrap();
        std::fs::write(&inbox, b"in the way").unwrap();
        let untold = answered(dir.path(), untold);
        assert_eq!(untold.len(), 1, "it is kept, so that nothing is carried out again");
        std::fs::remove_file(&inbox).unwrap();
        std::fs::rename(&aside, &inbox).unwrap();
        assert!(answered(dir.path(), untold).is_empty());
        assert_eq!(request.take_answer(dir.path()), Some(vec![json!({"state": "known"})]));
    }
}
