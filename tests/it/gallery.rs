//! The grid, the strip, the right panel and the top bar: how they look, and that they work by mouse and by keys.

use crate::desk::{
    self, Desk, FLAGGED, click, desk, empty_desk, names, nodes, refused, send_partial, settle, show_jobs,
};
use crate::painter;
use easel::api::ModelId;
use easel::engine::{JobError, Phase, Remote, ServiceKind, Snapshot};
use easel::library::{JobId, Picture, PictureId, Run, RunId};
use easel::picture::{Flaw, Format, Size};
use easel::studio::{Screen, Shelf};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SMALL: Vec2 = vec2(1280.0, 800.0);
const LARGE: Vec2 = vec2(1920.0, 1200.0);

/// The states of the drawing: one partial, one waiting, one refused.
fn at_work(harness: &mut Harness<'static, Desk>) {
    let phases =
        || vec![Phase::Receiving { note: None }, Phase::Sending, refused(FLAGGED, 403), Phase::Queued { ticket: 2 }];
    show_jobs(harness, phases());
    send_partial(harness, "Z00");
    // The clocks begin anew: they are in the picture.
    show_jobs(harness, phases());
}

fn first_picture(harness: &Harness<'static, Desk>) -> PictureId {
    harness.state().studio.first().unwrap()
}

fn selected(harness: &Harness<'static, Desk>) -> Vec<PictureId> {
    let studio = &harness.state().studio;
    studio.selection.in_order(&studio.collection)
}

fn main_window(theme: Theme, name: &str) {
    let mut h = desk(SMALL, theme);
    let first = first_picture(&h);
    h.state_mut().studio.selection.only(first);
    at_work(&mut h);
    h.run_steps(2);
    painter::snapshot(&mut h, name);
}

#[test]
fn the_main_window_looks_as_drawn_in_the_dark() {
    main_window(Theme::Dark, "main_dark");
}

#[test]
fn the_main_window_looks_as_drawn_in_the_light() {
    main_window(Theme::Light, "main_light");
}

/// The right panel is open in a large window; the facts follow when the recipe has been read.
fn large_window(theme: Theme, name: &str) {
    let mut h = desk(LARGE, theme);
    let first = first_picture(&h);
    h.state_mut().studio.selection.only(first);
    wait_for(&mut h, "Seed");
    at_work(&mut h);
    settle(&mut h);
    at_work(&mut h);
    h.run_steps(2);
    painter::snapshot(&mut h, name);
}

#[test]
fn the_right_panel_tells_what_is_owned_and_selected_in_the_dark() {
    large_window(Theme::Dark, "main_large_dark");
}

#[test]
fn the_right_panel_tells_what_is_owned_and_selected_in_the_light() {
    large_window(Theme::Light, "main_large_light");
}

fn wait_for(h: &mut Harness<'static, Desk>, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while h.query_all_by_label(text).next().is_none() && h.query_all_by_value(text).next().is_none() {
        assert!(Instant::now() < deadline, "{text} never came: {:?}", names(h));
        h.step();
    }
}

#[test]
fn every_shape_has_its_tiles_and_transparency_its_squares() {
    let mut h = desk(LARGE, Theme::Dark);
    h.state_mut().studio.layout.tile = 150.0;
    settle(&mut h);
    painter::snapshot(&mut h, "gallery_shapes_dark");
}

#[test]
fn an_empty_library_says_how_to_begin_and_spends_nothing() {
    let mut h = empty_desk(SMALL, Theme::Dark);
    painter::snapshot(&mut h, "gallery_empty_dark");
    let prompt = "Botanical plate of a blue iris, ink and watercolour on cream paper";
    h.get_by_label(prompt).click();
    h.run_steps(3);
    assert_eq!(h.state().studio.draft.prompt, prompt);
    assert!(h.state().given.is_empty(), "{:?}", h.state().given);
}

#[test]
fn pictures_are_selected_by_the_mouse() {
    let mut h = desk(SMALL, Theme::Dark);
    let latte = |n: usize| format!("Picture: Latte art of a fox curled asleep, overhead, morning light, {n}");
    click(&mut h, &latte(1), Modifiers::NONE);
    assert_eq!(selected(&h).len(), 1);
    let first = latte(1);
    let node = h.get_by_label(&first);
    assert_eq!(node.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True), "a screen reader is told");
    click(&mut h, &latte(3), Modifiers::COMMAND | Modifiers::CTRL);
    assert_eq!(selected(&h).len(), 2);
    click(&mut h, &latte(3), Modifiers::COMMAND | Modifiers::CTRL);
    assert_eq!(selected(&h).len(), 1);
    click(&mut h, &latte(1), Modifiers::NONE);
    click(&mut h, &latte(4), Modifiers::SHIFT);
    assert_eq!(selected(&h).len(), 4);
    // Under the tiles of a run there is nothing.
    let at = h.get_by_label(&latte(4)).rect().center_bottom() + vec2(0.0, 8.0);
    desk::click_at(&mut h, at, Modifiers::NONE);
    assert!(selected(&h).is_empty(), "a click on the ground lets go");
}

#[test]
fn a_double_click_opens_the_picture() {
    let mut h = desk(SMALL, Theme::Dark);
    let name = "Picture: Latte art of a fox curled asleep, overhead, morning light, 2";
    let at = h.get_by_label(name).rect().center();
    for pressed in [true, false, true, false] {
        h.event(egui::Event::PointerMoved(at));
        let button = egui::PointerButton::Primary;
        h.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        h.step();
    }
    h.run_steps(2);
    assert_eq!(h.state().studio.screen, Screen::Viewer);
}

#[test]
fn pictures_are_selected_and_opened_by_keys() {
    let mut h = desk(SMALL, Theme::Dark);
    let runs: Vec<Vec<PictureId>> = h
        .state()
        .studio
        .collection
        .runs()
        .map(|entry| entry.pictures.iter().map(|picture| picture.id.clone()).collect())
        .collect();
    let press = |h: &mut Harness<'static, Desk>, key: Key| {
        h.key_press(key);
        h.run_steps(3);
        h.state().studio.selection.active().cloned().unwrap()
    };
    assert_eq!(press(&mut h, Key::ArrowRight), runs[0][0], "begins at the first");
    assert_eq!(press(&mut h, Key::ArrowRight), runs[1][0]);
    assert_eq!(press(&mut h, Key::ArrowRight), runs[1][1]);
    assert_eq!(press(&mut h, Key::ArrowDown), runs[2][1], "straight down, into the run below");
    for _ in 0..8 {
        press(&mut h, Key::ArrowDown);
    }
    let active = h.state().studio.selection.active().cloned().unwrap();
    assert!(!runs[0].contains(&active) && !runs[1].contains(&active));
    for _ in 0..30 {
        press(&mut h, Key::ArrowUp);
    }
    assert!(runs[0].contains(h.state().studio.selection.active().unwrap()));
    h.key_press(Key::Enter);
    h.run_steps(3);
    assert_eq!(h.state().studio.screen, Screen::Viewer);
}

#[test]
fn tab_reaches_a_picture_and_enter_opens_it() {
    let mut h = desk(SMALL, Theme::Dark);
    let name = "Picture: Latte art of a fox curled asleep, overhead, morning light, 2";
    h.get_by_label(name).focus();
    h.run_steps(2);
    h.key_press(Key::Enter);
    h.run_steps(3);
    assert_eq!(h.state().studio.screen, Screen::Viewer);
}

/// A library of this many pictures whose files do not exist.
fn filled(count: usize, per_run: usize) -> Harness<'static, Desk> {
    let mut h = empty_desk(SMALL, Theme::Dark);
    let runs = (0..count / per_run).map(run).collect();
    let pictures = (0..count).rev().map(|number| picture(number / per_run, number)).collect();
    h.state_mut().studio.collection.load(easel::library::LibraryContents::new(runs, pictures, vec![]));
    h.run_steps(3);
    h
}

fn run(number: usize) -> Run {
    Run {
        id: RunId(format!("r{number:06}")),
        created_ms: 1_700_000_000_000 + i64::try_from(number).unwrap(),
        model: ModelId::new("demo/painter"),
        model_name: "Painter".into(),
        prompt: format!("run {number}"),
        settings: String::new(),
        asked: 4,
        aspect: Some(1.5),
    }
}

fn picture(run: usize, number: usize) -> Picture {
    Picture {
        id: PictureId(format!("p{number:06}")),
        run: RunId(format!("r{run:06}")),
        job: JobId(format!("j{number:06}")),
        position: 0,
        file: format!("pictures/{number}.png"),
        hash: "0".repeat(64),
        format: Format::Png,
        size: Some(Size { width: 1536, height: 1024 }),
        bytes: 1,
        created_ms: 0,
        cost: Some(0.04),
        elapsed_ms: 1,
        provider: None,
        trashed_ms: None,
        number: 0,
        seed: None,
        has_references: false,
        flaw: None,
        prompt: None,
        marks: Default::default(),
    }
}

#[test]
fn a_picture_that_is_cut_off_or_damaged_says_so_on_its_tile_and_in_the_viewer() {
    let mut h = empty_desk(SMALL, Theme::Dark);
    let flawed = |number, flaw| Picture { flaw, ..picture(0, number) };
    let pictures = vec![flawed(2, Some(Flaw::Damaged)), flawed(1, Some(Flaw::CutOff)), flawed(0, None)];
    let collection = easel::library::LibraryContents::new(vec![run(0)], pictures, vec![]);
    h.state_mut().studio.collection.load(collection);
    h.run_steps(3);
    let said = |h: &Harness<'static, Desk>, part: &str| {
        h.query_all_by(|node| [node.value(), node.label()].into_iter().flatten().any(|text| text.contains(part)))
            .count()
    };
    assert_eq!(said(&h, "cut off: the last part never came"), 1, "{:?}", names(&h));
    assert_eq!(said(&h, "damaged: some of it may be wrong"), 1, "{:?}", names(&h));
    let open = |h: &mut Harness<'static, Desk>, id: &str| {
        let Desk { studio, engine, .. } = h.state_mut();
        studio.apply(easel::studio::Command::Open(PictureId(id.into())), engine);
    };
    open(&mut h, "p000001");
    h.run_steps(4);
    assert!(said(&h, "This picture is cut off: the last part never came") > 0, "{:?}", names(&h));
    open(&mut h, "p000000");
    h.run_steps(4);
    assert_eq!(said(&h, "This picture is"), 0, "{:?}", names(&h));
}

#[test]
fn only_what_is_seen_of_five_thousand_pictures_is_built() {
    let mut h = filled(5_000, 4);
    assert!(nodes(&h) < 200, "{} nodes", nodes(&h));
    h.state_mut().studio.layout.tile = 96.0;
    h.run_steps(3);
    assert!(nodes(&h) < 500, "{} nodes of the smallest tiles", nodes(&h));
    h.state_mut().studio.layout.tile = 188.0;
    let middle = PictureId("p002500".into());
    reveal(&mut h, &middle);
    assert!(names(&h).iter().any(|name| name.starts_with("Picture: run 625,")), "{:?}", names(&h));
    assert!(nodes(&h) < 200, "{} nodes", nodes(&h));
}

/// Brings a picture into view as the arrow keys do.
fn reveal(h: &mut Harness<'static, Desk>, id: &PictureId) {
    h.state_mut().studio.effects.push(easel::studio::Effect::Reveal(id.clone()));
    h.run_steps(4);
}

#[test]
fn a_new_run_moves_nothing_that_is_looked_at() {
    let mut h = filled(400, 4);
    reveal(&mut h, &PictureId("p000200".into()));
    // None of these has a file, which is said after the name once it was looked for.
    let of = |h: &Harness<'static, Desk>, name: &str| {
        h.get_by(|node| node.label().is_some_and(|label| label.starts_with(name))).rect()
    };
    let name = "Picture: run 50, 1";
    let before = of(&h, name);
    let new = run(100);
    h.state_mut().studio.collection.add_run(Arc::new(new));
    h.state_mut().studio.collection.insert(picture(100, 401));
    h.run_steps(3);
    assert_eq!(of(&h, name), before, "the scroll position is held");
    assert!(h.state().studio.selection.is_empty());

    // At the very top what is new comes into view.
    reveal(&mut h, &PictureId("p000401".into()));
    h.state_mut().studio.collection.add_run(Arc::new(run(101)));
    h.state_mut().studio.collection.insert(picture(101, 402));
    h.run_steps(3);
    of(&h, "Picture: run 101, 1");
}

#[test]
fn a_picture_takes_the_place_of_its_tile() {
    let mut h = desk(SMALL, Theme::Dark);
    show_jobs(&mut h, vec![Phase::Sending, Phase::Sending, Phase::Sending]);
    h.run_steps(2);
    let tile = |h: &Harness<'static, Desk>, n: usize| {
        let prompt: String = desk::PANDA.chars().take(60).collect();
        h.get_by_label_contains(&format!("{prompt}, {n}")).rect()
    };
    let (waited, last) = (tile(&h, 3), tile(&h, 4));
    let run = h.state().studio.collection.runs().next().unwrap().run.clone();
    let picture = Picture { run: run.id.clone(), job: JobId("Z01".into()), ..picture(0, 9) };
    h.state_mut().studio.collection.insert(picture);
    h.run_steps(2);
    assert_eq!(tile(&h, 3), waited);
    assert_eq!(tile(&h, 4), last);
    assert!(names(&h).iter().any(|name| name.starts_with("Picture: A red panda") && name.contains(", 3")));
}

#[test]
fn ctrl_and_wheel_change_the_size_of_the_tiles() {
    let mut h = desk(SMALL, Theme::Dark);
    let before = h.state().studio.layout.tile;
    h.hover_at(egui::pos2(800.0, 400.0));
    h.event(egui::Event::Zoom(1.2));
    h.run_steps(3);
    assert!(h.state().studio.layout.tile > before);
    let slider = h.get_by_role_and_label(Role::Slider, "Tile size");
    slider.set_value_accesskit(120.0);
    h.run_steps(3);
    assert_eq!(h.state().studio.layout.tile, 120.0);
}

#[test]
fn dragging_a_picture_carries_the_selection() {
    let mut h = desk(SMALL, Theme::Dark);
    let name = |n: usize| format!("Picture: Latte art of a fox curled asleep, overhead, morning light, {n}");
    click(&mut h, &name(1), Modifiers::NONE);
    click(&mut h, &name(2), Modifiers::SHIFT);
    let at = h.get_by_label(&name(2)).rect().center();
    h.hover_at(at);
    h.drag_at(at);
    h.step();
    h.hover_at(at + vec2(60.0, 60.0));
    h.run_steps(2);
    let carried = egui::DragAndDrop::payload::<Vec<PictureId>>(&h.ctx).map(|ids| ids.len());
    assert_eq!(carried, Some(2));
    painter::snapshot(&mut h, "gallery_dragged_dark");
}

#[test]
fn pictures_that_are_let_go_outside_of_the_window_are_copied_as_files() {
    let mut h = desk(SMALL, Theme::Dark);
    let name = |n: usize| format!("Picture: Latte art of a fox curled asleep, overhead, morning light, {n}");
    click(&mut h, &name(1), Modifiers::NONE);
    click(&mut h, &name(2), Modifiers::SHIFT);
    // Files that are gone leave the clipboard of this computer alone.
    let ids: Vec<PictureId> = h.state().studio.selection.some(2);
    for id in &ids {
        let file = h.state().studio.collection.picture(id).unwrap().file.clone();
        std::fs::remove_file(h.state().engine.library_dir().join(file)).unwrap();
    }
    let at = h.get_by_label(&name(2)).rect().center();
    for to in [egui::pos2(at.x, at.y + 60.0), egui::pos2(at.x, -20.0)] {
        assert!(!h.state().given.iter().any(|command| command.starts_with("CopyFiles")), "not while inside");
        h.hover_at(at);
        h.drag_at(at);
        h.step();
        h.hover_at(to);
        h.run_steps(2);
        h.drop_at(to);
        h.run_steps(2);
    }
    let copied = h.state().given.iter().find(|command| command.starts_with("CopyFiles")).cloned().unwrap();
    assert!(ids.iter().all(|id| copied.contains(&id.0)), "{copied}");
    assert!(egui::DragAndDrop::payload::<Vec<PictureId>>(&h.ctx).is_none());
}

#[test]
fn the_menu_of_a_picture_offers_everything_with_its_keys() {
    let mut h = desk(SMALL, Theme::Dark);
    let name = "Picture: Latte art of a fox curled asleep, overhead, morning light, 2";
    h.get_by_label(name).click_secondary();
    h.run_steps(4);
    settle(&mut h);
    painter::snapshot(&mut h, "gallery_menu_dark");
    for entry in [
        "Open",
        "Use settings",
        "Use this prompt again",
        "Add to comparison",
        "Copy the prompt",
        "Save as…",
        "Open the folder",
    ] {
        assert!(h.query_all_by_label(entry).next().is_some(), "{entry}: {:?}", names(&h));
    }
    h.get_all_by_label("Save as…").next().unwrap().click();
    h.run_steps(3);
    assert!(h.state().given.iter().any(|command| command.starts_with("OpenDialog(Export(")), "{:?}", h.state().given);
    h.state_mut().studio.dialog = None;
    h.run_steps(2);
    h.get_by_label(name).click_secondary();
    h.run_steps(4);
    h.get_by_label("Use this prompt again").click();
    h.run_steps(3);
    assert!(h.state().studio.draft.prompt.starts_with("Latte art of a fox"), "{}", h.state().studio.draft.prompt);
}

#[test]
fn the_trash_gives_back_and_can_be_emptied() {
    let mut h = desk(LARGE, Theme::Dark);
    let first = h.state().studio.collection.runs().nth(1).unwrap().pictures[0].clone();
    // So that the panel always says three days.
    let then = jiff::Timestamp::now().as_millisecond() - (3 * 24 + 1) * 3_600_000;
    let trashed = Picture { trashed_ms: Some(then), ..first };
    h.state_mut().studio.collection.trash(vec![trashed]);
    h.run_steps(2);
    h.get_by_label("Trash, 1").click();
    h.run_steps(3);
    assert_eq!(h.state().studio.layout.shelf, Shelf::Trash);
    h.get_by_label("Picture: Latte art of a fox curled asleep, overhead, morning light, 1").click();
    h.run_steps(12);
    settle(&mut h);
    painter::snapshot(&mut h, "gallery_trash_dark");
    h.get_all_by_label("Empty trash…").next().unwrap().click();
    h.run_steps(3);
    h.state_mut().studio.dialog = None;
    h.run_steps(2);
    h.get_all_by_label("Restore").next().unwrap().click();
    h.run_steps(3);
    let given = h.state().given.join("\n");
    assert!(given.contains("Restore(") && given.contains("OpenDialog(EmptyTrash)"), "{given}");
}

#[test]
fn the_last_run_alone_can_be_shown() {
    let mut h = desk(LARGE, Theme::Dark);
    h.get_by_label("Last run, 1").click();
    h.run_steps(3);
    let shown = names(&h).iter().filter(|name| name.starts_with("Picture: ")).count();
    assert_eq!(shown, 1);
}

#[test]
fn the_strip_groups_what_runs_and_waits_and_cancels_it() {
    let mut h = desk(SMALL, Theme::Dark);
    at_work(&mut h);
    h.run_steps(2);
    for name in ["Running 2 · 1 waiting", "1 failed", "Cancel all", "Remove failed tiles"] {
        assert!(
            h.query_all_by_label(name).next().is_some() || h.query_all_by_value(name).next().is_some(),
            "{name}: {:?}",
            names(&h)
        );
    }
    let prompt: String = desk::PANDA.chars().take(60).collect();
    h.get_by_label(&format!("Cancel: {prompt}")).click();
    h.run_steps(2);
    h.get_by_label("Cancel all").click();
    h.run_steps(2);
    h.get_by_label("Remove failed tiles").click();
    h.run_steps(2);
    let given = h.state().given.join("\n");
    for command in ["CancelRun(", "Do(CancelAll)", "Do(ClearFailed)"] {
        assert!(given.contains(command), "{command}: {given}");
    }
}

#[test]
fn the_bar_says_where_requests_go_and_opens_views_and_panels() {
    let mut h = desk(SMALL, Theme::Dark);
    h.get_by_label("Connect a key").click();
    h.run_steps(2);
    h.state_mut().studio.dialog = None;
    h.get_by_label("Right panel").click();
    h.run_steps(2);
    assert!(h.state().studio.layout.right_shown(1280.0));
    h.get_by_label("Viewer").click();
    h.run_steps(2);
    assert_eq!(h.state().studio.screen, Screen::Viewer);
    assert!(h.state().given.iter().any(|command| command == "OpenDialog(Settings)"));

    let snapshot = (*h.state().studio.snapshot).clone();
    let error = easel::api::Error::Unreachable { host: "openrouter.ai".into(), reason: "refused".into() };
    let mut offline = Snapshot { service: desk::service(ServiceKind::OpenRouter), ..snapshot };
    offline.models = Remote { error: Some(Arc::new(error)), ..Remote::default() };
    h.state_mut().studio.take_snapshot(Arc::new(offline));
    h.run_steps(2);
    h.get_by_label("Service: OpenRouter · not reachable");
}

#[test]
fn idle_the_window_draws_no_frames() {
    let mut h = desk(SMALL, Theme::Dark);
    h.run();
    let wait = h.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(wait > Duration::from_secs(3600), "{wait:?}");
    show_jobs(&mut h, vec![Phase::Sending]);
    h.run_steps(2);
    let wait = h.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(wait <= Duration::from_secs(1), "a clock is on screen: {wait:?}");
    show_jobs(&mut h, vec![desk::failed(JobError::Journal)]);
    h.run_steps(40);
    let wait = h.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(wait > Duration::from_secs(3600), "{wait:?}");
}
