//! Settings: account, appearance, how much at once, memory, where the library is.

use super::{account, note_ui, tend};
use crate::engine::{Interrupted, Order, Report, ServiceOrder};
use crate::library::PartialsOnDisk;
use crate::studio::{Command, FAR_DRIVE, Layout, ThemeChoice, bytes_text};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::{Label, Ui, vec2};
use poll_promise::Promise;
use std::sync::Arc;

/// Width of the button beside the folder, with the gap before it, points.
const OPEN: f32 = 128.0;

#[derive(Default)]
pub(super) struct Form {
    account: account::Form,
    /// The report on the library that was brought into view last.
    told: Option<Arc<Report>>,
    /// What partials take on the disk, counted when the dialog was opened.
    partials: Option<Counting>,
}

pub(super) type Counting = Promise<Result<Result<PartialsOnDisk, String>, Interrupted>>;

pub(super) fn settings_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    widgets::section_header(ui, "Account");
    account::account_ui(ui, cx, &mut form.account);
    section(ui, "Appearance");
    widgets::field_row(ui, "Theme", |ui| {
        let choices = [
            (ThemeChoice::System, "As the system", ""),
            (ThemeChoice::Dark, "Dark", ""),
            (ThemeChoice::Light, "Light", ""),
        ];
        widgets::segmented(ui, &mut cx.studio.layout.theme, &choices);
    });
    widgets::field_row(ui, "Motion", |ui| {
        widgets::checkbox(ui, &mut cx.studio.layout.reduced_motion, "Reduced", "Reduced motion");
    });
    section(ui, "Work");
    widgets::field_row(ui, "Jobs at once", |ui| {
        let mut jobs = f64::from(cx.studio.layout.max_running);
        if widgets::value_slider(ui, &mut jobs, 1.0..=16.0, true, "Jobs at once").changed() {
            cx.studio.layout.max_running = jobs as u32;
            cx.engine.send(Order::SetLimit(jobs as usize));
        }
    });
    widgets::field_row(ui, "Memory, MiB", |ui| {
        let range = f64::from(*Layout::BUDGET.start())..=f64::from(*Layout::BUDGET.end());
        let mut budget = f64::from(cx.studio.layout.texture_budget);
        let slider = widgets::value_slider(ui, &mut budget, range, true, "Memory for pictures, MiB");
        if slider.changed() {
            cx.studio.layout.texture_budget = budget as u32;
        }
        slider.on_hover_text("For pictures on screen; those beyond it are loaded again when looked at");
    });
    widgets::field_row(ui, "Identity", |ui| {
        let mut tells = !cx.studio.layout.anonymous;
        let name = "Tell services that Easel asks";
        let switch = widgets::checkbox(ui, &mut tells, "Tell services that Easel asks", name);
        if switch.changed() {
            cx.studio.layout.anonymous = !tells;
            cx.engine.send(Order::Service(ServiceOrder::SetPrivacy(cx.studio.layout.privacy())));
        }
        switch.on_hover_text("Name and version in the head of each request. Nothing else is ever reported");
    });
    section(ui, "Library");
    let dir = cx.engine.library_dir().to_owned();
    widgets::field_row(ui, "Folder", |ui| {
        let path = Type::Body.text(dir.display().to_string()).color(tokens(ui).text);
        let size = vec2(ui.available_width() - OPEN, theme::FIELD);
        ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(size.x);
            ui.add(Label::new(path).selectable(true).truncate());
        });
        if widgets::button(ui, Some(icons::FOLDER_OPEN), "Open folder").clicked() {
            cx.push(Command::ShowFile(dir.join("pictures")));
        }
    });
    if cx.studio.far_drive {
        widgets::field_row(ui, "", |ui| note_ui(ui, FAR_DRIVE));
    }
    widgets::field_row(ui, "Partials", |ui| partials_ui(ui, cx, &mut form.partials));
    tend::tend_ui(ui, cx, &mut form.told);
}

/// What this is, at the left of the last line.
pub(super) fn version_ui(ui: &mut Ui) {
    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
        note_ui(ui, concat!("Easel ", env!("CARGO_PKG_VERSION")));
    });
}

/// The switch, and what is kept already.
fn partials_ui(ui: &mut Ui, cx: &mut Cx<'_>, counting: &mut Option<Counting>) {
    let name = "Keep what comes on the way to a picture";
    let switch = widgets::checkbox(ui, &mut cx.studio.layout.keep_partials, "Keep them", name);
    if switch.changed() {
        cx.engine.send(Order::SetKeepPartials(cx.studio.layout.keep_partials));
    }
    switch
        .on_hover_text("Partial pictures and drawings as they grew; they go when their pictures are deleted for good");
    let counting = counting.get_or_insert_with(|| cx.engine.count_partials());
    let told = ui.label(Type::Note.text(on_disk_text(counting.ready())).color(tokens(ui).soft));
    if let Some(Ok(Err(reason))) = counting.ready() {
        told.on_hover_text(reason);
    }
}

/// `128 files, 41 MB`.
fn on_disk_text(counted: Option<&Result<Result<PartialsOnDisk, String>, Interrupted>>) -> String {
    match counted {
        None => "counting…".to_owned(),
        Some(Ok(Ok(PartialsOnDisk { files: 0, .. }))) => "none so far".to_owned(),
        Some(Ok(Ok(PartialsOnDisk { files: 1, bytes }))) => format!("1 file, {}", bytes_text(*bytes)),
        Some(Ok(Ok(PartialsOnDisk { files, bytes }))) => format!("{files} files, {}", bytes_text(*bytes)),
        Some(Ok(Err(_)) | Err(_)) => "they could not be counted".to_owned(),
    }
}

fn section(ui: &mut Ui, title: &str) {
    ui.separator();
    widgets::section_header(ui, title);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_partials_take_is_told_as_soon_as_it_is_counted() {
        let counted = |files, bytes| Ok(Ok(PartialsOnDisk { files, bytes }));
        for (counted, text) in [
            (None, "counting…"),
            (Some(counted(0, 0)), "none so far"),
            (Some(counted(1, 900)), "1 file, 900 B"),
            (Some(counted(128, 41_200_000)), "128 files, 41 MB"),
            (Some(Ok(Err("could not read".into()))), "they could not be counted"),
            (Some(Err(Interrupted)), "they could not be counted"),
        ] {
            assert_eq!(on_disk_text(counted.as_ref()), text);
        }
    }
}
