//! The keyboard: which action a key press stands for, given what has the focus.

use crate::studio::{Action, Chord, Command, Dialog, Screen, Studio, put_in_force};
use egui::{Context, Event, FocusDirection, Id, Key, RawInput, Response};

fn claim_id() -> Id {
    Id::unique("delete belongs to")
}

/// Keeps Delete for a thing while it has the keyboard; otherwise it means the selected pictures.
pub fn claim_delete(response: &Response) {
    if response.has_focus() {
        response.ctx.data_mut(|data| data.insert_temp(claim_id(), response.id));
    }
}

fn typed_id(ctx: &Context) -> Id {
    Id::unique(("a field had the keyboard", ctx.viewport_id()))
}

/// Notes at the end of a frame whether a text field has the keyboard: on Escape it loses it before keys are read.
pub(super) fn note_field(ctx: &Context) {
    let (id, typing) = (typed_id(ctx), ctx.text_edit_focused());
    ctx.data_mut(|data| data.insert_temp(id, typing));
}

/// Returns the commands of the keys pressed in this frame, and takes those keys away from everything else.
pub fn pressed(ctx: &Context, studio: &Studio) -> Vec<Command> {
    pressed_on(ctx, studio, studio.screen)
}

/// The same in a window that shows another screen.
pub fn pressed_on(ctx: &Context, studio: &Studio, screen: Screen) -> Vec<Command> {
    put_in_force(&studio.keymap);
    if studio.recording_keys && studio.dialog == Some(Dialog::Keys) {
        return Vec::new();
    }
    let typing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused().is_some());
    let field = typed_id(ctx);
    // The model browser's field has the keyboard all the time.
    let leaves_field = screen != Screen::Models && ctx.data(|data| data.get_temp(field)).unwrap_or(false);
    // Told by the memory: of this frame nothing has been drawn yet.
    let blocked = egui::Popup::is_any_open(ctx);
    let claimed = ctx
        .memory(egui::Memory::focused)
        .is_some_and(|focused| ctx.data(|data| data.get_temp::<Id>(claim_id())) == Some(focused));
    let dialog = studio.dialog.is_some();
    let mut commands = Vec::new();
    let mut tabbed = false;
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            // What has the keyboard needs these for itself; an open list closes by Escape first.
            let own = matches!(
                key,
                Key::Enter | Key::Space | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight
            );
            // Where a control has the keyboard Tab goes to the next one; it does something else only where none has.
            if *key == Key::Tab && (focused || dialog) {
                return true;
            }
            if blocked || (own && focused && modifiers.is_none()) || (*key == Key::Delete && claimed) {
                return true;
            }
            let chord = Chord::new(*modifiers, *key);
            let Some(action) = studio.keymap.action_of(chord, typing, screen) else { return true };
            // Escape leaves a text field first; a dialog lets only its own way out through.
            if action == Action::Back && (focused || leaves_field) && !dialog {
                return true;
            }
            if dialog && !matches!(action, Action::Back | Action::Quit) {
                return true;
            }
            tabbed |= *key == Key::Tab;
            commands.push(Command::Do(action));
            false
        });
    });
    if tabbed {
        ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
    commands
}

/// Turns the keys of copy and cut into their events where text is concerned; says whether a paste was asked for by a
/// text field. (The window reads the clipboard itself, off the UI thread.)
pub fn clipboard_events(ctx: &Context, raw: &mut RawInput) -> bool {
    let typing = ctx.text_edit_focused();
    let label = ctx.plugin::<egui::text_selection::LabelSelectionState>().lock().has_selection();
    let mut paste = false;
    for event in &mut raw.events {
        let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
        if !modifiers.command || modifiers.alt {
            continue;
        }
        match key {
            Key::C if (typing || label) && !modifiers.shift => *event = Event::Copy,
            Key::X if typing && !modifiers.shift => *event = Event::Cut,
            Key::V if typing => paste = true,
            _ => {}
        }
    }
    paste
}
