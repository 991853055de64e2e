//! What a camera might make of a copy: turned, nearer or farther, blurred, in another light, noisy.

use std::f64::consts::PI;
use std::ops::Range;

use crate::gray::GrayImage;
use crate::simd;
use crate::simulate::Light;
use crate::simulate::lens::{Exposure, Sensor, lit};
use crate::simulate::random::Random;
use crate::simulate::span::Span;

use super::affine::{Affine, middle};
use super::base::{Base, LANES};

/// Octaves by which a view is nearer or farther.
const ZOOM: Range<f64> = -0.2..0.2;
const BLUR: Range<f64> = 0.0..1.5;
const GAMMA: Range<f64> = 0.7..1.4;
const GAIN: Range<f64> = 0.75..1.15;
const OFFSET: Range<f64> = -12.0..15.0;
const NOISE: Range<f64> = 1.0..6.0;
/// Grey levels of what lies round the picture.
const SURROUNDINGS: Range<f64> = 20.0..230.0;

/// How a copy is looked at.
pub(super) struct Shake {
    /// Radians the picture is turned by.
    pub(super) turn: f64,
    zoom: f64,
    surroundings: f32,
    exposure: Option<Exposure>,
}

impl Shake {
    /// None: an ideal camera straight in front, an evenly grey wall behind.
    pub(super) fn none(surroundings: f32) -> Self {
        Self { turn: 0.0, zoom: 1.0, surroundings, exposure: None }
    }

    /// A different one for every list of keys.
    pub(super) fn random(keys: [u64; 3]) -> Self {
        let mut random = Random::of(keys);
        Self {
            turn: random.within(&(-PI..PI)),
            zoom: random.within(&ZOOM).exp2(),
            surroundings: random.within(&SURROUNDINGS) as f32,
            exposure: Some(Exposure {
                blur: random.within(&BLUR),
                light: Light {
                    gamma: random.within(&GAMMA),
                    gain: random.within(&GAIN),
                    offset: random.within(&OFFSET),
                },
                noise: random.within(&NOISE),
                seed: random.bits(),
            }),
        }
    }
}

/// A view of a copy.
pub(super) struct Shaken {
    pub(super) image: GrayImage,
    /// From the view's pixels to those of the keyframe.
    pub(super) to_keyframe: Affine,
}

impl Shaken {
    /// Looks at a copy, with `margin` pixels round the picture.
    pub(super) fn of(base: &Base, shake: &Shake, margin: f32) -> Self {
        let view_to_base = similarity(base, shake, margin);
        let to_keyframe = base.to_keyframe.after(&view_to_base);
        let (width, height) = size(&view_to_base);
        let lit = shake.exposure.as_ref().map(|exposure| lit(base.image.clone(), exposure));
        let source = lit.as_ref().unwrap_or(&base.image);
        let mut sensor = shake.exposure.as_ref().map(Sensor::of);
        let mut image = GrayImage::blank(width, height);
        for y in 0..height {
            let inside = inside(base, &to_keyframe, y).columns(width);
            let row = image.row_mut(y);
            row.fill(shake.surroundings);
            let row = &mut row[inside.clone()];
            simd::run(
                #[inline(always)]
                || fill(source, &view_to_base, y, inside.start, row),
            );
            if let Some(sensor) = &mut sensor {
                sensor.read(row);
            }
        }
        Self { image, to_keyframe }
    }
}

/// The map from the view to the copy; the middle of its range is the middle of the view.
fn similarity(base: &Base, shake: &Shake, margin: f32) -> Affine {
    let (sin, cos) = (shake.turn.sin() as f32, shake.turn.cos() as f32);
    let zoom = shake.zoom as f32;
    let turned = Affine {
        matrix: [zoom * cos, -zoom * sin, zoom * sin, zoom * cos],
        from: middle(base.image.width(), base.image.height()),
        to: (0.0, 0.0),
    };
    let place = turned.after(&base.to_keyframe.inverse());
    let (right, bottom) = (base.width as f32 - 0.5, base.height as f32 - 0.5);
    let corners = [(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)];
    let reach = corners.map(|corner| place.apply(corner)).into_iter().fold((0.0, 0.0), farther);
    let half = |reach: f32| (reach + margin).ceil();
    Affine { to: (half(reach.0), half(reach.1)), ..turned }.inverse()
}

fn farther(reach: (f32, f32), place: (f32, f32)) -> (f32, f32) {
    (reach.0.max(place.0.abs()), reach.1.max(place.1.abs()))
}

/// Size of the view whose middle a map starts from.
fn size(view_to_base: &Affine) -> (usize, usize) {
    let (x, y) = view_to_base.from;
    (2 * x as usize + 1, 2 * y as usize + 1)
}

/// The part of a row of the view that shows the picture.
fn inside(base: &Base, to_keyframe: &Affine, y: usize) -> Span {
    let [a, _, c, _] = to_keyframe.matrix.map(f64::from);
    let (x0, y0) = to_keyframe.apply((0.0, y as f32));
    let (x0, y0) = (f64::from(x0), f64::from(y0));
    Span::ALL
        .keep(a, x0 + 0.5)
        .keep(-a, base.width as f64 - 0.5 - x0)
        .keep(c, y0 + 0.5)
        .keep(-c, base.height as f64 - 0.5 - y0)
}

#[inline(always)]
fn fill(source: &GrayImage, to_source: &Affine, y: usize, from: usize, row: &mut [f32]) {
    for (chunk, first) in row.chunks_mut(LANES).zip((from..).step_by(LANES)) {
        let (xs, ys) = to_source.apply_along::<LANES>(first, y);
        let levels = source.bilinear(&xs, &ys);
        for (value, level) in chunk.iter_mut().zip(levels) {
            *value = level;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_shows_the_place_it_maps_to_and_nothing_of_the_picture_beside_it() {
        let ramp = GrayImage::from_fn(160, 90, |x, y| 40.0 + 0.5 * x as f32 + 0.3 * y as f32);
        let base = Base::frontal(&ramp, 1.0).tilted(1, 4);
        let shake = Shake { turn: 0.7, zoom: 1.1, surroundings: 7.0, exposure: None };
        let view = Shaken::of(&base, &shake, 10.0);
        let (cx, cy) = (view.image.width() / 2, view.image.height() / 2);
        for (x, y) in [(cx, cy), (cx + 9, cy - 4), (cx - 7, cy + 12)] {
            let (kx, ky) = view.to_keyframe.apply((x as f32, y as f32));
            let error = view.image.at(x, y) - (40.0 + 0.5 * kx + 0.3 * ky);
            assert!(error.abs() < 0.05, "{error}");
        }
        assert_eq!(view.image.at(0, 0), 7.0);
        assert_eq!(view.image.at(cx, 0), 7.0);
    }
}
