//! Drawings that are too heavy to draw: nothing waits for them, they are told, and they can be tried longer.

use crate::cli::easel;
use crate::support::{StudioHarness, Wish, bare_recipe, open_library};
use easel::api::ModelId;
use easel::library::{
    HeavyDrawing, JobId, NewPicture, PictureId, Run, RunId, content_hash, read_heavy_drawings, write_heavy_drawings,
};
use easel::picture::{Format, Heavy};
use easel::studio::{Command, Screen};
use egui_kittest::kittest::NodeT as _;
use std::collections::BTreeMap;
use std::path::Path;

const ORDINARY: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><rect width='40' height='30' fill='teal'/></svg>";

fn id(number: usize) -> PictureId {
    PictureId(format!("{number:026}"))
}

/// Puts drawings into a library as a kill leaves them: their sizes not read yet.
fn store(dir: &Path, drawings: &[String]) {
    let mut library = open_library(dir);
    let run = Run {
        id: RunId("00000000000000000000000001".into()),
        created_ms: 1_764_000_000_000,
        model: ModelId::new("demo/vector"),
        model_name: "Vector".into(),
        prompt: "a fox".into(),
        settings: String::new(),
        asked: drawings.len() as u32,
        aspect: None,
    };
    library.add_run(&run, &[]).unwrap();
    for (number, text) in drawings.iter().enumerate() {
        let recipe = bare_recipe(&run, id(number), JobId(format!("{number:026}")), run.created_ms + number as i64);
        let format = Some(Format::Svg);
        library.ingest(NewPicture { recipe, bytes: text.as_bytes(), format, size: None }).unwrap();
    }
}

fn has(studio: &StudioHarness, text: &str) -> bool {
    studio.harness.root().children_recursive().any(|node| {
        let node = node.accesskit_node();
        node.label().is_some_and(|label| label.contains(text)) || node.value().is_some_and(|value| value.contains(text))
    })
}

#[test]
fn a_drawing_that_was_too_heavy_is_not_tried_by_itself_and_drawn_when_it_is_allowed_more() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("library");
    store(&dir, &[ORDINARY.to_owned()]);
    let hash = content_hash(ORDINARY.as_bytes());
    let heavy = HeavyDrawing { why: Heavy::Time, pixels: 0, drawn_longer: false };
    write_heavy_drawings(&dir, &BTreeMap::from([(hash.clone(), heavy)])).unwrap();
    let mut studio = StudioHarness::open(&dir, Wish::default());
    studio.settle();
    studio.run(Command::Show(Screen::Viewer));
    studio.run(Command::Open(id(0)));
    studio.step_until_seen("Try longer");
    assert!(has(&studio, "too heavy to draw"));
    studio.click("Read its source");
    studio.step_until("its source is read", |app| app.studio().shows_source());
    studio.click("Source of the drawing");
    studio.click("Try longer");
    studio.settle();
    assert!(!has(&studio, "too heavy to draw"), "it is drawn");
    assert!(read_heavy_drawings(&dir)[&hash].drawn_longer, "and was only slow");
}

fn wrap(inside: &str) -> String {
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'>{inside}</svg>")
}

/// Fills some pixels for ever.
fn endless() -> String {
    let noise = "<filter id='f'><feTurbulence numOctaves='1000000000'/></filter>";
    wrap(&format!("{noise}<rect width='20' height='20' filter='url(#f)'/>"))
}

/// Links that lead back to themselves, and one drawing that is well.
fn circles() -> [String; 3] {
    [
        wrap(
            "<g fill='url(#p)'><pattern id='p' width='4' height='4'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>",
        ),
        wrap("<filter id='f'><feImage href='#g'/></filter><g id='g'><rect width='9' height='9' filter='url(#f)'/></g>"),
        ORDINARY.to_owned(),
    ]
}

#[test]
fn a_library_of_bombs_opens_and_what_is_well_in_it_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("library");
    let endless = endless();
    let drawings: Vec<String> = circles().into_iter().chain([endless.clone()]).collect();
    store(&dir, &drawings);
    let mut studio = StudioHarness::open(&dir, Wish::default());
    studio.settle();
    let heavy = read_heavy_drawings(&dir);
    let is_heavy = |text: &String| heavy.contains_key(&content_hash(text.as_bytes()));
    assert!(is_heavy(&endless) && drawings.iter().filter(|text| is_heavy(text)).count() == 1, "{heavy:?}");
    drop(studio.close());
    // Nothing is tried again: it opens and settles at once.
    let mut again = StudioHarness::open(&dir, Wish::default());
    again.settle();
    assert!(read_heavy_drawings(&dir).contains_key(&content_hash(endless.as_bytes())));
}

#[test]
fn the_window_goes_on_drawing_frames_while_a_bomb_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("library");
    // Of its own: what one test of this process has found too heavy is not drawn for another.
    let endless = endless().replace("1000000000", "999999999");
    store(&dir, &[ORDINARY.to_owned()]);
    let mut studio = StudioHarness::open(&dir, Wish::default());
    studio.settle();
    let hash = content_hash(endless.as_bytes());
    let bomb = folder.path().join("bomb.svg");
    std::fs::write(&bomb, &endless).unwrap();
    studio.run(Command::Import(vec![bomb]));
    // From its arrival, in the open window, to the answer of the child.
    let mut frames = 0;
    studio.step_until("the bomb has been found too heavy", |_| {
        frames += 1;
        read_heavy_drawings(&dir).contains_key(&hash)
    });
    assert!(frames >= 20, "{frames} frames");
    studio.step_until_seen_ending("too heavy to draw");
}

#[test]
fn checking_a_library_that_holds_a_bomb_ends() {
    let home = tempfile::tempdir().unwrap();
    store(&home.path().join("library"), &[endless(), ORDINARY.to_owned()]);
    let checked = easel(home.path(), &["library", "check"]);
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn a_folder_of_bombs_is_imported_and_each_is_tried_once() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, from) = (folder.path().join("library"), folder.path().join("holiday"));
    std::fs::create_dir(&from).unwrap();
    let endless = endless();
    for (number, text) in circles().iter().chain([&endless]).enumerate() {
        std::fs::write(from.join(format!("{number}.svg")), text).unwrap();
    }
    // A picture of 65,535 x 65,535 in 57 bytes.
    let huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x06\0\0\0\xb6\x05\xd9\x50\0\0\0\0IEND\xae\x42\x60\x82";
    std::fs::write(from.join("huge.png"), huge).unwrap();
    let mut studio = StudioHarness::open(&dir, Wish::default());
    studio.run(Command::Import(vec![from]));
    studio.step_until("all are there", |app| app.studio().collection.count() == 5);
    studio.settle();
    studio.step_until_seen("Picture: Imported from holiday, 4, too heavy to draw");
    studio.step_until_seen("Picture: Imported from holiday, 5, cannot be shown");
    let heavy = read_heavy_drawings(&dir);
    assert_eq!(
        heavy.keys().collect::<Vec<_>>(),
        [&content_hash(endless.as_bytes())],
        "the others are drawn or refused"
    );
}
