//! What was written down when a part of Easel failed inside, to be read, copied and found on the disk.

use super::{Fresh, buttons_ui, note_ui};
use crate::studio::Command;
use crate::ui::theme::{Type, tokens};
use crate::ui::{Cx, widgets};
use egui::{Frame, Label, Margin, ScrollArea, Ui};

/// Height of the report, points.
const TEXT: f32 = 360.0;

pub(super) fn crash_ui(ui: &mut Ui, cx: &mut Cx<'_>, fresh: &mut Fresh) {
    let Some(report) = cx.studio.crash.clone() else {
        ui.label(Type::Body.text("There is no report any more"));
        return;
    };
    ui.label(Type::Body.text("Keys, prompts and pictures are left out. Look it through before you hand it on"));
    note_ui(ui, &report.file.display().to_string());
    let frame = Frame::new().fill(tokens(ui).background).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ScrollArea::both().max_height(TEXT).auto_shrink(false).show(ui, |ui| {
            ui.add(Label::new(Type::Code.text(&*report.text)).selectable(true).extend());
        });
    });
    buttons_ui(ui, |ui| {
        let done =
            widgets::accent_button(ui, "Done").on_hover_text("The report stays where it is and is not offered again");
        fresh.focus(&done);
        if done.clicked() {
            cx.push(Command::CloseCrashReport);
        }
        if widgets::button(ui, None, "Copy it").on_hover_text("The whole text to the clipboard").clicked() {
            ui.copy_text(report.text.to_string());
        }
        if widgets::button(ui, None, "Open folder").on_hover_text("Where the reports lie").clicked() {
            cx.push(Command::ShowFile(report.file.clone()));
        }
    });
}
