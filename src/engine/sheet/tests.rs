//! Sheets of real files: what stands where, what is missing, names, and stopping.

use super::*;
use crate::picture::{Limits, decode};
use std::cell::Cell;

fn file(folder: &Path, name: &str, color: [u8; 3]) -> SheetPicture {
    let pixels = Pixels::of_color(Size { width: 300, height: 150 }, color).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
    SheetPicture { file, hash: "0".repeat(64), words: vec![("a fox <in> snow & \u{1f98a} שועל".into(), 2)] }
}

fn order(folder: &Path, pictures: Vec<SheetPicture>) -> SheetOrder {
    let style = SheetStyle { columns: 2, tile: 100, title: "Foxes".into(), ..SheetStyle::default() };
    SheetOrder { style, pictures, encoding: Encoding::Png, to: folder.join("sheet.png") }
}

fn pixel(pixels: &Pixels, x: u32, y: u32) -> [u8; 3] {
    let at = ((y * pixels.size.width + x) * 4) as usize;
    pixels.rgba[at..at + 3].try_into().unwrap()
}

fn written(results: &[Result<Saved, ExportError>]) -> Vec<String> {
    results.iter().map(|saved| saved.as_ref().unwrap().path.file_name().unwrap().to_string_lossy().into()).collect()
}

#[test]
fn pictures_stand_in_their_places_and_one_that_is_damaged_leaves_its_own_free() {
    let folder = tempfile::tempdir().unwrap();
    let mut pictures: Vec<_> = [[200, 0, 0], [0, 200, 0], [0, 0, 200]]
        .iter()
        .zip(["a", "b", "c"])
        .map(|(c, n)| file(folder.path(), n, *c))
        .collect();
    std::fs::write(&pictures[1].file, b"no picture").unwrap();
    pictures[2].file.set_file_name("d");
    let red = pictures[0].clone();
    pictures.push(red);
    let order = order(folder.path(), pictures);
    let sheet = order.sheets().remove(0);
    let results = order.run(|| true);
    assert_eq!(written(&results), ["sheet.png"]);
    let bytes = std::fs::read(folder.path().join("sheet.png")).unwrap();
    let pixels = decode(&bytes, &Limits::default()).unwrap();
    assert_eq!(pixels.size, sheet.size);
    let middle = |place: usize| {
        let area = sheet.cells[place].picture;
        pixel(&pixels, area.x + area.width / 2, area.y + area.height / 2)
    };
    assert_eq!([middle(0), middle(1), middle(2), middle(3)], [[200, 0, 0], [255; 3], [255; 3], [200, 0, 0]]);
    let corner = sheet.cells[0].picture;
    assert_eq!(pixel(&pixels, corner.x, corner.y), [255; 3], "a wide picture has paper over it");
    let dark = |area: Area| {
        let inside = (area.y..area.y + area.height).flat_map(|y| (area.x..area.x + area.width).map(move |x| (x, y)));
        inside.filter(|(x, y)| pixel(&pixels, *x, *y)[0] < 128).count()
    };
    let letters =
        Block { x: 0.0, y: 0.0, width: 90.0, letter: 20.0, line: 25.0, color: [0; 3], lines: vec!["Fox".into()] };
    if set_words(Size { width: 90, height: 25 }, &[letters]).unwrap().rgba.iter().all(|byte| *byte == 0) {
        return; // No font on this machine.
    }
    let all = [sheet.title.unwrap(), sheet.cells[0].words, sheet.cells[1].picture];
    assert!(all.into_iter().all(|area| dark(area) > 20), "title, words and what is said of the damaged one");
}

#[test]
fn many_pictures_are_split_into_numbered_sheets_and_no_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let one = file(folder.path(), "a", [9; 3]);
    let mut order = order(folder.path(), vec![SheetPicture { words: Vec::new(), ..one }; 300]);
    order.style = SheetStyle { columns: 1, tile: 96, title: String::new(), ..order.style };
    std::fs::write(folder.path().join("sheet (2).png"), b"mine").unwrap();
    let count = Cell::new(0);
    let results = order.run(|| {
        count.set(count.get() + 1);
        true
    });
    assert_eq!((written(&results), count.get()), (vec!["sheet (1).png".to_owned(), "sheet (3).png".to_owned()], 300));
    assert_eq!(std::fs::read(folder.path().join("sheet (2).png")).unwrap(), b"mine");
}

#[test]
fn a_stop_leaves_no_half_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = vec![file(folder.path(), "a", [9; 3]); 6];
    let left = Cell::new(4);
    let results = order(folder.path(), pictures).run(|| {
        left.set(left.get() - 1);
        left.get() > 0
    });
    assert!(results.is_empty() && !folder.path().join("sheet.png").exists());
}

#[test]
fn the_preview_is_the_first_sheet_made_smaller() {
    let folder = tempfile::tempdir().unwrap();
    for color in [[200, 0, 0], [0, 200, 0]] {
        let order = order(folder.path(), vec![file(folder.path(), "a", color); 4]);
        let order = SheetOrder {
            pictures: order
                .pictures
                .iter()
                .cloned()
                .map(|p| SheetPicture { hash: format!("{:064}", color[0]), ..p })
                .collect(),
            ..order
        };
        std::fs::create_dir_all(folder.path().join("thumbnails")).unwrap();
        let sheet = order.sheets().remove(0);
        let preview = order.preview(folder.path(), 120).unwrap();
        assert_eq!(preview.size, sheet.size.fitted(120));
        let scale = 120.0 / sheet.size.longer_side() as f32;
        let area = sheet.cells[3].picture;
        let at = |start: u32| ((start + area.width / 2) as f32 * scale) as u32;
        assert_eq!(pixel(&preview, at(area.x), at(area.y)).map(|c| c > 150), color.map(|c| c > 150));
    }
}
