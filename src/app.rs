//! The window and its frame: `logic` drains the engine and applies, `ui` draws; nothing else is decided here.

use crate::crash;
use crate::decode::Pool;
use crate::engine::{self, Engine, Order, Pasted, ServiceOrder};
use crate::studio::{Command, CrashReport, Effect, Studio, Tone};
use crate::ui::{self, Cx, Textures};
use egui::{Color32, ColorImage, Context};
use poll_promise::Promise;
use std::time::{Duration, Instant};

/// How long the artist pauses before what changed is written down.
const SAVE_AFTER: Duration = Duration::from_millis(500);
/// Time per frame for events; more of them wait for the next frame.
const DRAIN: Duration = Duration::from_millis(3);
/// What is being stored gets this long when the window closes.
const CLOSING: Duration = Duration::from_secs(2);

/// Said where pasting brought nothing.
const NOTHING_CAME: &str = "Nothing came from the clipboard: it is empty, or the other program did not hand it over; \
                            copy it again, in parts where it is long";

/// The running window.
pub struct App {
    engine: Option<Engine>,
    studio: Studio,
    textures: Textures,
    ui: ui::State,
    commands: Vec<Command>,
    changed_at: Option<Instant>,
    /// A clipboard text on its way into the focused text field.
    pasting: Option<Promise<Pasted>>,
    /// What the last frame drew, and what of it the log has told.
    drawn: Progress,
    told: Progress,
    /// Whether the window was asked to fill the screen, and whether it did since.
    full_screen: (bool, bool),
    /// How many failures inside were told.
    crashes: usize,
    /// What the window is called; empty: it was not told yet.
    title: &'static str,
}

/// How far the start has come.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Nothing,
    Window,
    /// With the newest pictures in it, or none when there are none.
    Newest,
    Library,
}

impl App {
    /// Makes the window's contents; `ctx` gets fonts and theme.
    pub fn new(ctx: &Context, engine: Engine, pool: Pool<ColorImage>, studio: Studio) -> Self {
        ui::theme::install(ctx);
        let textures = Textures::new(pool, engine.library_dir().to_owned());
        Self {
            engine: Some(engine),
            studio,
            textures,
            ui: ui::State::default(),
            commands: Vec::new(),
            changed_at: None,
            pasting: None,
            drawn: Progress::Nothing,
            told: Progress::Nothing,
            full_screen: (false, false),
            crashes: 0,
            title: "",
        }
    }

    /// Returns what is on screen; for tests.
    pub fn studio(&self) -> &Studio {
        &self.studio
    }

    /// Returns what is on screen, to be changed; for tests.
    pub fn studio_mut(&mut self) -> &mut Studio {
        &mut self.studio
    }

    /// Returns what the window is called; for tests.
    pub fn title(&self) -> &str {
        self.title
    }

    /// Says whether nothing is under way: no job, no read, no decoding. For tests.
    pub fn is_settled(&self) -> bool {
        let snapshot = &self.studio.snapshot;
        snapshot.library_read
            && !snapshot.models.loading
            && snapshot.endpoints.values().all(|remote| !remote.loading)
            && snapshot
                .jobs
                .iter()
                .all(|job| !job.phase.is_running() && !matches!(job.phase, engine::Phase::Queued { .. }))
            && !self.textures.is_busy()
    }

    /// Applies a command as if a key or a button had asked for it; for tests and benchmarks.
    pub fn run(&mut self, command: Command) {
        if let Some(engine) = &self.engine {
            self.studio.apply(command, engine);
        }
    }

    /// Tells the log how far the start has come; what a frame drew is on screen when the next one begins.
    fn tell_progress(&mut self) {
        if std::mem::replace(&mut self.told, self.drawn) == self.drawn {
            return;
        }
        match self.drawn {
            Progress::Nothing => {}
            Progress::Window => log::info!("the window is on screen"),
            Progress::Newest => log::info!("the newest pictures are on screen"),
            Progress::Library => log::info!("the library is on screen"),
        }
    }

    /// Fails where a script asked for it, to see what becomes of a window that does; no such window is ever shipped.
    #[cfg(debug_assertions)]
    fn fail_on_purpose(&self) {
        let asked = || std::env::var_os("EASEL_PANIC").is_some_and(|what| what == "window");
        if self.told != self.drawn && self.drawn == Progress::Library && asked() {
            #[expect(clippy::panic, reason = "it is asked for")]
            {
                panic!("EASEL_PANIC asked for this");
            }
        }
    }

    /// Offers what was written down of a failure on another thread.
    fn tell_crashes(&mut self) {
        let count = crash::count();
        if std::mem::replace(&mut self.crashes, count) == count {
            return;
        }
        if let Some(crash::Written { file, text }) = crash::newest() {
            self.studio.offer_crash_report(CrashReport { file, text, earlier: false });
        }
    }

    fn drain(&mut self, ctx: &Context) {
        let Some(engine) = &self.engine else { return };
        self.studio.take_snapshot(engine.snapshot());
        let began = Instant::now();
        while let Some(event) = engine.next_event() {
            self.studio.on(event);
            if began.elapsed() > DRAIN {
                ctx.request_repaint();
                break;
            }
        }
        if self.studio.snapshot.library_read
            && let Some(text) = self.studio.question()
        {
            engine.find(text);
        }
        if self.studio.snapshot.library_read
            && let Some(question) = self.studio.prompt_question()
        {
            engine.find_prompts(question);
        }
        for order in self.studio.wants() {
            engine.send(order);
        }
        let next = self.studio.notices.expire(Instant::now());
        if let Some(at) = next {
            ctx.request_repaint_after(at.saturating_duration_since(Instant::now()));
        }
        self.save_when_paused(ctx);
    }

    fn save_when_paused(&mut self, ctx: &Context) {
        let Some(engine) = &self.engine else { return };
        if !self.studio.has_unsaved_changes() {
            self.changed_at = None;
            return;
        }
        let since = *self.changed_at.get_or_insert_with(Instant::now);
        match SAVE_AFTER.checked_sub(since.elapsed()) {
            Some(left) => ctx.request_repaint_after(left),
            None => {
                self.changed_at = None;
                for order in self.studio.save_changes() {
                    engine.send(order);
                }
            }
        }
    }

    fn remember_window(&mut self, ctx: &Context) {
        let (size, maximized) = ctx.input(|input| {
            let viewport = input.viewport();
            (viewport.inner_rect.map(|rect| rect.size()), viewport.maximized.unwrap_or(false))
        });
        if self.studio.full_screen {
            return;
        }
        self.studio.layout.maximized = maximized;
        if let (Some(size), false) = (size, maximized) {
            self.studio.layout.window = [size.x.round(), size.y.round()];
        }
    }

    /// Names the window after what can be done in it.
    fn follow_title(&mut self, ctx: &Context) {
        let title = self.studio.window_title();
        if std::mem::replace(&mut self.title, title) != title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.to_owned()));
        }
    }

    /// Fills the screen or gives it back; follows when the desktop does either.
    fn follow_full_screen(&mut self, ctx: &Context) {
        let (asked, done) = self.full_screen;
        let wanted = self.studio.full_screen;
        if wanted != asked {
            self.full_screen = (wanted, false);
            ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(wanted));
            return;
        }
        match ctx.input(|input| input.viewport().fullscreen) {
            Some(true) if wanted => self.full_screen.1 = true,
            Some(false) if wanted && done => {
                self.studio.full_screen = false;
                self.full_screen = (false, false);
            }
            _ => {}
        }
    }

    fn run_commands(&mut self, ctx: &Context) {
        let Some(engine) = &self.engine else { return };
        for command in self.commands.drain(..) {
            log::debug!("{command:?}");
            self.studio.apply(command, engine);
        }
        for effect in std::mem::take(&mut self.studio.effects) {
            match effect {
                Effect::CopyText(text) => ctx.copy_text(text),
                Effect::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
                Effect::ForgetCrash(file) => drop(engine.work(move || crash::mark_seen(&file))),
                other => self.ui.effect(other, &self.studio, engine),
            }
            ctx.request_repaint();
        }
    }

    /// Asks before closing when pictures are still on their way or not yet saved, also where nothing of the window is
    /// seen.
    fn guard_close(&mut self, ctx: &Context) {
        if !ctx.input(|input| input.viewport().close_requested()) || self.ui.may_close {
            return;
        }
        let open =
            self.studio.snapshot.jobs.iter().any(|job| {
                job.phase.is_running() || matches!(job.phase, engine::Phase::Unsaved { elsewhere: None, .. })
            });
        if open {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            if ctx.input(|input| input.viewport().minimized.unwrap_or(false)) {
                ctx.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
            }
            ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
            self.run(Command::OpenDialog(crate::studio::Dialog::Quit));
            ctx.request_repaint();
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.tell_crashes();
        if ctx.input(|input| input.events.contains(&egui::Event::WindowFocused(true)))
            && let Some(engine) = &self.engine
        {
            // The artist may come from another window of Easel.
            engine.send(Order::Service(ServiceOrder::LookAgain));
        }
        self.drain(ctx);
        self.textures.receive();
        self.guard_close(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        if let Some(spent) = frame.info().cpu_usage {
            self.textures.learn(Duration::from_secs_f32(spent.max(0.0)));
        }
        #[cfg(debug_assertions)]
        self.fail_on_purpose();
        self.tell_progress();
        self.textures.begin_frame(&ctx);
        if let Some(engine) = &self.engine {
            let seen = self.textures.take_flaws();
            self.studio.new_flaws(seen).into_iter().for_each(|order| engine.send(order));
        }
        self.remember_window(&ctx);
        self.studio.window_width = ctx.content_rect().width();
        self.commands.extend(ui::keys::pressed(&ctx, &self.studio));
        if let Some(engine) = &self.engine {
            let mut cx =
                Cx { studio: &mut self.studio, textures: &mut self.textures, engine, commands: &mut self.commands };
            ui::show(ui, &mut cx, &mut self.ui);
        }
        self.textures.end_frame(u64::from(self.studio.layout.texture_budget) << 20);
        self.run_commands(&ctx);
        let drawn = match self.studio.snapshot.library_read {
            true => Progress::Library,
            false if self.studio.collection.count() > 0 => Progress::Newest,
            false => Progress::Window,
        };
        if drawn != std::mem::replace(&mut self.drawn, drawn) {
            ctx.request_repaint();
        }
        self.follow_full_screen(&ctx);
        self.follow_title(&ctx);
    }

    /// The clipboard is read on its own thread: copy, cut and paste come as plain keys and are made into events here.
    fn raw_input_hook(&mut self, ctx: &Context, raw: &mut egui::RawInput) {
        let Some(engine) = &self.engine else { return };
        if let Some(promise) = self.pasting.take() {
            match promise.try_take() {
                Ok(Pasted::Text(text)) => raw.events.push(egui::Event::Paste(text)),
                Ok(other) => match ui::references::command_of(other) {
                    Some(command) => self.commands.push(command),
                    None => self.studio.notices.say(Tone::Info, NOTHING_CAME, None),
                },
                Err(pending) => self.pasting = Some(pending),
            }
        }
        if ui::keys::clipboard_events(ctx, raw) {
            self.pasting = Some(engine.clipboard().read());
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        let ground = if visuals.dark_mode { ui::theme::DARK.background } else { ui::theme::LIGHT.background };
        Color32::to_normalized_gamma_f32(ground)
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        let Some(engine) = self.engine.take() else { return };
        for order in self.studio.save_changes() {
            engine.send(order);
        }
        engine.send(Order::Shutdown);
        engine.shutdown(CLOSING);
    }
}

impl Drop for App {
    /// Where the window fails inside, nothing else is called any more: what was typed and chosen is kept, and the engine
    /// brings what it received to the disk when it is dropped after this.
    fn drop(&mut self) {
        let Some(engine) = self.engine.as_ref().filter(|_| std::thread::panicking()) else { return };
        let studio = &mut self.studio;
        let saving = std::panic::AssertUnwindSafe(|| studio.save_changes());
        match std::panic::catch_unwind(saving) {
            Ok(orders) => orders.into_iter().for_each(|order| engine.send(order)),
            Err(_) => log::error!("what was typed last could not be kept"),
        }
    }
}
