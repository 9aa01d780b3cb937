//! What is to be done with files that were dropped on the window: references, settings, or pictures of the library.

use super::{Fresh, enter, note_ui};
use crate::engine::{Interrupted, ReferenceInput, Told};
use crate::studio::{Command, told_rows};
use crate::ui::theme::{Type, tokens};
use crate::ui::{Cx, icons, reading, widgets};
use egui::{Grid, Ui, vec2};
use poll_promise::Promise;
use std::path::PathBuf;

/// Room for what the file tells, points.
const TOLD: f32 = 96.0;

type Reading = Promise<Result<Result<Told, String>, Interrupted>>;

/// The open dialog.
pub(super) struct Form {
    files: Vec<PathBuf>,
    reading: Option<Reading>,
    told: Option<Result<Told, String>>,
    fresh: Fresh,
}

impl Form {
    pub(super) fn new(files: &[PathBuf], cx: &Cx<'_>) -> Self {
        let reading = match files {
            [file] => Some(cx.engine.look_into(file.clone())),
            _ => None,
        };
        Self { files: files.to_vec(), reading, told: None, fresh: Fresh::default() }
    }

    pub(super) fn title(&self) -> String {
        match self.files.as_slice() {
            [file] => file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            files => format!("{} files", files.len()),
        }
    }

    fn poll(&mut self) {
        let Some(reading) = self.reading.take() else { return };
        match reading.try_take() {
            Ok(Ok(told)) => self.told = Some(told),
            Ok(Err(interrupted)) => self.told = Some(Err(interrupted.to_string())),
            Err(pending) => self.reading = Some(pending),
        }
    }
}

pub(super) fn dropped_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    form.poll();
    // The room is kept from the start: nothing moves under the pointer when the file has been read.
    ui.allocate_ui(vec2(ui.available_width(), TOLD), |ui| {
        ui.set_min_height(TOLD);
        told_ui(ui, form);
    });
    ui.add_space(4.0);
    let reference = reading::writing(ui, |ui| widgets::accent_button(ui, "Add as reference"));
    form.fresh.focus(&reference);
    if reference.clicked() || (reference.enabled() && enter(ui)) {
        let inputs = form.files.iter().cloned().map(ReferenceInput::File).collect();
        cx.push(Command::AddReferences(inputs));
    }
    let told = form.told.as_ref().and_then(|told| told.as_ref().ok()).filter(|told| !told.is_empty());
    let settings = |ui: &mut Ui| widgets::button(ui, Some(icons::ARROW_U_UP_LEFT), "Use its settings");
    let settings = ui.add_enabled_ui(told.is_some(), settings).inner;
    if let Some(told) = told.filter(|_| settings.clicked()) {
        cx.push(Command::UseTold(Box::new(told.clone())));
    }
    let import = |ui: &mut Ui| widgets::button(ui, Some(icons::DOWNLOAD_SIMPLE), "Import into the library");
    if reading::writing(ui, import).clicked() {
        cx.push(Command::Import(form.files.clone()));
    }
    note_ui(ui, "Importing copies; the files stay as they are");
}

fn told_ui(ui: &mut Ui, form: &Form) {
    match &form.told {
        Some(Ok(told)) if !told.is_empty() => {
            Grid::new("told").num_columns(2).spacing(vec2(16.0, 4.0)).show(ui, |ui| {
                for (name, value) in told_rows(told) {
                    ui.label(Type::Note.text(name).color(tokens(ui).soft));
                    ui.add(egui::Label::new(Type::Note.text(value)).truncate());
                    ui.end_row();
                }
            });
        }
        Some(Ok(_)) => note_ui(ui, "The file does not say how it was made"),
        Some(Err(reason)) => note_ui(ui, reason),
        None if form.reading.is_some() => note_ui(ui, "Reading what the file says"),
        None => {}
    }
}
