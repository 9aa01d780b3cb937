//! Storing pictures and reading them back.

use super::*;

#[test]
fn a_stored_picture_comes_back_with_its_bytes_and_recipe() {
    let folder = folder();
    let (library, pictures) = filled(folder.path(), 1);
    check(&library);
    let picture = &pictures[0];
    assert_eq!(std::fs::read(library.picture_path(picture)).unwrap(), bytes(0));
    assert_eq!((picture.size, picture.format, picture.bytes), (SIZE, Format::Png, bytes(0).len() as u64));
    assert_eq!(picture.hash, content_hash(&bytes(0)));
    let recipe = library.recipe(&picture.id).unwrap();
    assert_eq!((recipe.media_type.as_str(), recipe.size, &recipe.hash), ("image/png", SIZE, &picture.hash));
    assert_eq!(recipe.prompt(), "a red fox");
    assert!(picture.file.contains(" a red fox ") && picture.file.ends_with(".png"), "{}", picture.file);
    drop(library);
    let again = Library::open(folder.path()).unwrap();
    assert_eq!(again.pictures().unwrap(), pictures);
}

#[test]
fn bytes_that_nobody_knows_are_kept_all_the_same() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let mut recipe = recipe(&job(&run(), 0, 1), 0);
    recipe.media_type = "image/jpeg".into();
    let new = NewPicture { recipe, bytes: b"garbage", format: None, size: None };
    let picture = library.ingest(new).unwrap();
    assert!(picture.file.ends_with(".bin"));
    assert_eq!((picture.format, picture.size), (Format::Jpeg, None));
    assert_eq!(library.pictures().unwrap(), [picture]);
    check(&library);
}

#[test]
fn an_empty_picture_is_kept_too() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    store(&mut library, &recipe(&job(&run(), 0, 1), 0), b"");
    check(&library);
    assert_eq!(library.pictures().unwrap().len(), 1);
}

#[test]
fn two_pictures_that_want_one_name_both_get_one() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let mut recipe = recipe(&job(&run(), 0, 2), 0);
    for (number, id) in ["01A00000000000000000003F2A", "01B00000000000000000003F2A"].into_iter().enumerate() {
        recipe.id = PictureId(id.into());
        store(&mut library, &recipe, &bytes(number as u8));
    }
    let pictures = library.pictures().unwrap();
    assert!(pictures[0].file.ends_with("a red fox 3f2a 2.png"), "{}", pictures[0].file);
    assert!(pictures[1].file.ends_with("a red fox 3f2a.png"));
    check(&library);
}

#[test]
fn every_prompt_gives_a_file() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let prompts = ["👩‍👩‍👧‍👦🦊", "ثعلب أحمر", &"long ".repeat(2_000), &"長".repeat(10_000), "?!/\\*", "CON", "a\nb\r\n", ""];
    for prompt in prompts {
        let run = Run { prompt: prompt.into(), ..run() };
        store(&mut library, &recipe(&job(&run, 0, 1), 0), prompt.as_bytes());
    }
    check(&library);
    assert_eq!(library.pictures().unwrap().len(), prompts.len());
}

#[test]
fn a_lost_or_foreign_side_file_is_replaced_by_the_copy() {
    let folder = folder();
    let (library, pictures) = filled(folder.path(), 2);
    let sides: Vec<_> = pictures.iter().map(|picture| sidecar_path(&library.picture_path(picture))).collect();
    let expected = library.recipe(&pictures[0].id).unwrap();
    std::fs::copy(&sides[1], &sides[0]).unwrap();
    assert_eq!(library.recipe(&pictures[0].id).unwrap(), expected);
    std::fs::write(&sides[0], b"{").unwrap();
    assert_eq!(library.recipe(&pictures[0].id).unwrap(), expected);
    std::fs::remove_file(&sides[0]).unwrap();
    assert_eq!(library.recipe(&pictures[0].id).unwrap(), expected);
    let unknown = library.recipe(&PictureId("none".into()));
    assert!(matches!(unknown, Err(Error::Missing { what: "picture", .. })));
}

#[test]
fn the_first_result_tells_the_shape_of_a_run() {
    let folder = folder();
    let (library, pictures) = filled(folder.path(), 1);
    assert_eq!(library.run(&pictures[0].run).unwrap().unwrap().aspect, Some(2.0));
    assert_eq!(library.run(&RunId("none".into())).unwrap(), None);
}

#[test]
fn indexing_and_keeping_twice_stores_once() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let recipe = recipe(&job(&run(), 0, 1), 0);
    library.stage(&recipe, &bytes(0), Some(Format::Png)).unwrap();
    let kept = library.stage(&recipe, &bytes(0), Some(Format::Png)).unwrap();
    assert_eq!(kept.picture().size, None);
    let first = library.commit(&kept, None).unwrap();
    assert_eq!(library.set_size(&first.id, SIZE.unwrap()).unwrap().size, SIZE);
    library.commit(&kept, SIZE).unwrap();
    assert_eq!(library.pictures().unwrap().len(), 1);
    assert_eq!(library.spent_since(0).unwrap().pictures, 1);
    check(&library);
}

#[test]
fn spending_counts_known_and_unknown_prices_from_a_moment_on() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let job = job(&run(), 0, 1);
    for (created_ms, cost) in [(1_000, Some(1.0)), (2_000, Some(0.5)), (3_000, None), (4_000, Some(0.25))] {
        store(&mut library, &Recipe { created_ms, cost, ..recipe(&job, 0) }, b"x");
    }
    assert_eq!(library.spent_since(2_000).unwrap(), Spent { cost: 0.75, unknown: 1, pictures: 3 });
    assert_eq!(library.spent_since(9_000).unwrap(), Spent::default());
}

#[test]
fn the_usual_time_is_the_median_of_the_last_twenty() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let (job, fox) = (job(&run(), 0, 1), ModelId::new("demo/fox"));
    assert_eq!(library.typical_ms(&fox, None).unwrap(), None);
    for number in 0..30_u64 {
        let elapsed_ms = if number < 10 { 90_000 } else { number * 100 };
        let provider = Some(if number == 29 { "Other" } else { "Demo" }.to_owned());
        store(&mut library, &Recipe { elapsed_ms, provider, ..recipe(&job, 0) }, b"x");
    }
    assert_eq!(library.typical_ms(&fox, None).unwrap(), Some(2_000));
    assert_eq!(library.typical_ms(&fox, Some("Other")).unwrap(), Some(2_900));
    assert_eq!(library.typical_ms(&fox, Some("None")).unwrap(), None);
    assert_eq!(library.typical_ms(&ModelId::new("demo/cat"), None).unwrap(), None);
}

#[test]
fn imports_are_no_spending_and_the_demos_pictures_cost_nothing() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let paid = Recipe { created_ms: 1_000, cost: Some(1.0), ..recipe(&job(&run(), 0, 1), 0) };
    let imported = Recipe { job: JobId::imported(), id: PictureId::new(), ..paid.clone() };
    let mut painted = Recipe { id: PictureId::new(), ..paid.clone() };
    painted.context.connection = Some(super::super::DEMO_CONNECTION.to_owned());
    for (bytes, recipe) in [(b"a", &paid), (b"b", &imported), (b"c", &painted)] {
        store(&mut library, recipe, bytes);
    }
    let only_paid = Spent { cost: 1.0, unknown: 0, pictures: 2 };
    assert_eq!(library.spent_since(0).unwrap(), only_paid);
    // An index from before counted them.
    library.db.execute("INSERT INTO charges VALUES (?1, 1000, 9.0)", [&imported.id.0]).unwrap();
    assert_eq!(library.spent_since(0).unwrap(), only_paid);
}
