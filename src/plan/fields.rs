//! What is known of request fields beyond their descriptors: names for people, and the type of a value whose
//! descriptor says only "accepted"; and whether a descriptor takes a value.
//!
//! May import `api`. Invariant: a field that is not in the table still works, under its raw name.

use super::problem::NotSentReason;
use super::shape;
use crate::api::{Capability, Parameters};
use serde_json::Value;

/// The most pictures one press may ask for, whatever a descriptor says: a guard against a hostile list.
pub(crate) const IMAGES_CAP: u32 = 100;

/// Says what the value of a field is when its descriptor is boolean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueType {
    Seed,
    Size,
    Text,
    Integer { min: f64, max: f64 },
}

/// One row of the table of known fields.
pub(crate) struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub value: ValueType,
}

const fn field(name: &'static str, label: &'static str, help: &'static str, value: ValueType) -> Field {
    Field { name, label, help, value }
}

/// The known fields, in the order of their controls.
pub(crate) const KNOWN: [Field; 9] = [
    field("aspect_ratio", "Aspect ratio", "Width to height of the picture", ValueType::Text),
    field("resolution", "Resolution", "Tier of size; exact pixels are the provider's choice", ValueType::Text),
    field("size", "Size", "A tier such as 2K, or pixels such as 1536x1024", ValueType::Size),
    field(
        "n",
        "Images",
        "How many pictures to ask for; fewer may come back",
        ValueType::Integer { min: 1.0, max: 10.0 },
    ),
    field("quality", "Quality", "More quality takes longer and may cost more", ValueType::Text),
    field("background", "Background", "Transparent needs PNG or WebP", ValueType::Text),
    field("output_format", "Output format", "File format of the picture", ValueType::Text),
    field(
        "output_compression",
        "Compression",
        "For JPEG and WebP; ignored for PNG",
        ValueType::Integer { min: 0.0, max: 100.0 },
    ),
    field("seed", "Seed", "Same seed and same request usually give the same picture", ValueType::Seed),
];

/// Fields that have their own place in a request, or in the window, and never become a generic parameter.
const STRUCTURAL: [&str; 5] = ["model", "prompt", "input_references", "provider", "stream"];

/// Returns the row of a known field.
pub(crate) fn known(name: &str) -> Option<&'static Field> {
    KNOWN.iter().find(|field| field.name == name)
}

/// Returns the place of a field among controls and in requests: known ones in the table's order, then all others.
pub(crate) fn place(name: &str) -> usize {
    KNOWN.iter().position(|field| field.name == name).unwrap_or(KNOWN.len())
}

/// Says whether a field may become a parameter of its own.
pub(crate) fn is_parameter(name: &str) -> bool {
    !STRUCTURAL.contains(&name)
}

/// Returns the label of a request field for people; the raw name when the field is not known.
pub fn label(name: &str) -> &str {
    match name {
        "input_references" => "References",
        _ => known(name).map_or(name, |field| field.label),
    }
}

/// Returns the ends of a range in order, and whether only integers are meant (both ends are integers).
pub(crate) fn range(min: f64, max: f64) -> (f64, f64, bool) {
    (min.min(max), min.max(max), min.fract() == 0.0 && max.fract() == 0.0)
}

/// Returns a wished value in the form to send: `4.0` as `4` (the service is strict about integers, and JSON does not
/// tell them apart elsewhere), a size without spaces around it.
pub(crate) fn normal(name: &str, value: &Value) -> Value {
    /// From 2^53 on a float no longer names one integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < EXACT => Value::from(number as i64),
        _ if name == "size" => value.as_str().map_or_else(|| value.clone(), |text| Value::from(text.trim())),
        _ => value.clone(),
    }
}

/// Judges a normal value against a descriptor: `Err` says why it cannot be sent. `None` for the descriptor means that
/// the field is not offered.
pub(crate) fn judge(name: &str, capability: Option<&Capability>, value: &Value) -> Result<(), NotSentReason> {
    if !is_parameter(name) || value.is_null() {
        return Err(NotSentReason::NotOffered);
    }
    let (taken, reason) = match capability {
        None => (false, NotSentReason::NotOffered),
        Some(Capability::Enum { values }) => (
            value.as_str().is_some_and(|text| values.iter().any(|offered| offered == text)),
            NotSentReason::ValueNotOffered,
        ),
        Some(Capability::Range { min, max }) => (in_range(range(*min, *max), value), NotSentReason::OutOfRange),
        Some(Capability::Boolean) => match known(name).map(|field| field.value) {
            Some(ValueType::Seed) => (is_integer(value), NotSentReason::OutOfRange),
            Some(ValueType::Integer { min, max }) => (in_range((min, max, true), value), NotSentReason::OutOfRange),
            Some(ValueType::Size) => (
                value.as_str().is_some_and(shape::is_size),
                NotSentReason::Conflict("not a size such as 2K or 1536x1024".to_owned()),
            ),
            Some(ValueType::Text) => {
                (value.as_str().is_some_and(|text| !text.trim().is_empty()), NotSentReason::ValueNotOffered)
            }
            None => (true, NotSentReason::ValueNotOffered),
        },
        Some(Capability::Unknown { .. }) => (true, NotSentReason::ValueNotOffered),
    };
    if taken { Ok(()) } else { Err(reason) }
}

/// Returns the most pictures one call may ask for.
pub(crate) fn most_images(parameters: &Parameters) -> u32 {
    match parameters.get("n") {
        // The cast saturates.
        Some(Capability::Range { min, max }) => (min.max(*max).floor() as u32).clamp(1, IMAGES_CAP),
        Some(Capability::Boolean) => 10,
        _ => 1,
    }
}

fn in_range((min, max, integers): (f64, f64, bool), value: &Value) -> bool {
    value.as_f64().is_some_and(|number| (min..=max).contains(&number)) && (!integers || is_integer(value))
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn descriptors_take_their_values_and_nothing_else() {
        let tiers = Capability::Enum { values: vec!["1K".into(), "2K".into()] };
        let whole = Capability::Range { min: 0.0, max: 100.0 };
        let broken = Capability::Range { min: 0.5, max: 2.5 };
        let swapped = Capability::Range { min: 9.0, max: 1.0 };
        let odd = Capability::Unknown { kind: "colour".into(), raw: json!({}) };
        let boolean = Capability::Boolean;
        let table: [(&str, Option<&Capability>, Value, Option<Value>); 25] = [
            ("resolution", Some(&tiers), json!("2K"), Some(json!("2K"))),
            ("resolution", Some(&tiers), json!("4K"), None),
            ("resolution", Some(&tiers), json!(2), None),
            ("resolution", None, json!("2K"), None),
            ("output_compression", Some(&whole), json!(80), Some(json!(80))),
            ("output_compression", Some(&whole), json!(80.0), Some(json!(80))),
            ("output_compression", Some(&whole), json!(80.5), None),
            ("output_compression", Some(&whole), json!(101), None),
            ("output_compression", Some(&whole), json!("80"), None),
            ("strength", Some(&broken), json!(0.75), Some(json!(0.75))),
            ("strength", Some(&broken), json!(3), None),
            ("strength", Some(&broken), json!(2.0), Some(json!(2))),
            ("steps", Some(&swapped), json!(3), Some(json!(3))),
            ("seed", Some(&boolean), json!(-4), Some(json!(-4))),
            ("seed", Some(&boolean), json!(7.0), Some(json!(7))),
            ("seed", Some(&boolean), json!(7.5), None),
            ("seed", Some(&boolean), json!(true), None),
            ("size", Some(&boolean), json!(" 1536x1024 "), Some(json!("1536x1024"))),
            ("size", Some(&boolean), json!("large"), None),
            ("n", Some(&boolean), json!(3), Some(json!(3))),
            ("quality", Some(&boolean), json!(""), None),
            ("watermark", Some(&boolean), json!(true), Some(json!(true))),
            ("palette", Some(&odd), json!({"a": 1}), Some(json!({"a": 1}))),
            ("palette", Some(&odd), Value::Null, None),
            ("prompt", Some(&boolean), json!("another"), None),
        ];
        for (name, capability, value, expected) in table {
            let sent = normal(name, &value);
            assert_eq!(judge(name, capability, &sent).ok().map(|()| sent), expected, "{name} {capability:?} {value}");
        }
    }

    #[test]
    fn unknown_field_keeps_its_raw_name_as_label() {
        assert_eq!(label("n"), "Images");
        assert_eq!(label("input_references"), "References");
        assert_eq!(label("mood_board"), "mood_board");
    }
}
