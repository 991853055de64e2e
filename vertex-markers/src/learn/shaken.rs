//! What a camera might make of a copy: turned, nearer or farther, blurred, in another light, noisy.

use std::cell::OnceCell;
use std::f64::consts::PI;
use std::ops::Range;

use crate::gray::GrayImage;
use crate::simd::{self, whole};
use crate::simulate::lens::blurred;
use crate::simulate::random::Random;
use crate::simulate::span::Span;

use super::affine::{Affine, middle};
use super::base::{Base, LANES};
use super::film::Film;
use super::grain::Grain;

/// Octaves by which a view is nearer or farther.
const ZOOM: Range<f64> = -0.2..0.2;
/// Blurs that take turns, in pixels of the copy.
const BLURS: [f64; 3] = [0.0, 0.75, 1.3];
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
    /// Number of the blur.
    blur: usize,
    exposure: Option<Exposure>,
}

/// What a sensor does to levels.
struct Exposure {
    light: Light,
    /// Standard deviation of the noise in grey levels.
    noise: f32,
    /// Seed of the noise.
    seed: u64,
}

/// A light curve: a parabola as near to a gamma curve as three of its points, the ends and the middle, make it.
struct Light {
    offset: f32,
    slope: f32,
    bend: f32,
}

impl Light {
    fn random(random: &mut Random) -> Self {
        let gamma = random.within(&GAMMA);
        let gain = random.within(&GAIN);
        let offset = random.within(&OFFSET) as f32;
        let middle = 4.0 * 0.5_f64.powf(gamma);
        let (slope, bend) = (gain * (middle - 1.0), gain * (2.0 - middle) / 255.0);
        Self { offset, slope: slope as f32, bend: bend as f32 }
    }

    #[inline(always)]
    fn at(&self, level: f32) -> f32 {
        self.offset + level * (self.slope + level * self.bend)
    }
}

impl Shake {
    /// None: an ideal camera straight in front, an evenly grey wall behind.
    pub(super) fn none(surroundings: f32) -> Self {
        Self { turn: 0.0, zoom: 1.0, surroundings, blur: 0, exposure: None }
    }

    /// A different one for every number of a stream.
    pub(super) fn random(stream: u64, number: usize) -> Self {
        let mut random = Random::of([stream, number as u64, 0]);
        Self {
            turn: random.within(&(-PI..PI)),
            zoom: random.within(&ZOOM).exp2(),
            surroundings: random.within(&SURROUNDINGS) as f32,
            blur: number % BLURS.len(),
            exposure: Some(Exposure {
                light: Light::random(&mut random),
                noise: random.within(&NOISE) as f32,
                seed: random.bits(),
            }),
        }
    }
}

/// A copy in every blur, made when it is first looked at.
pub(super) struct Films<'a> {
    copy: &'a GrayImage,
    films: [OnceCell<Film>; BLURS.len()],
}

impl<'a> Films<'a> {
    pub(super) fn of(copy: &'a GrayImage) -> Self {
        Self { copy, films: Default::default() }
    }

    fn film(&self, blur: usize) -> &Film {
        let film = || Film::of(&blurred(self.copy.clone(), BLURS[blur]));
        self.films[blur].get_or_init(film)
    }
}

/// Where a view of a copy stands.
pub(super) struct Shaken<'a> {
    base: &'a Base,
    shake: &'a Shake,
    view_to_base: Affine,
    /// From the view's pixels to those of the keyframe.
    pub(super) to_keyframe: Affine,
}

impl<'a> Shaken<'a> {
    /// Looks at a copy, with `margin` pixels round the picture.
    pub(super) fn of(base: &'a Base, shake: &'a Shake, margin: f32) -> Self {
        let view_to_base = similarity(base, shake, margin);
        let to_keyframe = base.to_keyframe.after(&view_to_base);
        Self { base, shake, view_to_base, to_keyframe }
    }

    /// Fills an image with what is to be seen.
    pub(super) fn draw(&self, films: &Films<'_>, grain: &Grain, image: &mut GrayImage) {
        let (width, height) = size(&self.view_to_base);
        image.reset(width, height);
        let film = films.film(self.shake.blur);
        let mut starts = Random::of([self.shake.exposure.as_ref().map_or(0, |it| it.seed)]);
        for y in 0..height {
            let inside = self.inside(y).columns(width);
            let row = image.row_mut(y);
            row[..inside.start].fill(self.shake.surroundings);
            row[inside.end..].fill(self.shake.surroundings);
            let start = starts.bits() as u16;
            simd::run(
                #[inline(always)]
                || self.fill(film, (grain, start), (inside.start, y), &mut row[inside.clone()]),
            );
        }
    }

    /// The part of a row of the view that shows the picture.
    fn inside(&self, y: usize) -> Span {
        let [a, _, c, _] = self.to_keyframe.matrix.map(f64::from);
        let (x0, y0) = self.to_keyframe.apply((0.0, y as f32));
        let (x0, y0) = (f64::from(x0), f64::from(y0));
        Span::ALL
            .keep(a, x0 + 0.5)
            .keep(-a, self.base.width as f64 - 0.5 - x0)
            .keep(c, y0 + 0.5)
            .keep(-c, self.base.height as f64 - 0.5 - y0)
    }

    /// Fills a row from this place on; its noise begins at a place of the grain.
    #[inline(always)]
    fn fill(
        &self,
        film: &Film,
        (grain, start): (&Grain, u16),
        (x, y): (usize, usize),
        row: &mut [f32],
    ) {
        for (chunk, after) in row.chunks_mut(LANES).zip((0..).step_by(LANES)) {
            let (xs, ys) = self.view_to_base.apply_along::<LANES>(x + after, y);
            let mut levels = film.levels(&xs, &ys);
            if let Some(Exposure { light, noise, .. }) = &self.shake.exposure {
                for (level, grain) in levels.iter_mut().zip(grain.at(start.into(), after)) {
                    let level_and_noise = light.at(*level) + noise * grain;
                    *level = whole(level_and_noise.clamp(0.0, 255.0)) as i32 as f32;
                }
            }
            for (value, level) in chunk.iter_mut().zip(levels) {
                *value = level;
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_shows_the_place_it_maps_to_and_nothing_of_the_picture_beside_it() {
        let ramp = GrayImage::from_fn(160, 90, |x, y| 40.0 + 0.5 * x as f32 + 0.3 * y as f32);
        let base = Base::frontal(&ramp, 1.0).tilted(1, 4);
        let shake = Shake { turn: 0.7, zoom: 1.1, ..Shake::none(7.0) };
        let view = Shaken::of(&base, &shake, 10.0);
        let mut image = GrayImage::default();
        view.draw(&Films::of(&base.image), &Grain::new(), &mut image);
        let (cx, cy) = (image.width() / 2, image.height() / 2);
        for (x, y) in [(cx, cy), (cx + 9, cy - 4), (cx - 7, cy + 12)] {
            let (kx, ky) = view.to_keyframe.apply((x as f32, y as f32));
            let error = image.at(x, y) - (40.0 + 0.5 * kx + 0.3 * ky);
            assert!(error.abs() < 0.6, "{error}");
        }
        assert_eq!(image.at(0, 0), 7.0);
        assert_eq!(image.at(cx, 0), 7.0);
    }

    #[test]
    fn the_light_bends_like_a_gamma_curve() {
        let light = Light::random(&mut Random::of([3]));
        let mut random = Random::of([3]);
        let (gamma, gain) = (random.within(&GAMMA), random.within(&GAIN));
        for level in [0.0, 127.5, 255.0] {
            let curve = 255.0 * gain * (f64::from(level) / 255.0).powf(gamma);
            assert!((f64::from(light.at(level) - light.offset) - curve).abs() < 1e-3);
        }
    }
}
