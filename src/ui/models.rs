//! The model browser: the list at the left, everything about one model at the right.
//!
//! Invariant: while nothing else has the keyboard the search field has it, so that typing searches, arrows move
//! through the list and Enter uses the model.

mod details;
mod list;
mod prices;

use super::{Cx, theme};
use crate::api::ModelId;
use crate::engine::Snapshot;
use crate::studio::{Browser, Command, entries_of};
use egui::{Align, CentralPanel, Frame, Panel, Ui};

#[derive(Default)]
pub struct State {
    /// The frame in which the browser was drawn last: one that it missed means that it was opened anew.
    last_frame: Option<u64>,
    /// Bring the inspected row into view: to this place, or just so far that it is seen.
    reveal: Option<Option<Align>>,
}

/// Width of the list: default in a wide window and in a narrow one, least, most.
const LIST: [f32; 4] = [560.0, 480.0, 400.0, 640.0];

pub fn models_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let t = theme::tokens(ui);
    let frame = ui.ctx().cumulative_frame_nr();
    let opened = state.last_frame.is_none_or(|last| last + 1 < frame);
    state.last_frame = Some(frame);
    if opened {
        state.reveal = Some(Some(Align::Center));
    }

    let snapshot = cx.studio.snapshot.clone();
    let entries = entries_of(&snapshot);
    let listed = cx.studio.browser.listed(&entries);
    let known = |id: &ModelId| entries.iter().any(|entry| entry.model.id == *id);
    if !cx.studio.browser.inspected.as_ref().is_some_and(known) {
        let first = listed.first().and_then(|place| entries.get(*place));
        cx.studio.browser.inspected = first.map(|entry| entry.model.id.clone());
    }

    let wide = cx.studio.window_width >= 1400.0;
    let [default, narrow, least, most] = LIST;
    Panel::left("models")
        .resizable(true)
        .default_size(if wide { default } else { narrow })
        .size_range(least..=most)
        .frame(Frame::new().fill(t.panel))
        .show(ui, |ui| list::list_ui(ui, cx, state, &entries, &listed, opened));
    CentralPanel::default().frame(Frame::new().fill(t.background)).show(ui, |ui| details::details_ui(ui, cx, &entries));
}

/// Looks at a model; what is known of its endpoints is not asked for again.
fn inspect(commands: &mut Vec<Command>, browser: &mut Browser, snapshot: &Snapshot, model: &ModelId) {
    if snapshot.endpoints_of(model).is_some() {
        browser.inspected = Some(model.clone());
    } else {
        commands.push(Command::InspectModel(model.clone()));
    }
}
