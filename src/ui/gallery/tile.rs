//! One picture of the grid: its thumbnail, the fact line over it, its actions under the pointer.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{focus_ring, line_of, paint_icon, place};
use super::super::{Textures, icons};
use super::{Scene, actions, marks, shade, subjects};
use crate::decode;
use crate::library::Picture;
use crate::picture::{Flaw, Format, repairs_text};
use crate::plan::{Template, Usd};
use crate::studio::{Command, marks_text};
use crate::ui::textures::Look;
use egui::{Align2, Painter, PointerButton, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Draws a picture and takes what is done with it. `taken`: width at the upper left that something else needs.
pub(super) fn picture_ui(ui: &mut Ui, scene: &mut Scene<'_>, rect: Rect, picture: &Picture, name: &str, taken: f32) {
    let t = tokens(ui);
    let studio = scene.studio;
    let id = ui.scope_id().with(("picture", &picture.id.0));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let selected = studio.selection.contains(&picture.id);
    let active = studio.selection.active() == Some(&picture.id);
    if response.drag_started() {
        response.dnd_set_drag_payload(subjects(studio, picture));
    }
    if let Some(command) = clicked(ui, &response, picture) {
        scene.commands.push(command);
    }
    if response.secondary_clicked() && !selected {
        scene.commands.push(Command::Select(picture.id.clone()));
    }
    response.context_menu(|ui| {
        if scene.textures.is_too_heavy(picture) {
            let button = ui.button("Try longer").on_hover_text("Draw it with more time and memory than usual");
            if button.clicked() {
                scene.textures.try_longer(picture);
                ui.close();
            }
            ui.separator();
        }
        actions::picture_menu(ui, studio, scene.commands, picture);
    });

    checkered(ui, rect, picture.format);
    let unseen = paint_picture(ui.painter(), scene.textures, picture, rect, ui.pixels_per_point()).map(|why| {
        let words = match scene.textures.is_too_heavy(picture) {
            _ if scene.textures.is_late(picture) => "Not drawn in time",
            true => "Too heavy to draw",
            false => "Cannot be shown",
        };
        (words, why)
    });
    let words = unseen.as_ref().map(|(words, _)| *words).unwrap_or_default();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, said(name, words, picture)));
    if let Some((words, why)) = unseen {
        paint_icon(ui, icons::IMAGE_BROKEN, rect.center() - vec2(0.0, 10.0), 24.0, t.soft);
        let words = line_of(ui, words, Type::Note.font(), t.soft, rect.width() - 16.0);
        place(ui, words, rect.center() + vec2(0.0, 14.0), Align2::CENTER_CENTER);
        response.clone().on_hover_text(format!("This picture cannot be shown: {why}"));
    }
    if picture.format == Format::Svg
        && response.hovered()
        && let Some(words) = decode::repairs(&picture.hash).and_then(|repairs| repairs_text(&repairs))
    {
        response.clone().on_hover_text(words);
    }
    if let Some(flaw) = picture.flaw
        && response.hovered()
    {
        response.clone().on_hover_text(sentence(flaw));
    }
    marks::veil(ui, rect, &picture.marks);
    fact_ui(ui, rect, picture);
    marks::paint(ui, rect, picture, taken);
    if active {
        ui.painter().rect_stroke(rect.expand(4.0), theme::RADIUS + 3, Stroke::new(2.0, t.accent), StrokeKind::Inside);
    } else if selected {
        ui.painter().rect_stroke(rect.expand(2.0), theme::RADIUS + 2, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    }
    focus_ring(ui, &response, rect.shrink(1.0), theme::RADIUS, t.accent);
    hint(&response, scene, picture);
    let pointed = ui.rect_contains_pointer(rect) && ui.ctx().dragged_id().is_none();
    if active || pointed || response.has_focus() {
        actions::over_picture(ui, scene, rect, picture, taken);
    }
}

/// `This picture is cut off: the last part never came.`
fn sentence(flaw: Flaw) -> String {
    format!("This picture is {flaw}")
}

/// Says under the pointer what was sent where the header of the run says only what it was made of.
fn hint(response: &egui::Response, scene: &mut Scene<'_>, picture: &Picture) {
    let run = scene.studio.collection.run(&picture.run);
    let Some(template) = run.map(|entry| &entry.run.prompt).filter(|_| response.hovered()) else { return };
    if !Template::parse(template).has_alternatives() {
        return;
    }
    let prompt = scene.studio.prompt_of(picture);
    if prompt == template {
        scene.commands.push(Command::ReadRecipe(picture.id.clone()));
    } else {
        response.clone().on_hover_text(prompt);
    }
}

/// The name with what is seen in place of the picture, what is wrong with its file and its marks, for those who do not
/// see them.
fn said(name: &str, unseen: &str, picture: &Picture) -> String {
    let flaw = picture.flaw.map(|flaw| flaw.to_string()).unwrap_or_default();
    [name, &unseen.to_lowercase(), &flaw, &marks_text(&picture.marks)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn clicked(ui: &Ui, response: &egui::Response, picture: &Picture) -> Option<Command> {
    let id = picture.id.clone();
    if response.double_clicked() {
        return Some(Command::Open(id));
    }
    if !response.clicked() {
        return None;
    }
    let modifiers = ui.input(|input| input.modifiers);
    let by_pointer = response.clicked_by(PointerButton::Primary);
    Some(if by_pointer && modifiers.shift {
        Command::SelectTo(id)
    } else if by_pointer && modifiers.command {
        Command::ToggleSelected(id)
    } else if !by_pointer && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        Command::Open(id)
    } else {
        Command::Select(id)
    })
}

/// Draws as much of a picture as fills `rect`; says why when it cannot be shown.
pub(super) fn paint_picture(
    painter: &Painter,
    textures: &mut Textures,
    picture: &Picture,
    rect: Rect,
    pixels_per_point: f32,
) -> Option<String> {
    let side = covering_side(picture, rect) * pixels_per_point;
    match textures.picture(picture, side) {
        Look::Ready(drawable) => drawable.paint_cover(painter, rect, f32::from(theme::RADIUS)),
        Look::Waiting => {}
        Look::Broken(why) => return Some(why.to_owned()),
    }
    None
}

/// The longer side of a picture that covers `rect`, points.
fn covering_side(picture: &Picture, rect: Rect) -> f32 {
    let aspect = picture.size.map_or(1.0, crate::picture::Size::aspect);
    let height = rect.height().max(rect.width() / aspect);
    height.max(height * aspect).min(4.0 * rect.width().max(rect.height()))
}

/// Squares under what may be transparent; the corner ones are left out because corners are round.
fn checkered(ui: &Ui, rect: Rect, format: Format) {
    const SIDE: f32 = 12.0;
    let t = tokens(ui);
    if format == Format::Jpeg {
        ui.painter().rect_filled(rect, theme::RADIUS, t.raised);
        return;
    }
    let [even, odd] = t.checker;
    ui.painter().rect_filled(rect, theme::RADIUS, even);
    let seen = rect.intersect(ui.clip_rect());
    let corners = [rect.left_top(), rect.right_top(), rect.left_bottom(), rect.right_bottom()];
    let range = |from: f32, to: f32| (from / SIDE).floor().max(0.0) as u16..(to / SIDE).ceil().max(0.0) as u16;
    let mut mesh = egui::Mesh::default();
    for row in range(seen.top() - rect.top(), seen.bottom() - rect.top()) {
        for column in range(seen.left() - rect.left(), seen.right() - rect.left()) {
            if (row + column) % 2 == 0 {
                continue;
            }
            let corner = pos2(rect.left() + f32::from(column) * SIDE, rect.top() + f32::from(row) * SIDE);
            let square = Rect::from_min_size(corner, vec2(SIDE, SIDE)).intersect(rect);
            if square.is_positive()
                && !corners.iter().any(|corner| square.expand(f32::from(theme::RADIUS)).contains(*corner))
            {
                mesh.add_colored_rect(square, odd);
            }
        }
    }
    ui.painter().add(mesh);
}

/// Writes the first of the fact lines that fits into the tile beside the stars.
fn fact_ui(ui: &Ui, rect: Rect, picture: &Picture) {
    let t = tokens(ui);
    let stars = marks::stars_width(&picture.marks);
    let room = rect.width() - 12.0 - if stars > 0.0 { stars + theme::TILE_GAP } else { 0.0 };
    let line = |text: &String| line_of(ui, text, Type::Note.font(), t.on_picture, f32::INFINITY);
    let lines = fact_lines(picture);
    let words = lines.iter().map(line).find(|words| words.size().x <= room);
    if words.is_some() || stars > 0.0 {
        shade(ui, rect, 40.0);
    }
    if let Some(words) = words {
        place(ui, words, rect.right_bottom() - vec2(8.0, 6.0), Align2::RIGHT_BOTTOM);
    }
}

/// `2560 × 1440 · $0.04`: what is known of both; then, for small tiles, each alone.
fn fact_lines(picture: &Picture) -> Vec<String> {
    let size = picture.size.map(|size| size.to_string());
    let cost = picture.cost.map(|cost| if cost == 0.0 { "free".to_owned() } else { Usd(cost).to_string() });
    let both = size.as_ref().zip(cost.as_ref()).map(|(size, cost)| format!("{size} · {cost}"));
    [both, size, cost].into_iter().flatten().collect()
}
