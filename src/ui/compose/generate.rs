//! The foot of the panel: what stands in the way, in words, and the button that says what it will do.

use crate::plan::{Call, Cost, EndpointChoice, Fitted, Problem, display_name};
use crate::studio::{Action, Command, Dialog, Readiness, Studio, keys_of};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::{Align2, Label, Role, Sense, Ui, WidgetInfo, vec2};

/// How a line above the button is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    /// Something is still to be done.
    Todo,
    Warning,
    Bad,
}

pub fn foot_ui(ui: &mut Ui, cx: &mut Cx<'_>, ready: &Readiness) {
    // That the window only reads is said by its banner, and by the button when it is asked.
    let said = cx.studio.read_only();
    for (tone, text) in lines(ready).into_iter().filter(|(_, text)| said != Some(text.as_str())) {
        line_ui(ui, tone, &text);
    }
    if ready.problem.as_deref() == Some(crate::studio::NO_KEY)
        && widgets::button(ui, Some(icons::KEY), "Enter a key").clicked()
    {
        cx.push(Command::OpenDialog(Dialog::Settings));
    }
    let price = if ready.fitted.is_some() { ready.cost.to_string() } else { String::new() };
    let keys = keys_of(Action::Generate).unwrap_or_default();
    let button = widgets::main_button(ui, &title(ready.count), &price, &keys, ready.problem.is_none());
    let button = match &ready.problem {
        Some(problem) => button.on_disabled_hover_text(problem),
        None => button.on_hover_text(tooltip(cx.studio, ready)),
    };
    if button.clicked() {
        cx.push(Command::Do(Action::Generate));
    }
}

/// One line in the settings: which wishes this model cannot take.
pub fn not_sent_ui(ui: &mut Ui, ready: &Readiness) {
    let Some(fitted) = &ready.fitted else { return };
    let Some(text) = not_sent(fitted) else { return };
    let reasons: Vec<_> = fitted.not_sent.iter().map(|item| format!("{item}: {}", item.reason)).collect();
    let help = format!("{}\n\nThese wishes are kept for a model that takes them", reasons.join("\n"));
    let label = Label::new(Type::Note.text(text).color(tokens(ui).soft)).wrap();
    ui.add(label).on_hover_text(help);
}

fn not_sent(fitted: &Fitted) -> Option<String> {
    let items: Vec<_> = fitted.not_sent.iter().map(ToString::to_string).collect();
    (!items.is_empty()).then(|| format!("Not sent to this model: {}", items.join(", ")))
}

/// Returns the lines above the button, what stops it first.
fn lines(ready: &Readiness) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    if let Some(fitted) = &ready.fitted {
        for problem in &fitted.problems {
            let todo = matches!(problem, Problem::NoModel | Problem::EmptyPrompt | Problem::TooFewReferences { .. });
            lines.push((if todo { Tone::Todo } else { Tone::Bad }, problem.to_string()));
        }
    }
    if let Some(problem) = &ready.problem
        && !lines.iter().any(|(_, text)| text == problem)
    {
        let half_typed = ready.fitted.is_some() && problem != crate::studio::NO_KEY;
        lines.push((if half_typed { Tone::Bad } else { Tone::Todo }, problem.clone()));
    }
    if let Some(fitted) = &ready.fitted {
        lines.extend(fitted.warnings.iter().map(|warning| (Tone::Warning, warning.to_string())));
    }
    lines
}

fn line_ui(ui: &mut Ui, tone: Tone, text: &str) {
    let t = tokens(ui);
    let (icon, color) = match tone {
        Tone::Todo => (icons::INFO, t.info),
        Tone::Warning => (icons::WARNING, t.accent_text),
        Tone::Bad => (icons::WARNING_CIRCLE, t.bad),
    };
    ui.horizontal_top(|ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(theme::ICON, theme::ICON), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, icons::icon_font(14.0), color);
        ui.add(Label::new(Type::Note.text(text).color(t.text)).wrap());
    });
}

fn title(count: u32) -> String {
    if count > 1 { format!("Generate {count}") } else { "Generate".to_owned() }
}

fn tooltip(studio: &Studio, ready: &Readiness) -> String {
    let model = studio.model().map_or("", |model| display_name(model).0);
    let endpoint = match &studio.draft.endpoint {
        EndpointChoice::Any => "any endpoint",
        EndpointChoice::Pinned(tag) => tag,
    };
    let calls = ready.fitted.as_ref().map_or(&[][..], |fitted| &fitted.calls);
    let prompts = ready.fitted.as_ref().map_or(1, |fitted| fitted.prompts.len());
    let prompts = if prompts > 1 { format!("{prompts} prompts, ") } else { String::new() };
    format!("{model} · {endpoint}\n{prompts}{}\n{}", pictures_text(calls), price_text(&ready.cost))
}

fn pictures_text(calls: &[Call]) -> String {
    let count: u32 = calls.iter().map(|call| call.n).sum();
    let pictures = if count == 1 { "1 picture".to_owned() } else { format!("{count} pictures") };
    match calls.len() {
        0 | 1 => format!("{pictures} in one request"),
        requests => format!("{pictures} in {requests} requests"),
    }
}

/// Says how sure the price is, and why.
fn price_text(cost: &Cost) -> String {
    match cost {
        Cost::Exact(sum) if sum.0 == 0.0 => "Free, as the service states it".to_owned(),
        Cost::Exact(sum) => format!("Exactly {sum}, as the service states its price"),
        Cost::AtMost(sum) if sum.0 == 0.0 => "Free, as the service states it".to_owned(),
        Cost::AtMost(_) => format!("{}, as the service states its price: fewer pictures may come", capital(cost)),
        Cost::About { .. } => {
            format!("{}: it depends on the endpoint, on the size and on how many pictures come back", capital(cost))
        }
        Cost::AtLeast { left_out, .. } => format!("{}; {left_out} cannot be counted beforehand", capital(cost)),
        Cost::Unknown { reason } => format!("Price unknown beforehand: {reason}"),
    }
}

fn capital(cost: &Cost) -> String {
    let text = cost.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Usd;

    #[test]
    fn button_says_how_many_and_how_sure_the_price_is() {
        assert_eq!(title(1), "Generate");
        assert_eq!(title(4), "Generate 4");
        for (calls, text) in [
            (vec![Call { n: 1, place: 0, prompt: 0 }], "1 picture in one request"),
            (vec![Call { n: 4, place: 0, prompt: 0 }], "4 pictures in one request"),
            (vec![Call { n: 1, place: 0, prompt: 0 }; 4], "4 pictures in 4 requests"),
        ] {
            assert_eq!(pictures_text(&calls), text);
        }
        let about = Cost::About { low: Usd(0.1), high: Usd(0.24) };
        for (cost, text) in [
            (Cost::Exact(Usd(0.0)), "Free, as the service states it"),
            (Cost::Exact(Usd(0.16)), "Exactly $0.16, as the service states its price"),
            (Cost::AtMost(Usd(0.16)), "At most $0.16, as the service states its price: fewer pictures may come"),
            (about, "About $0.10–0.24: it depends on the endpoint, on the size and on how many pictures come back"),
            (
                Cost::AtLeast { low: Usd(0.04), left_out: "fonts".into() },
                "At least $0.04; fonts cannot be counted beforehand",
            ),
            (Cost::Unknown { reason: "token-priced".into() }, "Price unknown beforehand: token-priced"),
        ] {
            assert_eq!(price_text(&cost), text);
        }
    }

    #[test]
    fn what_stands_in_the_way_is_said_once() {
        let ready = |problem: Option<&str>| Readiness {
            fitted: None,
            cost: Cost::Unknown { reason: String::new() },
            count: 0,
            problem: problem.map(str::to_owned),
        };
        assert_eq!(lines(&ready(None)), []);
        assert_eq!(lines(&ready(Some("Choose a model"))), [(Tone::Todo, "Choose a model".to_owned())]);
    }
}
