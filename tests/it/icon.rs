//! The icon of the window: `assets/icon.png` is made from `assets/icon.svg`, and stays so.
//!
//! `UPDATE_SNAPSHOTS=1` draws it anew.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

#[test]
fn window_icon_is_what_its_drawing_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let svg = std::fs::read(folder.join("icon.svg")).unwrap();
    let tree = Tree::from_data(&svg, &Options::default()).unwrap();
    let mut pixmap = Pixmap::new(256, 256).unwrap();
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());

    let path = folder.join("icon.png");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, pixmap.encode_png().unwrap()).unwrap();
    }
    let drawn = image::load_from_memory(&pixmap.encode_png().unwrap()).unwrap().to_rgba8();
    let kept = image::open(&path).unwrap().to_rgba8();
    assert_eq!(kept.dimensions(), (256, 256));
    let differ = drawn.pixels().zip(kept.pixels()).filter(|(a, b)| (0..4).any(|i| a.0[i].abs_diff(b.0[i]) > 3)).count();
    assert!(differ < 40, "{differ} pixels differ: run with UPDATE_SNAPSHOTS=1");
}
