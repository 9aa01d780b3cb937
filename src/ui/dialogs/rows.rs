//! A list below a field: walked with the arrow keys while the field has the keyboard, laid out where it is seen.

use egui::{Key, Modifiers, Rect, ScrollArea, Ui, vec2};

/// How a list is laid out, points.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) name: &'static str,
    /// Of the whole list as it is seen, and of one row.
    pub(super) height: f32,
    pub(super) row: f32,
    pub(super) count: usize,
    /// The row that is to be seen.
    pub(super) reveal: Option<usize>,
}

impl Rows {
    /// Draws the rows that are in view, each into its place.
    pub(super) fn show(self, ui: &mut Ui, mut add: impl FnMut(&mut Ui, usize, Rect)) {
        let Self { name, height, row: high, count, reveal } = self;
        let area = ScrollArea::vertical().id_salt(name).max_height(height).min_scrolled_height(height);
        area.auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_height(high * count as f32);
            let (origin, size) = (ui.max_rect().min, vec2(ui.max_rect().width(), high));
            let rect_of = |row: usize| Rect::from_min_size(origin + vec2(0.0, high * row as f32), size);
            if let Some(row) = reveal {
                ui.scroll_to_rect(rect_of(row), None);
            }
            let first = (view.top() / high).floor().max(0.0) as usize;
            let last = ((view.bottom() / high).ceil().max(0.0) as usize).min(count);
            for row in first..last {
                add(ui, row, rect_of(row));
            }
        });
    }
}

/// How many rows the arrow keys go, and the page keys, `page` rows each; taken before the field sees them.
pub(super) fn steps(ui: &Ui, page: isize) -> isize {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let steps = [(Key::ArrowDown, 1), (Key::ArrowUp, -1), (Key::PageDown, page), (Key::PageUp, -page)];
    steps.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, rows)| rows).sum()
}
