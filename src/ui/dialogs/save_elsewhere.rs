//! A folder for pictures that the library would not take, while they are only in memory.

use super::pick::Picking;
use super::{Fresh, buttons_ui, enter, note_ui, warning_ui};
use crate::engine::Phase;
use crate::library::JobId;
use crate::studio::{Command, typed_path};
use crate::ui::theme::Type;
use crate::ui::{Cx, icons, widgets};
use egui::{TextEdit, Ui};
use std::path::{Path, PathBuf};

/// Width of the button beside the folder, with the gap before it, points.
const CHOOSE: f32 = 111.0;

pub(super) struct Form {
    folder: String,
    picking: Picking,
    message: Option<String>,
    fresh: Fresh,
}

impl Form {
    pub(super) fn new(cx: &Cx<'_>) -> Self {
        let folder = cx.studio.layout.export_folder.as_deref().unwrap_or_else(|| cx.engine.pictures_dir());
        Self {
            folder: folder.display().to_string(),
            picking: Picking::default(),
            message: None,
            fresh: Fresh::default(),
        }
    }
}

/// Returns the folder that was typed, or the sentence that says what is wrong with it.
fn folder_of(text: &str, library: &Path, home: Option<&Path>) -> Result<PathBuf, String> {
    let folder = typed_path(text, home).ok_or("Type the folder to save into")?;
    if !folder.is_absolute() {
        return Err("Type the whole path of the folder, from the root or from ~/".to_owned());
    }
    if folder.starts_with(library) {
        return Err("This folder is the library's own; choose another one".to_owned());
    }
    Ok(folder)
}

pub(super) fn save_elsewhere_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, job: &JobId) {
    let unsaved = cx.studio.snapshot.jobs.iter().find(|view| view.id == *job).and_then(|view| match &view.phase {
        Phase::Unsaved { error, count, .. } => Some((*count, error.to_string())),
        _ => None,
    });
    let Some((count, reason)) = unsaved else {
        ui.label(Type::Body.text("Everything is in the library now"));
        return;
    };
    match form.picking.poll() {
        None => {}
        Some(Ok(path)) => (form.folder, form.message) = (path.display().to_string(), None),
        Some(Err(message)) => form.message = Some(message),
    }
    ui.label(Type::Body.text(match count {
        1 => "The picture is only in memory; the library would not take it".to_owned(),
        count => format!("{count} pictures are only in memory; the library would not take them"),
    }));
    note_ui(ui, &reason);
    widgets::field_row(ui, "Folder", |ui| {
        let width = ui.available_width() - CHOOSE;
        let folder = ui.add(TextEdit::singleline(&mut form.folder).desired_width(width)).accessible_name("Folder");
        form.fresh.focus(&folder);
        if folder.changed() {
            form.message = None;
        }
        if form.picking.is_open() {
            note_ui(ui, "choosing…");
        } else if widgets::button(ui, Some(icons::FOLDER_OPEN), "Choose…").clicked() {
            let dialog = rfd::AsyncFileDialog::new().set_directory(&form.folder);
            form.picking.open(cx.engine, dialog.pick_folder());
        }
    });
    note_ui(ui, "As received, each with its recipe beside it. The library can still take them later");
    if let Some(message) = &form.message {
        warning_ui(ui, message);
    }
    let pressed = buttons_ui(ui, |ui| {
        let save = widgets::accent_button(ui, "Save").clicked();
        if widgets::button(ui, None, "Cancel").clicked() {
            cx.push(Command::CloseDialog);
        }
        save
    });
    if pressed || enter(ui) {
        match folder_of(&form.folder, cx.engine.library_dir(), std::env::home_dir().as_deref()) {
            Ok(folder) => cx.push(Command::SaveElsewhere { job: job.clone(), folder }),
            Err(message) => form.message = Some(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_path_outside_the_library_will_do() {
        let (library, home) = (Path::new("/home/ada/Easel"), Path::new("/home/ada"));
        let folder = |text| folder_of(text, library, Some(home));
        assert_eq!(folder("~/Pictures"), Ok(PathBuf::from("/home/ada/Pictures")));
        for (text, says) in
            [("", "Type the folder"), ("Pictures", "whole path"), ("/home/ada/Easel/x", "library's own")]
        {
            assert!(folder(text).is_err_and(|message| message.contains(says)), "{text}");
        }
    }
}
