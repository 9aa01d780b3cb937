//! What a picture was made from and what was made from it, as a small tree to walk: a click goes to that picture.

use super::super::textures::Look;
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, focus_ring, line_of, paint_icon, place, raised_fill};
use super::super::{Cx, icons};
use crate::library::{Picture, PictureId, Subject};
use crate::studio::{Command, KinLine, Screen};
use egui::{Align2, Color32, Id, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Height of a line, and of its thumbnail.
const LINE: f32 = 40.0;
const THUMB: f32 = 32.0;
/// How much further to the right each generation stands.
const STEP: f32 = 16.0;
/// Where the line to the next generation leaves a thumbnail, from its left edge.
const STEM: f32 = 8.0;

/// Draws the section; nothing for a picture that stands alone.
pub(super) fn lineage_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) {
    let Some(lineage) = cx.studio.lineage(&picture.id) else { return };
    let lines = cx.studio.kin_lines(&lineage);
    if lines.is_empty() {
        return;
    }
    widgets::section_header(ui, "Lineage");
    ui.spacing_mut().item_spacing.y = 0.0;
    let left = ui.max_rect().left();
    let top = ui.cursor().top();
    let thumbs: Vec<Rect> = (0_u8..)
        .zip(&lines)
        .map(|(row, line)| {
            let corner = pos2(left + line.depth as f32 * STEP, top + f32::from(row) * LINE + (LINE - THUMB) / 2.0);
            Rect::from_min_size(corner, vec2(THUMB, THUMB))
        })
        .collect();
    stems(ui, &lines, &thumbs);
    for (line, thumb) in lines.iter().zip(thumbs) {
        line_ui(ui, cx, picture, line, thumb);
    }
    ui.add_space(theme::GAP);
}

/// The lines between the generations; they pass behind whatever stands between.
fn stems(ui: &Ui, lines: &[KinLine], thumbs: &[Rect]) {
    let stroke = Stroke::new(1.0, tokens(ui).faint);
    for (line, thumb) in lines.iter().zip(thumbs) {
        let Some((other, next)) = line.next.and_then(|place| lines.get(place).zip(thumbs.get(place))) else { continue };
        let (older, younger) = if other.depth > line.depth { (thumb, next) } else { (next, thumb) };
        let x = older.left() + STEM;
        ui.painter().vline(x, older.bottom()..=younger.center().y, stroke);
        ui.painter().hline(x..=younger.left(), younger.center().y, stroke);
    }
}

fn line_ui(ui: &mut Ui, cx: &mut Cx<'_>, centre: &Picture, line: &KinLine, thumb: Rect) {
    let t = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let itself = matches!(&line.who, Subject::Picture(id) if *id == centre.id);
    let command = if itself { None } else { command_of(cx, &line.who) };
    let sense = if command.is_some() { Sense::click() } else { Sense::hover() };
    // By what it is, so that the focus stays with it while the tree turns around another picture.
    let response = ui.interact(rect.with_min_x(thumb.left() - 2.0), Id::unique(("kin", salt(&line.who))), sense);
    let said = [line.title.as_str(), line.note.as_str()].into_iter().filter(|part| !part.is_empty());
    let said = said.collect::<Vec<_>>().join(", ");
    let role = if command.is_some() { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, &said));
    let fill =
        if command.is_some() { raised_fill(ui, &response, t, Color32::TRANSPARENT) } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect.with_min_x(thumb.right()), theme::RADIUS, fill);
    thumb_ui(ui, cx, &line.who, thumb);
    if itself {
        let stroke = Stroke::new(1.5, t.accent);
        ui.painter().rect_stroke(thumb, theme::RADIUS_SMALL, stroke, egui::StrokeKind::Outside);
    }
    words_ui(ui, line, rect.with_min_x(thumb.right() + theme::TILE_GAP));
    focus_ring(ui, &response, response.rect, theme::RADIUS, t.accent);
    let response = hinted(response, line);
    let Some(command) = command else { return };
    if response.double_clicked()
        && let Subject::Picture(id) = &line.who
    {
        cx.push(Command::Open(id.clone()));
    } else if response.clicked() {
        cx.push(command);
        if let Subject::More { .. } = line.who {
            cx.push(Command::Show(Screen::Grid));
        }
    }
}

/// What a click does; `None`: nothing.
fn command_of(cx: &Cx<'_>, who: &Subject) -> Option<Command> {
    match who {
        Subject::Picture(id) => cx.studio.collection.picture(id).map(|picture| Command::GoTo(picture.id.clone())),
        Subject::More { ids, .. } => Some(Command::SelectThese(ids.clone())),
        Subject::File { .. } | Subject::Address(_) | Subject::Gone { .. } => None,
    }
}

fn salt(who: &Subject) -> &str {
    match who {
        Subject::Picture(PictureId(id)) => id,
        Subject::File { hash, .. } => hash,
        Subject::Address(address) => address,
        Subject::Gone { name } => name,
        Subject::More { ids, .. } => ids.first().map_or("more", |PictureId(id)| id),
    }
}

fn hinted(response: Response, line: &KinLine) -> Response {
    let hint = match &line.who {
        Subject::More { count, ids } if ids.len() < *count => format!("Select the first {} of them", ids.len()),
        Subject::More { .. } => "Select all of them".to_owned(),
        _ => line.hint.clone(),
    };
    if hint.is_empty() { response } else { response.on_hover_text(hint) }
}

fn thumb_ui(ui: &Ui, cx: &mut Cx<'_>, who: &Subject, rect: Rect) {
    let t = tokens(ui);
    ui.painter().rect_filled(rect, theme::RADIUS_SMALL, t.raised);
    let side = THUMB * ui.pixels_per_point();
    let look = match who {
        Subject::Picture(id) => cx.studio.collection.picture(id).map(|picture| cx.textures.picture(picture, side)),
        Subject::File { hash, .. } => Some(cx.textures.reference(hash)),
        Subject::Address(_) | Subject::Gone { .. } | Subject::More { .. } => None,
    };
    let icon = match (look, who) {
        (Some(Look::Ready(drawable)), _) => {
            return drawable.paint_cover(ui.painter(), rect, f32::from(theme::RADIUS_SMALL));
        }
        (Some(Look::Waiting), _) => return,
        (_, Subject::Address(_)) => icons::LINK,
        (_, Subject::More { .. }) => icons::DOTS_THREE,
        _ => icons::IMAGE_BROKEN,
    };
    paint_icon(ui, icon, rect.center(), theme::ICON, t.soft);
}

/// What it is, and below that how it belongs.
fn words_ui(ui: &Ui, line: &KinLine, rect: Rect) {
    let t = tokens(ui);
    let room = rect.width() - theme::TILE_GAP;
    let title = line_of(ui, &line.title, Type::Note.font(), t.text, room);
    let middle = rect.left_center();
    if line.note.is_empty() {
        place(ui, title, middle, Align2::LEFT_CENTER);
        return;
    }
    place(ui, title, middle - vec2(0.0, 8.0), Align2::LEFT_CENTER);
    let note = line_of(ui, &line.note, Type::Badge.font(), t.soft, room);
    place(ui, note, middle + vec2(0.0, 8.0), Align2::LEFT_CENTER);
}
