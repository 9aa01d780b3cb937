//! What was made from what: found by id and by content, short however much there is, and without circles.

use super::*;
use crate::plan::Origin;

/// A recipe that names these hashes as references and this picture as the origin of its settings.
fn made_from(references: &[(&str, &str)], from: Option<&Picture>) -> Recipe {
    let mut recipe = some_recipe();
    let reference = |(name, hash): &(&str, &str)| RecipeReference {
        name: (*name).into(),
        address: if hash.starts_with("https") { (*hash).into() } else { format!("blake3:{hash}") },
        sent: None,
        picture: None,
        edit: Default::default(),
    };
    recipe.context.references = references.iter().map(reference).collect();
    recipe.context.from = from.map(|picture| Origin { picture: picture.id.0.clone(), hash: picture.hash.clone() });
    recipe
}

/// Generation, next, link and what it is, as text.
fn tree(library: &Library, picture: &Picture) -> Vec<String> {
    let lineage = library.lineage(&picture.id).unwrap();
    let named = |who: &Subject| match who {
        Subject::Picture(id) => {
            let picture = library.picture(id).unwrap().unwrap();
            let bytes = std::fs::read(library.picture_path(&picture)).unwrap();
            format!("picture {}", bytes.last().unwrap())
        }
        Subject::File { name, .. } => format!("file {name}"),
        Subject::Address(address) => address.clone(),
        Subject::Gone { name } => format!("gone {name}"),
        Subject::More { count, ids } => format!("{count} more, {} named", ids.len()),
    };
    let line = |kin: &LineageNode| {
        let next = kin.next.map_or_else(|| "-".to_owned(), |next| next.to_string());
        format!("{} {next} {:?} {}", kin.generation, kin.link, named(&kin.who))
    };
    lineage.kin.iter().map(line).collect()
}

#[test]
fn a_picture_knows_two_generations_each_way() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let sketch = library.store_reference(b"sketch", Format::Png).unwrap();
    let first = store(&mut library, &made_from(&[("sketch.png", &sketch), ("gone.png", "ab")], None), &bytes(1));
    let second = store(&mut library, &made_from(&[("1.png", &first.hash)], None), &bytes(2));
    let address = ("a.png", "https://example.org/a.png");
    let third = store(&mut library, &made_from(&[("2.png", &second.hash), address], Some(&first)), &bytes(3));
    let fourth = store(&mut library, &made_from(&[], Some(&third)), &bytes(4));
    let fifth = store(&mut library, &made_from(&[("4.png", &fourth.hash)], None), &bytes(5));
    assert_eq!(
        tree(&library, &third),
        [
            "-2 1 Reference picture 1",
            "-1 3 Reference picture 2",
            "-1 3 Reference https://example.org/a.png",
            "0 - Itself picture 3",
            "1 3 Settings picture 4",
            "2 4 Reference picture 5",
        ],
        "the first one stands there once"
    );
    assert_eq!(
        tree(&library, &first),
        [
            "-1 2 Reference file sketch.png",
            "-1 2 Reference gone gone.png",
            "0 - Itself picture 1",
            "1 2 Reference picture 2",
            "2 3 Reference picture 3",
        ]
    );
    assert_eq!(tree(&library, &fifth)[..2], ["-2 1 Settings picture 3", "-1 2 Reference picture 4"]);

    library.trash(std::slice::from_ref(&fourth.id)).unwrap();
    assert_eq!(tree(&library, &fifth)[1], "-1 2 Reference picture 4", "the trash is still looked into");
    library.empty_trash().unwrap();
    assert_eq!(tree(&library, &fifth), ["-1 1 Reference gone 4.png", "0 - Itself picture 5"]);
    assert!(matches!(library.lineage(&fourth.id), Err(Error::Missing { .. })));
    let dir = library.dir().to_owned();
    let before = tree(&library, &third);
    drop(library);
    Library::rebuild(&dir, |_| true).unwrap();
    assert_eq!(tree(&Library::open(&dir).unwrap(), &third), before, "the folder alone knows as much");
}

#[test]
fn a_picture_from_elsewhere_is_linked_by_content() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let here = store(&mut library, &made_from(&[], None), &bytes(1));
    let mut elsewhere = made_from(&[("1.png", &here.hash)], None);
    elsewhere.job = JobId::imported();
    elsewhere.context.references[0].picture = Some(PictureId("of another library".into()));
    let from = Origin { picture: "of another library".into(), hash: here.hash.clone() };
    let settings = Recipe { context: RecipeContext { from: Some(from), ..RecipeContext::default() }, ..some_recipe() };
    store(&mut library, &elsewhere, &bytes(2));
    store(&mut library, &settings, &bytes(3));
    assert_eq!(tree(&library, &here), ["0 - Itself picture 1", "1 0 Reference picture 2", "1 0 Settings picture 3"]);
}

#[test]
fn circles_end_and_a_great_many_children_are_counted() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let [one, two] = [1, 2].map(|n| content_hash(&bytes(n)));
    let first = store(&mut library, &made_from(&[("2.png", &two), ("1.png", &one)], None), &bytes(1));
    store(&mut library, &made_from(&[("1.png", &one)], None), &bytes(2));
    assert_eq!(tree(&library, &first), ["-1 1 Reference picture 2", "0 - Itself picture 1"]);

    let parent = store(&mut library, &made_from(&[], None), &bytes(3));
    for _ in 0..7 {
        store(&mut library, &made_from(&[("3.png", &parent.hash)], None), &bytes(4));
    }
    assert_eq!(tree(&library, &parent).len(), 8, "the seventh has the place of the line that would count it");
    for _ in 0..5 {
        store(&mut library, &made_from(&[("3.png", &parent.hash)], None), &bytes(4));
    }
    let lines = tree(&library, &parent);
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[7], "1 0 Reference 6 more, 6 named");
}
