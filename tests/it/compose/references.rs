//! The reference pictures of the left panel: order, removal, every way in, and what is said of their number.

use easel::api::ModelId;
use easel::engine::{self, Event};
use easel::studio::{Command, Dialog, Effect};
use easel::ui::references;
use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::rig::*;
use crate::painter;

#[test]
fn references_are_reordered_and_removed_by_keys() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.references = ["a", "b", "c"].map(|name| stored(name, 400_000)).to_vec();
    h.run();
    assert!(says(&h, "References 3 of 14 · 1.2 MB"));
    focus(&mut h, Role::Button, "Reference 1 of 3, a.png");
    chord(&mut h, Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(names(&h), ["b.png", "a.png", "c.png"]);
    chord(&mut h, Modifiers::COMMAND, Key::ArrowRight);
    chord(&mut h, Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(names(&h), ["b.png", "c.png", "a.png"], "the focus goes with the picture");
    chord(&mut h, Modifiers::COMMAND, Key::ArrowLeft);
    assert_eq!(names(&h), ["b.png", "a.png", "c.png"]);
    press(&mut h, Key::Delete);
    assert_eq!(names(&h), ["b.png", "c.png"]);
    assert!(
        !h.state().asked.iter().any(|c| matches!(c, Command::Do(easel::studio::Action::Trash))),
        "not the gallery's"
    );

    focus(&mut h, Role::Button, "Reference 2 of 2, c.png");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::Button, "Move left");
    press(&mut h, Key::Enter);
    assert_eq!(names(&h), ["c.png", "b.png"]);
    h.get_by_label("Remove b.png").click();
    h.run();
    assert_eq!(names(&h), ["c.png"]);
}

#[test]
fn references_are_reordered_by_dragging() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.references = ["a", "b", "c"].map(|name| stored(name, 1000)).to_vec();
    h.run();
    let from = h.get_by_label("Reference 1 of 3, a.png").rect().center();
    let to = h.get_by_label("Reference 3 of 3, c.png").rect().right_center();
    h.drag_at(from);
    h.step();
    h.hover_at(from + vec2(12.0, 0.0));
    h.step();
    h.hover_at(to);
    h.step();
    h.step();
    h.drop_at(to);
    h.run();
    assert_eq!(names(&h), ["b.png", "c.png", "a.png"]);
}

#[test]
fn tile_with_the_plus_offers_every_way_in() {
    let mut h = panel(SEEDREAM);
    for (entry, effect) in [("Choose files…", Effect::PickReferences), ("Paste", Effect::ReadClipboard)] {
        focus(&mut h, Role::Button, "Add references");
        press(&mut h, Key::Enter);
        focus(&mut h, Role::Button, entry);
        press(&mut h, Key::Enter);
        assert_eq!(h.state().effects.last(), Some(&effect));
    }
    h.get_by_label("Add references").click();
    h.run();
    h.get_by_label("Address or path…").click();
    h.run();
    assert_eq!(h.state().studio.dialog, Some(Dialog::AddReference { why: None }));
}

#[test]
fn pictures_dragged_from_the_gallery_become_references() {
    let mut h = panel(SEEDREAM);
    h.state_mut().dragging = true;
    let at = egui::pos2(40.0, 800.0);
    h.drag_at(at);
    h.step();
    h.hover_at(at - vec2(0.0, 40.0));
    h.step();
    painter::snapshot(&mut h, "compose_picture_over");
    h.drop_at(at - vec2(0.0, 40.0));
    h.step();
    let used = h.state().asked.iter().find_map(|command| match command {
        Command::UseAsReference(ids) => Some(ids.clone()),
        _ => None,
    });
    assert_eq!(used.map(|ids| ids.len()), Some(2));
}

#[test]
fn what_the_files_say_is_left_out_until_the_artist_says_otherwise() {
    const SWITCH: &str = "Send without location and prompts";
    let mut h = panel("bytedance-seed/seedream-4.5");
    assert!(h.query_by_label(SWITCH).is_none(), "nothing is sent yet");
    h.state_mut().studio.draft.references = vec![stored("a", 1000)];
    h.run();
    let is_on = |h: &Harness<'_, Rig>| h.get_by_label(SWITCH).accesskit_node().toggled();
    assert_eq!(is_on(&h), Some(Toggled::True));
    assert!(!h.state().studio.layout.keep_metadata);
    h.get_by_label(SWITCH).click();
    h.run();
    assert_eq!(is_on(&h), Some(Toggled::False));
    assert!(h.state().studio.layout.keep_metadata);
}

#[test]
fn number_of_references_is_judged_in_words() {
    let mut h = panel("inclusionai/ming-image-0.1-design-layer");
    assert!(says(&h, "This model needs at least 1 reference picture; add one"));
    assert!(says(&h, "References needs 1"));
    h.state_mut().studio.draft.references = ["a", "b"].map(|name| stored(name, 1000)).to_vec();
    h.run();
    assert!(says(&h, "1 too many; remove some"));
    assert!(says(&h, "This model takes at most 1 reference picture; remove some"));
    h.state_mut().studio.draft.model = Some(ModelId::new(ODD));
    h.run();
    assert!(says(&h, "This model takes no references; these are kept for one that does"));
    assert!(says(&h, "Not sent to this model: references (2)"));
    assert!(!h.get_by_label("Generate, $0.01").accesskit_node().is_disabled());
}

#[test]
fn pasted_text_of_several_kinds_comes_in_through_the_engine() {
    let mut rig = Rig::new(SEEDREAM);
    let folder = rig.folder.path().to_owned();
    let file = picture_file(&folder, "one two.png", [40, 20]);
    let bytes = std::fs::read(picture_file(&folder, "data.png", [8, 8])).unwrap();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let address = format!("file://{}", file.display().to_string().replace(' ', "%20"));
    let pasted = format!("{address}\ndata:image/png;base64,{text}\nhttps://example.org/c.png");
    let command = references::command_of(engine::Pasted::Text(pasted)).unwrap();
    assert!(!format!("{command:?}").contains(&text[..16]), "no base64 in logs");
    rig.studio.apply(command, &rig.engine);
    while rig.studio.draft.references.len() < 3 {
        match rig.engine.wait_event().unwrap() {
            event @ Event::ReferenceAdded(_) => rig.studio.on(event),
            Event::Notice(notice) => panic!("{notice:?}"),
            _ => {}
        }
    }
    let found: Vec<_> = rig.studio.draft.references.iter().map(|reference| reference.name.as_str()).collect();
    assert_eq!(found, ["one two.png", "Pasted picture", "https://example.org/c.png"]);
    assert!(references::command_of(engine::Pasted::Text("a red panda".into())).is_none());
}
