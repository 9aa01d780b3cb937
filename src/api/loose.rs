//! Tolerant readers of JSON values, shared by everything that comes from a service.
//!
//! May import nothing of ours. Invariant (contract section 10): `null`, a wrong type and absence all read as
//! `None`; floats serve where integers are expected, numeric strings where numbers are; nothing panics.

use serde_json::Value;

/// Returns the member of an object; `None` when absent or `null`, or when the value is no object.
pub(super) fn member<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|found| !found.is_null())
}

/// Returns a string member, untrimmed; `None` when it is empty.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    member(value, key)?.as_str().filter(|text| !text.is_empty())
}

/// Returns a string member, or a number written as one.
pub(super) fn word(value: &Value, key: &str) -> Option<String> {
    match member(value, key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns a finite number member; numeric strings count.
pub(super) fn number(value: &Value, key: &str) -> Option<f64> {
    as_number(member(value, key)?)
}

/// Reads a finite number; numeric strings count.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// Sums above this are nobody's, US dollars.
const MOST_USD: f64 = 1e9;

/// Returns a sum of US dollars, which may be negative where something is left of it; an absurd one is not told.
pub(super) fn usd(value: &Value, key: &str) -> Option<f64> {
    number(value, key).filter(|usd| usd.abs() <= MOST_USD)
}

/// Returns what something cost in US dollars; less than nothing costs nothing.
pub(super) fn cost(value: &Value, key: &str) -> Option<f64> {
    usd(value, key).filter(|usd| *usd >= 0.0)
}

/// Returns a whole number member; `1.0` and `"1"` count as 1, a fraction is cut off.
pub(super) fn integer(value: &Value, key: &str) -> Option<i64> {
    let found = member(value, key)?;
    found.as_i64().or_else(|| as_number(found).map(|number| number.trunc() as i64))
}

/// Returns a whole number member that is not negative; see [`integer`].
pub(super) fn count(value: &Value, key: &str) -> Option<u64> {
    let found = member(value, key)?;
    found.as_u64().or_else(|| as_number(found).filter(|number| *number >= 0.0).map(|number| number.trunc() as u64))
}

/// Returns a boolean member.
pub(super) fn flag(value: &Value, key: &str) -> Option<bool> {
    member(value, key)?.as_bool()
}

/// Returns the strings of a list member; other items are left out, a missing list is empty.
pub(super) fn strings(value: &Value, key: &str) -> Vec<String> {
    member(value, key)
        .and_then(Value::as_array)
        .map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Writes a number the way the service does: as an integer where it is one.
pub(super) fn to_number(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { Value::from(number as i64) } else { Value::from(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_read_from_floats_and_strings() {
        let value = json!({"a": 1.0, "b": "2.5", "c": null, "d": true, "e": -1, "f": "x", "g": 1e300, "h": "NaN"});
        assert_eq!(integer(&value, "a"), Some(1));
        assert_eq!(count(&value, "a"), Some(1));
        assert_eq!(number(&value, "b"), Some(2.5));
        assert_eq!(count(&value, "b"), Some(2));
        assert_eq!(count(&value, "e"), None);
        assert_eq!(integer(&value, "e"), Some(-1));
        for key in ["c", "d", "f", "h", "absent"] {
            assert_eq!(number(&value, key), None, "{key}");
        }
        assert_eq!(integer(&value, "g"), Some(i64::MAX));
        assert_eq!(to_number(3.0), json!(3));
        assert_eq!(to_number(0.25), json!(0.25));
    }

    #[test]
    fn wrong_types_read_as_absent() {
        let value = json!({"a": 1, "b": ["x", 2, null, "y"], "c": "", "d": {}});
        assert_eq!(text(&value, "a"), None);
        assert_eq!(word(&value, "a").as_deref(), Some("1"));
        assert_eq!(text(&value, "c"), None);
        assert_eq!(strings(&value, "b"), ["x", "y"]);
        assert!(strings(&value, "a").is_empty());
        assert_eq!(flag(&value, "a"), None);
        assert!(member(&json!([1]), "a").is_none());
    }
}
