//! Which file needs which, as a test: every name of a `use` is followed to the file that defines it, through whatever
//! re-exports it, and no file of a folder may be part of a circle.
//!
//! It reads the sources as text: `use` lines, and paths in the code that begin with a module. Tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The folders of `src` whose files form no circle.
const FOLDERS: &[&str] = &["library"];

/// Parts of a layer that stand on others of it, and all that each may need of its layer.
const STOREYS: &[(&str, &[&str])] = &[
    ("library/model/", &["library/model/", "library/hash.rs"]),
    (
        "library/folder/",
        &["library/folder/", "library/model/", "library/error.rs", "library/hash.rs", "library/locate.rs"],
    ),
    (
        "library/index/",
        &[
            "library/index/",
            "library/model/",
            "library/folder/paths.rs",
            "library/folder/prompt_log.rs",
            "library/error.rs",
            "library/handle.rs",
        ],
    ),
    ("library/search/", &["library/search/", "library/index/", "library/model/", "library/error.rs"]),
];

/// A module by its path from the root of the crate.
type Name = Vec<String>;

#[derive(Default)]
struct Module {
    /// Relative to `src`.
    file: String,
    /// Without tests, comments and `use` lines.
    code: String,
    children: BTreeSet<String>,
    /// What each name that a `use` brings in stands for.
    uses: BTreeMap<String, Vec<String>>,
}

/// The end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    Module(Name),
    /// Something that the file of this module defines.
    Item(Name),
}

struct Crate(BTreeMap<Name, Module>);

impl Crate {
    fn read(root: &Path) -> Self {
        let mut modules = BTreeMap::new();
        read_folder(root, &mut Vec::new(), &mut modules);
        // Some files are there for tests alone: no module names them.
        let child = |(name, module): (&Name, &Module)| -> Vec<Name> {
            module.children.iter().map(|child| name.iter().chain([child]).cloned().collect()).collect()
        };
        let named: BTreeSet<Name> = modules.iter().flat_map(child).collect();
        modules.retain(|name, _| name.is_empty() || named.contains(name));
        Self(modules)
    }

    /// Goes from a module along a path, and on from what a `use` there stands for.
    fn follow(&self, from: &[String], path: &[String]) -> Option<End> {
        let mut at = from.to_vec();
        for (place, word) in path.iter().enumerate() {
            let child: Name = at.iter().chain([word]).cloned().collect();
            if self.0.contains_key(&child) {
                at = child;
            } else if let Some(stands_for) = self.0.get(&at)?.uses.get(word) {
                let mut on = stands_for.clone();
                on.extend(path.iter().skip(place + 1).cloned());
                return self.resolve(&at, &on);
            } else {
                return Some(End::Item(at));
            }
        }
        Some(End::Module(at))
    }

    /// Says where a path leads that stands in a module; `None`: to another crate, or nowhere.
    fn resolve(&self, module: &[String], path: &[String]) -> Option<End> {
        let ups = path.iter().take_while(|word| *word == "super").count();
        match path.first()?.as_str() {
            "crate" => self.follow(&[], path.get(1..)?),
            "self" => self.follow(module, path.get(1..)?),
            "super" => self.follow(module.get(..module.len().checked_sub(ups)?)?, path.get(ups..)?),
            first if self.0.get(module)?.children.contains(first) => self.follow(module, path),
            _ => None,
        }
    }

    /// Lists the modules whose files this one needs.
    fn needs(&self, name: &[String]) -> BTreeSet<Name> {
        let Some(module) = self.0.get(name) else { return BTreeSet::new() };
        let mut ends: Vec<End> = Vec::new();
        for (word, path) in &module.uses {
            match self.resolve(name, path) {
                Some(End::Module(to)) => {
                    let beyond = paths_after(&module.code, word);
                    ends.extend(beyond.iter().filter_map(|path| self.follow(&to, path)));
                    ends.extend(beyond.is_empty().then_some(End::Item(to)));
                }
                end => ends.extend(end),
            }
        }
        for first in ["crate", "super", "self"].into_iter().chain(module.children.iter().map(String::as_str)) {
            for rest in paths_after(&module.code, first) {
                let path: Vec<String> = std::iter::once(first.to_owned()).chain(rest).collect();
                ends.extend(self.resolve(name, &path));
            }
        }
        let files = ends.into_iter().map(|end| match end {
            End::Module(name) | End::Item(name) => name,
        });
        files.filter(|other| other != name).collect()
    }

    /// Lists the files below a folder that need themselves, by whatever way, each with what it needs among them.
    fn circles(&self, folder: &str) -> Vec<String> {
        let inside = |name: &Name| name.first().is_some_and(|first| first == folder);
        let mut needs: BTreeMap<Name, BTreeSet<Name>> =
            self.0.keys().filter(|name| inside(name)).map(|name| (name.clone(), self.needs(name))).collect();
        // What needs nothing of those that are left, or is needed by none of them, is in no circle.
        loop {
            let left: BTreeSet<Name> = needs.keys().cloned().collect();
            let needed: BTreeSet<Name> = needs.values().flatten().cloned().collect();
            needs.values_mut().for_each(|others| others.retain(|other| left.contains(other)));
            needs.retain(|name, others| !others.is_empty() && needed.contains(name));
            if needs.len() == left.len() {
                break;
            }
        }
        let file = |name: &Name| self.0.get(name).map_or("", |module| module.file.as_str());
        let line = |(name, others): (&Name, &BTreeSet<Name>)| {
            format!("src/{} needs {}", file(name), others.iter().map(file).collect::<Vec<_>>().join(", "))
        };
        needs.iter().map(line).collect()
    }
}

fn read_folder(folder: &Path, name: &mut Name, into: &mut BTreeMap<Name, Module>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let word = path.file_stem().unwrap().to_string_lossy().into_owned();
        if matches!(word.as_str(), "tests" | "testing" | "samples" | "hostile_tests") {
            continue;
        }
        name.push(word.clone());
        if path.is_dir() {
            read_folder(&path, name, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") && word != "main" {
            let is_folder = matches!(word.as_str(), "mod" | "lib");
            let of = if is_folder { name.get(..name.len() - 1).unwrap() } else { name.as_slice() };
            into.insert(of.to_vec(), module(&path));
        }
        name.pop();
    }
}

fn module(path: &Path) -> Module {
    let text = fs::read_to_string(path).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    Module { file, ..module_of(&text) }
}

/// Reads a module, without what is there for tests alone.
fn module_of(text: &str) -> Module {
    let mut module = Module::default();
    let mut lines = text.lines().map(|line| line.split("//").next().unwrap_or("").trim_end());
    while let Some(line) = lines.next() {
        let bare = without_visibility(line.trim_start());
        if bare == "#[cfg(test)]" {
            let item = lines.next().unwrap_or("");
            if without_visibility(item).starts_with("mod ") && item.ends_with('{') {
                break;
            }
        } else if let Some(child) = bare.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            module.children.insert(child.to_owned());
        } else if bare.starts_with("use ") {
            let mut statement = bare.to_owned();
            while !statement.ends_with(';') {
                let Some(more) = lines.next() else { break };
                statement.push_str(more.trim());
            }
            let tree = statement.trim_start_matches("use ").trim_end_matches(';');
            add_uses(&mut Vec::new(), tree, &mut module.uses);
        } else {
            module.code.push_str(line);
            module.code.push('\n');
        }
    }
    module
}

fn without_visibility(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    let rest = rest.strip_prefix('(').map_or(rest, |scope| scope.split_once(')').map_or("", |(_, rest)| rest));
    rest.trim_start()
}

/// Takes the names of a `use` apart, one group after the other.
fn add_uses(before: &mut Vec<String>, tree: &str, into: &mut BTreeMap<String, Vec<String>>) {
    let tree = tree.trim();
    let (path, group) = tree.split_once('{').map_or((tree, None), |(path, rest)| (path, rest.rsplit_once('}')));
    let depth = before.len();
    let (path, alias) = path.split_once(" as ").map_or((path, None), |(path, alias)| (path, Some(alias.trim())));
    before.extend(path.split("::").map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned));
    if let Some((inside, _)) = group {
        let mut open = 0;
        for part in inside.split(|c| {
            open += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && open == 0
        }) {
            if !part.trim().is_empty() {
                add_uses(before, part, into);
            }
        }
    } else {
        let is_self = before.len() > 1 && before.last().is_some_and(|word| word == "self");
        let path = before.get(..before.len() - usize::from(is_self)).unwrap_or_default();
        if let Some(word) = alias.or(path.last().map(String::as_str)) {
            into.insert(word.to_owned(), path.to_vec());
        }
    }
    before.truncate(depth);
}

/// Lists the paths in some code that begin with a word, without it.
fn paths_after(code: &str, first: &str) -> Vec<Vec<String>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let begins = code.match_indices(first).filter(|(at, _)| {
        let before = &code[..*at];
        // How far something is seen is no need of it.
        !before.ends_with(|c| is_word(c) || c == ':')
            && !before.ends_with("(in ")
            && code[at + first.len()..].starts_with("::")
    });
    let path = |(at, _): (usize, &str)| {
        let rest = &code[at + first.len()..];
        let rest = rest.split(|c| !is_word(c) && c != ':').next().unwrap_or("");
        rest.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    begins.map(path).collect()
}

#[test]
fn no_file_is_part_of_a_circle() {
    let all = Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let circles: Vec<String> = FOLDERS.iter().flat_map(|folder| all.circles(folder)).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn each_storey_stands_on_those_below_it() {
    let all = Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut faults = Vec::new();
    for (storey, allowed) in STOREYS {
        for (name, module) in all.0.iter().filter(|(_, module)| module.file.starts_with(storey)) {
            let needs = all.needs(name).into_iter().filter(|other| other.first() == name.first());
            let files = needs.filter_map(|other| all.0.get(&other)).map(|other| other.file.as_str());
            let strange = files.filter(|file| !allowed.iter().any(|allowed| file.starts_with(allowed)));
            faults.extend(strange.map(|file| format!("src/{} needs {file}", module.file)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_name_is_followed_through_re_exports_to_the_file_that_defines_it() {
    let text = |name: &str| match name {
        "" => "mod a;",
        "a" => "mod b;\nmod c;\npub use b::Thing;\n#[cfg(test)]\npub use c::Other;",
        "a::b" => "use super::c;\nfn f() { c::g() }",
        "a::c" => {
            "use crate::a::{self, Thing as Other};\nfn g() { a::Thing; }\n#[cfg(test)]\nmod tests {\n use super::b;"
        }
        _ => unreachable!(),
    };
    let modules = ["", "a", "a::b", "a::c"].into_iter().map(|name| {
        let path: Name = name.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect();
        (path, Module { file: format!("{name}.rs"), ..module_of(text(name)) })
    });
    let all = Crate(modules.collect());
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all.resolve(&path("a::c"), &path("super::Thing")), Some(End::Item(path("a::b"))));
    assert_eq!(all.resolve(&path("a::c"), &path("std::fs")), None);
    assert_eq!(all.needs(&path("a::c")), BTreeSet::from([path("a::b")]), "tests do not count");
    assert_eq!(all.circles("a"), ["src/a::b.rs needs a::c.rs", "src/a::c.rs needs a::b.rs"]);
}
