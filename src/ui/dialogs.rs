//! Dialogs over the window: one at a time, named, with the keyboard kept inside.
//!
//! Escape, the cross and a click beside it close a dialog; Enter presses its main button unless another button has the
//! keyboard. The invariant: what was typed lives only as long as its dialog is open.

mod account;
mod add_reference;
mod collect;
mod connections;
mod crash;
mod dropped;
mod edit_reference;
mod empty_trash;
mod export;
mod history;
mod keys;
mod palette;
mod pick;
mod quit;
mod rows;
mod save_elsewhere;
mod saving;
mod settings;
mod sheet;
mod sign_in;
mod tend;

use super::theme::{self, Type, tokens};
use super::{Cx, icons, widgets};
use crate::engine::{Engine, Export, Interrupted, SheetOrder};
use crate::studio::{Command, Dialog, Tone};
use egui::{Align, Frame, Id, Key, Layout, Margin, Modal, Role, ScrollArea, Ui, WidgetInfo, vec2};
use poll_promise::Promise;
use std::path::PathBuf;

/// What the open dialog holds, and what dialogs have set going.
#[derive(Default)]
pub struct State {
    shown: Option<Dialog>,
    form: Form,
    /// What was done to a reference and not applied when its editor was closed.
    unfinished: Option<Box<edit_reference::Form>>,
    saving: Option<saving::Saving>,
    making: Option<sheet::Making>,
    opening: Vec<Promise<Result<Result<(), String>, Interrupted>>>,
}

/// What has been typed and chosen in the open dialog.
#[derive(Default)]
enum Form {
    #[default]
    None,
    Settings(settings::Form),
    Connections(Box<connections::Form>),
    Keys(keys::Form),
    History(history::Form),
    Palette(palette::Form),
    Export(Box<export::Form>),
    ContactSheet(Box<sheet::Form>),
    AddReference(add_reference::Form),
    Collect(collect::Form),
    Dropped(Box<dropped::Form>),
    EditReference(Box<edit_reference::Form>),
    EmptyTrash(empty_trash::Form),
    SaveElsewhere(save_elsewhere::Form),
    CrashReport(Fresh),
    Quit(Fresh),
}

/// Whether a dialog still has to give the keyboard to its first control.
struct Fresh(bool);

impl Default for Fresh {
    fn default() -> Self {
        Self(true)
    }
}

impl Fresh {
    /// Gives the keyboard to this control when the dialog has just been opened.
    fn focus(&mut self, response: &egui::Response) {
        if std::mem::take(&mut self.0) {
            response.request_focus();
        }
    }
}

impl State {
    /// Saves pictures elsewhere in the background.
    pub fn export(&mut self, exports: Vec<Export>, engine: &Engine) {
        self.saving = Some(saving::Saving::start(exports, engine));
    }

    /// Makes contact sheets in the background.
    pub fn make_sheets(&mut self, order: SheetOrder, engine: &Engine) {
        self.making = Some(sheet::Making::start(order, engine));
    }

    /// Shows the folder of a file in the system's file manager.
    pub fn show_file(&mut self, file: PathBuf, engine: &Engine) {
        self.opening.push(engine.open_folder(file));
    }

    /// Says how it went with what was set going.
    fn poll(&mut self, cx: &mut Cx<'_>) {
        self.opening.retain(|promise| match promise.ready() {
            Some(Ok(Err(reason))) => {
                cx.studio.notices.say(Tone::Bad, reason.as_str(), None);
                false
            }
            Some(_) => false,
            None => true,
        });
        let (mut saved, mut sheets) = (None, None);
        match &mut self.form {
            Form::Export(form) => saved = Some(form.as_mut()),
            Form::ContactSheet(form) => sheets = Some(form.as_mut()),
            _ => {}
        }
        saving::poll(&mut self.saving, saved, cx);
        sheet::poll(&mut self.making, sheets, cx);
    }

    /// Makes a new form when another dialog is open than a frame before.
    fn turn_to(&mut self, dialog: Option<&Dialog>, cx: &mut Cx<'_>) {
        if self.shown.as_ref() == dialog {
            return;
        }
        self.shown = dialog.cloned();
        if let Form::EditReference(form) = std::mem::take(&mut self.form)
            && form.is_unfinished(&cx.studio.draft)
        {
            form.say_unfinished(&mut cx.studio.notices);
            self.unfinished = Some(form);
        }
        self.form = match dialog {
            None => Form::None,
            Some(Dialog::Settings) => Form::Settings(settings::Form::default()),
            Some(Dialog::Connections) => Form::Connections(Box::default()),
            Some(Dialog::Keys) => Form::Keys(keys::Form::default()),
            Some(Dialog::Palette) => Form::Palette(palette::Form::new(cx)),
            Some(Dialog::History) => Form::History(history::Form::default()),
            Some(Dialog::Export(ids)) => Form::Export(Box::new(export::Form::new(ids, cx))),
            Some(Dialog::ContactSheet(ids)) => Form::ContactSheet(Box::new(sheet::Form::new(ids, cx))),
            Some(Dialog::AddReference { .. }) => Form::AddReference(add_reference::Form::default()),
            Some(Dialog::Collect(ids)) => Form::Collect(collect::Form::new(ids)),
            Some(Dialog::Dropped(files)) => Form::Dropped(Box::new(dropped::Form::new(files, cx))),
            Some(Dialog::EditReference(place)) => {
                let form = edit_reference::Form::new(*place, cx, self.unfinished.take());
                form.map_or(Form::None, |form| Form::EditReference(Box::new(form)))
            }
            Some(Dialog::EmptyTrash) => Form::EmptyTrash(empty_trash::Form::default()),
            Some(Dialog::SaveElsewhere(_)) => Form::SaveElsewhere(save_elsewhere::Form::new(cx)),
            Some(Dialog::CrashReport) => Form::CrashReport(Fresh::default()),
            Some(Dialog::Quit) => Form::Quit(Fresh::default()),
        };
    }
}

/// Draws the open dialog.
pub fn dialogs_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut super::State) {
    let dialogs = &mut state.dialogs;
    dialogs.poll(cx);
    let dialog = cx.studio.dialog.clone();
    dialogs.turn_to(dialog.as_ref(), cx);
    let close = match &mut dialogs.form {
        Form::None => false,
        Form::Settings(form) => {
            let contents = |ui: &mut Ui| settings::settings_ui(ui, cx, form);
            dialog_with_done_ui(ui, "Settings", 560.0, contents, settings::version_ui)
        }
        Form::Connections(form) => {
            let contents = |ui: &mut Ui| connections::connections_ui(ui, cx, form);
            dialog_with_done_ui(ui, "Connections", 560.0, contents, |_| {})
        }
        Form::Keys(form) => dialog_ui(ui, "Keys", 1000.0, |ui| keys::keys_ui(ui, cx, form)),
        Form::Palette(form) => dialog_ui(ui, "Commands", 640.0, |ui| palette::palette_ui(ui, cx, form)),
        Form::History(form) => dialog_ui(ui, "Prompt history", 860.0, |ui| history::history_ui(ui, cx, form)),
        Form::Export(form) => {
            let title = form.title();
            let progress = dialogs.saving.as_ref().map(saving::Saving::progress);
            let close = dialog_ui(ui, &title, 560.0, |ui| export::export_ui(ui, cx, form, progress));
            let stop = std::mem::take(&mut form.stop);
            if let Some(saving) = dialogs.saving.as_ref().filter(|_| stop) {
                saving.stop();
            }
            close
        }
        Form::ContactSheet(form) => {
            let title = form.title();
            let progress = dialogs.making.as_ref().map(sheet::Making::progress);
            let close = dialog_ui(ui, &title, sheet::WIDTH, |ui| sheet::sheet_ui(ui, cx, form, progress));
            if let (Some(making), true) = (&dialogs.making, std::mem::take(&mut form.stop)) {
                making.stop();
            }
            close
        }
        Form::AddReference(form) => {
            let why = match &dialog {
                Some(Dialog::AddReference { why }) => why.as_deref(),
                _ => None,
            };
            dialog_ui(ui, "Add references", 520.0, |ui| add_reference::add_reference_ui(ui, cx, form, why))
        }
        Form::Collect(form) => dialog_ui(ui, "Collections and tags", 440.0, |ui| collect::collect_ui(ui, cx, form)),
        Form::Dropped(form) => {
            let title = form.title();
            dialog_ui(ui, &title, 440.0, |ui| dropped::dropped_ui(ui, cx, form))
        }
        Form::EditReference(form) => {
            let title = form.title();
            dialog_ui(ui, &title, edit_reference::WIDTH, |ui| edit_reference::edit_ui(ui, cx, form))
        }
        Form::EmptyTrash(form) => {
            dialog_ui(ui, "Empty the trash", 420.0, |ui| empty_trash::empty_trash_ui(ui, cx, form))
        }
        Form::SaveElsewhere(form) => match &dialog {
            Some(Dialog::SaveElsewhere(job)) => {
                let title = save_elsewhere::title(cx, job);
                dialog_ui(ui, title, 520.0, |ui| save_elsewhere::save_elsewhere_ui(ui, cx, form, job))
            }
            _ => false,
        },
        Form::CrashReport(fresh) => dialog_ui(ui, "Crash report", 720.0, |ui| crash::crash_ui(ui, cx, fresh)),
        Form::Quit(fresh) => {
            dialog_ui(ui, "Close Easel", 440.0, |ui| quit::quit_ui(ui, cx, fresh, &mut state.may_close))
        }
    };
    if close {
        cx.push(Command::CloseDialog);
    }
}

/// A dialog with a title and a cross, at most as high as the window allows. Says whether it is to be closed.
fn dialog_ui(ui: &Ui, title: &str, width: f32, contents: impl FnOnce(&mut Ui)) -> bool {
    framed_ui(ui, title, width, contents, 0.0, |_| false)
}

/// The same with *Done* in a last line that is always in sight, however long the dialog is.
fn dialog_with_done_ui(
    ui: &Ui,
    title: &str,
    width: f32,
    contents: impl FnOnce(&mut Ui),
    beside: impl FnOnce(&mut Ui),
) -> bool {
    framed_ui(ui, title, width, contents, LINE + theme::TILE_GAP + 2.0 * SPACING, |ui| {
        buttons_ui(ui, |ui| {
            let done = widgets::button(ui, None, "Done").clicked();
            beside(ui);
            done
        })
    })
}

/// `foot`: what stands below all that scrolls, `foot_height` high; says whether it closes the dialog.
fn framed_ui(
    ui: &Ui,
    title: &str,
    width: f32,
    contents: impl FnOnce(&mut Ui),
    foot_height: f32,
    foot: impl FnOnce(&mut Ui) -> bool,
) -> bool {
    let room = ui.content_rect().size();
    let width = width.min(room.x - 4.0 * theme::PADDING);
    let style = ui.style();
    let frame = Frame::popup(style).fill(tokens(ui).menu).shadow(style.visuals.window_shadow).inner_margin(Margin {
        left: 20,
        right: 20,
        top: 14,
        bottom: 18,
    });
    let modal = Modal::new(Id::unique(("dialog", title))).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = SPACING;
        line_ui(ui, |ui| {
            if widgets::icon_button(ui, icons::X, "Close the dialog", Some("Esc")).clicked() {
                ui.close();
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.label(Type::Title.text(title)));
        });
        ui.add_space(theme::GAP);
        // An area is at first no higher than egui's default; only the window is to limit a dialog.
        let height = room.y - 120.0 - foot_height;
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.set_width(width);
            contents(ui);
        });
        foot(ui)
    });
    modal.response.widget_info(|| WidgetInfo::labeled(Role::Dialog, true, title));
    modal.should_close() || modal.inner
}

/// Whether Enter was pressed for the main button: no other control wants it.
fn enter(ui: &Ui) -> bool {
    let free = ui.memory(|memory| memory.focused().is_none()) || ui.text_edit_focused();
    free && !ui.any_popup_open() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// The last line of a dialog, its buttons at the right, the first one outermost.
fn buttons_ui<R>(ui: &mut Ui, buttons: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(theme::TILE_GAP);
    line_ui(ui, buttons)
}

/// The last line of a dialog that saves, with what else there is to press; says whether Save, or Enter, was pressed.
fn save_buttons_ui(ui: &mut Ui, cx: &mut Cx<'_>, more: impl FnOnce(&mut Ui, &mut Cx<'_>)) -> bool {
    let pressed = buttons_ui(ui, |ui| {
        let save = widgets::accent_button(ui, "Save").clicked();
        if widgets::button(ui, None, "Cancel").clicked() {
            cx.push(Command::CloseDialog);
        }
        more(ui, cx);
        save
    });
    pressed || enter(ui)
}

/// A line filled from its right end.
fn line_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), LINE);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), contents).inner
}

/// As high as a main button.
const LINE: f32 = 30.0;
/// Between the lines of a dialog.
const SPACING: f32 = 6.0;

/// Words that explain, over the whole width.
fn note_ui(ui: &mut Ui, text: &str) {
    ui.label(Type::Note.text(text).color(tokens(ui).soft));
}

/// Something that went wrong or needs a decision, in words and with an icon.
fn warning_ui(ui: &mut Ui, text: &str) {
    let t = tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.label(icons::icon(icons::WARNING).color(t.accent_text));
        ui.label(Type::Body.text(text));
    });
}
