//! Carries out what a shell asks of the window that has the library.
//!
//! Looks into the inbox now and then; a folder that is not there costs one call of the system. Invariants: one import at
//! a time, the artist's own or a shell's; an answer is written when everything it speaks of is stored.

use super::actor::Internal;
use super::disk::Disk;
use super::import::{FileImport, import};
use crate::library::{self, InboxRequest};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long a request waits at most before it is seen.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs for as long as the engine does.
pub(super) async fn serve(disk: Disk, internal: UnboundedSender<Internal>, turn: Arc<tokio::sync::Mutex<()>>) {
    let mut ticks = tokio::time::interval(PAUSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !internal.is_closed() {
        ticks.tick().await;
        let dir = disk.dir().to_owned();
        let waiting = tokio::task::spawn_blocking(move || library::requests(&dir)).await.unwrap_or_default();
        // Who only looks leaves them to the writer.
        if waiting.is_empty() || !disk.call(|library| Ok(library.read_only().is_none())).await.unwrap_or(false) {
            continue;
        }
        for request in waiting {
            let _turn = turn.lock().await;
            carry_out(&disk, request, internal.clone()).await;
        }
    }
}

async fn carry_out(disk: &Disk, request: InboxRequest, internal: UnboundedSender<Internal>) {
    let taken = import(disk.clone(), request.paths.clone(), internal).await;
    let dir = disk.dir().to_owned();
    let lines: Vec<Value> = taken.iter().map(|(file, taken)| taken_line(&dir, file, taken)).collect();
    let answered = tokio::task::spawn_blocking(move || request.answer(&dir, &lines)).await;
    match answered {
        Ok(Ok(())) => {}
        // It is carried out again, which finds everything there.
        Ok(Err(error)) => log::warn!("what a shell asked is done, but it is not told: {error}"),
        Err(panic) => log::error!("answering a shell failed inside: {panic}"),
    }
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
