//! Every format through the real way out, and read as a dropped file is read.

use super::super::told::Told;
use super::super::{Export, Saved, Taken};
use super::*;
use crate::picture::{Drawing, Encoding, Limits, Pixels, Size, decode, encode};
use serde_json::{Value, json};
use std::path::PathBuf;

const ID: &str = "01KAPQ0000000000000000WX3F2A";
const NAME: &str = "01KAPQ fox";

/// A hundred thousand bytes of what has ever broken a file.
fn long_prompt() -> String {
    let piece = "a fox 🦊‍🔥 שועל ثعلب 狐 e\u{301} ]]> --> <!-- & &amp; \" ' \\ \u{202e}rtl\u{202c}\ttab\nnew\r\nline {} <svg> ?>\n";
    let mut text = piece.repeat(100_000 / piece.len() + 1);
    text.push_str("the end");
    text
}

fn recipe(prompt: &str) -> Value {
    let draft = json!({
        "model": "demo/fox", "prompt": prompt, "wishes": { "seed": { "on": true, "value": 4271 } }, "references": [],
    });
    json!({
        "version": 1, "id": ID, "run": "r", "job": "j", "position": 0,
        "request": { "model": "demo/fox", "prompt": prompt, "seed": 4271, "aspect_ratio": "16:9" },
        "context": { "model_name": "Fox", "app_version": "0.1.0", "service": "https://example.org", "draft": draft },
        "provider": null, "generation_id": "gen-1", "usage": null, "cost": 0.04, "created_ms": 1, "elapsed_ms": 2,
        "asked": 1, "arrived": 1, "media_type": "image/png", "hash": "", "bytes": 0, "size": null,
    })
}

fn pixels() -> Pixels {
    let rgba = (0..40 * 24_u32).flat_map(|n| [n as u8, (n / 7) as u8, 90, if n % 5 == 0 { 128 } else { 255 }]);
    Pixels::new(Size { width: 40, height: 24 }, rgba.collect()).unwrap()
}

/// A picture of the library in a folder, with its recipe beside it.
fn stored(folder: &Path, extension: &str, bytes: &[u8], recipe: &Value) -> PathBuf {
    let file = folder.join(format!("{NAME}.{extension}"));
    std::fs::write(&file, bytes).unwrap();
    std::fs::write(file.with_extension("json"), recipe.to_string()).unwrap();
    file
}

fn gif() -> Vec<u8> {
    let Pixels { size, rgba } = pixels();
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbaImage::from_raw(size.width, size.height, rgba).unwrap();
    picture.write_to(&mut bytes, image::ImageFormat::Gif).unwrap();
    bytes.into_inner()
}

/// Each format as the library may hold it.
fn originals() -> Vec<(&'static str, Vec<u8>)> {
    let write = |encoding| encode(&pixels(), &encoding, [255; 3]).unwrap();
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='24'><rect width='9' height='9'/></svg>";
    vec![
        ("png", write(Encoding::Png)),
        ("jpg", write(Encoding::Jpeg { quality: 90 })),
        ("webp", write(Encoding::WebP { quality: None })),
        ("webp", write(Encoding::WebP { quality: Some(80) })),
        ("gif", gif()),
        ("svg", svg.into()),
    ]
}

fn shown(bytes: &[u8]) -> Pixels {
    match Format::sniff(bytes) {
        Some(Format::Svg) => Drawing::parse(bytes, &Limits::default()).unwrap().rasterise(40).unwrap(),
        _ => decode(bytes, &Limits::default()).unwrap(),
    }
}

fn export(from: PathBuf, encoding: Option<Encoding>, recipe: bool) -> Export {
    let id = PictureId(ID.into());
    let to = from.with_file_name("out");
    let recipe = recipe.then_some(id);
    Export { from, to, encoding, max_side: 40, fit: None, matte: [0; 3], recipe, taken: Taken::Refuse }
}

fn saved(export: Export) -> (Carried, Vec<u8>) {
    let Saved { path, carried } = export.run().unwrap();
    (carried, std::fs::read(path).unwrap())
}

#[test]
fn every_format_carries_the_recipe_out_and_gives_all_settings_back() {
    let prompt = long_prompt();
    for (extension, original) in originals() {
        let ways = [None, Some(Encoding::Png), Some(Encoding::Jpeg { quality: 80 })];
        let lossy = Some(Encoding::WebP { quality: Some(70) });
        for encoding in ways.into_iter().chain([Some(Encoding::WebP { quality: None }), lossy]) {
            let folder = tempfile::tempdir().unwrap();
            let from = stored(folder.path(), extension, &original, &recipe(&prompt));
            let (carried, out) = saved(export(from, encoding, true));
            let way = format!("{extension} as {encoding:?}");
            assert_eq!(carried, Carried::Recipe, "{way}");
            if encoding.is_none() {
                assert!(shown(&out) == shown(&original), "{way}: not encoded again");
            }
            let told = Told::of(&out);
            let mut draft = crate::plan::Draft::default();
            told.apply(&mut draft);
            assert!(draft.prompt == prompt, "{way}: the prompt is whole");
            assert_eq!(draft.wish("seed"), Some(&json!(4271)), "{way}");
            assert_eq!(draft.model.as_ref().map(crate::api::ModelId::as_str), Some("demo/fox"), "{way}");
            // What other programs see.
            let foreign = told.foreign.unwrap();
            assert!(foreign.prompt.is_some_and(|prompt| prompt.ends_with("the end")), "{way}");
            assert_eq!(foreign.model.as_deref(), Some("Fox"), "{way}");
            assert_eq!(foreign.fields.first(), Some(&("Comment".to_owned(), "seed 4271 · 16:9".into())), "{way}");
        }
    }
}

#[test]
fn without_it_the_bytes_are_the_original_and_a_conversion_says_nothing() {
    for (extension, original) in originals() {
        let folder = tempfile::tempdir().unwrap();
        let from = stored(folder.path(), extension, &original, &recipe("a fox"));
        let (carried, out) = saved(export(from.clone(), None, false));
        assert_eq!((carried, out == original), (Carried::Nothing, true), "{extension}");
        for encoding in [Encoding::Png, Encoding::Jpeg { quality: 80 }, Encoding::WebP { quality: Some(70) }] {
            let export = Export { taken: Taken::Replace, ..export(from.clone(), Some(encoding), false) };
            let told = Told::of(&saved(export).1);
            assert!(told.is_empty(), "{extension} as {encoding:?}: {told:?}");
        }
    }
}

#[test]
fn a_file_that_cannot_take_it_is_saved_all_the_same_and_says_why() {
    let png = originals().remove(0).1;
    let cut = &png[..png.len() - 20];
    for (extension, bytes, why) in
        [("png", cut, "cut off"), ("bin", b"no picture".as_slice(), "the format of the picture is not known")]
    {
        let folder = tempfile::tempdir().unwrap();
        let from = stored(folder.path(), extension, bytes, &recipe("a fox"));
        let (carried, out) = saved(export(from, None, true));
        assert_eq!(out, bytes, "{extension}");
        assert!(matches!(&carried, Carried::Refused(said) if said.contains(why)), "{carried:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let from = stored(folder.path(), "png", &png, &recipe("a fox"));
    std::fs::remove_file(from.with_extension("json")).unwrap();
    let (carried, out) = saved(export(from, None, true));
    assert_eq!((carried, out), (Carried::Refused("it is missing or damaged in the library".into()), png));
}

#[test]
fn of_an_imported_picture_it_is_not_told_from_where_and_nothing_where_nothing_is_known() {
    let png = originals().remove(0).1;
    let mut imported = recipe("a fox");
    imported["job"] = json!("imported");
    imported["context"]["service"] = json!("imported from /home/ada/secret");
    let folder = tempfile::tempdir().unwrap();
    let (carried, out) = saved(export(stored(folder.path(), "png", &png, &imported), None, true));
    assert_eq!(carried, Carried::Recipe);
    assert!(!String::from_utf8_lossy(&out).contains("/home/ada"), "the path stays at home");
    imported["request"] = json!({});
    let folder = tempfile::tempdir().unwrap();
    let (carried, out) = saved(export(stored(folder.path(), "png", &png, &imported), None, true));
    assert_eq!((carried, out), (Carried::Nothing, png));
}

#[test]
fn what_was_saved_elsewhere_is_told_by_the_recipe_beside_it_and_only_of_these_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, recipe) = (b"a picture", crate::library::tests::some_recipe());
    let file = crate::library::write_outside(folder.path(), &recipe, bytes, None).unwrap();
    assert_eq!(Told::of_file(&file, bytes).prompt(), Some(recipe.prompt()));
    assert!(Told::of_file(&file, b"another picture").is_empty());
    std::fs::remove_file(file.with_extension("json")).unwrap();
    assert!(Told::of_file(&file, bytes).is_empty());
}

#[test]
fn a_folder_is_told_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let told = crate::engine::told::read_picture(folder.path());
    assert_eq!(told.unwrap_err(), "a folder: the pictures in it can be imported");
}
