//! Signing in at the service's own page: begun here, seen here, ended here.
//!
//! Invariant: a pasted code is in this form only until it is handed over; nothing prints it.

use super::{enter, note_ui, warning_ui};
use crate::engine::{KeyPlace, Secret, Service, ServiceKind, ServiceOrder, SignInStage, SignInView};
use crate::studio::{Command, service_name};
use crate::ui::{Cx, widgets};
use egui::{TextEdit, Ui};

#[derive(Default)]
pub(super) struct Form {
    code: String,
}

/// Returns the name of where one signs in: that of the demo is OpenRouter, which a key is for.
fn at(service: &Service) -> String {
    match service.kind {
        ServiceKind::Demo | ServiceKind::OpenRouter => "OpenRouter".to_owned(),
        ServiceKind::Custom => service_name(service),
    }
}

/// Draws the way in.
pub(super) fn begin_ui(ui: &mut Ui, cx: &mut Cx<'_>, place: KeyPlace) {
    let sign_in = widgets::button(ui, None, &format!("Sign in with {}", at(&cx.studio.snapshot.service)));
    if sign_in.on_hover_text("Your browser opens the service's own page, which gives Easel a key").clicked() {
        cx.push(Command::Service(ServiceOrder::SignIn { by_code: false, place }));
    }
}

/// Draws how far a sign-in is.
pub(super) fn sign_in_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, place: KeyPlace) {
    let snapshot = cx.studio.snapshot.clone();
    let Some(view) = &snapshot.sign_in else {
        form.code.clear();
        return;
    };
    widgets::field_row(ui, "Sign-in", |ui| note_ui(ui, stage_text(view)));
    if let SignInStage::Failed(why) = &view.stage {
        warning_ui(ui, why);
    }
    if view.by_code && view.stage != SignInStage::Exchanging {
        code_ui(ui, cx, form);
    }
    widgets::field_row(ui, "", |ui| {
        if let SignInStage::Failed(_) = &view.stage {
            if widgets::button(ui, None, "Try again").clicked() {
                form.code.clear();
                cx.push(Command::Service(ServiceOrder::SignIn { by_code: view.by_code, place }));
            }
        } else if let Some(url) = &view.url {
            let copy = widgets::button(ui, None, "Copy the address");
            if copy.on_hover_text("Open it in a browser of your choice").clicked() {
                ui.copy_text(url.to_string());
            }
        }
        if !view.by_code && view.stage != SignInStage::Exchanging {
            let paste = widgets::button(ui, None, "Paste a code instead");
            if paste.on_hover_text("The page shows a code; for a browser on another computer").clicked() {
                cx.push(Command::Service(ServiceOrder::SignIn { by_code: true, place }));
            }
        }
        if widgets::button(ui, None, "Cancel sign-in").clicked() {
            form.code.clear();
            cx.push(Command::Service(ServiceOrder::CancelSignIn));
        }
    });
}

fn code_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    widgets::field_row(ui, "Code", |ui| {
        let edit = TextEdit::singleline(&mut form.code)
            .id(egui::Id::unique("sign-in code"))
            .password(true)
            .hint_text("as the page shows it")
            .desired_width((ui.available_width() - 110.0).max(80.0));
        let edit = ui.add(edit).accessible_name("Sign-in code");
        let entered = edit.has_focus() && enter(ui);
        let is_typed = !form.code.trim().is_empty();
        let pressed = ui.add_enabled_ui(is_typed, |ui| widgets::button(ui, None, "Use the code")).inner.clicked();
        if is_typed && (entered || pressed) {
            cx.push(Command::Service(ServiceOrder::PasteCode(Secret(std::mem::take(&mut form.code)))));
        }
    });
    super::account::forget_typed(ui, egui::Id::unique("sign-in code"));
}

fn stage_text(view: &SignInView) -> &'static str {
    match (&view.stage, view.by_code) {
        (SignInStage::Waiting, false) => "Your browser shows the page to sign in at. Easel waits up to ten minutes",
        (SignInStage::Waiting, true) => "Your browser shows a page with a code. Paste it here",
        (SignInStage::NoBrowser, false) => "No browser opened. Copy the address into one on this computer",
        (SignInStage::NoBrowser, true) => "No browser opened. Copy the address into any one, and paste its code here",
        (SignInStage::Exchanging, _) => "The code is here. Asking the service for the key…",
        (SignInStage::Failed(_), _) => "Not signed in",
    }
}
