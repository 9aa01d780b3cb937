//! What can be said to the engine, and what it says: below all who do it.

mod event;
mod order;
mod service_order;

pub use event::{Event, Found, FoundPrompts, Imported, Notice, Report};
pub use order::{Care, Cause, DataUrl, Needs, Order, PromptQuestion, ReferenceInput, Submission, WhichPartial};
pub use service_order::{Secret, ServiceOrder};
