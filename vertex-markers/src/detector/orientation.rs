//! The dominant gradient direction round a point.

use std::f32::consts::PI;

use crate::gray::GrayF32;
use crate::simd::{self, whole};

use super::atan2::atan2;

/// Bins of a histogram of directions.
pub(super) const BINS: usize = 36;
/// Squared radius of the surroundings, in octave pixels.
const RADIUS_SQUARED: f32 = 20.25;
const REACH: usize = 4;
/// Side of the square that holds the surroundings.
const SIDE: usize = 2 * REACH + 1;
/// Its pixels, rounded up to whole vectors.
const LANES: usize = (SIDE * SIDE).next_multiple_of(8);
/// The circular filter that smooths the histogram, and how often.
const SMOOTHING: [f32; 2] = [0.274_068_62, 0.451_862_76];
const SMOOTHINGS: usize = 5;

/// Votes for directions by Gaussian weight.
#[derive(Debug)]
pub(super) struct Orientations {
    weights: [f32; LANES],
    /// Places within the radius.
    inside: Vec<usize>,
}

impl Orientations {
    pub(super) fn new() -> Self {
        let mut weights = [0.0; LANES];
        let mut inside = Vec::new();
        for (place, slot) in weights[..SIDE * SIDE].iter_mut().enumerate() {
            if let Some(weight) = weight(place % SIDE, place / SIDE) {
                *slot = weight;
                inside.push(place);
            }
        }
        Self { weights, inside }
    }

    /// Direction in radians of the histogram's peak, refined by a parabola.
    pub(super) fn dominant(&self, image: &GrayF32, x: f32, y: f32) -> f32 {
        simd::run(
            #[inline(always)]
            || {
                let gradients = Gradients::around(image, x as isize, y as isize);
                peak(&smoothed(self.histogram(&gradients)))
            },
        )
    }

    #[inline(always)]
    fn histogram(&self, gradients: &Gradients) -> [f32; BINS] {
        let mut bins = [0; LANES];
        let mut votes = [[0.0; LANES]; 2];
        for place in 0..LANES {
            let (gx, gy) = (gradients.x[place], gradients.y[place]);
            let position = (atan2(gy, gx) + PI) * BINS as f32 * 0.159_154_94;
            let bin = (position - 0.5).floor();
            let share = position - bin - 0.5;
            let magnitude = self.weights[place] * length(gx, gy);
            bins[place] = whole((bin + BINS as f32).max(0.0).min(2.0 * BINS as f32 - 1.0));
            votes[0][place] = (1.0 - share) * magnitude;
            votes[1][place] = share * magnitude;
        }
        let mut histogram = [0.0; BINS];
        for &place in &self.inside {
            let bin = circular(bins[place] as usize);
            histogram[bin] += votes[0][place];
            histogram[circular(bin + 1)] += votes[1][place];
        }
        histogram
    }
}

/// A bin of the histogram, which may be one turn ahead.
#[inline(always)]
pub(super) fn circular(bin: usize) -> usize {
    if bin >= BINS { bin - BINS } else { bin }
}

/// Weight of a pixel of the square, by a Gaussian of three pixels.
fn weight(column: usize, row: usize) -> Option<f32> {
    let squared = |place: usize| place.abs_diff(REACH).pow(2);
    let radius_squared = (squared(column) + squared(row)) as f32;
    (radius_squared <= RADIUS_SQUARED).then(|| exponential(-radius_squared / 18.0))
}

/// The exponential by a Taylor polynomial of the sixth order, as the runtimes compute it.
#[inline(always)]
pub(super) fn exponential(t: f32) -> f32 {
    let polynomial = 720.0 + t * (720.0 + t * (360.0 + t * (120.0 + t * (30.0 + t * (6.0 + t)))));
    polynomial * 0.001_388_888_8
}

/// Differences of the neighbours left and right, above and below, in the square round a point.
struct Gradients {
    x: [f32; LANES],
    y: [f32; LANES],
}

impl Gradients {
    #[inline(always)]
    fn around(image: &GrayF32, x: isize, y: isize) -> Self {
        let patch = patch(image, x, y);
        let mut gradients = Self { x: [0.0; LANES], y: [0.0; LANES] };
        for row in 0..SIDE {
            for column in 0..SIDE {
                let place = row * SIDE + column;
                gradients.x[place] = patch[row + 1][column + 2] - patch[row + 1][column];
                gradients.y[place] = patch[row + 2][column + 1] - patch[row][column + 1];
            }
        }
        gradients
    }
}

/// The square round a point with a border of one pixel, repeated beyond the image's edge.
#[inline(always)]
fn patch(image: &GrayF32, x: isize, y: isize) -> [[f32; SIDE + 2]; SIDE + 2] {
    let reach = REACH as isize + 1;
    let mut patch = [[0.0; SIDE + 2]; SIDE + 2];
    for (row, y) in patch.iter_mut().zip(y - reach..) {
        let whole = usize::try_from(y).ok().filter(|&y| y < image.height()).and_then(|y| {
            let first = usize::try_from(x - reach).ok()?;
            image.row(y).get(first..first + row.len())
        });
        match whole {
            Some(levels) => row.copy_from_slice(levels),
            None => row.iter_mut().zip(x - reach..).for_each(|(v, x)| *v = image.clamped(x, y)),
        }
    }
    patch
}

/// Euclidean length.
#[inline(always)]
pub(super) fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// The histogram smoothed again and again by a circular filter.
#[inline(always)]
pub(super) fn smoothed(mut histogram: [f32; BINS]) -> [f32; BINS] {
    for _ in 0..SMOOTHINGS {
        let mut circle = [0.0; BINS + 2];
        circle[0] = histogram[BINS - 1];
        circle[1..=BINS].copy_from_slice(&histogram);
        circle[BINS + 1] = histogram[0];
        for (value, [before, here, after]) in histogram.iter_mut().zip(circle.array_windows()) {
            *value = SMOOTHING[0] * before + SMOOTHING[1] * here + SMOOTHING[0] * after;
        }
    }
    histogram
}

/// The bins before and after a bin.
pub(super) fn neighbours(histogram: &[f32; BINS], bin: usize) -> (f32, f32) {
    (histogram[(bin + BINS - 1) % BINS], histogram[(bin + 1) % BINS])
}

/// Bins from a bin to the vertex of the parabola through it and its neighbours.
pub(super) fn vertex(histogram: &[f32; BINS], bin: usize) -> f32 {
    let (before, after) = neighbours(histogram, bin);
    let curvature = before - 2.0 * histogram[bin] + after;
    if curvature == 0.0 { 0.0 } else { 0.5 * (before - after) / curvature }
}

/// The greatest value, in lanes.
#[inline(always)]
fn highest(histogram: &[f32; BINS]) -> f32 {
    const LANES: usize = BINS / 3;
    let greater = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for bins in histogram.as_chunks::<LANES>().0 {
        for (lane, &bin) in lanes.iter_mut().zip(bins) {
            *lane = greater(*lane, bin);
        }
    }
    lanes.into_iter().fold(f32::NEG_INFINITY, greater)
}

#[inline(always)]
fn peak(histogram: &[f32; BINS]) -> f32 {
    let highest = highest(histogram);
    let top = histogram.iter().position(|&height| height == highest).unwrap_or_default();
    2.0 * PI * (top as f32 + vertex(histogram, top) + 0.5) / BINS as f32 - PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_points_uphill() {
        for degrees in [-170.0_f32, -90.0, -33.0, 0.0, 12.0, 90.0, 151.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let slope = GrayF32::from_fn(32, 32, |x, y| x as f32 * cos + y as f32 * sin);
            let angle = Orientations::new().dominant(&slope, 16.0, 16.0);
            let error = (angle - degrees.to_radians() + 3.0 * PI).rem_euclid(2.0 * PI) - PI;
            assert!(error.abs() < 0.02, "{degrees}: {}", angle.to_degrees());
        }
    }
}
