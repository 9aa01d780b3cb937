//! Reads JSON as servers write it, which is not always as the standard demands.
//!
//! May import nothing of ours. Invariants: what is well formed reads exactly as `serde_json` reads it; what is not costs
//! no more than the value it stands in (a text cut inside an emoji, bytes that are no UTF-8, `NaN`, raw line breaks, a
//! comma too many, an end too early); depth and the number of values are bounded, and time is linear.

use serde_json::{Map, Number, Value};

/// Containers within one another; `serde_json` has the same limit.
const DEPTH: usize = 120;
/// Values in one text: a list of models has some ten thousand.
const VALUES: usize = 2_000_000;
/// Stands where a text is damaged, and at its end where it is cut off: no base64 goes on after it.
const DAMAGED: &str = "\u{fffd}";

/// Holds what could be read.
#[derive(Debug, PartialEq)]
pub(super) struct Parsed {
    pub value: Value,
    /// Whether the text ends before the value does; what had begun is there.
    pub cut: bool,
}

/// Reads the object or list that a text begins with; what follows it is ignored. `None`: it begins with neither.
pub(super) fn parse(bytes: &[u8]) -> Option<Parsed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return None;
    }
    let strict = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>().next();
    if let Some(Ok(value)) = strict {
        return Some(Parsed { value, cut: false });
    }
    let mut reader = Reader { bytes, at: 0, left: VALUES, cut: false };
    let value = reader.value(0)?;
    Some(Parsed { value, cut: reader.cut })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How many values may still be read.
    left: usize,
    cut: bool,
}

impl Reader<'_> {
    /// Reads a value; `None`: there is none, but the end of whatever it would stand in.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.left == 0 {
            self.at = self.bytes.len();
        }
        self.left = self.left.saturating_sub(1);
        match self.peek()? {
            b'{' | b'[' if depth >= DEPTH => {
                self.skip_container();
                Some(Value::Null)
            }
            b'{' => Some(self.object(depth)),
            b'[' => Some(self.list(depth)),
            quote @ (b'"' | b'\'') => Some(Value::String(self.string(quote))),
            b'}' | b']' | b',' | b':' => None,
            _ => Some(self.bare()),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut members = Map::new();
        self.at += 1;
        loop {
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b',');
            let Some(byte) = self.peek() else { break };
            match byte {
                b'}' => {
                    self.at += 1;
                    break;
                }
                // Somebody forgot to close this one.
                b']' => break,
                b':' | b'{' | b'[' => {
                    // A value without a name.
                    if byte == b':' {
                        self.at += 1;
                    }
                    self.value(depth + 1);
                }
                quote => {
                    let name = match quote {
                        b'"' | b'\'' => self.string(quote),
                        _ => self.token(),
                    };
                    self.skip(|byte| byte.is_ascii_whitespace());
                    if self.peek() == Some(b':') {
                        self.at += 1;
                        let value = self.value(depth + 1).unwrap_or(Value::Null);
                        members.insert(name, value);
                    }
                }
            }
        }
        Value::Object(members)
    }

    fn list(&mut self, depth: usize) -> Value {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.skip(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'));
            let Some(byte) = self.peek() else { break };
            match byte {
                b']' => {
                    self.at += 1;
                    break;
                }
                b'}' => break,
                _ => items.extend(self.value(depth + 1)),
            }
        }
        Value::Array(items)
    }

    /// Reads what stands between quotes; what is cut off ends in a mark that says so.
    fn string(&mut self, quote: u8) -> String {
        let mut text = Vec::new();
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let run = rest.iter().position(|byte| *byte == quote || *byte == b'\\').unwrap_or(rest.len());
            text.extend_from_slice(rest.get(..run).unwrap_or_default());
            self.at += run;
            match self.peek() {
                None => {
                    text.extend_from_slice(DAMAGED.as_bytes());
                    break;
                }
                Some(byte) if byte == quote => {
                    self.at += 1;
                    break;
                }
                Some(_) => self.escape(&mut text),
            }
        }
        String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        self.at += 1;
        let Some(kind) = self.peek() else { return };
        self.at += 1;
        match kind {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'u' => {
                let character = self.utf16().unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => text.push(other),
        }
    }

    /// Reads the digits of `\u`, and those of the second half where there is one.
    fn utf16(&mut self) -> Option<char> {
        let first = self.unit()?;
        if let Some(character) = char::from_u32(u32::from(first)) {
            return Some(character);
        }
        let start = self.at;
        if self.bytes.get(start..start + 2) == Some(b"\\u") {
            self.at += 2;
            let pair = self.unit().and_then(|second| char::decode_utf16([first, second]).next()?.ok());
            if pair.is_some() {
                return pair;
            }
            // What follows is a character of its own.
            self.at = start;
        }
        None
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = std::str::from_utf8(self.bytes.get(self.at..self.at + 4)?).ok()?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }

    /// Reads `true`, a number, or whatever stands in its place (`NaN`, `undefined`), which is nothing.
    fn bare(&mut self) -> Value {
        let token = self.token();
        let number = || {
            let read = serde_json::from_str::<Number>(&token).ok();
            read.or_else(|| Number::from_f64(token.parse().ok()?)).map(Value::Number)
        };
        match token.as_str() {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            // Beyond all numbers, or none: that it was said is not the same as nothing said.
            _ if token.parse::<f64>().is_ok_and(|number| !number.is_finite()) => Value::String(token),
            _ => number().unwrap_or(Value::Null),
        }
    }

    /// Reads up to the next byte that has a meaning; at least one.
    fn token(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        self.skip(|byte| !byte.is_ascii_whitespace() && !b"{}[],:\"'".contains(&byte));
        String::from_utf8_lossy(self.bytes.get(start..self.at).unwrap_or_default()).into_owned()
    }

    /// Passes over a container that lies too deep, without going down into it.
    fn skip_container(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.string(b'"');
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    fn skip(&mut self, such: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|byte| such(*byte)) {
            self.at += 1;
        }
    }

    /// Returns the next byte; at the end, which is always too early, that is noted.
    fn peek(&mut self) -> Option<u8> {
        let next = self.bytes.get(self.at).copied();
        self.cut |= next.is_none();
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Value {
        parse(text.as_bytes()).unwrap().value
    }

    #[test]
    fn what_is_wrong_costs_no_more_than_the_value_it_stands_in() {
        for (text, value) in [
            (r#"{"a":"x\ud83d","b":1}"#, json!({"a": "x\u{fffd}", "b": 1})),
            (r#"{"a":"\ud83d\ude00 \ud83dx \ude00"}"#, json!({"a": "😀 \u{fffd}x \u{fffd}"})),
            (r#"{"a":"\ud83d\u0041","b":"\uZZ"}"#, json!({"a": "\u{fffd}A", "b": "\u{fffd}ZZ"})),
            ("{\"a\":\"one\ntwo\u{1}\t\",\"b\":2}", json!({"a": "one\ntwo\u{1}\t", "b": 2})),
            (
                r#"{"a":NaN,"b":-Infinity,"c":undefined,"d":1e999,"e":2}"#,
                json!({"a": "NaN", "b": "-Infinity", "c": null, "d": "1e999", "e": 2}),
            ),
            (r#"{"a":01,"b":+2,"c":.5,"d":True}"#, json!({"a": 1.0, "b": 2.0, "c": 0.5, "d": true})),
            (r#"{"a":[1,2,],"b":{"c":3,},}"#, json!({"a": [1, 2], "b": {"c": 3}})),
            (r#"{'a':'b',c:[1 2]}"#, json!({"a": "b", "c": [1, 2]})),
            (
                r#"{"list":[{"id":"x"},{"id":},{"id" "y"},{"id":"z"}]}"#,
                json!({"list": [{"id": "x"}, {"id": null}, {}, {"id": "z"}]}),
            ),
            (r#"[{"a":1],2]"#, json!([{"a": 1}])),
            (r#"{"a":1} trailing"#, json!({"a": 1})),
            (r#"{"a":1}{"b":2}"#, json!({"a": 1})),
            ("\u{feff} {\"a\":1}", json!({"a": 1})),
        ] {
            assert_eq!(read(text), value, "{text}");
        }
        let bytes = b"{\"a\":\"x\xff\xfey\",\"b\":1}";
        assert_eq!(parse(bytes).unwrap().value, json!({"a": "x\u{fffd}\u{fffd}y", "b": 1}));
        for text in ["", "  ", "<html>", "\"text\"", "12", "data: {}"] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_cut_off_is_there_as_far_as_it_came() {
        for (text, value) in [
            (r#"{"a":[{"b":"AQ"#, json!({"a": [{"b": "AQ\u{fffd}"}]})),
            (r#"{"a":[{"b":"AQID"}"#, json!({"a": [{"b": "AQID"}]})),
            (r#"{"a":"#, json!({"a": null})),
            (r#"{"a"#, json!({})),
            ("[1,2", json!([1, 2])),
            ("{", json!({})),
        ] {
            let parsed = parse(text.as_bytes()).unwrap();
            assert_eq!((parsed.value, parsed.cut), (value, true), "{text}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = format!(
            "{{\"list\":[{{\"id\":\"x\",\"deep\":{}1{}}},{{\"id\":\"y\"}}]}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let list = read(&deep);
        assert_eq!((&list["list"][0]["id"], &list["list"][1]["id"]), (&json!("x"), &json!("y")));
        let open = format!("{{\"a\":{}", "[".repeat(1_000_000));
        assert!(parse(open.as_bytes()).unwrap().cut);
        let many = format!("[{}NaN]", "0,".repeat(VALUES));
        assert!(read(&many).as_array().unwrap().len() <= VALUES);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((".{0,4}", inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_well_formed_reads_the_same_either_way(value in any_json()) {
            let text = json!([value]).to_string();
            let mut reader = Reader { bytes: text.as_bytes(), at: 0, left: VALUES, cut: false };
            let found = reader.value(0).unwrap();
            prop_assert_eq!(&found, &serde_json::from_str::<Value>(&text).unwrap());
            prop_assert!(!reader.cut);
        }

        #[test]
        fn nothing_makes_it_panic_or_hang(bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\u'".to_vec())], 0..200)) {
            let text = [&b"{"[..], &bytes].concat();
            prop_assert!(parse(&text).is_some());
        }
    }
}
