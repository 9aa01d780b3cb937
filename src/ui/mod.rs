//! The interface: reads the studio, edits the draft in place, pushes commands. No files, no decoding, no waiting.
//!
//! May import `studio`, the engine's handle and the types of the lower layers. One file per panel; this one only says
//! which panel lies where.

mod banner;
mod cards;
pub mod compare;
pub mod compose;
mod controls;
mod dialogs;
mod drag_out;
mod drop;
pub mod fonts;
mod gallery;
pub mod icons;
mod inspector;
pub mod keys;
mod marks;
mod models;
mod options;
mod pane;
mod reading;
pub mod references;
mod second;
mod shelf;
mod strip;
mod textures;
pub mod theme;
mod toasts;
mod top;
pub mod viewer;
pub mod widgets;
pub mod zoom;

pub use textures::{Textures, color_image};

use crate::engine::Engine;
use crate::studio::{Command, Effect, Screen, Studio};
use egui::{CentralPanel, Frame, Panel, Ui};

/// What every panel may use.
pub struct Cx<'a> {
    pub studio: &'a mut Studio,
    pub textures: &'a mut Textures,
    pub engine: &'a Engine,
    pub commands: &'a mut Vec<Command>,
}

impl Cx<'_> {
    /// Asks for something with a consequence.
    pub fn push(&mut self, command: Command) {
        self.commands.push(command);
    }
}

/// What panels remember between frames that is nobody else's business.
#[derive(Default)]
pub struct State {
    compose: compose::State,
    references: references::State,
    gallery: gallery::State,
    viewer: viewer::State,
    shelf: shelf::State,
    compare: compare::State,
    dialogs: dialogs::State,
    models: models::State,
    banner: banner::State,
    top: top::State,
    second: second::State,
    /// What the styles were last told.
    reduced_motion: bool,
    /// The artist agreed to close although something is under way.
    pub may_close: bool,
}

impl State {
    /// Does what only the window can.
    pub fn effect(&mut self, effect: Effect, studio: &Studio, engine: &Engine) {
        match effect {
            Effect::SearchSource => self.viewer.search_source(),
            Effect::FocusSearch => self.gallery.focus_search(),
            Effect::FocusPrompt => self.compose.focus_prompt = true,
            Effect::PickReferences => self.references.pick(engine),
            Effect::ReadClipboard => self.references.paste(engine),
            Effect::Reveal(id) => self.gallery.reveal(id),
            Effect::CopyPicture(id) => self.top.copy_picture(&id, studio, engine),
            Effect::CopyFiles(ids) => self.top.copy_files(&ids, studio, engine),
            Effect::OpenFolder(id) => self.top.open_folder(&id, studio, engine),
            Effect::Export(exports) => self.dialogs.export(exports, engine),
            Effect::MakeSheets(order) => self.dialogs.make_sheets(*order, engine),
            Effect::ShowFile(file) => self.dialogs.show_file(file, engine),
            // The window's own.
            Effect::CopyText(_) | Effect::ForgetCrash(_) | Effect::Quit => {}
        }
    }
}

/// Draws the whole window.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let t = theme::tokens(ui);
    cx.studio.refresh_shown();
    apply_theme(ui, cx.studio);
    reading::set_reason(ui.ctx(), cx.studio.read_only());
    cx.textures.keep_thumbnails(cx.studio.read_only().is_none());
    if state.reduced_motion != cx.studio.layout.reduced_motion {
        state.reduced_motion = cx.studio.layout.reduced_motion;
        theme::set_reduced_motion(ui.ctx(), state.reduced_motion);
    }
    let bar = Frame::new().fill(t.panel);
    // On a full screen there is the picture alone.
    let full = cx.studio.full_screen;
    if !full {
        Panel::top("top").exact_size(theme::TOP_BAR).frame(bar).show(ui, |ui| top::top_ui(ui, cx, &mut state.top));
        reading::banner_ui(ui, cx);
        banner::banner_ui(ui, cx, &mut state.banner);
        banner::crash_ui(ui, cx);
    }
    if cx.studio.layout.strip_open && !full {
        Panel::bottom("strip").exact_size(theme::BOTTOM_STRIP).frame(bar).show(ui, |ui| strip::strip_ui(ui, cx));
    }
    if cx.studio.screen == Screen::Models {
        models::models_ui(ui, cx, &mut state.models);
    } else {
        if !full {
            side_panels(ui, cx, state);
        }
        let ground = Frame::new().fill(t.background);
        CentralPanel::default().frame(ground).show(ui, |ui| match cx.studio.screen {
            Screen::Viewer => viewer::viewer_ui(ui, cx, &mut state.viewer),
            Screen::Compare => compare::compare_ui(ui, cx, &mut state.compare),
            Screen::Grid | Screen::Models => gallery::gallery_ui(ui, cx, &mut state.gallery),
        });
    }
    references::poll(ui, cx, &mut state.references);
    drop::drop_ui(ui, cx);
    drag_out::drag_out_ui(ui, cx);
    dialogs::dialogs_ui(ui, cx, state);
    toasts::toasts_ui(ui, cx);
    state.top.poll(cx);
    keys::note_field(ui.ctx());
    second::second_ui(ui.ctx(), cx, &mut state.second);
    // Another theme begins with a frame, so that no frame is half in each.
    apply_theme(ui, cx.studio);
}

fn side_panels(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let t = theme::tokens(ui);
    let panel = Frame::new().fill(t.panel);
    let width = ui.available_width();
    let right_shown = cx.studio.layout.right_shown(cx.studio.window_width);
    if cx.studio.layout.left_open {
        let [_, least, most] = theme::LEFT_PANEL;
        let other = if right_shown { cx.studio.layout.right_width } else { 0.0 };
        let most = most.min(width - other - theme::CENTRE_MIN).max(least);
        let shown = Panel::left("left")
            .resizable(true)
            .default_size(cx.studio.layout.left_width)
            .size_range(least..=most)
            .frame(panel)
            .show(ui, |ui| compose::compose_ui(ui, cx, &mut state.compose, &mut state.references));
        cx.studio.layout.left_width = shown.response.rect.width().round();
    }
    if right_shown {
        let [_, least, most] = theme::RIGHT_PANEL;
        let most = most.min(ui.available_width() - theme::CENTRE_MIN).max(least);
        let shown = Panel::right("right")
            .resizable(true)
            .default_size(cx.studio.layout.right_width)
            .size_range(least..=most)
            .frame(panel)
            .show(ui, |ui| shelf::shelf_ui(ui, cx, &mut state.shelf));
        cx.studio.layout.right_width = shown.response.rect.width().round();
    }
}

fn apply_theme(ui: &Ui, studio: &Studio) {
    use crate::studio::ThemeChoice;
    let wanted = match studio.layout.theme {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
        ThemeChoice::Light => egui::ThemePreference::Light,
    };
    if ui.options(|options| options.theme_preference) != wanted {
        ui.set_theme(wanted);
        ui.request_repaint();
    }
}
