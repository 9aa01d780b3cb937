//! The engine: one tokio runtime, one actor that owns queue, journal and HTTP, one thread that owns the library.
//!
//! May import `api`, `picture`, `plan`, `library` and `decode`; knows nothing of egui. The window talks to it by [`Order`]s,
//! reads a [`Snapshot`] of what has a current value, and takes [`Event`]s for what happens once. Invariants: only the
//! actor publishes the end of a job; bytes are on disk before any event speaks of them; nothing here blocks a caller.
//!
//! Begin with `message/` (what can be said), then `jobs/machine.rs` (what becomes of jobs: it alone decides), then
//! `effects.rs` (who carries that out), then `jobs/call.rs` (one call). `actor.rs` and `life.rs` are the loop around them.

mod actor;
mod awaited;
mod begin;
mod carry;
mod catalogue;
mod child;
mod clipboard;
mod config;
mod copies;
mod day;
mod difference;
mod disk;
mod effects;
mod emptying;
mod export;
mod failure;
mod handle;
mod import;
mod inbox;
mod jobs;
mod life;
mod message;
mod moves;
mod orders;
mod outcome;
mod partials;
mod promise;
mod references;
mod report;
mod request;
mod reread;
mod search;
mod service;
mod sheet;
mod sidecars;
mod snapshot;
mod take_in;
mod tend;
mod tending;
#[cfg(test)]
mod tests;
mod told;
mod watch;

pub use carry::Carried;
pub use child::Browser;
pub use clipboard::Pasted;
pub use config::{Config, StartError, runtime};
pub use copies::FileCopy;
pub use difference::{Compared, Comparing, DifferenceError};
pub use disk::DiskError;
pub use export::{Export, ExportError, Exported, Exporting, Saved, Taken, numbered, other_name};
pub use failure::{Failure, JobError};
pub use handle::Engine;
pub use import::{FileImport, Importer, files_of};
pub use inbox::taken_line;
pub use jobs::{Growth, JobView, Phase, Unknown};
pub use message::{
    Care, Cause, DataUrl, Event, Found, FoundPrompts, Imported, Needs, Notice, Order, PromptQuestion, ReferenceInput,
    Report, Secret, ServiceOrder, Submission, WhichPartial,
};
pub use promise::Interrupted;
pub use service::{
    Connection, ConnectionChoice, ConnectionError, Connections, KeyError, KeyPlace, KeySource, Left, Privacy,
    SecretStore, Service, ServiceKind, ServiceMark, SignInError, SignInStage, SignInView, Slot, StoreTask, StoreWait,
    SystemVault, TryOut, Vault, VaultError, variable_goes_to,
};
pub use sheet::{SheetOrder, SheetPicture};
pub use snapshot::{Account, Catalogue, ConnectionList, Importing, Remote, Snapshot, Spending};
pub use told::{MAX_FILE_BYTES, Told};
