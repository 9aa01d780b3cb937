//! What comes back: pictures as bytes, what the service says beside them, and usage of which every part may be missing.
//!
//! May import the types of `api` only. Invariants: whatever picture is there is read, whatever else the answer says; a
//! picture that cannot be read is counted; base64 appears in no error and no `Debug`.

use super::encoding::{self, begins_page, begins_picture};
use super::event::parse_event;
use super::loose::{cost, count, integer, member, text};
use super::{Error, EventDecoder, Refusal, StreamEvent, json};
use serde_json::{Map, Value};

/// Holds one picture as received, base64 removed, otherwise untouched.
#[derive(Clone, PartialEq)]
pub struct GeneratedImage {
    pub bytes: Vec<u8>,
    /// A hint only: absent for any format, and not to be trusted over the first bytes.
    pub media_type: Option<String>,
    /// False: only the beginning came, or could be read.
    pub whole: bool,
}

impl std::fmt::Debug for GeneratedImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut = if self.whole { "" } else { ", cut off" };
        write!(f, "GeneratedImage({:?}, {} bytes{cut})", self.media_type, self.bytes.len())
    }
}

/// Holds a whole buffered answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GenerationResponse {
    /// Unix seconds; `None` when absent or 0: use the local clock.
    pub created: Option<i64>,
    /// May be shorter than asked, even empty.
    pub images: Vec<GeneratedImage>,
    /// How many entries of `data` could not be used (no or broken base64).
    pub broken: usize,
    /// One usage for all pictures; absence is not an error.
    pub usage: Option<Usage>,
    /// What the service says went wrong, whatever pictures came beside it.
    pub error: Option<Box<Refusal>>,
    /// Why something in it, or all of it, is no picture; `None`: every part of it was read.
    pub unreadable: Option<String>,
    /// How reading ended, when that was before the end of the answer.
    pub ended: Option<Error>,
    /// The body as it came, where something in it could not be turned into pictures.
    pub unread: Option<Unread>,
}

/// Holds what a service sent and nobody could read, as it came.
#[derive(Clone, PartialEq)]
pub struct Unread {
    /// As the service called it; empty when it did not.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unread({:?}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// Says what a generation used; every field may be missing, and missing is not zero.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// US dollars, the only real price; `None` when the service did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Everything else of the object, as received.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub other: serde_json::Map<String, Value>,
}

/// What a body is, by its first bytes; its content type decides only where these do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Events,
    /// The picture itself.
    Picture,
    /// The picture itself, as text: base64, or a `data:` address.
    Text,
    /// A web page, or anything else.
    Other,
}

impl Form {
    pub(super) fn of(media_type: &str, body: &[u8]) -> Self {
        let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
        let begins = |word: &str| start.get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word.as_bytes()));
        if begins("{") || begins("[") {
            return Self::Json;
        }
        if begins_picture(body) {
            return Self::Picture;
        }
        if begins("<") || begins("```") {
            let is_drawing = !begins_page(start) && contains(start, b"svg");
            return if is_drawing { Self::Picture } else { Self::Other };
        }
        if begins("data:image/") || begins("\"data:image/") {
            return Self::Text;
        }
        if ["data:", "event:", "id:", "retry:", ":"].into_iter().any(begins) || media_type == "text/event-stream" {
            return Self::Events;
        }
        if media_type.starts_with("image/") {
            return Self::Picture;
        }
        Self::Text
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

/// Reads a buffered answer, whatever it is: the contract's JSON, a stream that came at once, or the picture itself.
///
/// `media_type` is the content type in lower case, without parameters; what the body is decides before it. What could
/// not be read is counted and said in `unreadable`; nothing in it ever hides a picture that is there too.
pub fn parse_generation(media_type: &str, body: &[u8]) -> GenerationResponse {
    let of_image = |image: GeneratedImage| GenerationResponse { images: vec![image], ..GenerationResponse::default() };
    let unreadable = |reason: String| GenerationResponse { unreadable: Some(reason), ..GenerationResponse::default() };
    match Form::of(media_type, body) {
        Form::Json => match json::parse(body) {
            Some(json::Parsed { value, cut }) => {
                let response = GenerationResponse::parse(value, cut);
                let events = || GenerationResponse::of_events(body);
                if response.images.is_empty() { events().unwrap_or(response) } else { response }
            }
            None => unreadable("it is not JSON".to_owned()),
        },
        Form::Events => {
            let mut decoder = EventDecoder::new();
            let events = decoder.push(body);
            let rest = decoder.finish();
            let mut response = GenerationResponse::default();
            events.into_iter().chain(rest).for_each(|event| response.absorb(event));
            response
        }
        Form::Picture => {
            let media_type = media_type.starts_with("image/").then(|| media_type.to_owned());
            of_image(GeneratedImage { bytes: body.to_vec(), media_type, whole: true })
        }
        Form::Text => {
            let found = std::str::from_utf8(body).ok().and_then(encoding::decode);
            // Any text of letters is base64: this one must be a picture's.
            let found = found.filter(|found| begins_picture(&found.bytes) || found.media_type.is_some());
            match found {
                Some(found) => of_image(found.into()),
                None => unreadable(instead_of_json(media_type, body)),
            }
        }
        Form::Other => unreadable(instead_of_json(media_type, body)),
    }
}

/// Names what came in place of JSON.
pub(super) fn instead_of_json(media_type: &str, body: &[u8]) -> String {
    match media_type {
        _ if body.trim_ascii().is_empty() => "it is empty".to_owned(),
        _ if begins_page(body) => "it is a web page instead of JSON, as the sign-in pages of networks are".to_owned(),
        media_type if media_type.is_empty() || media_type.ends_with("json") => "it is not JSON".to_owned(),
        media_type => format!("it is {} instead of JSON", super::readable::readable(media_type)),
    }
}

impl GenerationResponse {
    /// Reads the contract's form, and forms that are near it. `cut`: the text ends before its end.
    pub(super) fn parse(mut value: Value, cut: bool) -> Self {
        let error = member(&value, "error").is_some();
        let error = error.then(|| Box::new(Refusal::from_answer(&value)));
        let list = list_in(&mut value);
        let entries = match (list, value.as_array_mut().map(std::mem::take)) {
            (Some(Value::Array(entries)), _) | (_, Some(entries)) => Some(entries),
            (Some(one @ (Value::Object(_) | Value::String(_))), None) => Some(vec![one]),
            _ => None,
        };
        let mut response = Self {
            created: created(&value),
            usage: Usage::parse(value.get("usage")),
            unreadable: match (&entries, &error) {
                (None, None) if !cut => Some("there is no list of pictures in it".to_owned()),
                _ => None,
            },
            error,
            ..Self::default()
        };
        for entry in entries.into_iter().flatten() {
            match GeneratedImage::parse(&entry) {
                Some(image) => response.images.push(image),
                None => response.broke(why_no_picture(&entry)),
            }
        }
        if cut {
            response.unreadable.get_or_insert_with(|| "its JSON is cut off".to_owned());
        }
        response
    }

    /// Reads a body that is what a stream sends in its events: one of them, or one a line. `None`: no picture is in it.
    fn of_events(body: &[u8]) -> Option<Self> {
        let mut response = Self::default();
        let mut absorb = |text: &[u8]| parse_event("", text).into_iter().for_each(|event| response.absorb(event));
        let lines = || body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        match lines().nth(1).is_some() && lines().all(|line| line.starts_with(b"{")) {
            true => lines().for_each(absorb),
            false => absorb(body),
        }
        (!response.images.is_empty()).then_some(response)
    }

    fn broke(&mut self, reason: &str) {
        self.broken += 1;
        self.unreadable.get_or_insert_with(|| reason.to_owned());
    }

    /// Adds what one event of a stream says.
    fn absorb(&mut self, event: Result<StreamEvent, Error>) {
        match event {
            Ok(StreamEvent::Completed { image, created, usage }) => {
                self.images.push(image);
                self.created = created.or(self.created);
                self.usage = usage.or(self.usage.take());
            }
            Ok(StreamEvent::Buffered(whole)) => {
                self.images.extend(whole.images);
                self.broken += whole.broken;
                self.usage = whole.usage.or(self.usage.take());
                self.error = self.error.take().or(whole.error);
                self.unreadable = self.unreadable.take().or(whole.unreadable);
            }
            Ok(StreamEvent::Error(refusal)) => {
                self.error.get_or_insert_with(|| Box::new(refusal));
            }
            Err(error) => self.broke(&error.to_string()),
            Ok(_) => {}
        }
    }

    /// Says whether the body holds something that is worth keeping as it came: it is not all read, and what is not is
    /// no plain error.
    pub(super) fn is_all_read(&self) -> bool {
        let nothing = self.images.is_empty() && self.error.is_none();
        self.broken == 0 && self.unreadable.is_none() && !nothing && self.images.iter().all(|image| image.whole)
    }
}

/// Takes the pictures out of an answer: the first list that holds something, wherever it is known to stand; an empty
/// one where there is no other.
fn list_in(value: &mut Value) -> Option<Value> {
    const NAMES: [&str; 2] = ["data", "images"];
    let holds = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => false,
    };
    let nested = |value: &Value, name: &str| value.get(name).is_some_and(|inner| inner.is_array() && holds(inner));
    let name = NAMES.into_iter().find(|name| value.get(*name).is_some_and(holds));
    let Some(name) = name else {
        return NAMES.into_iter().find_map(|name| value.get_mut(name).filter(|list| list.is_array()).map(Value::take));
    };
    let mut found = value.get_mut(name)?.take();
    match NAMES.into_iter().find(|inner| found.is_object() && nested(&found, inner)) {
        Some(inner) => found.get_mut(inner).map(Value::take),
        None => Some(found),
    }
}

/// Says in a phrase why an entry gave no picture.
pub(super) fn why_no_picture(entry: &Value) -> &'static str {
    let is_link = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    match address_of(entry) {
        Some(address) if is_link(address) => {
            "it names an address instead of a picture, and Easel fetches none by itself"
        }
        _ if is_words(entry) => "a web page or an error came in the place of a picture",
        _ if text(entry, "b64_json").is_some() => "the base64 of a picture is broken",
        _ => "there is no picture where one should be",
    }
}

fn is_words(entry: &Value) -> bool {
    let Some(told) = text(entry, "b64_json") else { return false };
    encoding::are_plain_words(told) || encoding::decode(told).is_some_and(|found| are_words(&found.bytes))
}

/// Says whether text went the way of a picture: an error's page, JSON, a sentence. Drawings alone are text.
fn are_words(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    let is_drawing = (start.starts_with(b"<") || start.starts_with(b"```")) && contains(start, b"svg");
    let is_text = |text: &str| text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    begins_page(bytes) || (!is_drawing && !begins_picture(bytes) && std::str::from_utf8(bytes).is_ok_and(is_text))
}

/// Takes off a second layer of base64, where the first one held a picture in another.
fn decoded_again(found: encoding::Decoded) -> encoding::Decoded {
    let inner = || {
        let text = std::str::from_utf8(&found.bytes).ok()?;
        encoding::decode(text).filter(|inner| begins_picture(&inner.bytes))
    };
    let inner = if begins_picture(&found.bytes) { None } else { inner() };
    let whole = found.whole;
    match inner {
        Some(inner) => encoding::Decoded {
            whole: inner.whole && whole,
            media_type: inner.media_type.or(found.media_type),
            bytes: inner.bytes,
        },
        None => found,
    }
}

fn address_of(entry: &Value) -> Option<&str> {
    let nested = |name: &str| text(entry, name).or_else(|| text(member(entry, name)?, "url"));
    nested("url").or_else(|| nested("image_url"))
}

/// Reads `created`; 0 means unknown (FLUX and Gemini send it).
pub(super) fn created(value: &Value) -> Option<i64> {
    integer(value, "created").filter(|created| *created != 0)
}

impl GeneratedImage {
    /// Reads `{b64_json, media_type?}`, or a `data:` address in the place of either; `None` when there is no picture.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let is_data = |address: &&str| address.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:"));
        let bare = || value.as_str().filter(|text| !text.starts_with("http"));
        let found = text(value, "b64_json").or_else(bare).and_then(encoding::decode);
        let found = decoded_again(found.or_else(|| encoding::decode(address_of(value).filter(is_data)?))?);
        let media_type = text(value, "media_type").map(str::to_owned);
        (!are_words(&found.bytes)).then(|| Self {
            media_type: media_type.or(found.media_type),
            bytes: found.bytes,
            whole: found.whole,
        })
    }
}

impl From<encoding::Decoded> for GeneratedImage {
    fn from(found: encoding::Decoded) -> Self {
        Self { bytes: found.bytes, media_type: found.media_type, whole: found.whole }
    }
}

impl Usage {
    /// Reads a usage object; `None` when it is absent or no object. What is not known is kept in `other`.
    pub fn parse(value: Option<&Value>) -> Option<Self> {
        let value = value.filter(|value| value.is_object())?;
        let known = ["prompt_tokens", "completion_tokens", "total_tokens", "cost"];
        // A cost that nothing can cost is no cost, and stays as it was told.
        let odd_cost = member(value, "cost").is_some() && cost(value, "cost").is_none();
        let is_kept = |name: &str| !known.contains(&name) || (name == "cost" && odd_cost);
        let rest = value.as_object().into_iter().flatten().filter(|(name, _)| is_kept(name));
        Some(Self {
            prompt_tokens: count(value, "prompt_tokens"),
            completion_tokens: count(value, "completion_tokens"),
            total_tokens: count(value, "total_tokens"),
            cost: cost(value, "cost"),
            other: rest.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
        })
    }
}

#[cfg(test)]
mod tests;
