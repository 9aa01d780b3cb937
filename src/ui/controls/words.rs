//! What the settings say, and how typed text is read: pure functions.

use crate::plan::{ChoiceValue, Control, parse_pixels};
use serde_json::Value;

/// Returns the tooltip of a control's label.
pub fn help(control: &Control) -> String {
    let unknown = || format!("{}: a field of this model that is not described; it is sent as it is", control.label);
    let mut lines = vec![control.help.map_or_else(unknown, str::to_owned)];
    if let Some(offer) = &control.offered_by {
        lines.push(format!("Only on {}; the request goes there when this is set", offer.names.join(", ")));
    }
    lines.join("\n")
}

/// Returns the note at the end of a control's label when only some endpoints offer it: `1 of 2`.
pub fn offered(control: &Control) -> Option<String> {
    control.offered_by.as_ref().map(|offer| format!("{} of {}", offer.names.len(), offer.of))
}

/// Returns the tooltip of a ratio.
pub fn ratio_help(choice: &ChoiceValue, on: bool) -> String {
    let what = if on { "Click again for the provider default".to_owned() } else { format!("Ask for {}", choice.value) };
    match &choice.note {
        Some(note) => format!("{what}; {note}"),
        None => what,
    }
}

/// Reads a whole number.
pub fn read_seed(text: &str) -> Result<Value, String> {
    text.trim().parse::<i64>().map(Value::from).map_err(|_| "must be a whole number".to_owned())
}

/// Reads a tier or pixels.
pub fn read_size(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let tier = text.strip_suffix(['K', 'k']).unwrap_or(text);
    let is_tier = tier.parse::<f32>().is_ok_and(|tier| tier > 0.0 && tier.is_finite());
    if is_tier || parse_pixels(text).is_some() {
        Ok(Value::from(text))
    } else {
        Err("must be a tier such as 2K, or pixels such as 2048x1152".to_owned())
    }
}

/// Reads any text that is not empty.
pub fn read_text(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() { Err("needs a value".to_owned()) } else { Ok(Value::from(text)) }
}

/// Reads a JSON value; null is none, because it is never sent.
pub fn read_json(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Err("needs a JSON value".to_owned());
    }
    match serde_json::from_str(text) {
        Ok(Value::Null) => Err("cannot be null; clear the box instead".to_owned()),
        Ok(value) => Ok(value),
        Err(error) => Err(format!("is not valid JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ControlKind, Offer};
    use serde_json::json;

    #[test]
    fn typed_text_is_read_or_says_what_is_wrong() {
        type Read = fn(&str) -> Result<Value, String>;
        let table: [(Read, &str, Option<Value>); 19] = [
            (read_seed, " 4271 ", Some(json!(4271))),
            (read_seed, "-1", Some(json!(-1))),
            (read_seed, "1.5", None),
            (read_seed, "", None),
            (read_seed, "99999999999999999999", None),
            (read_size, "2K", Some(json!("2K"))),
            (read_size, " 2048x1152 ", Some(json!("2048x1152"))),
            (read_size, "512", Some(json!("512"))),
            (read_size, "large", None),
            (read_size, "infK", None),
            (read_size, "0x3", None),
            (read_text, " vivid ", Some(json!("vivid"))),
            (read_text, "  ", None),
            (read_json, "{\"a\": [1]}", Some(json!({"a": [1]}))),
            (read_json, "0.5", Some(json!(0.5))),
            (read_json, "\"red\"", Some(json!("red"))),
            (read_json, "red", None),
            (read_json, "null", None),
            (read_json, "", None),
        ];
        for (read, text, value) in table {
            assert_eq!(read(text).ok(), value, "{text}");
        }
    }

    #[test]
    fn fields_and_values_of_some_endpoints_only_say_so() {
        let offer = Offer { names: vec!["Google Vertex".into()], of: 2 };
        let known = Control {
            field: "seed".into(),
            label: "Seed".into(),
            help: Some("Same seed, same picture"),
            kind: ControlKind::Seed,
            offered_by: Some(offer),
        };
        assert_eq!(offered(&known).as_deref(), Some("1 of 2"));
        let lines = "Same seed, same picture\nOnly on Google Vertex; the request goes there when this is set";
        assert_eq!(help(&known), lines);
        let raw = Control { help: None, offered_by: None, label: "mood".into(), ..known };
        assert_eq!(offered(&raw), None);
        assert_eq!(help(&raw), "mood: a field of this model that is not described; it is sent as it is");
        let choice = ChoiceValue { value: "4:3".into(), offered_by_all: false, note: Some("only on Seed".into()) };
        assert_eq!(ratio_help(&choice, false), "Ask for 4:3; only on Seed");
        assert_eq!(ratio_help(&choice, true), "Click again for the provider default; only on Seed");
    }
}
