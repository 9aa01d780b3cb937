//! Jobs: which there are, what becomes of them, which goes next, one call on the wire, and what it brought.
//!
//! Begin with `machine.rs`: it alone decides where a job stands; `input.rs` is what it is told and what it wants done.

mod call;
mod calls;
mod came;
mod input;
mod list;
mod machine;
mod partial_writer;
mod restore;
mod save;
mod schedule;
mod shown;
mod status;
mod submit;
mod unread;
mod view;

pub(crate) use call::Bench;
pub(crate) use calls::Calls;
pub(crate) use input::{CallResult, Effect, Input, JobFilter, OpenJob};
pub(crate) use list::LiveJob;
pub(crate) use machine::Jobs;
pub(crate) use save::{Unsaved, size_of_file, store_all};
pub(crate) use shown::ShownJobs;
pub(crate) use status::Status;
pub(crate) use submit::prepare;
pub(crate) use unread::look_again;
pub use view::{Growth, JobView, Phase, Unknown};
