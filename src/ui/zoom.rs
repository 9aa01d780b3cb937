//! Wheel, pinch, drag and click on a picture, and the keys of zooming, turned into a [`View`].
//!
//! May import `studio`: the numbers are `studio::view`'s, here is only what the hands did. Invariant: a click that was
//! a drag is no click, and nothing but the pane under the pointer hears the wheel.

use egui::{CursorIcon, Key, PointerButton, Response, Ui, Vec2};

use crate::studio::Action;
use crate::studio::view::{Pane, View, Zoom};

/// Applies what the pointer did on `response`, the picture's pane, to `view`; says whether anything changed.
///
/// The wheel and a pinch zoom at the pointer, dragging moves the picture, a click shows the spot at 100 % and the next
/// one the whole picture.
pub fn pointer(ui: &Ui, response: &Response, view: &mut View, picture: Vec2) -> bool {
    let before = *view;
    moves(ui, response, view, picture);
    let pane = pane(ui, response);
    // Space makes the pointer a hand: it moves, and no more.
    let is_hand = ui.input(|i| i.key_down(Key::Space)) && response.contains_pointer();
    if let Some(at) = clicked_at(response).filter(|_| !is_hand) {
        *view = view.toggled(at, picture, pane);
    }
    if response.contains_pointer() {
        let at = response.hover_pos().unwrap_or(pane.rect.center());
        // The pointer says what a click would do.
        let closer = view.toggled(at, picture, pane).scale(picture, pane) > view.scale(picture, pane);
        ui.set_cursor_icon(match () {
            () if dragged(response) => CursorIcon::Grabbing,
            () if is_hand => CursorIcon::Grab,
            () if closer => CursorIcon::ZoomIn,
            () if view.zoom == Zoom::Fit => CursorIcon::Default,
            () => CursorIcon::Grab,
        });
    }
    *view != before
}

/// The same without the click, for a pane whose first click means something else.
pub fn moves(ui: &Ui, response: &Response, view: &mut View, picture: Vec2) -> bool {
    let pane = pane(ui, response);
    let before = *view;
    if let Some(at) = response.hover_pos() {
        let factor = wheel_factor(ui);
        if factor != 1.0 {
            *view = view.zoom_at(at, factor, picture, pane);
        }
    }
    if dragged(response) {
        *view = view.pan(response.drag_delta(), picture, pane);
    }
    *view != before
}

/// By how much wheel and pinch zoom in this frame.
pub fn wheel_factor(ui: &Ui) -> f32 {
    let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
    pinch * (wheel * WHEEL).exp()
}

/// Where the pane was clicked, if it was; the keyboard clicks in the middle.
pub fn clicked_at(response: &Response) -> Option<egui::Pos2> {
    response.clicked().then(|| response.interact_pointer_pos().unwrap_or(response.rect.center()))
}

/// Applies the wishes of the keyboard and of buttons, around the middle; 100 % is shown at the pointer where it is
/// over the pane.
pub fn wishes(wishes: &[Action], view: View, picture: Vec2, pane: Pane, pointer: Option<egui::Pos2>) -> View {
    let at = pointer.filter(|at| pane.rect.contains(*at)).unwrap_or(pane.rect.center());
    wishes.iter().fold(view, |view, wish| match wish {
        Action::ZoomIn | Action::TilesLarger => view.step_in(picture, pane),
        Action::ZoomOut | Action::TilesSmaller => view.step_out(picture, pane),
        Action::ToggleZoom => view.toggled(at, picture, pane),
        Action::Fit => View::default(),
        Action::FullSize => view.zoom_to(at, 1.0, picture, pane),
        _ => view,
    })
}

/// Shows which pane has the keyboard.
pub fn focus_ring(ui: &Ui, id: egui::Id, rect: egui::Rect) {
    if ui.memory(|memory| memory.has_focus(id)) {
        let stroke = egui::Stroke::new(1.5, super::theme::tokens(ui).accent);
        ui.painter().rect_stroke(rect.shrink(2.0), 0, stroke, egui::StrokeKind::Inside);
    }
}

/// The pane of a response.
pub fn pane(ui: &Ui, response: &Response) -> Pane {
    Pane { rect: response.rect, pixels_per_point: ui.ctx().pixels_per_point() }
}

fn dragged(response: &Response) -> bool {
    response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle)
}

/// One notch of a wheel (50 points) zooms by a fifth.
const WHEEL: f32 = 0.0037;
