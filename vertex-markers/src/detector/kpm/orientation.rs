//! The dominant gradient directions round a point.

use std::f32::consts::{PI, TAU};

use crate::gray::GrayF32;
use crate::simd::{self, whole};

use super::super::atan2::atan2;
use super::super::orientation::{
    BINS, circular, exponential, length, neighbours, smoothed, vertex,
};

/// Blur of the surroundings per blur of the point.
const SPREAD: f32 = 3.0;
/// Radius of the surroundings per their blur.
const RADIUS: f32 = 1.5;
/// Side of the largest square that holds the surroundings.
const SIDE: usize = 19;
/// Pixels of a row of them, rounded up to whole vectors.
const LANES: usize = SIDE.next_multiple_of(8);
/// Least height of a peak per height of the highest one.
const PEAK: f32 = 0.8;

/// Directions from 0 to 2 pi, half a turn from uphill, of every peak of the histogram round a point.
///
/// The point and its blur are in pixels of the image.
pub(super) fn dominant(image: &GrayF32, x: f32, y: f32, sigma: f32) -> impl Iterator<Item = f32> {
    let histogram = simd::run(
        #[inline(always)]
        || smoothed(histogram(image, x, y, sigma)),
    );
    let highest = histogram.iter().copied().fold(0.0, f32::max);
    (0..BINS).filter_map(move |bin| {
        let (before, after) = neighbours(&histogram, bin);
        let height = histogram[bin];
        let peak = height > PEAK * highest && height > before && height > after;
        peak.then(|| {
            let turns = (bin as f32 + vertex(&histogram, bin) + 0.5 + BINS as f32) / BINS as f32;
            (TAU * turns) % TAU
        })
    })
}

#[inline(always)]
fn histogram(image: &GrayF32, x: f32, y: f32, sigma: f32) -> [f32; BINS] {
    let blur = (SPREAD * sigma).max(1.0);
    let reach = (RADIUS * blur).min((SIDE / 2) as f32);
    let limit = (reach * reach).ceil();
    let columns = window(x, reach, image.width());
    let mut histogram = [0.0; BINS];
    for row in window(y, reach, image.height()) {
        let dy = row as f32 - y;
        let gradients = Gradients::along(image, row, columns.clone());
        let mut bins = [0; LANES];
        let mut votes = [[0.0; LANES]; 2];
        for lane in 0..LANES {
            let dx = (columns.start + lane) as f32 - x;
            let distance = dx * dx + dy * dy;
            let weight = exponential(-distance / (2.0 * blur * blur));
            let weight = if distance <= limit { weight } else { 0.0 };
            let (gx, gy) = (gradients.x[lane], gradients.y[lane]);
            let magnitude = weight * length(gx, gy);
            let position = (atan2(gy, gx) + PI) * (BINS as f32 / TAU);
            let bin = (position - 0.5).floor();
            let share = position - bin - 0.5;
            bins[lane] = whole((bin + BINS as f32).max(0.0).min(2.0 * BINS as f32 - 1.0));
            votes[0][lane] = (1.0 - share) * magnitude;
            votes[1][lane] = share * magnitude;
        }
        for lane in 0..columns.len().min(LANES) {
            let bin = circular(bins[lane] as usize);
            histogram[bin] += votes[0][lane];
            histogram[circular(bin + 1)] += votes[1][lane];
        }
    }
    histogram
}

/// The pixels round a place, as far as they are in the image.
#[inline(always)]
fn window(place: f32, reach: f32, length: usize) -> std::ops::Range<usize> {
    let (middle, reach) = ((place + 0.5) as usize, reach.round() as usize);
    let end = (middle + reach + 1).min(length);
    middle.saturating_sub(reach).min(end)..end
}

/// Differences of the neighbours left and right, above and below; beyond the border, of the pixel itself.
struct Gradients {
    x: [f32; LANES],
    y: [f32; LANES],
}

impl Gradients {
    #[inline(always)]
    fn along(image: &GrayF32, row: usize, columns: std::ops::Range<usize>) -> Self {
        let mut gradients = Self { x: [0.0; LANES], y: [0.0; LANES] };
        let (right, below) = (image.width() - 1, (row + 1).min(image.height() - 1));
        let (above, here, below) =
            (image.row(row.saturating_sub(1)), image.row(row), image.row(below));
        for (lane, x) in columns.take(LANES).enumerate() {
            gradients.x[lane] = here[(x + 1).min(right)] - here[x.saturating_sub(1)];
            gradients.y[lane] = below[x] - above[x];
        }
        gradients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_points_away_from_uphill() {
        for degrees in [12.0_f32, 93.0, 147.0, 222.0, 304.0, 359.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let slope = GrayF32::from_fn(40, 40, |x, y| x as f32 * cos + y as f32 * sin);
            let angles: Vec<f32> = dominant(&slope, 20.0, 20.0, 1.5).collect();
            let [angle] = angles[..] else { panic!("{degrees}: {angles:?}") };
            let error = (angle - degrees.to_radians() + 4.0 * PI) % TAU - PI;
            assert!(error.abs() < 0.02, "{degrees}: {}", angle.to_degrees());
        }
    }

    #[test]
    fn a_point_in_the_corner_is_harmless() {
        let image = GrayF32::from_fn(9, 8, |x, y| (x * y) as f32);
        assert!(dominant(&image, 0.0, 7.9, 2.0).count() < BINS);
    }
}
