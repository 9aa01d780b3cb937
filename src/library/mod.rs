//! The library: one folder of ordinary files with an SQLite index, and the journal of jobs.
//!
//! Synchronous on purpose; the engine calls it on one dedicated thread. May import `api`, `picture` and `plan` types;
//! no network, no egui. Invariant: bytes are fsynced and renamed into place before any row speaks of them.
//! Begin with `keep.rs` (how a picture gets in), `locate.rs` (where a picture is, and so what may be deleted) and
//! `recover.rs` (what the next start makes of an interruption).
//!
//! ```text
//! easel.db     index and journal                       incoming/    files on their way in; empty when all is well
//! easel.lock   held while open                         references/  <hash>.<ext>, sent/<hash>-<key>.<ext>
//! prompts.jsonl, shelves.json: what a new index needs beside the recipes
//! pictures/    2026-11/2026-11-22 1305 words 3f2a.png  thumbnails/  ab/<hash>.2.webp
//!              and its recipe, same name, .json        trash/       the same names as under pictures/
//! partials/    2026-11/<job>/: what came on the way to the pictures of a job
//! inbox/       what a shell asks of the window; empty or not there when nobody asks
//! ```

mod check;
mod collection;
mod drive;
mod edit;
mod empty;
mod error;
mod export;
mod fill;
mod finder;
mod folder;
mod handle;
mod hash;
mod heavy_drawings;
mod history;
mod id;
mod inbox;
mod journal;
mod keep;
mod lend;
mod lineage;
mod locate;
mod lock;
mod open;
mod partials;
mod paths;
mod pictures;
mod prompts;
mod read_only;
mod rebuild;
mod record;
mod recover;
mod references;
mod retired;
mod schema;
mod sendings;
mod settings;
mod sidecar;
mod storage;
#[cfg(test)]
pub(crate) mod tests;
mod thumbnails;
mod trash;
mod unread;

pub use check::{Checked, Finding};
#[cfg(test)]
pub(crate) use collection::tests as testing;
pub use collection::{Collection, RunEntry, place_of};
pub use edit::{Before, Edit, Edited, MarkChange, SavedSearch, Shelves};
pub use empty::Emptied;
pub use error::{Error, Result};
pub use export::{recipe_beside, recipe_of_bytes, write_new, write_outside};
pub use finder::Finder;
pub use folder::Unreadable;
pub use handle::Library;
pub use hash::content_hash;
pub use heavy_drawings::{HeavyDrawing, read_heavy_drawings, write_heavy_drawings};
pub use id::{JobId, PictureId, RunId};
pub use inbox::{InboxRequest, has_inbox, leave_request, requests};
pub use keep::{Kept, NewPicture};
pub use lend::Rebuilder;
pub use lineage::{Kin, Lineage, Link, Who};
pub use partials::{
    Partial, Partials, PartialsOnDisk, Piece, Written, last_partials, partial_count, partials, partials_on_disk,
};
pub use paths::safe_words;
pub use pictures::Spent;
pub use prompts::SentPrompt;
pub use rebuild::{Progress, Rebuilt};
pub use record::{
    DEMO_CONNECTION, FailureRecord, Job, JobState, PartialOf, Picture, ReadOnly, Recipe, RecipeContext,
    RecipeReference, Run,
};
pub use recover::{Recovered, Unsaved};
pub use references::reference_path;
pub use sendings::{KeyUsage, Sending};
#[cfg(test)]
pub(crate) use storage::{Fault, Faults};
pub use thumbnails::{thumbnail_path, write_thumbnail};
pub use unread::{UnreadAnswer, save_unread, write_unread_outside};
