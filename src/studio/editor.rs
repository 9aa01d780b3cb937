//! The editor of a reference's copy: what the hands and keys mean, in pixels of the picture. No drawing.
//!
//! May import `picture` and geometry. Invariant: nothing is lost by a step: every change can be taken back, and the
//! crop always lies on the picture.

mod frame;

pub use frame::{Handle, SMALLEST, crop_of, dragged, fitted_to, frame_of, handle_at, nudged};

use crate::picture::{Crop, Mark, ReferenceEdit, Shape, Size};
use egui::emath::{Pos2, Rect, Vec2, pos2, vec2};

/// What the pointer does on the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    #[default]
    Crop,
    Pen,
    Box,
    Arrow,
}

/// The proportions that the crop keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Proportion {
    #[default]
    Free,
    /// Width over height.
    Fixed(f32),
}

impl Proportion {
    fn ratio(self) -> Option<f32> {
        match self {
            Self::Free => None,
            Self::Fixed(ratio) => Some(ratio),
        }
    }
}

/// Colours to draw with: seen on any picture, one after the other.
pub const INKS: [([u8; 3], &str); 6] = [
    ([230, 57, 57], "Red"),
    ([250, 204, 51], "Yellow"),
    ([60, 190, 100], "Green"),
    ([60, 130, 240], "Blue"),
    ([255, 255, 255], "White"),
    ([20, 20, 20], "Black"),
];

/// What is being done to the copy of one reference.
#[derive(Clone, Debug)]
pub struct Editor {
    /// Upright, in pixels.
    pub size: Size,
    pub tool: Tool,
    pub proportion: Proportion,
    pub ink: [u8; 3],
    /// Of lines, in pixels of the picture.
    pub width: f32,
    edit: ReferenceEdit,
    first: ReferenceEdit,
    back: Vec<ReferenceEdit>,
    forth: Vec<ReferenceEdit>,
    /// Under the pointer, not yet let go.
    held: Option<Held>,
}

#[derive(Clone, Debug)]
enum Held {
    Frame { handle: Handle, from: Rect, began: Pos2, now: Rect },
    Mark(Mark),
}

impl Editor {
    pub fn new(size: Size, edit: ReferenceEdit) -> Self {
        Self {
            size,
            tool: Tool::default(),
            proportion: Proportion::default(),
            ink: INKS[0].0,
            width: (size.longer_side() as f32 / 150.0).round().max(2.0),
            first: edit.clone(),
            edit,
            back: Vec::new(),
            forth: Vec::new(),
            held: None,
        }
    }

    /// Returns the edit as it stands, without what is still under the pointer.
    pub fn edit(&self) -> &ReferenceEdit {
        &self.edit
    }

    /// Says whether it differs from what it was when the editor was opened.
    pub fn is_changed(&self) -> bool {
        self.edit != self.first
    }

    /// Returns the part of the picture that is left, also while it is being dragged.
    pub fn frame(&self) -> Rect {
        match &self.held {
            Some(Held::Frame { now, .. }) => *now,
            _ => frame_of(self.edit.left_of(self.size)),
        }
    }

    /// Returns the crop in whole pixels, also while it is being dragged.
    pub fn crop(&self) -> Crop {
        crop_of(self.frame(), self.size)
    }

    /// Returns all marks, the one under the pointer last.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        let held = match &self.held {
            Some(Held::Mark(mark)) => Some(mark),
            _ => None,
        };
        self.edit.marks.iter().chain(held)
    }

    fn bounds(&self) -> Vec2 {
        vec2(self.size.width as f32, self.size.height as f32)
    }

    fn change(&mut self, edit: ReferenceEdit) {
        if edit != self.edit {
            self.back.push(std::mem::replace(&mut self.edit, edit));
            self.forth.clear();
        }
    }

    /// Crops to this part; the whole picture is no crop.
    pub fn set_crop(&mut self, crop: Crop) {
        let crop = ReferenceEdit { crop: Some(crop), marks: Vec::new() }.left_of(self.size);
        let crop = (crop.size() != self.size).then_some(crop);
        self.change(ReferenceEdit { crop, ..self.edit.clone() });
    }

    /// Keeps these proportions from now on; the crop takes them on within itself.
    pub fn set_proportion(&mut self, proportion: Proportion) {
        self.proportion = proportion;
        if let Some(ratio) = proportion.ratio() {
            self.set_crop(crop_of(fitted_to(self.frame(), ratio), self.size));
        }
    }

    /// The pointer goes down at a point of the picture; `reach`: how far from an edge it takes hold of it.
    pub fn press(&mut self, at: Pos2, reach: f32) {
        let inside = at.clamp(Pos2::ZERO, self.bounds().to_pos2());
        let point = [inside.x, inside.y];
        let shape = match self.tool {
            Tool::Crop => {
                let from = self.frame();
                if let Some(handle) = handle_at(from, at, reach) {
                    self.held = Some(Held::Frame { handle, from, began: at, now: from });
                }
                return;
            }
            Tool::Pen => Shape::Stroke(vec![point]),
            Tool::Box => Shape::Box(point, point),
            Tool::Arrow => Shape::Arrow(point, point),
        };
        self.held = Some(Held::Mark(Mark { shape, color: self.ink, width: self.width }));
    }

    /// The pointer has moved, pressed; points closer than `step` to the last one are left out of strokes.
    pub fn drag(&mut self, at: Pos2, step: f32) {
        let (bounds, ratio) = (self.bounds(), self.proportion.ratio());
        let inside = at.clamp(Pos2::ZERO, bounds.to_pos2());
        match &mut self.held {
            Some(Held::Frame { handle, from, began, now }) => {
                *now = dragged(*from, *handle, at - *began, ratio, bounds);
            }
            Some(Held::Mark(mark)) => match &mut mark.shape {
                Shape::Stroke(points) => {
                    let far = points.last().is_none_or(|[x, y]| pos2(*x, *y).distance(inside) >= step.max(0.1));
                    if far {
                        points.push([inside.x, inside.y]);
                    }
                }
                Shape::Box(_, to) | Shape::Arrow(_, to) => *to = [inside.x, inside.y],
            },
            None => {}
        }
    }

    /// The pointer is let go; boxes and arrows of no size are dropped.
    pub fn release(&mut self) {
        match self.held.take() {
            Some(Held::Frame { now, .. }) => self.set_crop(crop_of(now, self.size)),
            Some(Held::Mark(mark)) => {
                let some = match &mark.shape {
                    Shape::Stroke(points) => !points.is_empty(),
                    Shape::Box(from, to) | Shape::Arrow(from, to) => from != to,
                };
                if some {
                    let mut edit = self.edit.clone();
                    edit.marks.push(mark);
                    self.change(edit);
                }
            }
            None => {}
        }
    }

    /// Moves the crop by whole pixels, or its right and lower edges alone.
    pub fn nudge(&mut self, by: Vec2, edges: bool) {
        let frame = nudged(self.frame(), by, edges, self.proportion.ratio(), self.bounds());
        self.set_crop(crop_of(frame, self.size));
    }

    pub fn undo(&mut self) {
        if let Some(edit) = self.back.pop() {
            self.forth.push(std::mem::replace(&mut self.edit, edit));
        }
    }

    pub fn redo(&mut self) {
        if let Some(edit) = self.forth.pop() {
            self.back.push(std::mem::replace(&mut self.edit, edit));
        }
    }

    pub fn can_undo(&self) -> bool {
        !self.back.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.forth.is_empty()
    }

    /// Takes away everything; this too can be taken back.
    pub fn reset(&mut self) {
        self.change(ReferenceEdit::default());
    }

    /// Takes the last mark away.
    pub fn remove_last_mark(&mut self) {
        let mut edit = self.edit.clone();
        edit.marks.pop();
        self.change(edit);
    }
}

#[cfg(test)]
mod tests;
