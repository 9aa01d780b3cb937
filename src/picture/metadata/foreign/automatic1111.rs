//! The text of AUTOMATIC1111 and its many followers.
//!
//! ```text
//! a fox in the snow
//! Negative prompt: blurry, text
//! Steps: 30, Sampler: DPM++ 2M, CFG scale: 7, Seed: 42, Size: 832x1216, Model: dream, Version: v1.10.1
//! ```
//!
//! SD.Next parts the settings with `|`, writes `prompt:` before the prompt and some settings on a line above; Draw Things
//! writes the negative prompt with a `-` before it.

use serde_json::Value;

use super::super::{Foreign, Notation};
use super::flat::sides_of;
use super::{MAX_FIELDS, digits, empty};

/// Fewest settings that make a last line one of settings, as the program itself counts.
const FEWEST: usize = 3;
/// Longest value with parts, in bytes.
const MAX_VALUE: usize = 64 << 10;
const NEGATIVE: &str = "Negative prompt:";
/// Settings that may stand on a line of their own before the others.
const EARLY: [&str; 6] = ["Version", "Pipeline", "App", "Backend", "Parser", "Model"];

/// Reads the three parts; `None` when there is no line of settings.
pub(super) fn read(text: &str) -> Option<Foreign> {
    let start = text.rmatch_indices("Steps:").map(|(at, _)| at).find(|at| begins_a_line(text, *at))?;
    let start = with_early(text, start);
    let (words, settings) = text.split_at_checked(start)?;
    let settings = settings_of(settings);
    if settings.len() < FEWEST {
        return None;
    }
    let by_draw_things = settings.iter().any(|(name, _)| name == "Guidance Scale") && !words.contains(NEGATIVE);
    let mut found = if by_draw_things { dashed(words) } else { prompts(words) };
    let mut app = None;
    for (name, value) in settings {
        let text = value.as_str().unwrap_or_default();
        match name.as_str() {
            "Model" => found.model = Some(text.to_owned()),
            "Seed" if digits(&value).is_some() => found.seed = digits(&value),
            "Version" => found.program = Some(program(text.to_owned())),
            "App" => app = Some(text.to_owned()),
            _ => {
                if name == "Size" {
                    found.size = sides_of(text);
                }
                found.fields.push((name, value));
            }
        }
    }
    // Of its followers this one alone says by which pipeline.
    let is_sd_next = app.is_none() && found.fields.iter().any(|(name, _)| name == "Pipeline");
    found.program = match found.program {
        Some(version) if is_sd_next => Some(format!("SD.Next {version}")),
        version => app.or(version),
    };
    Some(found)
}

/// Reads `parameters` without settings.
pub(super) fn prompt_alone(text: &str) -> Option<Foreign> {
    (!text.trim().is_empty() && !text.trim_start().starts_with('{')).then(|| prompts(text))
}

/// Says where the settings begin, of which some may stand on lines before the one at `start`.
fn with_early(text: &str, mut start: usize) -> usize {
    while let Some(before) = text.get(..start).map(|before| before.trim_end_matches([' ', '\n', '\r'])) {
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let words = before.get(line..).unwrap_or_default();
        let is_early = words.split_once(':').is_some_and(|(name, _)| EARLY.contains(&name.trim()));
        // A prompt may well have such a line; the program ends its own with a comma.
        if line == 0 || !is_early || !words.ends_with([',', '|']) {
            return start;
        }
        start = line;
    }
    start
}

fn prompts(words: &str) -> Foreign {
    let negative = words.match_indices(NEGATIVE).map(|(at, _)| at).find(|at| begins_a_line(words, *at));
    let (prompt, rest) = words.split_at_checked(negative.unwrap_or(words.len())).unwrap_or((words, ""));
    let negative_prompt = rest.strip_prefix(NEGATIVE).map(str::to_owned);
    let prompt = prompt.trim_start();
    let prompt = ["prompt:", "Prompt:"].iter().find_map(|label| prompt.strip_prefix(label)).unwrap_or(prompt);
    Foreign { prompt: Some(prompt.to_owned()), negative_prompt, ..empty(Notation::Automatic1111) }
}

/// Takes the last line for what is not wanted when it begins with `-`.
fn dashed(words: &str) -> Foreign {
    let parts = words.trim_end().rsplit_once('\n').and_then(|(prompt, last)| Some((prompt, last.strip_prefix('-')?)));
    let Some((prompt, negative)) = parts else { return prompts(words) };
    let (prompt, negative_prompt) = (Some(prompt.to_owned()), Some(negative.to_owned()));
    Foreign { prompt, negative_prompt, ..empty(Notation::Automatic1111) }
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

/// Splits `Name: value, Name: "value, with commas", Name: {"json": 1}`, or the same with `|` for the commas.
fn settings_of(text: &str) -> Vec<(String, Value)> {
    let by_pipes = text.lines().any(|line| line.matches('|').count() + 1 >= FEWEST);
    let ends: &[char] = if by_pipes { &['|', '\n', ','] } else { &[',', '\n'] };
    let mut settings = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once(':').filter(|_| settings.len() < MAX_FIELDS) {
        // What stands before a comma or the end of a line belongs to nothing.
        let name = name.rsplit(ends).next().unwrap_or_default().trim();
        let after = after.trim_start_matches(' ');
        let (value, length) = value(after, ends);
        if !name.is_empty() {
            settings.push((name.to_owned(), value));
        }
        rest = after.get(length..).unwrap_or_default();
    }
    settings
}

/// Reads a value and says how many bytes it takes.
fn value(text: &str, ends: &[char]) -> (Value, usize) {
    if text.starts_with(['"', '{', '[']) {
        let near = text.get(..text.floor_char_boundary(MAX_VALUE)).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(near).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            return (value, values.byte_offset());
        }
    }
    let end = text.find(ends).unwrap_or(text.len());
    (text.get(..end).unwrap_or_default().trim().into(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::super::super::Size;

    fn field(found: &Foreign, name: &str) -> Option<String> {
        let (_, value) = found.fields.iter().find(|(field, _)| field == name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
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
        assert_eq!((found.seed.as_deref(), found.model.as_deref()), (Some("4294967296"), Some("sd_xl_base_1.0")));
        assert_eq!(found.size, Some(Size { width: 832, height: 1216 }));
        assert_eq!(found.program.as_deref(), Some("AUTOMATIC1111 v1.10.1"));
        for (name, value) in [
            ("Steps", "30"),
            ("Sampler", "DPM++ 2M Karras"),
            ("Lora hashes", "x: 1a, y: 2b"),
            ("Civitai resources", r#"[{"type":"checkpoint","id":1}]"#),
            ("Model hash", "31e35c80fc"),
        ] {
            assert_eq!(field(&found, name).as_deref(), Some(value), "{name}");
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

    #[test]
    fn the_settings_of_sd_next_are_told_apart_by_pipes() {
        let text = "prompt: a fox, in snow\nNegative prompt: blurry, text\nVersion: aa00000, Pipeline: Original,\n\
            Steps: 25 | Seed: 1879 | Sampler: Euler a | Size: 768x512 | Model: demo | Operations: | Hires steps: 20";
        let found = read(text).unwrap();
        assert_eq!(found.prompt.as_deref().map(str::trim), Some("a fox, in snow"));
        assert_eq!(found.negative_prompt.as_deref().map(str::trim), Some("blurry, text"));
        assert_eq!((found.seed.as_deref(), found.model.as_deref()), (Some("1879"), Some("demo")));
        assert_eq!((found.size, field(&found, "Steps").as_deref()), (sides_of("768x512"), Some("25")));
        assert_eq!(
            (field(&found, "Pipeline").as_deref(), found.program.as_deref()),
            (Some("Original"), Some("SD.Next aa00000"))
        );
        assert_eq!(field(&found, "Hires steps").as_deref(), Some("20"));
    }

    #[test]
    fn a_prompt_keeps_lines_that_look_like_settings() {
        let found = read("a poster\nVersion: two\nSteps: 9, Sampler: x, Seed: 3").unwrap();
        assert_eq!(found.prompt.as_deref().map(str::trim), Some("a poster\nVersion: two"));
        let found = read("a fox\n-a second line\nSteps: 9, Sampler: x, Seed: -1").unwrap();
        assert_eq!(
            (found.prompt.as_deref().map(str::trim), found.negative_prompt),
            (Some("a fox\n-a second line"), None)
        );
        assert_eq!((found.seed.as_deref(), found.fields.len()), (None, 3), "any seed is said, and not fixed");
    }

    #[test]
    fn draw_things_writes_a_dash_before_what_is_not_wanted() {
        let found = read("a fox\n-blurry\nSteps: 8, Guidance Scale: 4.5, Seed: 7, Size: 512x768, Model: m").unwrap();
        assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox"), Some("blurry")));
    }
}
