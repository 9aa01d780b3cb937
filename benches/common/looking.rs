//! A window whose pictures and textures are watched: what is on screen, and what goes to the card.

use crate::window::Window;
use easel::app::App;
use egui::{Event, Modifiers, PointerButton, Pos2, Shape, TextureId};
use std::collections::HashMap;
use std::time::Duration;

/// Side of the smallest thing on screen that counts as a picture, points.
const LEAST: f32 = 100.0;

pub struct Looking {
    pub window: Window,
    textures: HashMap<TextureId, usize>,
    /// Bytes that the last frame sent to the card.
    pub uploaded: usize,
    /// Pieces of pictures that the last frame drew in the middle of the window.
    pub pictures_on_screen: usize,
}

impl Looking {
    pub fn new() -> Self {
        Self { window: Window::new(), textures: HashMap::new(), uploaded: 0, pictures_on_screen: 0 }
    }

    /// Draws a frame and waits for the next beat of the screen; returns the time spent in our code.
    pub fn paced(&mut self, app: &mut App, events: Vec<Event>) -> [Duration; 2] {
        let spent = self.window.paced(app, events);
        self.uploaded = 0;
        for (id, deltas) in &self.window.output.textures_delta.set {
            for delta in deltas {
                let bytes = delta.image.width() * delta.image.height() * 4;
                self.uploaded += bytes;
                if delta.is_whole() {
                    self.textures.insert(*id, bytes);
                }
            }
        }
        for id in &self.window.output.textures_delta.free {
            self.textures.remove(id);
        }
        let shapes = self.window.output.shapes.iter();
        self.pictures_on_screen = shapes.filter(|clipped| is_picture(&clipped.shape)).count();
        spent
    }

    /// Bytes of all textures on the card, without their smaller copies.
    pub fn texture_bytes(&self) -> usize {
        self.textures.values().sum()
    }

    /// Lets go until all that is seen is sharp.
    pub fn rest(&mut self, app: &mut App) {
        loop {
            self.paced(app, vec![]);
            if app.is_settled() {
                return;
            }
        }
    }

    pub fn drag(&mut self, app: &mut App, from: Pos2, to: Pos2) {
        let press = |pos, pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.paced(app, vec![Event::PointerMoved(from)]);
        self.paced(app, vec![press(from, true)]);
        self.paced(app, vec![Event::PointerMoved(from + (to - from) / 2.0)]);
        self.paced(app, vec![Event::PointerMoved(to)]);
        self.paced(app, vec![press(to, false)]);
    }
}

fn is_picture(shape: &Shape) -> bool {
    match shape {
        Shape::Rect(rect) => {
            let textured = rect.brush.as_ref().is_some_and(|brush| brush.fill_texture_id != TextureId::default());
            textured
                && rect.rect.width() > LEAST
                && rect.rect.height() > LEAST
                && (400.0..1600.0).contains(&rect.rect.center().x)
        }
        Shape::Mesh(mesh) => mesh.texture_id != TextureId::default(),
        Shape::Vec(shapes) => shapes.iter().any(is_picture),
        _ => false,
    }
}
