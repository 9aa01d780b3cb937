//! What the artist wishes, independent of what the chosen model can take.

use crate::api::ModelId;
use crate::picture::{ReferenceEdit, Size};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Holds everything the left panel edits. Wishes survive a change of model; `fit` decides what is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// `None`: nothing chosen yet.
    pub model: Option<ModelId>,
    pub endpoint: EndpointChoice,
    pub prompt: String,
    /// Wishes by request field (`aspect_ratio`, `n`, `seed`, …, also unknown ones). An absent field, or one whose
    /// wish is not `on`, means provider default: the key is left out.
    pub wishes: BTreeMap<String, Wish>,
    /// In sending order.
    pub references: Vec<DraftReference>,
    /// Passthrough options as typed: base slug → key → JSON text (which may not be valid yet).
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether partial pictures are wanted; `None`: yes where the endpoint streams.
    pub stream: Option<bool>,
    /// The picture that these settings were taken over from; `None`: from none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
}

/// Names a picture of the library that something was taken over from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its id in the library where it was made.
    pub picture: String,
    /// blake3 of its bytes, lower-case hex.
    pub hash: String,
}

/// Holds one wished value, which is kept while switched off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    pub on: bool,
    pub value: Value,
}

/// Says which endpoint is to serve the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointChoice {
    /// The service chooses.
    #[default]
    Any,
    /// Only the endpoint with this `provider_tag` (`only`, `allow_fallbacks: false`).
    Pinned(String),
}

/// A reference picture in the draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftReference {
    pub source: ReferenceSource,
    /// File name or address, for people.
    pub name: String,
    /// The id of the library's picture that it is; `None`: a file or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// How the copy that is sent differs; nothing for an address. `sent` tells what came of it.
    #[serde(default, skip_serializing_if = "ReferenceEdit::is_empty")]
    pub edit: ReferenceEdit,
}

/// Where the bytes of a reference are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ReferenceSource {
    /// Fetched by the service itself; size unknown to us.
    Url(String),
    /// Kept in the library under the hash of its original bytes.
    Stored {
        /// blake3 of the original bytes, lower-case hex.
        hash: String,
        original: ReferenceFacts,
        /// What will be sent, after scaling and re-encoding; equal to `original` when untouched.
        sent: ReferenceFacts,
    },
}

/// Size and type of one form of a reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceFacts {
    pub media_type: String,
    pub size: Size,
    pub bytes: u64,
    /// Content hash of exactly these bytes, where the library keeps them; `None`: made anew when it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Draft {
    /// Returns the wished value of a request field; `None` means provider default (no wish, or switched off).
    pub fn wish(&self, field: &str) -> Option<&Value> {
        self.wishes.get(field).filter(|wish| wish.on && !wish.value.is_null()).map(|wish| &wish.value)
    }

    /// Returns the value a field last had, also while it is switched off; `None` when it never had one.
    pub fn remembered(&self, field: &str) -> Option<&Value> {
        self.wishes.get(field).map(|wish| &wish.value).filter(|value| !value.is_null())
    }

    /// Wishes a value for a field.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.wishes.insert(field.to_owned(), Wish { on: true, value: value.into() });
    }

    /// Returns a field to the provider's default, keeping its value for the next time it is switched on.
    pub fn clear(&mut self, field: &str) {
        if let Some(wish) = self.wishes.get_mut(field) {
            wish.on = false;
        }
    }

    /// Switches a field on with the value it last had, or with `first` when it never had one.
    pub fn turn_on(&mut self, field: &str, first: impl Into<Value>) {
        let value = self.remembered(field).cloned().unwrap_or_else(|| first.into());
        self.set(field, value);
    }

    /// Returns how many pictures are wished per press, 1 when nothing is said; `fit` says how many will be asked for.
    pub fn count(&self) -> u32 {
        let wished = self.wish("n").and_then(Value::as_f64).unwrap_or(1.0);
        // The cast saturates, so a hostile number cannot wrap.
        (wished as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleared_wish_is_off_but_comes_back_with_its_value() {
        let mut draft = Draft::default();
        draft.set("seed", 4271);
        draft.clear("seed");
        assert_eq!(draft.wish("seed"), None);
        assert_eq!(draft.remembered("seed"), Some(&Value::from(4271)));
        draft.turn_on("seed", 1);
        assert_eq!(draft.wish("seed"), Some(&Value::from(4271)));
        draft.turn_on("size", "1K");
        assert_eq!(draft.wish("size"), Some(&Value::from("1K")));
    }

    #[test]
    fn count_reads_any_number_and_defaults_to_one() {
        let mut draft = Draft::default();
        assert_eq!(draft.count(), 1);
        for (value, count) in [
            (Value::from(4), 4),
            (Value::from(4.0), 4),
            (Value::from(-3), 1),
            (Value::from("many"), 1),
            (Value::from(1e30), u32::MAX),
        ] {
            draft.set("n", value.clone());
            assert_eq!(draft.count(), count, "{value}");
        }
        draft.clear("n");
        assert_eq!(draft.count(), 1);
    }

    #[test]
    fn null_is_not_a_wish() {
        let mut draft = Draft::default();
        draft.set("quality", Value::Null);
        assert_eq!(draft.wish("quality"), None);
    }
}
