//! What several pictures have in common of their marks, and what a click on a star, a flag or a label then means.
//!
//! Pure. One picture is a set of one. Invariant: what is shown as held by all is taken away by the next click, anything
//! else is given to all.

use crate::library::{MarkChange, Picture, PictureId};
use crate::plan::{Flag, Label, MOST_STARS, Marks};
use std::collections::BTreeMap;

/// How many of the pictures hold something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    None,
    Some,
    All,
}

/// A tag, or a collection, and how many of the pictures are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub count: usize,
}

/// The marks of a set of pictures, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Common {
    /// In the order they were given in.
    pub ids: Vec<PictureId>,
    /// Pictures by their number of stars.
    stars: [usize; MOST_STARS as usize + 1],
    picks: usize,
    rejects: usize,
    labels: BTreeMap<Label, usize>,
    /// By name.
    pub tags: Vec<Name>,
    /// By name.
    pub collections: Vec<Name>,
}

impl Common {
    /// Counts the marks of pictures.
    pub fn of<'a>(pictures: impl IntoIterator<Item = &'a Picture>) -> Self {
        let mut all = Self::default();
        let mut names: [BTreeMap<String, Name>; 2] = Default::default();
        for picture in pictures {
            let marks = &picture.marks;
            all.ids.push(picture.id.clone());
            if let Some(count) = all.stars.get_mut(usize::from(marks.stars)) {
                *count += 1;
            }
            match marks.flag {
                Some(Flag::Pick) => all.picks += 1,
                Some(Flag::Reject) => all.rejects += 1,
                None => {}
            }
            if let Some(label) = marks.label {
                *all.labels.entry(label).or_default() += 1;
            }
            for (kind, held) in names.iter_mut().zip([&marks.tags, &marks.collections]) {
                for text in held {
                    let name = kind.entry(text.to_lowercase());
                    name.or_insert_with(|| Name { text: text.clone(), count: 0 }).count += 1;
                }
            }
        }
        let [tags, collections] = names.map(|names| names.into_values().collect());
        (all.tags, all.collections) = (tags, collections);
        all
    }

    /// Says how many of the pictures hold something that `count` of them hold.
    pub fn held(&self, count: usize) -> Held {
        match count {
            0 => Held::None,
            count if count >= self.ids.len() => Held::All,
            _ => Held::Some,
        }
    }

    /// Returns the least and the most stars among the pictures.
    pub fn stars(&self) -> (u8, u8) {
        let rated = (0..=MOST_STARS).zip(&self.stars).filter(|(_, count)| **count > 0).map(|(stars, _)| stars);
        (rated.clone().min().unwrap_or(0), rated.max().unwrap_or(0))
    }

    /// Says how many of the pictures have exactly so many stars.
    pub fn has_stars(&self, stars: u8) -> Held {
        self.held(self.stars.get(usize::from(stars)).copied().unwrap_or(0))
    }

    pub fn has_flag(&self, flag: Flag) -> Held {
        self.held(match flag {
            Flag::Pick => self.picks,
            Flag::Reject => self.rejects,
        })
    }

    pub fn has_label(&self, label: Label) -> Held {
        self.held(self.labels.get(&label).copied().unwrap_or(0))
    }

    /// Says how many of the pictures are in a collection, in any case of its name.
    pub fn is_in(&self, collection: &str) -> Held {
        self.held(count_of(&self.collections, collection))
    }

    /// Says how many of the pictures have a tag, in any case.
    pub fn has_tag(&self, tag: &str) -> Held {
        self.held(count_of(&self.tags, tag))
    }

    /// Returns what a click on a star does.
    pub fn star_change(&self, stars: u8) -> MarkChange {
        MarkChange::Stars(if self.has_stars(stars) == Held::All { 0 } else { stars })
    }

    /// Returns what a click on a flag does.
    pub fn flag_change(&self, flag: Flag) -> MarkChange {
        MarkChange::Flag((self.has_flag(flag) != Held::All).then_some(flag))
    }

    /// Returns what a click on a label does.
    pub fn label_change(&self, label: Label) -> MarkChange {
        MarkChange::Label((self.has_label(label) != Held::All).then_some(label))
    }
}

fn count_of(names: &[Name], text: &str) -> usize {
    let wanted = text.to_lowercase();
    names.iter().find(|name| name.text.to_lowercase() == wanted).map_or(0, |name| name.count)
}

/// Returns stars, flag and label in words: `3 stars, picked, red label`; empty without any.
pub fn marks_text(marks: &Marks) -> String {
    let stars = match marks.stars {
        0 => None,
        1 => Some("1 star".to_owned()),
        stars => Some(format!("{stars} stars")),
    };
    let flag = marks.flag.map(|flag| match flag {
        Flag::Pick => "picked".to_owned(),
        Flag::Reject => "rejected".to_owned(),
    });
    let label = marks.label.map(|label| format!("{label} label"));
    [stars, flag, label].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::picture;

    fn of(marks: &[Marks]) -> Common {
        let pictures: Vec<Picture> =
            (0..).zip(marks).map(|(n, marks)| Picture { marks: marks.clone(), ..picture(1, n) }).collect();
        Common::of(&pictures)
    }

    fn stars(stars: u8) -> Marks {
        Marks { stars, ..Marks::default() }
    }

    #[test]
    fn a_click_gives_to_all_what_not_all_have_and_takes_away_what_all_have() {
        let mixed = of(&[stars(2), stars(4)]);
        assert_eq!(mixed.stars(), (2, 4));
        assert_eq!((mixed.has_stars(2), mixed.has_stars(3), mixed.has_stars(4)), (Held::Some, Held::None, Held::Some));
        assert_eq!(mixed.star_change(4), MarkChange::Stars(4));
        assert_eq!(of(&[stars(4), stars(4)]).star_change(4), MarkChange::Stars(0));
        assert_eq!(of(&[stars(4), stars(4)]).star_change(3), MarkChange::Stars(3));

        let pick = Marks { flag: Some(Flag::Pick), label: Some(Label::Red), ..Marks::default() };
        let some = of(&[pick.clone(), Marks::default()]);
        assert_eq!((some.has_flag(Flag::Pick), some.has_flag(Flag::Reject)), (Held::Some, Held::None));
        assert_eq!(some.flag_change(Flag::Pick), MarkChange::Flag(Some(Flag::Pick)));
        assert_eq!(some.label_change(Label::Red), MarkChange::Label(Some(Label::Red)));
        let all = of(&[pick]);
        assert_eq!(all.flag_change(Flag::Pick), MarkChange::Flag(None));
        assert_eq!(all.label_change(Label::Red), MarkChange::Label(None));
        assert_eq!(all.label_change(Label::Blue), MarkChange::Label(Some(Label::Blue)));
    }

    #[test]
    fn tags_and_collections_are_counted_in_any_case_and_sorted() {
        let tagged = |tags: &[&str], collections: &[&str]| {
            let mut marks = Marks::default();
            assert!(tags.iter().all(|tag| marks.add_tag(tag)) && collections.iter().all(|name| marks.add_to(name)));
            marks
        };
        let common = of(&[tagged(&["Fox", "sea"], &["Covers"]), tagged(&["fox", "ash"], &[])]);
        let names: Vec<_> = common.tags.iter().map(|name| (name.text.as_str(), name.count)).collect();
        assert_eq!(names, [("ash", 1), ("Fox", 2), ("sea", 1)]);
        assert_eq!(
            (common.has_tag("FOX"), common.has_tag("sea"), common.has_tag("x")),
            (Held::All, Held::Some, Held::None)
        );
        assert_eq!((common.is_in("covers"), common.is_in("fox")), (Held::Some, Held::None));
    }

    #[test]
    fn nothing_holds_nothing() {
        let none = of(&[]);
        assert_eq!((none.stars(), none.has_stars(0), none.has_flag(Flag::Pick)), ((0, 0), Held::None, Held::None));
    }

    #[test]
    fn marks_are_told_in_words() {
        for (marks, text) in [
            (Marks::default(), ""),
            (stars(1), "1 star"),
            (Marks { flag: Some(Flag::Pick), label: Some(Label::Red), ..stars(3) }, "3 stars, picked, red label"),
            (Marks { flag: Some(Flag::Reject), ..Marks::default() }, "rejected"),
        ] {
            assert_eq!(marks_text(&marks), text);
        }
    }
}
