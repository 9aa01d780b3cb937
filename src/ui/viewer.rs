//! One picture, as large as there is room: the picture, a thin line of controls over it, the film strip of its run.
//!
//! Invariant: a fitted picture is covered by nothing; a zoomed one may pass under the line above it.

mod bar;
mod film;
mod info;

use super::{Cx, icons, inspector, pane, theme, widgets, zoom};
use crate::library::{Picture, PictureId};
use crate::studio::{Command, Screen};
use egui::{Frame, Panel, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2};

/// Height of the line above the picture.
const BAR: f32 = theme::TOP_BAR;

/// What the viewer remembers between frames.
#[derive(Default)]
pub struct State {
    shown: Option<PictureId>,
    pane: pane::State,
    film: film::State,
    sorting: inspector::State,
}

/// Draws the viewer with the active picture.
pub fn viewer_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let wishes = std::mem::take(&mut cx.studio.zooms);
    let active = cx.studio.selection.active().and_then(|id| cx.studio.collection.picture(id));
    let Some(picture) = active.cloned() else {
        if widgets::empty_state(
            ui,
            icons::IMAGE,
            "Choose a picture in the grid to look at it",
            Some("Back to the grid"),
        ) {
            cx.push(Command::Show(Screen::Grid));
        }
        return;
    };
    if state.shown.as_ref() != Some(&picture.id) {
        state.shown = Some(picture.id.clone());
        state.pane = pane::State::default();
    }
    if cx.studio.layout.info_open {
        let ground = Frame::new().fill(theme::tokens(ui).panel);
        let side = Panel::right("viewer information").exact_size(theme::RIGHT_PANEL[0]).resizable(false);
        side.frame(ground).show(ui, |ui| info::info_ui(ui, cx, &picture, &mut state.sorting));
    }
    let whole = ui.available_rect_before_wrap();
    let bar = Rect { max: pos2(whole.max.x, whole.min.y + BAR), ..whole };
    let film = Rect { min: pos2(whole.min.x, whole.max.y - film::HEIGHT), ..whole };
    let stage = Rect { min: bar.left_bottom(), max: film.right_top() };

    let response = ui.interact(stage, ui.scope_id().with("stage"), Sense::click_and_drag());
    let size = pane::size_of(&picture);
    let space = zoom::pane(ui, &response);
    cx.studio.viewer.show(&picture.id, picture.size);
    let mut view = zoom::wishes(&wishes, cx.studio.viewer.view, size, space, response.hover_pos());
    if picture.size.is_some() {
        zoom::pointer(ui, &response, &mut view, size);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, title(cx, &picture)));
    let clip = stage.union(bar);
    let scene = pane::Scene { picture: &picture, view, pane: space, clip, backdrop: cx.studio.viewer.backdrop };
    let is_there = pane::paint(ui, cx.textures, &scene, &mut state.pane);
    zoom::focus_ring(ui, response.id, stage);
    if view.picture_rect(size, space).top() < bar.bottom() {
        ui.painter().rect_filled(bar, 0, theme::tokens(ui).background.gamma_multiply(0.92));
    }
    ui.scope_builder(UiBuilder::new().max_rect(bar), |ui| bar::bar_ui(ui, cx, &picture, &mut view, space));
    cx.studio.viewer.view = view;
    ui.scope_builder(UiBuilder::new().max_rect(film), |ui| film::film_ui(ui, cx, &picture, &mut state.film));
    if is_there {
        fetch_neighbours(cx, &picture, stage.size().max_elem() * space.pixels_per_point);
    }
    ui.advance_cursor_after_rect(whole);
}

fn title(cx: &Cx<'_>, picture: &Picture) -> String {
    let model = cx.studio.collection.run_of(&picture.id).map_or("", |run| run.model_name.as_str());
    match picture.size {
        Some(size) => format!("Picture by {model}, {size}"),
        None => format!("Picture by {model}"),
    }
}

/// Wishes for the pictures before and after, fitted, so that walking through them never waits.
fn fetch_neighbours(cx: &mut Cx<'_>, picture: &Picture, side: f32) {
    for step in [-1, 1] {
        let next = cx.studio.neighbour(&picture.id, step);
        if let Some(next) = next.and_then(|id| cx.studio.collection.picture(&id)) {
            let longer = pane::size_of(next).max_elem();
            cx.textures.picture(next, side.min(longer).min(2048.0));
        }
    }
}
