//! Choosing among the pictures on the table: champion and challenger, and the survey.
//!
//! Pure. A picture that is rejected in the survey, or thrown away anywhere, leaves the table and comes back to its place
//! when that is undone; one that loses against the champion is sent back, and the last decision can be taken back.
//! Invariants: nobody leaves the table twice, and what has left never stands on it.

use super::{Compare, CompareMode, Seat};
use crate::library::PictureId;
use egui::emath::Vec2;

/// What has left the table, and how it can come back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cull {
    /// Number of the pane that stands against the first one.
    pub(super) challenger: usize,
    out: Vec<Out>,
    sent: Vec<Sent>,
    /// Chosen, but there was no room yet.
    waiting: Vec<PictureId>,
}

/// A picture that leaves while something about it holds.
#[derive(Clone, Debug, PartialEq)]
struct Out {
    seat: Seat,
    place: usize,
    why: Why,
}

/// Why a picture is not on the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Rejected,
    Trashed,
}

/// One that lost, and where it stood.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    seat: Seat,
    place: usize,
    /// Who took the first place, and where it stood before; `None`: this one lost as a challenger.
    promoted: Option<(PictureId, usize)>,
}

/// What can be decided between champion and challenger.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// This challenger becomes the champion.
    Promote(PictureId),
    /// This challenger is sent back.
    SendBack(PictureId),
    /// This one, sent back last, stands again where it stood.
    BringBack(PictureId),
}

impl Decision {
    /// Returns the picture that it is about.
    pub fn picture(&self) -> &PictureId {
        match self {
            Self::Promote(id) | Self::SendBack(id) | Self::BringBack(id) => id,
        }
    }
}

impl Cull {
    pub(super) fn new(waiting: Vec<PictureId>) -> Self {
        Self { challenger: 1, waiting, ..Self::default() }
    }

    pub(super) fn forget(&mut self, gone: &[PictureId]) {
        self.out.retain(|out| !gone.contains(&out.seat.id));
        self.sent.retain(|sent| !gone.contains(&sent.seat.id));
        self.waiting.retain(|id| !gone.contains(id));
    }
}

impl Compare {
    /// Returns the number of the pane that stands against the champion; `None`: nobody is left.
    pub fn challenger(&self) -> Option<usize> {
        let last = self.ids.len().checked_sub(1).filter(|last| *last > 0)?;
        Some(self.cull.challenger.clamp(1, last))
    }

    /// Returns how many have been sent back, and how many wait for a place on the table.
    pub fn sent_back(&self) -> (usize, usize) {
        (self.cull.sent.len(), self.cull.waiting.len())
    }

    /// Returns how many are not on the table because they are rejected or in the trash.
    pub fn left_out(&self) -> usize {
        self.cull.out.len()
    }

    /// Brings the next challenger (`1`) or the one before (`-1`); stays at the ends.
    pub(super) fn challenge(&mut self, step: isize) {
        let Some(now) = self.challenger() else { return };
        let next = now.saturating_add_signed(step.signum()).clamp(1, self.ids.len() - 1);
        self.cull.challenger = next;
        self.active = next;
    }

    /// Carries a decision out; returns the one that takes it back, or `None` where there is nothing to decide any more.
    pub fn decide(&mut self, decision: &Decision) -> Option<Decision> {
        match decision {
            Decision::Promote(id) => {
                self.meet(id)?;
                self.promote()
            }
            Decision::SendBack(id) => {
                self.meet(id)?;
                self.send_back()
            }
            Decision::BringBack(id) => {
                self.cull.sent.last().filter(|sent| sent.seat.id == *id)?;
                self.bring_back()
            }
        }
    }

    /// Makes this one the challenger.
    fn meet(&mut self, id: &PictureId) -> Option<()> {
        self.cull.challenger = self.ids.iter().position(|known| known == id).filter(|place| *place > 0)?;
        Some(())
    }

    /// Makes the challenger the champion, the former champion is sent back; returns what takes that back.
    pub fn promote(&mut self) -> Option<Decision> {
        let from = self.challenger()?;
        let winner = self.ids.get(from)?.clone();
        let loser = self.take(0)?;
        // Everybody stands one further to the front now.
        if let Some(winner) = self.take(from - 1) {
            self.put(0, winner);
        }
        Some(self.send(Sent { seat: loser, place: 0, promoted: Some((winner, from)) }, from))
    }

    /// Sends the challenger back, the next one takes its place; returns what takes that back.
    pub fn send_back(&mut self) -> Option<Decision> {
        let place = self.challenger()?;
        let loser = self.take(place)?;
        Some(self.send(Sent { seat: loser, place, promoted: None }, place))
    }

    fn send(&mut self, sent: Sent, next: usize) -> Decision {
        let back = Decision::BringBack(sent.seat.id.clone());
        self.cull.sent.push(sent);
        while self.ids.len() < Self::MAX && !self.cull.waiting.is_empty() {
            let id = self.cull.waiting.remove(0);
            if !self.ids.contains(&id) {
                self.put(self.ids.len(), Seat::new(id));
            }
        }
        self.cull.challenger = next;
        self.active = self.challenger().unwrap_or(0);
        back
    }

    /// Takes the last promotion or sending back again back; returns what decides the same again.
    pub fn bring_back(&mut self) -> Option<Decision> {
        let Sent { seat, place, promoted } = self.cull.sent.pop()?;
        let again = match &promoted {
            Some((winner, _)) => Decision::Promote(winner.clone()),
            None => Decision::SendBack(seat.id.clone()),
        };
        let challenger = promoted.as_ref().map_or(place, |(_, from)| *from);
        // It may have left the table meanwhile.
        if let Some((winner, from)) = promoted
            && self.ids.first() == Some(&winner)
            && let Some(winner) = self.take(0)
        {
            self.put(from - 1, winner);
        }
        self.put(place, seat);
        self.cull.challenger = challenger;
        self.active = self.challenger().unwrap_or(0);
        // One who waited may have taken the room; he waits again.
        while self.ids.len() > Self::MAX {
            if let Some(seat) = self.take(self.ids.len() - 1) {
                self.cull.waiting.insert(0, seat.id);
            }
        }
        Some(again)
    }

    /// Takes off the table what is thrown away, until it is restored.
    pub fn throw_out(&mut self, ids: &[PictureId]) {
        for place in (0..self.ids.len()).rev() {
            if self.ids.get(place).is_some_and(|id| ids.contains(id)) {
                self.leave(place, Why::Trashed);
            }
        }
    }

    fn leave(&mut self, place: usize, why: Why) {
        if let Some(seat) = self.take(place) {
            self.cull.out.push(Out { seat, place, why });
        }
    }

    /// Brings the table in line with what `why` tells of each picture: in the survey the rejected leave; whoever has left
    /// and has no reason any more comes back to its place and becomes the active one.
    pub fn settle(&mut self, why: impl Fn(&PictureId) -> Option<Why>) {
        let is_survey = self.mode() == CompareMode::Survey;
        for place in (0..self.ids.len()).rev() {
            if is_survey && self.ids.get(place).and_then(&why) == Some(Why::Rejected) {
                self.leave(place, Why::Rejected);
            }
        }
        // Last out, first in, so that places hold.
        for number in (0..self.cull.out.len()).rev() {
            let comes_back = self.cull.out.get(number).is_some_and(|out| match (out.why, why(&out.seat.id)) {
                (_, None) => true,
                (Why::Trashed, Some(now)) => now == Why::Rejected && !is_survey,
                (Why::Rejected, Some(_)) => false,
            });
            if comes_back {
                let Out { seat, place, .. } = self.cull.out.remove(number);
                if self.ids.len() >= Self::MAX {
                    self.cull.waiting.insert(0, seat.id);
                    continue;
                }
                let place = place.min(self.ids.len());
                self.put(place, seat);
                self.activate(place);
            }
        }
    }

    /// Takes one off the table; the active pane stays on its picture, or on the one that moves up.
    fn take(&mut self, place: usize) -> Option<Seat> {
        let seat = self.lift(place)?;
        let last = self.ids.len().saturating_sub(1);
        self.active = (self.active - usize::from(self.active > place)).min(last);
        self.cull.challenger = (self.cull.challenger - usize::from(self.cull.challenger > place)).max(1);
        Some(seat)
    }

    /// Puts one on the table; the active pane stays on its picture.
    fn put(&mut self, place: usize, seat: Seat) {
        let place = place.min(self.ids.len());
        let was_empty = self.ids.is_empty();
        self.lay(place, seat);
        self.active += usize::from(!was_empty && self.active >= place);
        self.cull.challenger += usize::from(self.cull.challenger >= place);
    }

    /// Returns columns and rows in which pictures of these shapes (width over height) have the largest area together,
    /// in cells of one size, `gap` apart, each with a line of height `line` beside its picture.
    pub fn survey_grid(shapes: &[f32], area: Vec2, line: f32, gap: f32) -> (usize, usize) {
        let count = shapes.len().max(1);
        let best = (1..=count).map(|columns| (columns, seen_area(shapes, columns, area, line, gap)));
        let better = |best: (usize, f32), next: (usize, f32)| if next.1 > best.1 * 1.001 { next } else { best };
        let columns = best.reduce(better).map_or(1, |(columns, _)| columns);
        (columns, count.div_ceil(columns))
    }
}

/// How much of an area pictures cover when they are laid into so many columns.
fn seen_area(shapes: &[f32], columns: usize, area: Vec2, line: f32, gap: f32) -> f32 {
    let rows = shapes.len().div_ceil(columns);
    let side = |room: f32, parts: usize| ((room - gap * (parts as f32 - 1.0)) / parts as f32).max(1.0);
    let (width, height) = (side(area.x, columns), (side(area.y, rows) - line).max(1.0));
    let covered = |shape: &f32| {
        let shape = if shape.is_finite() && *shape > 0.0 { *shape } else { 1.0 };
        let high = height.min(width / shape);
        high * high * shape
    };
    shapes.iter().map(covered).sum()
}

#[cfg(test)]
mod tests;
