//! One prompt of the history: star, words, what went with it, some of its pictures.

use super::Wish;
use crate::library::{PictureId, SentPrompt};
use crate::studio::{one_line, when_text};
use crate::ui::textures::Look;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, IconButton, line_of, place};
use crate::ui::{Cx, icons};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const PICTURE: f32 = 48.0;
const PICTURES: f32 = 4.0 * PICTURE + 3.0 * theme::GAP;
/// Left of the words.
const STAR: f32 = 40.0;

/// Draws the row and returns what is wished of it. `at`: Enter uses it.
pub(super) fn row_ui(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, prompt: &SentPrompt, at: bool) -> Option<Wish> {
    let t = tokens(ui);
    let said = one_line(&prompt.last.prompt);
    let response = ui.interact(rect, ui.scope_id().with("row"), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, at, format!("Use the prompt: {said}")));
    let rest = if at { t.raised } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), theme::RADIUS, widgets::raised_fill(ui, &response, t, rest));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    widgets::focus_ring(ui, &response, rect.shrink(2.0), theme::RADIUS, t.accent);

    let mut wish = response.clicked().then_some(Wish::Prompt);
    let middle = rect.center().y;
    let button = |ui: &mut Ui, x: f32, button: IconButton<'_>| {
        let place = Rect::from_center_size(pos2(x, middle), vec2(theme::FIELD, theme::FIELD));
        ui.scope_builder(UiBuilder::new().max_rect(place), |ui| button.show(ui).clicked()).inner
    };
    let favourite = cx.studio.is_favourite(prompt);
    let name = if favourite { format!("Remove from favourites: {said}") } else { format!("Add to favourites: {said}") };
    let star = IconButton::new(icons::STAR, &name).filled(favourite).keys(at.then_some("Ctrl+D"));
    if button(ui, rect.left() + STAR / 2.0, if favourite { star.color(t.star) } else { star }) {
        wish = Some(Wish::Favourite);
    }
    let name = format!("Use it with all its settings and references: {said}");
    let again = IconButton::new(icons::SLIDERS_HORIZONTAL, &name).keys(at.then_some("Shift+Enter"));
    if button(ui, rect.right() - STAR / 2.0, again) {
        wish = Some(Wish::Settings);
    }
    let pictures = Rect::from_min_max(
        pos2(rect.right() - STAR - PICTURES, middle - PICTURE / 2.0),
        pos2(rect.right() - STAR, middle + PICTURE / 2.0),
    );
    pictures_ui(ui, cx, prompt, pictures);
    let words = Rect::from_min_max(
        pos2(rect.left() + STAR, rect.top() + 6.0),
        pos2(pictures.left() - theme::PADDING, rect.bottom() - 7.0),
    );
    words_ui(ui, cx, prompt, &said, words);
    wish
}

/// At most two lines of the prompt, and below what went with it.
fn words_ui(ui: &Ui, cx: &Cx<'_>, prompt: &SentPrompt, said: &str, rect: Rect) {
    let t = tokens(ui);
    let mut job = LayoutJob::simple(said.to_owned(), Type::Body.font(), t.text, rect.width());
    job.wrap = TextWrapping { max_width: rect.width(), max_rows: 2, break_anywhere: false, ..TextWrapping::default() };
    let galley = ui.painter().layout_job(job);
    let note = line_of(ui, &note(cx, prompt), Type::Note.font(), t.soft, rect.width());
    let height = galley.size().y + 3.0 + note.size().y;
    let top = rect.center().y - height / 2.0;
    let end = place(ui, galley, pos2(rect.left(), top), Align2::LEFT_TOP).bottom();
    place(ui, note, pos2(rect.left(), end + 3.0), Align2::LEFT_TOP);
}

/// `Seedream 4.5 · 16:9 · 2K · 3 times, last 12 Nov`.
fn note(cx: &Cx<'_>, prompt: &SentPrompt) -> String {
    let run = &prompt.last;
    let when = when_text(run.created_ms, &(cx.studio.clock)());
    let times = match prompt.runs.len() {
        1 => when,
        count => format!("{count} times, last {when}"),
    };
    let parts = [run.model_name.as_str(), run.settings.as_str(), times.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn pictures_ui(ui: &mut Ui, cx: &mut Cx<'_>, prompt: &SentPrompt, rect: Rect) {
    let t = tokens(ui);
    let ids: Vec<PictureId> = cx.studio.pictures_of(prompt);
    if ids.is_empty() {
        let words = line_of(ui, "No pictures", Type::Note.font(), t.soft, rect.width());
        let place = place(ui, words, rect.right_center(), Align2::RIGHT_CENTER);
        let id = ui.scope_id().with("none");
        ui.interact(place, id, Sense::hover()).on_hover_text("Its pictures are gone, or none came");
        return;
    }
    let pixels_per_point = ui.pixels_per_point();
    for (number, id) in ids.iter().rev().enumerate() {
        let Some(picture) = cx.studio.collection.picture(id) else { continue };
        let right = rect.right() - number as f32 * (PICTURE + theme::GAP);
        let square = Rect::from_min_max(pos2(right - PICTURE, rect.top()), pos2(right, rect.bottom()));
        ui.painter().rect_filled(square, theme::RADIUS_SMALL, t.background);
        match cx.textures.picture(picture, PICTURE * pixels_per_point) {
            Look::Ready(drawable) => drawable.paint_cover(ui.painter(), square, f32::from(theme::RADIUS_SMALL)),
            Look::Waiting => {}
            Look::Broken(_) => widgets::paint_icon(ui, icons::IMAGE_BROKEN, square.center(), 16.0, t.soft),
        }
    }
}
