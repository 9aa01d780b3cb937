//! The reference pictures: the strip, and every way in: file dialog, clipboard, gallery, typed path or address.
//!
//! Never opens a file: what was chosen goes to the engine as a command and comes back as an event. The dialog's future
//! is made on the window's thread (macOS needs it) and awaited by the engine.

mod facts;
pub(super) mod marked;
mod strip;
mod text;

pub use text::inputs_of;

use super::Cx;
use super::theme::{self, Type, tokens};
use super::{icons, widgets};
use crate::engine::{Engine, Interrupted, Order, Pasted, ReferenceInput, ServiceOrder};
use crate::library::PictureId;
use crate::plan::reference_limits;
use crate::studio::{Command, Dialog, Tone};
use egui::{DragAndDrop, Id, Rect, Stroke, StrokeKind, Ui, vec2};
use poll_promise::Promise;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct State {
    pasting: Option<Promise<Pasted>>,
    picking: Option<Promise<Result<Picked, Interrupted>>>,
    /// Where the strip is, when it is drawn.
    area: Option<Rect>,
}

/// What the dialog gave, and after how long.
type Picked = (Option<Vec<PathBuf>>, Duration);

/// A dialog that is over sooner than anyone can close one was never there.
const TOO_QUICK: Duration = Duration::from_millis(100);
const NO_DIALOG: &str = "No file dialog could be opened here; install xdg-desktop-portal or zenity, or type a path";
const NOTHING_TO_PASTE: &str = "There is no picture, picture file or address on the clipboard";

impl State {
    /// Opens the native dialog, unless it is open already.
    pub fn pick(&mut self, engine: &Engine) {
        if self.picking.is_some() {
            return;
        }
        let began = Instant::now();
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Choose reference pictures")
            .add_filter("Pictures", &["png", "jpg", "jpeg", "webp", "gif", "svg"])
            .pick_files();
        self.picking = Some(engine.promise(async move {
            let files = dialog.await.map(|files| files.iter().map(|file| file.path().to_path_buf()).collect());
            (files, began.elapsed())
        }));
    }

    /// Reads the clipboard.
    pub fn paste(&mut self, engine: &Engine) {
        self.pasting = Some(engine.clipboard().read());
    }
}

/// Takes what dialogs and the clipboard have brought.
pub fn poll(_ui: &Ui, cx: &mut Cx<'_>, state: &mut State) {
    if let Some(promise) = state.pasting.take() {
        match promise.try_take() {
            Ok(pasted) => match command_of(pasted) {
                Some(command) => cx.push(command),
                None => cx.studio.notices.say(Tone::Info, NOTHING_TO_PASTE, None),
            },
            Err(pending) => state.pasting = Some(pending),
        }
    }
    if let Some(promise) = state.picking.take() {
        match promise.try_take() {
            Ok(picked) => cx.commands.extend(picked.ok().and_then(picked_command)),
            Err(pending) => state.picking = Some(pending),
        }
    }
}

/// Returns what to do with a pasted thing; `None` when it holds no reference.
pub fn command_of(pasted: Pasted) -> Option<Command> {
    let inputs = match pasted {
        Pasted::Files(files) => files.into_iter().map(ReferenceInput::File).collect(),
        Pasted::Image(pixels) => vec![ReferenceInput::Pixels(pixels)],
        Pasted::Text(text) => inputs_of(&text)?,
        Pasted::Nothing => return None,
    };
    Some(Command::AddReferences(inputs))
}

fn picked_command((files, took): Picked) -> Option<Command> {
    match files {
        Some(files) => {
            let inputs: Vec<_> = files.into_iter().map(ReferenceInput::File).collect();
            (!inputs.is_empty()).then_some(Command::AddReferences(inputs))
        }
        None if took < TOO_QUICK => Some(Command::OpenDialog(Dialog::AddReference { why: Some(NO_DIALOG.to_owned()) })),
        None => None,
    }
}

/// Draws the section.
pub(super) fn references_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let limits = cx.studio.model().map(|model| reference_limits(&cx.studio.draft, model, cx.studio.endpoints()));
    let references = &cx.studio.draft.references;
    let taken = limits.is_none_or(|limits| limits.max > 0);
    widgets::section_header_with(ui, "References", &facts::note(references, limits), |_| {});
    if taken || !references.is_empty() {
        let opacity = if taken { 1.0 } else { 0.45 };
        let shown = ui.scope(|ui| {
            ui.set_opacity(opacity);
            strip::strip_ui(ui, cx);
        });
        state.area = Some(shown.response.rect);
    } else {
        state.area = None;
    }
    metadata_ui(ui, cx);
    if let Some(text) = limits.and_then(|limits| facts::trouble(cx.studio.draft.references.len(), limits)) {
        ui.label(Type::Note.text(text).color(tokens(ui).soft));
    }
}

/// Whether what the files say beside the picture goes along.
fn metadata_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.studio.draft.references.is_empty() {
        return;
    }
    let mut leaves_out = !cx.studio.layout.keep_metadata;
    let switch =
        widgets::checkbox(ui, &mut leaves_out, "Without location and prompts", "Send without location and prompts");
    if switch.changed() {
        cx.studio.layout.keep_metadata = !leaves_out;
        cx.engine.send(Order::Service(ServiceOrder::SetPrivacy(cx.studio.layout.privacy())));
    }
    let text = "Location, camera, prompts and comments in the files are not sent. Pixels, colours and which way is up stay; the originals in the library stay as they are";
    switch.on_hover_text(text);
}

/// Takes pictures that are dragged here from the gallery; draws where they will go.
pub(super) fn take_pictures(ui: &Ui, cx: &mut Cx<'_>, state: &State) {
    let Some(pictures) = DragAndDrop::payload::<Vec<PictureId>>(ui.ctx()) else { return };
    let panel = ui.max_rect();
    if !ui.input(|input| input.pointer.latest_pos()).is_some_and(|at| panel.contains(at)) {
        return;
    }
    let t = tokens(ui);
    let strip = state.area.unwrap_or(panel).intersect(panel);
    let frame = Rect::from_x_y_ranges(panel.x_range(), strip.y_range()).expand2(vec2(-6.0, 6.0));
    let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, Id::unique("reference area")));
    painter.rect_filled(frame, theme::RADIUS_LARGE, t.accent_soft.gamma_multiply(0.5));
    painter.rect_stroke(frame, theme::RADIUS_LARGE, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    let text = match pictures.len() {
        1 => "Use as reference".to_owned(),
        count => format!("Use {count} pictures as references"),
    };
    let words = painter.layout_no_wrap(format!("{} {text}", icons::IMAGES), Type::Strong.font(), t.text);
    let label = egui::Align2::CENTER_CENTER.anchor_size(frame.center(), words.size());
    painter.rect_filled(label.expand2(vec2(10.0, 6.0)), theme::RADIUS, t.menu);
    painter.galley(label.min, words, t.text);
    if ui.input(|input| input.pointer.any_released()) {
        DragAndDrop::clear_payload(ui.ctx());
        cx.push(Command::UseAsReference(pictures.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_never_opened_becomes_a_field_for_paths() {
        let why = |picked| match picked_command(picked) {
            Some(Command::OpenDialog(Dialog::AddReference { why })) => why,
            _ => None,
        };
        assert_eq!(why((None, Duration::from_millis(7))).as_deref(), Some(NO_DIALOG));
        assert!(picked_command((None, Duration::from_secs(3))).is_none(), "the artist closed it");
        let files = Some(vec![PathBuf::from("/p/a.png"), PathBuf::from("/p/b.jpg")]);
        let Some(Command::AddReferences(inputs)) = picked_command((files, Duration::ZERO)) else { panic!() };
        assert_eq!(inputs.len(), 2);
        assert!(picked_command((Some(Vec::new()), Duration::ZERO)).is_none());
    }
}
