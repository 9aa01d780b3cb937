//! The second window: the active picture alone, perhaps on another screen, with a zoom of its own.
//!
//! Keys and buttons here are about the picture that is seen here. Invariant: where the window stood is remembered as
//! far as the platform tells it, and nothing of it is written before it has moved.

use super::viewer::{self, Stage, stage_ui};
use super::{Cx, icons, keys, pane, theme, widgets};
use crate::library::PictureId;
use crate::studio::{Action, Command, Screen, Second, Viewer};
use egui::{Context, Rect, Ui, UiBuilder, ViewportBuilder, ViewportClass, ViewportCommand, ViewportId, pos2};

/// What it remembers between frames.
#[derive(Default)]
pub(super) struct State {
    /// As it was opened; afterwards the artist moves it, not we.
    built: Option<ViewportBuilder>,
    viewer: Viewer,
    stage: Stage,
}

fn id() -> ViewportId {
    ViewportId::from_hash_of("second window")
}

pub(super) fn second_ui(ctx: &Context, cx: &mut Cx<'_>, state: &mut State) {
    if !cx.studio.layout.second.open {
        *state = State::default();
        return;
    }
    let builder = state.built.get_or_insert_with(|| builder(&cx.studio.layout.second)).clone();
    ctx.show_viewport_immediate(id(), builder, |ui, class| {
        // Inside the main window, where there can be no other, the keyboard and the place are the main window's.
        let asked = if class == ViewportClass::EmbeddedWindow {
            Vec::new()
        } else {
            remember(ui, &mut cx.studio.layout.second);
            keys::pressed_on(ui.ctx(), cx.studio, Screen::Viewer)
        };
        let asked = asked.into_iter().filter_map(|command| match command {
            Command::Do(action) => Some(action),
            _ => None,
        });
        window_ui(ui, cx, state, asked.collect());
    });
}

fn builder(second: &Second) -> ViewportBuilder {
    let builder = ViewportBuilder::default()
        .with_title("Easel, second window")
        .with_inner_size(second.size)
        .with_min_inner_size([320.0, 240.0])
        .with_maximized(second.maximized)
        .with_fullscreen(second.full_screen);
    match second.corner {
        Some(corner) => builder.with_position(corner),
        None => builder,
    }
}

/// Notes where the window stands; that tells its screen too.
fn remember(ui: &Ui, second: &mut Second) {
    ui.input(|input| {
        let viewport = input.viewport();
        if viewport.close_requested() {
            second.open = false;
        }
        second.maximized = viewport.maximized.unwrap_or(false);
        if second.maximized || second.full_screen {
            return;
        }
        if let Some(corner) = viewport.outer_rect.map(|rect| rect.min) {
            second.corner = Some([corner.x.round(), corner.y.round()]);
        }
        if let Some(size) = viewport.inner_rect.map(|rect| rect.size()) {
            second.size = [size.x.round(), size.y.round()];
        }
    });
}

fn window_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, mut asked: Vec<Action>) {
    let t = theme::tokens(ui);
    let whole = ui.available_rect_before_wrap();
    ui.painter().rect_filled(whole, 0, t.background);
    let picture = cx.studio.looked_at().and_then(|id| cx.studio.collection.picture(id)).cloned();
    let Some(picture) = picture else {
        widgets::empty_state(ui, icons::IMAGE, "Choose a picture in the other window to look at it here", None);
        obey(ui, cx, None, &mut asked);
        return;
    };
    let wishes: Vec<Action> = asked.iter().copied().filter(is_zoom).collect();
    let full = cx.studio.layout.second.full_screen;
    let bar = Rect { max: pos2(whole.max.x, whole.min.y + theme::TOP_BAR), ..whole };
    let rect = if full { whole } else { Rect { min: bar.left_bottom(), ..whole } };
    let turn = cx.studio.viewer.turn(&picture.id);
    state.viewer.set_turn(&picture.id, turn, pane::size_of(&picture));
    let size = picture.size.map(|_| pane::seen_size(cx.studio, &picture));
    state.viewer.show(&picture.id, size, cx.studio.layout.look.locked);
    let mut seen = stage_ui(ui, cx, &mut state.stage, &picture, (rect, whole), state.viewer.view, &wishes);
    if viewer::bar_is_shown(ui, bar, full) {
        viewer::under_bar(ui, bar, &seen, size, full);
        let child = UiBuilder::new().max_rect(bar).id_salt("bar");
        let pressed = ui.scope_builder(child, |ui| viewer::bar_ui(ui, cx, &picture, &mut seen, true, full));
        asked.extend(pressed.inner);
    } else {
        viewer::percent_badge(ui, whole, &seen, size);
    }
    if size.is_some() {
        state.viewer.view = seen.view;
    }
    ui.advance_cursor_after_rect(whole);
    obey(ui, cx, Some(picture.id), &mut asked);
}

fn is_zoom(action: &Action) -> bool {
    use Action as A;
    matches!(action, A::ZoomIn | A::ZoomOut | A::ToggleZoom | A::Fit | A::FullSize | A::TilesLarger | A::TilesSmaller)
}

/// Does what was asked for in this window.
fn obey(ui: &Ui, cx: &mut Cx<'_>, seen: Option<PictureId>, asked: &mut Vec<Action>) {
    use Action as A;
    for action in asked.drain(..) {
        let second = &mut cx.studio.layout.second;
        match action {
            A::FullScreen => set_full_screen(ui, second, !second.full_screen),
            A::Back if second.full_screen => set_full_screen(ui, second, false),
            A::Back | A::SecondWindow => second.open = false,
            A::Next | A::Previous if cx.studio.screen == Screen::Models => {
                let step = if action == A::Next { 1 } else { -1 };
                let next = seen.as_ref().and_then(|id| cx.studio.neighbour(id, step));
                cx.commands.extend(next.map(Command::Select));
            }
            A::Next | A::Previous | A::Above | A::Below | A::Undo | A::Redo | A::ToggleLock | A::NextBackdrop => {
                cx.push(Command::Do(action));
            }
            A::Stars(_) | A::Pick | A::Reject | A::Unflag | A::Label(_) | A::Trash | A::Turn(_) | A::CopyPicture => {
                cx.commands.extend(seen.clone().map(|id| Command::DoFor(id, action)));
            }
            _ => {}
        }
    }
}

fn set_full_screen(ui: &Ui, second: &mut Second, full: bool) {
    second.full_screen = full;
    ui.ctx().send_viewport_cmd_to(id(), ViewportCommand::Fullscreen(full));
}
