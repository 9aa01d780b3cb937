//! The chosen model as one button that opens the browser, and below it which endpoint is to serve.

use crate::api::Endpoint;
use crate::plan::{self, Badge, EndpointChoice, ModelEntry, PriceSummary};
use crate::studio::{Action, Command, Studio, keys_of};
use crate::ui::controls::{Entry, list};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::{Align2, FontId, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

const CARD: f32 = 52.0;

pub fn model_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let card = Card::of(cx.studio);
    if card_ui(ui, &card) {
        cx.push(Command::Do(Action::ShowModels));
    }
    if cx.studio.model().is_some() {
        endpoint_ui(ui, cx);
    }
}

/// What the card says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Card {
    name: String,
    author: String,
    badges: Vec<Badge>,
    /// Instead of badges: why there is no model, or its identifier.
    note: String,
}

impl Card {
    fn of(studio: &Studio) -> Self {
        let models = &studio.snapshot.models;
        let say = |name: &str, note: String| Self { name: name.to_owned(), note, ..Self::default() };
        if let Some(model) = studio.model() {
            let (name, author) = plan::display_name(model);
            let badges = plan::badges(&ModelEntry { model, endpoints: studio.endpoints() });
            return Self {
                name: name.to_owned(),
                author: author.to_owned(),
                note: if badges.is_empty() { model.id.to_string() } else { String::new() },
                badges,
            };
        }
        match (&studio.draft.model, &models.value) {
            (_, None) if models.loading => say("Reading the models…", studio.snapshot.service.base.clone()),
            (_, None) => {
                let reason = models.error.as_ref().map_or("Not asked yet".to_owned(), ToString::to_string);
                say("The models could not be read", reason)
            }
            (Some(id), Some(_)) => say(id.slug(), "Not in the list any more; choose another model".to_owned()),
            (None, Some(list)) => say("Choose a model", format!("{} models", list.models.len())),
        }
    }

    fn read_out(&self) -> String {
        let mut words = vec![format!("Model {}", self.name)];
        words.extend([&self.author, &self.note].into_iter().filter(|text| !text.is_empty()).cloned());
        words.extend(self.badges.iter().map(|badge| badge.text.clone()));
        words.join(", ")
    }
}

/// Says whether it was pressed.
fn card_ui(ui: &mut Ui, card: &Card) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), card.read_out()));
    let over = response.hovered() || response.is_pointer_button_down_on();
    let warmth = ui.ctx().animate_bool_responsive(response.id, over);
    ui.painter().rect_filled(rect, theme::RADIUS, t.raised.lerp_to_gamma(t.hover, warmth));
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    let caret = pos2(rect.right() - 18.0, rect.center().y);
    ui.painter().text(caret, Align2::CENTER_CENTER, icons::CARET_UP_DOWN, icons::icon_font(theme::ICON), t.soft);

    let end = rect.right() - 34.0;
    let start = pos2(rect.left() + 10.0, rect.top() + 17.0);
    let name = text(ui, start, &card.name, Type::Strong.font(), t.text, end);
    text(ui, pos2(name.right() + 5.0, start.y), &card.author, Type::Body.font(), t.soft, end);
    let mut at = pos2(start.x, rect.bottom() - 16.0);
    if card.badges.is_empty() {
        text(ui, at, &card.note, Type::Note.font(), t.soft, end);
    }
    let font = Type::Badge.font();
    let widths = card
        .badges
        .iter()
        .map(|badge| ui.painter().layout_no_wrap(badge.text.clone(), font.clone(), t.soft).size().x + BADGE_GAP);
    let fitting = fitting(&widths.collect::<Vec<_>>(), end - at.x);
    for badge in card.badges.iter().take(fitting) {
        at.x = text(ui, at, &badge.text, font.clone(), t.soft, end).right() + BADGE_GAP;
    }
    if fitting < card.badges.len() {
        text(ui, at, &format!("+{}", card.badges.len() - fitting), font, t.soft, end);
    }
    tooltip(response, card).clicked()
}

const BADGE_GAP: f32 = 14.0;
/// Room for `+3`.
const MORE: f32 = 20.0;

/// Returns how many badges fit into a line, leaving room to say how many do not.
fn fitting(widths: &[f32], room: f32) -> usize {
    let sum = |count: usize| widths.iter().take(count).sum::<f32>();
    if sum(widths.len()) - BADGE_GAP <= room {
        return widths.len();
    }
    (0..widths.len()).rev().find(|count| sum(*count) + MORE <= room).unwrap_or(0)
}

fn text(ui: &Ui, at: Pos2, text: &str, font: FontId, color: egui::Color32, end: f32) -> Rect {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    let max_width = (end - at.x).max(0.0);
    job.wrap = egui::text::TextWrapping { max_width, max_rows: 1, break_anywhere: true, ..Default::default() };
    let galley = ui.painter().layout_job(job);
    let rect = Align2::LEFT_CENTER.anchor_size(at, galley.size());
    ui.painter().galley(rect.min, galley, color);
    rect
}

fn tooltip(response: egui::Response, card: &Card) -> egui::Response {
    response.on_hover_ui(|ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = theme::ICON;
            ui.label(Type::Note.text("Choose another model"));
            if let Some(keys) = keys_of(Action::ShowModels) {
                widgets::key_hint(ui, &keys);
            }
        });
        for badge in &card.badges {
            let text = match &badge.hint {
                Some(hint) => format!("{}: {hint}", badge.text),
                None => badge.text.clone(),
            };
            ui.label(Type::Note.text(text).color(tokens(ui).soft));
        }
        if !card.note.is_empty() {
            ui.label(Type::Note.text(&card.note).color(tokens(ui).soft));
        }
    })
}

fn endpoint_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let remote = cx.studio.draft.model.as_ref().and_then(|id| cx.studio.snapshot.endpoints.get(id));
    let failed = remote.and_then(|remote| remote.error.as_ref()).map(ToString::to_string);
    let Some(endpoints) = cx.studio.endpoints() else {
        let text = if failed.is_some() { "could not be read" } else { "being read…" };
        ui.horizontal(|ui| {
            widgets::field_row(ui, "Endpoint", |ui| {
                let response = ui.label(Type::Body.text(text).color(tokens(ui).soft));
                failed.map(|reason| response.on_hover_text(reason))
            });
        });
        return;
    };
    let (shown, entries, choices) = endpoint_entries(&cx.studio.draft.endpoint, endpoints);
    let help = "Who serves the request: any endpoint, or one pinned so that no other may step in";
    let color = tokens(ui).text;
    let chosen = widgets::field_row(ui, "Endpoint", |ui| {
        list(ui, "endpoint", "Endpoint", Type::Body.text(shown).color(color), &entries, help)
    });
    if let Some(choice) = chosen.inner.and_then(|place| choices.into_iter().nth(place)).flatten() {
        cx.push(Command::ChooseEndpoint(choice));
    }
}

/// Returns what the closed list says, its entries, and what each stands for; `None`: it cannot be chosen.
fn endpoint_entries(
    choice: &EndpointChoice,
    endpoints: &[Endpoint],
) -> (String, Vec<Entry>, Vec<Option<EndpointChoice>>) {
    if endpoints.is_empty() {
        return ("not available now".to_owned(), Vec::new(), Vec::new());
    }
    let any = format!("Any · {}", price_text(&plan::price_line(Some(endpoints))));
    let mut shown = any.clone();
    let any = Entry { text: any, selected: *choice == EndpointChoice::Any, ..Entry::default() };
    let (mut entries, mut choices) = (vec![any], vec![Some(EndpointChoice::Any)]);
    for endpoint in endpoints {
        let name = plan::endpoint_name(endpoint, endpoints);
        let price = plan::price_line(Some(std::slice::from_ref(endpoint)));
        let text = format!("{name} · {}", price.text);
        let pinned = endpoint.provider_tag.clone().map(EndpointChoice::Pinned);
        let selected = pinned.as_ref() == Some(choice);
        if selected {
            shown.clone_from(&text);
        }
        let note = if pinned.is_none() { "cannot be pinned".to_owned() } else { String::new() };
        entries.push(Entry { text, note, selected, disabled: pinned.is_none() });
        choices.push(pinned);
    }
    if let EndpointChoice::Pinned(tag) = choice
        && !entries.iter().any(|entry| entry.selected)
    {
        shown = format!("{tag} · no longer offered");
    }
    (shown, entries, choices)
}

/// Returns a price in a line: `from $0.04 / image`.
fn price_text(price: &PriceSummary) -> String {
    match price.detail.strip_prefix("per ") {
        Some(unit) => format!("{} / {unit}", price.text),
        None => price.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Billable, Parameters, PriceLine, Unit};

    fn endpoint(name: &str, tag: Option<&str>, cost: f64) -> Endpoint {
        let price =
            PriceLine { billable: Billable::OutputImage, unit: Unit::Image, cost_usd: Some(cost), variant: None };
        Endpoint {
            provider_name: name.to_owned(),
            provider_slug: name.to_lowercase(),
            provider_tag: tag.map(str::to_owned),
            supported_parameters: Parameters::default(),
            allowed_passthrough_parameters: Vec::new(),
            supports_streaming: false,
            pricing: vec![price],
        }
    }

    #[test]
    fn endpoints_are_listed_with_their_prices_and_one_without_tag_cannot_be_chosen() {
        let endpoints = [endpoint("Seed", Some("seed"), 0.04), endpoint("Odd", None, 0.05)];
        let (shown, entries, choices) = endpoint_entries(&EndpointChoice::Any, &endpoints);
        assert_eq!(shown, "Any · from $0.04 / image");
        let texts: Vec<_> =
            entries.iter().map(|e| (e.text.as_str(), e.note.as_str(), e.selected, e.disabled)).collect();
        let expected = [
            ("Any · from $0.04 / image", "", true, false),
            ("Seed · $0.04", "", false, false),
            ("Odd · $0.05", "cannot be pinned", false, true),
        ];
        assert_eq!(texts, expected);
        let seed = EndpointChoice::Pinned("seed".to_owned());
        assert_eq!(choices, [Some(EndpointChoice::Any), Some(seed.clone()), None]);
        assert_eq!(endpoint_entries(&seed, &endpoints).0, "Seed · $0.04");
        let gone = EndpointChoice::Pinned("gone".to_owned());
        assert_eq!(endpoint_entries(&gone, &endpoints).0, "gone · no longer offered");
        assert_eq!(endpoint_entries(&gone, &[]).0, "not available now");
    }

    #[test]
    fn as_many_badges_are_drawn_as_fit_beside_the_number_of_the_others() {
        let widths = [40.0, 40.0, 40.0];
        for (room, count) in [(200.0, 3), (106.0, 3), (105.0, 2), (99.0, 1), (50.0, 0), (0.0, 0)] {
            assert_eq!(fitting(&widths, room), count, "{room}");
        }
        assert_eq!(fitting(&[], 10.0), 0);
    }
}
