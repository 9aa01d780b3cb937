//! The library: one folder of ordinary files with an SQLite index, and the journal of jobs.
//!
//! Synchronous on purpose; the engine calls it on one dedicated thread. May import `api`, `picture` and `plan` types;
//! no network, no egui. Invariant: bytes are fsynced and renamed into place before any row speaks of them.
//!
//! Three storeys: `model/` (records), `folder/` (files), `index/` (SQLite); `locate.rs` decides where a picture is, and so
//! what may be deleted. Above them stand those who need both: `ingest.rs` (how a picture gets in), `recover.rs` (what the
//! next start makes of an interruption), `trash.rs`, `purge.rs` (the only way that pictures go), `verify.rs`, `rebuild/`.
//! `search/` and `contents.rs` (all of it in memory) read. Begin with `locate.rs`, then `ingest.rs` and `recover.rs`.
//!
//! ```text
//! easel.db     index and journal                       incoming/    files on their way in; empty when all is well
//! easel.lock   held while open; easel.owner: by whom   references/  <hash>.<ext>, sent/<hash>-<key>.<ext>
//! prompts.jsonl, shelves.json: what a new index needs beside the recipes
//! pictures/    2026-11/2026-11-22 1305 words 3f2a.png  thumbnails/  ab/<hash>.2.webp
//!              and its recipe, same name, .json        trash/       the same names as under pictures/
//! partials/    2026-11/<job>/: what came on the way to the pictures of a job
//! inbox/       what a shell asks of the window; empty or not there when nobody asks
//! ```

mod commit;
mod contents;
mod error;
mod folder;
mod follow;
mod handle;
mod hash;
mod index;
mod ingest;
mod journal;
mod lineage;
mod locate;
mod model;
mod open;
mod orphaned_partials;
mod purge;
mod rebuild;
mod recover;
mod sample_library;
mod search;
mod sidecar_sync;
#[cfg(test)]
pub(crate) mod tests;
mod trash;
mod unread;
mod verify;

#[cfg(test)]
pub(crate) use contents::tests as testing;
pub use contents::{LibraryContents, RunEntry, place_of};
pub use error::{Error, Result};
pub use folder::file::{FileError, LONGEST_FILE, read_file, read_ordinary};
pub use folder::heavy_drawings::{HeavyDrawing, read_heavy_drawings, write_heavy_drawings};
pub use folder::inbox::{InboxRequest, has_inbox, leave_request, requests};
pub use folder::outside::{recipe_beside, recipe_of_bytes, write_new, write_outside};
pub use folder::partials::{
    Partial, Partials, PartialsOnDisk, Piece, Written, last_partials, partial_count, partials, partials_on_disk,
};
pub use folder::paths::safe_words;
pub use folder::references::reference_path;
pub use folder::scan::Unreadable;
#[cfg(test)]
pub(crate) use folder::storage::{Fault, Faults};
pub use folder::thumbnails::{thumbnail_path, write_thumbnail};
pub use follow::{Changes, Follower, PollResult};
pub use handle::{Library, ReadOnly};
pub use hash::content_hash;
pub use index::in_flight::{InFlight, KeyUsage};
pub use index::pictures::Spent;
pub use ingest::{NewPicture, StagedPicture};
pub use lineage::{Lineage, LineageNode, Relation, Subject};
pub use model::context::{PartialOf, RecipeContext, RecipeReference};
pub use model::id::{JobId, PictureId, RunId};
pub use model::job::{FailureRecord, Job, JobState, Run};
pub use model::lists::{Edit, EditResult, MarkChange, PreviousValues, SavedSearch, UserLists};
pub use model::picture::Picture;
pub use model::recipe::{DEMO_CONNECTION, Recipe};
pub use purge::PurgeSummary;
pub use rebuild::online::OnlineRebuild;
pub use rebuild::{Progress, Rebuilt};
pub use recover::{PendingPicture, Recovered};
pub use search::pictures::SearchIndex;
pub use search::prompts::SentPrompt;
pub use unread::{UnreadAnswer, save_unread, write_unread_outside};
pub use verify::{Finding, Repair, VerifyReport};
