//! The strip of thumbnails: order by drag or keys, remove, and the tile that adds.
//!
//! Ids come from what a reference is (its hash or address and how often that occurred before), so that focus and drag
//! stay with it when the order changes.

use super::{facts, marked};
use crate::plan::{DraftReference, ReferenceSource};
use crate::studio::{Action, Chord, Command, Dialog, keys_of, text_of};
use crate::ui::textures::Look;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, keys, reading};
use egui::{
    Align2, Atom, Button, DragAndDrop, Id, Key, LayerId, Modifiers, Order, Popup, PopupCloseBehavior, Pos2, Rect,
    Response, Role, Sense, SetOpenCommand, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

const SIDE: f32 = 56.0;
const CROSS: f32 = 18.0;

/// What is dragged within the strip: a place in the draft's list.
struct Dragged(usize);

pub fn strip_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let references = cx.studio.draft.references.clone();
    let mut rects = Vec::with_capacity(references.len());
    // Not from the place among the widgets, which changes with the order.
    let before = |place: usize, source: &ReferenceSource| {
        references.iter().take(place).filter(|other| other.source == *source).count()
    };
    let id_of = |place: usize, reference: &DraftReference| {
        Id::unique(("reference", key_of(reference), before(place, &reference.source)))
    };
    let ids: Vec<Id> = references.iter().enumerate().map(|(place, reference)| id_of(place, reference)).collect();
    let asked = cx.commands.len();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::TILE_GAP, theme::TILE_GAP);
        for (place, (reference, id)) in references.iter().zip(&ids).enumerate() {
            rects.push(thumb_ui(ui, cx, *id, reference, place, references.len()));
        }
        reading::writing(ui, |ui| add_ui(ui, cx));
    });
    let removed = cx.commands.iter().skip(asked).find_map(|command| match command {
        Command::RemoveReference(place) => Some(*place),
        _ => None,
    });
    if let Some(place) = removed {
        // The keyboard stays in the strip.
        let neighbour = ids.get(place + 1).or_else(|| ids.get(place.checked_sub(1)?));
        let next = neighbour.copied().unwrap_or_else(add_id);
        ui.memory_mut(|memory| memory.request_focus(next));
    }
    reorder(ui, cx, &rects);
}

fn key_of(reference: &DraftReference) -> &str {
    match &reference.source {
        ReferenceSource::Url(url) => url,
        ReferenceSource::Stored { hash, .. } => hash,
    }
}

fn thumb_ui(ui: &mut Ui, cx: &mut Cx<'_>, id: Id, reference: &DraftReference, place: usize, count: usize) -> Rect {
    let t = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let mut name = format!("Reference {} of {count}, {}", place + 1, reference.name);
    if !reference.edit.is_empty() {
        name = format!("{name}, {}", facts::edited(reference));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    paint(ui, cx, reference, rect);
    if response.has_focus() {
        ui.painter().rect_stroke(rect.expand(2.0), theme::RADIUS + 2, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    let cross = Rect::from_min_size(pos2(rect.right() - CROSS - 2.0, rect.top() + 2.0), vec2(CROSS, CROSS));
    let remove = ui.interact(cross, response.id.with("remove"), Sense::click());
    remove.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("Remove {}", reference.name)));
    let can_edit = matches!(reference.source, ReferenceSource::Stored { .. });
    let pen = Rect::from_min_size(pos2(rect.left() + 2.0, rect.bottom() - CROSS - 2.0), vec2(CROSS, CROSS));
    let edit = can_edit.then(|| ui.interact(pen, response.id.with("edit"), Sense::click()));
    let on_edit = edit.as_ref().is_some_and(|edit| edit.hovered() || edit.has_focus());
    let shown = response.hovered() || response.has_focus() || remove.hovered() || remove.has_focus() || on_edit;
    if shown && !response.dragged() {
        ui.painter().circle_filled(cross.center(), CROSS / 2.0, t.shade);
        let font = icons::icon_font(11.0);
        ui.painter().text(cross.center(), Align2::CENTER_CENTER, icons::X, font, t.on_picture);
        if remove.has_focus() {
            ui.painter().circle_stroke(cross.center(), CROSS / 2.0, Stroke::new(1.5, t.accent));
        }
    }
    let removed = remove.on_hover_text("Remove").clicked();
    let edited = edit.is_some_and(|edit| {
        edit.widget_info(|| {
            WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("Crop and mark {}", reference.name))
        });
        if (shown || !reference.edit.is_empty()) && !response.dragged() {
            ui.painter().circle_filled(pen.center(), CROSS / 2.0, t.shade);
            let font = icons::icon_font(11.0);
            ui.painter().text(pen.center(), Align2::CENTER_CENTER, icons::PENCIL_SIMPLE, font, t.on_picture);
            if edit.has_focus() {
                ui.painter().circle_stroke(pen.center(), CROSS / 2.0, Stroke::new(1.5, t.accent));
            }
        }
        edit.on_hover_text("Crop and mark the copy that is sent (F2)").clicked()
    });

    if response.drag_started() {
        response.dnd_set_drag_payload(Dragged(place));
    }
    keys::claim_delete(&response);
    let pressed = |modifiers: Modifiers, key: Key| {
        response.has_focus() && ui.input_mut(|input| input.consume_key(modifiers, key))
    };
    let delete = pressed(Modifiers::NONE, Key::Delete) || pressed(Modifiers::NONE, Key::Backspace);
    let mut wish = (removed || delete).then_some(Command::RemoveReference(place));
    if pressed(Modifiers::COMMAND, Key::ArrowLeft) {
        wish = moved(place, -1, count);
    }
    if pressed(Modifiers::COMMAND, Key::ArrowRight) {
        wish = moved(place, 1, count);
    }
    let open = can_edit.then_some(Command::OpenDialog(Dialog::EditReference(place)));
    if edited || (can_edit && pressed(Modifiers::NONE, Key::F2)) {
        wish.clone_from(&open);
    }
    let wish = wish.or_else(|| menu(&response, place, count, open));
    cx.commands.extend(wish);
    if !response.dragged() {
        response.on_hover_text(facts::describe(reference));
    }
    rect
}

fn paint(ui: &Ui, cx: &mut Cx<'_>, reference: &DraftReference, rect: Rect) {
    let t = tokens(ui);
    let painter = ui.painter();
    let icon = match &reference.source {
        ReferenceSource::Stored { hash, original, .. } => match cx.textures.reference(hash) {
            Look::Ready(picture) => {
                painter.rect_filled(rect, theme::RADIUS, t.checker[1]);
                if reference.edit.is_empty() {
                    picture.paint_cover(painter, rect, f32::from(theme::RADIUS));
                } else {
                    marked::paint_cover(painter, picture, &reference.edit, original.size, rect);
                }
                return;
            }
            Look::Waiting => {
                painter.rect_filled(rect, theme::RADIUS, t.raised);
                return;
            }
            Look::Broken(_) => icons::IMAGE_BROKEN,
        },
        ReferenceSource::Url(_) => icons::LINK,
    };
    painter.rect_filled(rect, theme::RADIUS, t.raised);
    let middle = if let ReferenceSource::Url(url) = &reference.source {
        let mut job = egui::text::LayoutJob::simple_singleline(facts::host(url).to_owned(), Type::Badge.font(), t.soft);
        job.wrap =
            egui::text::TextWrapping { max_width: SIDE - 8.0, max_rows: 1, break_anywhere: true, ..Default::default() };
        let host = painter.layout_job(job);
        let at = Align2::CENTER_CENTER.anchor_size(rect.center() + vec2(0.0, 15.0), host.size());
        painter.galley(at.min, host, t.soft);
        rect.center() - vec2(0.0, 6.0)
    } else {
        rect.center()
    };
    painter.text(middle, Align2::CENTER_CENTER, icon, icons::icon_font(20.0), t.soft);
}

/// The menu of a thumbnail: by a click of either button, or Enter.
fn menu(response: &Response, place: usize, count: usize, edit: Option<Command>) -> Option<Command> {
    let open = (response.clicked() || response.secondary_clicked()).then_some(SetOpenCommand::Toggle);
    let mut wish = None;
    let chord = |modifiers, key| text_of(Chord { modifiers, key });
    Popup::menu(response).open_memory(open).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        theme::menu_entries(ui);
        ui.set_min_width(180.0);
        for (text, keys, command) in [
            ("Crop and mark…", chord(Modifiers::NONE, Key::F2), edit),
            ("Move left", chord(Modifiers::COMMAND, Key::ArrowLeft), moved(place, -1, count)),
            ("Move right", chord(Modifiers::COMMAND, Key::ArrowRight), moved(place, 1, count)),
            ("Remove", chord(Modifiers::NONE, Key::Delete), Some(Command::RemoveReference(place))),
        ] {
            if entry(ui, None, text, &keys, command.is_some()) {
                wish = command;
            }
        }
    });
    wish
}

/// A line of a menu with its keys at the right.
fn entry(ui: &mut Ui, icon: Option<char>, text: &str, keys: &str, enabled: bool) -> bool {
    let soft = tokens(ui).soft;
    let keys = Type::Badge.text(keys).color(soft);
    let button = match icon {
        Some(icon) => Button::new((icons::icon(icon).color(soft), text, Atom::grow(), keys)),
        None => Button::new((text, Atom::grow(), keys)),
    };
    let response = ui.add_enabled(enabled, button.frame_when_inactive(false)).accessible_name(text);
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}

fn moved(from: usize, step: isize, count: usize) -> Option<Command> {
    let to = from.checked_add_signed(step).filter(|to| *to < count)?;
    Some(Command::MoveReference { from, to })
}

fn add_id() -> Id {
    Id::unique("add references")
}

/// The dashed tile: every way to add one.
fn add_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
    let response = ui.interact(rect, add_id(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), "Add references"));
    let lit = response.hovered() || response.has_focus();
    let color = if lit { t.text } else { t.soft };
    let r = rect.shrink(0.5);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    } else {
        let path = rounded(r, f32::from(theme::RADIUS));
        ui.painter().extend(Shape::dashed_line(&path, Stroke::new(1.0, if lit { t.soft } else { t.faint }), 3.0, 3.0));
    }
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::PLUS, icons::icon_font(theme::ICON), color);
    Popup::menu(&response).show(|ui| {
        theme::menu_entries(ui);
        ui.set_min_width(220.0);
        let keys = |action| keys_of(action).unwrap_or_default();
        if entry(ui, Some(icons::FOLDER_OPEN), "Choose files…", &keys(Action::PickReferences), true) {
            cx.push(Command::Do(Action::PickReferences));
        }
        if entry(ui, Some(icons::CLIPBOARD), "Paste", &keys(Action::Paste), true) {
            cx.push(Command::Do(Action::Paste));
        }
        if entry(ui, Some(icons::LINK), "Address or path…", "", true) {
            cx.push(Command::OpenDialog(Dialog::AddReference { why: None }));
        }
    });
    response.on_hover_text("Add references; files can also be dropped anywhere on the window");
}

/// The outline of a rounded rectangle as a closed path.
fn rounded(r: Rect, radius: f32) -> Vec<Pos2> {
    let corners = [
        (r.right_top() + vec2(-radius, radius), -90.0_f32),
        (r.right_bottom() + vec2(-radius, -radius), 0.0),
        (r.left_bottom() + vec2(radius, -radius), 90.0),
        (r.left_top() + vec2(radius, radius), 180.0),
    ];
    let arc = |(centre, start): (Pos2, f32)| {
        (0..=4_u8).map(move |step| {
            let angle = (start + 22.5 * f32::from(step)).to_radians();
            centre + radius * vec2(angle.cos(), angle.sin())
        })
    };
    let mut path: Vec<Pos2> = corners.into_iter().flat_map(arc).collect();
    path.extend(path.first().copied());
    path
}

/// While a thumbnail is dragged: it follows the pointer, a line shows where it will go.
fn reorder(ui: &Ui, cx: &mut Cx<'_>, rects: &[Rect]) {
    let Some(dragged) = DragAndDrop::payload::<Dragged>(ui.ctx()) else { return };
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else { return };
    let Some(gap) = gap_at(rects, pointer) else { return };
    let t = tokens(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("dragged reference")));
    if let Some(reference) = cx.studio.draft.references.get(dragged.0)
        && let ReferenceSource::Stored { hash, .. } = &reference.source
        && let Look::Ready(picture) = cx.textures.reference(hash)
    {
        picture.paint_cover(
            &painter,
            Rect::from_center_size(pointer, vec2(SIDE, SIDE) * 0.8),
            f32::from(theme::RADIUS),
        );
    }
    let to = if gap > dragged.0 { gap - 1 } else { gap };
    if to != dragged.0 {
        let line = line_of(rects, gap);
        ui.painter().rect_filled(line, 1, t.accent);
    }
    if ui.input(|input| input.pointer.any_released()) {
        DragAndDrop::clear_payload(ui.ctx());
        if to != dragged.0 {
            cx.push(Command::MoveReference { from: dragged.0, to });
        }
    }
}

/// Returns the gap (0: before the first) nearest to a point, or none when the point is far from the strip.
fn gap_at(rects: &[Rect], at: Pos2) -> Option<usize> {
    let all = rects.iter().copied().reduce(Rect::union)?;
    if !all.expand(SIDE).contains(at) {
        return None;
    }
    let distance = |rect: &Rect| (rect.center().y - at.y).abs();
    let row = rects.iter().map(distance).fold(f32::INFINITY, f32::min);
    let in_row = |(_, rect): &(usize, &Rect)| distance(rect) <= row + 1.0;
    let (place, rect) = rects
        .iter()
        .enumerate()
        .filter(in_row)
        .min_by(|(_, a), (_, b)| (a.center().x - at.x).abs().total_cmp(&(b.center().x - at.x).abs()))?;
    Some(if at.x > rect.center().x { place + 1 } else { place })
}

/// Returns the line that marks a gap.
fn line_of(rects: &[Rect], gap: usize) -> Rect {
    let half = theme::TILE_GAP / 2.0;
    let (x, rect) = match (rects.get(gap), gap.checked_sub(1).and_then(|before| rects.get(before))) {
        // At the end of a row the line stays there instead of jumping to the next.
        (Some(after), Some(before)) if before.center().y < after.top() => (before.right() + half, *before),
        (Some(after), _) => (after.left() - half, *after),
        (None, Some(before)) => (before.right() + half, *before),
        (None, None) => return Rect::NOTHING,
    };
    Rect::from_min_max(pos2(x - 1.0, rect.top()), pos2(x + 1.0, rect.bottom()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointer_finds_the_gap_to_drop_into() {
        let tile = |column: f32, row: f32| Rect::from_min_size(pos2(column * 64.0, row * 64.0), vec2(SIDE, SIDE));
        let rects = [tile(0.0, 0.0), tile(1.0, 0.0), tile(2.0, 0.0), tile(0.0, 1.0)];
        for (x, y, gap) in [
            (2.0, 20.0, Some(0)),
            (40.0, 20.0, Some(1)),
            (70.0, 20.0, Some(1)),
            (110.0, 20.0, Some(2)),
            (200.0, 20.0, Some(3)),
            (2.0, 100.0, Some(3)),
            (50.0, 100.0, Some(4)),
            (-200.0, 20.0, None),
            (2.0, 400.0, None),
        ] {
            assert_eq!(gap_at(&rects, pos2(x, y)), gap, "{x} {y}");
        }
        assert_eq!(gap_at(&[], pos2(0.0, 0.0)), None);
        assert!(line_of(&rects, 3).right() > 180.0, "after the last of the first row");
        assert!(line_of(&rects, 0).left() < 0.0);
    }

    #[test]
    fn ends_of_the_strip_cannot_be_passed() {
        assert!(moved(0, -1, 3).is_none() && moved(2, 1, 3).is_none());
        assert!(matches!(moved(1, 1, 3), Some(Command::MoveReference { from: 1, to: 2 })));
    }
}
