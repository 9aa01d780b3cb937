//! The map of what differs: measured by the engine, painted by the pool, drawn here.
//!
//! Invariant: until a new map is there the former one stays; nothing is measured on this thread.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, plain_slider};
use super::super::{Cx, pane};
use super::Shown;
use crate::engine::{Compared, Comparing};
use crate::library::PictureId;
use crate::picture::{Alignment, Difference, Format, HEAT_END, heat_colour};
use crate::studio::{How, Turn, view};
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Align, Align2, Label, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;
use std::time::Duration;

/// Width of the threshold's slider and of the scale of colours.
const SLIDER: f32 = 130.0;
const SCALE: f32 = 200.0;
/// Differences that are written at the scale.
const TICKS: [f32; 4] = [0.0, 2.0, 5.0, 10.0];
/// What did not change, sRGB.
const UNCHANGED: [u8; 4] = [40, 40, 40, 255];
const NOTE: &str = "Tells versions of one picture apart; between unrelated pictures it means little";
const DRAWINGS: &str = ". Drawings are compared at their own size, not at the zoom";

/// What is measured, and what was.
#[derive(Default)]
pub(super) struct State {
    running: Option<(Asked, Comparing)>,
    measured: Option<Measured>,
    failed: Option<(Asked, String)>,
    /// Counts what was measured, so that every map has a key of its own.
    count: u64,
    /// The last map that was there to be drawn, and its place in the frame.
    drawn: Option<((u64, u32), [f64; 4])>,
    /// Whether a drawing is among what is compared.
    has_drawing: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    ids: [PictureId; 2],
    turns: [Turn; 2],
    alignment: Alignment,
    /// Of the second picture, in frame pixels.
    offset: [i32; 2],
}

struct Measured {
    asked: Asked,
    number: u64,
    difference: Arc<Difference>,
}

impl State {
    /// Asks for what is to be seen, and takes what has arrived.
    pub(super) fn learn(&mut self, ui: &Ui, cx: &Cx<'_>, shown: &[Shown]) {
        let compare = &cx.studio.compare;
        let pair = compare.pair().map(|number| shown.get(number));
        let [Some(first), Some(second)] = pair else { return };
        self.has_drawing = [first, second].iter().any(|shown| shown.picture.format == Format::Svg);
        let Some([lower, upper]) = compare.frame_offsets() else { return };
        let offset = upper - lower;
        let asked = Asked {
            ids: [first.picture.id.clone(), second.picture.id.clone()],
            turns: [first, second].map(|shown| cx.studio.viewer.turn(&shown.picture.id)),
            alignment: compare.how.alignment,
            offset: [offset.x, offset.y].map(|side| side.round() as i32),
        };
        if let Some((running, comparing)) = &self.running
            && let Some(result) = comparing.ready()
        {
            match result {
                Ok(difference) => {
                    self.count += 1;
                    self.measured = Some(Measured { asked: running.clone(), number: self.count, difference });
                    self.failed = None;
                }
                Err(error) => self.failed = Some((running.clone(), error.to_string())),
            }
            self.running = None;
        }
        let is_there = self.measured.as_ref().is_some_and(|measured| measured.asked == asked);
        let has_failed = self.failed.as_ref().is_some_and(|(failed, _)| *failed == asked);
        let is_running = self.running.as_ref().is_some_and(|(running, _)| *running == asked);
        // While a picture is being moved, the map waits.
        let is_moving = ui.input(|i| i.pointer.any_down() && i.modifiers.shift);
        if is_there || has_failed {
            self.running = None;
        } else if !is_running && !is_moving {
            let compared = |shown: &Shown| Compared {
                file: cx.engine.library_dir().join(&shown.picture.file),
                turn: cx.studio.viewer.turn(&shown.picture.id).parts(),
            };
            let pictures = [compared(first), compared(second)];
            let offset = asked.offset.map(f64::from);
            // Dropping the one before stops it.
            self.running = Some((asked.clone(), cx.engine.compare(pictures, asked.alignment, offset)));
        }
        if !has_failed {
            self.failed = None;
        }
        if self.running.is_some() {
            ui.request_repaint_after(Duration::from_millis(100));
        }
    }

    /// Stops what is under way; what was measured stays for when the mode is chosen again.
    pub(super) fn rest(&mut self) {
        self.running = None;
    }

    /// Draws the map, or the former one while the new one is made; says whether there was any.
    pub(super) fn paint(&mut self, ui: &Ui, cx: &mut Cx<'_>, rect: Rect, space: view::Pane) -> bool {
        let compare = &cx.studio.compare;
        let Some((view, frame)) = compare.frame_view(space) else { return false };
        let lower = compare.frame_offsets().map_or(egui::Vec2::ZERO, |[lower, _]| lower);
        if let Some(Measured { number, difference, .. }) = &self.measured {
            let wanted = (*number, (compare.how.threshold * 100.0).round() as u32);
            if cx.textures.want_heat(wanted, difference) {
                self.drawn = Some((wanted, difference.place));
            }
        }
        let Some((drawn, place)) = self.drawn else { return false };
        let Some(drawable) = cx.textures.heat(drawn) else { return false };
        let whole = view.picture_rect(frame, space);
        let scale = whole.width() / frame.x.max(1.0);
        let [x, y, width, height] = place.map(|side| side as f32);
        let place = Rect::from_min_size(whole.min + (vec2(x, y) + lower) * scale, vec2(width, height) * scale);
        let pixels = place.width() * space.pixels_per_point / drawable.size[0].max(1) as f32;
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        drawable.paint_seen(&painter, place, Turn::default(), pixels >= 2.0);
        true
    }

    /// Threshold and figures, for the line under the bar; `right` points are left for what follows.
    pub(super) fn setting(&self, ui: &mut Ui, cx: &mut Cx<'_>, has_words: bool, right: f32) {
        let t = tokens(ui);
        if has_words {
            ui.label(Type::Body.text("Threshold").color(t.soft));
        }
        let how = &mut cx.studio.compare.how;
        let mut threshold = f64::from(how.threshold);
        let range = f64::from(*How::THRESHOLDS.start())..=f64::from(*How::THRESHOLDS.end());
        let slider = plain_slider(ui, &mut threshold, range, SLIDER, "Threshold of the difference");
        if slider.changed() {
            how.threshold = (threshold * 4.0).round() as f32 / 4.0;
        }
        slider.on_hover_text("CIEDE2000 from which on a pixel counts as changed; 1 can just be seen");
        ui.label(Type::Body.text(format!("{}", how.threshold)));
        let threshold = how.threshold;
        let text = if let Some((_, comparing)) = &self.running {
            let text = format!("Comparing, {:.0}\u{a0}%", comparing.progress() * 100.0);
            Type::Body.text(text).color(t.soft)
        } else if let Some((_, why)) = &self.failed {
            Type::Body.text(format!("Not compared: {why}")).color(t.bad)
        } else if let Some(measured) = &self.measured {
            Type::Body.text(figures(&measured.difference, threshold)).color(t.text)
        } else {
            return;
        };
        // What follows on the right keeps its room; what is cut off is told under the pointer.
        let size = vec2((ui.available_width() - right).max(0.0), theme::FIELD);
        let layout = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| ui.add(Label::new(text).truncate()));
    }

    /// The scale of colours and what it is good for, in the lower left corner.
    pub(super) fn legend(&self, ui: &Ui, threshold: f32, rect: Rect) {
        let t = tokens(ui);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let room = rect.width() - 2.0 * theme::PADDING - 2.0 * theme::TILE_GAP;
        if self.measured.is_none() || room < SCALE {
            return;
        }
        let note = if self.has_drawing { [NOTE, DRAWINGS].concat() } else { NOTE.to_owned() };
        let words = painter.layout(note.clone(), Type::Note.font(), t.on_picture, room.min(2.0 * SCALE));
        let scale = vec2(SCALE, 10.0);
        let inner = vec2(words.size().x.max(scale.x), scale.y + 20.0 + words.size().y);
        let outer = inner + vec2(2.0 * theme::TILE_GAP, 2.0 * theme::TILE_GAP);
        let corner = pos2(rect.left() + theme::PADDING, rect.bottom() - theme::PADDING - outer.y);
        let outer = Rect::from_min_size(corner, outer);
        pane::shade(&painter, outer, t);
        let read = ui.interact(outer, ui.scope_id().with("legend"), Sense::hover());
        read.widget_info(|| WidgetInfo::labeled(Role::Label, true, note.as_str()));
        let bar = Rect::from_min_size(corner + egui::Vec2::splat(theme::TILE_GAP), scale);
        painter.add(ramp(bar, threshold));
        for tick in TICKS {
            let x = bar.left() + along(tick) * bar.width();
            painter.vline(x, bar.bottom()..=bar.bottom() + 3.0, egui::Stroke::new(1.0, t.on_picture));
            painter.text(pos2(x, bar.bottom() + 3.0), Align2::CENTER_TOP, tick, Type::Badge.font(), t.on_picture);
        }
        let unit = pos2(bar.right(), bar.bottom() + 3.0);
        painter.text(unit, Align2::RIGHT_TOP, "ΔE 2000", Type::Badge.font(), t.on_picture);
        let at = bar.left_bottom() + vec2(0.0, 20.0);
        widgets::place(ui, words, at, Align2::LEFT_TOP);
    }
}

/// `12.4 % of the pixels changed · mean ΔE 3.1 · SSIM 0.912`
fn figures(difference: &Difference, threshold: f32) -> String {
    let changed = difference.changed(threshold) * 100.0;
    let share = match changed {
        0.0 => "No pixel changed".to_owned(),
        changed if changed < 0.1 => "Less than 0.1\u{a0}% of the pixels changed".to_owned(),
        changed => format!("{changed:.1}\u{a0}% of the pixels changed"),
    };
    format!("{share} · mean ΔE {:.1} · SSIM {:.3}", difference.mean, difference.ssim)
}

/// Where a difference lies on the scale, 0 to 1; small ones get more room.
fn along(difference: f32) -> f32 {
    (difference / HEAT_END).clamp(0.0, 1.0).sqrt()
}

/// The colours of the map; what lies below the threshold is dark.
fn ramp(rect: Rect, threshold: f32) -> Mesh {
    const STEPS: usize = 64;
    let mut mesh = Mesh::default();
    for step in 0..STEPS {
        let part = |step: usize| step as f32 / STEPS as f32;
        let difference = (part(step) + 0.5 / STEPS as f32).powi(2) * HEAT_END;
        let [r, g, b] = heat_colour(difference);
        let color = theme::pixel(if difference < threshold { UNCHANGED } else { [r, g, b, u8::MAX] });
        let [left, right] = [part(step), part(step + 1)].map(|part| rect.left() + part * rect.width());
        let first = mesh.vertices.len() as u32;
        for pos in
            [pos2(left, rect.top()), pos2(right, rect.top()), pos2(right, rect.bottom()), pos2(left, rect.bottom())]
        {
            mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
        }
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first, first + 2, first + 3);
    }
    mesh
}
