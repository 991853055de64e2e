//! Descriptors whose samples are read from the pictures that are as blurred as the samples are wide.

use crate::simd;

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
    place: (f32, f32),
    sigma: f32,
    angle: f32,
) -> Descriptor {
    simd::run(
        #[inline(always)]
        || pack(sampled(octaves, pattern, place, sigma, angle), 0.0),
    )
}

#[inline(always)]
fn sampled(
    octaves: &[Octave],
    pattern: &Pattern,
    (x, y): (f32, f32),
    sigma: f32,
    angle: f32,
) -> [f32; LANES] {
    let (sin, cos) = angle.sin_cos();
    let reach = (REACH * sigma).max(1.0);
    let mut samples = [0.0; LANES];
    for (ring, blur) in BLURS.iter().enumerate() {
        let (octave, picture) = picture_of(blur * reach, octaves.len());
        let image = &octaves[octave].pictures[picture];
        let size = (octave as f32).exp2();
        let places = PER_RING * ring..(PER_RING * (ring + 1)).min(SAMPLES);
        let (mut xs, mut ys) = ([0.0; PER_RING], [0.0; PER_RING]);
        for (lane, place) in places.clone().enumerate() {
            let (px, py) = (pattern.x[place], pattern.y[place]);
            xs[lane] = inside(x + reach * (px * cos - py * sin), size, image.width());
            ys[lane] = inside(y + reach * (px * sin + py * cos), size, image.height());
        }
        let levels = image.bilinear(&xs, &ys);
        samples[places.clone()].copy_from_slice(&levels[..places.len()]);
    }
    samples
}

/// A place of the finest octave in an octave whose pixels are this large, moved to where it has a next pixel.
#[inline(always)]
fn inside(place: f32, size: f32, length: usize) -> f32 {
    (place / size + (0.5 / size - 0.5)).max(0.0).min(length as f32 - 2.0)
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
