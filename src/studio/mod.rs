//! What is on screen and how it reacts; no drawing and no I/O.
//!
//! May import `api`, `picture`, `plan`, `library` and `engine`, and of egui only its geometry types.

pub mod view;
