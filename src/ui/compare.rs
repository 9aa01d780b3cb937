//! Pictures side by side or over each other: the bar, the panes, the table of what differs.
//!
//! What is compared, and which part of it is seen, is `studio::compare`'s; here it is laid out and drawn. Invariant:
//! all panes are of one size, and every pane is heard before any is painted, so that linked panes move in one frame.

mod bar;
mod cull;
mod cut;
mod difference;
mod lines;
mod panes;
mod setting;
mod stack;
mod table;
mod wipe;

use super::{Cx, icons, pane, theme, widgets};
use crate::library::{Picture, PictureId};
use crate::picture::Size;
use crate::studio::view::Pane;
use crate::studio::{Command, Compare, CompareMode, Screen};
use egui::{Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use std::collections::HashMap;

/// Part of the height that the table takes at the most.
const TABLE_MOST: f32 = 0.35;

/// What compare remembers between frames.
#[derive(Default)]
pub struct State {
    panes: HashMap<PictureId, pane::State>,
    table: table::State,
    flow: cull::Flow,
    difference: difference::State,
    /// Whether the button that shows the other picture is pressed.
    other_is_pressed: bool,
}

/// A picture on the table.
struct Shown {
    picture: Picture,
    model: String,
    /// Of its pane, among all that are on the table.
    number: usize,
    /// What its pane is called.
    title: String,
}

/// Where one pane lies.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell {
    /// Picture and fact line.
    outer: Rect,
    picture: Rect,
    line: Rect,
}

impl Cell {
    fn new(outer: Rect) -> Self {
        let line = Rect { min: pos2(outer.min.x, outer.max.y - lines::HEIGHT), ..outer };
        Self { outer, picture: Rect { max: line.right_top(), ..outer }, line }
    }
}

/// Draws the comparison on the table.
pub fn compare_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let wishes = std::mem::take(&mut cx.studio.zooms);
    if !is_there(cx) {
        widgets::empty_state(ui, icons::HOURGLASS, "Reading the pictures", None);
        return;
    }
    cx.studio.settle_table();
    let mode = cx.studio.compare.mode();
    let culls = mode.culls();
    let shown = shown(cx);
    if culls && shown.is_empty() {
        cull::nothing_left_ui(ui, cx);
        return;
    }
    if shown.len() < 2 && !culls {
        let sentence = "Choose two to sixteen pictures in the grid";
        if widgets::empty_state(ui, icons::COLUMNS, sentence, Some("Back to the grid")) {
            cx.push(Command::Show(Screen::Grid));
        }
        return;
    }
    state.panes.retain(|id, _| shown.iter().any(|shown| shown.picture.id == *id));

    let whole = ui.available_rect_before_wrap();
    let bar = Rect { max: pos2(whole.max.x, whole.min.y + theme::TOP_BAR), ..whole };
    let is_set = setting::is_shown(cx, &shown);
    let line = if is_set { setting::HEIGHT } else { 0.0 };
    let setting = Rect::from_min_size(bar.left_bottom(), vec2(whole.width(), line));
    let below = Rect { min: setting.left_bottom(), ..whole };
    let is_stacked = mode.is_stacked();
    state.table.learn(cx, &shown);
    let most = below.height() * TABLE_MOST;
    let has_table = mode != CompareMode::Survey && shown.len() > 1;
    let usual = if has_table { state.table.usual_height().min(most) } else { 0.0 };
    let room = vec2(below.width(), below.height() - usual);
    let (columns, rows) = match mode {
        CompareMode::Champion | CompareMode::Survey => cull::grid(room, &shown),
        CompareMode::SideBySide => arrangement(room, &shown),
        _ => (1, 1),
    };
    cx.studio.row_steps = [-columns.cast_signed(), columns.cast_signed()];

    let plan = state.table.plan(ui, shown.len(), below.width(), is_stacked || rows == 1, most);
    let height = if has_table { plan.height } else { 0.0 };
    let table = Rect { min: pos2(below.min.x, below.max.y - height), ..below };
    let area = Rect { max: table.right_top(), ..below }.shrink(theme::PANE_GAP);
    let mut cells = if is_stacked { vec![Cell::new(area)] } else { cells(area, columns, rows, shown.len()) };
    if mode == CompareMode::Survey {
        cull::centre_last_row(&mut cells, columns, area);
    }

    // Input first, then everything is painted with the views that follow from it.
    let first = cells.first().copied().unwrap_or(Cell::new(area));
    learn_sizes(cx, Pane { rect: first.picture, pixels_per_point: ui.ctx().pixels_per_point() });
    if mode == CompareMode::Difference {
        state.difference.learn(ui, cx, &shown);
    } else {
        state.difference.rest();
    }
    let heard = if is_stacked {
        Some(stack::hear(ui, cx, &shown, first, &wishes))
    } else {
        panes::hear(ui, cx, &shown, &cells, &wishes);
        None
    };
    ui.scope_builder(UiBuilder::new().max_rect(bar), |ui| bar::bar_ui(ui, cx, &shown, &cells));
    if is_set {
        ui.scope_builder(UiBuilder::new().max_rect(setting), |ui| setting::setting_ui(ui, cx, state));
    }
    match heard {
        Some(heard) => stack::paint(ui, cx, state, &shown, &heard),
        None => {
            state.flow.begin(ui, mode, shown.len());
            panes::paint(ui, cx, state, &shown, &cells, rows > 1);
            ui.set_opacity(1.0);
        }
    }
    if mode == CompareMode::Champion {
        cull::titles_ui(ui, &shown, &cells);
    }
    if has_table {
        ui.scope_builder(UiBuilder::new().max_rect(table), |ui| state.table.ui(ui, cx, &shown, &plan));
    }
    ui.advance_cursor_after_rect(whole);
}

/// Tells the studio how large the pictures on the table are, those that are not seen now included.
fn learn_sizes(cx: &mut Cx<'_>, pane: Pane) {
    let size = |id: &PictureId| cx.studio.collection.picture(id).map(|picture| pane::seen_size(cx.studio, picture));
    let sizes = cx.studio.compare.ids().iter().map(|id| size(id).unwrap_or(Vec2::splat(1.0))).collect();
    cx.studio.compare.learn(sizes, pane);
}

/// Takes off the table what was deleted for good meanwhile, so that panes and pictures are counted alike. Says whether all
/// that is left is there: after a start some pictures may still have to be read.
fn is_there(cx: &mut Cx<'_>) -> bool {
    let is_missing = |id: &&PictureId| cx.studio.collection.picture(id).is_none();
    let missing: Vec<PictureId> = cx.studio.compare.ids().iter().filter(is_missing).cloned().collect();
    if !missing.is_empty() && cx.studio.all_loaded {
        cx.studio.compare.remove(&missing);
        return true;
    }
    missing.is_empty()
}

fn shown(cx: &Cx<'_>) -> Vec<Shown> {
    let (collection, compare) = (&cx.studio.collection, &cx.studio.compare);
    let (count, is_duel) = (compare.ids().len(), compare.mode() == CompareMode::Champion);
    let is_seen = |number: usize| !is_duel || number == 0 || compare.challenger() == Some(number);
    let title = |number: usize| match (is_duel, number) {
        (false, _) => format!("Pane {} of {count}", number + 1),
        (true, 0) => "Champion".to_owned(),
        (true, _) => format!("Challenger {number} of {}", count - 1),
    };
    let shown = |(number, id): (usize, &PictureId)| {
        let picture = collection.picture(id)?.clone();
        let model = collection.run_of(id).map_or_else(String::new, |run| run.model_name.clone());
        Some(Shown { picture, model, number, title: title(number) })
    };
    compare.ids().iter().enumerate().filter(|(number, _)| is_seen(*number)).filter_map(shown).collect()
}

/// Columns and rows in which the pictures are largest.
fn arrangement(room: Vec2, shown: &[Shown]) -> (usize, usize) {
    let mut shapes: Vec<f32> = shown.iter().filter_map(|shown| shown.picture.size).map(Size::aspect).collect();
    shapes.sort_by(f32::total_cmp);
    let shape = shapes.get(shapes.len() / 2).copied().unwrap_or(1.0);
    Compare::arrangement(shown.len(), room, lines::HEIGHT + theme::PANE_GAP, shape)
}

/// Cuts the area into equal cells on whole points; the last row may be shorter.
fn cells(area: Rect, columns: usize, rows: usize, count: usize) -> Vec<Cell> {
    let gap = theme::PANE_GAP;
    let side = |room: f32, parts: usize| ((room - gap * (parts as f32 - 1.0)) / parts as f32).floor().max(1.0);
    let size = vec2(side(area.width(), columns), side(area.height(), rows));
    // What the floor left over goes to both sides.
    let used = vec2(columns as f32, rows as f32) * (size + vec2(gap, gap)) - vec2(gap, gap);
    let corner = area.min + ((area.size() - used) / 2.0).floor();
    let cell = |place: usize| {
        let step = vec2((place % columns) as f32, (place / columns) as f32) * (size + vec2(gap, gap));
        Cell::new(Rect::from_min_size(corner + step, size))
    };
    (0..count).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_are_equal_and_lie_apart_inside_the_area(
            width in 300.0..2500.0_f32, height in 200.0..1500.0_f32, count in 2_usize..17,
        ) {
            let area = Rect::from_min_size(pos2(3.0, 50.0), vec2(width.round(), height.round()));
            let (columns, rows) = Compare::arrangement(count, area.size(), lines::HEIGHT, 1.5);
            let cells = cells(area, columns, rows, count);
            prop_assert_eq!(cells.len(), count);
            for (place, cell) in cells.iter().enumerate() {
                prop_assert!(area.contains_rect(cell.outer));
                prop_assert_eq!(cell.outer.size(), cells[0].outer.size());
                prop_assert_eq!(cell.outer.min, cell.outer.min.round());
                prop_assert_eq!(cell.picture.union(cell.line), cell.outer);
                for other in &cells[place + 1..] {
                    prop_assert!(!cell.outer.expand(theme::PANE_GAP - 0.5).intersect(other.outer).is_positive());
                }
            }
        }
    }
}
