//! Where a picture lies in its pane: zoom and pan as pure sums.
//!
//! Three units, never mixed: picture pixels, points of the interface, and physical pixels of the screen. A scale is
//! physical pixels per picture pixel, so 1.0 is 100 %: one pixel of the picture on one pixel of the screen. The
//! invariant: whatever is done, the middle of the pane lies on the picture, so it cannot be lost.

use egui::emath::{Pos2, Rect, Vec2};

/// Scales that zooming by steps stops at.
const STEPS: [f32; 24] = [
    0.01,
    0.02,
    0.03,
    0.05,
    0.07,
    0.1,
    0.125,
    1.0 / 6.0,
    0.25,
    1.0 / 3.0,
    0.5,
    2.0 / 3.0,
    1.0,
    2.0,
    3.0,
    4.0,
    6.0,
    8.0,
    12.0,
    16.0,
    24.0,
    32.0,
    48.0,
    64.0,
];
const MOST: f32 = 64.0;
/// A picture can be made this much smaller than fitted, or than 100 % where that is smaller.
const BELOW_FIT: f32 = 0.25;

/// How large a picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Zoom {
    /// The whole picture, as large as the pane allows, but never above 100 %.
    #[default]
    Fit,
    /// Physical pixels per picture pixel.
    Scale(f32),
}

/// What part of a picture a pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct View {
    pub zoom: Zoom,
    /// The point in the middle of the pane, in picture pixels from the top left; without meaning while fitted.
    pub centre: Vec2,
}

/// Where a picture is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pane {
    /// In points of the interface.
    pub rect: Rect,
    /// Physical pixels per point.
    pub pixels_per_point: f32,
}

/// The scale at which the whole picture fits into the pane, at most 1.0; 1.0 for a picture or pane without area.
pub fn fit_scale(picture: Vec2, pane: Pane) -> f32 {
    let room = pane.rect.size() * pane.pixels_per_point;
    let scale = (room.x / picture.x).min(room.y / picture.y);
    if scale.is_finite() && scale > 0.0 { scale.min(1.0) } else { 1.0 }
}

impl View {
    /// The scale in physical pixels per picture pixel; 1.0 is 100 %.
    pub fn scale(self, picture: Vec2, pane: Pane) -> f32 {
        match self.zoom {
            Zoom::Fit => fit_scale(picture, pane),
            Zoom::Scale(scale) => scale,
        }
    }

    /// The scale in percent.
    pub fn percent(self, picture: Vec2, pane: Pane) -> f32 {
        self.scale(picture, pane) * 100.0
    }

    /// The scale in percent, as it is written: `38 %`, with one decimal below ten.
    pub fn percent_text(self, picture: Vec2, pane: Pane) -> String {
        let percent = self.percent(picture, pane);
        if percent < 9.95 && (percent - percent.round()).abs() > 0.05 {
            format!("{percent:.1}\u{a0}%")
        } else {
            format!("{percent:.0}\u{a0}%")
        }
    }

    /// The point in the middle of the pane, in picture pixels.
    pub fn middle(self, picture: Vec2) -> Vec2 {
        match self.zoom {
            Zoom::Fit => picture / 2.0,
            Zoom::Scale(_) => self.centre,
        }
    }

    /// Where the whole picture lies, in points; it may reach far beyond the pane.
    pub fn picture_rect(self, picture: Vec2, pane: Pane) -> Rect {
        let points = self.scale(picture, pane) / pane.pixels_per_point;
        Rect::from_min_size(pane.rect.center() - self.middle(picture) * points, picture * points)
    }

    /// The picture pixel under a point of the interface; outside the picture it lies beyond its bounds.
    pub fn picture_point(self, at: Pos2, picture: Vec2, pane: Pane) -> Vec2 {
        let points = self.scale(picture, pane) / pane.pixels_per_point;
        self.middle(picture) + (at - pane.rect.center()) / points
    }

    /// Zooms by `factor`; what is under the pointer `at` stays under it.
    #[must_use]
    pub fn zoom_at(self, at: Pos2, factor: f32, picture: Vec2, pane: Pane) -> Self {
        self.zoom_to(at, self.scale(picture, pane) * factor, picture, pane)
    }

    /// Zooms to a scale; what is under the pointer `at` stays under it.
    #[must_use]
    pub fn zoom_to(self, at: Pos2, scale: f32, picture: Vec2, pane: Pane) -> Self {
        let least = fit_scale(picture, pane) * BELOW_FIT;
        let scale = if scale.is_finite() { scale.clamp(least, MOST) } else { self.scale(picture, pane) };
        let kept = self.picture_point(at, picture, pane);
        let centre = kept - (at - pane.rect.center()) * (pane.pixels_per_point / scale);
        Self { zoom: Zoom::Scale(scale), centre }.clamped(picture)
    }

    /// The next larger step, around the middle of the pane.
    #[must_use]
    pub fn step_in(self, picture: Vec2, pane: Pane) -> Self {
        let now = self.scale(picture, pane) * 1.001;
        let next = STEPS.into_iter().find(|step| *step > now).unwrap_or(MOST);
        self.zoom_to(pane.rect.center(), next, picture, pane)
    }

    /// The next smaller step, around the middle of the pane.
    #[must_use]
    pub fn step_out(self, picture: Vec2, pane: Pane) -> Self {
        let now = self.scale(picture, pane) / 1.001;
        let next = STEPS.into_iter().rev().find(|step| *step < now).unwrap_or(0.0);
        self.zoom_to(pane.rect.center(), next, picture, pane)
    }

    /// What a click at `at` does: 100 % at this spot, and from there the whole picture again.
    #[must_use]
    pub fn toggled(self, at: Pos2, picture: Vec2, pane: Pane) -> Self {
        match self.zoom {
            Zoom::Scale(scale) if scale > 0.999 => Self::default(),
            _ => self.zoom_to(at, 1.0, picture, pane),
        }
    }

    /// The same zoom and place on a picture of another size: the scale stays, the middle lies at the same part of it.
    #[must_use]
    pub fn carried(self, from: Vec2, to: Vec2) -> Self {
        if from == to {
            return self;
        }
        Self { centre: self.centre / from.max(Vec2::splat(1.0)) * to, ..self }.clamped(to)
    }

    /// Moves the picture with the pointer by `delta` points. A fitted picture stays where it is.
    #[must_use]
    pub fn pan(self, delta: Vec2, picture: Vec2, pane: Pane) -> Self {
        match self.zoom {
            Zoom::Fit => self,
            Zoom::Scale(scale) => {
                Self { centre: self.centre - delta * (pane.pixels_per_point / scale), ..self }.clamped(picture)
            }
        }
    }

    fn clamped(self, picture: Vec2) -> Self {
        Self { centre: self.centre.max(Vec2::ZERO).min(picture.max(Vec2::ZERO)), ..self }
    }
}

/// A view that panes with pictures of different sizes share: the same part of each, as large beside its pane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linked {
    /// The scale as a multiple of the fitted one; exactly 1.0 is fitted.
    pub magnification: f32,
    /// The point in the middle, as a fraction of width and height, 0.0 to 1.0.
    pub centre: Vec2,
}

impl Default for Linked {
    fn default() -> Self {
        Self { magnification: 1.0, centre: Vec2::splat(0.5) }
    }
}

impl Linked {
    /// What `view` of one pane means for all.
    pub fn of(view: View, picture: Vec2, pane: Pane) -> Self {
        match view.zoom {
            Zoom::Fit => Self::default(),
            Zoom::Scale(scale) => Self {
                magnification: scale / fit_scale(picture, pane),
                centre: (view.centre / picture.max(Vec2::splat(1.0))).max(Vec2::ZERO).min(Vec2::splat(1.0)),
            },
        }
    }

    /// What it means for one pane. `offset`, in picture pixels, is by how much this picture was moved against the
    /// others.
    pub fn view(self, offset: Vec2, picture: Vec2, pane: Pane) -> View {
        if self == Self::default() && offset == Vec2::ZERO {
            return View::default();
        }
        let zoom = Zoom::Scale(fit_scale(picture, pane) * self.magnification);
        View { zoom, centre: self.centre * picture - offset }.clamped(picture)
    }
}

#[cfg(test)]
mod tests;
