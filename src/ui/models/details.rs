//! Everything about one model: what it is, who serves it, what each endpoint takes and costs, and which one to use.

use super::prices;
use crate::api::Endpoint;
use crate::plan::{self, EndpointChoice, ModelEntry};
use crate::studio::{Command, Fact, ability_facts, month_text};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets;
use crate::ui::{Cx, icons};
use egui::{Align, Frame, Label, Layout, Margin, Response, ScrollArea, Sense, Stroke, Ui, vec2};

/// Text is not set wider than this.
const COLUMN: f32 = 1000.0;
/// Width of the column of labels.
const LABELS: f32 = 178.0;
const FACT: f32 = 27.0;

pub(super) fn details_ui(ui: &mut Ui, cx: &mut Cx<'_>, entries: &[ModelEntry<'_>]) {
    let inspected = cx.studio.browser.inspected.clone();
    let Some(entry) = entries.iter().find(|entry| Some(&entry.model.id) == inspected.as_ref()) else {
        if !cx.studio.snapshot.models.loading {
            widgets::empty_state(ui, icons::STACK, "What a model can do is shown here", None);
        }
        return;
    };
    ScrollArea::vertical().id_salt(entry.model.id.as_str()).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 24, right: 24, top: 18, bottom: 24 }).show(ui, |ui| {
            ui.set_width(ui.available_width().min(COLUMN));
            ui.spacing_mut().item_spacing.y = 10.0;
            head_ui(ui, cx, entry);
            endpoints_ui(ui, cx, entry);
        });
    });
}

fn head_ui(ui: &mut Ui, cx: &mut Cx<'_>, entry: &ModelEntry<'_>) {
    let t = tokens(ui);
    let model = entry.model;
    let (name, _) = plan::display_name(model);
    let line = vec2(ui.available_width(), 30.0);
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Min), |ui| {
        let button = widgets::accent_button(ui, "Use this model").on_hover_text("Double-click or Enter in the list");
        if button.clicked() {
            cx.push(Command::ChooseModel(model.id.clone()));
        }
        ui.add_space(theme::PADDING);
        let size = vec2(ui.available_width(), 30.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
            ui.set_min_width(size.x);
            ui.spacing_mut().item_spacing = vec2(10.0, 0.0);
            said(ui, name, Type::Title, t.text);
            let month = month_text(model.created).map(|month| format!(" · {month}")).unwrap_or_default();
            let facts = Type::Body.text(format!("{}{month}", model.id)).color(t.soft);
            // In one piece: beside the name, or else under it.
            ui.add(Label::new(facts).selectable(true).extend());
        });
    });
    if !model.description.is_empty() {
        said(ui, &model.description, Type::Body, t.soft);
    }
}

fn endpoints_ui(ui: &mut Ui, cx: &mut Cx<'_>, entry: &ModelEntry<'_>) {
    let id = &entry.model.id;
    let snapshot = cx.studio.snapshot.clone();
    let remote = snapshot.endpoints.get(id);
    let loading = remote.is_none_or(|remote| remote.loading);
    if let Some(error) = remote.and_then(|remote| remote.error.as_ref()).filter(|_| !loading) {
        let text = format!("The endpoints could not be read: {error}");
        ui.horizontal_wrapped(|ui| {
            ui.label(icons::icon(icons::WARNING_CIRCLE).color(tokens(ui).bad));
            said(ui, &text, Type::Body, tokens(ui).text);
            if widgets::button(ui, None, "Try again").clicked() {
                cx.push(Command::InspectModel(id.clone()));
            }
        });
    }
    let Some(endpoints) = entry.endpoints else {
        if loading {
            ui.label(Type::Body.text("Reading the endpoints…").color(tokens(ui).soft));
        }
        return;
    };
    if endpoints.is_empty() {
        ui.label(Type::Strong.text("Not available now"));
        let why = "No provider offers this model at the moment. It stays in the list; look again later";
        ui.label(Type::Body.text(why).color(tokens(ui).soft));
        return;
    }
    let chosen = (cx.studio.draft.model.as_ref() == Some(id)).then(|| cx.studio.draft.endpoint.clone());
    any_ui(ui, cx, chosen == Some(EndpointChoice::Any));
    if let Some(EndpointChoice::Pinned(tag)) = &chosen
        && !endpoints.iter().any(|endpoint| endpoint.provider_tag.as_ref() == Some(tag))
    {
        let text = format!("The pinned endpoint {tag} is not offered any more; choose another");
        ui.horizontal_wrapped(|ui| {
            ui.label(icons::icon(icons::WARNING).color(tokens(ui).accent_text));
            said(ui, &text, Type::Body, tokens(ui).text);
        });
    }
    let read_ms = remote.and_then(|remote| remote.read_ms);
    for (place, endpoint) in endpoints.iter().enumerate() {
        let tag = endpoint.provider_tag.as_deref();
        // Two endpoints without a tag may share their provider.
        let key = tag.map_or_else(|| format!("{} {place}", endpoint.provider_name), str::to_owned);
        let pinned = matches!(&chosen, Some(EndpointChoice::Pinned(pin)) if Some(pin.as_str()) == tag);
        ui.push_id(key, |ui| endpoint_ui(ui, cx, endpoint, pinned, read_ms));
    }
}

fn any_ui(ui: &mut Ui, cx: &mut Cx<'_>, chosen: bool) {
    let t = tokens(ui);
    card(ui, |ui| {
        let picked = head_row(
            ui,
            |ui| {
                ui.label(Type::Strong.text("Any endpoint"));
                ui.label(Type::Body.text("the service chooses").color(t.soft));
            },
            |ui| widgets::radio(ui, chosen, "", "Any endpoint").clicked(),
        );
        if picked {
            cx.push(Command::ChooseEndpoint(EndpointChoice::Any));
        }
    });
}

fn endpoint_ui(ui: &mut Ui, cx: &mut Cx<'_>, endpoint: &Endpoint, pinned: bool, read_ms: Option<i64>) {
    let t = tokens(ui);
    card(ui, |ui| {
        let picked = head_row(
            ui,
            |ui| {
                said(ui, &endpoint.provider_name, Type::Strong, t.text);
                match &endpoint.provider_tag {
                    Some(tag) => said(ui, &format!("tag {tag}"), Type::Body, t.soft),
                    None => said(ui, "no tag", Type::Body, t.soft),
                };
                widgets::badge(ui, if endpoint.supports_streaming { "streams" } else { "does not stream" });
            },
            |ui| pin_ui(ui, endpoint, pinned),
        );
        if let (true, Some(tag)) = (picked, &endpoint.provider_tag) {
            cx.push(Command::ChooseEndpoint(EndpointChoice::Pinned(tag.clone())));
        }
        let facts = ability_facts(endpoint);
        if facts.is_empty() {
            fact_ui(ui, &Fact { label: "Abilities".into(), value: "none stated".into(), full: None });
        }
        for fact in &facts {
            fact_ui(ui, fact);
        }
        prices::prices_ui(ui, cx, endpoint, read_ms);
    });
}

fn pin_ui(ui: &mut Ui, endpoint: &Endpoint, pinned: bool) -> bool {
    let t = tokens(ui);
    if endpoint.provider_tag.is_none() {
        ui.add_enabled_ui(false, |ui| widgets::radio(ui, false, "", &format!("Pin {}", endpoint.provider_name)));
        ui.label(Type::Note.text("cannot be pinned: the service gives no tag").color(t.soft));
        return false;
    }
    let name = format!("Pin {}", endpoint.provider_name);
    let help = "Send to this endpoint only; when it fails, nothing else is tried";
    let circle = widgets::radio(ui, pinned, "", &name).on_hover_text(help);
    let word = ui.add(Label::new(Type::Body.text("Pin")).sense(Sense::CLICK)).on_hover_text(help);
    circle.clicked() || word.clicked()
}

/// A card: an outline with rows in it.
fn card(ui: &mut Ui, rows: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).stroke(Stroke::new(1.0, t.line)).corner_radius(theme::RADIUS_LARGE);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        rows(ui);
    });
}

/// The first row of a card: what it is about at the left, its choice at the right.
fn head_row<R>(ui: &mut Ui, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new().inner_margin(Margin { left: 12, right: 12, top: 6, bottom: 6 });
    frame
        .show(ui, |ui| {
            let line = vec2(ui.available_width(), theme::FIELD);
            ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
                let answer = right(ui);
                let size = vec2(ui.available_width(), theme::FIELD);
                ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                    ui.set_min_width(size.x);
                    left(ui);
                });
                answer
            })
            .inner
        })
        .inner
}

/// One row of a card, under a line.
pub(super) fn fact_ui(ui: &mut Ui, fact: &Fact) {
    let t = tokens(ui);
    let top = ui.cursor().top() + 0.5;
    ui.painter().hline(ui.max_rect().x_range(), top, Stroke::new(1.0, t.line));
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 1, bottom: 0 }).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = theme::PADDING;
            let size = vec2(LABELS.min(ui.available_width() / 2.0), FACT - 1.0);
            let layout = Layout::left_to_right(Align::Center).with_main_wrap(true);
            ui.allocate_ui_with_layout(size, layout, |ui| {
                ui.set_min_width(size.x);
                said(ui, &fact.label, Type::Note, t.soft);
            });
            let size = vec2(ui.available_width(), FACT - 1.0);
            ui.allocate_ui_with_layout(size, layout, |ui| {
                let value = said(ui, &fact.value, Type::Note, t.text);
                if let Some(full) = &fact.full {
                    value.on_hover_text(Type::Note.text(full.as_str()));
                }
            });
        });
    });
}

/// Words of the service, which can be selected and copied.
pub(super) fn said(ui: &mut Ui, text: &str, kind: Type, color: egui::Color32) -> Response {
    ui.add(Label::new(kind.text(text).color(color)).selectable(true).wrap())
}
