//! Cuts what was painted along a slanted line.
//!
//! egui clips to upright rectangles only. So what a picture was painted with is taken up again and cut to a half plane,
//! whatever tiles, checkerboards or parts of drawings it consists of.

use egui::epaint::{Mesh, RectShape, Vertex, WHITE_UV};
use egui::{Pos2, Rect, Shape, Ui, Vec2};

/// Everything on the side that `towards` points to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Half {
    /// A point of the line.
    pub(super) at: Pos2,
    /// Across the line, of length 1.
    pub(super) towards: Vec2,
}

impl Half {
    /// How far inside a point lies; negative outside.
    fn depth(self, at: Pos2) -> f32 {
        (at - self.at).dot(self.towards)
    }

    /// Says whether nothing of a rectangle lies inside.
    pub(super) fn misses(self, rect: Rect) -> bool {
        corners(rect).iter().all(|corner| self.depth(*corner) <= 0.0)
    }
}

/// Paints, and keeps of it what lies inside. Words are not cut.
pub(super) fn cut<R>(ui: &mut Ui, half: Half, paint: impl FnOnce(&mut Ui) -> R) -> R {
    let layer = ui.layer_id();
    let first = ui.ctx().graphics_mut(|graphics| graphics.entry(layer).next_idx().0);
    let painted = paint(ui);
    ui.ctx().graphics_mut(|graphics| {
        let list = graphics.entry(layer);
        for place in first..list.next_idx().0 {
            list.mutate_shape(egui::layers::ShapeIdx(place), |clipped| {
                let shape = std::mem::replace(&mut clipped.shape, Shape::Noop);
                clipped.shape = of_shape(shape, half);
            });
        }
    });
    painted
}

fn of_shape(shape: Shape, half: Half) -> Shape {
    match shape {
        Shape::Vec(shapes) => Shape::Vec(shapes.into_iter().map(|shape| of_shape(shape, half)).collect()),
        Shape::Rect(rect) => of_rect(&rect, half),
        Shape::Mesh(mesh) => Shape::mesh(of_mesh(&mesh, half)),
        other => other,
    }
}

/// A filled or textured rectangle; corners are square here and nothing is stroked.
fn of_rect(shape: &RectShape, half: Half) -> Shape {
    let texture = shape.brush.as_ref().map(|brush| (brush.fill_texture_id, brush.uv));
    let mut mesh = Mesh::with_texture(texture.map_or_else(Default::default, |(id, _)| id));
    let uvs = texture.map_or([WHITE_UV; 4], |(_, uv)| corners(uv));
    let around = corners(shape.rect).into_iter().zip(uvs).map(|(pos, uv)| Vertex { pos, uv, color: shape.fill });
    push(&mut mesh, inside(&around.collect::<Vec<_>>(), half));
    Shape::mesh(mesh)
}

fn of_mesh(mesh: &Mesh, half: Half) -> Mesh {
    let mut cut = Mesh::with_texture(mesh.texture_id);
    for triangle in mesh.indices.chunks_exact(3) {
        let corners: Vec<Vertex> =
            triangle.iter().filter_map(|index| mesh.vertices.get(*index as usize).copied()).collect();
        push(&mut cut, inside(&corners, half));
    }
    cut
}

fn push(mesh: &mut Mesh, around: Vec<Vertex>) {
    let first = mesh.vertices.len() as u32;
    let count = around.len() as u32;
    mesh.vertices.extend(around);
    for place in 1..count.saturating_sub(1) {
        mesh.add_triangle(first, first + place, first + place + 1);
    }
}

/// The part of a convex polygon that lies inside (Sutherland and Hodgman, for one edge).
fn inside(around: &[Vertex], half: Half) -> Vec<Vertex> {
    let mut kept = Vec::with_capacity(around.len() + 1);
    for (place, here) in around.iter().enumerate() {
        let Some(next) = around.get((place + 1) % around.len()) else { continue };
        let (depth, beyond) = (half.depth(here.pos), half.depth(next.pos));
        if depth >= 0.0 {
            kept.push(*here);
        }
        if (depth > 0.0 && beyond < 0.0) || (depth < 0.0 && beyond > 0.0) {
            let part = depth / (depth - beyond);
            kept.push(Vertex {
                pos: here.pos.lerp(next.pos, part),
                uv: here.uv.lerp(next.uv, part),
                color: here.color,
            });
        }
    }
    kept
}

fn corners(rect: Rect) -> [Pos2; 4] {
    [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, TextureId, pos2, vec2};
    use proptest::prelude::*;

    const RECT: Rect = Rect::from_min_max(pos2(10.0, 20.0), pos2(110.0, 70.0));

    fn area(shape: &Shape) -> f32 {
        let Shape::Mesh(mesh) = shape else { panic!("{shape:?}") };
        let at = |index: u32| mesh.vertices[index as usize].pos;
        let cross = |a: Vec2, b: Vec2| a.x * b.y - a.y * b.x;
        let triangle = |t: &[u32]| cross(at(t[1]) - at(t[0]), at(t[2]) - at(t[0])).abs() / 2.0;
        mesh.indices.chunks_exact(3).map(triangle).sum()
    }

    fn textured() -> RectShape {
        let uv = Rect::from_min_max(pos2(0.25, 0.5), pos2(0.75, 1.0));
        RectShape::filled(RECT, 0, Color32::WHITE).with_texture(TextureId::User(7), uv)
    }

    #[test]
    fn a_rectangle_keeps_its_texture_where_it_is_cut() {
        let half = Half { at: RECT.center(), towards: vec2(1.0, 0.0) };
        let Shape::Mesh(mesh) = of_rect(&textured(), half) else { panic!() };
        assert_eq!(mesh.texture_id, TextureId::User(7));
        for vertex in &mesh.vertices {
            let part = (vertex.pos - RECT.min) / RECT.size();
            assert!((vertex.uv - pos2(0.25 + part.x * 0.5, 0.5 + part.y * 0.5)).length() < 1e-5);
            assert!(part.x >= 0.5 - 1e-5);
        }
        assert!(half.misses(Rect::from_min_max(pos2(0.0, 0.0), pos2(59.0, 99.0))) && !half.misses(RECT));
    }

    proptest! {
        #[test]
        fn both_sides_together_are_the_whole(angle in 0.0..6.3_f32, x in -0.2..1.2_f32, y in -0.2..1.2_f32) {
            let at = RECT.min + RECT.size() * vec2(x, y);
            let half = Half { at, towards: Vec2::angled(angle) };
            let other = Half { at, towards: -Vec2::angled(angle) };
            for shape in [Shape::Rect(textured()), of_rect(&textured(), Half { at: RECT.min, towards: vec2(0.0, 1.0) })] {
                let [one, two] = [half, other].map(|half| area(&of_shape(shape.clone(), half)));
                prop_assert!((one + two - RECT.area()).abs() < 0.5, "{} and {}", one, two);
            }
        }
    }
}
