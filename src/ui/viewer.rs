//! One picture, as large as there is room: the picture, a thin line of controls over it, the film strip of its run, and
//! beside that the way to the picture.
//!
//! Invariant: a fitted picture is covered by nothing; a zoomed one may pass under the line above it.

mod bar;
mod film;
mod info;
mod pixel;
mod rail;
mod source;
mod stage;

use super::{Cx, icons, inspector, pane, theme, widgets};
use crate::library::Picture;
use crate::studio::view::{Pane, View};
use crate::studio::{Command, Screen};
pub(in crate::ui) use bar::{bar_is_shown, bar_ui, percent_badge, under_bar};
use egui::{Frame, Panel, Rect, Ui, UiBuilder, pos2};
pub(in crate::ui) use stage::{Seen, Stage, stage_ui};

/// Height of the line above the picture.
const BAR: f32 = theme::TOP_BAR;

/// What the viewer remembers between frames.
#[derive(Default)]
pub struct State {
    stage: Stage,
    film: film::State,
    source: source::State,
    sorting: inspector::State,
    /// Width of the rail, points.
    rail: f32,
}

impl State {
    /// Gives the keyboard to the search of the source.
    pub fn search_source(&mut self) {
        self.source.focus_search = true;
    }
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
    let full = cx.studio.full_screen;
    if cx.studio.layout.info_open && !full {
        let ground = Frame::new().fill(theme::tokens(ui).panel);
        let side = Panel::right("viewer information").exact_size(theme::RIGHT_PANEL[0]).resizable(false);
        side.frame(ground).show(ui, |ui| info::info_ui(ui, cx, &picture, &mut state.sorting));
    }
    let whole = ui.available_rect_before_wrap();
    let bar = Rect { max: pos2(whole.max.x, whole.min.y + BAR), ..whole };
    let film = Rect { min: pos2(whole.min.x, whole.max.y - film::HEIGHT), ..whole };
    let rect = if full { whole } else { Rect { min: bar.left_bottom(), max: film.right_top() } };

    let size = picture.size.map(|_| pane::seen_size(cx.studio, &picture));
    cx.studio.viewer.show(&picture.id, size, cx.studio.layout.look.locked);
    let view = cx.studio.viewer.view;
    let partials = cx.studio.partials(&picture.id);
    if let Some(partials) = &partials {
        state.rail = rail::width(partials, film.width());
    }
    let partials = partials.filter(|partials| !partials.is_empty() && !full && !cx.studio.shows_source());
    let mut seen = if cx.studio.shows_source() {
        source::source_ui(ui, cx, &picture, rect, &mut state.source);
        let space = Pane { rect, pixels_per_point: ui.ctx().pixels_per_point() };
        Seen { view, space, is_sharp: true }
    } else {
        stage_ui(ui, cx, &mut state.stage, &picture, (rect, rect.union(bar)), view, &wishes)
    };
    if bar_is_shown(ui, bar, full) {
        under_bar(ui, bar, &seen, size, full);
        let child = UiBuilder::new().max_rect(bar).id_salt("bar");
        let asked = ui.scope_builder(child, |ui| bar_ui(ui, cx, &picture, &mut seen, false, full));
        cx.commands.extend(asked.inner.into_iter().map(Command::Do));
    } else {
        percent_badge(ui, whole, &seen, size);
    }
    if size.is_some() {
        cx.studio.viewer.view = seen.view;
    }
    if !full {
        // Kept while the way to the next picture is being read, so that walking through a run moves nothing.
        let (film, rail) = film.split_left_right_at_x(film.right() - state.rail);
        ui.scope_builder(UiBuilder::new().max_rect(film), |ui| film::film_ui(ui, cx, &picture, &mut state.film));
        if let Some(partials) = &partials {
            let place = UiBuilder::new().max_rect(rail).id_salt("way");
            ui.scope_builder(place, |ui| rail::rail_ui(ui, cx, &picture, partials));
        }
    }
    if partials.is_none() {
        cx.studio.hover_partial(None);
    }
    if seen.is_sharp {
        fetch_neighbours(cx, &picture, seen.space);
    }
    ui.advance_cursor_after_rect(whole);
}

/// Wishes for the pictures before and after, fitted, so that walking through them never waits.
fn fetch_neighbours(cx: &mut Cx<'_>, picture: &Picture, space: Pane) {
    for step in [-1, 1] {
        let next = cx.studio.neighbour(&picture.id, step);
        if let Some(next) = next.and_then(|id| cx.studio.collection.picture(&id)) {
            cx.textures.expect(next, View::default().scale(pane::seen_size(cx.studio, next), space));
        }
    }
}
