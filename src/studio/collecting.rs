//! What the dialog of collections and tags lists for a text, and what choosing a line of it does.
//!
//! Pure. Invariant: names of which a word begins with the text stand before what makes a new name, and that before those
//! that only contain it, so that Enter finishes a known word and makes an unknown one.

use super::common::{Common, Held, Name};
use crate::library::MarkChange;
use crate::plan::clean_name;

/// A thing that pictures can be put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bin {
    Collection,
    Tag,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub bin: Bin,
    pub name: String,
    /// Pictures of the whole library; `None`: nothing has this name yet.
    pub count: Option<usize>,
}

impl Line {
    /// Says how many of the pictures are in it.
    pub fn held(&self, common: &Common) -> Held {
        match self.bin {
            Bin::Collection => common.is_in(&self.name),
            Bin::Tag => common.has_tag(&self.name),
        }
    }

    /// Returns what choosing it does: takes out what all are in, else puts all in.
    pub fn change(&self, common: &Common) -> MarkChange {
        let name = self.name.clone();
        match (self.bin, self.held(common)) {
            (Bin::Collection, Held::All) => MarkChange::RemoveFromCollection(name),
            (Bin::Collection, _) => MarkChange::AddToCollection(name),
            (Bin::Tag, Held::All) => MarkChange::RemoveTag(name),
            (Bin::Tag, _) => MarkChange::AddTag(name),
        }
    }
}

/// Returns the lines for a text; without one, everything there is.
pub fn lines(text: &str, collections: &[Name], tags: &[Name]) -> Vec<Line> {
    let typed = clean_name(text);
    let wanted = typed.as_deref().map(str::to_lowercase).unwrap_or_default();
    let known = collections.iter().map(|name| (Bin::Collection, name));
    let known = known.chain(tags.iter().map(|name| (Bin::Tag, name)));
    let (mut begins, mut contains, mut exact) = (Vec::new(), Vec::new(), Vec::new());
    for (bin, name) in known {
        let lower = name.text.to_lowercase();
        let line = Line { bin, name: name.text.clone(), count: Some(name.count) };
        if lower == wanted {
            exact.push(line);
        } else if lower.starts_with(&wanted) || lower.contains(&format!(" {wanted}")) {
            begins.push(line);
        } else if lower.contains(&wanted) {
            contains.push(line);
        }
    }
    let new = |bin| {
        let name = typed.clone().filter(|_| !exact.iter().any(|line| line.bin == bin))?;
        Some(Line { bin, name, count: None })
    };
    let new: Vec<Line> = [new(Bin::Collection), new(Bin::Tag)].into_iter().flatten().collect();
    [exact, begins, new, contains].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Picture;
    use crate::library::testing::picture;
    use crate::plan::Marks;

    fn names(texts: &[&str]) -> Vec<Name> {
        texts.iter().map(|text| Name { text: (*text).to_owned(), count: 2 }).collect()
    }

    fn told(text: &str) -> Vec<String> {
        let (collections, tags) = (names(&["Book covers", "Fox"]), names(&["cover", "fox", "foxglove"]));
        let word = |line: Line| {
            let kind = if line.bin == Bin::Tag { "#" } else { "" };
            let new = if line.count.is_none() { "+" } else { "" };
            format!("{new}{kind}{}", line.name)
        };
        lines(text, &collections, &tags).into_iter().map(word).collect()
    }

    #[test]
    fn a_known_word_is_finished_and_an_unknown_one_is_made() {
        for (text, expected) in [
            ("", vec!["Book covers", "Fox", "#cover", "#fox", "#foxglove"]),
            ("fo", vec!["Fox", "#fox", "#foxglove", "+fo", "+#fo"]),
            ("FOX", vec!["Fox", "#fox", "#foxglove"]),
            (" cover ", vec!["#cover", "Book covers", "+cover"]),
            ("overs", vec!["+overs", "+#overs", "Book covers"]),
            ("sea", vec!["+sea", "+#sea"]),
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
    }

    #[test]
    fn choosing_puts_all_in_and_then_takes_all_out() {
        let mut marks = Marks::default();
        assert!(marks.add_to("Fox"));
        let pictures = [Picture { marks, ..picture(1, 0) }, picture(1, 1)];
        let line = Line { bin: Bin::Collection, name: "fox".into(), count: Some(1) };
        assert_eq!(line.change(&Common::of(&pictures)), MarkChange::AddToCollection("fox".into()));
        assert_eq!(line.change(&Common::of(&pictures[..1])), MarkChange::RemoveFromCollection("fox".into()));
        let tag = Line { bin: Bin::Tag, ..line };
        assert_eq!(tag.change(&Common::of(&pictures[..1])), MarkChange::AddTag("fox".into()));
    }
}
