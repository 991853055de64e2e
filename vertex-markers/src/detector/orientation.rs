//! The dominant gradient direction round a point.

use std::f32::consts::PI;

use crate::gray::GrayImage;

const BINS: usize = 36;
/// Squared radius of the surroundings, in octave pixels.
const RADIUS_SQUARED: f32 = 20.25;
const REACH: isize = 4;
/// The circular filter that smooths the histogram, and how often.
const SMOOTHING: [f32; 2] = [0.274_068_62, 0.451_862_76];
const SMOOTHINGS: usize = 5;

/// Offsets within the radius and their Gaussian weights.
#[derive(Debug)]
pub(super) struct Orientations {
    offsets: Vec<(isize, isize, f32)>,
}

impl Orientations {
    pub(super) fn new() -> Self {
        let span = || -REACH..=REACH;
        let offsets = span()
            .flat_map(|dy| span().map(move |dx| (dx, dy)))
            .filter_map(|(dx, dy)| weight(dx, dy).map(|weight| (dx, dy, weight)))
            .collect();
        Self { offsets }
    }

    /// Direction in radians of the histogram's peak, refined by a parabola.
    pub(super) fn dominant(&self, image: &GrayImage, x: f32, y: f32) -> f32 {
        let (x, y) = (x as isize, y as isize);
        let mut histogram = [0.0; BINS];
        for &(dx, dy, weight) in &self.offsets {
            let (x, y) = (x + dx, y + dy);
            let gx = image.clamped(x + 1, y) - image.clamped(x - 1, y);
            let gy = image.clamped(x, y + 1) - image.clamped(x, y - 1);
            vote(&mut histogram, gx, gy, weight);
        }
        for _ in 0..SMOOTHINGS {
            histogram = smoothed(&histogram);
        }
        peak(&histogram)
    }
}

/// Gaussian weight by a Taylor polynomial of the sixth order, as the runtime computes it.
fn weight(dx: isize, dy: isize) -> Option<f32> {
    let radius_squared = (dx * dx + dy * dy) as f32;
    let t = -radius_squared / 18.0;
    let polynomial = 720.0 + t * (720.0 + t * (360.0 + t * (120.0 + t * (30.0 + t * (6.0 + t)))));
    (radius_squared <= RADIUS_SQUARED).then_some(polynomial * 0.001_388_888_8)
}

fn vote(histogram: &mut [f32; BINS], gx: f32, gy: f32, weight: f32) {
    let position = (gy.atan2(gx) + PI) * BINS as f32 * 0.159_154_94;
    let bin = (position - 0.5).floor();
    let share = position - bin - 0.5;
    let magnitude = weight * gx.hypot(gy);
    let first = (bin as isize + BINS as isize) as usize;
    histogram[first % BINS] += (1.0 - share) * magnitude;
    histogram[(first + 1) % BINS] += share * magnitude;
}

fn smoothed(histogram: &[f32; BINS]) -> [f32; BINS] {
    std::array::from_fn(|bin| {
        let (before, after) = neighbours(histogram, bin);
        SMOOTHING[0] * before + SMOOTHING[1] * histogram[bin] + SMOOTHING[0] * after
    })
}

fn neighbours(histogram: &[f32; BINS], bin: usize) -> (f32, f32) {
    (histogram[(bin + BINS - 1) % BINS], histogram[(bin + 1) % BINS])
}

fn peak(histogram: &[f32; BINS]) -> f32 {
    let mut top = 0;
    for bin in 1..BINS {
        if histogram[bin] > histogram[top] {
            top = bin;
        }
    }
    let (before, after) = neighbours(histogram, top);
    let curvature = before - 2.0 * histogram[top] + after;
    let vertex = if curvature == 0.0 { 0.0 } else { 0.5 * (before - after) / curvature };
    2.0 * PI * (top as f32 + vertex + 0.5) / BINS as f32 - PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_points_uphill() {
        for degrees in [-170.0_f32, -90.0, -33.0, 0.0, 12.0, 90.0, 151.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let slope = GrayImage::from_fn(32, 32, |x, y| x as f32 * cos + y as f32 * sin);
            let angle = Orientations::new().dominant(&slope, 16.0, 16.0);
            let error = (angle - degrees.to_radians() + 3.0 * PI).rem_euclid(2.0 * PI) - PI;
            assert!(error.abs() < 0.02, "{degrees}: {}", angle.to_degrees());
        }
    }
}
