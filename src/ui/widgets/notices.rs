//! What a view says about itself: that it is empty, that something needs attention, that something was done.

use egui::{Align, Frame, Label, Layout, Margin, Response, Role, Stroke, Ui, Vec2, WidgetInfo, accesskit, vec2};

use super::{button, icon_button, paint_icon};
use crate::ui::icons;
use crate::ui::theme::{self, Type, tokens};

/// What kind of thing is said; it has its own icon, so that colour is never all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Good,
    Warning,
    Bad,
}

/// What was pressed on a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The button with this number.
    Action(usize),
    Close,
}

/// An empty view: what to do, in one sentence, and the button that does it. Says whether it was pressed.
pub fn empty_state(ui: &mut Ui, icon: char, sentence: &str, action: Option<&str>) -> bool {
    let t = tokens(ui);
    let size = ui.available_size();
    let height = ICON + 2.0 * theme::PADDING + 16.0 + if action.is_some() { theme::FIELD } else { 0.0 };
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Center), |ui| {
        ui.add_space(((size.y - height) / 2.0).max(theme::PADDING));
        ui.spacing_mut().item_spacing.y = theme::PADDING;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(ICON), egui::Sense::hover());
        paint_icon(ui, icon, rect.center(), ICON, t.faint);
        let sentence = Label::new(Type::Body.text(sentence).color(t.soft)).halign(Align::Center);
        ui.scope(|ui| {
            ui.set_max_width(360.0);
            ui.add(sentence);
        });
        action.is_some_and(|action| button(ui, None, action).clicked())
    })
    .inner
}

/// A notice that stays, over the whole width of its view.
pub fn banner(ui: &mut Ui, tone: Tone, text: &str, actions: &[&str]) -> Option<Answer> {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).corner_radius(theme::RADIUS).stroke(Stroke::new(1.0, t.line));
    let shown = frame.inner_margin(Margin { left: 12, right: 5, top: 5, bottom: 5 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        contents(ui, tone, text, actions, true, true)
    });
    announce(&shown.response, text);
    shown.inner
}

/// A notice that stays as long as it is true: it cannot be closed. Returns the number of the pressed button.
pub fn lasting_banner(ui: &mut Ui, tone: Tone, text: &str, actions: &[&str]) -> Option<usize> {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).corner_radius(theme::RADIUS).stroke(Stroke::new(1.0, t.line));
    let shown = frame.inner_margin(Margin { left: 12, right: 5, top: 5, bottom: 5 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        contents(ui, tone, text, actions, true, false)
    });
    announce(&shown.response, text);
    match shown.inner? {
        Answer::Action(number) => Some(number),
        Answer::Close => None,
    }
}

/// A notice that passes, as wide as its words need, to be laid over a view.
pub fn toast(ui: &mut Ui, tone: Tone, text: &str, action: Option<&str>) -> Option<Answer> {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).corner_radius(theme::RADIUS_LARGE).stroke(Stroke::new(1.0, t.line));
    let frame = frame.shadow(ui.visuals().popup_shadow);
    let shown = frame.inner_margin(Margin { left: 12, right: 7, top: 7, bottom: 7 }).show(ui, |ui| {
        ui.set_max_width(420.0);
        contents(ui, tone, text, action.as_slice(), false, true)
    });
    announce(&shown.response, text);
    shown.inner
}

/// A `wide` notice has its buttons at the far end, a narrow one right after its words.
fn contents(ui: &mut Ui, tone: Tone, text: &str, actions: &[&str], wide: bool, closable: bool) -> Option<Answer> {
    let t = tokens(ui);
    let (icon, color) = match tone {
        Tone::Info => (icons::INFO, t.info),
        Tone::Good => (icons::CHECK_CIRCLE, t.good),
        Tone::Warning => (icons::WARNING, t.accent_text),
        Tone::Bad => (icons::WARNING_CIRCLE, t.bad),
    };
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(theme::ICON, theme::FIELD), egui::Sense::hover());
        paint_icon(ui, icon, rect.center(), theme::ICON, color);
        let font = Type::Body.font();
        let width_of = |action: &&str| {
            let words = ui.painter().layout_no_wrap((*action).to_owned(), font.clone(), t.text);
            (words.size().x + 20.0).ceil() + theme::TILE_GAP
        };
        let cross = if closable { theme::FIELD } else { 0.0 };
        let buttons = cross + actions.iter().map(width_of).sum::<f32>();
        let room = (ui.available_width() - buttons - theme::PADDING).max(80.0);
        let words = ui.painter().layout(text.to_owned(), font, t.text, room);
        let width = if wide { room } else { words.size().x };
        let height = words.size().y + theme::FIELD - words.rows.first().map_or(0.0, |row| row.height());
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), egui::Sense::hover());
        super::place(ui, words, rect.left_center(), egui::Align2::LEFT_CENTER);
        ui.add_space(theme::GAP);
        let mut answer = None;
        for (number, action) in actions.iter().enumerate() {
            if button(ui, None, action).clicked() {
                answer = Some(Answer::Action(number));
            }
        }
        let closed = closable && icon_button(ui, icons::X, "Dismiss", None).clicked();
        answer.or(closed.then_some(Answer::Close))
    })
    .inner
}

/// Screen readers say the words when the notice appears.
fn announce(response: &Response, text: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
    response.ctx.accesskit_node_builder(response.id, |node| node.set_live(accesskit::Live::Polite));
}

/// Side of the icon of an empty view.
const ICON: f32 = 32.0;
