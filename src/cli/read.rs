//! `easel read`: what picture files say of themselves, for people with scripts.
//!
//! Needs no library and changes nothing. Invariants: every file has its line, whatever is wrong with it; what is not
//! known has no key; names and values of other programs stay as they are.

use super::{Failure, say, say_json};
use crate::api::harmless_line;
use crate::decode;
use crate::engine::{MAX_FILE_BYTES, Told};
use crate::library::{FileError, read_file};
use crate::picture::metadata::{About, Notation, about};
use crate::picture::{Format, Limits, decode_flawed};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Characters of one value for people.
const LONGEST: usize = 2_000;

pub(super) fn run(files: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let mut unread = 0;
    for file in files {
        let (line, is_picture) = of_file(file);
        unread += usize::from(!is_picture);
        match as_json {
            true => say_json(&Value::Object(line).to_string()),
            false => for_people(&line),
        }
    }
    match unread {
        0 => Ok(()),
        _ => Err(Failure::new("read", format!("{unread} of {} files are no pictures that can be read", files.len()))),
    }
}

/// Says what a file tells, and whether it is a picture.
fn of_file(file: &Path) -> (Map<String, Value>, bool) {
    let mut line = Map::new();
    line.insert("file".to_owned(), file.to_string_lossy().into_owned().into());
    let is_picture = match bytes_of(file) {
        Ok(bytes) => describe(file, &bytes, &mut line),
        Err(problem) => {
            line.insert("problem".to_owned(), problem.into());
            false
        }
    };
    (line, is_picture)
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, String> {
    read_file(file, MAX_FILE_BYTES).map_err(|error| match error {
        FileError::Folder => "it is a folder; name the files in it".to_owned(),
        error => error.to_string(),
    })
}

/// Adds what the bytes tell; false: they are no picture.
fn describe(file: &Path, bytes: &[u8], line: &mut Map<String, Value>) -> bool {
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            line.insert(name.to_owned(), value);
        }
    };
    let format = Format::sniff(bytes);
    put("format", format.map(|format| format.extension().into()));
    let limits = Limits::default();
    let info = decode::probe(bytes, &limits);
    put("width", info.as_ref().ok().map(|info| info.size.width.into()));
    put("height", info.as_ref().ok().map(|info| info.size.height.into()));
    let About { frames, profile } = about(bytes);
    put("frames", frames.map(Value::from));
    put("profile", profile.map(Value::from));
    let told = Told::of_file(file, bytes);
    let fields = fields(&told);
    put("program", told.program().map(Value::from));
    // A description is not called a prompt by anybody.
    let is_prompt =
        told.recipe.is_some() || told.foreign.as_ref().is_some_and(|it| it.notation != Notation::Description);
    put("prompt", told.prompt().filter(|_| is_prompt).map(Value::from));
    put("negative_prompt", told.negative_prompt().map(Value::from));
    put("seed", told.seed().map(Value::from));
    put("model", told.model().map(Value::from));
    put("fields", (!fields.is_empty()).then(|| fields.into()));
    let problem = match info {
        Err(error) => Some(error.to_string()),
        Ok(_) => match format {
            Some(Format::Svg) => decode::decode(bytes, &limits).err().map(|error| error.to_string()),
            _ => match decode_flawed(bytes, &limits) {
                Ok((_, flaw)) => flaw.map(|flaw| flaw.to_string()),
                Err(error) => Some(error.to_string()),
            },
        },
    };
    put("problem", problem.map(Value::from));
    format.is_some()
}

/// Everything else that was found; of a name that comes more than once a list.
fn fields(told: &Told) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: &Value| match fields.get_mut(name) {
        None => _ = fields.insert(name.to_owned(), value.clone()),
        Some(Value::Array(several)) => several.push(value.clone()),
        Some(one) => *one = Value::Array(vec![one.take(), value.clone()]),
    };
    if let Some(recipe) = &told.recipe {
        let own = ["prompt", "negative_prompt", "seed", "model"];
        let request = recipe.request.as_object().into_iter().flatten();
        request.filter(|(name, _)| !own.contains(&name.as_str())).for_each(|(name, value)| put(name, value));
        if let Ok(whole) = serde_json::to_value(recipe) {
            put("recipe", &whole);
        }
        return fields;
    }
    let Some(foreign) = &told.foreign else { return fields };
    if foreign.notation == Notation::Description
        && let Some(words) = &foreign.prompt
    {
        put("Description", &words.as_str().into());
    }
    foreign.fields.iter().for_each(|(name, value)| put(name, value));
    fields
}

fn for_people(line: &Map<String, Value>) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let of = |name: &str| line.get(name).map(text);
    let size = of("width").zip(of("height")).map(|(width, height)| format!("{width} x {height}"));
    let frames = of("frames").filter(|frames| frames != "1").map(|frames| format!("{frames} frames"));
    let head = [of("format").map(|format| format.to_uppercase()), size, frames, of("profile")];
    let head: Vec<_> = head.into_iter().flatten().collect();
    say(&format!("{}\t{}", of("file").unwrap_or_default(), head.join(", ")));
    for name in ["program", "model", "prompt", "negative_prompt", "seed", "problem"] {
        if let Some(value) = of(name) {
            say(&format!("  {name}\t{}", harmless_line(&value, LONGEST)));
        }
    }
    for (name, value) in line.get("fields").and_then(Value::as_object).into_iter().flatten() {
        say(&format!("  {}\t{}", harmless_line(name, LONGEST), harmless_line(&text(value), LONGEST)));
    }
}
