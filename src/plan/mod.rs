//! Decisions: what controls a model gets, what is sent, what it will cost, what differs. Pure functions of their
//! arguments; may import `api` and `picture` types; no I/O, no clock.
//!
//! Read `draft` (what is wished), then `controls` (what can be wished), `fit` (what is sent), `cost` (what it costs).
//! Invariant: nothing is sent that the endpoint does not declare, and nothing is guessed that the service did not say.

mod badges;
mod browse;
mod controls;
mod cost;
mod difference;
mod draft;
mod fields;
mod fit;
mod isolate;
mod marks;
mod money;
mod price;
mod problem;
pub mod query;
mod scope;
mod shape;
mod sheet;
mod summary;
mod template;
#[cfg(test)]
mod testing;

pub use badges::{Badge, badges};
pub use browse::{Filter, ModelEntry, Sort, available_filters, browse, display_name};
pub use controls::{ChoiceValue, Control, ControlKind, Offer, ReferenceLimits, controls, reference_limits};
pub use cost::estimate;
pub use difference::{Row, Span, differing_rows, word_difference};
pub use draft::{Draft, DraftReference, EndpointChoice, Origin, ReferenceFacts, ReferenceSource, Wish};
pub use fields::label;
pub use fit::{Call, Fitted, fit};
pub use isolate::{Isolated, Made, Pair, isolate};
pub use marks::{Flag, Label, MOST_STARS, Marks, clean_name};
pub use money::{Cost, Usd};
pub use price::{PriceSummary, describe_line, price_line};
pub use problem::{NotSent, NotSentReason, Problem, Warning};
pub(crate) use scope::endpoint_name;
pub use shape::{parse_pixels, ratio_of};
pub use sheet::{Area, Captions, Ground, Sheet, SheetCell, SheetStyle};
pub use summary::{aspect_of, settings_text};
pub use template::{MOST_PROMPTS, Template, literal};
