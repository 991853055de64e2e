//! Keypoints of the picture as seen from the side.
//!
//! The runtime's descriptors stand about 30 degrees of tilt. Keypoints found in foreshortened copies, but
//! placed where they lie on the frontal one, let it find the picture from steeper angles too.

use std::f32::consts::PI;

use crate::detector::{Keypoint, detect};
use crate::gray::GrayImage;
use crate::simd;

/// Directions of foreshortening, evenly spread over half a turn.
pub(super) const DIRECTIONS: u16 = 4;
/// How much shorter the copy is along its direction: a tilt of 54 degrees.
const FACTOR: f32 = 1.7;
/// Source samples averaged for a pixel of the copy, along the direction.
const SAMPLES: u16 = 5;
/// Pixels of the copy made together.
const LANES: usize = 16;
/// Keypoints nearer to the picture's edge than this many of their own pixels describe what lies around it.
const EDGE: f32 = 3.0;

/// Finds keypoints on a copy of `image` foreshortened in one of the [`DIRECTIONS`].
///
/// Positions are those on `image` itself.
pub(super) fn detect_tilted(image: &GrayImage, direction: u16) -> Vec<Keypoint> {
    let tilt = Tilt::new(image, PI * f32::from(direction) / f32::from(DIRECTIONS));
    let (width, height) = (image.width() as f32, image.height() as f32);
    let inside = |point: &Keypoint| {
        let edge = EDGE * point.scale;
        point.x > edge && point.y > edge && point.x < width - edge && point.y < height - edge
    };
    detect(&tilt.copy(image))
        .into_iter()
        .map(|mut point| {
            (point.x, point.y) = tilt.back(point.x, point.y);
            point
        })
        .filter(inside)
        .collect()
}

/// The map between an image and its foreshortened copy, centre on centre.
struct Tilt {
    direction: (f32, f32),
    width: usize,
    height: usize,
    center: (f32, f32),
    copy_center: (f32, f32),
}

impl Tilt {
    fn new(image: &GrayImage, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let direction = (cos, sin);
        let (right, down) = (
            stretch(direction, 1.0 / FACTOR, (image.width() as f32, 0.0)),
            stretch(direction, 1.0 / FACTOR, (0.0, image.height() as f32)),
        );
        let width = (right.0.abs() + down.0.abs()).ceil();
        let height = (right.1.abs() + down.1.abs()).ceil();
        let middle = |length: f32| (length - 1.0) / 2.0;
        Self {
            direction,
            width: width as usize,
            height: height as usize,
            center: (middle(image.width() as f32), middle(image.height() as f32)),
            copy_center: (middle(width), middle(height)),
        }
    }

    /// Where a place of the copy lies on the image.
    #[inline(always)]
    fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let from_center = (x - self.copy_center.0, y - self.copy_center.1);
        let (dx, dy) = stretch(self.direction, FACTOR, from_center);
        (self.center.0 + dx, self.center.1 + dy)
    }

    /// The foreshortened copy; round the picture it is evenly grey.
    fn copy(&self, image: &GrayImage) -> GrayImage {
        let mean = image.data().iter().sum::<f32>() / image.data().len().max(1) as f32;
        let mut copy = GrayImage::blank(self.width, self.height);
        for y in 0..self.height {
            simd::run(
                #[inline(always)]
                || self.fill_row(image, mean, y, copy.row_mut(y)),
            );
        }
        copy
    }

    #[inline(always)]
    fn fill_row(&self, image: &GrayImage, mean: f32, y: usize, row: &mut [f32]) {
        for (chunk, first) in row.chunks_mut(LANES).zip((0..).step_by(LANES)) {
            let (mut xs, mut ys) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                (xs[lane], ys[lane]) = self.back((first + lane) as f32, y as f32);
            }
            let mut sums = [0.0; LANES];
            for sample in 0..SAMPLES {
                let along = (f32::from(sample) + 0.5) / f32::from(SAMPLES) - 0.5;
                let offset = along * FACTOR;
                let x = xs.map(|x| x + offset * self.direction.0);
                let y = ys.map(|y| y + offset * self.direction.1);
                let levels = levels(image, mean, &x, &y);
                for lane in 0..LANES {
                    sums[lane] += levels[lane];
                }
            }
            for (value, sum) in chunk.iter_mut().zip(sums) {
                *value = sum / f32::from(SAMPLES);
            }
        }
    }
}

/// The levels at places of an image, the mean outside of it.
#[inline(always)]
fn levels(image: &GrayImage, mean: f32, x: &[f32; LANES], y: &[f32; LANES]) -> [f32; LANES] {
    let (right, bottom) = (image.width() as f32 - 0.5, image.height() as f32 - 0.5);
    let mut levels = image.bilinear(x, y);
    for lane in 0..LANES {
        let (x, y) = (x[lane], y[lane]);
        let inside = (x >= -0.5) & (y >= -0.5) & (x <= right) & (y <= bottom);
        levels[lane] = if inside { levels[lane] } else { mean };
    }
    levels
}

/// Stretches a vector along a unit direction.
#[inline(always)]
fn stretch(direction: (f32, f32), factor: f32, vector: (f32, f32)) -> (f32, f32) {
    let along = direction.0 * vector.0 + direction.1 * vector.1;
    let add = (factor - 1.0) * along;
    (vector.0 + add * direction.0, vector.1 + add * direction.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_copy_shows_the_place_it_maps_back_to() {
        let ramp = GrayImage::from_fn(200, 120, |x, y| x as f32 + 0.3 * y as f32);
        for direction in 0..DIRECTIONS {
            let angle = PI * f32::from(direction) / f32::from(DIRECTIONS);
            let tilt = Tilt::new(&ramp, angle);
            let copy = tilt.copy(&ramp);
            let (cx, cy) = (copy.width() / 2, copy.height() / 2);
            for (x, y) in [(cx, cy), (cx - 15, cy + 8), (cx + 20, cy - 5)] {
                let (fx, fy) = tilt.back(x as f32, y as f32);
                let error = copy.at(x, y) - (fx + 0.3 * fy);
                assert!(error.abs() < 0.01, "{direction}: {error}");
            }
        }
    }

    #[test]
    fn the_copy_is_shorter_along_the_direction() {
        let tilt = Tilt::new(&GrayImage::blank(170, 100), 0.0);
        assert_eq!((tilt.width, tilt.height), (100, 100));
    }
}
