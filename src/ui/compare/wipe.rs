//! The edge of a wipe: moved, turned, or following the pointer.
//!
//! It is two sliders: one for the place, one for the angle. With Alt held it follows the pointer without a press.

use super::super::icons;
use super::super::theme::tokens;
use super::cut::Half;
use crate::studio::Wipe;
use egui::{
    Align2, CursorIcon, EventFilter, Id, Key, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, accesskit,
    vec2,
};

/// How far an arrow key moves the edge, of the whole; with Shift ten times as far.
const STEP: f32 = 0.01;
/// Degrees that an arrow key turns the edge; with Shift fifteen times as many, which are also what turning snaps to.
const DEGREES: f32 = 1.0;
const SNAP: f32 = 15.0;
/// Width of what can be grabbed.
const GRIP: f32 = 28.0;
/// From the middle of the edge to the knob that turns it, points.
const ARM: f32 = 84.0;
const KNOB: f32 = 9.0;

/// The two handles, after the input.
pub(super) struct Edge {
    place: Response,
    angle: Response,
}

/// The side that the first or the second picture is seen on.
pub(super) fn half(wipe: Wipe, pane: Rect, is_second: bool) -> Half {
    let across = wipe.across();
    Half { at: wipe.middle(pane), towards: if is_second { across } else { -across } }
}

/// Where the knob lies: further down the edge, or up where there is no room.
fn knob(wipe: Wipe, pane: Rect) -> Pos2 {
    let (middle, across) = (wipe.middle(pane), wipe.across());
    let along = vec2(-across.y, across.x) * ARM;
    let room = pane.shrink(KNOB);
    if room.contains(middle + along) || !room.contains(middle - along) { middle + along } else { middle - along }
}

/// Moves and turns the edge by what was done.
pub(super) fn hear(ui: &Ui, rect: Rect, wipe: &mut Wipe, hovered: Option<Pos2>) -> Edge {
    let is_free = ui.input(|i| i.modifiers.alt && !i.pointer.any_down());
    if let Some(at) = hovered.filter(|_| is_free) {
        wipe.move_to(at, rect);
        ui.set_cursor_icon(CursorIcon::Move);
    }
    let place = place_response(ui, rect, wipe);
    let angle = angle_response(ui, rect, wipe);
    Edge { place, angle }
}

fn place_response(ui: &Ui, rect: Rect, wipe: &mut Wipe) -> Response {
    let grip = grip(*wipe, rect);
    let id = ui.scope_id().with("wipe edge");
    let mut response = ui.interact(grip, id, Sense::drag());
    let before = wipe.at;
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        wipe.move_to(at, rect);
    }
    wipe.at += STEP * keys(ui, &response, 10.0, [Key::ArrowLeft, Key::ArrowRight]);
    if response.has_focus() {
        ui.input(|input| {
            if input.key_pressed(Key::Home) {
                wipe.at = 0.0;
            }
            if input.key_pressed(Key::End) {
                wipe.at = 1.0;
            }
        });
    }
    if let Some(value) = asked(ui, response.id) {
        wipe.at = value / 100.0;
    }
    wipe.at = wipe.at.clamp(0.0, 1.0);
    if wipe.at != before {
        response.mark_changed();
    }
    slider(ui, &response, "Wipe edge", wipe.at * 100.0, 100.0, STEP * 100.0);
    let across = wipe.across().abs();
    response.on_hover_and_drag_cursor(match () {
        () if across.x > 0.92 => CursorIcon::ResizeHorizontal,
        () if across.y > 0.92 => CursorIcon::ResizeVertical,
        () => CursorIcon::Move,
    })
}

/// An upright or level edge can be grabbed anywhere, a slanted one around its middle.
fn grip(wipe: Wipe, pane: Rect) -> Rect {
    let (middle, across) = (wipe.middle(pane), wipe.across().abs());
    let size = match () {
        () if across.y < 1e-3 => vec2(GRIP, 2.0 * pane.height()),
        () if across.x < 1e-3 => vec2(2.0 * pane.width(), GRIP),
        () => Vec2::splat(2.0 * GRIP),
    };
    Rect::from_center_size(middle, size).intersect(pane)
}

fn angle_response(ui: &Ui, rect: Rect, wipe: &mut Wipe) -> Response {
    let at = knob(*wipe, rect);
    let id: Id = ui.scope_id().with("wipe angle");
    let mut response = ui.interact(Rect::from_center_size(at, Vec2::splat(GRIP)), id, Sense::drag());
    let before = wipe.angle;
    let middle = wipe.middle(rect);
    if let Some(to) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        // The knob may be on either arm of the edge.
        let across = wipe.across();
        let is_down = (at - middle).dot(vec2(-across.y, across.x)) >= 0.0;
        wipe.point_at(if is_down { to } else { middle + (middle - to) }, rect);
        if ui.input(|i| i.modifiers.shift) {
            wipe.angle = (wipe.angle / SNAP).round() * SNAP % 360.0;
        }
    }
    wipe.turn_by(DEGREES * keys(ui, &response, SNAP, [Key::ArrowLeft, Key::ArrowRight]));
    if let Some(value) = asked(ui, response.id) {
        wipe.angle = value.rem_euclid(360.0);
    }
    if wipe.angle != before {
        wipe.move_to(middle, rect);
        response.mark_changed();
    }
    slider(ui, &response, "Wipe angle", wipe.angle, 360.0, DEGREES);
    response.on_hover_and_drag_cursor(CursorIcon::Grab)
}

/// The steps that keys and readers ask for.
fn keys(ui: &Ui, response: &Response, shifted: f32, [less, more]: [Key; 2]) -> f32 {
    let mut steps = 0.0;
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        ui.input(|input| {
            let each = if input.modifiers.shift { shifted } else { 1.0 };
            steps += each * (input.num_presses(more) as f32 - input.num_presses(less) as f32);
        });
    }
    ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(response.id, action) as f32;
        steps + asked(accesskit::Action::Increment) - asked(accesskit::Action::Decrement)
    })
}

/// The value that a reader sets.
fn asked(ui: &Ui, id: Id) -> Option<f32> {
    ui.input(|input| {
        let requests = input.accesskit_action_requests(id, accesskit::Action::SetValue);
        let value = |data: &Option<accesskit::ActionData>| match data {
            Some(accesskit::ActionData::NumericValue(value)) => Some(*value as f32),
            _ => None,
        };
        requests.filter_map(|request| value(&request.data)).last()
    })
}

fn slider(ui: &Ui, response: &Response, name: &str, value: f32, most: f32, step: f32) {
    response.widget_info(|| WidgetInfo::slider(true, f64::from(value.round()), name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(f64::from(most));
        node.set_numeric_value_step(f64::from(step));
        for action in [accesskit::Action::Increment, accesskit::Action::Decrement, accesskit::Action::SetValue] {
            node.add_action(action);
        }
    });
}

pub(super) fn paint(ui: &Ui, rect: Rect, wipe: Wipe, edge: &Edge) {
    let t = tokens(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let (middle, across) = (wipe.middle(rect), wipe.across());
    let along = vec2(-across.y, across.x);
    let far = along * (rect.width() + rect.height());
    let middle = if across.y == 0.0 { egui::pos2(middle.x.round(), middle.y) } else { middle };
    for (width, color) in [(4.0, t.shade), (2.0, t.on_picture)] {
        painter.line_segment([middle - far, middle + far], Stroke::new(width, color));
    }
    let color = |response: &Response| match response.hovered() || response.dragged() {
        true => t.accent,
        false => t.on_picture,
    };
    painter.circle(middle, 14.0, t.shade, Stroke::new(2.0, color(&edge.place)));
    for side in [-1.0, 1.0] {
        // A tip on each side, pointing away from the edge.
        let tip = middle + across * (9.0 * side);
        let back = middle + across * (4.5 * side);
        for wing in [along * 4.5, along * -4.5] {
            painter.line_segment([back + wing, tip], Stroke::new(1.5, t.on_picture));
        }
    }
    let knob = knob(wipe, rect);
    painter.circle(knob, KNOB, t.shade, Stroke::new(2.0, color(&edge.angle)));
    painter.text(knob, Align2::CENTER_CENTER, icons::ARROW_CLOCKWISE, icons::icon_font(11.0), t.on_picture);
    for (response, at, radius) in [(&edge.place, middle, 18.0), (&edge.angle, knob, KNOB + 4.0)] {
        if response.has_focus() {
            painter.circle_stroke(at, radius, Stroke::new(2.0, t.accent));
        }
    }
}
