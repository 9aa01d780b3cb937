//! A window that only reads: its banner, and controls that rest and say why.
//!
//! The sentence is kept with the context, so that a widget needs no studio to ask for it.

use super::widgets::{self, Tone};
use super::{Cx, theme};
use crate::engine::Care;
use crate::studio::Command;
use egui::{Context, Frame, Id, Margin, Panel, Sense, Ui};

fn id() -> Id {
    Id::unique("why this window is read only")
}

/// Keeps the reason for this frame; `None`: this window writes.
pub(super) fn set_reason(ctx: &Context, reason: Option<&'static str>) {
    ctx.data_mut(|data| data.insert_temp(id(), reason));
}

/// Returns the reason; `None`: this window writes.
pub(super) fn reason(ui: &Ui) -> Option<&'static str> {
    ui.data(|data| data.get_temp::<Option<&'static str>>(id())).flatten()
}

/// Shows controls that change the library: in a window that only reads they rest, and their tooltip is the reason.
pub(super) fn writing<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let Some(reason) = reason(ui) else { return contents(ui) };
    let shown = ui.add_enabled_ui(false, contents);
    let over = ui.interact(shown.response.rect, shown.response.id.with("read only"), Sense::hover());
    over.on_hover_text(reason);
    shown.inner
}

/// The same for a control whose command is known.
pub(super) fn for_command<R>(ui: &mut Ui, command: &Command, contents: impl FnOnce(&mut Ui) -> R) -> R {
    if command.writes() { writing(ui, contents) } else { contents(ui) }
}

/// Says that this window is read only, and offers to change that.
pub(super) fn banner_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(reason) = cx.studio.read_only() else { return };
    let frame = Frame::new().fill(theme::tokens(ui).background).inner_margin(Margin::same(8));
    Panel::top("read only").frame(frame).show(ui, |ui| {
        // Work on the library is stopped in the same place.
        let (tone, action, command) = match cx.studio.snapshot.tending {
            Some((care, _)) if care != Care::Check => (Tone::Info, "Stop", Command::StopTending),
            _ => (Tone::Warning, "Try to open for writing", Command::Claim),
        };
        let text = cx.studio.tending_text().unwrap_or_else(|| reason.to_owned());
        if widgets::lasting_banner(ui, tone, &text, &[action]).is_some() {
            cx.push(command);
        }
    });
}
