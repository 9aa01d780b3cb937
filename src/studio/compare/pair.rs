//! Which two of the pictures on the table are laid over each other.
//!
//! Pure. Unless the artist chose otherwise the first one lies below, and above it whichever of the others was active
//! last. Invariant: the two are different ones, as long as there are two.

use super::{Compare, CompareMode};
use crate::library::PictureId;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    Lower,
    Upper,
}

/// What was chosen; kept from session to session.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Laid {
    lower: Option<PictureId>,
    upper: Option<PictureId>,
}

impl Compare {
    /// Returns the two that are laid over each other, the lower one first.
    pub fn pair(&self) -> [usize; 2] {
        let place = |id: &PictureId| self.ids.iter().position(|known| known == id);
        let lower = self.laid.lower.as_ref().and_then(place).unwrap_or(0);
        let upper = self.laid.upper.as_ref().and_then(place).filter(|upper| *upper != lower);
        let upper = upper.or_else(|| self.challenger().filter(|upper| *upper != lower));
        [lower, upper.unwrap_or(usize::from(lower == 0))]
    }

    /// Returns the order in which pictures take turns in one place: the lower one, the upper one, and those after it.
    pub fn turns(&self) -> Vec<usize> {
        let [lower, upper] = self.pair();
        let count = self.ids.len();
        let after = (0..count).map(|step| (upper + step) % count).filter(|number| *number != lower);
        std::iter::once(lower).chain(after).take(count).collect()
    }

    /// Lays the picture after (`1`) or before (`-1`) below or above, round and round, and makes it the active one. The
    /// other of the two stays.
    pub fn lay_next(&mut self, layer: Layer, step: isize) {
        let count = self.ids.len().cast_signed();
        if count < 3 {
            return;
        }
        let [lower, upper] = self.pair();
        let (from, other) = if layer == Layer::Lower { (lower, upper) } else { (upper, lower) };
        let beside = |from: usize| (from.cast_signed() + step).rem_euclid(count).cast_unsigned();
        let next = beside(from);
        let to = if next == other { beside(next) } else { next };
        let [lower, upper] = if layer == Layer::Lower { [to, other] } else { [other, to] };
        self.laid = Laid { lower: self.ids.get(lower).cloned(), upper: self.ids.get(upper).cloned() };
        self.activate(to);
    }

    /// Returns what was chosen, to be kept.
    pub fn laid(&self) -> &Laid {
        &self.laid
    }

    /// Lays the pictures as they were.
    pub fn set_laid(&mut self, laid: Laid) {
        self.laid = laid;
    }

    /// Takes note that a pane is the active one now: above, unless it lies below; in blink it is what is seen.
    pub(super) fn lay_active(&mut self) {
        if self.how.mode == CompareMode::Champion {
            return;
        }
        if self.active != self.pair()[0] {
            self.laid.upper = self.ids.get(self.active).cloned();
        }
        if let Some(turn) = self.turns().iter().position(|number| *number == self.active) {
            self.blink.show(turn);
        }
    }

    /// Exchanges the two.
    pub(super) fn swap_layers(&mut self) {
        let [lower, upper] = self.pair().map(|number| self.ids.get(number).cloned());
        self.laid = Laid { lower: upper, upper: lower };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compare(count: usize) -> Compare {
        let mut compare = Compare::default();
        compare.set((0..count).map(|n| PictureId(n.to_string())));
        compare.set_mode(CompareMode::Wipe);
        compare
    }

    #[test]
    fn either_layer_goes_round_the_others_and_what_is_laid_becomes_active() {
        let mut compare = compare(4);
        for (layer, step, pair) in [
            (Layer::Upper, 1, [0, 2]),
            (Layer::Lower, 1, [1, 2]),
            (Layer::Lower, 1, [3, 2]),
            (Layer::Upper, 1, [3, 0]),
            (Layer::Upper, -1, [3, 2]),
            (Layer::Lower, 1, [0, 2]),
            (Layer::Lower, -1, [3, 2]),
        ] {
            compare.lay_next(layer, step);
            assert_eq!(compare.pair(), pair, "{layer:?} {step:+}");
            assert_eq!(compare.active_pane(), pair[usize::from(layer == Layer::Upper)]);
        }
        assert_eq!(compare.turns(), [3, 2, 0, 1]);
        compare.remove(&[PictureId("3".into())]);
        assert_eq!(compare.pair(), [0, 2], "the first one takes the place of one that has left");
    }

    #[test]
    fn of_two_there_is_nothing_to_choose() {
        let mut compare = compare(2);
        compare.lay_next(Layer::Lower, 1);
        assert_eq!((compare.pair(), compare.turns()), ([0, 1], vec![0, 1]));
        compare.swap();
        assert_eq!((compare.pair(), compare.turns()), ([1, 0], vec![1, 0]));
        assert_eq!(Compare::default().turns(), [0; 0]);
    }

    proptest! {
        #[test]
        fn two_different_ones_are_laid_over_each_other_whatever_is_chosen(
            count in 2..8_usize, deeds in prop::collection::vec((0..5_u8, 0..8_usize), 0..40),
        ) {
            let mut compare = compare(count);
            for (deed, number) in deeds {
                match deed {
                    0 => compare.lay_next(Layer::Lower, 1),
                    1 => compare.lay_next(Layer::Upper, -1),
                    2 => compare.activate(number),
                    3 => compare.swap(),
                    _ if compare.ids().len() > 2 => compare.remove(&[PictureId(number.to_string())]),
                    _ => {}
                }
                let [lower, upper] = compare.pair();
                prop_assert!(lower != upper && lower.max(upper) < compare.ids().len());
                let mut turns = compare.turns();
                prop_assert_eq!(&turns[..2], [lower, upper]);
                turns.sort_unstable();
                prop_assert_eq!(turns, (0..compare.ids().len()).collect::<Vec<_>>());
            }
        }
    }
}
