//! What a picture was made from and what was made from it: asked for once, asked again when pictures come or go.
//!
//! Pure. Only the lineage of the picture that is looked at is kept; while a newer one is being read the old one stays
//! on screen. What a row says of a picture comes from the collection, so that it is never older than the rest.

use super::{Studio, one_line};
use crate::library::{Lineage, LineageNode, Picture, PictureId, Relation, Subject};
use std::sync::Arc;

/// The lineage that is kept, and which one was asked for.
#[derive(Debug, Default)]
pub(super) struct Lineages {
    /// Grows when pictures come or go.
    revision: u64,
    known: Option<(PictureId, Arc<Lineage>)>,
    asked: Option<(PictureId, u64)>,
    wanted: Option<PictureId>,
}

impl Lineages {
    /// Notes that pictures came or went.
    pub(super) fn outdate(&mut self) {
        self.revision += 1;
    }

    pub(super) fn take(&mut self, id: PictureId, lineage: Arc<Lineage>) {
        self.known = Some((id, lineage));
    }

    /// Takes the picture whose lineage is to be read now.
    pub(super) fn wanted(&mut self) -> Option<PictureId> {
        self.wanted.take()
    }

    fn get(&mut self, id: &PictureId) -> Option<Arc<Lineage>> {
        let now = (id.clone(), self.revision);
        if self.asked.as_ref() != Some(&now) {
            self.asked = Some(now);
            self.wanted = Some(id.clone());
        }
        self.known.as_ref().filter(|(known, _)| known == id).map(|(_, lineage)| lineage.clone())
    }
}

/// A line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct KinLine {
    /// From the oldest on, 0.
    pub depth: usize,
    /// The place of the line next to it, one generation nearer to the picture.
    pub next: Option<usize>,
    pub title: String,
    pub note: String,
    /// The whole prompt, name or address.
    pub hint: String,
    pub who: Subject,
}

impl Studio {
    /// Returns the lineage of a picture when it has been read; otherwise asks for it, once.
    pub fn lineage(&mut self, id: &PictureId) -> Option<Arc<Lineage>> {
        self.lineages.get(id)
    }

    /// Returns the lines that show a lineage; empty when the picture stands alone.
    pub fn kin_lines(&self, lineage: &Lineage) -> Vec<KinLine> {
        let oldest = lineage.kin.iter().map(|kin| kin.generation).min().unwrap_or(0);
        if lineage.kin.len() < 2 {
            return Vec::new();
        }
        lineage.kin.iter().map(|kin| self.kin_line(kin, oldest)).collect()
    }

    fn kin_line(&self, kin: &LineageNode, oldest: i32) -> KinLine {
        let (title, mut note) = match &kin.who {
            Subject::Picture(id) => match self.collection.picture(id) {
                Some(picture) => (self.prompt_of(picture).to_owned(), link_text(kin, picture)),
                None => ("A picture".to_owned(), "not in the library any more".to_owned()),
            },
            Subject::File { name, .. } => (name.clone(), "a file of yours, reference".to_owned()),
            Subject::Address(address) => (address.clone(), "fetched from its address, reference".to_owned()),
            Subject::Gone { name } => (name.clone(), "not in the library any more".to_owned()),
            Subject::More { count, .. } => (format!("and {count} more"), String::new()),
        };
        if matches!(kin.who, Subject::Gone { .. }) {
            let link = match kin.link {
                Relation::Settings => "settings from it, ",
                Relation::Partial => "a partial of it, ",
                Relation::Itself | Relation::Reference => "",
            };
            note = format!("{link}{note}");
        }
        let line = one_line(&title);
        let title_line = if line.is_empty() { "Untitled".to_owned() } else { line };
        let depth = usize::try_from(kin.generation - oldest).unwrap_or(0);
        KinLine { depth, next: kin.next, title: title_line, note, hint: title, who: kin.who.clone() }
    }

    /// Returns the prompt that a picture was made with; empty when it is not known.
    pub fn prompt_of<'a>(&'a self, picture: &'a Picture) -> &'a str {
        picture.prompt(self.collection.run(&picture.run).map(|entry| &*entry.run))
    }

    /// Shows a picture where the artist is: chosen, and in view.
    pub(super) fn go_to_picture(&mut self, id: PictureId) {
        let trashed = self.collection.picture(&id).is_some_and(|picture| picture.trashed_ms.is_some());
        if trashed && self.screen == super::Screen::Grid {
            self.layout.shelf = super::Shelf::Trash;
        }
        self.effects.push(super::Effect::Reveal(id.clone()));
        self.selection.only(id);
    }
}

fn link_text(kin: &LineageNode, picture: &Picture) -> String {
    let text = match (kin.link, kin.generation < 0) {
        (Relation::Itself, _) => "this picture",
        (Relation::Reference, true) => "reference",
        (Relation::Reference, false) => "made from it",
        (Relation::Settings, true) => "settings from it",
        (Relation::Settings, false) => "made with its settings",
        (Relation::Partial, true) => "a partial of it",
        (Relation::Partial, false) => "came on the way to it",
    };
    if picture.trashed_ms.is_some() { format!("{text}, in the trash") } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
