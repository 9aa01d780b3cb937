//! The way to a picture: kept by the engine as it comes, gone over with the pointer and by keys in the viewer, and any
//! step of it made a picture of its own.

use crate::bench::{Bench, Item, Kind, bench, settle_until, view};
use crate::painter;
use crate::support::{StudioHarness, Wish};
use easel::api::ModelId;
use easel::engine::Phase;
use easel::library::{PictureId, Recipe};
use easel::picture::Format;
use easel::studio::{Command, Dialog, Screen};
use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers, Pos2, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

type Table = Harness<'static, Bench>;

/// Files under `partials/`, by name.
fn kept(dir: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&dir.join("partials"), &mut found);
    found.sort();
    found
}

fn recipe(studio: &StudioHarness, id: &PictureId) -> Recipe {
    let file = studio.app().studio().collection.picture(id).unwrap().file.clone();
    let text = std::fs::read(studio.dir().join(file).with_extension("json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// A studio whose viewer shows the only picture, its partials beside the film strip.
fn looking(model: &str, seen: &str) -> (StudioHarness, PictureId) {
    let mut studio = StudioHarness::new();
    studio.run(Command::ChooseModel(ModelId::new(model)));
    studio.step_until("the model can be used", |app| app.studio().readiness().problem.is_none());
    studio.generate(1);
    let id = studio.app().studio().first().unwrap();
    studio.run(Command::Open(id.clone()));
    studio.step_until_seen(seen);
    studio.settle();
    (studio, id)
}

/// What stands in the place of the picture, as it is read out.
fn stage(studio: &StudioHarness) -> String {
    studio.harness.get_by(|node| node.role() == Role::Image).accesskit_node().label().unwrap()
}

#[test]
fn what_streams_is_kept_and_the_switch_ends_that() {
    let mut studio = StudioHarness::new();
    studio.generate(1);
    let dir = studio.dir().to_owned();
    studio.step_until("all of them are written", |_| kept(&dir).len() == 3);
    let names: Vec<_> = kept(studio.dir()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for (path, number) in kept(studio.dir()).iter().zip(["1-001-", "1-002-", "1-003-"]) {
        assert!(path.file_name().unwrap().to_string_lossy().starts_with(number), "{path:?}");
        assert_eq!(Format::sniff(&std::fs::read(path).unwrap()), Some(Format::Png));
    }
    studio.run(Command::OpenDialog(Dialog::Settings));
    let bytes: u64 = kept(studio.dir()).iter().map(|path| path.metadata().unwrap().len()).sum();
    studio.step_until_seen(&format!("3 files, {}", easel::studio::bytes_text(bytes)));
    studio.harness.get_by_role_and_label(Role::CheckBox, "Keep what comes on the way to a picture").click();
    studio.harness.run_steps(2);
    assert!(!studio.app().studio().layout.keep_partials);
    studio.key(Modifiers::NONE, Key::Escape);
    studio.generate(1);
    assert_eq!(kept(studio.dir()).len(), 3, "what is there stays, and nothing is added");
}

#[test]
fn a_disk_that_takes_no_partials_costs_nothing_but_these() {
    let mut studio = StudioHarness::new();
    // No folder can be made in the place of a file.
    std::fs::write(studio.dir().join("partials"), b"in the way").unwrap();
    studio.generate(1);
    let studio = studio.app().studio();
    assert_eq!((studio.collection.count(), studio.snapshot.jobs.len()), (1, 0));
    assert_eq!(studio.notices.iter().count(), 0, "nobody is bothered with it");
}

#[test]
fn the_pointer_goes_over_the_way_and_keys_step_through_it() {
    let (mut studio, _) = looking("easel/atelier", "Partial 1 of 3");
    let finished = stage(&studio);
    assert!(finished.starts_with("Picture by "), "{finished}");
    for number in [1, 3, 2] {
        let at = studio.harness.get_by_label(&format!("Partial {number} of 3")).rect().center();
        studio.harness.hover_at(at);
        studio.settle();
        assert!(stage(&studio).starts_with(&format!("Partial {number} of 3 · ")), "{}", stage(&studio));
    }
    studio.harness.hover_at(Pos2::new(640.0, 300.0));
    studio.settle();
    assert_eq!(stage(&studio), finished, "the pointer only looks");

    for (key, expected) in [
        (Key::Comma, "Partial 3 of 3"),
        (Key::Comma, "Partial 2 of 3"),
        (Key::Period, "Partial 3 of 3"),
        (Key::Period, "Picture by"),
        (Key::Comma, "Partial 3 of 3"),
    ] {
        studio.key(Modifiers::NONE, key);
        studio.settle();
        assert!(stage(&studio).starts_with(expected), "{key:?}: {}", stage(&studio));
    }
    studio.key(Modifiers::NONE, Key::Escape);
    studio.settle();
    assert_eq!((stage(&studio), studio.app().studio().screen), (finished.clone(), Screen::Viewer), "Esc lets go first");

    studio.click("Partial 1 of 3");
    studio.harness.hover_at(Pos2::new(640.0, 300.0));
    studio.settle();
    assert!(stage(&studio).starts_with("Partial 1 of 3"), "a click holds");
    let held = studio.harness.get_by_role_and_label(Role::Button, "Partial 1 of 3").accesskit_node().toggled();
    assert_eq!(held, Some(Toggled::True));
    studio.click("Finished picture");
    studio.settle();
    assert_eq!(stage(&studio), finished);
    studio.key(Modifiers::NONE, Key::Escape);
    assert_eq!(studio.app().studio().screen, Screen::Grid);
}

#[test]
fn a_partial_becomes_a_picture_of_its_own_that_is_not_paid_again_and_can_be_taken_back() {
    let (mut studio, finished) = looking("easel/atelier", "Partial 1 of 3");
    let spent = studio.app().studio().snapshot.spending;
    studio.key(Modifiers::NONE, Key::K);
    studio.step_until("it is said that none is meant", |app| app.studio().notices.iter().count() == 1);
    studio.click("Partial 2 of 3");
    studio.click("Keep as a picture");
    studio.step_until("it is there", |app| app.studio().collection.count() == 2);
    let collection = &studio.app().studio().collection;
    let run = collection.run_of(&finished).unwrap().id.clone();
    let picture = collection.run(&run).unwrap().pictures.iter().find(|one| one.id != finished).unwrap().clone();
    assert_eq!(
        std::fs::read(studio.dir().join(&picture.file)).unwrap(),
        std::fs::read(&kept(studio.dir())[1]).unwrap()
    );
    let (new, old) = (recipe(&studio, &picture.id), recipe(&studio, &finished));
    let partial = new.context.partial.clone().unwrap();
    let origin = partial.finished.unwrap();
    assert_eq!((partial.number, origin.picture, origin.hash), (2, finished.0.clone(), old.hash));
    assert_eq!((&new.request, &new.job, new.cost, new.usage), (&old.request, &old.job, Some(0.0), None));
    assert_eq!(studio.app().studio().snapshot.spending, spent, "nothing was paid again");

    studio.run(Command::Open(picture.id.clone()));
    studio.key(Modifiers::NONE, Key::I);
    for said in ["paid with the finished picture", "number 2"] {
        studio.step_until_seen(said);
    }
    studio.step_until_seen_ending("a partial of it");
    let says = |studio: &StudioHarness, text: &str| {
        studio.harness.query_all_by(|node| node.label().is_some_and(|label| label.ends_with(text))).count()
    };
    studio.settle();
    assert_eq!((says(&studio, "a partial of it"), says(&studio, "Partial 1 of 3")), (1, 0), "it has no way of its own");
    studio.key(Modifiers::NONE, Key::I);
    studio.key(Modifiers::COMMAND, Key::Z);
    studio.step_until("it is taken back", |app| app.studio().collection.count() == 1);
    assert_eq!(studio.app().studio().collection.trashed().len(), 1);
}

#[test]
fn a_drawing_is_gone_over_and_kept_as_far_as_it_had_come() {
    let (mut studio, finished) = looking("easel/engraver", "The drawing as it came, percent");
    let rail = studio.harness.get_by_label("The drawing as it came, percent").rect();
    let at = |part: f32| Pos2::new(rail.left() + part * rail.width(), rail.center().y);
    for (part, least, most) in [(0.3, 20.0, 60.0), (0.8, 70.0, 101.0)] {
        studio.harness.hover_at(at(part));
        studio.settle();
        let said = stage(&studio);
        let percent = said.strip_prefix("Drawing at ").and_then(|rest| rest.split('\u{a0}').next());
        let percent: f32 = percent.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
        assert!((least..most).contains(&percent), "{said}");
    }
    studio.harness.drag_at(at(0.5));
    studio.harness.step();
    studio.harness.drop_at(at(0.5));
    studio.harness.run_steps(2);
    studio.harness.hover_at(Pos2::new(640.0, 300.0));
    studio.settle();
    assert!(stage(&studio).starts_with("Drawing at "), "a press holds");
    studio.key(Modifiers::NONE, Key::K);
    studio.step_until("it is there", |app| app.studio().collection.count() == 2);
    let collection = &studio.app().studio().collection;
    let run = collection.run_of(&finished).unwrap().id.clone();
    let pictures = &collection.run(&run).unwrap().pictures;
    let whole = pictures.iter().find(|one| one.id == finished).unwrap();
    let part = pictures.iter().find(|one| one.id != finished).unwrap();
    assert_eq!((part.format, part.size), (Format::Svg, whole.size));
    let text = |file: &str| std::fs::read_to_string(studio.dir().join(file)).unwrap();
    let (whole, part) = (text(&whole.file), text(&part.file));
    assert!(part.len() > whole.len() / 4 && part.len() < whole.len(), "{} of {}", part.len(), whole.len());
    assert!(part.ends_with("</svg>") && whole.starts_with(&part[..part.len() / 2]));
}

#[test]
fn what_came_before_a_failure_is_kept_and_can_become_a_picture() {
    let mut studio = StudioHarness::with(Wish { pace: Duration::from_millis(50), ..Wish::default() });
    studio.type_into("Prompt", "a lake @@cut");
    studio.key(Modifiers::COMMAND, Key::Enter);
    studio.step_until("it has failed", |app| {
        app.studio().snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Failed(_)) && job.partials == 1)
    });
    // The tile has room for what happened and one button.
    studio.click("Everything else that can be done");
    studio.click("Keep the last partial");
    studio.step_until("it is there", |app| app.studio().collection.count() == 1);
    let id = studio.app().studio().first().unwrap();
    let recipe = recipe(&studio, &id);
    let partial = recipe.context.partial.unwrap();
    assert_eq!((partial.number, partial.finished, recipe.cost), (1, None, None), "what is not known is not made up");
    let (dir, temporary) = (studio.dir().to_owned(), studio.close());
    // The next session knows of it too.
    let studio = StudioHarness::open(&dir, Wish::default());
    let jobs = studio.app().studio().snapshot.jobs.clone();
    assert_eq!(jobs.iter().map(|job| (job.partials, job.arrived)).collect::<Vec<_>>(), [(1, 0)]);
    drop((studio, temporary));
}

fn settled(h: &mut Table, place: usize) {
    view(h, place);
    let id = h.state().ids[place].clone();
    settle_until(h, |bench| bench.studio.partials(&id).is_some());
}

fn held(theme: Theme, item: Item, step: usize, name: &str) {
    // Not of the same content, or one would have the other's kept thumbnail.
    let other = Item { prompt: item.prompt, ..Item::photo(item.model, 5) };
    let mut h = bench(theme, &[item, other]);
    settled(&mut h, 0);
    h.state_mut().commands.push(Command::HoldPartial(Some(step)));
    h.step();
    settle_until(&mut h, |_| true);
    painter::snapshot(&mut h, name);
}

fn painted() -> Item {
    Item { partials: 3, ..Item::photo("GPT Image 2", 3) }
}

fn drawn() -> Item {
    use std::fmt::Write as _;
    let mut text = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 600" width="900" height="600"><rect width="900" height="600" fill="#f3e9d8"/>"##,
    );
    for number in 0..60 {
        let (x, y) = (60 + number * 13, 300.0 + 180.0 * (number as f32 * 0.37).sin());
        let (red, green) = (60 + number * 3, 150 - number * 2);
        write!(
            text,
            r##"<circle cx="{x}" cy="{y:.0}" r="{}" fill="rgb({red},{green},120)" fill-opacity="0.7"/>"##,
            20 + number % 7 * 6
        )
        .unwrap();
    }
    text.push_str("</svg>");
    // The tests of one process need it as long as that lives.
    Item { partials: 40, ..Item::of(Kind::Svg(text.leak()), [900, 600]) }
}

#[test]
fn a_partial_in_the_place_of_its_picture_looks_as_drawn_in_the_dark() {
    held(Theme::Dark, painted(), 1, "partials_painted_dark");
}

#[test]
fn a_partial_in_the_place_of_its_picture_looks_as_drawn_in_the_light() {
    held(Theme::Light, painted(), 0, "partials_painted_light");
}

#[test]
fn a_drawing_on_its_way_looks_as_drawn_in_the_dark() {
    held(Theme::Dark, drawn(), 22, "partials_drawing_dark");
}

#[test]
fn a_drawing_on_its_way_looks_as_drawn_in_the_light() {
    held(Theme::Light, drawn(), 9, "partials_drawing_light");
}

#[test]
fn a_coarse_partial_lies_exactly_where_the_picture_does() {
    let mut h = bench(Theme::Dark, &[painted()]);
    settled(&mut h, 0);
    let view = h.state().studio.viewer.view;
    let stage = |h: &Table| h.get_by(|node| node.role() == Role::Image).rect();
    let whole = stage(&h);
    let before = h.render().unwrap();
    h.state_mut().commands.push(Command::HoldPartial(Some(2)));
    h.step();
    settle_until(&mut h, |_| true);
    assert_eq!((stage(&h), h.state().studio.viewer.view), (whole, view), "nothing moves");
    let after = h.render().unwrap();
    // In the sky, where the colours of both are alike: outside of the picture the ground, just inside the picture.
    let row = (whole.top() + whole.height() * 0.2) as u32;
    let ground = *before.get_pixel(whole.left() as u32 + 1, row);
    let inside = |x: &u32| *before.get_pixel(*x, row) != ground;
    let mut columns = whole.left() as u32 + 1..whole.right() as u32 - 1;
    let (first, last) = (columns.find(inside).unwrap(), columns.rfind(inside).unwrap());
    for x in [first - 1, last + 1] {
        assert_eq!(*after.get_pixel(x, row), ground, "{x}");
    }
    for x in [first + 1, last - 1] {
        let [was, is] = [&before, &after].map(|image| image.get_pixel(x, row).0);
        let far = was.iter().zip(is).map(|(was, is)| was.abs_diff(is)).max();
        assert!(far < Some(30), "{x}: {was:?}, {is:?}");
    }
}
