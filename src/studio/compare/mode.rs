//! The ways to compare, and what each of them can be set to.
//!
//! Pure. Invariant: whatever is set, by key, slider or an old file, stays within its range; nothing on screen changes
//! more often than [`Blink::LEAST`] allows (WCAG 2.3.1: no more than three flashes a second).

use crate::picture::Alignment;
use egui::emath::{Pos2, Rect, Vec2, vec2};

/// How pictures are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum CompareMode {
    /// Each in a pane of its own.
    #[default]
    SideBySide,
    /// One over the other, cut at a movable edge.
    Wipe,
    /// One over the other, more or less opaque.
    Overlay,
    /// One after the other in one place.
    Blink,
    /// How much they differ, pixel by pixel.
    Difference,
    /// The first against one of the others at a time.
    Champion,
    /// All that are left, until one is.
    Survey,
}

impl CompareMode {
    /// Those that one key goes round; choosing has keys of its own.
    pub const ALL: [Self; 5] = [Self::SideBySide, Self::Wipe, Self::Overlay, Self::Blink, Self::Difference];

    /// Returns its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::SideBySide => "Side by side",
            Self::Wipe => "Wipe",
            Self::Overlay => "Overlay",
            Self::Blink => "Blink",
            Self::Difference => "Difference",
            Self::Champion => "Champion and challenger",
            Self::Survey => "Survey",
        }
    }

    /// Returns the mode `step` further on, round and round.
    #[must_use]
    pub fn turned(self, step: isize) -> Self {
        let all = Self::ALL.len().cast_signed();
        let now = Self::ALL.iter().position(|mode| *mode == self).unwrap_or(0).cast_signed();
        Self::ALL.get((now + step).rem_euclid(all).cast_unsigned()).copied().unwrap_or_default()
    }

    /// Says whether it is for choosing rather than for looking.
    pub fn culls(self) -> bool {
        matches!(self, Self::Champion | Self::Survey)
    }

    /// Says whether two pictures share one place.
    pub fn is_stacked(self) -> bool {
        matches!(self, Self::Wipe | Self::Overlay | Self::Blink | Self::Difference)
    }
}

/// How pictures are compared: the mode and what each is set to. Kept from session to session.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct How {
    pub mode: CompareMode,
    pub alignment: Alignment,
    /// Whether zoom and pan of one pane move all.
    pub linked: bool,
    pub wipe: Wipe,
    /// Of the upper picture, 0 to 1.
    pub opacity: f32,
    /// Seconds that each picture is shown for.
    pub interval: f32,
    /// CIEDE2000 from which on a pixel counts as changed.
    pub threshold: f32,
    /// Show all rows of the table, not only those that differ.
    pub all_rows: bool,
}

impl Default for How {
    fn default() -> Self {
        Self {
            mode: CompareMode::SideBySide,
            alignment: Alignment::Fit,
            linked: true,
            wipe: Wipe::default(),
            opacity: 0.5,
            interval: 1.0,
            threshold: 2.0,
            all_rows: false,
        }
    }
}

impl How {
    /// Seconds to choose from.
    pub const INTERVALS: [f32; 5] = [0.35, 0.5, 1.0, 2.0, 4.0];
    pub const THRESHOLDS: std::ops::RangeInclusive<f32> = 0.25..=20.0;

    /// Changes what the mode is set to by one step down (-1) or up (1).
    pub fn step(&mut self, direction: f32) {
        match self.mode {
            CompareMode::SideBySide | CompareMode::Champion | CompareMode::Survey => {}
            CompareMode::Wipe => self.wipe.turn_by(direction * 15.0),
            CompareMode::Overlay => self.opacity = ((self.opacity + direction * 0.1) * 100.0).round() / 100.0,
            CompareMode::Blink => {
                let now = Self::INTERVALS.iter().position(|interval| *interval >= self.interval);
                let now = now.unwrap_or(Self::INTERVALS.len() - 1);
                let next = if direction < 0.0 { now.saturating_sub(1) } else { now + 1 };
                self.interval = Self::INTERVALS.get(next).copied().unwrap_or(self.interval);
            }
            CompareMode::Difference => {
                let step = if self.threshold + direction * 0.1 < 2.0 { 0.25 } else { 1.0 };
                self.threshold += direction * step;
            }
        }
        *self = self.bounded();
    }

    /// Goes to the next alignment, round and round.
    pub fn next_alignment(&mut self) {
        self.alignment = match self.alignment {
            Alignment::Fit => Alignment::Centre,
            Alignment::Centre => Alignment::Corner,
            Alignment::Corner => Alignment::Fit,
        };
    }

    /// Returns the same within the ranges, for what comes from a file.
    #[must_use]
    pub fn bounded(self) -> Self {
        let finite = |value: f32, usual: f32| if value.is_finite() { value } else { usual };
        let usual = Self::default();
        Self {
            // What has left a table is not kept, so choosing begins anew.
            mode: if self.mode.culls() { usual.mode } else { self.mode },
            wipe: Wipe {
                at: finite(self.wipe.at, 0.5).clamp(0.0, 1.0),
                angle: finite(self.wipe.angle, 0.0).rem_euclid(360.0),
            },
            opacity: finite(self.opacity, usual.opacity).clamp(0.0, 1.0),
            interval: finite(self.interval, usual.interval).clamp(Blink::LEAST, 60.0),
            threshold: finite(self.threshold, usual.threshold)
                .clamp(*Self::THRESHOLDS.start(), *Self::THRESHOLDS.end()),
            ..self
        }
    }
}

/// Where the edge of a wipe lies in its pane.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Wipe {
    /// From where only the second picture is seen (0) to where only the first is (1).
    pub at: f32,
    /// Degrees clockwise by which the edge is turned from upright, 0 to 360; upright, the first picture is on the left.
    pub angle: f32,
}

impl Default for Wipe {
    fn default() -> Self {
        Self { at: 0.5, angle: 0.0 }
    }
}

impl Wipe {
    /// Returns the direction from the first picture to the second, of length 1.
    pub fn across(self) -> Vec2 {
        let (sin, cos) = self.angle.to_radians().sin_cos();
        // Upright and level edges are so exactly.
        let tidy = |value: f32| if value.abs() < 1e-6 { 0.0 } else { value };
        vec2(tidy(cos), tidy(sin))
    }

    /// How far a pane reaches across the edge.
    fn reach(self, pane: Rect) -> f32 {
        let across = self.across().abs();
        (pane.size() * across).dot(Vec2::splat(1.0)).max(1.0)
    }

    /// Returns the point of the edge nearest to the middle of the pane.
    pub fn middle(self, pane: Rect) -> Pos2 {
        pane.center() + self.across() * ((self.at - 0.5) * self.reach(pane))
    }

    /// Says how far a point lies on the second picture's side; negative on the first one's.
    pub fn side(self, at: Pos2, pane: Rect) -> f32 {
        (at - self.middle(pane)).dot(self.across())
    }

    /// Moves the edge so that it runs through a point, as far as the pane reaches.
    pub fn move_to(&mut self, through: Pos2, pane: Rect) {
        let along = (through - pane.center()).dot(self.across()) / self.reach(pane);
        self.at = (along + 0.5).clamp(0.0, 1.0);
    }

    /// Turns the edge around its middle by some degrees.
    pub fn turn_by(&mut self, degrees: f32) {
        self.angle = (self.angle + degrees).rem_euclid(360.0);
    }

    /// Turns the edge so that it runs from its middle through a point.
    pub fn point_at(&mut self, at: Pos2, pane: Rect) {
        let middle = self.middle(pane);
        let along = at - middle;
        if along.length() > 1.0 {
            // Downwards is upright.
            self.angle = (along.y.atan2(along.x).to_degrees() - 90.0).rem_euclid(360.0);
            self.move_to(middle, pane);
        }
    }
}

/// Which of the pictures that take turns is seen, and when that changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Blink {
    /// Whether they change by themselves.
    pub runs: bool,
    /// Whose turn it is by the clock, or was when it stopped.
    turn: usize,
    /// Seconds; when the turn last changed. `None`: the clock has just been started or stopped.
    turned: Option<f64>,
    /// What is on screen, and since when; `None`: since ever.
    shown: usize,
    changed: Option<f64>,
}

impl Blink {
    /// Least seconds between two changes: two changes are one flash.
    pub const LEAST: f32 = 0.34;

    /// Starts or stops the clock.
    pub fn toggle(&mut self) {
        self.runs = !self.runs;
        self.turned = None;
    }

    /// Returns whose turn it is on screen.
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// Gives one of the pictures its turn, unless the clock runs.
    pub fn show(&mut self, turn: usize) {
        if !self.runs {
            self.turn = turn;
        }
    }

    /// Returns which of `count` pictures is to be seen at `now` (seconds), and in how many seconds that may change; the
    /// next one while a key is `held`.
    pub fn shows(&mut self, now: f64, interval: f32, held: bool, count: usize) -> (usize, Option<f64>) {
        let interval = f64::from(interval.max(Self::LEAST));
        let count = count.max(1);
        let mut turned = *self.turned.get_or_insert(now);
        if self.runs && now - turned >= interval {
            self.turn = (self.turn + 1) % count;
            turned = now;
            self.turned = Some(now);
        }
        let wanted = (self.turn + usize::from(held)) % count;
        let rest = |changed: f64| (changed + f64::from(Self::LEAST) - now).clamp(0.0, f64::from(Self::LEAST));
        let late = self.changed.map_or(0.0, rest);
        if wanted != self.shown && late == 0.0 {
            self.shown = wanted;
            self.changed = Some(now);
        }
        let turn = self.runs.then_some((turned + interval - now).max(0.0));
        let late = (wanted != self.shown).then_some(late);
        let next = match (turn, late) {
            (Some(turn), Some(late)) => Some(turn.min(late)),
            (turn, late) => turn.or(late),
        };
        (self.shown, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::emath::pos2;
    use proptest::prelude::*;

    #[test]
    fn one_key_goes_round_all_modes() {
        let mut seen = vec![CompareMode::default()];
        for _ in 1..CompareMode::ALL.len() {
            let last = seen[seen.len() - 1];
            assert_eq!(last.turned(1).turned(-1), last);
            seen.push(last.turned(1));
        }
        assert_eq!(seen, CompareMode::ALL);
        assert_eq!(CompareMode::Difference.turned(1), CompareMode::SideBySide);
    }

    #[test]
    fn a_step_changes_what_the_mode_is_set_to_and_stays_in_range() {
        let of = |mode| How { mode, ..How::default() };
        let mut overlay = of(CompareMode::Overlay);
        overlay.step(1.0);
        assert_eq!(overlay.opacity, 0.6);
        (0..20).for_each(|_| overlay.step(1.0));
        assert_eq!(overlay.opacity, 1.0);
        let mut wipe = of(CompareMode::Wipe);
        wipe.step(-1.0);
        assert_eq!(wipe.wipe.angle, 345.0);
        let mut blink = of(CompareMode::Blink);
        blink.step(-1.0);
        assert_eq!(blink.interval, 0.5);
        (0..9).for_each(|_| blink.step(-1.0));
        assert_eq!(blink.interval, 0.35);
        (0..9).for_each(|_| blink.step(1.0));
        assert_eq!(blink.interval, 4.0);
        let mut difference = of(CompareMode::Difference);
        for expected in [3.0, 4.0] {
            difference.step(1.0);
            assert_eq!(difference.threshold, expected);
        }
        for expected in [3.0, 2.0, 1.75, 1.5] {
            difference.step(-1.0);
            assert_eq!(difference.threshold, expected);
        }
        let mut beside = of(CompareMode::SideBySide);
        beside.step(1.0);
        assert_eq!(beside, How::default());
    }

    #[test]
    fn what_comes_from_a_file_is_brought_into_range() {
        let how: How = serde_json::from_str(r#"{"mode": "Blink", "interval": 0.01, "opacity": 7}"#).unwrap();
        let how = how.bounded();
        assert_eq!((how.mode, how.interval, how.opacity), (CompareMode::Blink, Blink::LEAST, 1.0));
        let broken = How { threshold: f32::NAN, wipe: Wipe { at: -3.0, angle: -90.0 }, ..How::default() };
        assert_eq!(broken.bounded(), How { wipe: Wipe { at: 0.0, angle: 270.0 }, ..How::default() });
    }

    const PANE: Rect = Rect::from_min_max(pos2(10.0, 20.0), pos2(610.0, 420.0));

    #[test]
    fn an_upright_edge_goes_from_left_to_right_and_a_level_one_from_top_to_bottom() {
        for (angle, at, expected) in [
            (0.0, 0.25, pos2(160.0, 220.0)),
            (90.0, 0.25, pos2(310.0, 120.0)),
            (180.0, 0.25, pos2(460.0, 220.0)),
            (270.0, 0.0, pos2(310.0, 420.0)),
        ] {
            let wipe = Wipe { at, angle };
            assert!((wipe.middle(PANE) - expected).length() < 1e-3, "{angle}: {:?}", wipe.middle(PANE));
        }
        let upright = Wipe::default();
        assert!(upright.side(PANE.left_top(), PANE) < 0.0 && upright.side(PANE.right_top(), PANE) > 0.0);
        let mut turned = upright;
        turned.point_at(pos2(310.0 - 100.0, 220.0), PANE);
        assert!((turned.angle - 90.0).abs() < 1e-3, "an edge to the left is a quarter turn: {}", turned.angle);
    }

    proptest! {
        #[test]
        fn the_edge_runs_through_the_point_it_was_moved_to(
            angle in 0.0..360.0_f32, x in 0.0..1.0_f32, y in 0.0..1.0_f32,
        ) {
            let through = PANE.min + PANE.size() * vec2(x, y);
            let mut wipe = Wipe { at: 0.5, angle };
            wipe.move_to(through, PANE);
            prop_assert!(wipe.side(through, PANE).abs() < 0.01);
            for at in [0.0, 1.0] {
                let whole = Wipe { at, angle };
                let corners = [PANE.left_top(), PANE.right_top(), PANE.left_bottom(), PANE.right_bottom()];
                let side = if at == 0.0 { 1.0 } else { -1.0 };
                prop_assert!(corners.iter().all(|corner| whole.side(*corner, PANE) * side > -0.01));
            }
        }

        #[test]
        fn turning_keeps_the_middle_of_the_edge_and_points_where_it_was_told(
            angle in 0.0..360.0_f32, at in 0.3..0.7_f32, x in 0.0..1.0_f32, y in 0.0..1.0_f32,
        ) {
            let to = PANE.min + PANE.size() * vec2(x, y);
            let mut wipe = Wipe { at, angle };
            let middle = wipe.middle(PANE);
            prop_assume!((to - middle).length() > 5.0);
            wipe.point_at(to, PANE);
            prop_assert!(wipe.side(middle, PANE).abs() < 0.02 && wipe.side(to, PANE).abs() < 0.02);
        }

        #[test]
        fn never_more_than_three_flashes_a_second(
            steps in prop::collection::vec((0.0..0.4_f64, any::<bool>(), any::<bool>()), 1..200), interval in -1.0..2.0_f32,
            count in 2..5_usize,
        ) {
            let mut blink = Blink::default();
            let (mut now, mut before, mut changes) = (100.0, 0, Vec::new());
            for (pause, held, toggles) in steps {
                now += pause;
                if toggles {
                    blink.toggle();
                }
                let (shown, next) = blink.shows(now, interval, held, count);
                prop_assert!(shown < count && next.is_none_or(|next| next >= 0.0));
                if shown != before {
                    changes.push(now);
                }
                before = shown;
            }
            // Two changes are a flash.
            for window in changes.windows(7) {
                prop_assert!(window[6] - window[0] > 1.0, "{:?}", window);
            }
        }
    }

    #[test]
    fn pictures_take_turns_by_the_clock_or_while_a_key_is_held() {
        let mut blink = Blink::default();
        assert_eq!(blink.shows(10.0, 1.0, false, 2), (0, None));
        assert_eq!(blink.shows(11.0, 1.0, true, 2), (1, None));
        assert_eq!(blink.shows(12.0, 1.0, false, 2).0, 0);
        blink.toggle();
        assert_eq!(blink.shows(12.0, 1.0, false, 2), (0, Some(1.0)));
        assert_eq!(blink.shows(12.5, 1.0, false, 2), (0, Some(0.5)));
        assert_eq!(blink.shows(13.0, 1.0, false, 2), (1, Some(1.0)));
        // A key cannot make it flash: it is heard a little later.
        let (shown, next) = blink.shows(13.1, 1.0, true, 2);
        assert!(shown == 1 && next.is_some_and(|next| (next - 0.24).abs() < 1e-6));
        blink.toggle();
        assert_eq!(blink.shows(14.0, 1.0, false, 2), (1, None), "it stops where it is");
    }

    #[test]
    fn of_many_each_has_its_turn_and_a_stopped_clock_shows_the_one_that_is_asked_for() {
        let mut blink = Blink::default();
        blink.show(2);
        assert_eq!(blink.shows(10.0, 1.0, false, 4), (2, None));
        assert_eq!(blink.shows(11.0, 1.0, true, 4), (3, None), "held: the next one");
        blink.toggle();
        blink.show(1);
        let turns: Vec<usize> = (12..17).map(|now| blink.shows(f64::from(now), 1.0, false, 4).0).collect();
        assert_eq!(turns, [2, 3, 0, 1, 2], "a running clock is not disturbed");
        assert_eq!(blink.shows(17.5, 1.0, false, 2).0, 1, "two are left");
    }
}
