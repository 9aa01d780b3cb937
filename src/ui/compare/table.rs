//! The table under the panes: the parameters that differ, and the words of the prompts that differ.
//!
//! May import `studio` and `plan`. What it says is worked out only when the pictures or their recipes change, long
//! prompts off this thread. Invariant: columns stand under their panes as long as the panes stand in one row.

mod draw;
mod pairs;

use super::super::Cx;
use super::super::theme;
use super::Shown;
use crate::library::{PictureId, Recipe};
use crate::plan::{Row, Span, word_difference};
use crate::studio::{bytes_text, excerpt, facts, shown_rows};
use egui::{Galley, Ui};
use poll_promise::Promise;
use std::sync::Arc;

/// Characters over all prompts up to which words are compared on this thread: well under a millisecond.
const AT_ONCE: usize = 1500;
/// Characters of one prompt up to which words are compared at all; the time grows with the square.
const AT_ALL: usize = 20_000;
/// Width of the column of labels, and the least of a value.
const LABELS: f32 = 112.0;
const VALUES: f32 = 180.0;

type Marked = Vec<Vec<Span>>;

/// What the table says, as long as it is about the same.
#[derive(Default)]
pub(super) struct State {
    about: About,
    prompts: Vec<String>,
    /// Excerpts of the prompts with the words that differ; empty while they are being compared.
    marked: Marked,
    marking: Option<Promise<Result<Marked, crate::engine::Interrupted>>>,
    rows: Vec<Row>,
    is_read: bool,
    pairs: pairs::State,
    /// The column that was brought into view last.
    revealed: Option<usize>,
}

#[derive(Default, PartialEq)]
struct About {
    /// Each picture, and whether its recipe has been read.
    pictures: Vec<(PictureId, bool)>,
    all_rows: bool,
}

/// How the table lies.
pub(super) struct Plan {
    /// At most what was allowed; it scrolls.
    pub(super) height: f32,
    /// Of everything in it.
    content: f32,
    /// Left edge from the end of the labels, and width.
    columns: Vec<(f32, f32)>,
    has_header: bool,
    prompts: Vec<Arc<Galley>>,
}

impl State {
    /// The height that it needs however its columns will lie: what the arrangement of the panes reckons with.
    pub(super) fn usual_height(&self) -> f32 {
        let prompts = if self.shows_prompts() { 2.0 } else { 0.0 };
        (self.rows.len() as f32 + prompts) * draw::ROW + 2.0 * theme::GAP
    }

    /// Works out how the table lies in this width; `is_row`: the panes stand in one row.
    pub(super) fn plan(&self, ui: &Ui, count: usize, width: f32, is_row: bool, most: f32) -> Plan {
        let aligned = is_row && count <= 4;
        let columns = columns(width, count, aligned);
        let prompts = if self.shows_prompts() { draw::prompts(ui, self, &columns) } else { Vec::new() };
        let mut plan = Plan { height: 0.0, content: draw::ROW, columns, has_header: !aligned, prompts };
        if !self.rows.is_empty() || !plan.prompts.is_empty() {
            plan.content = draw::height(&self.rows, &plan);
        }
        plan.height = (plan.content + 2.0 * theme::GAP).min(most);
        plan
    }

    /// Draws it.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, shown: &[Shown], plan: &Plan) {
        draw::table_ui(ui, cx, self, shown, plan);
    }

    fn shows_prompts(&self) -> bool {
        let differ = self.prompts.windows(2).any(|pair| matches!(pair, [a, b] if a != b));
        differ || (self.about.all_rows && self.prompts.iter().any(|prompt| !prompt.is_empty()))
    }

    /// Works out what the table says, when that has changed.
    pub(super) fn learn(&mut self, cx: &mut Cx<'_>, shown: &[Shown]) {
        let recipes: Vec<Option<Arc<Recipe>>> = shown.iter().map(|shown| cx.studio.recipe(&shown.picture.id)).collect();
        let pictures = shown.iter().zip(&recipes).map(|(shown, recipe)| (shown.picture.id.clone(), recipe.is_some()));
        let about = About { pictures: pictures.collect(), all_rows: cx.studio.compare.how.all_rows };
        if about != self.about {
            self.is_read = recipes.iter().all(Option::is_some);
            let columns: Vec<_> =
                shown.iter().zip(&recipes).map(|(shown, recipe)| column(shown, recipe.as_deref())).collect();
            self.rows = shown_rows(&columns, about.all_rows);
            let prompts: Vec<String> =
                shown.iter().map(|shown| cx.studio.prompt_of(&shown.picture).to_owned()).collect();
            if prompts != self.prompts {
                self.compare_words(cx, prompts);
            }
            self.about = about;
        }
        if let Some(marking) = self.marking.take() {
            match marking.try_take() {
                Ok(Ok(marked)) => self.marked = marked,
                // They stay unmarked.
                Ok(Err(interrupted)) => log::warn!("the prompts were not compared: {interrupted}"),
                Err(pending) => self.marking = Some(pending),
            }
        }
    }

    fn compare_words(&mut self, cx: &Cx<'_>, prompts: Vec<String>) {
        self.prompts = prompts;
        self.marked = Vec::new();
        self.marking = None;
        let all: usize = self.prompts.iter().map(String::len).sum();
        if all <= AT_ONCE {
            self.marked = marked(&self.prompts);
        } else if self.prompts.iter().all(|prompt| prompt.len() <= AT_ALL) {
            let prompts = self.prompts.clone();
            self.marking = Some(cx.engine.promise(async move { marked(&prompts) }));
        }
    }
}

fn marked(prompts: &[String]) -> Marked {
    let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
    word_difference(&prompts).iter().map(|spans| excerpt(spans)).collect()
}

/// The facts of a picture as they can be compared: the model, which is known before the recipe is, and the size
/// without the weight of the file, which always differs.
fn column(shown: &Shown, recipe: Option<&Recipe>) -> Vec<(String, String)> {
    let picture = &shown.picture;
    let row = |label: &str, value: String| (label.to_owned(), value);
    let mut column = vec![row("Model", shown.model.clone())];
    for (label, value) in facts(picture, recipe) {
        match label.as_str() {
            "Model" => {}
            "Size" => {
                column.extend(picture.size.map(|size| row("Size", size.to_string())));
                column.push(row("Format", picture.format.name().to_owned()));
                column.push(row("File", bytes_text(picture.bytes)));
            }
            _ => column.push((label, value)),
        }
    }
    column
}

/// Left edge from the end of the labels, and width, of each column: under the panes, or of equal width and at least
/// [`VALUES`] wide.
fn columns(width: f32, count: usize, aligned: bool) -> Vec<(f32, f32)> {
    let pane = width / count.max(1) as f32;
    if aligned && pane >= LABELS + VALUES / 2.0 {
        let first = (0.0, pane - LABELS);
        let rest = (1..count).map(|place| (place as f32 * pane - LABELS + theme::PADDING, pane - theme::PADDING));
        return std::iter::once(first).chain(rest).take(count).collect();
    }
    let each = ((width - LABELS) / count.max(1) as f32).max(VALUES);
    (0..count).map(|place| (place as f32 * each, each)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_panes_or_are_wide_enough_to_read() {
        let edges = |width, count, aligned| -> Vec<f32> {
            columns(width, count, aligned).into_iter().map(|(left, _)| left + LABELS).collect()
        };
        assert_eq!(edges(1200.0, 3, true), [112.0, 412.0, 812.0]);
        assert_eq!(edges(1200.0, 2, true), [112.0, 612.0]);
        // Too narrow for the labels beside the first value.
        assert_eq!(edges(600.0, 4, true), [112.0, 292.0, 472.0, 652.0]);
        let many = columns(1280.0, 16, false);
        assert_eq!(many.len(), 16);
        assert!(many.iter().all(|(_, width)| *width >= VALUES));
        for count in 1..=16 {
            for pair in columns(1280.0, count, count <= 4).windows(2) {
                assert!(pair[0].0 + pair[0].1 <= pair[1].0 + 0.01, "columns lie apart");
            }
        }
    }
}
