//! Puts pictures on a ground: for sheets that show many of them.
//!
//! Imports nothing outside this layer. What reaches over the edge is cut off.

use super::{Pixels, Size};

impl Pixels {
    /// Makes an opaque picture of one colour; `None` when a side is zero.
    pub fn of_color(size: Size, [r, g, b]: [u8; 3]) -> Option<Pixels> {
        Pixels::new(size, [r, g, b, u8::MAX].repeat(usize::try_from(size.area()).ok()?))
    }

    /// Lays another picture over this one, its upper left corner at (`x`, `y`); this one is to be opaque and stays so.
    pub fn lay(&mut self, over: &Pixels, x: u32, y: u32) {
        let width = over.size.width.min(self.size.width.saturating_sub(x)) as usize;
        let height = over.size.height.min(self.size.height.saturating_sub(y)) as usize;
        let (line, line_over) = (self.size.width as usize * 4, over.size.width as usize * 4);
        let below = self.rgba.chunks_exact_mut(line.max(4)).skip(y as usize);
        for (below, above) in below.zip(over.rgba.chunks_exact(line_over.max(4))).take(height) {
            let below = below.as_chunks_mut::<4>().0.iter_mut().skip(x as usize);
            for (below, &[r, g, b, a]) in below.zip(above.as_chunks::<4>().0).take(width) {
                let alpha = u32::from(a);
                let mix = |over: u8, under: u8| {
                    ((u32::from(over) * alpha + u32::from(under) * (255 - alpha) + 127) / 255) as u8
                };
                *below = [mix(r, below[0]), mix(g, below[1]), mix(b, below[2]), u8::MAX];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(width: u32, height: u32, pixel: [u8; 4]) -> Pixels {
        Pixels::new(Size { width, height }, pixel.repeat((width * height) as usize)).unwrap()
    }

    #[test]
    fn what_is_laid_over_is_mixed_by_its_alpha_and_cut_off_at_the_edge() {
        let mut ground = Pixels::of_color(Size { width: 3, height: 2 }, [0, 100, 200]).unwrap();
        ground.lay(&one(5, 5, [255, 0, 0, 255]), 2, 1);
        ground.lay(&one(1, 1, [200, 200, 200, 128]), 0, 0);
        ground.lay(&one(1, 1, [9, 9, 9, 255]), 3, 0);
        ground.lay(&one(1, 1, [9, 9, 9, 255]), 0, 7);
        let pixel = |x: usize, y: usize| &ground.rgba[(y * 3 + x) * 4..][..4];
        assert_eq!(pixel(0, 0), [100, 150, 200, 255]);
        assert_eq!(pixel(2, 1), [255, 0, 0, 255]);
        for (x, y) in [(1, 0), (2, 0), (0, 1), (1, 1)] {
            assert_eq!(pixel(x, y), [0, 100, 200, 255], "{x} {y}");
        }
        assert_eq!(Pixels::of_color(Size { width: 0, height: 2 }, [0; 3]), None);
    }
}
