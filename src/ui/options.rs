//! Passthrough options of the one provider that will serve: keys and JSON values that go to it as they are.
//!
//! Edits the draft's option texts in place; `plan::fit` checks them, this file shows what it found. Invariant: a key is
//! offered only where the endpoint lists it.

use super::controls::{Entry, fault, list};
use super::theme::{self, Type, tokens};
use super::{icons, widgets};
use crate::api::Endpoint;
use crate::plan::EndpointChoice;
use crate::studio::Studio;
use egui::{
    Align2, FontSelection, Id, Role, Sense, Stroke, StrokeKind, TextEdit, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

/// Whose options can be set.
#[derive(Debug, PartialEq)]
enum Target<'a> {
    Endpoint(&'a Endpoint),
    /// Some endpoint has options, but none is pinned.
    PinFirst,
    None,
}

fn target<'a>(choice: &EndpointChoice, endpoints: &'a [Endpoint]) -> Target<'a> {
    let has_keys = |endpoint: &&Endpoint| !endpoint.allowed_passthrough_parameters.is_empty();
    let one = match (choice, endpoints) {
        (_, [only]) => Some(only),
        (EndpointChoice::Pinned(tag), all) => all.iter().find(|e| e.provider_tag.as_ref() == Some(tag)),
        (EndpointChoice::Any, _) => None,
    };
    match one {
        Some(endpoint) if has_keys(&endpoint) => Target::Endpoint(endpoint),
        Some(_) => Target::None,
        None if endpoints.iter().any(|endpoint| has_keys(&endpoint)) => Target::PinFirst,
        None => Target::None,
    }
}

/// Says whether there is anything to draw.
pub fn is_shown(studio: &Studio) -> bool {
    target(&studio.draft.endpoint, studio.endpoints().unwrap_or_default()) != Target::None
}

pub fn options_ui(ui: &mut Ui, studio: &mut Studio) {
    let t = tokens(ui);
    let (slug, provider, allowed) = match target(&studio.draft.endpoint, studio.endpoints().unwrap_or_default()) {
        Target::None => return,
        Target::PinFirst => {
            widgets::section_header(ui, "Provider options");
            ui.label(Type::Note.text("They need one pinned endpoint; choose it above").color(t.soft));
            return;
        }
        Target::Endpoint(endpoint) => (
            endpoint.base_slug().to_owned(),
            endpoint.provider_name.clone(),
            endpoint.allowed_passthrough_parameters.clone(),
        ),
    };
    let set: Vec<String> =
        studio.draft.options.get(&slug).map(|keys| keys.keys().cloned().collect()).unwrap_or_default();
    let note = match set.len() {
        0 => format!("{} of {provider}", allowed.len()),
        count => format!("{count} of {} set", allowed.len()),
    };
    if !header(ui, "Provider options", &note, !set.is_empty()) {
        return;
    }
    for key in &set {
        let offered = allowed.contains(key);
        ui.push_id(key, |ui| option_ui(ui, studio, &slug, key, offered));
    }
    let left: Vec<&String> = allowed.iter().filter(|key| !set.contains(key)).collect();
    if left.is_empty() {
        return;
    }
    let entries: Vec<Entry> = left.iter().map(|key| Entry { text: (*key).clone(), ..Entry::default() }).collect();
    let shown = Type::Body.text("choose a key").color(t.faint);
    let help = format!("Keys that {provider} takes; the service hands them on unread");
    let chosen = widgets::field_row(ui, "Add option", |ui| list(ui, "add", "Add option", shown, &entries, &help));
    if let Some(key) = chosen.inner.and_then(|place| left.get(place)) {
        studio.draft.options.entry(slug).or_default().insert((*key).clone(), String::new());
    }
}

fn option_ui(ui: &mut Ui, studio: &mut Studio, slug: &str, key: &str, offered: bool) {
    let mut remove = false;
    let Some(text) = studio.draft.options.get_mut(slug).and_then(|keys| keys.get_mut(key)) else { return };
    let row = widgets::field_row(ui, key, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let edit = TextEdit::singleline(text)
            .id_salt("json")
            .hint_text("JSON value")
            .font(FontSelection::Style(TextStyle::Monospace))
            .align(Align2::LEFT_CENTER)
            .min_size(vec2(0.0, theme::FIELD))
            .desired_width(ui.available_width() - theme::FIELD);
        ui.add(edit).accessible_name(format!("Option {key}"));
        remove = widgets::icon_button(ui, icons::X, &format!("Remove option {key}"), None).clicked();
    });
    let label = egui::Rect::from_min_size(row.response.rect.min, vec2(theme::LABEL_COLUMN, theme::FIELD));
    let help = format!("{key}: sent to {slug} as it is; its values are described by the provider only");
    ui.interact(label, ui.scope_id().with("label"), Sense::hover()).on_hover_text(help);
    if let Some(text) = trouble(text, offered) {
        fault(ui, &text);
    }
    if remove && let Some(keys) = studio.draft.options.get_mut(slug) {
        keys.remove(key);
        if keys.is_empty() {
            studio.draft.options.remove(slug);
        }
    }
}

/// Says what is wrong with an option's text; an empty one is merely not sent.
fn trouble(text: &str, offered: bool) -> Option<String> {
    if !offered {
        return Some("Not offered by this endpoint; not sent".to_owned());
    }
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    serde_json::from_str::<serde::de::IgnoredAny>(text).err().map(|error| format!("Not valid JSON: {error}"))
}

/// A header that opens and closes its section; says whether it is open.
fn header(ui: &mut Ui, text: &str, note: &str, open_at_first: bool) -> bool {
    let t = tokens(ui);
    let id = Id::unique("provider options open");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(open_at_first);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::FIELD), Sense::click());
    if response.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), open, format!("{text}, {note}")));
    let color = if response.hovered() { t.text } else { t.soft };
    let words = ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, text, Type::Section.font(), color);
    let at = pos2(words.right() + theme::TILE_GAP, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, note, Type::Badge.font(), t.soft);
    let icon = if open { icons::CARET_UP } else { icons::CARET_DOWN };
    let at = pos2(rect.right() - theme::ICON / 2.0, rect.center().y);
    ui.painter().text(at, Align2::CENTER_CENTER, icon, icons::icon_font(14.0), color);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.expand2(vec2(4.0, 0.0)),
            theme::RADIUS,
            Stroke::new(1.5, t.accent),
            StrokeKind::Inside,
        );
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Parameters;

    fn endpoint(tag: &str, keys: &[&str]) -> Endpoint {
        Endpoint {
            provider_name: tag.to_owned(),
            provider_slug: tag.to_owned(),
            provider_tag: Some(tag.to_owned()),
            supported_parameters: Parameters::default(),
            allowed_passthrough_parameters: keys.iter().map(ToString::to_string).collect(),
            supports_streaming: false,
            pricing: Vec::new(),
        }
    }

    #[test]
    fn options_belong_to_the_pinned_or_only_endpoint() {
        let pinned = |tag: &str| EndpointChoice::Pinned(tag.to_owned());
        let (with, without) = (endpoint("one", &["steps"]), endpoint("two", &[]));
        let both = [with.clone(), without.clone()];
        for (choice, endpoints, expected) in [
            (EndpointChoice::Any, &both[..1], Target::Endpoint(&with)),
            (EndpointChoice::Any, &both[1..], Target::None),
            (EndpointChoice::Any, &both[..], Target::PinFirst),
            (pinned("one"), &both[..], Target::Endpoint(&with)),
            (pinned("two"), &both[..], Target::None),
            (pinned("gone"), &both[..], Target::PinFirst),
            (EndpointChoice::Any, &[], Target::None),
        ] {
            assert_eq!(target(&choice, endpoints), expected, "{choice:?}");
        }
    }

    #[test]
    fn option_texts_are_checked_as_json() {
        for text in ["", "  ", "3", "\"vivid\"", "{\"a\": [true]}"] {
            assert_eq!(trouble(text, true), None, "{text}");
        }
        assert!(trouble("{", true).is_some_and(|text| text.starts_with("Not valid JSON: ")));
        assert_eq!(trouble("3", false).as_deref(), Some("Not offered by this endpoint; not sent"));
    }
}
