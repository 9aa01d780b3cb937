//! Easel, a desktop image studio. This page is the architecture.
//!
//! # Layers
//!
//! Each may import only what stands before it (`tests/it/layers.rs` holds the exact table and checks it):
//!
//! - [`api`]: the wire. Types, client, stream decoder, typed errors. No files, no threads of its own.
//! - [`picture`]: bytes to pixels and back. Recognise, decode, rasterise, scale, encode; pure, under limits.
//! - [`plan`]: decisions. What controls a model gets, what is sent, what it will cost, what differs; pure.
//! - [`library`]: the disk. One folder of ordinary files, an SQLite index, the journal of jobs; synchronous.
//! - [`decode`]: any picture to pixels, on a pool of threads; drawings in a child process that has given up everything
//!   else.
//! - [`engine`]: one tokio runtime, one actor that owns queue, journal and HTTP and waits for its channels alone, one
//!   thread that owns the library. Knows nothing of egui.
//! - [`studio`]: what is on screen and what follows from each command and event. No drawing, no I/O.
//! - [`ui`]: egui. Reads the studio, edits the draft in place, pushes commands. Never waits.
//! - [`app`]: the window's frame: `logic` drains and applies, `ui` draws. [`window`] opens it ([`door`] stands before it while the library cannot be opened), [`cli`] works without it.
//! - [`crash`] stands beside: the log, and the report that is written when a part fails inside. [`memory`]: how free
//!   memory goes back to the system.
//! - [`demo`] stands beside: a real HTTP server on loopback that paints pictures and speaks the same API. The client
//!   reaches it like any other base address; nothing above `main` asks whether it is the demo that answers.
//!
//! # One generation, from click to pixels
//!
//! ```text
//! window                                engine                                    disk, service
//! Generate pressed
//! studio.apply: plan::fit, plan::estimate
//! Order::Submit ───────────────────►    actor: library.add_run(jobs queued)       ► fsync
//!                                       queue.next → job state "sent"             ► fsync
//!                                       job::run ── POST /images ────────────────►
//! ◄─ Snapshot: tile "Waiting 0:07"
//!                                       partial picture → decode pool             ◄─ SSE; kept when the disk has time
//! ◄─ pixels: same texture, new content
//!                                       completed: bytes kept, then indexed       ► fsync, rename, fsync, row
//! ◄─ Event::Stored                      job state "stored"                        ► fsync
//! tile becomes the picture; selection and scroll stay where they are
//! ```
//!
//! # Rules
//!
//! - Bytes are on disk before any event speaks of them; only the actor publishes the end of a job.
//! - A request is in the journal before its first byte goes out; after a crash it is queued, stored or *unknown*.
//! - The window never blocks: orders go through a channel, state comes as a snapshot, pictures through the pool.
//! - What is not known is an `Option` down to the screen, where it is said as unknown.
//!
//! # Words of the library
//!
//! - *recipe*: everything that made a picture; *sidecar*: the file beside the picture that holds it, with the marks. The
//!   index has a copy; what a sidecar does not say yet is noted and written soon after (`sidecar_sync.rs`).
//! - *stage*, *commit*, *ingest*: received bytes become safe on disk; the index learns of them; both.
//! - *run*, *job*: one press of Generate; one HTTP call of it. *Journal*: what the index says of jobs. *In flight*: what was
//!   known when a job was sent.
//! - *pending move*: a way to the trash or back that is written down before a file moves. *Purge*: to delete what is in the
//!   trash, the only way that pictures go.
//! - *locate*: the one decision where a picture is, by what the names in question hold; nothing else lets a file go.
//! - *recover*: what the next start makes of an interruption. *Verify*: to compare index and folder; *repair*: to set right
//!   what can be. *Rebuild*: to make the index anew from the folder (online: while its library is open, *detached*).
//! - *orphan*: what belongs to nothing any more: a sidecar without its picture, partials that no card shows.
//! - *follow*: what a window that only reads does beside the one that writes.
//!
//! Begin with `plan/draft.rs`, `engine/message/order.rs`, `engine/actor.rs`, `studio/mod.rs`, `ui/mod.rs`.

// So that what tests of the whole and of a part share is the same text.
#[cfg(test)]
extern crate self as easel;

pub mod api;
pub mod app;
pub mod cli;
pub mod crash;
pub mod decode;
pub mod demo;
pub mod door;
pub mod engine;
pub mod library;
pub mod memory;
pub mod picture;
pub mod plan;
pub mod studio;
pub mod ui;
pub mod window;
