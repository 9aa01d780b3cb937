//! Opens the window: starts the engine beside it, and turns every way it can fail into one sentence and a non-zero exit.
//!
//! May import every layer. Invariant: nothing that fails before the first frame ends in a panic text.

use crate::app::App;
use crate::cli::{Args, Environment, Failure, Known, Places, library_dir, service};
use crate::decode::Pool;
use crate::door::{self, Way};
use crate::engine::{Browser, Config, Engine, runtime};
use crate::library::{Library, ReadOnly};
use crate::studio::{CrashReport, Layout, Studio};
use crate::{api, crash, decode, ui};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The identity that desktops group windows by.
const APP_ID: &str = "io.github.easel-studio.Easel";
/// Words of a start-up failure, and the sentence that helps.
const EXPLANATIONS: &[(&str, &str)] = &[
    (
        "neither WAYLAND_DISPLAY",
        "there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set; start Easel from a desktop session",
    ),
    ("Failed to open connection to X server", "the X server named in DISPLAY does not answer"),
    ("Could not find wayland compositor", "the Wayland compositor named in WAYLAND_DISPLAY does not answer"),
    ("libxkbcommon", "the keyboard library is missing; on Debian: apt install libxkbcommon-x11-0"),
    (
        "shared libraries",
        "X11 libraries are missing; on Debian: apt install libx11-6 libxcursor1 libxi6 libxkbcommon-x11-0",
    ),
    ("glutin", "there is no usable OpenGL; on Debian: apt install libgl1 libegl1 libgl1-mesa-dri"),
    ("egui_glow", "OpenGL is too old: 2.1 or OpenGL ES 2.0 is needed"),
];

/// Opens the studio and returns when it is closed.
pub fn open(args: &Args, environment: Environment) -> ExitCode {
    match start(args, environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => crate::cli::refuse(&failure.message),
    }
}

fn start(args: &Args, environment: Environment) -> Result<(), Failure> {
    let runtime = runtime().map_err(|error| Failure::new("start", error))?;
    let opened = explain_early_panics();
    let library = enter(library_dir(args)?, args.read_only)?;
    let Places { service, connections, connection, fallback, secrets, demo } = service(args, environment, &runtime)?;
    let setting = |key: &str| match library.setting(key) {
        Ok(value) => value,
        Err(error) => {
            log::warn!("the setting {key} could not be read: {error}");
            None
        }
    };
    let kept = ["draft", "layout", "browser", "place"].map(|key| (key, setting(key)));
    let layout: Layout = kept
        .iter()
        .find(|(key, _)| *key == "layout")
        .and_then(|(_, value)| value.clone())
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    // The window's context exists only later; until then there is nothing to wake.
    let context: Arc<OnceLock<egui::Context>> = Arc::default();
    let waker: crate::decode::Waker = {
        let context = context.clone();
        Arc::new(move || {
            if let Some(context) = context.get() {
                context.request_repaint();
            }
        })
    };
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1)).clamp(1, 4);
    let pool = Pool::start(threads, ui::color_image, &waker).map_err(|error| Failure::new("start", error))?;
    let config = Config {
        service,
        fallback,
        timeouts: api::Timeouts { whole: args.timeout, ..api::Timeouts::default() },
        max_running: layout.max_running as usize,
        keep_partials: layout.keep_partials,
        waker,
        previews: pool.preview_sink(),
        secrets,
        privacy: layout.privacy(),
        browser: Browser::System,
        connections,
        connection,
    };
    decode::warm();
    let far_drive = library.is_on_far_drive();
    let engine = Engine::start(runtime, library, config).map_err(|error| Failure::new("start", error))?;
    let snapshot = engine.snapshot();
    let mut studio =
        Studio::new(snapshot, |key| kept.iter().find(|(name, _)| *name == key).and_then(|(_, value)| value.clone()));
    if far_drive {
        studio.tell_far_drive();
    }
    if let Some(crash::Written { file, text }) = crash::folder_of_user().and_then(|folder| crash::unseen(&folder)) {
        studio.offer_crash_report(CrashReport { file, text, earlier: true });
    }
    let shown = eframe::run_native(
        "Easel",
        options(&layout),
        Box::new(move |creation| {
            opened.store(true, Ordering::Relaxed);
            if context.set(creation.egui_ctx.clone()).is_err() {
                log::debug!("the window's context was set twice");
            }
            Ok(Box::new(App::new(&creation.egui_ctx, engine, pool, studio)))
        }),
    );
    drop(demo);
    shown.map_err(|error| Failure::new("window", explain(&error.to_string())))
}

/// Opens the library, or another one that the artist names where it cannot be opened.
fn enter(dir: PathBuf, read_only: bool) -> Result<Library, Failure> {
    let known = Known::of_user();
    let mut way = if read_only { Way::Read(dir, ReadOnly::Asked) } else { Way::Open(dir) };
    loop {
        let (opened, dir) = match &way {
            Way::Open(dir) => (known.open(dir), dir),
            Way::Read(dir, why) => (Library::open_read_only(dir, *why), dir),
            Way::Make(dir) => (known.make(dir), dir),
            Way::Close => return Err(Failure::new("library", "no library was chosen")),
        };
        let error = match opened {
            Ok(library) => return Ok(library),
            Err(error) => error,
        };
        let asked = if door::has_way(&error, dir) { door::ask(&error, dir).unwrap_or(Way::Close) } else { Way::Close };
        if asked == Way::Close {
            return Err(error.into());
        }
        way = asked;
    }
}

fn options(layout: &Layout) -> eframe::NativeOptions {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Easel")
        .with_app_id(APP_ID)
        .with_inner_size(layout.window)
        .with_min_inner_size([900.0, 560.0])
        .with_maximized(layout.maximized)
        .with_drag_and_drop(true);
    match eframe::icon_data::from_png_bytes(include_bytes!("../assets/icon.png")) {
        Ok(icon) => viewport = viewport.with_icon(icon),
        Err(error) => log::warn!("the window icon could not be read: {error}"),
    }
    eframe::NativeOptions {
        viewport,
        // The window reads the clipboard itself, off the UI thread.
        clipboard_shortcuts: false,
        event_loop_builder: prefer_x11(),
        ..eframe::NativeOptions::default()
    }
}

/// Files can be dropped on X11 (and through XWayland), not on Wayland: winit cannot do it there yet.
#[cfg(all(unix, not(target_os = "macos")))]
fn prefer_x11() -> Option<eframe::EventLoopBuilderHook> {
    use winit::platform::x11::EventLoopBuilderExtX11 as _;
    let has_display = std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty());
    has_display.then(|| {
        Box::new(|builder: &mut winit::event_loop::EventLoopBuilder<eframe::UserEvent>| {
            builder.with_x11();
        }) as eframe::EventLoopBuilderHook
    })
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn prefer_x11() -> Option<eframe::EventLoopBuilderHook> {
    None
}

/// A missing library makes the window system panic instead of failing: until the window is there such a panic of this
/// thread becomes a sentence too, and any other one is reported and ends the program. Returns the switch that ends it.
fn explain_early_panics() -> Arc<AtomicBool> {
    let opened = Arc::new(AtomicBool::new(false));
    let (main, seen, usual) = (std::thread::current().id(), opened.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == main && !seen.load(Ordering::Relaxed) {
            match explanation(&info.to_string()) {
                Some(sentence) => drop(crate::cli::refuse(sentence)),
                None => usual(info),
            }
            std::process::exit(1);
        }
        usual(info);
    }));
    opened
}

fn explanation(raw: &str) -> Option<&'static str> {
    EXPLANATIONS.iter().find(|(word, _)| raw.contains(word)).map(|(_, sentence)| *sentence)
}

fn explain(raw: &str) -> String {
    explanation(raw).map_or_else(|| format!("the window could not be opened: {raw}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn known_failures_get_a_sentence_that_helps_and_unknown_ones_keep_their_words() {
        assert!(explain("winit EventLoopError: neither WAYLAND_DISPLAY nor …").starts_with("there is no display"));
        assert!(explain("Library libxkbcommon-x11.so could not be loaded.").contains("apt install"));
        assert!(explain("Found no glutin configs matching the template").contains("OpenGL"));
        assert_eq!(explain("odd"), "the window could not be opened: odd");
    }
}
