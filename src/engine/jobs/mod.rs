//! Jobs: which there are, which goes next, one call on the wire, and what it brought.

mod call;
mod came;
mod list;
mod partial_writer;
mod save;
mod schedule;
mod shown;
mod unread;
mod view;

pub(crate) use call::{Bench, Outcome, run};
pub(crate) use list::{Ending, Jobs, LiveJob, OpenJob, Rest};
pub(crate) use save::{Unsaved, size_of_file};
pub(crate) use schedule::{After, Queue};
pub(crate) use shown::ShownJobs;
pub(crate) use unread::look_again;
pub use view::{Growth, JobView, Phase, Unknown};
