//! The command palette: everything that can be done, as lines to be found by a few letters.
//!
//! Invariant: with nothing typed what was used last stands first; what is typed decides otherwise, and what cannot be
//! done now is listed with the reason.

use super::{Action, Command, Dialog, Screen, Studio, ThemeChoice, connection_entries, fuzzy};
use crate::engine::ServiceOrder;
use crate::plan::display_name;
use crate::plan::query::{Key, toggle};

/// Lines that are remembered as used last.
const RECENT: usize = 8;

/// One line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// How it is remembered.
    pub id: String,
    pub text: String,
    /// What kind of thing it is, where the text does not say: `Making pictures`, `Collection`.
    pub kind: &'static str,
    /// All the keys that do it.
    pub keys: Vec<String>,
    /// Why it would do nothing now; `None`: it can be done.
    pub why_not: Option<String>,
    pub what: What,
}

/// What a line does.
#[derive(Clone, Debug)]
pub enum What {
    Command(Box<Command>),
    /// Search for this.
    Search(String),
    Theme(ThemeChoice),
}

impl Studio {
    /// Returns every line, in the order of the table; models, collections and saved searches after the actions.
    pub fn palette(&self) -> Vec<Entry> {
        let mut all = Vec::new();
        for row in self.keymap.rows() {
            // Esc closes the palette, and it is open already.
            if matches!(row.action, Action::Back | Action::Palette) {
                continue;
            }
            all.push(Entry {
                id: format!("{:?}", row.action),
                text: row.text.to_owned(),
                kind: row.action.group().title(),
                keys: row.keys().collect(),
                why_not: self.why_not(row.action),
                what: What::Command(Box::new(Command::Do(row.action))),
            });
        }
        let mut add = |kind, text: String, what| {
            let id = text.clone();
            all.push(Entry { id, text, kind, keys: Vec::new(), why_not: None, what });
        };
        if let Some(way) = super::all_here(&self.snapshot) {
            let text = format!("{}, to {}", way.text, self.snapshot.here());
            add("Service", text, What::Command(Box::new(way.command)));
        }
        for other in connection_entries(&self.snapshot).into_iter().filter(|entry| !entry.is_current) {
            add(
                "Service",
                format!("Switch to {}", other.name),
                What::Command(Box::new(Command::Service(ServiceOrder::UseConnection(other.choice)))),
            );
        }
        let connections = Command::OpenDialog(Dialog::Connections);
        add("Service", "Connections: servers and accounts".to_owned(), What::Command(Box::new(connections)));
        let themes = [
            (ThemeChoice::Dark, "Dark theme"),
            (ThemeChoice::Light, "Light theme"),
            (ThemeChoice::System, "Theme as the system"),
        ];
        for (theme, text) in themes.into_iter().filter(|(theme, _)| *theme != self.layout.theme) {
            add("Window", text.to_owned(), What::Theme(theme));
        }
        for model in self.snapshot.models.value.iter().flat_map(|list| &list.models) {
            let text = format!("Use model {}", display_name(model).0);
            add("Model", text, What::Command(Box::new(Command::ChooseModel(model.id.clone()))));
        }
        for name in &self.shelves.collections {
            add("Collection", format!("Show {name}"), What::Search(toggle("", Key::Collection, name)));
        }
        for search in &self.shelves.searches {
            add("Saved search", format!("Show {}", search.name), What::Search(search.query.clone()));
        }
        all
    }

    /// Takes note that a line was used.
    pub(super) fn palette_used(&mut self, id: &str) {
        let recent = &mut self.layout.palette_recent;
        recent.retain(|other| other != id);
        recent.insert(0, id.to_owned());
        recent.truncate(RECENT);
    }

    /// Does what a line says.
    pub(super) fn run_entry(&mut self, entry: &Entry, engine: &crate::engine::Engine) {
        self.dialog = None;
        self.palette_used(&entry.id);
        match &entry.what {
            What::Command(command) => self.apply((**command).clone(), engine),
            What::Search(query) => {
                self.show(Screen::Grid);
                self.set_search(query.as_str());
            }
            What::Theme(theme) => self.layout.theme = *theme,
        }
    }
}

/// Returns the places of the lines that a text finds, the best first.
pub fn ranked(entries: &[Entry], text: &str, recent: &[String]) -> Vec<usize> {
    let typed = !text.trim().is_empty();
    let age = |entry: &Entry| recent.iter().position(|id| *id == entry.id).unwrap_or(usize::MAX);
    let mut found: Vec<(i32, usize, usize)> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let by_kind = || fuzzy(text, &format!("{} {}", entry.text, entry.kind)).map(|score| score - 640);
        if let Some(score) = fuzzy(text, &entry.text).or_else(by_kind) {
            let worth = if !typed {
                0
            } else if entry.why_not.is_some() {
                score - 320
            } else {
                score
            };
            found.push((-worth, age(entry), place));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, _, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, kind: &'static str, why_not: Option<&str>) -> Entry {
        let what = What::Search(String::new());
        let why_not = why_not.map(str::to_owned);
        Entry { id: text.to_owned(), text: text.to_owned(), kind, keys: vec![], why_not, what }
    }

    #[test]
    fn recent_lines_come_first_until_something_is_typed() {
        let entries = [
            entry("Grid", "Views", None),
            entry("Generate", "Making pictures", None),
            entry("Undo", "What to do with pictures", Some("There is nothing to undo")),
            entry("Unflag", "Rating", None),
            entry("Use model Fox", "Model", None),
        ];
        let recent = ["Undo".to_owned(), "Use model Fox".to_owned(), "gone".to_owned()];
        for (text, expected) in [
            ("", &["Undo", "Use model Fox", "Grid", "Generate", "Unflag"][..]),
            ("g", &["Grid", "Generate", "Unflag"]),
            // What cannot be done gives way to what can.
            ("un", &["Unflag", "Undo"]),
            ("views", &["Grid"]),
            ("fox", &["Use model Fox"]),
        ] {
            let found = ranked(&entries, text, &recent);
            let found: Vec<&str> = found.into_iter().map(|place| entries[place].text.as_str()).collect();
            assert_eq!(found.iter().take(expected.len()).copied().collect::<Vec<_>>(), expected, "{text}: {found:?}");
        }
    }
}
