//! The left panel: what is asked, from the model down to the button that asks it.
//!
//! One file per section: the model and its endpoint, the prompt, the button at the foot; references, settings and
//! options stand beside this file. The invariant: everything scrolls but the foot, which is always in view.

mod generate;
mod model_line;
mod origin;
mod prompt;
mod prompts;

use super::theme::{self, tokens};
use super::{Cx, controls, options, references};
use egui::{Frame, Margin, Panel, ScrollArea, Ui, vec2};

#[derive(Default)]
pub struct State {
    /// Set by whoever wants the cursor in the prompt.
    pub focus_prompt: bool,
    /// What the alternatives of the prompt come to is shown.
    prompts_open: bool,
}

/// Draws the panel into the whole of `ui`.
pub fn compose_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, references: &mut references::State) {
    let ready = cx.studio.readiness();
    let side = theme::PADDING as i8;
    let foot = Frame::new().inner_margin(Margin { left: side, right: side, top: 8, bottom: side });
    Panel::bottom("compose foot").resizable(false).show_separator_line(false).frame(foot).show(ui, |ui| {
        if let Some(fitted) = &ready.fitted {
            prompts::prompts_ui(ui, fitted, state);
        }
        generate::foot_ui(ui, cx, &ready);
    });
    ScrollArea::vertical().id_salt("compose").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        section(ui, side, |ui| model_line::model_ui(ui, cx));
        line(ui);
        section(ui, 8, |ui| {
            prompt::prompt_ui(ui, cx, state);
            origin::origin_ui(ui, cx);
        });
        line(ui);
        section(ui, 8, |ui| references::references_ui(ui, cx, references));
        if cx.studio.model().is_some() {
            line(ui);
            section(ui, 8, |ui| {
                controls::settings_ui(ui, cx);
                generate::not_sent_ui(ui, &ready);
            });
            if options::is_shown(cx.studio) {
                line(ui);
                section(ui, 8, |ui| options::options_ui(ui, cx.studio));
            }
        }
    });
    references::take_pictures(ui, cx, references);
}

fn section(ui: &mut Ui, top: i8, contents: impl FnOnce(&mut Ui)) {
    let side = theme::PADDING as i8;
    let frame = Frame::new().inner_margin(Margin { left: side, right: side, top, bottom: side });
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = theme::ROW - theme::FIELD;
        ui.set_width(ui.available_width());
        contents(ui);
    });
}

fn line(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().rect_filled(rect, 0, tokens(ui).line);
}
