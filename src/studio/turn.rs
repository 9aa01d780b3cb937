//! A picture seen turned or mirrored: the view alone, never the file.
//!
//! Pure. Two spaces: the picture's own, as its file has it, and the shown one. Invariant: going from one to the other
//! and back changes nothing.

use egui::emath::{Pos2, Rect, Vec2, vec2};

/// First mirrored, then turned clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Turn {
    /// Clockwise, 0 to 3.
    quarters: u8,
    /// Left and right exchanged, in the picture's own space.
    mirrored: bool,
}

/// What can be done to a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TurnBy {
    Left,
    Right,
    /// Left and right change places, as seen.
    Horizontally,
    /// Top and bottom change places, as seen.
    Vertically,
}

impl Turn {
    /// Returns what is seen after one more change.
    #[must_use]
    pub fn then(self, by: TurnBy) -> Self {
        let Self { quarters, mirrored } = self;
        match by {
            TurnBy::Right => Self { quarters: (quarters + 1) % 4, mirrored },
            TurnBy::Left => Self { quarters: (quarters + 3) % 4, mirrored },
            // Mirrored after a turn is turned the other way after mirroring.
            TurnBy::Horizontally => Self { quarters: (4 - quarters) % 4, mirrored: !mirrored },
            TurnBy::Vertically => Self { quarters: (6 - quarters) % 4, mirrored: !mirrored },
        }
    }

    /// Returns whether left and right are exchanged first, and by how many quarters it is turned clockwise then.
    pub fn parts(self) -> (bool, u8) {
        (self.mirrored, self.quarters)
    }

    /// Says whether the picture is seen as its file has it.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Returns the size that a picture of this size is seen with.
    pub fn size(self, own: Vec2) -> Vec2 {
        if self.quarters.is_multiple_of(2) { own } else { vec2(own.y, own.x) }
    }

    /// Returns where a point of the picture is seen; `own` is the picture's size in the same unit.
    pub fn shown(self, at: Vec2, own: Vec2) -> Vec2 {
        let Vec2 { x, y } = if self.mirrored { vec2(own.x - at.x, at.y) } else { at };
        match self.quarters {
            1 => vec2(own.y - y, x),
            2 => vec2(own.x - x, own.y - y),
            3 => vec2(y, own.x - x),
            _ => vec2(x, y),
        }
    }

    /// Returns which point of the picture is seen here.
    pub fn own(self, at: Vec2, own: Vec2) -> Vec2 {
        let Vec2 { x, y } = at;
        let at = match self.quarters {
            1 => vec2(y, own.y - x),
            2 => vec2(own.x - x, own.y - y),
            3 => vec2(own.x - y, x),
            _ => at,
        };
        if self.mirrored { vec2(own.x - at.x, at.y) } else { at }
    }

    /// Returns where a part of the picture is seen.
    pub fn shown_rect(self, part: Rect, own: Vec2) -> Rect {
        between(self.shown(part.min.to_vec2(), own), self.shown(part.max.to_vec2(), own))
    }

    /// Returns which part of the picture is seen here.
    pub fn own_rect(self, part: Rect, own: Vec2) -> Rect {
        between(self.own(part.min.to_vec2(), own), self.own(part.max.to_vec2(), own))
    }
}

fn between(a: Vec2, b: Vec2) -> Rect {
    Rect::from_two_pos(Pos2::ZERO + a, Pos2::ZERO + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::emath::pos2;
    use proptest::prelude::*;

    const ALL: [TurnBy; 4] = [TurnBy::Left, TurnBy::Right, TurnBy::Horizontally, TurnBy::Vertically];

    fn turn() -> impl Strategy<Value = Turn> {
        (0..4_u8, any::<bool>()).prop_map(|(quarters, mirrored)| Turn { quarters, mirrored })
    }

    fn point() -> impl Strategy<Value = Vec2> {
        (-500..1500_i32, -500..1500_i32).prop_map(|(x, y)| vec2(x as f32, y as f32))
    }

    #[test]
    fn corners_go_where_a_hand_would_turn_them() {
        // The left upper corner of a picture 30 wide and 20 high.
        let own = vec2(30.0, 20.0);
        for (by, shown, size) in [
            (TurnBy::Right, vec2(20.0, 0.0), vec2(20.0, 30.0)),
            (TurnBy::Left, vec2(0.0, 30.0), vec2(20.0, 30.0)),
            (TurnBy::Horizontally, vec2(30.0, 0.0), own),
            (TurnBy::Vertically, vec2(0.0, 20.0), own),
        ] {
            let turn = Turn::default().then(by);
            assert_eq!((turn.shown(Vec2::ZERO, own), turn.size(own)), (shown, size), "{by:?}");
        }
    }

    #[test]
    fn every_change_has_a_way_back() {
        for start in 0..8_u8 {
            let start = Turn { quarters: start % 4, mirrored: start > 3 };
            assert_eq!(start.then(TurnBy::Left).then(TurnBy::Right), start);
            assert_eq!(start.then(TurnBy::Horizontally).then(TurnBy::Horizontally), start);
            assert_eq!(start.then(TurnBy::Vertically).then(TurnBy::Vertically), start);
            let half = start.then(TurnBy::Horizontally).then(TurnBy::Vertically);
            assert_eq!(half, start.then(TurnBy::Right).then(TurnBy::Right), "both mirrors are half a turn");
        }
    }

    proptest! {
        #[test]
        fn shown_and_own_undo_each_other(turn in turn(), at in point(), own in (1..900_i32, 1..900_i32)) {
            let own = vec2(own.0 as f32, own.1 as f32);
            prop_assert_eq!(turn.own(turn.shown(at, own), own), at);
            prop_assert_eq!(turn.shown(turn.own(at, own), own), at);
        }

        #[test]
        fn a_change_is_what_the_eye_sees(turn in turn(), by in prop::sample::select(ALL.to_vec()), at in point()) {
            let own = vec2(300.0, 200.0);
            let (before, seen) = (turn.size(own), turn.shown(at, own));
            let eye = match by {
                TurnBy::Right => vec2(before.y - seen.y, seen.x),
                TurnBy::Left => vec2(seen.y, before.x - seen.x),
                TurnBy::Horizontally => vec2(before.x - seen.x, seen.y),
                TurnBy::Vertically => vec2(seen.x, before.y - seen.y),
            };
            prop_assert_eq!(turn.then(by).shown(at, own), eye);
        }

        #[test]
        fn the_whole_picture_is_the_whole_view(turn in turn(), a in point(), b in point()) {
            let own = vec2(300.0, 200.0);
            let whole = Rect::from_min_size(pos2(0.0, 0.0), own);
            prop_assert_eq!(turn.shown_rect(whole, own), Rect::from_min_size(pos2(0.0, 0.0), turn.size(own)));
            let part = between(a, b);
            prop_assert_eq!(turn.own_rect(turn.shown_rect(part, own), own), part);
        }
    }
}
