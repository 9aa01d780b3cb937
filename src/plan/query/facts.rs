//! What a search may ask of a picture.
//!
//! Imports marks, shapes and `picture` types. Invariant: what is not known is `None`.

use crate::picture::{Format, Size};
use crate::plan::marks::{Flag, Label};
use crate::plan::shape::RATIO_TOLERANCE;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What is known of a picture; borrowed from wherever it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Id of the model; empty when it is not known.
    pub model: &'a str,
    /// For people; empty when it is not known.
    pub model_name: &'a str,
    pub provider: Option<&'a str>,
    pub seed: Option<i64>,
    /// 0 to 5.
    pub stars: u8,
    pub flag: Option<Flag>,
    pub label: Option<Label>,
    pub tags: &'a [String],
    pub collections: &'a [String],
    /// US dollars.
    pub cost: Option<f64>,
    /// Pixels; `None` when it could not be decoded.
    pub size: Option<Size>,
    pub format: Format,
    /// Whether references were sent.
    pub has_references: bool,
    /// Unix milliseconds.
    pub created_ms: i64,
    /// From sending to the last byte; `None` for what was not made here.
    pub elapsed_ms: Option<u64>,
    /// Name of the file without folder and extension.
    pub file_stem: &'a str,
    pub imported: bool,
    pub trashed: bool,
}

impl Facts<'static> {
    /// What is known of a picture before anything is.
    pub const NONE: Self = Self {
        model: "",
        model_name: "",
        provider: None,
        seed: None,
        stars: 0,
        flag: None,
        label: None,
        tags: &[],
        collections: &[],
        cost: None,
        size: None,
        format: Format::Png,
        has_references: false,
        created_ms: 0,
        elapsed_ms: None,
        file_stem: "",
        imported: false,
        trashed: false,
    };
}

/// Which day it is, and where.
#[derive(Clone, Debug)]
pub struct Clock {
    pub today: Date,
    pub zone: TimeZone,
}

impl Clock {
    /// Returns the day of a moment in Unix milliseconds; `None` beyond the calendar.
    pub(super) fn day(&self, ms: i64) -> Option<Date> {
        let moment = Timestamp::from_millisecond(ms).ok()?;
        Some(self.zone.to_datetime(moment).date())
    }
}

/// The proportions that pictures are usually made in, width over height.
pub(super) const RATIOS: [(&str, f32); 27] = [
    ("1:1", 1.0),
    ("5:4", 5.0 / 4.0),
    ("4:3", 4.0 / 3.0),
    ("7:5", 7.0 / 5.0),
    ("3:2", 3.0 / 2.0),
    ("16:10", 16.0 / 10.0),
    ("16:9", 16.0 / 9.0),
    ("2:1", 2.0 / 1.0),
    ("19.5:9", 19.5 / 9.0),
    ("20:9", 20.0 / 9.0),
    ("21:9", 21.0 / 9.0),
    ("3:1", 3.0 / 1.0),
    ("4:1", 4.0 / 1.0),
    ("8:1", 8.0 / 1.0),
    ("4:5", 4.0 / 5.0),
    ("3:4", 3.0 / 4.0),
    ("5:7", 5.0 / 7.0),
    ("2:3", 2.0 / 3.0),
    ("10:16", 10.0 / 16.0),
    ("9:16", 9.0 / 16.0),
    ("1:2", 1.0 / 2.0),
    ("9:19.5", 9.0 / 19.5),
    ("9:20", 9.0 / 20.0),
    ("9:21", 9.0 / 21.0),
    ("1:3", 1.0 / 3.0),
    ("1:4", 1.0 / 4.0),
    ("1:8", 1.0 / 8.0),
];

/// Returns the nearest usual proportion of a picture; `None` when none is near.
pub(super) fn ratio_name(size: Size) -> Option<&'static str> {
    if size.area() == 0 {
        return None;
    }
    let distance = |usual: f32| (size.aspect() / usual - 1.0).abs();
    let (name, usual) = RATIOS.into_iter().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
    (distance(usual) <= RATIO_TOLERANCE).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_the_nearest_usual_proportion() {
        for (width, height, name) in [
            (1024, 1024, Some("1:1")),
            (1000, 1024, Some("1:1")),
            (1344, 768, Some("16:9")),
            (768, 1344, Some("9:16")),
            (1536, 1024, Some("3:2")),
            (1536, 640, Some("21:9")),
            (1000, 1, None),
            (0, 0, None),
        ] {
            assert_eq!(ratio_name(Size { width, height }), name, "{width} × {height}");
        }
    }
}
