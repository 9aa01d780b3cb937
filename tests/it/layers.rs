//! The architecture as a test: who may import whom, how long a file may be, and what each layer must not contain.
//!
//! It reads the sources as text. A layer that is not in the table fails, so that a new one has to be placed.

mod circles;
mod jobs;

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and the layers that it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("api", &[]),
    ("picture", &[]),
    ("plan", &["api", "picture"]),
    ("library", &["api", "picture", "plan"]),
    ("decode", &["picture", "library"]),
    ("engine", &["api", "picture", "plan", "library", "decode"]),
    ("memory", &[]),
    ("demo", &["picture"]),
    ("crash", &["api", "picture"]),
    ("studio", &["api", "picture", "plan", "library", "decode", "engine"]),
    ("ui", &["studio", "engine", "decode", "plan", "api", "library", "picture"]),
];
/// They tie everything together.
const TOP: &[&str] = &["app", "cli", "door", "window", "main", "lib"];

/// Layers, or all of them, and what their files must not mention, and why.
const FORBIDDEN: &[(&[&str], &[&str], &str)] = &[
    (
        &["api", "picture", "plan", "library", "decode", "engine", "demo"],
        &["egui"],
        "only the upper layers know the window",
    ),
    (&["studio"], &["egui::Ui", "egui::Context", "eframe"], "the studio decides and does not draw"),
    (&["ui"], &["std::fs", "fs::", "reqwest", "block_on", "image::"], "drawing never waits"),
    (
        &["picture", "plan", "library", "decode", "studio", "ui"],
        &["tokio"],
        "only the engine, the client and the demo server run tasks",
    ),
    (&["picture", "plan", "library", "decode", "studio"], &["reqwest"], "only the client speaks to the network"),
    (&["api", "plan"], &["std::fs", "rusqlite"], "no files"),
];
const LONGEST: usize = 500;

struct Source {
    /// Relative to `src`, with `/`.
    path: String,
    layer: String,
    text: String,
    is_test: bool,
}

impl Source {
    /// What the program is built from: neither comments nor the tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().map(|line| line.split("//").next().unwrap_or(""));
        lines.enumerate().take_while(|(_, line)| *line != "#[cfg(test)]").map(|(index, line)| (index + 1, line))
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                into.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    let read = |path: &PathBuf| {
        let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let layer = relative.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let is_test = relative.starts_with("library/folder/storage/")
            || relative
                .split('/')
                .any(|part| matches!(part, "tests" | "tests.rs" | "samples.rs" | "testing.rs" | "hostile_tests.rs"));
        Source { text: fs::read_to_string(path).unwrap(), path: relative, layer, is_test }
    };
    paths.iter().map(read).collect()
}

/// The modules of this crate that a line names: after `crate::`, also inside `use crate::{a, b::c}`.
fn imports(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            for item in group.split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == ',' && depth == 0
            }) {
                found.push(first_word(item.trim_start()));
            }
        } else if !line[..at].ends_with("pub(in ") {
            found.push(first_word(rest));
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")
}

#[test]
fn layers_import_one_way_only() {
    let mut faults = Vec::new();
    for source in sources() {
        if TOP.contains(&source.layer.as_str()) {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == source.layer) else {
            faults.push(format!("src/{}: the layer `{}` is not in the table", source.path, source.layer));
            continue;
        };
        // Statements that run over several lines are read as one.
        let joined: String = source.code().map(|(_, line)| line.trim()).collect::<Vec<_>>().join(" ");
        for statement in joined.split(';') {
            for module in imports(statement) {
                let layered = LAYERS.iter().any(|(name, _)| *name == module) || TOP.contains(&module);
                if layered && module != source.layer && !allowed.contains(&module) {
                    faults.push(format!("src/{}: `{}` may not import `{module}`", source.path, source.layer));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_layer_contains_what_belongs_elsewhere() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        for (layers, words, why) in FORBIDDEN.iter().filter(|(layers, ..)| layers.contains(&source.layer.as_str())) {
            for (number, line) in source.code() {
                for word in words.iter().filter(|word| names(line, word)) {
                    faults.push(format!("src/{}:{number}: `{word}` in {layers:?}: {why}", source.path));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether `word` stands in `line` as a word of its own, not as the end of a longer one or of another path.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part(before) && before != Some(':') && (word.ends_with(':') || !part(after))
    })
}

/// What takes foreign bytes and would parse a drawing in this process.
const FOR_CHILDREN: &[&str] = &["probe", "decode", "decode_scaled", "prepare", "prepare_edited", "Drawing"];

#[test]
fn drawings_are_parsed_by_children_alone() {
    let mut faults = Vec::new();
    let exempt = |layer: &str| matches!(layer, "picture" | "decode");
    for source in sources().iter().filter(|source| !source.is_test && !exempt(&source.layer)) {
        let joined: String = source.code().map(|(_, line)| line.trim()).collect::<Vec<_>>().join(" ");
        for statement in joined.split(';') {
            let inside = statement.split_once("picture::").map_or("", |(_, names)| names);
            for word in FOR_CHILDREN.iter().filter(|word| names(inside, word)) {
                faults.push(format!("src/{}: `picture::{word}`, use that of `decode`", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Files that start another program, and which.
const STARTERS: &[(&str, &str)] = &[
    ("engine/child.rs", "none, it only prepares them"),
    ("engine/export.rs", "the system's file manager, for a folder that is there"),
    ("decode/process.rs", "Easel itself, to draw"),
];

#[test]
fn programs_and_addresses_are_opened_in_few_places() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        for (number, line) in source.code() {
            let starts = line.contains("Command::new(") || line.contains("child::command(");
            if starts && !STARTERS.iter().any(|(path, _)| *path == source.path) {
                faults.push(format!("src/{}:{number}: a program is started: {}", source.path, line.trim()));
            }
            let opens =
                ["open_url", "OpenUrl", "hyperlink(", "hyperlink_to", "Hyperlink::", "webbrowser::", "Link::new"];
            if opens.iter().any(|word| line.contains(word)) {
                faults.push(format!("src/{}:{number}: an address is opened: {}", source.path, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Types that many rooms work for, and the one file that gives each its methods: a room exports functions over the parts
/// that they need.
const HUBS: &[(&str, &str)] = &[("Library", "library/handle.rs")];

#[test]
fn a_hub_has_its_methods_in_one_file() {
    let sources = sources();
    for (hub, file) in HUBS {
        let gives = |source: &&Source| source.code().any(|(_, line)| line.trim_end() == format!("impl {hub} {{"));
        let found: Vec<&str> = sources.iter().filter(gives).map(|source| source.path.as_str()).collect();
        assert_eq!(found, [*file], "`impl {hub}`");
    }
}

/// Files that remove names from the disk themselves; all others of the library ask the storage.
const REMOVERS: &[&str] = &["library/folder/storage.rs", "library/index/schema.rs"];

/// Files of the library that let something be deleted, in how many places, and what allows it.
const DELETERS: &[(&str, usize, &str)] = &[
    ("library/folder/inbox.rs", 1, "requests of a shell, once they were read"),
    ("library/folder/outside.rs", 1, "what it began to write outside of the library"),
    ("library/folder/partials.rs", 2, "what it began to write"),
    ("library/folder/thumbnails.rs", 2, "what can be made again"),
    (
        "library/ingest.rs",
        8,
        "notes of arrivals that ended, what it began to write, bytes of which `locate` knows a copy",
    ),
    ("library/open.rs", 3, "its own probe, an index that was never finished"),
    (
        "library/orphaned_partials.rs",
        2,
        "partials of pictures that were emptied from the trash, and of dismissed requests",
    ),
    ("library/purge.rs", 2, "the emptied trash: what `locate` says is the picture, and its own sidecar"),
    ("library/rebuild/mod.rs", 1, "an index that was never finished"),
    ("library/rebuild/online.rs", 1, "an index that was never finished"),
    ("library/rebuild/swap.rs", 1, "the log of an index that was folded into its file"),
    ("library/recover.rs", 3, "halves and notes of arrivals, bytes of which `locate` knows a copy"),
    ("library/trash.rs", 2, "the second name of what `locate` finds twice, and its own second sidecar"),
    ("library/unread.rs", 2, "answers of dismissed requests, when the trash is emptied"),
    ("library/verify.rs", 1, "its own sidecar, which was written anew where the picture is now"),
];

#[test]
fn what_may_be_deleted_is_said_in_few_places() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| source.layer == "library") {
        let is_test = source.path.starts_with("library/tests") || source.path.starts_with("library/folder/storage/");
        let code = source.text.split("\nmod tests {").next().unwrap_or_default();
        let lines = || code.lines().map(|line| line.split("//").next().unwrap_or_default()).filter(|_| !is_test);
        let removes = |line: &str| ["remove_file", "remove_dir"].iter().any(|word| line.contains(word));
        assert!(!lines().any(removes) || REMOVERS.contains(&source.path.as_str()), "src/{} removes files", source.path);
        let words = ["storage.remove(", ".discard(", ".discard_dir(", ".discard_database("];
        let asks = lines().filter(|line| words.iter().any(|word| line.contains(word))).count();
        if asks > 0 && source.path != "library/folder/storage.rs" {
            found.push((source.path.clone(), asks));
        }
    }
    found.sort();
    let expected: Vec<_> = DELETERS.iter().map(|(path, asks, _)| ((*path).to_owned(), *asks)).collect();
    assert_eq!(found, expected, "a new place needs its reason");
}

#[test]
fn no_file_is_too_long_to_read() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= LONGEST, "src/{}: {lines} lines, {LONGEST} at most", source.path);
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for source in sources().iter().filter(|source| source.text.lines().count() > 3) {
        assert!(source.text.starts_with("//!"), "src/{}: no `//!` header", source.path);
    }
}

#[test]
fn colours_are_named_in_the_theme_only() {
    let mut faults = Vec::new();
    for source in sources() {
        let theme = source.path == "ui/theme.rs" || source.path.starts_with("ui/theme/");
        if theme || source.is_test || source.layer == "demo" {
            continue;
        }
        for (number, line) in source.code() {
            if line.contains("Color32::from_") || has_hex_colour(line) {
                faults.push(format!("src/{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// `"#rgb"`, `"#rrggbb"` or `hex_color!`.
fn has_hex_colour(line: &str) -> bool {
    line.contains("hex_color!")
        || line.match_indices("\"#").any(|(at, _)| {
            let digits = line[at + 2..].chars().take_while(char::is_ascii_hexdigit).count();
            matches!(digits, 3 | 6 | 8) && line[at + 2 + digits..].starts_with('"')
        })
}

#[test]
fn the_checks_themselves_see_what_they_look_for() {
    assert_eq!(imports("use crate::api::Model"), ["api"]);
    assert_eq!(imports("use crate::{api::{A, B}, plan, ui::x}"), ["api", "plan", "ui"]);
    assert_eq!(imports("let x = crate::engine::start(crate::plan::y)"), ["engine", "plan"]);
    assert!(names("use egui::Ui", "egui") && names("egui::Ui", "egui") && names("    std::fs::read(p)", "std::fs"));
    assert!(!names("my_egui", "egui") && !names("egui_kittest::x", "egui") && !names("offs::x", "fs::"));
    assert!(names("image::load(x)", "image::") && !names("super::image::x", "image::"));
    assert!(has_hex_colour("fill=\"#1e1e20\"") && !has_hex_colour("\"#issue\""));
}
