//! The way to the picture that is looked at: what is known of it, and which step stands in the picture's place.
//!
//! Pure. Steps are counted from 0 in order of arrival; past the last one is the finished picture. Invariants: only the
//! way to the picture that is looked at is kept, and no step is shown for another one; what the pointer is on comes
//! before what is held.

use super::{Command, Screen, Step, Studio, Tone, seconds_text};
use crate::engine::{Cause, Order, WhichPartial};
use crate::library::{Partials, PictureId};
use std::sync::Arc;

/// Steps of the keys over a drawing from its beginning to its end.
const STRIDES: usize = 32;

/// What is known of the way, and what of it is shown.
#[derive(Debug, Default)]
pub(super) struct Way {
    known: Option<(PictureId, Arc<Partials>)>,
    asked: Option<PictureId>,
    hovered: Option<usize>,
    held: Option<usize>,
}

impl Way {
    /// Takes an answer; one that comes late, about a picture that is not looked at any more, is of no use.
    pub(super) fn take(&mut self, id: PictureId, partials: Arc<Partials>) {
        if self.asked.as_ref() == Some(&id) {
            self.known = Some((id, partials));
        }
    }

    fn of(&self, id: &PictureId) -> Option<&Arc<Partials>> {
        self.known
            .as_ref()
            .filter(|(known, partials)| known == id && !partials.is_empty())
            .map(|(_, partials)| partials)
    }
}

impl Studio {
    /// Returns the way to a picture, which may be empty, when it has been read; otherwise asks for it, once.
    pub fn partials(&mut self, id: &PictureId) -> Option<Arc<Partials>> {
        if self.way.asked.as_ref() != Some(id) {
            self.way = Way { asked: Some(id.clone()), ..Way::default() };
            self.due.push(Order::LoadPartials(id.clone()));
        }
        self.way.known.as_ref().filter(|(known, _)| known == id).map(|(_, partials)| partials.clone())
    }

    /// Returns the way to a picture and the step that stands in its place; `None`: the picture itself is shown.
    pub fn partial_shown(&self, id: &PictureId) -> Option<(Arc<Partials>, usize)> {
        let step = self.way.hovered.or(self.way.held).filter(|_| self.screen == Screen::Viewer)?;
        self.way.of(id).filter(|partials| step < partials.len()).map(|partials| (partials.clone(), step))
    }

    /// Says whether a way to this picture is known.
    pub(super) fn has_partials(&self, id: &PictureId) -> bool {
        self.way.of(id).is_some()
    }

    /// Returns the step that is held.
    pub fn held_partial(&self) -> Option<usize> {
        self.way.held
    }

    /// Notes which step the pointer is on; says whether it was on another one before.
    pub fn hover_partial(&mut self, step: Option<usize>) -> bool {
        std::mem::replace(&mut self.way.hovered, step) != step
    }

    pub(super) fn hold_partial(&mut self, step: Option<usize>) {
        self.way.held = step;
    }

    /// Shows the picture itself again; says whether it was not shown.
    pub(super) fn let_partial_go(&mut self) -> bool {
        self.screen == Screen::Viewer && self.way.held.take().is_some()
    }

    /// One step further on the way, or one back.
    pub(super) fn step_partial(&mut self, step: isize) {
        let Some(partials) = self.selection.active().and_then(|id| self.way.of(id)) else {
            return self.notices.say(Tone::Info, NO_PARTIALS, None);
        };
        let (end, now) = (partials.len(), self.way.hovered.or(self.way.held));
        let stride = if partials.is_written() { end.div_ceil(STRIDES) } else { 1 };
        let next = now.unwrap_or(end).saturating_add_signed(step.saturating_mul(stride.cast_signed()));
        self.way.hovered = None;
        self.way.held = (next < end).then_some(next);
    }

    /// Returns which partial a command is about; `Err`: why there is none.
    pub(super) fn partial_meant(&self) -> Result<WhichPartial, &'static str> {
        let picture = self.selection.active().ok_or(NO_PARTIALS)?;
        self.way.of(picture).ok_or(NO_PARTIALS)?;
        let (_, step) = self.partial_shown(picture).ok_or("Click a partial first, or step to one")?;
        Ok(WhichPartial::Of { picture: picture.clone(), step })
    }

    /// Tells that a partial is a picture now, and remembers how to take that back.
    pub(super) fn partial_kept(&mut self, id: PictureId) {
        let show = ("Show it".to_owned(), Command::GoTo(id.clone()));
        self.notices.say(Tone::Good, "The partial is a picture of its own now", Some(show));
        self.undo.remember(Step::Trash(vec![id]), Cause::Asked);
    }

    /// Tells that a partial was a picture before; nothing has been done that could be taken back.
    pub(super) fn partial_was_kept(&mut self, id: PictureId) {
        let show = ("Show it".to_owned(), Command::GoTo(id));
        self.notices.say(Tone::Info, "The partial is a picture of its own already", Some(show));
    }
}

/// Why nothing happens where there are none.
pub(super) const NO_PARTIALS: &str = "No partials of this picture were kept";

/// Returns the step that lies at a part of the way, 0 to 1: of a drawing by the length of its text.
pub fn step_at(partials: &Partials, part: f32) -> usize {
    let part = f64::from(part.clamp(0.0, 1.0));
    let last = partials.len().saturating_sub(1);
    if !partials.is_written() {
        return ((part * partials.len() as f64) as usize).min(last);
    }
    let length = part * partials.written.text.len() as f64;
    partials.written.pieces.partition_point(|(end, _)| (*end as f64) < length).min(last)
}

/// Returns how far a step is on the way, 0 to 1: the end of what it shows.
pub fn part_of_step(partials: &Partials, step: usize) -> f32 {
    match partials.written.pieces.get(step) {
        Some((end, _)) => (*end as f64 / partials.written.text.len().max(1) as f64) as f32,
        None => ((step + 1) as f32 / partials.len().max(1) as f32).min(1.0),
    }
}

/// Returns what stands over a step: `Partial 2 of 3 · 8.4 s`, `Drawing at 34 % · 8.4 s`.
pub fn step_text(partials: &Partials, step: usize) -> String {
    let what = if partials.is_written() {
        format!("Drawing at {:.0}\u{a0}%", part_of_step(partials, step) * 100.0)
    } else {
        format!("Partial {} of {}", step + 1, partials.len())
    };
    match partials.ms(step) {
        Some(ms) => format!("{what} · {}", seconds_text(ms as f64 / 1000.0)),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{JobId, Partial, Written};

    fn painted(count: u32) -> Partials {
        let one = |number| Partial { number, ms: 1400 * u64::from(number), file: "p.png".into(), format: None };
        let painted = (1..=count).map(one).collect();
        Partials { job: JobId("j".into()), place: 0, painted, written: Written::default() }
    }

    fn written(lengths: &[usize]) -> Partials {
        let mut end = 0;
        let pieces = lengths.iter().map(|length| {
            end += length;
            (end, end as u64 * 10)
        });
        let pieces: Vec<_> = pieces.collect();
        let written = Written { text: "x".repeat(end).into(), pieces };
        Partials { job: JobId("j".into()), place: 0, painted: vec![], written }
    }

    #[test]
    fn the_pointer_is_on_a_step_wherever_it_is_on_the_way() {
        let three = painted(3);
        for (part, step) in [(-1.0, 0), (0.0, 0), (0.32, 0), (0.34, 1), (0.67, 2), (1.0, 2), (7.0, 2)] {
            assert_eq!(step_at(&three, part), step, "{part}");
        }
        // By length, not by number.
        let drawing = written(&[10, 80, 10]);
        for (part, step) in [(0.0, 0), (0.05, 0), (0.11, 1), (0.9, 1), (0.95, 2), (1.0, 2)] {
            assert_eq!(step_at(&drawing, part), step, "{part}");
        }
        assert_eq!((part_of_step(&drawing, 1), part_of_step(&three, 0)), (0.9, 1.0 / 3.0));
        assert_eq!(step_at(&written(&[]), 0.5), 0, "nothing is known of it");
    }

    #[test]
    fn a_step_is_told_by_number_or_by_length_and_by_its_time() {
        assert_eq!(step_text(&painted(3), 1), "Partial 2 of 3 · 2.8 s");
        assert_eq!(step_text(&written(&[34, 66]), 0), "Drawing at 34\u{a0}% · 0.3 s");
        assert_eq!(step_text(&painted(1), 5), "Partial 6 of 1", "what is not there has no time");
    }

    #[test]
    fn keeping_a_partial_can_be_taken_back_and_what_was_kept_before_is_left_alone() {
        let mut studio = Studio::new(crate::studio::shown::tests::nothing(), |_| None);
        studio.on(crate::engine::Event::PartialWasKept(PictureId("a".into())));
        assert!(studio.undo.is_start() && studio.notices.iter().count() == 1);
        studio.on(crate::engine::Event::PartialKept(PictureId("b".into())));
        assert!(!studio.undo.is_start());
    }

    fn looking_at(partials: Partials) -> (Studio, PictureId) {
        let mut studio = Studio::new(crate::studio::shown::tests::nothing(), |_| None);
        let id = PictureId("a".into());
        studio.selection.only(id.clone());
        studio.screen = Screen::Viewer;
        assert!(studio.partials(&id).is_none() && studio.partials(&id).is_none());
        assert!(matches!(studio.wants().as_slice(), [Order::LoadPartials(_)]), "asked for once");
        studio.way.take(id.clone(), Arc::new(partials));
        (studio, id)
    }

    #[test]
    fn keys_step_from_the_finished_picture_back_and_forth_and_esc_lets_go() {
        let (mut studio, id) = looking_at(painted(3));
        let shown = |studio: &Studio| studio.partial_shown(&id).map(|(_, step)| step);
        for (step, expected) in [(1, None), (-1, Some(2)), (-1, Some(1)), (-1, Some(0)), (-1, Some(0)), (1, Some(1))] {
            studio.step_partial(step);
            assert_eq!(shown(&studio), expected);
        }
        studio.hover_partial(Some(2));
        assert_eq!((shown(&studio), studio.held_partial()), (Some(2), Some(1)), "the pointer goes before");
        let meant = studio.partial_meant();
        assert_eq!(meant, Ok(WhichPartial::Of { picture: id.clone(), step: 2 }));
        studio.hover_partial(None);
        assert!(studio.let_partial_go() && !studio.let_partial_go());
        assert!(shown(&studio).is_none() && studio.partial_meant().is_err());
    }

    #[test]
    fn a_drawing_is_stepped_through_in_strides_and_another_picture_shows_nothing_of_it() {
        let (mut studio, id) = looking_at(written(&[3; 640]));
        studio.step_partial(-1);
        assert_eq!(studio.held_partial(), Some(620));
        let other = PictureId("b".into());
        assert!(studio.partial_shown(&other).is_none());
        assert!(studio.partials(&other).is_none());
        studio.way.take(other.clone(), Arc::new(painted(2)));
        studio.way.take(id.clone(), Arc::new(painted(3)));
        assert_eq!(studio.partials(&other).map(|known| known.len()), Some(2), "a late answer is of no use");
        assert_eq!((studio.held_partial(), studio.partial_shown(&id)), (None, None), "what was held is let go");
    }
}
