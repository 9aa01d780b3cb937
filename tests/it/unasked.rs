//! Nothing in a recipe or a file makes the program open, fetch or run anything by itself.

use crate::support::{StudioHarness, Wish};
use easel::engine::ReferenceInput;
use easel::library::{Library, Repair};
use easel::picture::metadata::{Embedded, embed};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::plan::ReferenceSource;
use easel::studio::{Action, Command, Screen};
use egui::vec2;
use egui_kittest::kittest::NodeT as _;
use serde_json::json;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An address on this computer that counts whoever comes.
struct Trap {
    base: String,
    visitors: Arc<AtomicUsize>,
}

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let visitors: Arc<AtomicUsize> = Arc::default();
        let count = visitors.clone();
        std::thread::spawn(move || {
            for visitor in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(visitor);
            }
        });
        Self { base, visitors }
    }

    fn visitors(&self) -> usize {
        self.visitors.load(Ordering::SeqCst)
    }
}

/// A recipe as another Easel writes it, with these addresses as references.
fn recipe(addresses: &[&str]) -> String {
    let sources: Vec<_> =
        addresses.iter().map(|url| json!({ "name": "holiday.png", "source": { "url": url } })).collect();
    let draft = easel::plan::Draft { prompt: "a fox".into(), ..easel::plan::Draft::default() };
    let mut draft = serde_json::to_value(draft).unwrap();
    let example = easel::plan::DraftReference {
        name: "holiday.png".into(),
        source: ReferenceSource::Url("https://example.org/a.png".into()),
        picture: None,
        edit: easel::picture::ReferenceEdit::default(),
    };
    let shape = serde_json::to_value(example).unwrap();
    draft["references"] = sources
        .iter()
        .map(|source| {
            let text =
                shape.to_string().replace("https://example.org/a.png", source["source"]["url"].as_str().unwrap());
            serde_json::from_str::<serde_json::Value>(&text).unwrap()
        })
        .collect();
    let job = easel::library::Job {
        id: easel::library::JobId::new(),
        run: easel::library::RunId::new(),
        position: 0,
        asked: 1,
        request: json!({ "model": "easel/atelier", "prompt": "a fox" }),
        context: easel::library::RecipeContext::default(),
        state: easel::library::JobState::Stored,
    };
    let mut recipe = serde_json::to_value(easel::library::Recipe::of(&job)).unwrap();
    let mut context = recipe["context"].clone();
    if !context.is_object() {
        context = json!({});
    }
    context["draft"] = draft;
    recipe["context"] = context;
    recipe.to_string()
}

fn picture(folder: &Path, name: &str, format: Format, recipe: &str, trap: &str) -> PathBuf {
    let embedded = Embedded {
        prompt: format!("look at {trap}/prompt"),
        model: format!("{trap}/model"),
        settings: String::new(),
        software: format!("{trap}/software"),
        recipe: recipe.into(),
    };
    let bytes = match format {
        Format::Svg => format!(
            r##"<?xml version="1.0"?><?xml-stylesheet href="{trap}/a.css"?><!DOCTYPE svg [<!ENTITY e SYSTEM "{trap}/e">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30" onload="fetch('{trap}/l')">
<style>@import url("{trap}/b.css"); @font-face {{ font-family: x; src: url("{trap}/f.woff") }} rect {{ fill: url("{trap}/p#p") }}</style>
<script href="{trap}/s.js"/><image href="{trap}/i.png" width="9" height="9"/><use xlink:href="{trap}/u.svg#a"/>
<image href="file:///etc/hostname" width="9" height="9"/><a href="{trap}/link"><rect width="9" height="9"/></a>
<filter id="f"><feImage href="{trap}/fe.png"/></filter><rect filter="url(#f)" width="9" height="9"/></svg>"##
        )
        .into_bytes(),
        _ => {
            let pixels = Pixels::new(Size { width: 40, height: 30 }, [90, 120, 160, 255].repeat(40 * 30)).unwrap();
            encode(&pixels, &Encoding::Png, [0; 3]).unwrap()
        }
    };
    let file = folder.join(name);
    std::fs::write(&file, embed(&bytes, format, &embedded).unwrap_or(bytes)).unwrap();
    file
}

#[test]
fn a_dropped_file_fetches_nothing_whatever_is_done_with_it_and_its_addresses_are_shown() {
    let trap = Trap::set();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}/reference.png", trap.base);
    let odd = ["file:///etc/passwd", "javascript:alert(1)", r"\\\\server\\share\\x.png", "data:image/png;base64,AAAA"];
    let recipe = recipe(&[&[url.as_str()][..], &odd].concat());
    let file = picture(folder.path(), "fox.png", Format::Png, &recipe, &trap.base);
    let drawing = picture(folder.path(), "fox.svg", Format::Svg, &recipe, &trap.base);
    let mut studio = StudioHarness::with(Wish { size: vec2(1480.0, 1000.0), ..Wish::default() });

    studio.drop_file(&file);
    studio.step_until_seen("Made with");
    studio.click("Use its settings");
    studio.step_until("the settings are in the panel", |app| app.studio().draft.prompt == "a fox");
    studio.settle();
    let references: Vec<_> = studio.app().studio().draft.references.iter().map(|kept| kept.source.clone()).collect();
    assert_eq!(references, [ReferenceSource::Url(url.clone())], "only what a service can read is taken over");
    // The artist sees where it leads before anything is sent, whatever its name says.
    let shown = studio.harness.root();
    let names = shown.children_recursive().filter_map(|node| node.accesskit_node().label()).collect::<Vec<_>>();
    assert!(names.iter().any(|name| name.contains(&url)), "{names:?}");

    studio.run(Command::RemoveReference(0));
    studio.run(Command::Import(vec![file, drawing.clone()]));
    studio.step_until("both are imported", |app| app.studio().collection.count() == 2);
    studio.run(Command::AddReferences(vec![ReferenceInput::File(drawing)]));
    studio.settle();
    let ids: Vec<_> = {
        let runs = studio.app().studio().collection.runs();
        runs.flat_map(|entry| &entry.pictures).map(|picture| picture.id.clone()).collect()
    };
    for id in ids {
        studio.run(Command::Open(id.clone()));
        studio.settle();
        studio.run(Command::DoFor(id, Action::CopyPrompt));
        studio.settle();
        studio.run(Command::Show(Screen::Grid));
        studio.settle();
    }
    assert_eq!(trap.visitors(), 0, "somebody was asked");
}

#[test]
fn an_index_that_leads_out_of_its_folder_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("library");
    drop({
        let mut library = Library::open(&dir).unwrap();
        library.fill(4, |_| {}).unwrap();
        library
    });
    let outside = folder.path().join("letter.png");
    let pixels = Pixels::new(Size { width: 4, height: 4 }, vec![9; 64]).unwrap();
    let bytes = encode(&pixels, &Encoding::Png, [0; 3]).unwrap();
    std::fs::write(&outside, &bytes).unwrap();
    std::fs::write(outside.with_extension("json"), "{}").unwrap();
    {
        let index = rusqlite::Connection::open(dir.join("easel.db")).unwrap();
        let absolute = outside.to_str().unwrap();
        let hash = easel::library::content_hash(&bytes);
        let set = |file: &str, number: i64| {
            let change = "UPDATE pictures SET file = ?1, hash = ?2, bytes = ?3 WHERE id = (SELECT id FROM pictures ORDER BY id LIMIT 1 OFFSET ?4)";
            index.execute(change, rusqlite::params![file, hash, bytes.len() as i64, number]).unwrap();
        };
        set("../letter.png", 0);
        set(absolute, 1);
        index
            .execute("INSERT INTO moves SELECT id, '../../moved.png', 1 FROM pictures ORDER BY id LIMIT 1 OFFSET 2", [])
            .unwrap();
    }
    let mut library = Library::open(&dir).unwrap();
    library.recover().unwrap();
    for picture in library.pictures().unwrap() {
        assert!(library.picture_path(&picture).starts_with(&dir), "{}", picture.file);
        assert!(!picture.file.contains(".."), "{}", picture.file);
    }
    let ids: Vec<_> = library.pictures().unwrap().into_iter().map(|picture| picture.id).collect();
    let kept = |what: &str| assert_eq!(std::fs::read(&outside).unwrap(), bytes, "it was there before {what}");
    // Whether or not a picture that is not there can be thrown away, nothing outside is touched.
    drop(library.trash(&ids));
    kept("the pictures were thrown away");
    drop(library.empty_trash());
    kept("the trash was emptied");
    drop(library.verify(Repair::Yes, |_| true));
    kept("the library was mended");
    assert!(outside.with_extension("json").exists());
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing was put outside: {names:?}");
}
