//! Structural similarity: whether the same shapes are there, whatever their colours.
//!
//! Imports nothing. Windows of 8 by 8 pixels, four apart, as video encoders measure it: the sums of blocks of 4 by 4
//! are made once and joined. On the luma of sRGB values (Rec. 709).

/// Side of a block.
pub(super) const BLOCK: usize = 4;
const STABLE: [f64; 2] = [(0.01 * 255.0) * (0.01 * 255.0), (0.03 * 255.0) * (0.03 * 255.0)];

/// Sums over some pixels of both pictures: their number, values, squares and products.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    count: u32,
    one: u32,
    other: u32,
    squares: u32,
    product: u32,
}

impl Sums {
    #[inline]
    pub(super) fn add(&mut self, one: u8, other: u8) {
        let (one, other) = (u32::from(one), u32::from(other));
        self.count += 1;
        self.one += one;
        self.other += other;
        self.squares += one * one + other * other;
        self.product += one * other;
    }

    fn join(all: [Sums; 4]) -> Sums {
        all.into_iter().fold(Sums::default(), |sum, next| Sums {
            count: sum.count + next.count,
            one: sum.one + next.one,
            other: sum.other + next.other,
            squares: sum.squares + next.squares,
            product: sum.product + next.product,
        })
    }

    /// The similarity of what was summed, -1 to 1.
    fn similarity(self) -> f64 {
        let n = f64::from(self.count.max(1));
        let (one, other) = (f64::from(self.one) / n, f64::from(self.other) / n);
        let variances = (f64::from(self.squares) / n - one * one - other * other).max(0.0);
        let covariance = f64::from(self.product) / n - one * other;
        let light = (2.0 * one * other + STABLE[0]) / (one * one + other * other + STABLE[0]);
        light * (2.0 * covariance + STABLE[1]) / (variances + STABLE[1])
    }
}

/// Luma of an sRGB colour.
#[inline]
pub(super) fn luma([r, g, b]: [u8; 3]) -> u8 {
    ((u32::from(r) * 13_933 + u32::from(g) * 46_871 + u32::from(b) * 4732 + 32_768) >> 16) as u8
}

/// The mean similarity of all windows of a grid of blocks, `columns` wide; 1.0 for no blocks at all.
pub(super) fn mean(blocks: &[Sums], columns: usize) -> f64 {
    let rows: Vec<&[Sums]> = blocks.chunks(columns.max(1)).collect();
    let (mut sum, mut count) = (0.0, 0_u32);
    let mut take = |window: [Sums; 4]| {
        sum += Sums::join(window).similarity();
        count += 1;
    };
    // A picture of a single row or column of blocks is its own window there.
    let below = if rows.len() > 1 { 1 } else { 0 };
    for (upper, lower) in rows.iter().zip(rows.iter().skip(below)) {
        let right = if upper.len() > 1 { 1 } else { 0 };
        let next = |row: &[Sums], place: usize| row.get(place).copied().unwrap_or_default();
        for place in 0..upper.len() - right {
            let window = match (below, right) {
                (0, 0) => [next(upper, place), Sums::default(), Sums::default(), Sums::default()],
                (0, _) => [next(upper, place), next(upper, place + 1), Sums::default(), Sums::default()],
                (_, 0) => [next(upper, place), next(lower, place), Sums::default(), Sums::default()],
                _ => [next(upper, place), next(upper, place + 1), next(lower, place), next(lower, place + 1)],
            };
            take(window);
        }
    }
    if count == 0 { 1.0 } else { sum / f64::from(count) }
}
