//! A place on disk: typed, or chosen in a native dialog that is made on the window's thread and waited for elsewhere.

use super::note_ui;
use crate::engine::{Engine, Interrupted};
use crate::studio::typed_path;
use crate::ui::{icons, widgets};
use egui::{Response, TextEdit, Ui};
use poll_promise::Promise;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A native dialog that answers nothing this soon was not there.
const NO_DIALOG: Duration = Duration::from_millis(100);
/// Width of the button beside the folder, with the gap before it, points.
const CHOOSE: f32 = 111.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct Picking(Option<Promise<Result<Picked, Interrupted>>>);

/// What the dialog brought, and how long it took.
struct Picked {
    path: Option<PathBuf>,
    took: Duration,
}

impl Picking {
    /// Waits for what a dialog brings.
    pub(super) fn open(
        &mut self,
        engine: &Engine,
        chosen: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    ) {
        let began = Instant::now();
        self.0 = Some(engine.promise(async move {
            let path = chosen.await.map(|handle| handle.path().to_owned());
            Picked { path, took: began.elapsed() }
        }));
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Takes what was chosen, once; the error is a sentence. `None`: nothing was.
    pub(super) fn poll(&mut self) -> Option<Result<PathBuf, String>> {
        match self.0.take()?.try_take() {
            Err(pending) => {
                self.0 = Some(pending);
                None
            }
            Ok(Err(interrupted)) => Some(Err(interrupted.to_string())),
            Ok(Ok(Picked { path: None, took })) => (took < NO_DIALOG)
                .then(|| Err("No file dialog could be opened on this computer; type the folder here".to_owned())),
            Ok(Ok(Picked { path: Some(path), .. })) => Some(Ok(path)),
        }
    }

    /// Puts the folder that was chosen into its field, or what went wrong into the message.
    pub(super) fn fill(&mut self, folder: &mut String, message: &mut Option<String>) {
        match self.poll() {
            None => {}
            Some(Ok(path)) => (*folder, *message) = (path.display().to_string(), None),
            Some(Err(trouble)) => *message = Some(trouble),
        }
    }

    #[cfg(test)]
    pub(super) fn brought(path: Option<PathBuf>, took: Duration) -> Self {
        Self(Some(Promise::from_ready(Ok(Picked { path, took }))))
    }
}

/// The line for a folder, with a native dialog beside it; returns its text field.
pub(super) fn folder_ui(ui: &mut Ui, engine: &Engine, folder: &mut String, picking: &mut Picking) -> Response {
    let row = widgets::field_row(ui, "Folder", |ui| {
        let width = ui.available_width() - CHOOSE;
        let field = ui.add(TextEdit::singleline(folder).desired_width(width)).accessible_name("Folder");
        if picking.is_open() {
            note_ui(ui, "choosing…");
        } else if widgets::button(ui, Some(icons::FOLDER_OPEN), "Choose…").clicked() {
            picking.open(engine, rfd::AsyncFileDialog::new().set_directory(&*folder).pick_folder());
        }
        field
    });
    row.inner
}

/// Returns the folder that was typed, or the sentence that says what is wrong with it.
pub(super) fn folder_of(text: &str, library: &Path, home: Option<&Path>) -> Result<PathBuf, String> {
    let folder = typed_path(text, home).ok_or("Type the folder to save into")?;
    if !folder.is_absolute() {
        return Err("Type the whole path of the folder, from the root or from ~/".to_owned());
    }
    if folder.starts_with(library) {
        return Err("This folder is the library's own; choose another one".to_owned());
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_path_outside_the_library_will_do() {
        let (library, home) = (Path::new("/home/ada/Easel"), Path::new("/home/ada"));
        let folder = |text| folder_of(text, library, Some(home));
        assert_eq!(folder("~/Pictures"), Ok(PathBuf::from("/home/ada/Pictures")));
        for (text, says) in
            [("", "Type the folder"), ("Pictures", "whole path"), ("/home/ada/Easel/x", "library's own")]
        {
            assert!(folder(text).is_err_and(|message| message.contains(says)), "{text}");
        }
    }
}
