//! The panes of pictures side by side: what the pointer does in each, then how each looks.

use super::super::pane::{self, Scene};
use super::super::theme::{self, tokens};
use super::super::widgets::IconButton;
use super::super::{Cx, icons, zoom};
use super::{Cell, Shown, State, lines};
use crate::studio::{Action, Command};
use egui::{CursorIcon, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2};

/// Moves the views by what was done in each pane; a click in a pane that is not the active one only makes it so.
pub(super) fn hear(ui: &Ui, cx: &mut Cx<'_>, shown: &[Shown], cells: &[Cell], wishes: &[Action]) {
    let active = cx.studio.compare.active_pane();
    for (shown_here, cell) in shown.iter().zip(cells) {
        let number = shown_here.number;
        let response = ui.interact(cell.picture, id_of(ui, shown_here), Sense::click_and_drag());
        let is_active = number == active;
        response.widget_info(|| WidgetInfo::selected(Role::Image, true, is_active, name(shown_here)));
        let size = pane::seen_size(cx.studio, &shown_here.picture);
        let space = zoom::pane(ui, &response);
        // Linked, and pixel on pixel, hands act on the frame that all pictures lie in.
        let subject = cx.studio.compare.subject(size);
        let before = cx.studio.compare.subject_view(number, size, space);
        let mut view =
            if is_active { zoom::wishes(wishes, before, subject, space, response.hover_pos()) } else { before };
        let is_alone = cx.studio.compare.linked() && ui.input(|i| i.modifiers.shift) && response.dragged();
        if is_alone {
            cx.studio.compare.nudge(number, response.drag_delta(), size, space);
        } else if is_active {
            zoom::pointer(ui, &response, &mut view, subject);
        } else {
            zoom::moves(ui, &response, &mut view, subject);
            if response.clicked() || response.drag_started() {
                cx.push(Command::ActivatePane(number));
            }
            response.on_hover_cursor(CursorIcon::PointingHand);
        }
        if view != before {
            cx.studio.compare.set_view(number, view, subject);
        }
    }
}

fn id_of(ui: &Ui, shown: &Shown) -> Id {
    ui.scope_id().with(("pane", &shown.picture.id))
}

pub(super) fn name(shown: &Shown) -> String {
    format!("{}: {}", shown.title, shown.model)
}

pub(super) fn paint(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    shown: &[Shown],
    cells: &[Cell],
    is_numbered: bool,
) {
    let t = tokens(ui);
    let active = cx.studio.compare.active_pane();
    for (shown_here, cell) in shown.iter().zip(cells) {
        let number = shown_here.number;
        let picture = &shown_here.picture;
        let size = pane::seen_size(cx.studio, picture);
        let space = crate::studio::view::Pane { rect: cell.picture, pixels_per_point: ui.ctx().pixels_per_point() };
        let view = cx.studio.compare.view(number, size, space);
        let scene = Scene::of(cx.studio, picture, view, space, cell.picture);
        let pane = state.panes.entry(picture.id.clone()).or_default();
        ui.push_id(&picture.id, |ui| pane::paint(ui, cx.textures, &scene, pane));
        zoom::focus_ring(ui, id_of(ui, shown_here), cell.picture);
        let number_shown = is_numbered.then_some(number + 1);
        let is_active = number == active;
        let line = lines::line_ui(ui, cx.commands, cell.line, shown_here, number_shown, number, is_active);
        if line.clicked() {
            cx.push(Command::ActivatePane(number));
        }
        remove_ui(ui, cx, shown_here, number, cell);
    }
    let is_active = |(shown, _): &(&Shown, &Cell)| shown.number == active;
    if let Some((_, cell)) = shown.iter().zip(cells).find(is_active) {
        ui.painter().rect_stroke(cell.outer, theme::RADIUS_SMALL, Stroke::new(2.0, t.accent), StrokeKind::Outside);
    }
}

/// The cross that takes a picture off the table: seen while the pointer is over the pane or the keyboard on it.
fn remove_ui(ui: &mut Ui, cx: &mut Cx<'_>, shown: &Shown, number: usize, cell: &Cell) {
    let corner = pos2(cell.picture.right() - theme::FIELD - theme::GAP, cell.picture.top() + theme::GAP);
    let rect = Rect::from_min_size(corner, Vec2::splat(theme::FIELD));
    let name = format!("Remove pane {}", number + 1);
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(("remove", &shown.picture.id)), |ui| {
        let is_near = ui.rect_contains_pointer(cell.outer);
        let id = ui.next_auto_id();
        if !is_near && !ui.memory(|memory| memory.has_focus(id)) {
            ui.set_opacity(0.0);
        }
        pane::shade(ui.painter(), rect, tokens(ui));
        let button = IconButton::new(icons::X, &name).color(tokens(ui).on_picture);
        if button.show(ui).clicked() {
            cx.push(Command::RemoveFromCompare(shown.picture.id.clone()));
        }
    });
}
