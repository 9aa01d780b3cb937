//! Two pictures in one place, cut at an edge that can be moved.
//!
//! Left of the edge lies the first picture, right of it the second. Each part is clipped, so that nothing of the other
//! shines through where a picture is transparent.

use super::super::pane::{self, Scene};
use super::super::theme::{self, tokens};
use super::super::{Cx, icons, zoom};
use super::{Cell, Shown, State, lines, panes};
use crate::studio::view;
use crate::studio::{Action, Command};
use egui::{
    Align2, CursorIcon, EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    accesskit, pos2, vec2,
};

/// How far an arrow key moves the edge; with Shift ten times as far.
const STEP: f32 = 0.01;
/// Width of what can be grabbed.
const GRIP: f32 = 28.0;

/// Where everything lies, after the input.
pub(super) struct Heard {
    cell: Cell,
    space: view::Pane,
    id: Id,
    edge: Response,
}

/// Moves view and edge by what was done.
pub(super) fn hear(ui: &Ui, cx: &mut Cx<'_>, shown: &[Shown], cell: Cell, wishes: &[Action]) -> Option<Heard> {
    let response = ui.interact(cell.picture, ui.scope_id().with("wipe"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Both pictures, cut at the wipe edge"));
    let space = zoom::pane(ui, &response);
    let at = edge_x(cell.picture, cx.studio.compare.wipe);
    // Hands and keys act on the picture that they see.
    let side = |x: f32| usize::from(x > at);
    let active = cx.studio.compare.active_pane();
    let here = response.interact_pointer_pos().or(response.hover_pos()).map_or(active, |at| side(at.x));
    let size = pane::seen_size(cx.studio, &shown.get(here)?.picture);
    let before = cx.studio.compare.view(here, size, space);
    let mut view = zoom::wishes(wishes, before, size, space, response.hover_pos());
    if here == active {
        zoom::pointer(ui, &response, &mut view, size);
    } else {
        zoom::moves(ui, &response, &mut view, size);
        if response.clicked() {
            cx.push(Command::ActivatePane(here));
        }
    }
    if view != before {
        cx.studio.compare.set_view(here, view, size);
    }
    let edge = edge_response(ui, cell.picture, &mut cx.studio.compare.wipe);
    Some(Heard { cell, space, id: response.id, edge })
}

fn edge_x(rect: Rect, wipe: f32) -> f32 {
    (rect.left() + rect.width() * wipe).round()
}

/// The edge is a slider: dragged, or moved by the arrow keys, Home and End.
fn edge_response(ui: &Ui, rect: Rect, wipe: &mut f32) -> Response {
    let grip = Rect::from_center_size(pos2(edge_x(rect, *wipe), rect.center().y), vec2(GRIP, rect.height()));
    let mut response = ui.interact(grip.intersect(rect), ui.scope_id().with("wipe edge"), Sense::drag());
    let before = *wipe;
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        *wipe = (at.x - rect.left()) / rect.width().max(1.0);
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        ui.input(|input| {
            let step = if input.modifiers.shift { STEP * 10.0 } else { STEP };
            let steps = input.num_presses(Key::ArrowRight) as f32 - input.num_presses(Key::ArrowLeft) as f32;
            *wipe += steps * step;
            if input.key_pressed(Key::Home) {
                *wipe = 0.0;
            }
            if input.key_pressed(Key::End) {
                *wipe = 1.0;
            }
        });
    }
    ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(response.id, action) as f32;
        *wipe += STEP * (asked(accesskit::Action::Increment) - asked(accesskit::Action::Decrement));
        for request in input.accesskit_action_requests(response.id, accesskit::Action::SetValue) {
            if let Some(accesskit::ActionData::NumericValue(value)) = request.data {
                *wipe = (value / 100.0) as f32;
            }
        }
    });
    *wipe = wipe.clamp(0.0, 1.0);
    if *wipe != before {
        response.mark_changed();
    }
    let percent = f64::from(*wipe * 100.0).round();
    response.widget_info(|| WidgetInfo::slider(true, percent, "Wipe edge"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
        node.set_numeric_value_step(f64::from(STEP * 100.0));
        for action in [accesskit::Action::Increment, accesskit::Action::Decrement, accesskit::Action::SetValue] {
            node.add_action(action);
        }
    });
    response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
}

pub(super) fn paint(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, shown: &[Shown], heard: &Heard) {
    let t = tokens(ui);
    let Cell { picture: rect, line, .. } = heard.cell;
    let x = edge_x(rect, cx.studio.compare.wipe);
    let active = cx.studio.compare.active_pane();
    let parts = [Rect { max: pos2(x, rect.max.y), ..rect }, Rect { min: pos2(x, rect.min.y), ..rect }];
    let half = line.center().x;
    let line_parts = [Rect { max: pos2(half, line.max.y), ..line }, Rect { min: pos2(half, line.min.y), ..line }];
    for (number, ((shown_here, clip), line)) in shown.iter().zip(parts).zip(line_parts).enumerate() {
        let picture = &shown_here.picture;
        let view = cx.studio.compare.view(number, pane::seen_size(cx.studio, picture), heard.space);
        let scene = Scene::of(cx.studio, picture, view, heard.space, clip);
        if clip.is_positive() {
            let pane = state.panes.entry(picture.id.clone()).or_default();
            ui.push_id(&picture.id, |ui| pane::paint(ui, cx.textures, &scene, pane));
        }
        let is_active = number == active;
        let response = lines::line_ui(ui, cx.commands, line, shown_here, None, number, is_active);
        if response.on_hover_text(panes::name(shown_here)).clicked() {
            cx.push(Command::ActivatePane(number));
        }
        if is_active {
            let accent = Stroke::new(2.0, t.accent);
            ui.painter().rect_stroke(line.shrink(1.0), theme::RADIUS_SMALL, accent, StrokeKind::Inside);
        }
    }
    zoom::focus_ring(ui, heard.id, rect);
    handle(ui, rect, x, &heard.edge);
}

fn handle(ui: &Ui, rect: Rect, x: f32, edge: &Response) {
    let t = tokens(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.vline(x, rect.y_range(), Stroke::new(4.0, t.shade));
    painter.vline(x, rect.y_range(), Stroke::new(2.0, t.on_picture));
    let centre = pos2(x, rect.center().y);
    let is_held = edge.hovered() || edge.dragged();
    let edge_color = if is_held { t.accent } else { t.on_picture };
    painter.circle(centre, 14.0, t.shade, Stroke::new(2.0, edge_color));
    for (icon, side) in [(icons::CARET_LEFT, -6.0), (icons::CARET_RIGHT, 6.0)] {
        let at = centre + Vec2::new(side, 0.0);
        painter.text(at, Align2::CENTER_CENTER, icon, icons::icon_font(12.0), t.on_picture);
    }
    if edge.has_focus() {
        painter.circle_stroke(centre, 18.0, Stroke::new(2.0, t.accent));
    }
}
