//! The schema of `POST /images`: raw JSON in, typed wishes or a list of Zod issues out.
//!
//! Imports nothing of ours on purpose, so that it judges the client's requests by the contract and not by the client's
//! own types. Types are strict, optional fields are not nullable, unknown top-level keys are ignored.

use serde_json::{Map, Value, json};

const RATIOS: [&str; 26] = [
    "1:1", "1:2", "2:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "1:4", "4:1", "1:8", "8:1", "9:16", "16:9", "9:21",
    "21:9", "9:19.5", "19.5:9", "9:20", "20:9", "5:7", "7:5", "2.35:1", "5:2", "auto",
];
pub const RESOLUTIONS: [&str; 6] = ["512", "768", "1K", "1.5K", "2K", "4K"];

/// A request whose types are right; whether a model can do it is decided elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    pub model: String,
    pub prompt: String,
    pub n: Option<u32>,
    pub aspect_ratio: Option<String>,
    pub resolution: Option<String>,
    pub size: Option<String>,
    pub quality: Option<String>,
    pub output_format: Option<String>,
    pub background: Option<String>,
    pub output_compression: Option<u32>,
    pub seed: Option<i64>,
    pub stream: bool,
    pub references: Vec<String>,
    /// The body's `session_id`.
    pub session: Option<String>,
    pub provider: Provider,
}

/// The routing wishes; null members count as absent.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    pub only: Option<Vec<String>>,
    pub ignore: Vec<String>,
    pub order: Vec<String>,
    pub allow_fallbacks: bool,
    pub options: Map<String, Value>,
}

/// Checks a whole body; the error is the list of issues, never empty.
pub fn check(body: &Value) -> Result<Wishes, Vec<Value>> {
    let Some(object) = body.as_object() else {
        return Err(vec![wrong_type("object", body, &[])]);
    };
    let mut reader = Reader { object, path: Vec::new(), issues: Vec::new() };
    let wishes = Wishes {
        model: reader.required("model"),
        prompt: reader.required("prompt"),
        n: reader.integer("n", 1, 10).and_then(|n| u32::try_from(n).ok()),
        aspect_ratio: reader.choice("aspect_ratio", &RATIOS),
        resolution: reader.choice("resolution", &RESOLUTIONS),
        size: reader.text("size"),
        quality: reader.choice("quality", &["auto", "low", "medium", "high", "xhigh", "max"]),
        output_format: reader.choice("output_format", &["png", "jpeg", "webp", "svg"]),
        background: reader.choice("background", &["auto", "transparent", "opaque"]),
        output_compression: reader.integer("output_compression", 0, 100).and_then(|n| u32::try_from(n).ok()),
        seed: reader.integer("seed", i64::MIN, i64::MAX),
        stream: reader.boolean("stream").unwrap_or(false),
        references: references(&mut reader),
        session: session(&mut reader),
        provider: provider(&mut reader),
    };
    reader.text("user");
    if let Some(trace) = object.get("trace").filter(|trace| !trace.is_object()) {
        reader.issues.push(wrong_type("object", trace, &[json!("trace")]));
    }
    if reader.issues.is_empty() { Ok(wishes) } else { Err(reader.issues) }
}

struct Reader<'a> {
    object: &'a Map<String, Value>,
    path: Vec<Value>,
    issues: Vec<Value>,
}

impl<'a> Reader<'a> {
    fn at(&self, field: &str) -> Vec<Value> {
        self.path.iter().cloned().chain([json!(field)]).collect()
    }

    fn wrong(&mut self, field: &str, expected: &str, found: &Value) {
        let issue = wrong_type(expected, found, &self.at(field));
        self.issues.push(issue);
    }

    fn required(&mut self, field: &str) -> String {
        match self.object.get(field) {
            Some(Value::String(text)) if text.is_empty() => {
                let path = self.at(field);
                self.issues.push(
                    json!({"origin": "string", "code": "too_small", "minimum": 1, "inclusive": true, "path": path,
                    "message": "Too small: expected string to have >=1 characters"}),
                );
                String::new()
            }
            Some(Value::String(text)) => text.clone(),
            Some(other) => {
                self.wrong(field, "string", other);
                String::new()
            }
            None => {
                let path = self.at(field);
                self.issues.push(json!({"expected": "string", "code": "invalid_type", "path": path,
                    "message": "Invalid input: expected string, received undefined"}));
                String::new()
            }
        }
    }

    fn text(&mut self, field: &str) -> Option<String> {
        let value = self.object.get(field)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(field, "string", value);
        }
        text
    }

    fn boolean(&mut self, field: &str) -> Option<bool> {
        let value = self.object.get(field)?;
        if !value.is_boolean() {
            self.wrong(field, "boolean", value);
        }
        value.as_bool()
    }

    fn choice(&mut self, field: &str, known: &[&str]) -> Option<String> {
        let value = self.object.get(field)?;
        match value.as_str() {
            Some(text) if known.contains(&text) => Some(text.to_owned()),
            _ => {
                let list: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
                let (path, message) = (self.at(field), format!("Invalid option: expected one of {}", list.join("|")));
                self.issues.push(json!({"code": "invalid_value", "values": known, "path": path, "message": message}));
                None
            }
        }
    }

    fn integer(&mut self, field: &str, min: i64, max: i64) -> Option<i64> {
        let value = self.object.get(field)?;
        let whole =
            value.as_i64().or_else(|| value.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64));
        let Some(number) = whole else {
            self.wrong(field, if value.is_number() { "int" } else { "number" }, value);
            return None;
        };
        if (min..=max).contains(&number) {
            return Some(number);
        }
        let (code, word, sign, bound) =
            if number < min { ("too_small", "small", ">=", min) } else { ("too_big", "big", "<=", max) };
        let end = if number < min { "minimum" } else { "maximum" };
        let (path, message) = (self.at(field), format!("Too {word}: expected number to be {sign}{bound}"));
        self.issues.push(
            json!({"origin": "number", "code": code, end: bound, "inclusive": true, "path": path, "message": message}),
        );
        None
    }

    /// A list of strings; null counts as absent.
    fn names(&mut self, field: &str) -> Option<Vec<String>> {
        let value = self.object.get(field).filter(|value| !value.is_null())?;
        let names = value.as_array().and_then(|list| list.iter().map(|v| v.as_str().map(str::to_owned)).collect());
        if names.is_none() {
            self.wrong(field, "array", value);
        }
        names
    }
}

fn references(reader: &mut Reader<'_>) -> Vec<String> {
    let Some(value) = reader.object.get("input_references") else { return Vec::new() };
    let Some(list) = value.as_array() else {
        reader.wrong("input_references", "array", value);
        return Vec::new();
    };
    if list.len() > 16 {
        reader.issues.push(json!({"origin": "array", "code": "too_big", "maximum": 16, "inclusive": true,
            "path": ["input_references"], "message": "Too big: expected array to have <=16 items"}));
    }
    let mut urls = Vec::new();
    for (index, item) in list.iter().enumerate() {
        let path = |rest: &[&str]| {
            [json!("input_references"), json!(index)]
                .into_iter()
                .chain(rest.iter().map(|r| json!(r)))
                .collect::<Vec<_>>()
        };
        if !item.is_object() {
            reader.issues.push(wrong_type("object", item, &path(&[])));
        } else if item["type"] != "image_url" {
            reader.issues.push(json!({"code": "invalid_value", "values": ["image_url"], "path": path(&["type"]),
                "message": "Invalid input: expected \"image_url\""}));
        } else if let Some(url) = item["image_url"]["url"].as_str() {
            urls.push(url.to_owned());
        } else {
            reader.issues.push(wrong_type("string", &item["image_url"]["url"], &path(&["image_url", "url"])));
        }
    }
    urls
}

fn session(reader: &mut Reader<'_>) -> Option<String> {
    let session = reader.text("session_id")?;
    if session.chars().count() > 256 {
        reader.issues.push(json!({"origin": "string", "code": "too_big", "maximum": 256, "inclusive": true,
            "path": ["session_id"], "message": "Too big: expected string to have <=256 characters"}));
    }
    Some(session)
}

fn provider(outer: &mut Reader<'_>) -> Provider {
    let none = Provider { allow_fallbacks: true, ..Provider::default() };
    let Some(value) = outer.object.get("provider") else { return none };
    let Some(object) = value.as_object() else {
        outer.wrong("provider", "object", value);
        return none;
    };
    let mut reader = Reader { object, path: vec![json!("provider")], issues: Vec::new() };
    let provider = Provider {
        only: reader.names("only"),
        ignore: reader.names("ignore").unwrap_or_default(),
        order: reader.names("order").unwrap_or_default(),
        allow_fallbacks: match object.get("allow_fallbacks") {
            Some(value) if !value.is_null() => reader.boolean("allow_fallbacks").unwrap_or(true),
            _ => true,
        },
        options: match object.get("options") {
            Some(Value::Object(options)) => options.clone(),
            None | Some(Value::Null) => Map::new(),
            Some(other) => {
                reader.wrong("options", "object", other);
                Map::new()
            }
        },
    };
    outer.issues.extend(reader.issues);
    provider
}

fn wrong_type(expected: &str, found: &Value, path: &[Value]) -> Value {
    let received = match found {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    json!({"expected": expected, "code": "invalid_type", "path": path,
        "message": format!("Invalid input: expected {expected}, received {received}")})
}
