//! Wheel, pinch, drag and double click on a picture, turned into a [`View`].
//!
//! The numbers are `studio::view`'s; here is only what the pointer did. Keys go through the commands of the studio.

use egui::{Response, Ui, Vec2};

use crate::studio::view::{Pane, View, Zoom};

/// Applies what the pointer did on `response`, the picture's pane, to `view`; says whether anything changed.
///
/// The wheel and a pinch zoom at the pointer, dragging moves the picture, a double click goes from fitted to 100 % and
/// back.
pub fn pointer(ui: &Ui, response: &Response, view: &mut View, picture: Vec2) -> bool {
    let pane = Pane { rect: response.rect, pixels_per_point: ui.ctx().pixels_per_point() };
    let before = *view;
    if let Some(at) = response.hover_pos() {
        let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = pinch * (wheel * WHEEL).exp();
        if factor != 1.0 {
            *view = view.zoom_at(at, factor, picture, pane);
        }
        if response.double_clicked() {
            *view = match view.zoom {
                Zoom::Fit => view.zoom_to(at, 1.0, picture, pane),
                Zoom::Scale(_) => View::default(),
            };
        }
    }
    if response.dragged() {
        *view = view.pan(response.drag_delta(), picture, pane);
    }
    *view != before
}

/// One notch of a wheel (50 points) zooms by a fifth.
const WHEEL: f32 = 0.0037;
