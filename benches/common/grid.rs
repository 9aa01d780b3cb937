//! What the benchmarks of the grid share.

use crate::window::Window;
use egui::{Event, Modifiers, MouseWheelUnit, pos2, vec2};
use std::time::{Duration, Instant};

pub fn wheel(points: f32) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
    }
}

pub fn wants_frame(window: &Window) -> bool {
    let root = window.output.viewport_output.get(&egui::ViewportId::ROOT);
    root.is_some_and(|root| root.repaint_delay < Duration::from_secs(3600))
}

/// Draws a frame the obvious way: a scroll area with a button for every picture.
pub fn naive(window: &Window, pictures: usize) -> Duration {
    let input = window.input(vec![Event::PointerMoved(pos2(1000.0, 600.0)), wheel(-200.0)]);
    let mut spent = Duration::ZERO;
    let _output = window.context.clone().run_ui(input, |ui| {
        let began = Instant::now();
        egui::ScrollArea::vertical().show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for number in 0..pictures {
                    ui.add_sized(vec2(232.0, 232.0), egui::Button::new(format!("Picture {number}")));
                }
            });
        });
        spent += began.elapsed();
    });
    spent
}
