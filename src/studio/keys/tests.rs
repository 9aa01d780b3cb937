//! The table, the presets and what the artist changes of them.

use super::*;

fn ctrl(key: Key) -> Chord {
    Chord::new(CTRL, key)
}

fn plain(key: Key) -> Chord {
    Chord::new(PLAIN, key)
}

fn of(preset: Preset) -> KeyChoices {
    KeyChoices { preset, ..KeyChoices::default() }
}

/// Pairs of actions that share a chord where both work.
fn shared(map: &Keymap) -> Vec<String> {
    let mut shared = Vec::new();
    for row in map.rows() {
        for chord in &row.chords {
            let others = map.holders(*chord, row.action);
            shared.extend(
                others.iter().map(|other| format!("{}: {:?}, {:?}", text_of(*chord), row.action, other.action)),
            );
        }
    }
    shared
}

#[test]
fn no_two_actions_share_a_chord() {
    for (number, binding) in BINDINGS.iter().enumerate() {
        for other in &BINDINGS[number + 1..] {
            let meet = binding.only.is_none() || other.only.is_none() || binding.only == other.only;
            assert!(!meet || binding.chord != other.chord, "{:?} and {:?}", binding.action, other.action);
        }
    }
    for preset in Preset::ALL {
        assert_eq!(shared(&Keymap::of(&of(preset))), [""; 0], "{}", preset.label());
    }
}

#[test]
fn every_action_has_a_key_in_every_preset_and_every_key_can_be_bound() {
    for preset in Preset::ALL {
        for row in Keymap::of(&of(preset)).rows() {
            let name = preset.label();
            assert!(!row.chords.is_empty(), "{:?} has no key in {name}: give it one in presets.rs", row.action);
            let refused = row.chords.iter().any(|chord| chord.refusal().is_some());
            assert!(!refused || row.is_fixed(), "{:?} in {name}", row.action);
        }
    }
}

#[test]
fn the_table_rests_while_text_is_typed_as_its_lines_say() {
    let map = Keymap::default();
    for Binding { action, chord, while_typing, only, .. } in BINDINGS {
        let screen = only.unwrap_or_default();
        assert_eq!(map.action_of(*chord, false, screen), Some(*action));
        assert_eq!(map.action_of(*chord, true, screen), while_typing.then_some(*action), "{action:?}");
    }
}

#[test]
fn letters_rest_while_text_is_typed_and_generate_does_not() {
    let map = Keymap::default();
    assert_eq!(map.action_of(plain(Key::G), false, Screen::Grid), Some(Action::ShowGrid));
    assert_eq!(map.action_of(plain(Key::G), true, Screen::Grid), None);
    let generate = Chord { modifiers: Modifiers { ctrl: true, command: true, ..PLAIN }, key: Key::Enter };
    assert_eq!(map.action_of(generate, true, Screen::Grid), Some(Action::Generate));
    assert_eq!(text_of(generate), if cfg!(target_os = "macos") { "Cmd+Enter" } else { "Ctrl+Enter" });
    let mut choices = KeyChoices::default();
    choices.set(Action::Generate, &[plain(Key::G)]);
    let map = Keymap::of(&choices);
    assert_eq!(map.action_of(plain(Key::G), false, Screen::Grid), Some(Action::Generate));
    assert_eq!(map.action_of(plain(Key::G), true, Screen::Grid), None, "a letter rests, whatever it does");
}

#[test]
fn a_key_may_mean_one_thing_in_the_grid_and_another_in_compare() {
    let map = Keymap::default();
    assert_eq!(map.action_of(plain(Key::S), false, Screen::Grid), Some(Action::ToggleStack));
    assert_eq!(map.action_of(plain(Key::S), false, Screen::Compare), Some(Action::Swap));
    assert_eq!(map.action_of(plain(Key::S), false, Screen::Viewer), None);
    assert!(map.holders(plain(Key::S), Action::ToggleStack).is_empty());
    let holders: Vec<_> = map.holders(plain(Key::S), Action::Pick).iter().map(|row| row.action).collect();
    assert_eq!(holders, [Action::Swap, Action::ToggleStack], "who works everywhere meets both");
}

#[test]
fn a_question_mark_is_found_with_or_without_its_shift() {
    for modifiers in [PLAIN, SHIFT] {
        let chord = Chord { modifiers, key: Key::Questionmark };
        assert_eq!(Keymap::default().action_of(chord, false, Screen::Grid), Some(Action::Keys));
    }
}

#[test]
fn presets_know_what_their_programs_taught() {
    for (preset, chord, action) in [
        (Preset::Lightroom, plain(Key::G), Action::ShowGrid),
        (Preset::Lightroom, plain(Key::E), Action::ShowViewer),
        (Preset::Lightroom, plain(Key::C), Action::ShowCompare),
        (Preset::Lightroom, plain(Key::P), Action::Pick),
        (Preset::Lightroom, plain(Key::Num3), Action::Stars(3)),
        (Preset::Lightroom, plain(Key::Tab), Action::ToggleSides),
        (Preset::Lightroom, Chord::new(SHIFT, Key::Tab), Action::TogglePanels),
        (Preset::Lightroom, plain(Key::F7), Action::ToggleLeft),
        (Preset::Lightroom, plain(Key::F8), Action::ToggleRight),
        (Preset::Lightroom, Chord::new(CTRL_SHIFT, Key::E), Action::SaveAs),
        (Preset::InvokeAI, Chord::new(ALT, Key::A), Action::FocusPrompt),
        (Preset::InvokeAI, plain(Key::T), Action::ToggleLeft),
        (Preset::InvokeAI, plain(Key::G), Action::ToggleRight),
        (Preset::InvokeAI, plain(Key::F), Action::TogglePanels),
        (Preset::InvokeAI, plain(Key::A), Action::UseSettings),
        (Preset::InvokeAI, plain(Key::P), Action::UsePrompt),
        (Preset::InvokeAI, plain(Key::Period), Action::Pick),
        (Preset::InvokeAI, Chord::new(ALT, Key::ArrowUp), Action::OlderPrompt),
        (Preset::Easel, plain(Key::F5), Action::ToggleLeft),
    ] {
        let found = Keymap::of(&of(preset)).action_of(chord, false, Screen::Grid);
        assert_eq!(found, Some(action), "{} in {}", text_of(chord), preset.label());
    }
}

#[test]
fn partials_are_stepped_through_in_the_viewer_whatever_a_preset_does_with_the_full_stop() {
    let alt = |key| Chord::new(ALT, key);
    for (preset, before, after) in [
        (Preset::Easel, plain(Key::Comma), plain(Key::Period)),
        (Preset::Lightroom, plain(Key::Comma), plain(Key::Period)),
        (Preset::InvokeAI, alt(Key::Comma), alt(Key::Period)),
    ] {
        let map = Keymap::of(&of(preset));
        for (chord, action) in [(before, Action::PreviousPartial), (after, Action::NextPartial)] {
            assert_eq!(map.action_of(chord, false, Screen::Viewer), Some(action), "{}", preset.label());
            assert_eq!(map.action_of(chord, false, Screen::Grid), None, "{}", preset.label());
        }
        assert_eq!(map.action_of(plain(Key::K), false, Screen::Viewer), Some(Action::KeepPartial));
    }
}

#[test]
fn what_the_artist_binds_is_taken_from_all_others_and_only_differences_are_kept() {
    let mut choices = KeyChoices::default();
    choices.set(Action::ShowGrid, &[plain(Key::X), plain(Key::F2)]);
    let map = Keymap::of(&choices);
    assert_eq!(map.action_of(plain(Key::X), false, Screen::Viewer), Some(Action::ShowGrid));
    assert_eq!(map.row(Action::Reject).map(|row| row.chords.len()), Some(0), "reject has none now");
    assert_eq!(map.keys_of(Action::ShowGrid).as_deref(), Some("X"));
    assert!(map.row(Action::ShowGrid).is_some_and(|row| row.is_changed));
    assert_eq!(shared(&map), [""; 0]);
    let kept = serde_json::to_value(&choices).unwrap();
    assert_eq!(kept, serde_json::json!({"preset": "Easel", "changes": {"ShowGrid": ["X", "F2"]}}));
    assert_eq!(serde_json::from_value::<KeyChoices>(kept).unwrap(), choices);

    // One changed row after the other: the last word counts.
    choices.set(Action::Reject, &[plain(Key::X)]);
    let map = Keymap::of(&choices);
    assert_eq!(map.action_of(plain(Key::X), false, Screen::Viewer), Some(Action::Reject));
    assert_eq!(map.row(Action::ShowGrid).map(|row| row.chords.clone()), Some(vec![plain(Key::F2)]));
    assert!(map.row(Action::Reject).is_some_and(|row| !row.is_changed), "as the preset has it");

    choices.reset(Action::ShowGrid);
    assert_eq!(choices, KeyChoices::default(), "nothing differs any more");
}

#[test]
fn a_reset_takes_its_keys_back_from_whatever_got_them() {
    let mut choices = of(Preset::InvokeAI);
    choices.set(Action::Trash, &[plain(Key::G)]);
    choices.set(Action::ToggleRight, &[plain(Key::F3)]);
    choices.reset(Action::ToggleRight);
    let map = Keymap::of(&choices);
    assert_eq!(map.action_of(plain(Key::G), false, Screen::Grid), Some(Action::ToggleRight));
    assert_eq!(map.row(Action::Trash).map(|row| row.chords.len()), Some(0));
    assert_eq!(shared(&map), [""; 0]);
    choices.reset_all();
    assert_eq!(choices, of(Preset::InvokeAI));
}

#[test]
fn changes_outlive_a_change_of_the_preset_and_what_is_unknown_does_no_harm() {
    let mut choices = KeyChoices::default();
    choices.set(Action::Search, &[ctrl(Key::P)]);
    choices.preset = Preset::Lightroom;
    assert_eq!(Keymap::of(&choices).keys_of(Action::Search), Some(text_of(ctrl(Key::P))));
    let strange = serde_json::json!({"preset": "Krita", "changes": {"Gone": ["X"], "Pick": ["NoKey", "F9"]}});
    let map = Keymap::of(&serde_json::from_value(strange).unwrap());
    assert_eq!(map.keys_of(Action::Pick).as_deref(), Some("F9"));
    assert_eq!(map.keys_of(Action::Reject).as_deref(), Some("X"));
}

#[test]
fn the_way_out_cannot_be_bound_away() {
    let mut choices = KeyChoices::default();
    choices.set(Action::Back, &[plain(Key::Q)]);
    assert_eq!(Keymap::of(&choices).keys_of(Action::Back).as_deref(), Some("Esc"));
}
