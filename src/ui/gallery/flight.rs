//! A picture on the way: its tile stands in the right shape from the first moment, then its partials fill it.

use super::super::icons;
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{icon_button, line_of, place};
use super::actions::button;
use super::{Scene, shade};
use crate::engine::{JobView, Phase};
use crate::studio::{Command, one_line, partial_text, progress_of};
use egui::{Align2, Button, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// One slow breath, seconds.
const BREATH: f64 = 2.4;

/// The tile of a picture that has not come yet. Only the `first` one of its job shows partials: nobody knows whose
/// the others are.
pub(super) fn awaited_ui(ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect, job: &JobView, first: bool, number: usize) {
    let t = tokens(ui);
    let ahead = match job.phase {
        Phase::Queued { ticket } => scene.studio.snapshot.ahead(ticket),
        _ => 0,
    };
    let progress = progress_of(job, ahead, scene.now);
    scene.clock |= job.phase.is_running();
    let id = ui.scope_id().with(("awaited", &job.id.0, number));
    let response = ui.interact(rect, id, Sense::CLICK);
    let prompt: String = one_line(&job.prompt).chars().take(60).collect();
    let said = [&progress.title].into_iter().chain(&progress.lines).cloned().collect::<Vec<_>>().join(", ");
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, format!("{prompt}, {}: {said}", number + 1)));
    response.context_menu(|ui| menu(ui, scene.commands, job));
    let partial = if first { scene.textures.preview(&job.id) } else { None };
    let over_picture = partial.is_some();
    if let Some(partial) = partial {
        ui.painter().rect_filled(rect, theme::RADIUS, t.raised);
        partial.paint_cover(ui.painter(), rect, f32::from(theme::RADIUS));
        shade(ui, rect, 40.0);
        let font = Type::Note.font();
        let room = rect.width() - 16.0;
        let words = line_of(ui, &partial_text(job, scene.now), font.clone(), t.on_picture, room);
        let left = place(ui, words, rect.left_bottom() + vec2(8.0, -6.0), Align2::LEFT_BOTTOM);
        let provider = job.provider.as_deref().unwrap_or_default();
        let room = rect.right() - 8.0 - left.right() - theme::TILE_GAP;
        if room > 32.0 {
            let words = line_of(ui, provider, font, t.on_picture, room);
            place(ui, words, rect.right_bottom() - vec2(8.0, 6.0), Align2::RIGHT_BOTTOM);
        }
    } else {
        let breath = (ui.input(|input| input.time) * std::f64::consts::TAU / BREATH).sin() as f32;
        let pulses = progress.pulses && ui.style().animation_time > 0.0;
        scene.pulse |= pulses;
        let depth = if pulses { 0.5 + 0.5 * breath } else { 0.0 };
        ui.painter().rect_filled(rect, theme::RADIUS, t.panel.lerp_to_gamma(t.raised, depth));
        words_ui(ui, rect, &progress.title, &progress.lines);
    }
    if let Some(hint) = &progress.hint {
        response.on_hover_text(hint);
    }
    if first {
        let side = vec2(theme::FIELD, theme::FIELD);
        let corner = Rect::from_min_size(pos2(rect.right() - 6.0 - side.x, rect.top() + 6.0), side);
        let name = cancel_name(job);
        let cancel = if over_picture {
            button(ui, corner, (job.id.0.as_str(), "cancel"), icons::X, &name, None)
        } else {
            ui.painter().rect_filled(corner, theme::RADIUS, t.raised);
            let child = UiBuilder::new().max_rect(corner).id_salt(("cancel", &job.id.0));
            ui.scope_builder(child, |ui| icon_button(ui, icons::X, &name, None)).inner
        };
        if cancel.clicked() {
            scene.commands.push(Command::Cancel(job.id.clone()));
        }
    }
}

fn cancel_name(job: &JobView) -> String {
    match job.asked {
        0 | 1 => "Cancel this picture".to_owned(),
        count => format!("Cancel these {count} pictures"),
    }
}

/// The title in the middle and as many of the lines below it as there is room for.
fn words_ui(ui: &Ui, rect: Rect, title: &str, lines: &[String]) {
    let t = tokens(ui);
    let room = rect.width() - 16.0;
    // The cancel button has the upper corner.
    let lines = lines.iter().take(((rect.height() - 48.0) / 18.0).max(0.0) as usize);
    let mut middle = rect.center().y - 9.0 * lines.len() as f32;
    let words = line_of(ui, title, Type::Body.font(), t.soft, room);
    place(ui, words, pos2(rect.center().x, middle), Align2::CENTER_CENTER);
    for line in lines {
        middle += 18.0;
        let words = line_of(ui, line, Type::Badge.font(), t.soft, room);
        place(ui, words, pos2(rect.center().x, middle), Align2::CENTER_CENTER);
    }
}

fn menu(ui: &mut Ui, commands: &mut Vec<Command>, job: &JobView) {
    theme::menu_entries(ui);
    let run = Command::CancelRun(job.run.id.clone());
    for (text, command) in [(cancel_name(job), Command::Cancel(job.id.clone())), ("Cancel run".to_owned(), run)] {
        if ui.add(Button::new(text)).clicked() {
            commands.push(command);
            ui.close();
        }
    }
}
