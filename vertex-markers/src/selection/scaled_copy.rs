//! Scaled copies of a picture, straight on or foreshortened.

use std::f32::consts::PI;
use std::sync::OnceLock;

use crate::gray::{GrayF32, Sampling, resample};
use crate::simd;

use super::affine::{Affine, middle};
use super::texture::BilinearTexture;

/// How much shorter a foreshortened copy is along its direction: a tilt of 54 degrees.
const FACTOR: f32 = 1.7;
/// Source samples averaged for a pixel of a foreshortened copy, along the direction.
const SAMPLES: u16 = 2;
/// Pixels filled together.
pub(super) const LANES: usize = 16;

/// A copy of the picture.
pub(super) struct ScaledCopy {
    pub(super) image: GrayF32,
    /// From the copy's pixels to those of the keyframe, which is seen straight on.
    pub(super) to_keyframe: Affine,
    /// Size of the keyframe in pixels.
    pub(super) width: usize,
    pub(super) height: usize,
    /// What foreshortened copies are made from, once there is one.
    texture: OnceLock<BilinearTexture>,
}

impl ScaledCopy {
    fn of(image: GrayF32, to_keyframe: Affine) -> Self {
        let (width, height) = (image.width(), image.height());
        Self { image, to_keyframe, width, height, texture: OnceLock::new() }
    }

    /// The picture straight on, at this scale of its working copy.
    pub(super) fn frontal(source: &GrayF32, scale: f64) -> Self {
        let side = |length: usize| (length as f64 * scale).round().max(1.0) as usize;
        let (width, height) = (side(source.width()), side(source.height()));
        let image = resample(source, width, height, Sampling { scale, origin: 0.0 });
        let center = middle(width, height);
        let to_keyframe = Affine { matrix: [1.0, 0.0, 0.0, 1.0], from: center, to: center };
        Self::of(image, to_keyframe)
    }

    /// The same picture foreshortened in one of `directions` directions, evenly spread over half a turn.
    ///
    /// Beyond the picture's edges its last pixels go on.
    pub(super) fn tilted(&self, direction: u16, directions: u16) -> Self {
        let (sin, cos) = (PI * f32::from(direction) / f32::from(directions)).sin_cos();
        let shrink = stretching((cos, sin), 1.0 / FACTOR);
        let extent = |a: f32, b: f32| a.abs() * self.width as f32 + b.abs() * self.height as f32;
        let width = extent(shrink[0], shrink[1]).ceil() as usize;
        let height = extent(shrink[2], shrink[3]).ceil() as usize;
        let to_keyframe = Affine {
            matrix: stretching((cos, sin), FACTOR),
            from: middle(width, height),
            to: middle(self.width, self.height),
        };
        let texture = self.texture.get_or_init(|| BilinearTexture::of(&self.image));
        let mut image = GrayF32::blank(width, height);
        for y in 0..height {
            simd::run(
                #[inline(always)]
                || fill_row(texture, &to_keyframe, (cos, sin), y, image.row_mut(y)),
            );
        }
        Self { width: self.width, height: self.height, ..Self::of(image, to_keyframe) }
    }
}

#[inline(always)]
fn fill_row(
    source: &BilinearTexture,
    to_source: &Affine,
    direction: (f32, f32),
    y: usize,
    row: &mut [f32],
) {
    for (chunk, first) in row.chunks_mut(LANES).zip((0..).step_by(LANES)) {
        let (xs, ys): ([f32; LANES], [f32; LANES]) = to_source.apply_along(first, y);
        let mut sums = [0.0; LANES];
        for sample in 0..SAMPLES {
            let offset = FACTOR * ((f32::from(sample) + 0.5) / f32::from(SAMPLES) - 0.5);
            let x = xs.map(|x| x + offset * direction.0);
            let y = ys.map(|y| y + offset * direction.1);
            let levels = source.levels(&x, &y);
            for lane in 0..LANES {
                sums[lane] += levels[lane];
            }
        }
        for (value, sum) in chunk.iter_mut().zip(sums) {
            *value = sum / f32::from(SAMPLES);
        }
    }
}

/// The matrix that stretches along a unit direction.
fn stretching((x, y): (f32, f32), factor: f32) -> [f32; 4] {
    let more = factor - 1.0;
    [1.0 + more * x * x, more * x * y, more * x * y, 1.0 + more * y * y]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_copy_shows_the_place_it_maps_to() {
        let ramp = GrayF32::from_fn(130, 110, |x, y| (x + y) as f32);
        let frontal = ScaledCopy::frontal(&ramp, 1.0);
        for direction in 0..4 {
            let tilted = frontal.tilted(direction, 4);
            let (cx, cy) = (tilted.image.width() / 2, tilted.image.height() / 2);
            for (x, y) in [(cx, cy), (cx - 15, cy + 8), (cx + 20, cy - 5)] {
                let (fx, fy) = tilted.to_keyframe.apply((x as f32, y as f32));
                let error = tilted.image.at(x, y) - (fx + fy);
                assert!(error.abs() < 0.01, "{direction}: {error}");
            }
        }
    }

    #[test]
    fn the_copy_is_shorter_along_the_direction() {
        let copy = ScaledCopy::frontal(&GrayF32::blank(170, 100), 1.0).tilted(0, 4);
        assert_eq!((copy.image.width(), copy.image.height()), (100, 100));
        assert_eq!((copy.width, copy.height), (170, 100));
    }
}
