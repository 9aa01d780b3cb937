//! The bottom strip: what runs and waits, run by run; what failed; how large the tiles are.

use super::theme::{self, Type, tokens};
use super::widgets::{self, line_of, place};
use super::{Cx, icons};
use crate::engine::{Importing, JobView, Phase};
use crate::library::{JobId, Progress, Run, RunId};
use crate::studio::{Action, Command, Layout as Sizes, clock_text, elapsed, keys_of, one_line};
use egui::{Align, Align2, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CHIP: f32 = 232.0;
const CHIP_HEIGHT: f32 = 34.0;
const THUMB: f32 = 28.0;

/// A run that is under way, as its chip shows it.
struct Chip {
    run: Arc<Run>,
    /// The job whose partial picture stands for the run.
    shown: JobId,
    /// Seconds since the first of its jobs was sent; `None`: all wait.
    seconds: Option<u64>,
    waiting: usize,
}

/// Draws the strip.
pub fn strip_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let snapshot = cx.studio.snapshot.clone();
    let chips = chips_of(&snapshot.jobs, Instant::now());
    let running = snapshot.jobs.iter().filter(|job| job.phase.is_running()).count();
    let waits = |phase: &Phase| matches!(phase, Phase::Queued { .. } | Phase::Held | Phase::Elsewhere { .. });
    let waiting = snapshot.jobs.iter().filter(|job| waits(&job.phase)).count();
    let failed = snapshot.jobs.iter().filter(|job| job.phase.is_ended()).count();
    let rect = ui.max_rect().shrink2(vec2(theme::PADDING, 0.0));
    let t = tokens(ui);

    let layout = Layout::right_to_left(Align::Center);
    let right = ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout).id_salt("right"), |ui| {
        right_ui(ui, cx, failed, running + waiting > 0);
        ui.min_rect().left()
    });
    let rest = Rect::from_min_max(rect.min, pos2(right.inner - theme::PADDING, rect.bottom()));
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rest).layout(layout).id_salt("left"), |ui| {
        ui.label(Type::Body.text(summary(running, waiting)).color(t.soft));
        if let Some(importing) = snapshot.importing {
            importing_ui(ui, cx, importing);
        }
        // A few are gone before anybody could read it.
        if let Some(emptying) = snapshot.emptying.filter(|emptying| emptying.done > 0) {
            emptying_ui(ui, cx, emptying);
        }
        let room = ((ui.available_width() + theme::TILE_GAP) / (CHIP + theme::TILE_GAP)).floor().max(0.0) as usize;
        let shown = if chips.len() > room { room.saturating_sub(1) } else { room };
        for chip in chips.iter().take(shown) {
            ui.push_id(&chip.run.id.0, |ui| chip_ui(ui, cx, chip));
        }
        if chips.len() > shown {
            let more = format!("{} more", chips.len() - shown);
            ui.label(Type::Body.text(more).color(t.soft));
        }
    });
    if running > 0 {
        ui.request_repaint_after(Duration::from_secs(1));
    }
}

/// How far an import is, and the way to stop it; what it has copied stays.
fn importing_ui(ui: &mut Ui, cx: &mut Cx<'_>, importing: Importing) {
    let text = format!("Importing {} of {}", importing.done, importing.total);
    let label = ui.label(Type::Body.text(&text).color(tokens(ui).text));
    label.widget_info(|| WidgetInfo::labeled(Role::Status, true, text.as_str()));
    if widgets::small_button(ui, "Stop", "Stop importing").clicked() {
        cx.push(Command::CancelImport);
    }
}

/// How far the trash is emptied, and the way to stop it; what is not deleted yet stays.
fn emptying_ui(ui: &mut Ui, cx: &mut Cx<'_>, emptying: Progress) {
    let text = format!("Emptying the trash: {} of {}", emptying.done, emptying.total);
    let label = ui.label(Type::Body.text(&text).color(tokens(ui).text));
    label.widget_info(|| WidgetInfo::labeled(Role::Status, true, text.as_str()));
    if widgets::small_button(ui, "Stop", "Stop emptying the trash").clicked() {
        cx.push(Command::StopEmptying);
    }
}

/// `Running 2 · 3 waiting`.
fn summary(running: usize, waiting: usize) -> String {
    match (running, waiting) {
        (0, 0) => "Nothing is running".to_owned(),
        (0, waiting) => format!("{waiting} waiting"),
        (running, 0) => format!("Running {running}"),
        (running, waiting) => format!("Running {running} · {waiting} waiting"),
    }
}

/// One chip per run with anything under way, those that run first.
fn chips_of(jobs: &[Arc<JobView>], now: Instant) -> Vec<Chip> {
    let mut chips: Vec<Chip> = Vec::new();
    for job in jobs.iter().filter(|job| !job.phase.is_ended()) {
        let found = chips.iter_mut().find(|chip| chip.run.id == job.run.id);
        let seconds = job.phase.is_running().then(|| elapsed(job, now).unwrap_or(0));
        let waiting = usize::from(seconds.is_none());
        match found {
            Some(chip) => {
                if chip.seconds.is_none() && seconds.is_some() {
                    chip.shown = job.id.clone();
                }
                chip.seconds = chip.seconds.max(seconds);
                chip.waiting += waiting;
            }
            None => chips.push(Chip { run: job.run.clone(), shown: job.id.clone(), seconds, waiting }),
        }
    }
    chips.sort_by_key(|chip| chip.seconds.is_none());
    chips
}

fn chip_ui(ui: &mut Ui, cx: &mut Cx<'_>, chip: &Chip) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(CHIP, CHIP_HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, theme::RADIUS, t.raised);
    let thumb = Rect::from_min_size(rect.min + vec2(3.0, 3.0), vec2(THUMB, THUMB));
    ui.painter().rect_filled(thumb, theme::RADIUS_SMALL, t.hover);
    if let Some(partial) = cx.textures.preview(&chip.shown) {
        partial.paint_cover(ui.painter(), thumb, f32::from(theme::RADIUS_SMALL));
    }
    let close = Rect::from_center_size(pos2(rect.right() - 17.0, rect.center().y), vec2(theme::FIELD, theme::FIELD));
    let (state, prompt) = match chip.seconds {
        Some(seconds) => (clock_text(seconds), one_line(&chip.run.prompt)),
        None => (format!("{} in queue", chip.waiting), format!("Waiting: {}", one_line(&chip.run.prompt))),
    };
    let state = line_of(ui, &state, Type::Note.font(), t.soft, CHIP / 2.0);
    let state = place(ui, state, pos2(close.left() - 4.0, rect.center().y), Align2::RIGHT_CENTER);
    let left = thumb.right() + theme::TILE_GAP;
    let words = line_of(ui, &prompt, Type::Body.font(), t.text, state.left() - theme::TILE_GAP - left);
    place(ui, words, pos2(left, rect.center().y), Align2::LEFT_CENTER);
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, prompt.as_str()));
    response.on_hover_text(&chip.run.prompt);
    let cancel = |ui: &mut Ui| widgets::icon_button(ui, icons::X, &format!("Cancel: {}", short(&chip.run)), None);
    if ui.scope_builder(UiBuilder::new().max_rect(close), cancel).inner.clicked() {
        cx.push(Command::CancelRun(RunId(chip.run.id.0.clone())));
    }
}

fn short(run: &Run) -> String {
    one_line(&run.prompt).chars().take(60).collect()
}

/// From the right: cancel, tile size, what failed.
fn right_ui(ui: &mut Ui, cx: &mut Cx<'_>, failed: usize, under_way: bool) {
    let t = tokens(ui);
    if under_way {
        let cancel = widgets::button(ui, None, "Cancel all");
        let keys = keys_of(Action::CancelAll);
        if widgets::tooltip(cancel, "Cancel everything that runs or waits", keys.as_deref()).clicked() {
            cx.push(Command::Do(Action::CancelAll));
        }
        ui.add_space(theme::GAP);
    }
    let mut tile = f64::from(cx.studio.layout.tile);
    let range = f64::from(*Sizes::TILE.start())..=f64::from(*Sizes::TILE.end());
    let slider = widgets::plain_slider(ui, &mut tile, range, 96.0, "Tile size");
    if slider.changed() {
        cx.studio.layout.tile = tile as f32;
    }
    widgets::tooltip(slider, "Tile size", Some("Ctrl+wheel"));
    let (grid, _) = ui.allocate_exact_size(vec2(theme::ICON, theme::FIELD), Sense::hover());
    widgets::paint_icon(ui, icons::SQUARES_FOUR, grid.center(), theme::ICON, t.soft);
    if failed > 0 {
        ui.add_space(theme::GAP);
        ui.spacing_mut().item_spacing.x = theme::GAP;
        let keys = keys_of(Action::ClearFailed);
        if widgets::icon_button(ui, icons::BROOM, "Remove failed tiles", keys.as_deref()).clicked() {
            cx.push(Command::Do(Action::ClearFailed));
        }
        ui.label(Type::Body.text(format!("{failed} failed")).color(t.soft));
        let (mark, _) = ui.allocate_exact_size(vec2(theme::ICON, theme::FIELD), Sense::hover());
        widgets::paint_icon(ui, icons::WARNING_CIRCLE, mark.center(), theme::ICON, t.bad);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_what_runs_and_waits() {
        for (running, waiting, text) in
            [(0, 0, "Nothing is running"), (2, 0, "Running 2"), (0, 3, "3 waiting"), (4, 3, "Running 4 · 3 waiting")]
        {
            assert_eq!(summary(running, waiting), text);
        }
    }
}
