//! The names of several pictures: what the template makes of them, while it is typed.
//!
//! Invariant: no two pictures of one save get the same name.

use super::{Form, Item};
use crate::studio::{NameFacts, NameTemplate, TemplateError, distinct};
use crate::ui::dialogs::{note_ui, warning_ui};
use crate::ui::theme::{Type, tokens};
use crate::ui::widgets;
use egui::{Label, Ui};

/// Names that are shown before saving.
const SHOWN: usize = 3;

impl Item {
    pub(super) fn prompt(&self) -> &str {
        self.picture.prompt(self.run.as_deref())
    }

    /// `index`: its place among all, from 1.
    fn facts(&self, index: usize) -> NameFacts<'_> {
        NameFacts {
            created: &self.created,
            // Names of models begin with their maker.
            model: self.run.as_ref().map_or("", |run| run.model_name.rsplit(": ").next().unwrap_or_default()),
            provider: self.picture.provider.as_deref(),
            prompt: self.prompt(),
            seed: self.picture.seed,
            n: self.n,
            index,
            id: &self.picture.id.0,
            size: self.picture.size,
            stars: self.picture.marks.stars,
            label: self.picture.marks.label,
        }
    }
}

impl Form {
    /// The names of the first `most` pictures, with extension.
    pub(super) fn names(&self, most: usize) -> Result<Vec<String>, TemplateError> {
        let template = NameTemplate::parse(&self.template)?;
        let name = |(place, item): (usize, &Item)| {
            format!("{}.{}", template.stem(&item.facts(place + 1)), self.extension(item))
        };
        Ok(distinct(self.items.iter().enumerate().take(most).map(name).collect()))
    }
}

/// The first names, or what is wrong with the template.
pub(super) fn preview_ui(ui: &mut Ui, form: &Form) {
    widgets::field_row(ui, "", |ui| {
        ui.vertical(|ui| match form.names(SHOWN) {
            Err(error) => warning_ui(ui, &error.to_string()),
            Ok(names) => {
                for name in &names {
                    ui.add(Label::new(Type::Note.text(name).color(tokens(ui).text)).truncate());
                }
                if let more @ 1.. = form.items.len().saturating_sub(names.len()) {
                    note_ui(ui, &format!("and {more} more"));
                }
                note_ui(ui, &format!("{}; {{prompt:24}} is at most 24 characters", NameTemplate::fields()));
            }
        });
    });
}
