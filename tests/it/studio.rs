//! The whole loop through the accessibility tree, like a person who cannot see it.

use crate::support::StudioHarness;

#[test]
fn the_first_picture_is_one_key_away() {
    let mut studio = StudioHarness::new();
    assert!(!studio.app().studio().draft.prompt.is_empty(), "the prompt holds a starter text");
    studio.generate(1);
    let picture = studio.app().studio().collection.first().unwrap();
    let picture = studio.app().studio().collection.picture(&picture).unwrap().clone();
    assert!(studio.dir().join(&picture.file).is_file());
    assert!(picture.cost.is_some() && picture.size.is_some());
}
