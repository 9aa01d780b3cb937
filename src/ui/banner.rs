//! The quiet line under the top bar that says something about the whole session.

use super::{Cx, theme, widgets};
use crate::studio::{Command, Dialog};
use egui::{Frame, Margin, Panel, Ui};

/// What was closed.
#[derive(Default)]
pub struct State {
    /// So many jobs waited when the artist closed the banner; it comes back when there are others.
    closed_at: Option<usize>,
}

/// Shows what an earlier session left waiting, when there is any.
pub fn banner_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let held = cx.studio.snapshot.held;
    if held == 0 || state.closed_at == Some(held) {
        return;
    }
    let text = match held {
        1 => "One request of the last session waits; it costs money when it is sent".to_owned(),
        count => format!("{count} requests of the last session wait; they cost money when they are sent"),
    };
    let frame = Frame::new().fill(theme::tokens(ui).background).inner_margin(Margin::same(8));
    Panel::top("banner").frame(frame).show(ui, |ui| {
        let (send, remove) = if held == 1 { ("Send it now", "Remove it") } else { ("Send them now", "Remove them") };
        match widgets::banner(ui, widgets::Tone::Info, &text, &[send, remove]) {
            Some(widgets::Answer::Action(0)) => cx.push(Command::Resume),
            Some(widgets::Answer::Action(_)) => cx.push(Command::RemoveHeld),
            // Closing asks for nothing: the jobs go on waiting, and their tiles say so.
            Some(widgets::Answer::Close) => state.closed_at = Some(held),
            None => {}
        }
    });
}

/// Offers the report of an earlier session, until it is closed.
pub fn crash_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    if !cx.studio.crash.as_ref().is_some_and(|report| report.earlier) {
        return;
    }
    let text = "A part of Easel failed inside when it was last open; what was received then is saved";
    let frame = Frame::new().fill(theme::tokens(ui).background).inner_margin(Margin::same(8));
    Panel::top("crash banner").frame(frame).show(ui, |ui| {
        match widgets::banner(ui, widgets::Tone::Info, text, &["Show the report"]) {
            Some(widgets::Answer::Action(_)) => cx.push(Command::OpenDialog(Dialog::CrashReport)),
            Some(widgets::Answer::Close) => cx.push(Command::CloseCrashReport),
            None => {}
        }
    });
}
