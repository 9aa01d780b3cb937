//! The card that stands where a picture should have come: what happened, whether it was billed, what helps.
//!
//! What it says is decided in the studio; this file only makes it fit. Invariant: whatever is cut or left out for want
//! of room is in the tooltip and the menu of the card.

use super::icons;
use super::theme::{self, Type, tokens};
use super::widgets::{self, focus_ring, line_of, paint_icon, place};
use crate::engine::JobView;
use crate::studio::{CardIcon, Command, Waiting, WayOut, card_of, one_line};
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Button, CollapsingHeader, Color32, Frame, Galley, Label, Layout, Margin, Popup, PopupCloseBehavior, Rect,
    Role, ScrollArea, Sense, Stroke, StrokeKind, TextWrapMode, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

const PADDING: f32 = 12.0;
const TITLE: f32 = 20.0;
const LINE: f32 = 15.0;
const SMALL_BUTTON: f32 = 22.0;
/// A card of this height has room for a title of two lines.
const TWO_LINES: f32 = 130.0;
/// Greatest height of the details in the menu.
const DETAILS: f32 = 180.0;
/// What stands for the buttons that there is no room for.
const MORE: &str = "More…";
/// Between buttons.
const GAP: f32 = 6.0;

/// A card as it is drawn, whatever it is about.
struct Face {
    title: String,
    /// What happened.
    sentence: String,
    /// The bill and what else is known; stays where the sentence has to be cut.
    facts: String,
    /// What there is to know beside that, a line each; empty: nothing.
    details: String,
    icon: char,
    color: Color32,
    buttons: Vec<WayOut>,
    /// Takes the tile away: its name, what it says in the menu, what it does.
    cross: Option<(&'static str, &'static str, Command)>,
}

/// Draws the card of an ended job into its tile.
pub(super) fn card_ui(ui: &mut Ui, commands: &mut Vec<Command>, rect: Rect, job: &JobView) {
    let Some(card) = card_of(job) else { return };
    let t = tokens(ui);
    let button = |(text, command): &(&'static str, Command)| {
        let (text, hint) = ((*text).to_owned(), (*text).to_owned());
        WayOut { text, hint, command: command.clone() }
    };
    let face = Face {
        title: card.title.to_owned(),
        sentence: joined([card.sentence.as_str()]),
        facts: joined(card.billed.as_deref().into_iter().chain(card.more.iter().map(String::as_str))),
        details: card.details.clone(),
        icon: icon_of(card.icon),
        color: if matches!(card.icon, CardIcon::Cancelled) { t.soft } else { t.bad },
        buttons: card.buttons.iter().map(button).collect(),
        cross: card.removable.then(|| ("Remove this tile", "Remove", Command::DismissJob(job.id.clone()))),
    };
    face_ui(ui, commands, rect, job, &face);
}

/// Draws the card of a job that waits for another service.
pub(super) fn waiting_ui(ui: &mut Ui, commands: &mut Vec<Command>, rect: Rect, job: &JobView, waiting: Waiting) {
    let Waiting { title, sentence, buttons } = waiting;
    let name = if job.asked > 1 { "Cancel these pictures" } else { "Cancel this picture" };
    let cross = Some((name, name, Command::Cancel(job.id.clone())));
    let color = tokens(ui).soft;
    let (facts, details) = (String::new(), String::new());
    let face = Face { title, sentence, facts, details, icon: icons::PLUGS, color, buttons, cross };
    face_ui(ui, commands, rect, job, &face);
}

fn face_ui(ui: &mut Ui, commands: &mut Vec<Command>, rect: Rect, job: &JobView, card: &Face) {
    let t = tokens(ui);
    let id = ui.scope_id().with(("card", &job.id.0));
    let response = ui.interact(rect, id, Sense::click());
    let words = &joined([card.sentence.as_str(), &card.facts]);
    let prompt: String = one_line(&job.prompt).chars().take(60).collect();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{}: {prompt}. {words}", card.title)));
    let stays = PopupCloseBehavior::CloseOnClickOutside;
    Popup::context_menu(&response).close_behavior(stays).show(|ui| menu(ui, commands, card));
    let opened = Popup::from_toggle_button_response(&response).id(id.with("opened")).close_behavior(stays);
    opened.show(|ui| menu(ui, commands, card));

    ui.painter().rect_filled(rect, theme::RADIUS, t.panel);
    ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, t.line), StrokeKind::Inside);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    let inside = rect.shrink(PADDING.min(rect.width() / 12.0));
    // Small tiles keep the room for their words: removing is in the menu.
    let cross = card.cross.as_ref().filter(|_| rect.width() >= 180.0);
    let corner = if cross.is_some() { theme::FIELD - 6.0 } else { 0.0 };
    let middle = inside.top() + TITLE / 2.0;
    paint_icon(ui, card.icon, pos2(inside.left() + theme::ICON / 2.0, middle), theme::ICON, card.color);
    let left = inside.left() + theme::ICON + theme::TILE_GAP;
    let room = inside.right() - corner - left;
    let title = line_of(ui, &card.title, Type::Strong.font(), t.text, room);
    let below = if title.elided && inside.height() >= TWO_LINES {
        let title = rows_of(ui, &card.title, Type::Strong, t.text, room, 2);
        let top = middle - title.rows.first().map_or(TITLE, |row| row.height()) / 2.0;
        let height = title.size().y;
        ui.painter().galley(pos2(left, top), title, t.text);
        top + height
    } else {
        place(ui, title, pos2(left, middle), Align2::LEFT_CENTER);
        inside.top() + TITLE
    };

    let body = Rect::from_min_max(pos2(inside.left(), below + theme::GAP), inside.max);
    let said = rows_of(ui, words, Type::Note, t.soft, body.width(), usize::MAX).size().y;
    let foot = foot_of(ui, card, body, said);
    let gap = if foot.height > 0.0 { GAP } else { 0.0 };
    let rows = ((body.height() - foot.height - gap).max(0.0) / LINE).floor() as usize;
    if rows > 0 {
        paint_words(ui, card, body, rows, t.soft);
    }
    if buttons_ui(ui, commands, job, card, body, &foot) {
        Popup::toggle_id(ui.ctx(), id.with("opened"));
    }
    if let Some((name, _, command)) = cross {
        let side = vec2(theme::FIELD, theme::FIELD);
        let spot = Rect::from_min_size(pos2(rect.right() - side.x - 4.0, middle - side.y / 2.0), side);
        let child = UiBuilder::new().max_rect(spot).id_salt(("remove", &job.id.0));
        if ui.scope_builder(child, |ui| widgets::icon_button(ui, icons::X, name, None)).inner.clicked() {
            commands.push(command.clone());
        }
    }
    response.on_hover_ui(|ui| {
        ui.label(Type::Strong.text(&card.title));
        ui.label(Type::Note.text(words));
    });
}

/// Sentences as one text, each with its stop.
fn joined<'a>(sentences: impl IntoIterator<Item = &'a str>) -> String {
    let ended = |sentence: &str| {
        let stop = if sentence.ends_with(['.', '!', '?', '…', '”']) { "" } else { "." };
        format!("{sentence}{stop}")
    };
    let sentences = sentences.into_iter().map(str::trim).filter(|sentence| !sentence.is_empty());
    sentences.map(ended).collect::<Vec<_>>().join(" ")
}

/// How many buttons are shown, and how high they stand together.
#[derive(Clone, Copy)]
struct Foot {
    count: usize,
    height: f32,
    small: bool,
    /// The others are in the menu.
    more: bool,
}

/// The buttons at the foot of a card: large ones in one row where they fit, else small ones, from the first. `said`: how
/// high its words are.
fn foot_of(ui: &Ui, card: &Face, body: Rect, said: f32) -> Foot {
    let width = |text: &str, kind: Type, margin: f32| {
        line_of(ui, text, kind.font(), Color32::PLACEHOLDER, f32::INFINITY).size().x.ceil() + margin
    };
    let widths = |kind: Type, margin: f32| -> Vec<f32> {
        card.buttons.iter().map(|way| width(&way.text, kind, margin)).collect()
    };
    let large = fit(&widths(Type::Body, 20.0), body.size(), theme::FIELD, false);
    // Two lines of the sentence are worth more than large buttons.
    let room_for_words = body.height() - large.height >= 2.0 * LINE + 6.0;
    if large.count == card.buttons.len() && large.height <= theme::FIELD && room_for_words {
        return large;
    }
    beside_words(&widths(Type::Note, 16.0), width(MORE, Type::Note, 16.0), body.size(), said)
}

/// Small buttons, so many that the words keep room for what happened and what it cost; `more`: width of the button that
/// stands for the rest.
fn beside_words(widths: &[f32], more: f32, body: egui::Vec2, said: f32) -> Foot {
    let all = fit(widths, body, SMALL_BUTTON, true);
    let room = vec2(body.x, body.y - said.min(3.0 * LINE) - GAP);
    if all.count == widths.len() && all.height <= room.y {
        return all;
    }
    let some = (1..widths.len()).rev().find_map(|count| {
        let shown: Vec<f32> = widths.iter().take(count).copied().chain([more]).collect();
        let foot = fit(&shown, room, SMALL_BUTTON, true);
        (foot.count == shown.len()).then_some(Foot { count, more: true, ..foot })
    });
    some.unwrap_or(all)
}

/// Draws the buttons; says whether all of them are asked for.
fn buttons_ui(ui: &mut Ui, commands: &mut Vec<Command>, job: &JobView, card: &Face, body: Rect, foot: &Foot) -> bool {
    let place = Rect::from_min_max(pos2(body.left(), body.bottom() - foot.height), body.max);
    let layout = Layout::left_to_right(egui::Align::Min).with_main_wrap(true);
    let child = UiBuilder::new().max_rect(place).layout(layout).id_salt(("buttons", &job.id.0));
    ui.scope_builder(child, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for WayOut { text, hint, command } in card.buttons.iter().take(foot.count) {
            let button =
                if foot.small { widgets::small_button(ui, text, text) } else { widgets::button(ui, None, text) };
            let button = if hint == text { button } else { button.on_hover_text(hint) };
            if button.clicked() {
                commands.push(command.clone());
            }
        }
        foot.more && widgets::small_button(ui, MORE, "Everything else that can be done").clicked()
    })
    .inner
}

fn fit(widths: &[f32], room: egui::Vec2, button: f32, small: bool) -> Foot {
    let height_of = |count: usize| {
        let (mut rows, mut used) = (0_u8, f32::INFINITY);
        for width in widths.iter().take(count) {
            used += GAP + width;
            if used > room.x {
                rows += 1;
                used = *width;
            }
        }
        if rows == 0 { 0.0 } else { f32::from(rows) * (button + GAP) - GAP }
    };
    let narrow = widths.iter().take_while(|width| **width <= room.x).count();
    let count = (0..=narrow).rev().find(|count| height_of(*count) <= room.y).unwrap_or(0);
    Foot { count, height: height_of(count), small, more: false }
}

/// Draws what happened and what is known; where the room is too small, the sentence is cut and not the bill.
fn paint_words(ui: &Ui, card: &Face, body: Rect, rows: usize, color: Color32) {
    let lay = |text: &str, rows: usize| rows_of(ui, text, Type::Note, color, body.width(), rows);
    let whole = lay(&joined([card.sentence.as_str(), &card.facts]), rows);
    if !whole.elided || card.facts.is_empty() {
        ui.painter().galley(body.min, whole, color);
        return;
    }
    let facts = lay(&card.facts, usize::MAX).rows.len();
    let (said, known) = shared_rows(rows, facts);
    let mut top = body.top();
    for (text, rows) in [(&card.sentence, said), (&card.facts, known)] {
        if rows > 0 {
            let galley = lay(text, rows);
            let height = galley.size().y;
            ui.painter().galley(pos2(body.left(), top), galley, color);
            top += height;
        }
    }
}

/// How many of so many rows the sentence has, and how many what is known, which would take `facts` of them: at most half,
/// rounded up.
fn shared_rows(rows: usize, facts: usize) -> (usize, usize) {
    let known = facts.min(rows.div_ceil(2));
    (rows - known, known)
}

/// Lays text out in so many lines at the most.
fn rows_of(ui: &Ui, text: &str, kind: Type, color: Color32, width: f32, rows: usize) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), kind.font(), color, width);
    job.wrap = TextWrapping { max_width: width, max_rows: rows, ..TextWrapping::default() };
    ui.painter().layout_job(job)
}

/// Everything the card says and offers, for tiles that are too small for it.
fn menu(ui: &mut Ui, commands: &mut Vec<Command>, card: &Face) {
    theme::menu_entries(ui);
    ui.set_max_width(300.0);
    Frame::new().inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.label(Type::Strong.text(&card.title));
        let words = joined([card.sentence.as_str(), &card.facts]);
        if !words.is_empty() {
            ui.label(Type::Note.text(words).color(tokens(ui).soft));
        }
    });
    if !card.details.is_empty() {
        Frame::new().inner_margin(Margin::symmetric(8, 0)).show(ui, |ui| details_ui(ui, &card.details));
    }
    ui.separator();
    let cross = card.cross.as_ref().map(|(_, text, command)| (*text, command));
    let cross = cross.filter(|(text, _)| !card.buttons.iter().any(|way| way.text == *text));
    let ways = card.buttons.iter().map(|way| (way.text.as_str(), &way.command));
    for (text, command) in ways.chain(cross) {
        if ui.add(Button::new(text).min_size(vec2(ui.available_width(), 0.0))).clicked() {
            commands.push(command.clone());
            ui.close();
        }
    }
}

/// What the service said word for word, folded until it is asked for; to be copied by a button.
fn details_ui(ui: &mut Ui, details: &str) {
    let folded = CollapsingHeader::new(Type::Note.text("Details")).id_salt("details");
    let shown = folded.show(ui, |ui| {
        ScrollArea::vertical().max_height(DETAILS).show(ui, |ui| {
            let text = Type::Note.text(details).color(tokens(ui).soft);
            ui.add(Label::new(text).wrap_mode(TextWrapMode::Wrap).selectable(true));
        });
        let copy = widgets::small_button(ui, "Copy details", "Copy details");
        if copy.on_hover_text("Copy all of it, to ask the service or to report it").clicked() {
            ui.copy_text(details.to_owned());
        }
    });
    shown.header_response.on_hover_text("What the service said word for word");
}

fn icon_of(icon: CardIcon) -> char {
    match icon {
        CardIcon::Refused => icons::HAND_PALM,
        CardIcon::Limited => icons::HOURGLASS,
        CardIcon::Credit => icons::CREDIT_CARD,
        CardIcon::Key => icons::KEY,
        CardIcon::Connection => icons::WIFI_SLASH,
        CardIcon::Clock => icons::CLOCK,
        CardIcon::Empty => icons::IMAGE_BROKEN,
        CardIcon::Fewer => icons::IMAGES,
        CardIcon::Disk => icons::FLOPPY_DISK,
        CardIcon::Cancelled => icons::PROHIBIT,
        CardIcon::Unknown => icons::QUESTION,
        CardIcon::Model => icons::PLUGS,
        CardIcon::References => icons::IMAGE_SQUARE,
        CardIcon::Problem => icons::WARNING_CIRCLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_give_way_to_words_and_the_rest_is_in_the_menu() {
        let four = [40.0, 130.0, 80.0, 100.0];
        for (height, said, count, more) in [
            (132.0, 15.0, 4, false),
            (132.0, 75.0, 3, true),
            (90.0, 75.0, 1, true),
            (200.0, 75.0, 4, false),
            // Too little for either.
            (40.0, 75.0, 1, false),
        ] {
            let foot = beside_words(&four, 45.0, vec2(170.0, height), said);
            assert_eq!((foot.count, foot.more), (count, more), "{height} high, {said} said");
            assert!(foot.height <= height);
        }
    }

    #[test]
    fn a_long_sentence_leaves_room_for_the_bill() {
        for (rows, facts, said, known) in [(5, 1, 4, 1), (5, 2, 3, 2), (5, 9, 2, 3), (1, 1, 0, 1), (2, 1, 1, 1)] {
            assert_eq!(shared_rows(rows, facts), (said, known), "{facts} in {rows}");
        }
    }

    #[test]
    fn buttons_are_left_out_from_the_last_when_there_is_no_room() {
        for (width, height, count, stands) in [
            (300.0, 80.0, 2, 26.0),
            (150.0, 80.0, 2, 58.0),
            (150.0, 40.0, 1, 26.0),
            (300.0, 20.0, 0, 0.0),
            (60.0, 80.0, 0, 0.0),
        ] {
            let foot = fit(&[100.0, 120.0], vec2(width, height), theme::FIELD, false);
            assert_eq!((foot.count, foot.height), (count, stands), "{width} × {height}");
        }
    }
}
