//! What stands before the studio while the library cannot be opened: says why in a small window, and offers ways in.
//!
//! May import `library`, `ui` and `studio` names. Invariant: nothing is written but by the artist's press of a button.

use crate::library::{Error, Library, Progress};
use crate::ui::{self, theme, widgets};
use egui::{CentralPanel, Frame, Margin, ProgressBar, TextEdit, ViewportCommand, vec2};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

/// What the artist chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The library in this folder.
    Open(PathBuf),
    Close,
}

/// Says whether the door has a way around an error; others are told on stderr.
pub fn has_way(error: &Error) -> bool {
    matches!(error, Error::Locked { .. }) || is_broken(error)
}

/// Says whether making the index anew helps.
fn is_broken(error: &Error) -> bool {
    matches!(error, Error::Database(_) | Error::OtherIndex { .. })
}

/// Shows why the library cannot be opened and returns what the artist chose.
///
/// # Errors
/// When no window can be opened.
pub fn ask(error: &Error, dir: &Path) -> eframe::Result<Way> {
    let way = Rc::new(RefCell::new(Way::Close));
    let door = Door {
        why: error.to_string(),
        dir: dir.to_owned(),
        other: other_folder(dir).display().to_string(),
        broken: is_broken(error),
        rebuilding: None,
        way: way.clone(),
    };
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Easel")
            .with_inner_size([560.0, 250.0])
            .with_resizable(false),
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Easel",
        options,
        Box::new(move |creation| {
            theme::install(&creation.egui_ctx);
            Ok(Box::new(door))
        }),
    )?;
    let chosen = way.borrow().clone();
    Ok(chosen)
}

/// Beside the one that cannot be opened, under a name that nobody has.
fn other_folder(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..).map(|number| dir.with_file_name(format!("{name} {number}")));
    numbered.take(1000).find(|path| !path.exists()).unwrap_or_else(|| dir.to_owned())
}

struct Door {
    why: String,
    dir: PathBuf,
    other: String,
    /// The index cannot be read: it can be made anew.
    broken: bool,
    rebuilding: Option<Rebuilding>,
    way: Rc<RefCell<Way>>,
}

/// The index being made anew, on a thread of its own.
struct Rebuilding {
    /// How far it is, and in the end what became of it: false, it was stopped.
    news: mpsc::Receiver<Result<Progress, Result<bool, String>>>,
    progress: Progress,
    stop: Arc<AtomicBool>,
}

impl Door {
    fn go(&self, ctx: &egui::Context, way: Way) {
        *self.way.borrow_mut() = way;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Makes the index anew beside the window.
    fn rebuild(&mut self, ctx: &egui::Context) {
        let (tell, news) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (dir, ctx, stopped) = (self.dir.clone(), ctx.clone(), stop.clone());
        let work = move || {
            let say = |news| {
                // Nobody listens: the door was closed, and everything stays as it was.
                let heard = tell.send(news).is_ok();
                ctx.request_repaint();
                heard
            };
            let going = |progress| say(Ok(progress)) && !stopped.load(Ordering::Relaxed);
            let rebuilt = Library::rebuild(&dir, going).map(|done| done.is_some());
            say(Err(rebuilt.map_err(|error| error.to_string())));
        };
        match std::thread::Builder::new().name("easel-rebuild".into()).spawn(work) {
            Ok(_) => self.rebuilding = Some(Rebuilding { news, progress: Progress::default(), stop }),
            Err(error) => self.why = error.to_string(),
        }
    }

    fn poll(&mut self, ctx: &egui::Context) {
        let Some(rebuilding) = &mut self.rebuilding else { return };
        let mut ended = None;
        for news in rebuilding.news.try_iter() {
            match news {
                Ok(progress) => rebuilding.progress = progress,
                Err(end) => ended = Some(end),
            }
        }
        let Some(end) = ended else { return };
        self.rebuilding = None;
        match end {
            Ok(true) => self.go(ctx, Way::Open(self.dir.clone())),
            Ok(false) => {}
            Err(why) => self.why = why,
        }
    }

    /// Draws what is said and offered.
    fn show(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        ui.spacing_mut().item_spacing = vec2(8.0, 10.0);
        let title = if self.broken { "The library's index is broken" } else { "This library is in use" };
        ui.label(theme::Type::Title.text(title));
        ui.label(theme::Type::Body.text(&self.why).color(theme::tokens(ui).soft));
        if let Some(rebuilding) = &self.rebuilding {
            let Progress { done, total } = rebuilding.progress;
            ui.label("Making the index anew from the folder");
            let bar = ProgressBar::new(done as f32 / total.max(1) as f32).desired_height(4.0);
            ui.add(bar).accessible_name("Progress of the new index");
            if widgets::button(ui, None, "Stop").on_hover_text("Everything stays as it was").clicked() {
                rebuilding.stop.store(true, Ordering::Relaxed);
            }
            return;
        }
        if self.broken && widgets::accent_button(ui, "Make the index anew").clicked() {
            self.rebuild(&ctx);
        }
        ui.add_space(4.0);
        let field = TextEdit::singleline(&mut self.other).desired_width(f32::INFINITY).margin(Margin::symmetric(10, 6));
        ui.add(field).accessible_name("Another library");
        ui.horizontal(|ui| {
            if widgets::button(ui, Some(ui::icons::FOLDER_OPEN), "Open this one instead").clicked() {
                self.go(&ctx, Way::Open(PathBuf::from(self.other.trim())));
            }
            if widgets::button(ui, None, "Close").clicked() {
                self.go(&ctx, Way::Close);
            }
        });
    }
}

impl eframe::App for Door {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.poll(&ui.ctx().clone());
        let ground = Frame::new().fill(theme::tokens(ui).panel).inner_margin(20.0);
        CentralPanel::default().frame(ground).show(ui, |ui| self.show(ui));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_library_is_offered_under_a_name_that_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("Easel");
        std::fs::create_dir(&dir).unwrap();
        std::fs::create_dir(folder.path().join("Easel 2")).unwrap();
        assert_eq!(other_folder(&dir), folder.path().join("Easel 3"));
    }

    #[test]
    fn a_library_in_use_and_a_broken_index_have_a_way_around_them() {
        let folder = tempfile::tempdir().unwrap();
        let held = Library::open(folder.path()).unwrap();
        assert!(has_way(&Library::open(folder.path()).unwrap_err()));
        drop(held);
        std::fs::write(folder.path().join("easel.db"), "no database").unwrap();
        assert!(has_way(&Library::open(folder.path()).unwrap_err()));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(!has_way(&Library::open(&file).unwrap_err()), "a folder that cannot be written is told on stderr");
    }
}
