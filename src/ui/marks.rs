//! Stars, flag and label as buttons, for the right panel, the viewer's bar and the lines of compare.
//!
//! What a click does is the studio's decision. Invariant: whatever is shown by a colour is also named, and tells the
//! keys that do the same.

use super::theme::{self, Tokens, Type, tokens};
use super::widgets::{IconButton, focus_ring, line_of, paint_icon, place, raised_fill, tooltip};
use super::{fonts, icons, reading};
use crate::library::{Edit, MarkChange, Picture};
use crate::plan::{Flag, Label, MOST_STARS, Marks};
use crate::studio::{Action, Command, Common, Held, keys_of, marks_text};
use egui::{
    Align2, Color32, FontId, Popup, PopupCloseBehavior, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// Side of a star or a label.
const CELL: f32 = 20.0;
/// Of all buttons beside each other.
pub(super) const WIDTH: f32 = 2.0 * 5.0 * CELL + 2.0 * theme::FIELD + 2.0 * theme::TILE_GAP;
/// Of the one button that stands for them where there is less room.
pub(super) const NARROW: f32 = CELL + 3.0 * MARK;
/// What one mark of that button takes.
const MARK: f32 = 17.0;

/// The buttons of one picture: all beside each other, or one that opens them where `room` (points) is less. `about`
/// tells several such rows apart for those who do not see them.
pub(super) fn picture_marks_ui(ui: &mut Ui, commands: &mut Vec<Command>, picture: &Picture, about: &str, room: f32) {
    let common = Common::of([picture]);
    let change = reading::writing(ui, |ui| match room {
        room if room >= WIDTH => marks_ui(ui, &common, about),
        _ => marks_button(ui, &common, &picture.marks, about),
    });
    commands.extend(change.map(|change| edit(&common, change)));
}

/// Returns the command that changes these pictures.
pub(super) fn edit(common: &Common, change: MarkChange) -> Command {
    Command::Edit(Edit::Mark { ids: common.ids.clone(), change })
}

/// All buttons in one line; returns what was asked for.
fn marks_ui(ui: &mut Ui, common: &Common, about: &str) -> Option<MarkChange> {
    ui.spacing_mut().item_spacing.x = 0.0;
    let stars = stars_ui(ui, common, about);
    ui.add_space(theme::TILE_GAP);
    let flag = flags_ui(ui, common, about);
    ui.add_space(theme::TILE_GAP);
    let label = labels_ui(ui, common, about);
    stars.or(flag).or(label)
}

/// Shows what is marked, and opens the buttons.
fn marks_button(ui: &mut Ui, common: &Common, marks: &Marks, about: &str) -> Option<MarkChange> {
    let t = tokens(ui);
    let is_rated = marks.stars > 0;
    let parts = [is_rated, marks.flag.is_some(), marks.label.is_some()];
    let width = CELL + parts.iter().filter(|there| **there).count() as f32 * MARK;
    let (rect, response) = ui.allocate_exact_size(vec2(width.max(theme::FIELD), theme::FIELD), Sense::click());
    let said = Some(marks_text(marks)).filter(|text| !text.is_empty()).unwrap_or_else(|| "none".to_owned());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), named(&format!("Marks: {said}"), about)));
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, Color32::TRANSPARENT));
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    let mut at = pos2(rect.left() + theme::FIELD / 2.0, rect.center().y);
    paint_star(ui, at, 14.0, is_rated, if is_rated { t.accent } else { t.soft });
    at.x += MARK;
    if is_rated {
        let stars = line_of(ui, &marks.stars.to_string(), Type::Note.font(), t.text, CELL);
        place(ui, stars, at - vec2(5.0, 0.0), Align2::LEFT_CENTER);
        at.x += MARK;
    }
    if let Some(flag) = marks.flag {
        paint_flag(ui, at, 14.0, flag, flag_color(t, flag));
        at.x += MARK;
    }
    if let Some(label) = marks.label {
        ui.painter().circle_filled(at, 5.0, label_color(&t.labels, label));
    }
    let opened = Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| ui.horizontal(|ui| marks_ui(ui, common, about)).inner);
    tooltip(response, "Stars, flag and label", None);
    opened.and_then(|opened| opened.inner)
}

/// Five stars: full up to the fewest of the pictures, faint up to the most.
pub(super) fn stars_ui(ui: &mut Ui, common: &Common, about: &str) -> Option<MarkChange> {
    let t = tokens(ui);
    let (whole, _) = ui.allocate_exact_size(vec2(f32::from(MOST_STARS) * CELL, theme::FIELD), Sense::hover());
    let (least, most) = common.stars();
    let responses: Vec<_> = (1..=MOST_STARS)
        .map(|stars| {
            let left = whole.left() + f32::from(stars - 1) * CELL;
            let cell = Rect::from_min_size(pos2(left, whole.top()), vec2(CELL, whole.height()));
            (stars, cell, ui.interact(cell, ui.scope_id().with(("star", stars)), Sense::click()))
        })
        .collect();
    let pointed = responses.iter().find(|(.., response)| response.hovered()).map_or(0, |(stars, ..)| *stars);
    let mut change = None;
    for (stars, cell, response) in responses {
        let held = common.has_stars(stars);
        let word = if stars == 1 { "1 star".to_owned() } else { format!("{stars} stars") };
        let name = named(&some(&word, held), about);
        let is_all = held == Held::All;
        response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_all, &name));
        let color = match stars {
            stars if stars <= least => t.accent,
            stars if stars <= most => t.accent.gamma_multiply(0.5),
            stars if stars <= pointed => t.text,
            _ => t.soft,
        };
        paint_star(ui, cell.center(), theme::ICON, stars <= most, color);
        focus_ring(ui, &response, cell, theme::RADIUS_SMALL, t.accent);
        if response.clicked() {
            change = Some(common.star_change(stars));
        }
        tooltip(response, &some(&word, held), keys_of(Action::Stars(stars)).as_deref());
    }
    change
}

/// Pick and reject.
pub(super) fn flags_ui(ui: &mut Ui, common: &Common, about: &str) -> Option<MarkChange> {
    let t = tokens(ui);
    let mut change = None;
    for (flag, word, action) in [(Flag::Pick, "Pick", Action::Pick), (Flag::Reject, "Reject", Action::Reject)] {
        let held = common.has_flag(flag);
        let name = named(&some(word, held), about);
        let keys = keys_of(action);
        let mut button = IconButton::new(flag_icon(flag), &name).keys(keys.as_deref()).selected(held == Held::All);
        if held != Held::None {
            let strength = if held == Held::All { 1.0 } else { 0.6 };
            button = button.filled(true).color(flag_color(t, flag).gamma_multiply(strength));
        }
        if button.show(ui).clicked() {
            change = Some(common.flag_change(flag));
        }
    }
    change
}

/// The five colours; one that all have is ringed, one that some have is ringed thinly.
pub(super) fn labels_ui(ui: &mut Ui, common: &Common, about: &str) -> Option<MarkChange> {
    let t = tokens(ui);
    let mut change = None;
    for label in Label::ALL {
        let (cell, response) = ui.allocate_exact_size(vec2(CELL, theme::FIELD), Sense::click());
        let held = common.has_label(label);
        let word = some(label_name(label), held);
        let is_all = held == Held::All;
        response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_all, named(&word, about)));
        let lit = response.hovered() || response.has_focus();
        ui.painter().circle_filled(cell.center(), if lit { 6.0 } else { 5.0 }, label_color(&t.labels, label));
        let ring = match held {
            Held::None => Stroke::NONE,
            Held::Some => Stroke::new(1.0, t.soft),
            Held::All => Stroke::new(2.0, t.text),
        };
        ui.painter().circle_stroke(cell.center(), 8.5, ring);
        focus_ring(ui, &response, cell.shrink2(vec2(0.0, 3.0)), theme::RADIUS, t.accent);
        if response.clicked() {
            change = Some(common.label_change(label));
        }
        tooltip(response, &word, keys_of(Action::Label(label)).as_deref());
    }
    change
}

fn named(word: &str, about: &str) -> String {
    if about.is_empty() { word.to_owned() } else { format!("{word}, {about}") }
}

fn some(word: &str, held: Held) -> String {
    if held == Held::Some { format!("{word}, some") } else { word.to_owned() }
}

/// Returns what a label is called on screen.
pub(super) fn label_name(label: Label) -> &'static str {
    match label {
        Label::Red => "Red label",
        Label::Yellow => "Yellow label",
        Label::Green => "Green label",
        Label::Blue => "Blue label",
        Label::Purple => "Purple label",
    }
}

pub(super) fn label_color(colors: &[Color32; 5], label: Label) -> Color32 {
    let [red, yellow, green, blue, purple] = *colors;
    match label {
        Label::Red => red,
        Label::Yellow => yellow,
        Label::Green => green,
        Label::Blue => blue,
        Label::Purple => purple,
    }
}

pub(super) fn flag_icon(flag: Flag) -> char {
    match flag {
        Flag::Pick => icons::FLAG,
        Flag::Reject => icons::X_CIRCLE,
    }
}

fn flag_color(t: &Tokens, flag: Flag) -> Color32 {
    match flag {
        Flag::Pick => t.good,
        Flag::Reject => t.bad,
    }
}

pub(super) fn paint_flag(ui: &Ui, centre: Pos2, size: f32, flag: Flag, color: Color32) {
    let font = FontId::new(size, fonts::icons_fill());
    ui.painter().text(centre, Align2::CENTER_CENTER, flag_icon(flag), font, color);
}

pub(super) fn paint_star(ui: &Ui, centre: Pos2, size: f32, filled: bool, color: Color32) {
    if filled {
        let font = FontId::new(size, fonts::icons_fill());
        ui.painter().text(centre, Align2::CENTER_CENTER, icons::STAR, font, color);
    } else {
        paint_icon(ui, icons::STAR, centre, size, color);
    }
}
