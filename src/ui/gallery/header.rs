//! The line above a run: what was asked for, and how it went.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, line_of, place};
use super::Scene;
use crate::engine::JobView;
use crate::studio::{Command, RunEntry, cost_text, day_text, elapsed, one_line, pictures_text, when_text};
use egui::{Align, Align2, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

/// The header of a run.
pub(super) fn run_ui(ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect, entry: &RunEntry, jobs: &[&JobView]) {
    let open = jobs.iter().any(|job| !job.phase.is_ended());
    let name = if open { format!("Cancel run: {}", short(entry)) } else { String::new() };
    let command = Command::CancelRun(entry.run.id.clone());
    let button = open.then_some(("Cancel run", name, command));
    let right = right_text(scene, entry, jobs);
    scene.clock |= jobs.iter().any(|job| job.phase.is_running());
    let about = match entry.run.settings.as_str() {
        "" => entry.run.model_name.clone(),
        settings => format!("{} · {settings}", entry.run.model_name),
    };
    let words = Words { id: &entry.run.id.0, title: &entry.run.prompt, about: &about, right: &right };
    line_ui(ui, scene, rect, &words, button);
}

/// The header of a day's stacks.
pub(super) fn day_ui(ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect, moment: i64, count: usize) {
    let title = day_text(moment, &scene.today);
    let right = if count == 1 { "1 stack".to_owned() } else { format!("{count} stacks") };
    let words = Words { id: &title, title: &title, about: "", right: &right };
    line_ui(ui, scene, rect, &words, None);
}

/// The header of the trash.
pub(super) fn trash_ui(ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect, count: usize) {
    let button = Some(("Empty trash…", "Empty trash…".to_owned(), super::empty_trash()));
    let right = pictures_text(count);
    let words = Words { id: "trash", title: "Trash", about: "", right: &right };
    line_ui(ui, scene, rect, &words, button);
}

fn short(entry: &RunEntry) -> String {
    one_line(&entry.run.prompt).chars().take(60).collect()
}

/// `0:14 · 1 of 4` while it runs, `today 13:05 · 4 pictures · $0.52` after.
fn right_text(scene: &Scene<'_>, entry: &RunEntry, jobs: &[&JobView]) -> String {
    let came = entry.pictures.len();
    if jobs.iter().any(|job| !job.phase.is_ended()) {
        let clock = jobs.iter().filter(|job| job.phase.is_running()).filter_map(|job| elapsed(job, scene.now)).max();
        let clock = clock.map_or_else(|| "waiting".to_owned(), crate::studio::clock_text);
        return format!("{clock} · {came} of {}", entry.run.asked.max(1));
    }
    let parts = [
        when_text(entry.run.created_ms, &scene.today),
        if came == 0 { "no pictures".to_owned() } else { pictures_text(came) },
        cost_text(&entry.pictures),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

struct Words<'a> {
    id: &'a str,
    title: &'a str,
    about: &'a str,
    right: &'a str,
}

/// Title, what it was made with, and at the right how it went with perhaps a button: text, name, command.
fn line_ui(ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect, words: &Words<'_>, button: Option<(&str, String, Command)>) {
    let t = tokens(ui);
    let mut end = rect.right();
    if let Some((text, name, command)) = button {
        let layout = Layout::right_to_left(Align::Center);
        let child = UiBuilder::new().max_rect(rect).layout(layout).id_salt(("run", words.id));
        let response = ui.scope_builder(child, |ui| widgets::small_button(ui, text, &name)).inner;
        end = response.rect.left() - theme::TILE_GAP;
        if response.clicked() {
            scene.commands.push(command);
        }
    }
    let middle = rect.center().y;
    let right = line_of(ui, words.right, Type::Note.font(), t.soft, (end - rect.left()) / 2.0);
    let end = place(ui, right, egui::pos2(end, middle), Align2::RIGHT_CENTER).left() - 16.0;
    let room = (end - rect.left()).max(0.0);
    let about = line_of(ui, words.about, Type::Note.font(), t.soft, room * 0.45);
    let title = one_line(words.title);
    let title = line_of(ui, &title, Type::Strong.font(), t.text, room - about.size().x - theme::TILE_GAP);
    let shown = place(ui, title, rect.left_center(), Align2::LEFT_CENTER);
    place(ui, about, egui::pos2(shown.right() + theme::TILE_GAP, middle + 0.5), Align2::LEFT_CENTER);
    let response = ui.interact(shown.expand2(vec2(0.0, 4.0)), ui.scope_id().with(("header", words.id)), Sense::hover());
    response.widget_info(|| {
        let said: Vec<_> =
            [words.title, words.about, words.right].into_iter().filter(|part| !part.is_empty()).collect();
        WidgetInfo::labeled(Role::Heading, true, said.join(", "))
    });
    response.on_hover_text(words.title);
}
