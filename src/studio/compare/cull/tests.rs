//! Who stays, who leaves and who comes back.

use super::*;
use egui::emath::vec2;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

fn id(n: usize) -> PictureId {
    PictureId(n.to_string())
}

fn table(count: usize, mode: CompareMode) -> Compare {
    let mut compare = Compare::default();
    compare.set((0..count).map(id));
    compare.set_mode(mode);
    compare
}

fn names(compare: &Compare) -> String {
    compare.ids().iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn challengers_come_by_step_and_the_better_one_stays() {
    let mut compare = table(4, CompareMode::Champion);
    assert_eq!((compare.challenger(), compare.active_pane()), (Some(1), 1), "keys are about the challenger");
    compare.step(1);
    compare.step(1);
    compare.step(1);
    assert_eq!((compare.challenger(), compare.active_pane()), (Some(3), 3), "the last one stays");
    compare.step(-1);
    compare.promote();
    assert_eq!((names(&compare).as_str(), compare.challenger()), ("2 1 3", Some(2)), "the next challenger is there");
    compare.send_back();
    assert_eq!((names(&compare).as_str(), compare.challenger()), ("2 1", Some(1)));
    compare.send_back();
    assert_eq!((names(&compare).as_str(), compare.challenger(), compare.active_pane()), ("2", None, 0));
    compare.promote();
    compare.send_back();
    assert_eq!((names(&compare).as_str(), compare.sent_back()), ("2", (3, 0)), "alone, it is the one");
    for expected in ["2 1", "2 1 3", "0 1 2 3", "0 1 2 3"] {
        compare.bring_back();
        assert_eq!(names(&compare), expected);
    }
    assert_eq!(compare.challenger(), Some(2), "as before the first decision");
}

#[test]
fn a_decision_about_one_that_has_left_is_none_any_more_and_moves_nobody() {
    let mut compare = table(4, CompareMode::Champion);
    let back = compare.promote().unwrap();
    assert_eq!((names(&compare).as_str(), &back), ("1 2 3", &Decision::BringBack(id(0))));
    compare.remove(&[id(1)]);
    assert_eq!((compare.decide(&back), names(&compare).as_str()), (Some(Decision::Promote(id(1))), "0 2 3"));
    for gone in [Decision::Promote(id(1)), Decision::SendBack(id(0)), Decision::BringBack(id(3))] {
        assert_eq!((compare.decide(&gone), names(&compare).as_str()), (None, "0 2 3"), "{gone:?}");
    }
}

#[test]
fn more_than_sixteen_come_to_the_table_as_others_are_sent_back() {
    let mut compare = table(20, CompareMode::Champion);
    assert_eq!((compare.ids().len(), compare.sent_back()), (16, (0, 4)));
    compare.promote();
    compare.send_back();
    assert_eq!((compare.ids().len(), compare.sent_back()), (16, (2, 2)));
    assert!(compare.ids().contains(&id(17)));
    compare.bring_back();
    compare.bring_back();
    assert_eq!(names(&compare), names(&table(20, CompareMode::Champion)));
    assert_eq!(compare.sent_back(), (0, 4));
}

#[test]
fn the_rejected_leave_the_survey_and_come_back_to_their_places() {
    let mut compare = table(4, CompareMode::Survey);
    let mut rejected = HashSet::new();
    let why = |rejected: &HashSet<PictureId>, id: &PictureId| rejected.contains(id).then_some(Why::Rejected);
    compare.activate(1);
    for gone in [1, 2] {
        rejected.insert(id(gone));
        compare.settle(|id| why(&rejected, id));
    }
    assert_eq!((names(&compare).as_str(), compare.active().unwrap(), compare.left_out()), ("0 3", &id(3), 2));
    rejected.remove(&id(2));
    compare.settle(|id| why(&rejected, id));
    assert_eq!(
        (names(&compare).as_str(), compare.active().unwrap()),
        ("0 2 3", &id(2)),
        "what comes back is looked at"
    );
    rejected.clear();
    compare.settle(|id| why(&rejected, id));
    assert_eq!((names(&compare).as_str(), compare.left_out()), ("0 1 2 3", 0));
}

#[test]
fn elsewhere_the_rejected_stay_and_what_is_thrown_away_leaves_until_it_is_restored() {
    let mut compare = table(3, CompareMode::SideBySide);
    compare.settle(|_| Some(Why::Rejected));
    assert_eq!(compare.ids().len(), 3);
    compare.throw_out(&[id(1)]);
    compare.settle(|one| (*one == id(1)).then_some(Why::Trashed));
    assert_eq!(names(&compare), "0 2");
    compare.settle(|_| None);
    assert_eq!(names(&compare), "0 1 2");
    compare.throw_out(&[id(1)]);
    compare.remove(&[id(1)]);
    compare.settle(|_| None);
    assert_eq!(names(&compare), "0 2", "deleted for good, it does not come back");
}

#[test]
fn a_survey_is_laid_out_by_the_shapes_that_are_in_it() {
    for (shapes, area, expected) in [
        (vec![1.5; 2], vec2(1280.0, 700.0), (2, 1)),
        (vec![0.5; 4], vec2(1280.0, 700.0), (4, 1)),
        (vec![3.0; 4], vec2(1000.0, 1000.0), (1, 4)),
        (vec![1.0; 4], vec2(1000.0, 1000.0), (2, 2)),
        (vec![1.5; 6], vec2(1500.0, 700.0), (3, 2)),
        (vec![], vec2(1500.0, 700.0), (1, 1)),
        (vec![f32::NAN, 0.0], vec2(0.0, 0.0), (1, 2)),
    ] {
        assert_eq!(Compare::survey_grid(&shapes, area, 28.0, 6.0), expected, "{shapes:?} in {area:?}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Step(isize),
    Promote,
    SendBack,
    BringBack,
    Flag(usize, Option<Why>),
    Mode(CompareMode),
    Activate(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let why = prop::sample::select(vec![None, Some(Why::Rejected), Some(Why::Trashed)]);
    let modes = [CompareMode::Champion, CompareMode::Survey, CompareMode::SideBySide];
    prop_oneof![
        prop::sample::select(vec![-1, 1]).prop_map(Deed::Step),
        Just(Deed::Promote),
        Just(Deed::SendBack),
        Just(Deed::BringBack),
        (0..20_usize, why).prop_map(|(n, why)| Deed::Flag(n, why)),
        prop::sample::select(modes.to_vec()).prop_map(Deed::Mode),
        (0..20_usize).prop_map(Deed::Activate),
    ]
}

proptest! {
    #[test]
    fn nobody_is_lost_or_doubled_whatever_is_done(count in 2..20_usize, deeds in prop::collection::vec(deed(), 0..60)) {
        let mut compare = table(count, CompareMode::Survey);
        let mut whys: HashMap<PictureId, Why> = HashMap::new();
        for deed in deeds {
            match deed {
                Deed::Step(step) => compare.step(step),
                Deed::Promote => _ = compare.promote(),
                Deed::SendBack => _ = compare.send_back(),
                Deed::BringBack => _ = compare.bring_back(),
                Deed::Mode(mode) => compare.set_mode(mode),
                Deed::Activate(pane) => compare.activate(pane),
                Deed::Flag(n, Some(why)) => {
                    whys.insert(id(n), why);
                    if why == Why::Trashed {
                        compare.throw_out(&[id(n)]);
                    }
                }
                Deed::Flag(n, None) => { whys.remove(&id(n)); }
            }
            compare.settle(|id| whys.get(id).copied());
            let Cull { out, sent, waiting, .. } = &compare.cull;
            let mut all: Vec<&PictureId> = compare.ids().iter().chain(waiting).collect();
            all.extend(out.iter().map(|out| &out.seat.id));
            all.extend(sent.iter().map(|sent| &sent.seat.id));
            prop_assert_eq!(all.len(), count, "{:?}", deed);
            prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), count, "{:?}", deed);
            prop_assert_eq!(compare.own.len(), compare.ids().len());
            prop_assert!(compare.active_pane() < compare.ids().len().max(1));
            prop_assert!(compare.ids().len() <= Compare::MAX);
        }
    }

    #[test]
    fn every_decision_can_be_taken_back(count in 2..20_usize, deeds in prop::collection::vec((any::<bool>(), -3..4_isize), 0..20)) {
        let mut compare = table(count, CompareMode::Champion);
        let (start, mut before) = (compare.clone(), Vec::new());
        for (promotes, steps) in deeds {
            (0..steps.abs()).for_each(|_| compare.step(steps.signum()));
            if compare.challenger().is_none() {
                break;
            }
            let back = if promotes { compare.promote() } else { compare.send_back() };
            before.push((compare.ids().to_vec(), back.unwrap()));
        }
        let end = compare.clone();
        let mut again = Vec::new();
        for (after, back) in before.iter().rev() {
            prop_assert_eq!(compare.ids(), after);
            again.push(compare.decide(back).unwrap());
        }
        prop_assert_eq!(compare.ids(), start.ids());
        // Whoever is looked at in between, the same are decided about again.
        compare.step(1);
        for ((after, _), decision) in before.iter().zip(again.iter().rev()) {
            compare.decide(decision).unwrap();
            prop_assert_eq!(compare.ids(), after);
            compare.step(-1);
        }
        prop_assert_eq!((compare.ids(), compare.sent_back()), (end.ids(), end.sent_back()));
    }

    #[test]
    fn no_other_grid_shows_more_of_the_pictures(
        shapes in prop::collection::vec(0.3..3.0_f32, 1..17), width in 300.0..3000.0_f32, height in 300.0..2000.0_f32,
    ) {
        let area = vec2(width, height);
        let (columns, rows) = Compare::survey_grid(&shapes, area, 28.0, 6.0);
        prop_assert!(columns * rows >= shapes.len() && columns * (rows - 1) < shapes.len());
        let best = seen_area(&shapes, columns, area, 28.0, 6.0);
        for other in 1..=shapes.len() {
            prop_assert!(seen_area(&shapes, other, area, 28.0, 6.0) <= best * 1.02, "{other} instead of {columns}");
        }
    }
}
