//! The picture itself, heard and painted: what the viewer and the second window share.

use super::super::theme::{self, Type, tokens};
use super::super::{Cx, pane, widgets, zoom};
use super::pixel;
use crate::decode;
use crate::library::{Picture, PictureId};
use crate::picture::{Format, Repair, repairs_text};
use crate::studio::view::{Pane, View};
use crate::studio::{Action, Command, step_text};
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, vec2};

/// What is remembered of the picture that is shown.
#[derive(Default)]
pub(in crate::ui) struct Stage {
    shown: Option<PictureId>,
    pane: pane::State,
    pixel: pixel::State,
    /// What was changed so that the drawing can be seen.
    repairs: Vec<Repair>,
}

impl Stage {
    /// Says what was changed so that a drawing can be seen; `None`: nothing.
    fn repaired(&mut self, picture: &Picture) -> Option<String> {
        // When it cannot be asked just now, it is as it was.
        self.repairs = decode::repairs(&picture.hash).unwrap_or(std::mem::take(&mut self.repairs));
        repairs_text(&self.repairs)
    }
}

/// What became of it.
pub(in crate::ui) struct Seen {
    pub(in crate::ui) view: View,
    pub(in crate::ui) space: Pane,
    /// Whether all that is seen of the picture was there.
    pub(in crate::ui) is_sharp: bool,
}

/// Moves `view` by what was done in `rect` and by the `wishes` of keys, and paints the picture, as far as `clip`.
pub(in crate::ui) fn stage_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    stage: &mut Stage,
    picture: &Picture,
    (rect, clip): (Rect, Rect),
    view: View,
    wishes: &[Action],
) -> Seen {
    if stage.shown.as_ref() != Some(&picture.id) {
        *stage = Stage { shown: Some(picture.id.clone()), ..Stage::default() };
    }
    let response = ui.interact(rect, ui.scope_id().with("stage"), Sense::click_and_drag());
    let size = pane::seen_size(cx.studio, picture);
    let space = zoom::pane(ui, &response);
    let mut seen = View::default();
    // What could not be decoded is a sentence, and has nothing to zoom.
    if picture.size.is_some() {
        seen = zoom::wishes(wishes, view, size, space, response.hover_pos());
        zoom::pointer(ui, &response, &mut seen, size);
    }
    let partial = cx.studio.partial_shown(&picture.id);
    let words = partial.as_ref().map(|(partials, step)| step_text(partials, *step));
    let flaw = picture.flaw.map(|flaw| flaw.to_string());
    let name = words.iter().cloned().chain([title(cx, picture)]).chain(flaw.clone()).collect::<Vec<_>>().join(", ");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let scene = pane::Scene { partial, ..pane::Scene::of(cx.studio, picture, seen, space, clip) };
    let is_sharp = pane::paint(ui, cx.textures, &scene, &mut stage.pane);
    if std::mem::take(&mut stage.pane.wants_source) {
        cx.push(Command::Do(Action::ToggleSource));
    }
    zoom::focus_ring(ui, response.id, rect);
    match words {
        Some(words) => step_badge(ui, rect, &words),
        None => {
            if let Some(flaw) = flaw {
                step_badge(ui, rect, &format!("This picture is {flaw}"));
            }
            if picture.format == Format::Svg
                && is_sharp
                && let Some(words) = stage.repaired(picture)
            {
                step_badge(ui, rect, &words);
            }
            // The colours are those of the picture's file.
            pixel::pixel_ui(ui, cx, &mut stage.pixel, picture, seen, space, response.hover_pos());
        }
    }
    Seen { view: seen, space, is_sharp }
}

/// Says what stands in the picture's place, at the lower left of the pane.
fn step_badge(ui: &mut Ui, pane: Rect, words: &str) {
    let t = tokens(ui);
    let line = widgets::line_of(ui, words, Type::Note.font(), t.on_picture, pane.width());
    let size = vec2(line.size().x + 2.0 * theme::TILE_GAP, theme::FIELD);
    let rect = Rect::from_min_size(pane.left_bottom() + vec2(theme::PADDING, -theme::PADDING - size.y), size);
    pane::shade(ui.painter(), rect, t);
    widgets::place(ui, line, rect.center(), Align2::CENTER_CENTER);
    let response = ui.interact(rect, ui.scope_id().with("step"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}

fn title(cx: &Cx<'_>, picture: &Picture) -> String {
    let model = cx.studio.collection.run_of(&picture.id).map_or("", |run| run.model_name.as_str());
    match picture.size {
        Some(size) => format!("Picture by {model}, {size}"),
        None => format!("Picture by {model}"),
    }
}
