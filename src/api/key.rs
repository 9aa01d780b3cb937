//! The API key, which nothing prints.
//!
//! May import the types of `api` only. Invariant: the text leaves this type through [`ApiKey::expose`] alone, which
//! the request header and the secret store use; `Debug` and `Display` show nothing of it, and it cannot be serialised.

use super::{Error, Refusal, Usage};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Shorter keys (the demo's `demo`) are ordinary words and no secret.
const SHORTEST_SECRET: usize = 8;

/// Every key that this process has held, for [`hide_keys`].
static HELD: Mutex<Vec<Arc<str>>> = Mutex::new(Vec::new());

/// Returns a text without any key that this process has held; for texts that somebody may hand on.
pub fn hide_keys(text: &str) -> String {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.iter().fold(text.to_owned(), |text, key| match text.contains(&**key) {
        true => text.replace(&**key, "…"),
        false => text,
    })
}

/// Holds the key of an account. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Arc<str>);

impl ApiKey {
    /// Takes a key as typed or pasted; white space around it is removed.
    ///
    /// Fails with `Unsendable` when it is empty or holds anything but visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::Unsendable { reason: "the key is empty".to_owned() });
        }
        if !text.chars().all(|c| c.is_ascii_graphic()) {
            let reason = "the key holds characters that no key has; copy it again".to_owned();
            return Err(Error::Unsendable { reason });
        }
        let key: Arc<str> = text.into();
        if key.len() >= SHORTEST_SECRET {
            let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
            if !held.contains(&key) {
                held.push(key.clone());
            }
        }
        Ok(Self(key))
    }

    /// Returns the key itself, for the request header and the places where keys are kept only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Removes the key from a text of the server's.
    pub(super) fn hide(&self, text: &mut String) {
        if self.0.len() >= SHORTEST_SECRET && text.contains(&*self.0) {
            *text = text.replace(&*self.0, "…");
        }
    }

    /// Removes the key from a server's words, should the server have echoed it.
    pub(super) fn hide_in(&self, refusal: &mut Refusal) {
        let Refusal { message, flagged, reasons, error_type, provider, said, .. } = refusal;
        let texts = [Some(message), flagged.as_mut(), error_type.as_mut(), provider.as_mut()];
        let texts = texts.into_iter().chain([Some(&mut said.body), said.request_id.as_mut()]);
        texts.flatten().chain(reasons).for_each(|text| self.hide(text));
    }

    /// Removes the key from what is kept of a call's usage: it goes into recipes, which people hand on.
    pub(super) fn hide_in_usage(&self, usage: &mut Usage) {
        let other = serde_json::Value::Object(std::mem::take(&mut usage.other));
        if let serde_json::Value::Object(other) = self.hidden(other) {
            usage.other = other;
        }
    }

    /// Returns a value without the key, in texts and names alike.
    fn hidden(&self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        let without = |mut text: String| {
            self.hide(&mut text);
            text
        };
        match value {
            Value::String(text) => Value::String(without(text)),
            Value::Array(items) => items.into_iter().map(|item| self.hidden(item)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (without(name), self.hidden(value))).collect()
            }
            other => other,
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_trimmed_and_checked() {
        assert_eq!(ApiKey::new(" sk-or-v1-abc\r\n").unwrap().expose(), "sk-or-v1-abc");
        for text in ["", "  ", "sk or", "sk-\u{7}", "schlüssel", "a\nb", "sk-…"] {
            let error = ApiKey::new(text).unwrap_err();
            assert_eq!(error.word(), "unsendable");
            assert!(text.trim().is_empty() || !error.to_string().contains(text.trim()));
        }
    }

    #[test]
    fn nothing_prints_the_key_and_echoes_are_hidden() {
        let key = ApiKey::new("custom-0123456789").unwrap();
        assert_eq!(format!("{key} {key:?}"), "… ApiKey(…)");
        assert_eq!(hide_keys("(custom-0123456789)"), "(…)");
        let headers = reqwest::header::HeaderMap::new();
        let mut refusal = Refusal::parse(401, &headers, b"key custom-0123456789 is bad");
        key.hide_in(&mut refusal);
        assert_eq!((refusal.message.as_str(), refusal.said.body.as_str()), ("key … is bad", "key … is bad"));
        let mut refusal = Refusal::parse(401, &headers, b"demo key needed");
        ApiKey::new("demo").unwrap().hide_in(&mut refusal);
        assert_eq!(refusal.message, "demo key needed");
    }
}
