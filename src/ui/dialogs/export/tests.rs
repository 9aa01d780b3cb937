//! What would be written for what was typed.

use super::*;
use crate::api::ModelId;
use crate::library::{JobId, RunId};
use crate::picture::Size;
use crate::plan::Marks;
use std::time::Duration;

fn item(name: &str, format: Format) -> Item {
    Item {
        file: PathBuf::from(format!("/library/pictures/{name}.{}", format.extension())),
        format,
        decodable: true,
        extension: format.extension().to_owned(),
        created: "2026-11-22T13:05:00[UTC]".parse().unwrap(),
        picture: Picture {
            id: PictureId(name.to_owned()),
            number: 0,
            run: RunId("run".into()),
            job: JobId("job".into()),
            position: 0,
            file: String::new(),
            hash: String::new(),
            format,
            size: Some(Size { width: 64, height: 32 }),
            bytes: 0,
            created_ms: 0,
            cost: None,
            elapsed_ms: 0,
            provider: None,
            trashed_ms: None,
            seed: Some(7),
            has_references: false,
            flaw: None,
            prompt: None,
            marks: Marks::default(),
        },
        run: Some(Arc::new(Run {
            id: RunId("run".into()),
            created_ms: 0,
            model: ModelId::new("demo/fox"),
            model_name: "Demo: Fox".into(),
            prompt: "misty mountain lake, copper sky".into(),
            settings: String::new(),
            asked: 1,
            aspect: None,
        })),
        n: 1,
    }
}

fn form(items: Vec<Item>) -> Form {
    let mut form = Form {
        items,
        library: PathBuf::from("/library"),
        target: Target::Original,
        quality: 90.0,
        lossless: false,
        side: 4096,
        natural: None,
        measuring: None,
        fit: None,
        matte: 255,
        recipe: true,
        name: String::new(),
        template: NameTemplate::DEFAULT.to_owned(),
        stop: false,
        folder: "/home/ada/Pictures".to_owned(),
        picking: Picking::default(),
        message: None,
        taken: Vec::new(),
        fresh: Fresh::default(),
    };
    form.name = form.own_name();
    form
}

fn paths(form: &Form) -> Vec<String> {
    let exports = form.exports(Some(Path::new("/home/ada"))).unwrap();
    exports.iter().map(|export| export.to.display().to_string()).collect()
}

#[test]
fn one_picture_goes_where_it_is_told_with_the_extension_of_its_format() {
    let mut form = form(vec![item("a", Format::Png)]);
    assert_eq!(paths(&form), ["/home/ada/Pictures/2026-11-22 misty mountain lake.png"]);
    form.target = Target::Jpeg;
    for (name, folder, path) in [
        ("lake.png", "/x", "/x/lake.jpg"),
        ("lake.jpeg", "/x", "/x/lake.jpeg"),
        ("lake", "~/x", "/home/ada/x/lake.jpg"),
        ("/y/lake.jpg", "/x", "/y/lake.jpg"),
    ] {
        (form.name, form.folder) = (name.to_owned(), folder.to_owned());
        assert_eq!(paths(&form), [path], "{name} {folder}");
    }
    let export = form.exports(None).unwrap().remove(0);
    assert_eq!((export.encoding, export.taken), (Some(Encoding::Jpeg { quality: 90 }), Taken::Refuse));
}

#[test]
fn every_format_is_written_as_it_was_chosen() {
    for (target, lossless, encoding) in [
        (Target::Original, false, None),
        (Target::Png, false, Some(Encoding::Png)),
        (Target::Jpeg, true, Some(Encoding::Jpeg { quality: 90 })),
        (Target::WebP, false, Some(Encoding::WebP { quality: Some(90) })),
        (Target::WebP, true, Some(Encoding::WebP { quality: None })),
    ] {
        let mut form = form(vec![item("a", Format::Png)]);
        (form.target, form.lossless) = (target, lossless);
        assert_eq!(form.encoding(), encoding, "{target:?}");
    }
}

#[test]
fn several_pictures_get_names_of_their_own() {
    let mut form = form(vec![item("a", Format::Png), item("b", Format::Png), item("c", Format::Svg)]);
    assert_eq!(form.title(), "Save 3 pictures");
    assert_eq!(
        paths(&form),
        [
            "/home/ada/Pictures/2026-11-22 misty mountain lake, copper sky.png",
            "/home/ada/Pictures/2026-11-22 misty mountain lake, copper sky (2).png",
            "/home/ada/Pictures/2026-11-22 misty mountain lake, copper sky.svg",
        ]
    );
    (form.template, form.target) = ("{index:2} {model} {id}-{seed}/{width}".to_owned(), Target::Jpeg);
    let folder = "/home/ada/Pictures/";
    let names = ["01 Fox a-7 64.jpg", "02 Fox b-7 64.jpg", "03 Fox c-7 64.jpg"];
    assert_eq!(paths(&form), names.map(|name| format!("{folder}{name}")));
    assert!(form.exports(None).unwrap().iter().all(|export| export.taken == Taken::Number));
    form.template = "{colour}".to_owned();
    assert!(form.exports(None).unwrap_err().contains("{colour}"));
}

#[test]
fn what_is_missing_is_said_in_a_sentence() {
    for (name, folder, says) in [
        ("lake.png", "", "Type the folder"),
        ("  ", "/x", "Type a name"),
        ("lake.png", "Pictures", "whole path"),
        ("lake.png", "/library/pictures", "library's own"),
        ("/library/x.png", "/x", "library's own"),
    ] {
        let mut form = form(vec![item("a", Format::Png)]);
        (form.name, form.folder) = (name.to_owned(), folder.to_owned());
        let error = form.exports(None).unwrap_err();
        assert!(error.contains(says), "{name} {folder}: {error}");
    }
    assert!(form(Vec::new()).exports(None).is_err());
}

#[test]
fn the_native_dialog_gives_folder_and_name() {
    let mut one = form(vec![item("a", Format::Png)]);
    one.take_path(Path::new("/z/fox.png"));
    assert_eq!((one.folder.as_str(), one.name.as_str()), ("/z", "fox.png"));
    let mut two = form(vec![item("a", Format::Png), item("b", Format::Png)]);
    two.take_path(Path::new("/z/folder"));
    assert_eq!(two.folder, "/z/folder");
}

#[test]
fn an_answer_that_comes_at_once_means_that_there_is_no_dialog() {
    for (took, says) in [(5, true), (3000, false)] {
        let mut form = form(vec![item("a", Format::Png)]);
        form.picking = Picking::brought(None, Duration::from_millis(took));
        form.poll();
        assert_eq!(form.message.is_some(), says, "{took} ms");
    }
}
