//! The text of AUTOMATIC1111 and its many followers.
//!
//! ```text
//! a fox in the snow
//! Negative prompt: blurry, text
//! Steps: 30, Sampler: DPM++ 2M, CFG scale: 7, Seed: 42, Size: 832x1216, Model: dream, Version: v1.10.1
//! ```

use serde_json::Value;

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{MAX_ROWS, empty, scalar};

/// Fewest settings that make a last line one of settings, as the program itself counts.
const FEWEST: usize = 3;
/// Longest value with parts, in bytes.
const MAX_VALUE: usize = 64 << 10;
const NEGATIVE: &str = "Negative prompt:";

/// Reads the three parts; `None` when there is no line of settings.
pub(super) fn read(text: &str) -> Option<Foreign> {
    let start = text.rmatch_indices("Steps:").map(|(at, _)| at).find(|at| begins_a_line(text, *at))?;
    let (words, settings) = text.split_at_checked(start)?;
    let rows = settings_of(settings);
    if rows.len() < FEWEST {
        return None;
    }
    let mut found = prompts(words);
    let mut app = None;
    for (name, value) in rows {
        match name.as_str() {
            "Model" => found.model = Some(value),
            "Seed" => found.seed = value.parse().ok(),
            "Size" => found.size = size(&value),
            "Version" => found.program = Some(program(value)),
            "App" => app = Some(value),
            _ => found.rows.push((name, value)),
        }
    }
    found.program = app.or(found.program);
    Some(found)
}

/// Reads `parameters` without settings.
pub(super) fn prompt_alone(text: &str) -> Option<Foreign> {
    (!text.trim().is_empty() && !text.trim_start().starts_with('{')).then(|| prompts(text))
}

fn prompts(words: &str) -> Foreign {
    let negative = words.match_indices(NEGATIVE).map(|(at, _)| at).find(|at| begins_a_line(words, *at));
    let (prompt, rest) = words.split_at_checked(negative.unwrap_or(words.len())).unwrap_or((words, ""));
    let negative_prompt = rest.strip_prefix(NEGATIVE).map(str::to_owned);
    Foreign { prompt: Some(prompt.to_owned()), negative_prompt, ..empty(Notation::Automatic1111) }
}

fn begins_a_line(text: &str, at: usize) -> bool {
    text.get(..at)
        .map(|before| before.trim_end_matches(' '))
        .is_some_and(|before| before.is_empty() || before.ends_with('\n'))
}

/// Names the program by the form of its version.
fn program(version: String) -> String {
    let mut letters = version.chars();
    match (letters.next(), letters.next().is_some_and(|second| second.is_ascii_digit())) {
        (Some('v'), true) => format!("AUTOMATIC1111 {version}"),
        (Some('f'), true) => format!("Forge {version}"),
        _ => version,
    }
}

fn size(value: &str) -> Option<Size> {
    let (width, height) = value.split_once('x')?;
    let side = |text: &str| text.trim().parse().ok().filter(|side| *side > 0);
    Some(Size { width: side(width)?, height: side(height)? })
}

/// Splits `Name: value, Name: "value, with commas", Name: {"json": 1}`.
fn settings_of(text: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once(':').filter(|_| rows.len() < MAX_ROWS) {
        // What stands before a comma or the end of a line belongs to nothing.
        let name = name.rsplit([',', '\n']).next().unwrap_or_default().trim();
        let after = after.trim_start_matches(' ');
        let (value, length) = value(after);
        if !name.is_empty() {
            rows.push((name.to_owned(), value));
        }
        rest = after.get(length..).unwrap_or_default();
    }
    rows
}

/// Reads a value and says how many bytes it takes.
fn value(text: &str) -> (String, usize) {
    if text.starts_with(['"', '{', '[']) {
        let near = text.get(..text.floor_char_boundary(MAX_VALUE)).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(near).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            return (scalar(&value).unwrap_or_else(|| value.to_string()), values.byte_offset());
        }
    }
    let end = text.find([',', '\n']).unwrap_or(text.len());
    (text.get(..end).unwrap_or_default().trim().to_owned(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(found: &'a Foreign, name: &str) -> Option<&'a str> {
        found.rows.iter().find(|(row, _)| row == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn prompts_and_settings_are_told_apart() {
        let text = "a fox, (snow:1.2), Steps: none\nsecond line <lora:x:0.8>\nNegative prompt: blurry,\nNegative prompt: text\n\
            Steps: 30, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 4294967296, Size: 832x1216, Model hash: 31e35c80fc, \
            Model: sd_xl_base_1.0, Lora hashes: \"x: 1a, y: 2b\", Civitai resources: [{\"type\":\"checkpoint\",\"id\":1}], \
            Version: v1.10.1";
        let found = read(text).unwrap();
        assert_eq!(
            found.prompt.as_deref().map(str::trim),
            Some("a fox, (snow:1.2), Steps: none\nsecond line <lora:x:0.8>")
        );
        assert_eq!(found.negative_prompt.as_deref().map(str::trim), Some("blurry,\nNegative prompt: text"));
        assert_eq!((found.seed, found.model.as_deref()), (Some(4_294_967_296), Some("sd_xl_base_1.0")));
        assert_eq!(found.size, Some(Size { width: 832, height: 1216 }));
        assert_eq!(found.program.as_deref(), Some("AUTOMATIC1111 v1.10.1"));
        for (name, value) in [
            ("Steps", "30"),
            ("Sampler", "DPM++ 2M Karras"),
            ("Lora hashes", "x: 1a, y: 2b"),
            ("Civitai resources", r#"[{"type":"checkpoint","id":1}]"#),
            ("Model hash", "31e35c80fc"),
        ] {
            assert_eq!(row(&found, name), Some(value), "{name}");
        }
    }

    #[test]
    fn programs_are_told_by_their_versions() {
        for (version, program) in [
            ("Version: f2.0.1v1.10.1-previous-669", "Forge f2.0.1v1.10.1-previous-669"),
            ("Version: Fooocus v2.5.5", "Fooocus v2.5.5"),
            ("App: SD.Next, Version: 8a0d3a2", "SD.Next"),
            ("Version: v1.6.0", "AUTOMATIC1111 v1.6.0"),
        ] {
            let found = read(&format!("fox\nSteps: 20, Sampler: Euler a, Seed: 1, {version}")).unwrap();
            assert_eq!(found.program.as_deref(), Some(program));
        }
    }

    #[test]
    fn text_without_settings_is_not_taken_for_one() {
        for text in
            ["", "a fox", "Steps: 20", "How to:\nSteps: one, then two", "a\nSteps: 1, two: 2", "Steps:", "\nSteps:::"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(read("Steps: 20, Sampler: \"x, Seed: 4, Size: 9x, Model: {").is_some());
    }
}
