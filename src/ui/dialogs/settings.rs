//! Settings: account, appearance, how much at once, memory, where the library is.

use super::{account, buttons_ui, note_ui};
use crate::engine::Order;
use crate::studio::{Command, Layout, ThemeChoice};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::{Label, Ui};

#[derive(Default)]
pub(super) struct Form {
    account: account::Form,
}

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
    section(ui, "Generation");
    widgets::field_row(ui, "Jobs at once", |ui| {
        let mut jobs = f64::from(cx.studio.layout.max_running);
        if widgets::value_slider(ui, &mut jobs, 1.0..=16.0, true, "Jobs at once").changed() {
            cx.studio.layout.max_running = jobs as u32;
            cx.engine.send(Order::SetLimit(jobs as usize));
        }
    });
    section(ui, "Memory");
    widgets::field_row(ui, "For pictures", |ui| {
        let range = f64::from(*Layout::BUDGET.start())..=f64::from(*Layout::BUDGET.end());
        let mut budget = f64::from(cx.studio.layout.texture_budget);
        if widgets::value_slider(ui, &mut budget, range, true, "Memory for pictures, MiB").changed() {
            cx.studio.layout.texture_budget = budget as u32;
        }
    });
    note_ui(ui, "MiB of the graphics card's memory; pictures beyond it are loaded again when they are looked at");
    section(ui, "Library");
    let dir = cx.engine.library_dir().to_owned();
    widgets::field_row(ui, "Folder", |ui| {
        let path = dir.display().to_string();
        ui.add(Label::new(Type::Body.text(path).color(tokens(ui).text)).selectable(true).wrap());
    });
    widgets::field_row(ui, "", |ui| {
        if widgets::button(ui, Some(icons::FOLDER_OPEN), "Open folder").clicked() {
            cx.push(Command::ShowFile(dir.join("pictures")));
        }
    });
    buttons_ui(ui, |ui| {
        if widgets::button(ui, None, "Done").clicked() {
            cx.push(Command::CloseDialog);
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            note_ui(ui, concat!("Easel ", env!("CARGO_PKG_VERSION")));
        });
    });
}

fn section(ui: &mut Ui, title: &str) {
    ui.add_space(theme::GAP);
    ui.separator();
    widgets::section_header(ui, title);
}
