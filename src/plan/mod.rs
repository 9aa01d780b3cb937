//! Decisions: what controls a model gets, what is sent, what it will cost, what differs. Pure functions of their
//! arguments; may import `api` and `picture` types; no I/O, no clock.

mod draft;

pub use draft::{Draft, DraftReference, EndpointChoice, ReferenceFacts, ReferenceSource, Wish};
