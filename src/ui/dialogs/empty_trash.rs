//! Emptying the trash: how much goes for good, and the choice.

use super::{Fresh, buttons_ui, note_ui};
use crate::engine::Interrupted;
use crate::library::{PartialsOnDisk, Picture};
use crate::studio::{Command, age_text, bytes_text};
use crate::ui::theme::Type;
use crate::ui::{Cx, widgets};
use egui::Ui;
use poll_promise::Promise;

#[derive(Default)]
pub(super) struct Form {
    fresh: Fresh,
    /// Partials and unread answers that go too, counted when the dialog was opened.
    retired: Option<Counting>,
}

/// Partials, and answers that could not be read.
type Counting = Promise<Result<Result<[PartialsOnDisk; 2], String>, Interrupted>>;

/// What would go.
fn sentence(trashed: &[Picture], [retired, unread]: [PartialsOnDisk; 2]) -> String {
    let bytes = bytes_text(trashed.iter().map(|picture| picture.bytes).sum());
    let pictures = match trashed.len() {
        0 => None,
        1 => Some(format!("1 picture ({bytes}), its recipe and its partials")),
        count => Some(format!("{count} pictures ({bytes}), their recipes and partials")),
    };
    let bytes = bytes_text(retired.bytes);
    let partials = match retired.files {
        0 => None,
        1 => Some(format!("1 partial of a request that was removed ({bytes})")),
        count => Some(format!("{count} partials of requests that were removed ({bytes})")),
    };
    let bytes = bytes_text(unread.bytes);
    let unread = match unread.files {
        0 => None,
        1 => Some(format!("1 answer that could not be read ({bytes})")),
        count => Some(format!("{count} answers that could not be read ({bytes})")),
    };
    let parts: Vec<String> = [pictures, partials, unread].into_iter().flatten().collect();
    let what = match parts.split_last() {
        None => return "The trash is empty".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{}, and {last}", before.join(", ")),
    };
    format!("{what} will be deleted. This cannot be undone")
}

pub(super) fn empty_trash_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let counting = form.retired.get_or_insert_with(|| cx.engine.count_retired());
    let retired = match counting.ready() {
        Some(Ok(Ok(retired))) => *retired,
        // Not known (yet): nothing is said of them.
        _ => [PartialsOnDisk::default(); 2],
    };
    let trashed = cx.studio.collection.trashed();
    let any = !trashed.is_empty() || retired.iter().any(|retired| retired.files > 0);
    ui.label(Type::Body.text(sentence(trashed, retired)));
    if let Some(oldest) = trashed.iter().filter_map(|picture| picture.trashed_ms).min() {
        let now = (cx.studio.clock)().timestamp().as_millisecond();
        note_ui(ui, &format!("The oldest was moved here {}", age_text(now, oldest)));
    }
    buttons_ui(ui, |ui| {
        // The harmless one has the keyboard: Enter by mistake deletes nothing.
        let keep = widgets::accent_button(ui, if any { "Keep them" } else { "Close" });
        form.fresh.focus(&keep);
        if keep.clicked() {
            cx.push(Command::CloseDialog);
        }
        if any && widgets::button(ui, None, "Delete for good").clicked() {
            cx.push(Command::EmptyTrash);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::picture;

    #[test]
    fn all_that_goes_is_named_with_its_size() {
        let trashed = |count| (0..count).map(|n| Picture { bytes: 2_000_000, ..picture(1, n) }).collect::<Vec<_>>();
        for (pictures, files, unread, what) in [
            (0, 0, 0, "The trash is empty"),
            (1, 0, 0, "1 picture (2.0 MB), its recipe and its partials"),
            (
                2,
                1,
                0,
                "2 pictures (4.0 MB), their recipes and partials, and 1 partial of a request that was removed (9.0 MB)",
            ),
            (0, 3, 0, "3 partials of requests that were removed (9.0 MB)"),
            (0, 0, 1, "1 answer that could not be read (9.0 MB)"),
            (
                1,
                3,
                2,
                "1 picture (2.0 MB), its recipe and its partials, 3 partials of requests that were removed (9.0 MB), and 2 \
                 answers that could not be read (9.0 MB)",
            ),
        ] {
            let retired = [files, unread].map(|files| PartialsOnDisk { files, bytes: 9_000_000 });
            let end =
                if pictures + (files + unread) as i64 > 0 { " will be deleted. This cannot be undone" } else { "" };
            assert_eq!(sentence(&trashed(pictures), retired), format!("{what}{end}"));
        }
    }
}
