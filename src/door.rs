//! What stands before the studio while the library cannot be opened: says why in a small window, and offers ways in.
//!
//! May import `library`, `ui` and `studio` names. Invariant: nothing is written but by the artist's press of a button.

use crate::library::{Error, Library, Progress, ReadOnly};
use crate::ui::{self, theme, widgets};
use egui::{CentralPanel, Frame, Key, Margin, ProgressBar, TextEdit, ViewportCommand, vec2};
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
    /// The same, and nothing in it is changed.
    Read(PathBuf, ReadOnly),
    /// A new library in this folder, where another one was.
    Make(PathBuf),
    Close,
}

/// What keeps the library from being opened, as far as the door knows a way around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    InUse,
    Broken,
    /// `bare`: its pictures are there, its index is not.
    Gone {
        bare: bool,
    },
    /// `there`: it can still be looked at.
    Unwritable {
        there: bool,
    },
    Newer,
}

impl Trouble {
    fn of(error: &Error, dir: &Path) -> Option<Self> {
        match error {
            Error::Locked { .. } => Some(Self::InUse),
            Error::Database(_) | Error::OtherIndex { .. } => Some(Self::Broken),
            Error::Gone { .. } => Some(Self::Gone { bare: Library::has_pictures(dir) }),
            Error::IndexLost { .. } => Some(Self::Gone { bare: true }),
            Error::CannotWrite { .. } | Error::Full { .. } | Error::ReadOnly { .. } => {
                Some(Self::Unwritable { there: Library::is_there(dir) })
            }
            Error::NewerVersion { .. } => Some(Self::Newer),
            _ => None,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InUse => "This library is in use",
            Self::Broken => "The library's index is broken",
            Self::Gone { bare: false } => "The library is not where it was",
            Self::Gone { bare: true } => "The library's index is missing",
            Self::Unwritable { .. } => "The library cannot be written",
            Self::Newer => "This library is newer than this Easel",
        }
    }

    /// What is offered, the first one loudest.
    fn offers(self) -> &'static [Offer] {
        match self {
            Self::InUse => &[Offer::Read(ReadOnly::InUse), Offer::Again],
            Self::Broken => &[Offer::Rebuild],
            Self::Gone { bare: false } => &[Offer::Again, Offer::Make],
            Self::Gone { bare: true } => &[Offer::Rebuild, Offer::Again],
            Self::Unwritable { there: true } => &[Offer::Read(ReadOnly::Folder), Offer::Again],
            Self::Unwritable { there: false } => &[Offer::Again],
            Self::Newer => &[],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    Read(ReadOnly),
    Rebuild,
    Again,
    Make,
}

impl Offer {
    /// What its button says, and what its tooltip adds.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Read(_) => ("Open read only", "Look, compare, copy and export; nothing in the library is changed"),
            Self::Rebuild => ("Make the index anew", "From the folder alone; the old index is kept beside it"),
            Self::Again => ("Try again", "Open it as if nothing had been"),
            Self::Make => ("Make a new library here", "An empty one, in the same folder"),
        }
    }
}

/// Says whether the door has a way around an error; others are told on stderr.
pub fn has_way(error: &Error, dir: &Path) -> bool {
    Trouble::of(error, dir).is_some()
}

/// Shows why the library cannot be opened and returns what the artist chose.
///
/// # Errors
/// When no window can be opened.
pub fn ask(error: &Error, dir: &Path) -> eframe::Result<Way> {
    let way = Rc::new(RefCell::new(Way::Close));
    let door = Door::new(error, dir, way.clone());
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Easel")
            .with_inner_size([560.0, 262.0])
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

/// An error as a sentence of its own.
fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
    /// `None`: there is no way but another folder.
    trouble: Option<Trouble>,
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
    fn new(error: &Error, dir: &Path, way: Rc<RefCell<Way>>) -> Self {
        Self {
            why: sentence(error),
            dir: dir.to_owned(),
            other: other_folder(dir).display().to_string(),
            trouble: Trouble::of(error, dir),
            rebuilding: None,
            way,
        }
    }

    fn take(&mut self, ctx: &egui::Context, offer: Offer) {
        let dir = self.dir.clone();
        match offer {
            Offer::Rebuild => self.rebuild(ctx),
            Offer::Read(why) => self.go(ctx, Way::Read(dir, why)),
            Offer::Again => self.go(ctx, Way::Open(dir)),
            Offer::Make => self.go(ctx, Way::Make(dir)),
        }
    }

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
        let title = self.trouble.map_or("The library cannot be opened", Trouble::title);
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
        let offers = self.trouble.map_or(&[][..], Trouble::offers);
        ui.horizontal(|ui| {
            for (place, offer) in offers.iter().enumerate() {
                let (text, more) = offer.words();
                let button =
                    if place == 0 { widgets::accent_button(ui, text) } else { widgets::button(ui, None, text) };
                let is_entered = place == 0
                    && ui.memory(|memory| memory.focused().is_none())
                    && ui.input(|input| input.key_pressed(Key::Enter));
                if button.on_hover_text(more).clicked() || is_entered {
                    self.take(&ctx, *offer);
                }
            }
        });
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
    use egui_kittest::kittest::Queryable as _;

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
        let trouble = |dir: &Path| Trouble::of(&Library::open(dir).unwrap_err(), dir);
        assert_eq!(trouble(folder.path()), Some(Trouble::InUse));
        drop(held);
        std::fs::write(folder.path().join("easel.db"), "no database").unwrap();
        assert_eq!(trouble(folder.path()), Some(Trouble::Broken));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(trouble(&file), Some(Trouble::Unwritable { there: false }));
        let gone = |dir: &Path| Trouble::of(&Error::Gone { path: dir.to_owned() }, dir);
        assert_eq!(gone(&folder.path().join("drive")), Some(Trouble::Gone { bare: false }));
        std::fs::create_dir(folder.path().join("pictures/2026-11")).unwrap();
        assert_eq!(gone(folder.path()), Some(Trouble::Gone { bare: true }));
    }

    /// Opens the door, presses a button, waits for a way.
    fn pressed(error: &Error, dir: &Path, button: &str) -> Way {
        let way = Rc::new(RefCell::new(Way::Close));
        let mut door = Door::new(error, dir, way.clone());
        let mut harness = egui_kittest::Harness::builder().with_size(vec2(560.0, 262.0)).build_ui(move |ui| {
            theme::install(ui.ctx());
            door.poll(&ui.ctx().clone());
            door.show(ui);
        });
        harness.run_steps(2);
        harness.get_by_label(button).click();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            harness.run_steps(2);
            let chosen = way.borrow().clone();
            if chosen != Way::Close {
                return chosen;
            }
            assert!(std::time::Instant::now() < deadline, "{button} led nowhere");
        }
    }

    #[test]
    fn every_trouble_has_its_ways() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_owned();
        let held = Library::open(&dir).unwrap();
        let in_use = Error::Locked { path: dir.clone() };
        assert_eq!(pressed(&in_use, &dir, "Open read only"), Way::Read(dir.clone(), ReadOnly::InUse));
        let other = other_folder(&dir);
        assert_eq!(pressed(&in_use, &dir, "Open this one instead"), Way::Open(other));
        let full = Error::Full { path: dir.clone() };
        assert_eq!(pressed(&full, &dir, "Open read only"), Way::Read(dir.clone(), ReadOnly::Folder));
        drop(held);
        let far = dir.join("drive");
        let gone = Error::Gone { path: far.clone() };
        assert_eq!(pressed(&gone, &far, "Try again"), Way::Open(far.clone()));
        assert_eq!(pressed(&gone, &far, "Make a new library here"), Way::Make(far));
    }

    #[test]
    fn a_broken_index_is_made_anew_and_then_opened() {
        let folder = tempfile::tempdir().unwrap();
        drop(Library::open(folder.path()).unwrap());
        std::fs::write(folder.path().join("easel.db"), "no database").unwrap();
        let broken = Library::open(folder.path()).unwrap_err();
        let way = pressed(&broken, folder.path(), "Make the index anew");
        assert_eq!(way, Way::Open(folder.path().to_owned()));
        Library::open(folder.path()).unwrap();
    }
}
