//! Two pictures in one place: wiped, laid over each other, one after the other, or what differs between them.
//!
//! They share one view on the frame that both lie in. Invariant: where one picture is transparent, nothing of the other
//! shines through, except where that is asked for.

use super::super::pane::{self, Scene};
use super::super::theme::{self, Type, tokens};
use super::super::{Cx, zoom};
use super::{Cell, Shown, State, cut, lines, panes, wipe};
use crate::studio::view;
use crate::studio::{Action, Command, CompareMode, is_held};
use egui::{Align2, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};
use std::time::Duration;

/// Where everything lies, after the input.
pub(super) struct Heard {
    cell: Cell,
    space: view::Pane,
    id: Id,
    pair: [usize; 2],
    edge: Option<wipe::Edge>,
}

/// What stands in the accessibility tree for both pictures.
fn name(mode: CompareMode, shown: &[Shown], pair: [usize; 2]) -> String {
    let [first, second] = pair.map(|number| shown.get(number).map_or("", |shown| shown.model.as_str()));
    match mode {
        CompareMode::Overlay => format!("{second} over {first}"),
        CompareMode::Blink => format!("{first} and {second}, one after the other"),
        CompareMode::Difference => format!("What differs between {first} and {second}"),
        _ => format!("{first} and {second}, cut at the wipe edge"),
    }
}

/// Moves the view, the upper picture and the edge by what was done.
pub(super) fn hear(ui: &Ui, cx: &mut Cx<'_>, shown: &[Shown], cell: Cell, wishes: &[Action]) -> Heard {
    let compare = &cx.studio.compare;
    let (mode, pair, active) = (compare.mode(), compare.pair(), compare.active_pane());
    let response = ui.interact(cell.picture, ui.scope_id().with("stack"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name(mode, shown, pair)));
    let space = zoom::pane(ui, &response);
    let is_alone = ui.input(|i| i.modifiers.shift) && response.dragged();
    if let (true, Some(upper)) = (is_alone, shown.get(pair[1])) {
        let size = pane::seen_size(cx.studio, &upper.picture);
        cx.studio.compare.nudge(pair[1], response.drag_delta(), size, space);
    }
    if let Some((before, frame)) = cx.studio.compare.frame_view(space) {
        let mut view = zoom::wishes(wishes, before, frame, space, response.hover_pos());
        // A click on the side of the other picture makes that the active one.
        let at = response.interact_pointer_pos().or(response.hover_pos());
        let is_second = |at| cx.studio.compare.how.wipe.side(at, space.rect) > 0.0;
        let other = at.map(|at| pair[usize::from(is_second(at))]).filter(|here| *here != active);
        match other.filter(|_| mode == CompareMode::Wipe) {
            _ if is_alone => {}
            Some(other) => {
                zoom::moves(ui, &response, &mut view, frame);
                if response.clicked() {
                    cx.push(Command::ActivatePane(other));
                }
            }
            None => {
                zoom::pointer(ui, &response, &mut view, frame);
            }
        }
        if view != before {
            cx.studio.compare.set_view(pair[0], view, frame);
        }
    }
    let is_wipe = mode == CompareMode::Wipe;
    let edge = is_wipe.then(|| wipe::hear(ui, space.rect, &mut cx.studio.compare.how.wipe, response.hover_pos()));
    Heard { cell, space, id: response.id, pair, edge }
}

pub(super) fn paint(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, shown: &[Shown], heard: &Heard) {
    let [first, second] = heard.pair;
    let rect = heard.cell.picture;
    let how = cx.studio.compare.how;
    match how.mode {
        CompareMode::Overlay => {
            picture_ui(ui, cx, state, shown, heard, first, rect);
            ui.scope(|ui| {
                ui.multiply_opacity(how.opacity);
                over_ui(ui, cx, state, shown, heard, second);
            });
        }
        CompareMode::Blink => blink_ui(ui, cx, state, shown, heard),
        CompareMode::Difference => {
            if !state.difference.paint(ui, cx, rect, heard.space) {
                picture_ui(ui, cx, state, shown, heard, first, rect);
            }
            state.difference.legend(ui, cx.studio.compare.how.threshold, rect);
        }
        _ => {
            for (number, is_second) in [(first, false), (second, true)] {
                half_ui(ui, cx, state, shown, heard, number, is_second);
            }
        }
    }
    lines_ui(ui, cx, shown, heard);
    zoom::focus_ring(ui, heard.id, rect);
    if let Some(edge) = &heard.edge {
        wipe::paint(ui, rect, how.wipe, edge);
    }
}

/// One picture of the pair, on its ground.
fn picture_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    shown: &[Shown],
    heard: &Heard,
    number: usize,
    clip: Rect,
) {
    scene_ui(ui, cx, state, shown, heard, number, clip, false);
}

/// One picture without a ground: what lies below is seen through its transparent parts.
fn over_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, shown: &[Shown], heard: &Heard, number: usize) {
    scene_ui(ui, cx, state, shown, heard, number, heard.cell.picture, true);
}

#[expect(clippy::too_many_arguments, reason = "all of it is what a scene is")]
fn scene_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    shown: &[Shown],
    heard: &Heard,
    number: usize,
    clip: Rect,
    bare: bool,
) {
    let Some(Shown { picture, .. }) = shown.get(number) else { return };
    let view = cx.studio.compare.view(number, pane::seen_size(cx.studio, picture), heard.space);
    let scene = Scene { bare, ..Scene::of(cx.studio, picture, view, heard.space, clip) };
    let pane = state.panes.entry(picture.id.clone()).or_default();
    ui.push_id(&picture.id, |ui| pane::paint(ui, cx.textures, &scene, pane));
}

/// One side of the wipe. Upright and level edges are plain clips, so that words are cut too.
fn half_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    shown: &[Shown],
    heard: &Heard,
    number: usize,
    is_second: bool,
) {
    let rect = heard.cell.picture;
    let half = wipe::half(cx.studio.compare.how.wipe, rect, is_second);
    if half.misses(rect) {
        return;
    }
    let [at, towards] = [half.at.round(), pos2(half.towards.x, half.towards.y)];
    let clip = match (towards.x, towards.y) {
        (x, 0.0) if x > 0.0 => Rect { min: pos2(at.x, rect.min.y), ..rect },
        (_, 0.0) => Rect { max: pos2(at.x, rect.max.y), ..rect },
        (0.0, y) if y > 0.0 => Rect { min: pos2(rect.min.x, at.y), ..rect },
        (0.0, _) => Rect { max: pos2(rect.max.x, at.y), ..rect },
        _ => {
            cut::cut(ui, half, |ui| picture_ui(ui, cx, state, shown, heard, number, rect));
            return;
        }
    };
    if clip.is_positive() {
        picture_ui(ui, cx, state, shown, heard, number, clip);
    }
}

/// One of the two, by the clock or the held key, with its name in the corner.
fn blink_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, shown: &[Shown], heard: &Heard) {
    let is_typing = ui.ctx().text_edit_focused();
    let now = ui.input(|i| i.time);
    let is_down = ui.input(|i| is_held(Action::OtherPicture, |key| i.key_down(key))) && !is_typing;
    let compare = &mut cx.studio.compare;
    let is_held = is_down || state.other_is_pressed;
    let (second, next) = compare.blink.shows_second(now, compare.how.interval, is_held);
    if let Some(next) = next {
        ui.request_repaint_after(Duration::from_secs_f64(next));
    }
    let [seen, hidden] = if second { [heard.pair[1], heard.pair[0]] } else { heard.pair };
    // Kept at hand, so that it is there at once.
    picture_ui(ui, cx, state, shown, heard, hidden, Rect::NOTHING);
    picture_ui(ui, cx, state, shown, heard, seen, heard.cell.picture);
    let Some(shown) = shown.get(seen) else { return };
    let t = tokens(ui);
    let text = format!("{} · {}", seen + 1, shown.model);
    let words = ui.painter().layout_no_wrap(text, Type::Strong.font(), t.on_picture);
    let corner = heard.cell.picture.left_top() + egui::Vec2::splat(theme::PADDING);
    let chip = Rect::from_min_size(corner, words.size() + egui::vec2(2.0 * theme::TILE_GAP, theme::TILE_GAP));
    pane::shade(ui.painter(), chip, t);
    let at = chip.left_center() + egui::vec2(theme::TILE_GAP, 0.0);
    super::super::widgets::place(ui, words, at, Align2::LEFT_CENTER);
}

/// The facts of both, below; a click makes that picture the active one.
fn lines_ui(ui: &mut Ui, cx: &mut Cx<'_>, shown: &[Shown], heard: &Heard) {
    let t = tokens(ui);
    let line = heard.cell.line;
    let half = line.center().x;
    let parts = [Rect { max: pos2(half, line.max.y), ..line }, Rect { min: pos2(half, line.min.y), ..line }];
    let active = cx.studio.compare.active_pane();
    for (number, part) in heard.pair.into_iter().zip(parts) {
        let Some(shown_here) = shown.get(number) else { continue };
        let is_active = number == active;
        let numbered = (shown.len() > 2).then_some(number + 1);
        let response = lines::line_ui(ui, cx.commands, part, shown_here, numbered, number, is_active);
        if response.on_hover_text(panes::name(shown_here)).clicked() {
            cx.push(Command::ActivatePane(number));
        }
        if is_active {
            let accent = Stroke::new(2.0, t.accent);
            ui.painter().rect_stroke(part.shrink(1.0), theme::RADIUS_SMALL, accent, StrokeKind::Inside);
        }
    }
}
