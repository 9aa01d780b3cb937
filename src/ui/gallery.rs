//! The grid of runs and tiles: lays out everything, draws only what is seen.
//!
//! Invariants: new results never move what the artist looks at (the run at the top keeps its place on screen), and
//! nothing here costs more with a larger library than counting its runs when it has changed.

pub(super) mod actions;
mod empty;
mod filter;
mod flight;
mod header;
mod marks;
mod marquee;
mod plan;
mod sorting;
mod stack;
mod tile;

use super::theme::{self, tokens};
use super::{Cx, Textures, cards};
use crate::engine::JobView;
use crate::library::{JobId, Picture, PictureId};
use crate::studio::{
    Cell, Command, Dialog, HEADER_HEIGHT, Head, JobsByRun, Studio, jobs_by_run, one_line, picture_of, row_steps,
    waiting_of,
};
use egui::{Align2, DragAndDrop, Id, LayerId, Order, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use plan::Plan;
use std::time::{Duration, Instant};

/// Space above the first run, points.
const TOP: f32 = 8.0;

/// Where the grid stands.
#[derive(Default)]
pub struct State {
    reveal: Option<PictureId>,
    plan: Plan,
    filter: filter::State,
    marquee: marquee::State,
    /// The search field takes the focus at the next frame.
    focus_search: bool,
    /// Scroll position of the last frame, points from the top of the grid.
    offset: f32,
}

impl State {
    /// Lets the search field take the focus.
    pub fn focus_search(&mut self) {
        self.focus_search = true;
    }

    /// Brings a picture into view at the next frame.
    pub fn reveal(&mut self, id: PictureId) {
        self.reveal = Some(id);
    }
}

/// What the tiles are drawn with.
struct Scene<'a> {
    studio: &'a Studio,
    textures: &'a mut Textures,
    commands: &'a mut Vec<Command>,
    by_run: JobsByRun<'a>,
    now: Instant,
    today: jiff::Zoned,
    /// Whether a clock or a countdown is on screen, and whether something pulses.
    clock: bool,
    pulse: bool,
}

/// Draws the grid, or what to do while there is nothing in it.
pub fn gallery_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    // Nothing to search while there is nothing.
    if cx.studio.collection.count() > 0 || !cx.studio.search.text().is_empty() {
        let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), filter::BAR), Sense::hover());
        let focus = std::mem::take(&mut state.focus_search);
        filter::filter_ui(ui, cx, &mut state.filter, bar, focus);
    }
    let width = (ui.available_width() - 2.0 * theme::PADDING).floor();
    let height = ui.available_height();
    let moved = state.plan.update(cx.studio, width, state.offset - TOP).map(|offset| offset + TOP);
    if state.plan.is_empty() {
        state.offset = 0.0;
        return empty::empty_ui(ui, cx);
    }
    let zoom = ui.input(egui::InputState::zoom_delta);
    if zoom != 1.0 && ui.rect_contains_pointer(ui.max_rect()) {
        cx.studio.resize_tiles(zoom);
        ui.request_repaint();
    }
    let revealed = state.reveal.take().and_then(|id| {
        let (top, bottom) = state.plan.band(cx.studio, &id)?;
        let (top, bottom) = (top + TOP - theme::TILE_GAP, bottom + TOP + theme::TILE_GAP);
        let offset = moved.unwrap_or(state.offset);
        let least = (bottom - height).min(top);
        (offset > top || offset < least).then(|| offset.clamp(least, top).max(0.0))
    });
    cx.studio.row_steps = steps(cx.studio, &state.plan);

    let snapshot = cx.studio.snapshot.clone();
    let mut scene = Scene {
        studio: cx.studio,
        textures: cx.textures,
        commands: cx.commands,
        by_run: jobs_by_run(&snapshot.jobs),
        now: Instant::now(),
        today: jiff::Zoned::now(),
        clock: false,
        pulse: false,
    };
    let mut area = ScrollArea::vertical().id_salt("gallery").auto_shrink(false);
    if let Some(offset) = revealed.or(moved) {
        area = area.vertical_scroll_offset(offset.max(0.0));
    }
    let shown = area.show_viewport(ui, |ui, viewport| {
        let origin = ui.max_rect().min + vec2(theme::PADDING, TOP);
        ui.set_width(ui.available_width());
        ui.set_height(state.plan.grid.height + TOP);
        let ground = ui.interact(ui.clip_rect(), ui.scope_id().with("ground"), Sense::CLICK | Sense::DRAG);
        if ground.clicked() {
            scene.commands.push(Command::SelectNone);
        }
        let band = (viewport.min.y - TOP, viewport.max.y - TOP);
        for index in state.plan.grid.visible(band.0, band.1) {
            section_ui(ui, &mut scene, &state.plan, index, origin, band);
        }
        let grid = (scene.studio, &state.plan);
        scene.commands.extend(marquee::marquee_ui(ui, &ground, grid, origin, &mut state.marquee));
    });
    state.offset = shown.state.clamped_offset().y;
    if scene.pulse && ui.style().animation_time > 0.0 {
        ui.request_repaint_after(Duration::from_millis(100));
    } else if scene.clock {
        ui.request_repaint_after(Duration::from_secs(1));
    }
    ghost(ui, &mut scene);
}

fn section_ui(ui: &mut Ui, scene: &mut Scene<'_>, plan: &Plan, index: usize, origin: egui::Pos2, band: (f32, f32)) {
    let studio = scene.studio;
    let (Some(section), Some(part)) = (plan.grid.sections.get(index), studio.shown.parts().get(index)) else { return };
    let head = Rect::from_min_size(origin + vec2(0.0, section.top), vec2(plan.width, HEADER_HEIGHT));
    let cells = studio.shown.cells(part);
    match &part.head {
        Head::Run(run) => {
            if let Some(entry) = studio.collection.run(run) {
                let jobs = scene.by_run.get(run).cloned().unwrap_or_default();
                header::run_ui(ui, scene, head, entry, &jobs);
            }
        }
        Head::Day(moment) => header::day_ui(ui, scene, head, *moment, cells.len()),
        Head::Trash => header::trash_ui(ui, scene, head, cells.len()),
    }
    let seen = section.visible(band.0, band.1);
    for (number, cell) in cells.iter().enumerate().take(seen.end).skip(seen.start) {
        let (x, y) = section.tile(number);
        let rect = Rect::from_min_size(origin + vec2(x, y), vec2(section.tile_width, section.tile_height));
        match cell {
            Cell::Picture(_) | Cell::Trashed(_) | Cell::Stack { .. } => {
                let Some(picture) = picture_of(cell, &studio.collection) else { continue };
                let prompt = studio.prompt_of(picture);
                let name = picture_name(prompt, number);
                let taken = if matches!(cell, Cell::Stack { .. }) { stack::TAKEN } else { 0.0 };
                tile::picture_ui(ui, scene, rect, picture, &name, taken);
                if let Cell::Stack { count, .. } = cell {
                    stack::badge_ui(ui, scene, rect, &picture.run, *count);
                }
            }
            Cell::Awaited { job, first } => {
                let Some(job) = job_of(studio, job) else { continue };
                if let Some(waiting) = waiting_of(job, &studio.snapshot).filter(|_| *first) {
                    cards::waiting_ui(ui, scene.commands, rect, job, waiting);
                } else {
                    flight::awaited_ui(ui, scene, rect, job, *first, number);
                }
            }
            Cell::Ended(job) => {
                if let Some(job) = job_of(studio, job) {
                    cards::card_ui(ui, scene.commands, rect, job);
                }
            }
        }
    }
}

fn job_of<'a>(studio: &'a Studio, id: &JobId) -> Option<&'a JobView> {
    studio.snapshot.jobs.iter().find(|job| job.id == *id).map(|job| &**job)
}

/// What a picture is called for those who do not see it.
fn picture_name(prompt: &str, number: usize) -> String {
    let prompt: String = one_line(prompt).chars().take(60).collect();
    format!("Picture: {prompt}, {}", number + 1)
}

/// Where Up and Down lead from the active picture.
fn steps(studio: &Studio, plan: &Plan) -> [isize; 2] {
    let pictures = |part: usize| -> Vec<usize> {
        let cells = studio.shown.parts().get(part).map(|part| studio.shown.cells(part)).unwrap_or_default();
        let pictures = cells.iter().enumerate().filter(|(_, cell)| picture_of(cell, &studio.collection).is_some());
        pictures.map(|(place, _)| place).collect()
    };
    let active = studio.selection.active().and_then(|id| studio.shown.cell_of(&studio.collection, id));
    let here = active.and_then(|cell| {
        let part = studio.shown.part_of(cell)?;
        let place = cell - studio.shown.parts().get(part)?.cells.start;
        Some((part, pictures(part).iter().position(|other| *other == place)?))
    });
    let Some((part, ordinal)) = here else { return [-1, 1] };
    row_steps(&plan.grid, part, ordinal, pictures)
}

/// The picture that hangs on the pointer while it is dragged.
fn ghost(ui: &Ui, scene: &mut Scene<'_>) {
    let Some(ids) = DragAndDrop::payload::<Vec<PictureId>>(ui.ctx()) else { return };
    let Some(at) = ui.input(|input| input.pointer.interact_pos()) else { return };
    let Some(picture) = ids.first().and_then(|id| scene.studio.collection.picture(id)) else { return };
    let t = tokens(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("dragged pictures")));
    let rect = Rect::from_min_size(at + vec2(12.0, 12.0), vec2(72.0, 72.0));
    painter.rect_filled(rect, theme::RADIUS, t.raised);
    tile::paint_picture(&painter, scene.textures, picture, rect, ui.pixels_per_point());
    if ids.len() > 1 {
        let badge = Rect::from_center_size(rect.right_top(), vec2(26.0, 18.0));
        painter.rect_filled(badge, theme::RADIUS, t.accent);
        let font = theme::Type::Badge.font();
        painter.text(badge.center(), Align2::CENTER_CENTER, ids.len().to_string(), font, t.on_accent);
    }
}

/// A band of shade that grows towards the bottom of a tile, with its corners, to carry words.
fn shade(ui: &Ui, tile: Rect, height: f32) {
    let t = tokens(ui);
    let radius = f32::from(theme::RADIUS);
    let band = Rect::from_min_max(pos2(tile.left(), tile.bottom() - height.min(tile.height())), tile.max);
    let mut outline = vec![band.left_top(), band.right_top()];
    let corners = [
        (band.right_bottom() - vec2(radius, radius), 0.0),
        (pos2(band.left() + radius, band.bottom() - radius), std::f32::consts::FRAC_PI_2),
    ];
    for (centre, from) in corners {
        for step in 0..=4_u8 {
            let angle = from + std::f32::consts::FRAC_PI_2 * f32::from(step) / 4.0;
            outline.push(centre + radius * vec2(angle.cos(), angle.sin()));
        }
    }
    let mut mesh = egui::Mesh::default();
    for point in &outline {
        let depth = ((point.y - band.top()) / band.height().max(1.0)).clamp(0.0, 1.0);
        mesh.colored_vertex(*point, t.shade.gamma_multiply(depth));
    }
    for corner in 1..u32::try_from(outline.len()).unwrap_or(1).saturating_sub(1) {
        mesh.add_triangle(0, corner, corner + 1);
    }
    ui.painter().add(mesh);
}

/// What the buttons and keys of a tile are about: the selection when the tile is in it, else the tile alone.
fn subjects(studio: &Studio, picture: &Picture) -> Vec<PictureId> {
    if studio.selection.contains(&picture.id) {
        studio.selection.in_order(&studio.collection)
    } else {
        vec![picture.id.clone()]
    }
}

/// The command behind the button that deletes what lies in the trash.
fn empty_trash() -> Command {
    Command::OpenDialog(Dialog::EmptyTrash)
}
