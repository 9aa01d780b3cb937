//! A folder for pictures that the library would not take, while they are only in memory, and for answers that nobody
//! could read.

use super::pick::{Picking, folder_of, folder_ui};
use super::{Fresh, note_ui, save_buttons_ui, warning_ui};
use crate::engine::Phase;
use crate::library::JobId;
use crate::studio::Command;
use crate::ui::Cx;
use crate::ui::theme::Type;
use egui::Ui;

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

/// Returns the dialog's title: as the button says that opened it.
pub(super) fn title(cx: &Cx<'_>, job: &JobId) -> &'static str {
    let is_unread = |phase: &Phase| matches!(phase, Phase::Failed(_));
    match cx.studio.snapshot.jobs.iter().any(|view| view.id == *job && is_unread(&view.phase)) {
        true => "Save what came",
        false => "Save elsewhere",
    }
}

pub(super) fn save_elsewhere_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, job: &JobId) {
    let unsaved = cx.studio.snapshot.jobs.iter().find(|view| view.id == *job).and_then(|view| match &view.phase {
        Phase::Unsaved { error, count, .. } => {
            let what = match count {
                1 => "The picture is only in memory; the library would not take it".to_owned(),
                count => format!("{count} pictures are only in memory; the library would not take them"),
            };
            let how = "As received, each with its recipe beside it. The library can still take them later";
            Some((what, error.to_string(), how))
        }
        Phase::Failed(failure) if failure.record.unread.is_some() => {
            let what = match view.arrived {
                0 => "The service answered with something that holds no picture Easel can find",
                _ => "Not all that the service answered could be made a picture",
            };
            Some((
                what.to_owned(),
                failure.record.message.clone(),
                "As it came, with its request beside it; it stays here too",
            ))
        }
        _ => None,
    });
    let Some((what, reason, how)) = unsaved else {
        ui.label(Type::Body.text("Everything is in the library now"));
        return;
    };
    form.picking.fill(&mut form.folder, &mut form.message);
    ui.label(Type::Body.text(what));
    note_ui(ui, &reason);
    let folder = folder_ui(ui, cx.engine, &mut form.folder, &mut form.picking);
    form.fresh.focus(&folder);
    if folder.changed() {
        form.message = None;
    }
    note_ui(ui, how);
    if let Some(message) = &form.message {
        warning_ui(ui, message);
    }
    if save_buttons_ui(ui, cx, |_, _| {}) {
        match folder_of(&form.folder, cx.engine.library_dir(), std::env::home_dir().as_deref()) {
            Ok(folder) => cx.push(Command::SaveElsewhere { job: job.clone(), folder }),
            Err(message) => form.message = Some(message),
        }
    }
}
