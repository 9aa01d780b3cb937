//! Pictures in one place: two of them wiped, laid over each other, or what differs between them; all of them one after
//! the other.
//!
//! They share one view on the frame that they lie in. Invariant: where one picture is transparent, nothing of the other
//! shines through, except where that is asked for.

use super::super::pane::{self, Scene};
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{icon_button, place};
use super::super::{Cx, icons, zoom};
use super::{Cell, Shown, State, cut, lines, panes, wipe};
use crate::studio::view;
use crate::studio::{Action, Command, CompareMode, Layer, is_held, keys_of};
use egui::{Align, Align2, Id, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo};
use egui::{pos2, vec2};
use std::time::Duration;

/// Where everything lies, after the input.
pub(super) struct Heard {
    cell: Cell,
    space: view::Pane,
    id: Id,
    pair: [usize; 2],
    edge: Option<wipe::Edge>,
}

/// What stands in the accessibility tree for all of them.
fn name(mode: CompareMode, shown: &[Shown], pair: [usize; 2]) -> String {
    let [first, second] = pair.map(|number| shown.get(number).map_or("", |shown| shown.model.as_str()));
    match mode {
        CompareMode::Overlay => format!("{second} over {first}"),
        CompareMode::Blink if shown.len() > 2 => format!("{} pictures, one after the other", shown.len()),
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
    let mut stack = Stack { cx, state, shown, heard };
    match how.mode {
        CompareMode::Overlay => {
            stack.picture_ui(ui, first, rect, false);
            ui.scope(|ui| {
                ui.multiply_opacity(how.opacity);
                stack.picture_ui(ui, second, rect, true);
            });
        }
        CompareMode::Blink => stack.blink_ui(ui),
        CompareMode::Difference => {
            if !stack.state.difference.paint(ui, stack.cx, rect, heard.space) {
                stack.picture_ui(ui, first, rect, false);
            }
            stack.state.difference.legend(ui, how.threshold, rect);
        }
        _ => {
            for (number, is_second) in [(first, false), (second, true)] {
                stack.half_ui(ui, number, is_second);
            }
        }
    }
    lines_ui(ui, cx, shown, heard);
    zoom::focus_ring(ui, heard.id, rect);
    if let Some(edge) = &heard.edge {
        wipe::paint(ui, rect, how.wipe, edge);
    }
}

/// All that the pictures are painted from.
struct Stack<'a, 'c> {
    cx: &'a mut Cx<'c>,
    state: &'a mut State,
    shown: &'a [Shown],
    heard: &'a Heard,
}

impl Stack<'_, '_> {
    /// One picture, cut to a rectangle. `bare`: without a ground, what lies below is seen through its transparent parts.
    fn picture_ui(&mut self, ui: &mut Ui, number: usize, clip: Rect, bare: bool) {
        let Some(Shown { picture, .. }) = self.shown.get(number) else { return };
        let (studio, space) = (&self.cx.studio, self.heard.space);
        let view = studio.compare.view(number, pane::seen_size(studio, picture), space);
        let scene = Scene { bare, ..Scene::of(studio, picture, view, space, clip) };
        let pane = self.state.panes.entry(picture.id.clone()).or_default();
        ui.push_id(&picture.id, |ui| pane::paint(ui, self.cx.textures, &scene, pane));
    }

    /// One side of the wipe. Upright and level edges are plain clips, so that words are cut too.
    fn half_ui(&mut self, ui: &mut Ui, number: usize, is_second: bool) {
        let rect = self.heard.cell.picture;
        let half = wipe::half(self.cx.studio.compare.how.wipe, rect, is_second);
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
                cut::cut(ui, half, |ui| self.picture_ui(ui, number, rect, false));
                return;
            }
        };
        if clip.is_positive() {
            self.picture_ui(ui, number, clip, false);
        }
    }

    /// One of all, by the clock or the held key, with its name in the corner.
    fn blink_ui(&mut self, ui: &mut Ui) {
        let is_typing = ui.ctx().text_edit_focused();
        let now = ui.input(|i| i.time);
        let is_down = ui.input(|i| is_held(Action::OtherPicture, |key| i.key_down(key))) && !is_typing;
        let is_held = is_down || self.state.other_is_pressed;
        let compare = &mut self.cx.studio.compare;
        let turns = compare.turns();
        let (turn, change) = compare.blink.shows(now, compare.how.interval, is_held, turns.len());
        if let Some(change) = change {
            ui.request_repaint_after(Duration::from_secs_f64(change));
        }
        let number = |turn: usize| turns.get(turn % turns.len().max(1)).copied();
        let (Some(seen), Some(next)) = (number(turn), number(turn + 1)) else { return };
        // Kept at hand, so that it is there at once.
        self.picture_ui(ui, next, Rect::NOTHING, false);
        self.picture_ui(ui, seen, self.heard.cell.picture, false);
        let Some(shown) = self.shown.get(seen) else { return };
        let t = tokens(ui);
        let text = format!("{} · {}", seen + 1, shown.model);
        let words = ui.painter().layout_no_wrap(text, Type::Strong.font(), t.on_picture);
        let corner = self.heard.cell.picture.left_top() + Vec2::splat(theme::PADDING);
        let chip = Rect::from_min_size(corner, words.size() + vec2(2.0 * theme::TILE_GAP, theme::TILE_GAP));
        pane::shade(ui.painter(), chip, t);
        place(ui, words, chip.left_center() + vec2(theme::TILE_GAP, 0.0), Align2::LEFT_CENTER);
    }
}

/// The facts of both, below; a click makes that picture the active one. Of many, arrows lay others in their place.
fn lines_ui(ui: &mut Ui, cx: &mut Cx<'_>, shown: &[Shown], heard: &Heard) {
    let t = tokens(ui);
    let line = heard.cell.line;
    let half = line.center().x;
    let parts = [Rect { max: pos2(half, line.max.y), ..line }, Rect { min: pos2(half, line.min.y), ..line }];
    let active = cx.studio.compare.active_pane();
    let is_one_of_many = shown.len() > 2;
    for ((number, part), layer) in heard.pair.into_iter().zip(parts).zip([Layer::Lower, Layer::Upper]) {
        let Some(shown_here) = shown.get(number) else { continue };
        let is_active = number == active;
        let facts = if is_one_of_many { others_ui(ui, cx, layer, part) } else { part };
        let numbered = is_one_of_many.then_some(number + 1);
        let response = lines::line_ui(ui, cx.commands, facts, shown_here, numbered, number, is_active);
        if response.on_hover_text(panes::name(shown_here)).clicked() {
            cx.push(Command::ActivatePane(number));
        }
        if is_active {
            let accent = Stroke::new(2.0, t.accent);
            ui.painter().rect_stroke(part.shrink(1.0), theme::RADIUS_SMALL, accent, StrokeKind::Inside);
        }
    }
}

/// The arrows that lay another picture below or above; returns the room that they leave.
fn others_ui(ui: &mut Ui, cx: &mut Cx<'_>, layer: Layer, line: Rect) -> Rect {
    let (which, before, after) = match layer {
        Layer::Lower => ("Lower", Action::Above, Action::Below),
        Layer::Upper => ("Upper", Action::Previous, Action::Next),
    };
    ui.painter().rect_filled(line, 0, tokens(ui).panel);
    let room = Rect { max: pos2(line.min.x + 2.0 * (theme::FIELD + theme::GAP), line.max.y), ..line };
    let row = UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center)).id_salt(which);
    ui.scope_builder(row, |ui| {
        ui.add_space(theme::GAP);
        ui.spacing_mut().item_spacing.x = 0.0;
        for (icon, what, action, step) in
            [(icons::CARET_LEFT, "the one before", before, -1), (icons::CARET_RIGHT, "the next one", after, 1)]
        {
            let name = format!("{which} picture: {what}");
            if icon_button(ui, icon, &name, keys_of(action).as_deref()).clicked() {
                cx.push(Command::LayNext(layer, step));
            }
        }
    });
    Rect { min: room.right_top(), ..line }
}
