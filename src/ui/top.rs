//! The top bar: where requests go, which view, what was spent, the panels; and the reports of what it started.

use super::theme::{self, Type, tokens};
use super::widgets::{self, IconButton, line_of, place, raised_fill, tooltip};
use super::{Cx, icons};
use crate::engine::{Engine, FileCopy, Interrupted, Saved, ServiceOrder};
use crate::library::PictureId;
use crate::studio::{
    Action, Command, ConnectionEntry, Dialog, Screen, Studio, Tone, account_lines, connection_entries, copied_text,
    key_problem, keys_of, service_name, spending_text,
};
use egui::{
    Align, Align2, Atom, Button, Color32, Layout, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use poll_promise::Promise;

/// Width of the switch between the views, roughly; it stands in the middle of the window.
const VIEWS: f32 = 268.0;

/// What was started here and has not reported yet.
#[derive(Default)]
pub struct State {
    copying: Option<Promise<Result<(), String>>>,
    copying_files: Option<Promise<Result<Vec<Saved>, String>>>,
    opening: Option<Promise<Result<Result<(), String>, Interrupted>>>,
}

impl State {
    /// Offers a picture's pixels to other programs.
    pub fn copy_picture(&mut self, id: &PictureId, studio: &Studio, engine: &Engine) {
        if let Some(picture) = studio.collection.picture(id) {
            self.copying = Some(engine.clipboard().copy_picture(engine.library_dir().join(&picture.file)));
        }
    }

    /// Offers the files of pictures to other programs.
    pub fn copy_files(&mut self, ids: &[PictureId], studio: &Studio, engine: &Engine) {
        let copy = |id: &PictureId| {
            let file = engine.library_dir().join(&studio.collection.picture(id)?.file);
            Some(FileCopy { file, recipe: studio.layout.export_recipe.then(|| id.clone()) })
        };
        self.copying_files = Some(engine.clipboard().copy_files(ids.iter().filter_map(copy).collect()));
    }

    /// Shows a picture's folder.
    pub fn open_folder(&mut self, id: &PictureId, studio: &Studio, engine: &Engine) {
        if let Some(picture) = studio.collection.picture(id) {
            self.opening = Some(engine.open_folder(engine.library_dir().join(&picture.file)));
        }
    }

    /// Says how it went.
    pub fn poll(&mut self, cx: &mut Cx<'_>) {
        if let Some(promise) = self.copying.take() {
            match promise.try_take() {
                Ok(Ok(())) => cx.studio.notices.say(Tone::Good, "The picture is on the clipboard", None),
                Ok(Err(why)) => cx.studio.notices.say(Tone::Bad, format!("It was not copied: {why}"), None),
                Err(pending) => self.copying = Some(pending),
            }
        }
        if let Some(promise) = self.copying_files.take() {
            match promise.try_take() {
                Ok(Ok(copied)) => {
                    let (tone, text) = copied_text(&copied);
                    let folder = copied.first().map(|copied| Command::ShowFile(copied.path.clone()));
                    cx.studio.notices.say(tone, text, folder.map(|show| ("Open folder".to_owned(), show)));
                }
                Ok(Err(why)) => cx.studio.notices.say(Tone::Bad, format!("Nothing was copied: {why}"), None),
                Err(pending) => self.copying_files = Some(pending),
            }
        }
        if let Some(promise) = self.opening.take() {
            match promise.try_take() {
                Ok(Ok(Ok(()))) => {}
                Ok(Ok(Err(why))) => cx.studio.notices.say(Tone::Bad, why, None),
                Ok(Err(interrupted)) => cx.studio.notices.say(Tone::Bad, interrupted.to_string(), None),
                Err(pending) => self.opening = Some(pending),
            }
        }
    }
}

/// Draws the bar.
pub fn top_ui(ui: &mut Ui, cx: &mut Cx<'_>, _state: &mut State) {
    let bar = ui.max_rect();
    let inside = bar.shrink2(vec2(theme::PADDING, 0.0));
    let views = Rect::from_center_size(bar.center(), vec2(VIEWS, bar.height()));
    let row = |rect: Rect, layout: Layout, salt: &str| UiBuilder::new().max_rect(rect).layout(layout).id_salt(salt);
    let left = Rect::from_min_max(inside.min, pos2(views.left() - theme::PADDING, inside.bottom()));
    ui.scope_builder(row(left, Layout::left_to_right(Align::Center), "service"), |ui| service_ui(ui, cx));
    ui.scope_builder(row(views, Layout::left_to_right(Align::Center), "views"), |ui| views_ui(ui, cx));
    let right = Rect::from_min_max(pos2(views.right() + theme::PADDING, inside.top()), inside.max);
    ui.scope_builder(row(right, Layout::right_to_left(Align::Center), "panels"), |ui| {
        panels_ui(ui, cx);
        spending_ui(ui, cx);
    });
}

fn service_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = tokens(ui);
    let snapshot = cx.studio.snapshot.clone();
    let name = snapshot.connections.current.as_deref().map_or_else(|| service_name(&snapshot.service), str::to_owned);
    let models = &snapshot.models;
    let (color, state) = match &models.error {
        Some(_) if models.value.is_some() => (t.bad, "not reachable, models from the cache"),
        Some(_) => (t.bad, "not reachable"),
        None if models.value.is_none() => (t.faint, "connecting"),
        None => (t.good, ""),
    };
    let text = if state.is_empty() { name.clone() } else { format!("{name} · {state}") };
    let words = line_of(ui, &text, Type::Body.font(), t.text, (ui.available_width() - 40.0).min(280.0));
    let (rect, response) = ui.allocate_exact_size(vec2(words.size().x.ceil() + 30.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Service: {text}")));
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, t.raised));
    ui.painter().circle_filled(rect.left_center() + vec2(12.0, 0.0), 4.0, color);
    place(ui, words, rect.left_center() + vec2(21.0, 0.0), Align2::LEFT_CENTER);
    widgets::focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    let why = models.error.as_ref().map_or_else(|| snapshot.service.base.clone(), ToString::to_string);
    Popup::menu(&response).show(|ui| connections_ui(ui, cx));
    response.on_hover_text(why);
    let Some((sentence, link)) = key_problem(&snapshot) else { return };
    ui.add_space(theme::TILE_GAP);
    // The link is what helps: the sentence goes first when there is no room for both.
    let width = |text: &str| line_of(ui, text, Type::Body.font(), t.soft, f32::INFINITY).size().x;
    let (words, help) = (width(sentence), width(link));
    if words + help + theme::TILE_GAP <= ui.available_width() {
        ui.label(Type::Body.text(sentence).color(t.soft));
    }
    if help <= ui.available_width() && widgets::link(ui, link).clicked() {
        cx.push(Command::OpenDialog(Dialog::Settings));
    }
}

/// The services that can be chosen, one click each.
fn connections_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    theme::menu_entries(ui);
    ui.set_min_width(220.0);
    let snapshot = cx.studio.snapshot.clone();
    for ConnectionEntry { choice, name, detail, is_current } in connection_entries(&snapshot) {
        let icon = is_current.then_some(icons::CHECK);
        if entry_ui(ui, icon, &name).on_hover_text(detail).clicked() && !is_current {
            cx.push(Command::Service(ServiceOrder::UseConnection(choice)));
        }
    }
    ui.separator();
    for (text, dialog) in [("Connections…", Dialog::Connections), ("Account and settings…", Dialog::Settings)] {
        if entry_ui(ui, None, text).clicked() {
            cx.push(Command::OpenDialog(dialog));
        }
    }
}

fn entry_ui(ui: &mut Ui, icon: Option<char>, text: &str) -> Response {
    // Names stand below each other, marked or not.
    let color = if icon.is_some() { tokens(ui).soft } else { Color32::TRANSPARENT };
    let mark = icons::icon(icon.unwrap_or(icons::CHECK)).color(color);
    let response = ui.add(Button::new((mark, text, Atom::grow())).frame_when_inactive(false)).accessible_name(text);
    if response.clicked() {
        ui.close();
    }
    response
}

fn views_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut screen = cx.studio.screen;
    let key = |action| keys_of(action).unwrap_or_default();
    let keys = [key(Action::ShowGrid), key(Action::ShowViewer), key(Action::ShowCompare)];
    let choices = [
        (Screen::Grid, "Grid", keys[0].as_str()),
        (Screen::Viewer, "Viewer", keys[1].as_str()),
        (Screen::Compare, "Compare", keys[2].as_str()),
    ];
    if widgets::segmented(ui, &mut screen, &choices).changed() {
        cx.push(match screen {
            Screen::Viewer => Command::Do(Action::ShowViewer),
            Screen::Compare => Command::Do(Action::ShowCompare),
            screen => Command::Show(screen),
        });
    }
}

/// From the right: settings, keys, the panels.
fn panels_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    for (icon, name, action) in
        [(icons::GEAR_SIX, "Settings", Action::Settings), (icons::COMMAND, "All keys", Action::Keys)]
    {
        if widgets::icon_button(ui, icon, name, keys_of(action).as_deref()).clicked() {
            cx.push(Command::Do(action));
        }
    }
    let layout = &cx.studio.layout;
    let panels = [
        ("Right panel", Action::ToggleRight, layout.right_shown(cx.studio.window_width), Align2::RIGHT_CENTER),
        ("Bottom strip", Action::ToggleStrip, layout.strip_open, Align2::CENTER_BOTTOM),
        ("Left panel", Action::ToggleLeft, layout.left_open, Align2::LEFT_CENTER),
    ];
    for (name, action, open, side) in panels {
        if panel_button(ui, name, action, open, side).clicked() {
            cx.push(Command::Do(action));
        }
    }
    ui.add_space(theme::TILE_GAP);
}

/// A small window with one of its sides marked; filled while that panel is open.
fn panel_button(ui: &mut Ui, name: &str, action: Action, open: bool, side: Align2) -> egui::Response {
    let t = tokens(ui);
    let keys = keys_of(action);
    let response = IconButton::new(' ', name).keys(keys.as_deref()).show(ui);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, name));
    let color = if response.hovered() || response.has_focus() { t.text } else { t.soft };
    let window = Rect::from_center_size(response.rect.center(), vec2(15.0, 12.0));
    let part = match side {
        Align2::CENTER_BOTTOM => Rect::from_min_max(pos2(window.left(), window.bottom() - 4.5), window.max),
        Align2::LEFT_CENTER => Rect::from_min_max(window.min, pos2(window.left() + 5.0, window.bottom())),
        _ => Rect::from_min_max(pos2(window.right() - 5.0, window.top()), window.max),
    };
    if open {
        ui.painter().rect_filled(part, 2, color);
    } else {
        ui.painter().rect_stroke(part, 2, Stroke::new(1.0, color), StrokeKind::Inside);
    }
    ui.painter().rect_stroke(window, 2, Stroke::new(1.2, color), StrokeKind::Inside);
    response
}

fn spending_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = tokens(ui);
    let text = spending_text(&cx.studio.snapshot.spending);
    let words = line_of(ui, &text, Type::Body.font(), t.soft, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(words.size().x.ceil(), theme::FIELD), Sense::hover());
    place(ui, words, rect.right_center(), Align2::RIGHT_CENTER);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.as_str()));
    let lines = account_lines(&cx.studio.snapshot.account, &jiff::Zoned::now());
    if lines.is_empty() {
        tooltip(response, "What the pictures of today cost, as far as the service told", None);
    } else {
        response.on_hover_ui(|ui| {
            for line in &lines {
                ui.label(Type::Note.text(line));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ApiKey, Error, Refusal, RefusalKind};
    use crate::engine::{Service, ServiceKind, Snapshot};
    use std::sync::Arc;

    #[test]
    fn the_bar_says_what_is_wrong_with_the_key() {
        let key = || ApiKey::new("sk-or-v1-secret").ok();
        let refusal = Refusal {
            status: Some(401),
            kind: RefusalKind::Unauthorized,
            message: "No auth credentials found".into(),
            error_type: None,
            provider: None,
            reasons: vec![],
            flagged: None,
            retry_after: None,
            retryable: None,
            in_flight_budget: false,
            said: Default::default(),
        };
        let unauthorized = || Arc::new(Error::Refused(Box::new(refusal.clone())));
        for (kind, key, error, link) in [
            (ServiceKind::Demo, None, None, Some("Connect a key")),
            (ServiceKind::OpenRouter, None, None, Some("Connect a key")),
            (ServiceKind::OpenRouter, key(), None, None),
            (ServiceKind::OpenRouter, key(), Some(unauthorized()), Some("Enter a key")),
            (ServiceKind::Custom, None, Some(unauthorized()), Some("Enter a key")),
            (ServiceKind::Custom, None, None, None),
        ] {
            let mut snapshot = Snapshot::new(Service { kind, base: String::new(), key });
            snapshot.account.key.error = error;
            assert_eq!(key_problem(&snapshot).map(|(_, link)| link), link, "{kind:?}");
        }
    }
}
