//! The painter: from a commission to pixels or to SVG, the same result for the same commission every time.
//!
//! Imports only its own parts and the crates image, resvg, blake3, fastrand. `Scene` is drawn up once and can then be
//! rendered at any size: the previews of a stream are the final scene, seen smaller.

mod abstraction;
mod backdrop;
mod botanical;
mod city;
mod compose;
mod drawing;
mod encode;
mod landscape;
mod noise;
mod palette;
mod parallel;
mod reference;
mod relief;
mod scene;
mod scenery;
mod sky;
mod tree;
mod water;
mod words;

pub use compose::Scene;
pub use encode::{Format, encode};
pub use palette::Palette;
pub use scene::{Commission, Knobs, Manner, Quality};
pub use words::Family;

#[cfg(test)]
mod tests;
