//! Pictures that are dragged out of the window: the toolkit cannot hand them to other programs, so their files are put
//! on the clipboard where they are let go, and that is said.

use super::Cx;
use crate::library::PictureId;
use crate::studio::Command;
use egui::{DragAndDrop, Ui};

/// Takes pictures that were let go outside of the window.
pub fn drag_out_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(ids) = DragAndDrop::payload::<Vec<PictureId>>(ui.ctx()) else { return };
    let window = ui.content_rect();
    // Where it was let go: the system tells it also outside of the window while a button is held.
    let outside = ui.input(|input| {
        input.pointer.any_released() && input.pointer.interact_pos().is_some_and(|pos| !window.contains(pos))
    });
    if outside {
        DragAndDrop::clear_payload(ui.ctx());
        cx.push(Command::CopyFiles(ids.to_vec()));
    }
}
