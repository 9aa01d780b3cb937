//! Any picture becomes pixels: rasters in this process, drawings in another.
//!
//! May import `picture` and `library`. SVG is a language, and a few hundred bytes of it can ask for terabytes or for
//! hours; no guess from its text tells which do. So drawings are parsed and rasterised by a child process of this same
//! program that has given up files, network and most of the system ([`sandbox`]), and that is ended when it exceeds
//! its [`Allowance`]. Invariants: no text of a drawing is parsed outside of a child; whatever a child does, the caller
//! has an answer within the allowance; what comes back is measured before it is believed; a drawing that was too heavy
//! once is not tried again by itself ([`heavy`]), and one that was late on a busy computer is tried once more.
//!
//! ```text
//! pool, store, import, …   probe(), decode(), rasterise(), prepare()
//!        │ svg                                       │ png, jpeg, webp, gif
//! crew: a free child, or a new one                   picture::…, here
//!        │ request, text ──► child: parse (or still has it), draw
//!        ◄── size, pixels ──
//! ```
//!
//! Every function here may wait for as long as the allowance says: never call one on the window's thread.

mod allowance;
mod any;
mod child;
mod crew;
mod drawing;
mod heavy;
mod image;
mod pool;
mod process;
mod protocol;
mod request;
mod sandbox;
#[cfg(test)]
mod tests;

pub use allowance::Allowance;
pub use any::{decode, decode_scaled, prepare, prepare_edited, probe, pyramid};
pub use child::serve;
pub use crew::{use_program, warm};
pub use drawing::{Drawing, set_words, widths};
pub use heavy::{Ledger, allow_longer, repairs};
pub use image::{Image, ImageError, Tile};
pub use pool::{Pool, TILE_SIDE};
pub(crate) use pool::{raster, thumb};
pub use protocol::CHILD_COMMAND;
pub use request::{Done, Key, Patch, PatchOf, Preview, PreviewSink, Spot, Waker, Work};
