//! Buttons: quiet ones with an icon, raised ones with a word, and the one that starts the work.

use egui::{Align2, Color32, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, line_of, paint_icon, place, raised_fill, size_of, tooltip};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{fonts, icons};

/// A square button with one icon, quiet until the pointer is over it.
#[must_use = "call `show`"]
pub struct IconButton<'a> {
    icon: char,
    name: &'a str,
    hint: &'a str,
    keys: Option<&'a str>,
    selected: Option<bool>,
    color: Option<Color32>,
    filled: bool,
}

impl<'a> IconButton<'a> {
    /// `name` is read out and shown as the tooltip.
    pub fn new(icon: char, name: &'a str) -> Self {
        Self { icon, name, hint: name, keys: None, selected: None, color: None, filled: false }
    }

    /// A tooltip that says more than the name.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// The keys that do the same, for the tooltip.
    pub fn keys(mut self, keys: Option<&'a str>) -> Self {
        self.keys = keys;
        self
    }

    /// Makes it a switch, drawn raised while it is on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// Another colour than that of labels.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    /// The filled cut of the icon.
    pub fn filled(mut self, filled: bool) -> Self {
        self.filled = filled;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let t = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(theme::FIELD, theme::FIELD), Sense::click());
        response.widget_info(|| match self.selected {
            Some(on) => WidgetInfo::selected(Role::Button, ui.is_enabled(), on, self.name),
            None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name),
        });
        if ui.is_rect_visible(rect) {
            let on = self.selected == Some(true);
            let fill = raised_fill(ui, &response, t, if on { t.raised } else { Color32::TRANSPARENT });
            ui.painter().rect_filled(rect, theme::RADIUS, fill);
            let lit = on || response.hovered() || response.has_focus();
            let color = self.color.unwrap_or(if lit { t.text } else { t.soft });
            let font = if self.filled { fonts::icons_fill() } else { fonts::icons() };
            let font = egui::FontId::new(theme::ICON, font);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, self.icon, font, color);
            focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
        }
        tooltip(response, self.hint, self.keys)
    }
}

/// A quiet button with one icon; `name` is read out and shown as the tooltip, with the keys that do the same.
pub fn icon_button(ui: &mut Ui, icon: char, name: &str, keys: Option<&str>) -> Response {
    IconButton::new(icon, name).keys(keys).show(ui)
}

/// A raised button with a word and perhaps an icon before it.
pub fn button(ui: &mut Ui, icon: Option<char>, text: &str) -> Response {
    let t = tokens(ui);
    let [margin, gap] = [10.0, theme::TILE_GAP];
    let before = if icon.is_some() { theme::ICON + gap } else { 0.0 };
    let room = ui.available_width() - 2.0 * margin - before;
    let words = line_of(ui, text, Type::Body.font(), t.text, room);
    let size = size_of(words.size().x + 2.0 * margin + before, theme::FIELD);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, t.raised));
        if let Some(icon) = icon {
            let centre = pos2(rect.left() + margin + theme::ICON / 2.0, rect.center().y);
            paint_icon(ui, icon, centre, theme::ICON, t.soft);
        }
        place(ui, words, pos2(rect.left() + margin + before, rect.center().y), Align2::LEFT_CENTER);
        focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    }
    response
}

/// A raised switch with an icon and perhaps a word, its icon in the accent while it is on.
pub fn toggle_button(ui: &mut Ui, icon: char, text: &str, name: &str, on: bool, keys: Option<&str>) -> Response {
    let t = tokens(ui);
    let words = line_of(ui, text, Type::Body.font(), if on { t.text } else { t.soft }, f32::INFINITY);
    let after = if text.is_empty() { 0.0 } else { theme::GAP + 2.0 + words.size().x };
    let (rect, response) = ui.allocate_exact_size(size_of(theme::ICON + after + 16.0, theme::FIELD), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), on, name));
    if ui.is_rect_visible(rect) {
        let rest = if on { t.raised } else { Color32::TRANSPARENT };
        ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, rest));
        let centre = pos2(rect.left() + 8.0 + theme::ICON / 2.0, rect.center().y);
        paint_icon(ui, icon, centre, theme::ICON, if on { t.accent_text } else { t.soft });
        let at = pos2(centre.x + theme::ICON / 2.0 + theme::GAP + 2.0, rect.center().y);
        place(ui, words, at, Align2::LEFT_CENTER);
        focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    }
    tooltip(response, name, keys)
}

/// A button for a line of notes: lower, in their type; `name` is read out and shown as the tooltip where it says more.
pub fn small_button(ui: &mut Ui, text: &str, name: &str) -> Response {
    let t = tokens(ui);
    let words = line_of(ui, text, Type::Note.font(), t.text, ui.available_width() - 16.0);
    let (rect, response) = ui.allocate_exact_size(size_of(words.size().x + 16.0, 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, t.raised));
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    if name == text { response } else { response.on_hover_text(name) }
}

/// Words that work like a link.
pub fn link(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui);
    let words = line_of(ui, text, Type::Body.font(), t.text, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(size_of(words.size().x, theme::FIELD), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    let shown = place(ui, words, rect.left_center(), Align2::LEFT_CENTER);
    let color = if response.hovered() { t.text } else { t.soft };
    ui.painter().hline(shown.x_range(), shown.bottom() - 0.5, egui::Stroke::new(1.0, color));
    focus_ring(ui, &response, rect.expand2(vec2(3.0, 0.0)), theme::RADIUS, t.accent);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// The main button of a dialog or of a view whose loud button is elsewhere: as high as a field and a little more.
pub fn accent_button(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui);
    let enabled = ui.is_enabled();
    let words = line_of(ui, text, Type::Strong.font(), if enabled { t.on_accent } else { t.soft }, f32::INFINITY);
    let (rect, response) = ui.allocate_exact_size(size_of(words.size().x + 24.0, ACCENT_BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        let over = response.hovered() || response.is_pointer_button_down_on();
        let lit = ui.ctx().animate_bool_responsive(response.id, over && enabled);
        let fill = if enabled { t.accent.lerp_to_gamma(t.accent_hover, lit) } else { t.raised };
        ui.painter().rect_filled(rect, theme::RADIUS, fill);
        place(ui, words, rect.center(), Align2::CENTER_CENTER);
        focus_ring(ui, &response, rect.shrink(2.0), theme::RADIUS, t.on_accent);
    }
    response
}

const ACCENT_BUTTON: f32 = 30.0;

/// The one loud button of a view, over the whole width: what it does at the left, what it costs and its keys at the
/// right. When it is not `enabled` it says so by losing the accent.
pub fn main_button(ui: &mut Ui, title: &str, right: &str, keys: &str, enabled: bool) -> Response {
    ui.scope(|ui| {
        if !enabled {
            ui.disable();
            ui.set_opacity(1.0);
        }
        let t = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::MAIN_BUTTON), Sense::click());
        response.widget_info(|| {
            let name = if right.is_empty() { title.to_owned() } else { format!("{title}, {right}") };
            WidgetInfo::labeled(Role::Button, enabled, name)
        });
        if ui.is_rect_visible(rect) {
            let over = response.hovered() || response.is_pointer_button_down_on();
            let warmth = ui.ctx().animate_bool_responsive(response.id, enabled && over);
            let (fill, strong, plain) = if enabled {
                (t.accent.lerp_to_gamma(t.accent_hover, warmth), t.on_accent, t.on_accent)
            } else {
                (t.raised, t.soft, t.soft)
            };
            ui.painter().rect_filled(rect, theme::RADIUS_LARGE, fill);
            let inside = rect.shrink2(vec2(14.0, 0.0));
            let middle = rect.center().y;
            let mut end = inside.right();
            for (text, gap) in [(keys, 10.0), (right, 16.0)].into_iter().filter(|(text, _)| !text.is_empty()) {
                let words = line_of(ui, text, Type::Note.font(), plain, end - inside.left());
                end = place(ui, words, pos2(end, middle), Align2::RIGHT_CENTER).left() - gap;
            }
            let words = line_of(ui, title, Type::MainButton.font(), strong, end - inside.left());
            place(ui, words, pos2(inside.left(), middle), Align2::LEFT_CENTER);
            focus_ring(ui, &response, rect.shrink(2.0), theme::RADIUS, t.on_accent);
        }
        response
    })
    .inner
}

/// The arrow at the end of a combo box.
pub(super) fn caret(ui: &Ui, rect: egui::Rect, color: Color32) {
    paint_icon(ui, icons::CARET_DOWN, rect.center(), 14.0, color);
}
