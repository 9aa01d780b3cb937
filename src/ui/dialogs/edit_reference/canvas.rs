//! The picture that is worked on: zoomed at the pointer, its crop with handles, what is drawn upon it.

use super::Form;
use crate::studio::editor::{Editor, Handle, Tool, handle_at};
use crate::studio::view::Pane;
use crate::ui::references::marked;
use crate::ui::textures::{Look, checkerboard};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, zoom};
use egui::{
    Align2, CursorIcon, EventFilter, Key, Modifiers, Painter, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

/// Room around a fitted picture, so that its handles can be seen and taken hold of.
const ROOM: f32 = 14.0;
/// How near to an edge the pointer takes hold of it, points.
const REACH: f32 = 9.0;
/// Pixels that an arrow key with Shift moves by.
const FAR: f32 = 10.0;

pub(super) struct Canvas {
    pub(super) response: Response,
    pub(super) pane: Pane,
    /// Of the picture, pixels.
    pub(super) size: Vec2,
}

/// Where the picture lies on the screen.
struct Place {
    /// The whole picture, points.
    rect: Rect,
    /// Points per pixel.
    points: f32,
}

impl Place {
    fn on_screen(&self, frame: Rect) -> Rect {
        let at = |at: Pos2| self.rect.min + at.to_vec2() * self.points;
        Rect::from_min_max(at(frame.min), at(frame.max))
    }
}

pub(super) fn canvas_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, height: f32) -> Canvas {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click_and_drag());
    let size = vec2(form.editor.size.width as f32, form.editor.size.height as f32);
    let pane = Pane { rect: rect.shrink(ROOM), pixels_per_point: ui.ctx().pixels_per_point() };
    if let Some(at) = response.hover_pos() {
        let factor = zoom::wheel_factor(ui);
        if factor != 1.0 {
            form.view = form.view.zoom_at(at, factor, size, pane);
        }
    }
    let hand = ui.input(|input| input.key_down(Key::Space));
    if response.dragged_by(PointerButton::Middle) || (hand && response.dragged_by(PointerButton::Primary)) {
        form.view = form.view.pan(response.drag_delta(), size, pane);
    }
    let whole = form.view.picture_rect(size, pane);
    let place = Place { rect: whole, points: form.view.scale(size, pane) / pane.pixels_per_point };
    pointer(ui, &response, &mut form.editor, &place, hand);
    keyboard(ui, &response, &mut form.editor);

    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, theme::RADIUS, tokens(ui).background);
    match cx.textures.reference_whole(&form.hash) {
        Look::Ready(picture) => {
            checkerboard(&painter.with_clip_rect(painter.clip_rect().intersect(whole)), whole, tokens(ui).checker);
            picture.paint(&painter, whole, 0.0);
        }
        Look::Waiting => say(ui, &painter, rect, "Reading the picture"),
        Look::Broken(why) => say(ui, &painter, rect, why),
    }
    let over = painter.with_clip_rect(painter.clip_rect().intersect(whole));
    marked::paint_marks(&over, form.editor.marks(), whole.min, place.points);
    frame(ui, &painter, &form.editor, &place);
    zoom::focus_ring(ui, response.id, rect);
    let crop = form.editor.crop();
    let name = format!(
        "Picture to edit, crop {}, {}, {}, {} marks",
        crop.x,
        crop.y,
        crop.size(),
        form.editor.edit().marks.len()
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &name));
    Canvas { response, pane, size }
}

fn say(ui: &Ui, painter: &Painter, rect: Rect, text: &str) {
    painter.text(rect.center(), Align2::CENTER_CENTER, text, Type::Note.font(), tokens(ui).faint);
}

/// The pixel under a point of the screen.
fn pixel(at: Pos2, place: &Place) -> Pos2 {
    ((at - place.rect.min) / place.points).to_pos2()
}

fn pointer(ui: &Ui, response: &Response, editor: &mut Editor, place: &Place, hand: bool) {
    let reach = REACH / place.points;
    let origin = ui.input(|input| input.pointer.press_origin());
    if !hand
        && response.drag_started_by(PointerButton::Primary)
        && let Some(at) = origin
    {
        editor.press(pixel(at, place), reach);
    }
    if !hand
        && response.dragged_by(PointerButton::Primary)
        && let Some(at) = response.interact_pointer_pos()
    {
        editor.drag(pixel(at, place), 1.5 / place.points);
    }
    if response.drag_stopped() {
        editor.release();
    }
    if !hand
        && editor.tool == Tool::Pen
        && response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        editor.press(pixel(at, place), reach);
        editor.release();
    }
    let Some(at) = response.hover_pos() else { return };
    ui.set_cursor_icon(match (hand, editor.tool) {
        (true, _) => CursorIcon::Grab,
        (_, Tool::Crop) => cursor(handle_at(editor.frame(), pixel(at, place), reach)),
        _ => CursorIcon::Crosshair,
    });
}

fn cursor(handle: Option<Handle>) -> CursorIcon {
    match handle.map(|handle| (handle.x, handle.y)) {
        None => CursorIcon::Default,
        Some((0, 0)) => CursorIcon::Move,
        Some((0, _)) => CursorIcon::ResizeVertical,
        Some((_, 0)) => CursorIcon::ResizeHorizontal,
        Some((x, y)) if x == y => CursorIcon::ResizeNwSe,
        Some(_) => CursorIcon::ResizeNeSw,
    }
}

/// Arrow keys move the crop, with Alt its right and lower edges; Shift makes large steps, Delete takes the last mark.
fn keyboard(ui: &Ui, response: &Response, editor: &mut Editor) {
    if !response.has_focus() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    for (key, direction) in [
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, -1.0)),
        (Key::ArrowDown, vec2(0.0, 1.0)),
    ] {
        for (modifiers, step, edges) in [
            (Modifiers::ALT | Modifiers::SHIFT, FAR, true),
            (Modifiers::ALT, 1.0, true),
            (Modifiers::SHIFT, FAR, false),
            (Modifiers::NONE, 1.0, false),
        ] {
            let times = ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
            for _ in 0..times {
                editor.nudge(direction * step, edges);
            }
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete)) {
        editor.remove_last_mark();
    }
}

/// The shade over what is cut off, the frame, and its handles.
fn frame(ui: &Ui, painter: &Painter, editor: &Editor, place: &Place) {
    let t = tokens(ui);
    let frame = place.on_screen(editor.frame());
    let is_crop = editor.tool == Tool::Crop;
    let shade = if is_crop { t.shade } else { t.shade.gamma_multiply(0.7) };
    for rect in crate::ui::pane::around(place.rect, frame) {
        painter.rect_filled(rect, 0, shade);
    }
    if !is_crop {
        if editor.edit().crop.is_some() {
            painter.rect_stroke(frame, 0, Stroke::new(1.0, t.on_picture), StrokeKind::Outside);
        }
        return;
    }
    painter.rect_stroke(frame.expand(1.0), 0, Stroke::new(1.0, t.shade), StrokeKind::Outside);
    painter.rect_stroke(frame, 0, Stroke::new(1.0, t.on_picture), StrokeKind::Outside);
    for third in [1.0 / 3.0, 2.0 / 3.0] {
        let line = Stroke::new(1.0, t.on_picture.gamma_multiply(0.35));
        painter.vline(frame.left() + frame.width() * third, frame.y_range(), line);
        painter.hline(frame.x_range(), frame.top() + frame.height() * third, line);
    }
    for x in -1..=1 {
        for y in -1..=1 {
            let handle = Handle { x, y };
            if handle != Handle::ALL {
                let square = Rect::from_center_size(handle.on(frame), vec2(9.0, 9.0));
                painter.rect_filled(square, 2, t.on_picture);
                painter.rect_stroke(square, 2, Stroke::new(1.0, t.shade), StrokeKind::Outside);
            }
        }
    }
}
