//! Hashed lattice noise and the small shaping functions of the painter.
//!
//! Pure f32 maths, imports nothing. Invariant: the same arguments give the same value on every machine, because
//! every lattice point is an integer hash and no state is kept. Plain loops and forced
//! inlining, because tests and development builds paint with little optimisation.

/// Mixes two lattice coordinates and a seed into 32 well spread bits.
#[inline(always)]
pub fn hash(x: i32, y: i32, seed: u32) -> u32 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77) ^ seed;
    h ^= h >> 15;
    h = h.wrapping_mul(0x2C1B_3C6D);
    h ^= h >> 12;
    h = h.wrapping_mul(0x297A_2D39);
    h ^ (h >> 15)
}

/// Hash as a number in 0..1.
#[inline(always)]
pub fn random(x: i32, y: i32, seed: u32) -> f32 {
    (hash(x, y, seed) >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Largest integer not above `x`; much cheaper than `f32::floor` without SSE4.1.
#[inline(always)]
pub fn floor(x: f32) -> i32 {
    let i = x as i32;
    if i as f32 > x { i - 1 } else { i }
}

#[inline(always)]
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0 below `a`, 1 above `b`, smooth between; `a > b` turns it round.
#[inline(always)]
pub fn smooth(a: f32, b: f32, x: f32) -> f32 {
    let t = (x - a) / (b - a);
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[inline(always)]
fn ease(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Value noise on a line, 0..1.
#[inline(always)]
pub fn line(x: f32, seed: u32) -> f32 {
    let i = floor(x);
    mix(random(i, 0, seed), random(i.wrapping_add(1), 0, seed), ease(x - i as f32))
}

/// Value noise on the plane, 0..1.
#[inline(always)]
pub fn plane(x: f32, y: f32, seed: u32) -> f32 {
    let (i, j) = (floor(x), floor(y));
    let (u, v) = (ease(x - i as f32), ease(y - j as f32));
    let (i1, j1) = (i.wrapping_add(1), j.wrapping_add(1));
    mix(mix(random(i, j, seed), random(i1, j, seed), u), mix(random(i, j1, seed), random(i1, j1, seed), u), v)
}

/// Sum of octaves on a line, 0..1.
pub fn line_fbm(x: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut f) = (0.0, 0.5, 0.0, 1.0);
    let mut k = 0;
    while k < octaves {
        sum += weight * line(x * f + k as f32 * 17.3, seed.wrapping_add(k.wrapping_mul(101)));
        total += weight;
        weight *= 0.5;
        f *= 2.03;
        k += 1;
    }
    sum / total
}

/// Sum of sharp-crested octaves on a line, 0..1: mountain ridges.
pub fn line_ridged(x: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut f) = (0.0, 0.5, 0.0, 1.0);
    let mut k = 0;
    while k < octaves {
        let n = line(x * f + k as f32 * 9.7, seed.wrapping_add(k.wrapping_mul(131)));
        let r = 1.0 - (2.0 * n - 1.0).abs();
        sum += weight * r * r.sqrt();
        total += weight;
        weight *= 0.46;
        f *= 2.11;
        k += 1;
    }
    sum / total
}

/// Sum of octaves on the plane, each turned against the last so that the lattice does not show; 0..1.
pub fn fbm(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut total) = (0.0, 0.5, 0.0);
    let (mut x, mut y) = (x, y);
    let mut k = 0;
    while k < octaves {
        sum += weight * plane(x, y, seed.wrapping_add(k.wrapping_mul(977)));
        total += weight;
        weight *= 0.5;
        (x, y) = (1.62 * x + 1.21 * y + 3.7, 1.62 * y - 1.21 * x + 1.9);
        k += 1;
    }
    sum / total
}
