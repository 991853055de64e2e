//! Descriptors whose samples are read from the pictures that are as blurred as the samples are wide.

use crate::gray::GrayImage;

use super::super::descriptor::{Descriptor, LANES, Pattern, SAMPLES, pack};
use super::extrema::STEP;
use super::pyramid::{Octave, PICTURES};

/// Radius of the outermost ring per blur of the point.
const REACH: f32 = 7.0;
/// Blur of the samples of each ring per radius of the outermost one, from the outside in, and of the centre.
const BLURS: [f32; 7] = [0.55, 0.475, 0.4, 0.325, 0.25, 0.175, 0.1];
const PER_RING: usize = 6;

/// Describes the surroundings of a point, turned by `angle`; all in pixels of the finest octave.
pub(super) fn describe(
    octaves: &[Octave],
    pattern: &Pattern,
    (x, y): (f32, f32),
    sigma: f32,
    angle: f32,
) -> Descriptor {
    let (sin, cos) = angle.sin_cos();
    let reach = (REACH * sigma).max(1.0);
    let mut samples = [0.0; LANES];
    for (ring, places) in (0..SAMPLES).collect::<Vec<_>>().chunks(PER_RING).enumerate() {
        let (octave, picture) = picture_of(BLURS[ring] * reach, octaves.len());
        let image = &octaves[octave].pictures[picture];
        let size = (octave as f32).exp2();
        for &place in places {
            let (px, py) = (pattern.x[place], pattern.y[place]);
            let sample_x = x + reach * (px * cos - py * sin);
            let sample_y = y + reach * (px * sin + py * cos);
            let inside = |place: f32| place / size + (0.5 / size - 0.5);
            samples[place] = level(image, inside(sample_x), inside(sample_y));
        }
    }
    pack(samples, 0.0)
}

/// The picture that is as blurred as this, in pixels of the finest octave: its octave and its number in it.
fn picture_of(blur: f32, octaves: usize) -> (usize, usize) {
    let octave = blur.log2().floor();
    let number = ((blur / octave.exp2()).ln() / STEP.ln()).round() as usize;
    let (octave, number) =
        if number == PICTURES - 1 { (octave + 1.0, 0) } else { (octave, number) };
    if octave < 0.0 {
        (0, 0)
    } else if octave >= octaves as f32 {
        (octaves - 1, PICTURES - 1)
    } else {
        (octave as usize, number)
    }
}

/// The level between four pixels, the place moved into the image.
#[inline]
fn level(image: &GrayImage, x: f32, y: f32) -> f32 {
    let inside = |place: f32, length: usize| place.max(0.0).min(length as f32 - 2.0);
    let (x, y) = (inside(x, image.width()), inside(y, image.height()));
    let (left, top) = (x as usize, y as usize);
    let (right, below) = (x - left as f32, y - top as f32);
    let (upper, lower) = (image.row(top), image.row(top + 1));
    (1.0 - right) * (1.0 - below) * upper[left]
        + right * (1.0 - below) * upper[left + 1]
        + (1.0 - right) * below * lower[left]
        + right * below * lower[left + 1]
}
