//! Circles of imports: every name that a file uses is followed to the file that defines it, through re-exports.
//!
//! A re-export is a signpost and no import of its own; tests may look everywhere.

use super::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

/// A module by its path below the crate: `["engine", "jobs"]`.
type Module = Vec<String>;

/// What a file brings into its module and what it defines there.
#[derive(Default)]
struct File {
    /// Names with the paths that they stand for, and whether they are only passed on.
    uses: Vec<(String, Vec<String>, bool)>,
    defines: BTreeSet<String>,
    /// Paths that are written out where they are used.
    paths: BTreeSet<Vec<String>>,
}

struct House(BTreeMap<Module, File>);

impl House {
    fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let product = sources.into_iter().filter(|source| !source.is_test);
        Self(product.map(|source| (module_of(&source.path), File::read(&source.text))).collect())
    }

    /// Returns the module whose file defines what a path means that is written in a module; `None`: nothing of ours.
    fn definer(&self, module: &Module, path: &[String], seen: &mut BTreeSet<(Module, Vec<String>)>) -> Option<Module> {
        if !seen.insert((module.clone(), path.to_vec())) {
            return None;
        }
        let mut from = module.clone();
        let mut rest = path;
        while let Some((first, after)) = rest.split_first() {
            match first.as_str() {
                "crate" => from.clear(),
                "self" => {}
                "super" => drop(from.pop()),
                _ => break,
            }
            rest = after;
        }
        loop {
            let Some((name, after)) = rest.split_first() else { return Some(from) };
            let inner: Module = from.iter().chain([name]).cloned().collect();
            if !self.0.contains_key(&inner) {
                break;
            }
            (from, rest) = (inner, after);
        }
        let (name, after) = rest.split_first()?;
        let file = self.0.get(&from)?;
        if file.defines.contains(name) {
            return Some(from);
        }
        let meant = file.uses.iter().filter(|(known, ..)| known == name || known == "*");
        let mut meant = meant.map(|(known, path, _)| {
            let path = if known == "*" {
                [&path[..path.len() - 1], std::slice::from_ref(name)].concat()
            } else {
                path.clone()
            };
            path.into_iter().chain(after.iter().cloned()).collect::<Vec<_>>()
        });
        meant.find_map(|path| self.definer(&from, &path, seen))
    }

    /// Returns for each file of a folder the other files in it whose names it uses.
    fn imports(&self, folder: &str) -> BTreeMap<&Module, BTreeSet<Module>> {
        let inside = |module: &Module| module.first().is_some_and(|first| first == folder);
        let of = |module: &Module, file: &File| {
            let used = file.uses.iter().filter(|(_, _, is_passed_on)| !is_passed_on).map(|(_, path, _)| path);
            let found = used.chain(&file.paths).filter_map(|path| self.definer(module, path, &mut BTreeSet::new()));
            found.filter(|found| inside(found) && found != module).collect()
        };
        self.0.iter().filter(|(module, _)| inside(module)).map(|(module, file)| (module, of(module, file))).collect()
    }
}

/// `engine/jobs.rs` and `engine/jobs/mod.rs` are both the module `engine::jobs`.
fn module_of(path: &str) -> Module {
    let mut module: Module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

impl File {
    fn read(text: &str) -> Self {
        let mut file = Self::default();
        let code: String = code_of(text);
        for statement in code.split(';') {
            match statement.rfind("use ").map(|at| (at, statement[..at].rsplit('\n').next().unwrap_or("").trim())) {
                Some((at, before)) if before.is_empty() || before.starts_with("pub") => {
                    let mut found = Vec::new();
                    flatten(&[], &statement[at + "use ".len()..], &mut found);
                    let is_passed_on = !before.is_empty();
                    file.uses.extend(found.into_iter().map(|(name, path)| (name, path, is_passed_on)));
                    file.paths.extend(paths_in(&statement[..at]));
                }
                _ => file.paths.extend(paths_in(statement)),
            }
        }
        file.defines = code.lines().filter_map(defined).collect();
        file
    }
}

/// What the program is built from: neither comments nor the tests at the end of the file.
fn code_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let tests = |at: usize| {
        let next = lines.get(at + 1).copied().unwrap_or("");
        lines[at] == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{')
    };
    let end = (0..lines.len()).find(|at| tests(*at)).unwrap_or(lines.len());
    // How far something is seen is no import.
    lines[..end].join("\n").replace("(in crate::", "(")
}

/// Takes `a::{b, c::d as e}` apart into names and the paths that they stand for.
fn flatten(before: &[String], tree: &str, into: &mut Vec<(String, Vec<String>)>) {
    let mut depth = 0;
    for part in tree.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    }) {
        let part = part.trim();
        let (head, group) = part.split_once('{').map_or((part, None), |(head, group)| (head, Some(group)));
        let (head, renamed) = head.split_once(" as ").map_or((head, None), |(head, name)| (head, Some(name.trim())));
        let words = head.split("::").map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
        let mut path: Vec<String> = before.iter().cloned().chain(words).collect();
        match group {
            Some(group) => flatten(&path, group.trim_end().trim_end_matches('}'), into),
            None => {
                if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                    path.pop();
                }
                let name = renamed.map(str::to_owned).or(path.last().cloned());
                into.extend(name.map(|name| (name, path)));
            }
        }
    }
}

/// Paths of more than one word that are written out.
fn paths_in(code: &str) -> BTreeSet<Vec<String>> {
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let paths = words.filter(|word| word.contains("::") && !word.starts_with(':'));
    paths.map(|path| path.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect()).collect()
}

/// Returns the name that a line at the margin defines.
fn defined(line: &str) -> Option<String> {
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1.trim_start(),
        Some(rest) => rest.trim_start(),
        None => line,
    };
    let line = ["async ", "unsafe "].iter().fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let line = if line.starts_with("const fn") { &line["const ".len()..] } else { line };
    let kinds = ["struct ", "enum ", "fn ", "trait ", "type ", "const ", "static ", "macro_rules! "];
    let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
    let name = super::first_word(rest);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Returns the files of a folder that reach themselves by what they use, with the next one on the way.
fn circles(house: &House, folder: &str) -> Vec<String> {
    let imports = house.imports(folder);
    let reached = |from: &Module| {
        let mut all: BTreeSet<&Module> = BTreeSet::new();
        let mut next: Vec<&Module> = imports.get(from).into_iter().flatten().collect();
        while let Some(module) = next.pop() {
            if all.insert(module) {
                next.extend(imports.get(module).into_iter().flatten());
            }
        }
        all
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|module| (*module, reached(module))).collect();
    let back = |to: &Module, from: &Module| to == from || reached.get(to).is_some_and(|all| all.contains(from));
    let arrows = imports.iter().flat_map(|(module, used)| used.iter().map(move |used| (*module, used)));
    let on_circles = arrows.filter(|(module, used)| back(used, module));
    on_circles.map(|(module, used)| format!("{} uses what {} defines", module.join("::"), used.join("::"))).collect()
}

/// Asserts that no file of a folder of `src` is part of a circle of imports.
pub(crate) fn assert_no_circle(folder: &str) {
    let found = circles(&House::of(&sources()), folder);
    assert!(found.is_empty(), "src/{folder}: {} arrows of circles:\n{}", found.len(), found.join("\n"));
}

#[test]
fn no_file_of_the_engine_is_part_of_a_circle_of_imports() {
    assert_no_circle("engine");
}

#[test]
fn no_file_of_decoding_is_part_of_a_circle_of_imports() {
    assert_no_circle("decode");
}

#[test]
fn no_file_of_the_library_is_part_of_a_circle_of_imports() {
    assert_no_circle("library");
}

/// Parts of a layer that stand on others of it, and all that each may import of its layer.
const STOREYS: &[(&str, &[&str])] = &[
    ("library/model", &["library/model", "library/hash"]),
    ("library/folder", &["library/folder", "library/model", "library/error", "library/hash", "library/locate"]),
    ("library/index", &["library/index", "library/model", "library/folder/paths", "library/error"]),
    ("library/search", &["library/search", "library/index", "library/model", "library/error"]),
];

#[test]
fn each_storey_of_the_library_stands_on_those_below_it() {
    let sources = sources();
    let house = House::of(&sources);
    let is_below = |path: &str, storey: &str| path == storey || path.starts_with(&format!("{storey}/"));
    let mut faults = Vec::new();
    for (module, imported) in house.imports("library") {
        let path = module.join("/");
        for (_, allowed) in STOREYS.iter().filter(|(storey, _)| is_below(&path, storey)) {
            let strange = imported.iter().map(|other| other.join("/"));
            let strange = strange.filter(|other| !allowed.iter().any(|allowed| is_below(other, allowed)));
            faults.extend(strange.map(|other| format!("src/{path} may not import {other}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_circle_is_seen_through_re_exports_globs_and_written_out_paths() {
    let file = |path: &str, text: &str| Source {
        path: path.into(),
        layer: "a".into(),
        text: text.into(),
        is_test: path.ends_with("tests.rs"),
    };
    let hub = file("a/mod.rs", "mod b;\nmod c;\n#[cfg(test)]\nmod tests;\npub use b::Big;\npub use c::*;\n");
    let below = file("a/c.rs", "pub struct Small;\n");
    for (b, c, arrows) in [
        ("use super::c::Small;\npub struct Big;", "pub struct Small;", 0),
        ("use super::{\n    Small,\n};\npub struct Big;", "use crate::a::Big;\npub struct Small;", 2),
        ("pub struct Big;\nfn x() { super::c::y(); }", "pub(crate) async fn y() {}\nfn z(_: super::Big) {}", 2),
        ("use super::c;\npub struct Big;\nfn x() { c::y(); }", "use super::b::Big as Huge;\nfn y() {}", 2),
        ("pub struct Big;\n// use super::Small;", "use super::Big;\npub struct Small;", 0),
    ] {
        let found = circles(&House::of([&hub, &file("a/b.rs", b), &file("a/c.rs", c)]), "a");
        assert_eq!(found.len(), arrows, "{b}\n{c}\n{found:?}");
    }
    let looks = file("a/tests.rs", "use super::Small;\npub struct Big;");
    assert!(circles(&House::of([&hub, &below, &looks]), "a").is_empty());
}
