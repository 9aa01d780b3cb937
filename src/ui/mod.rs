//! What the window shows: reads the studio, pushes commands, draws.
//!
//! May import `studio`, `engine` (its handle), `plan`, `api`, `library` and `picture` (their types). No files, no
//! network, no decoding, nothing slower than a millisecond. Every colour and size comes from [`theme`].

pub mod fonts;
pub mod icons;
pub mod theme;
pub mod widgets;
pub mod zoom;
