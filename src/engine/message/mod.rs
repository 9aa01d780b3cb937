//! What can be said to the engine, and what it says: below all who do it.

mod event;
mod order;

pub use event::{Event, Found, FoundPrompts, Imported, Notice, Report};
pub use order::{Care, Cause, DataUrl, Order, PromptQuestion, ReferenceInput, Secret, Submission, WhichPartial};
