//! Synthesised views of a copy: turned, nearer or farther, blurred, in another light, noisy.

use std::cell::OnceCell;
use std::f64::consts::PI;
use std::ops::Range;

use crate::gray::GrayF32;
use crate::simd::{self, whole};
use crate::simulate::lens::blurred;
use crate::simulate::span::Span;
use crate::simulate::split_mix::SplitMix64;

use super::affine::{Affine, middle};
use super::scaled_copy::{LANES, ScaledCopy};
use super::sensor_noise::SensorNoise;
use super::texture::BilinearTexture;

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

/// The random pose and imaging conditions of a view.
pub(super) struct RandomView {
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
    fn random(random: &mut SplitMix64) -> Self {
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

impl RandomView {
    /// The ideal view: straight in front, no blur or noise, an evenly grey wall behind.
    pub(super) fn ideal(surroundings: f32) -> Self {
        Self { turn: 0.0, zoom: 1.0, surroundings, blur: 0, exposure: None }
    }

    /// A different one for every number of a stream.
    pub(super) fn random(stream: u64, number: usize) -> Self {
        let mut random = SplitMix64::of([stream, number as u64, 0]);
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

/// A copy in every blur, each made when a view first needs it.
pub(super) struct BlurredTextures<'a> {
    copy: &'a GrayF32,
    textures: [OnceCell<BilinearTexture>; BLURS.len()],
}

impl<'a> BlurredTextures<'a> {
    pub(super) fn of(copy: &'a GrayF32) -> Self {
        Self { copy, textures: Default::default() }
    }

    fn texture(&self, blur: usize) -> &BilinearTexture {
        let texture = || BilinearTexture::of(&blurred(self.copy.clone(), BLURS[blur]));
        self.textures[blur].get_or_init(texture)
    }
}

/// A view of a copy, and the maps between their pixels.
pub(super) struct WarpedView<'a> {
    scaled_copy: &'a ScaledCopy,
    random_view: &'a RandomView,
    view_to_copy: Affine,
    /// From the view's pixels to those of the keyframe.
    pub(super) to_keyframe: Affine,
}

impl<'a> WarpedView<'a> {
    /// Views at a copy, with `margin` pixels round the picture.
    pub(super) fn of(
        scaled_copy: &'a ScaledCopy,
        random_view: &'a RandomView,
        margin: f32,
    ) -> Self {
        let view_to_copy = similarity(scaled_copy, random_view, margin);
        let to_keyframe = scaled_copy.to_keyframe.after(&view_to_copy);
        Self { scaled_copy, random_view, view_to_copy, to_keyframe }
    }

    /// Renders the view into an image.
    pub(super) fn draw(
        &self,
        textures: &BlurredTextures<'_>,
        sensor_noise: &SensorNoise,
        image: &mut GrayF32,
    ) {
        let (width, height) = size(&self.view_to_copy);
        image.reset(width, height);
        let texture = textures.texture(self.random_view.blur);
        let mut starts =
            SplitMix64::of([self.random_view.exposure.as_ref().map_or(0, |it| it.seed)]);
        for y in 0..height {
            let inside = self.inside(y).columns(width);
            let row = image.row_mut(y);
            row[..inside.start].fill(self.random_view.surroundings);
            row[inside.end..].fill(self.random_view.surroundings);
            let start = starts.bits() as u16;
            simd::run(
                #[inline(always)]
                || {
                    self.fill(
                        texture,
                        (sensor_noise, start),
                        (inside.start, y),
                        &mut row[inside.clone()],
                    )
                },
            );
        }
    }

    /// The viewpoint of a row of the view that shows the picture.
    fn inside(&self, y: usize) -> Span {
        let [a, _, c, _] = self.to_keyframe.matrix.map(f64::from);
        let (x0, y0) = self.to_keyframe.apply((0.0, y as f32));
        let (x0, y0) = (f64::from(x0), f64::from(y0));
        Span::ALL
            .keep(a, x0 + 0.5)
            .keep(-a, self.scaled_copy.width as f64 - 0.5 - x0)
            .keep(c, y0 + 0.5)
            .keep(-c, self.scaled_copy.height as f64 - 0.5 - y0)
    }

    /// Fills a row from this place on; its noise begins at a place of the sensor_noise.
    #[inline(always)]
    fn fill(
        &self,
        texture: &BilinearTexture,
        (sensor_noise, start): (&SensorNoise, u16),
        (x, y): (usize, usize),
        row: &mut [f32],
    ) {
        for (chunk, after) in row.chunks_mut(LANES).zip((0..).step_by(LANES)) {
            let (xs, ys) = self.view_to_copy.apply_along::<LANES>(x + after, y);
            let mut levels = texture.levels(&xs, &ys);
            if let Some(Exposure { light, noise, .. }) = &self.random_view.exposure {
                for (level, sensor_noise) in
                    levels.iter_mut().zip(sensor_noise.at(start.into(), after))
                {
                    let level_and_noise = light.at(*level) + noise * sensor_noise;
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
fn similarity(scaled_copy: &ScaledCopy, random_view: &RandomView, margin: f32) -> Affine {
    let (sin, cos) = (random_view.turn.sin() as f32, random_view.turn.cos() as f32);
    let zoom = random_view.zoom as f32;
    let turned = Affine {
        matrix: [zoom * cos, -zoom * sin, zoom * sin, zoom * cos],
        from: middle(scaled_copy.image.width(), scaled_copy.image.height()),
        to: (0.0, 0.0),
    };
    let place = turned.after(&scaled_copy.to_keyframe.inverse());
    let (right, bottom) = (scaled_copy.width as f32 - 0.5, scaled_copy.height as f32 - 0.5);
    let corners = [(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)];
    let reach = corners.map(|corner| place.apply(corner)).into_iter().fold((0.0, 0.0), farther);
    let half = |reach: f32| (reach + margin).ceil();
    Affine { to: (half(reach.0), half(reach.1)), ..turned }.inverse()
}

fn farther(reach: (f32, f32), place: (f32, f32)) -> (f32, f32) {
    (reach.0.max(place.0.abs()), reach.1.max(place.1.abs()))
}

/// Size of the view whose middle a map starts from.
fn size(view_to_copy: &Affine) -> (usize, usize) {
    let (x, y) = view_to_copy.from;
    (2 * x as usize + 1, 2 * y as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_shows_the_place_it_maps_to_and_nothing_of_the_picture_beside_it() {
        let ramp = GrayF32::from_fn(160, 90, |x, y| 40.0 + 0.5 * x as f32 + 0.3 * y as f32);
        let scaled_copy = ScaledCopy::frontal(&ramp, 1.0).tilted(1, 4);
        let random_view = RandomView { turn: 0.7, zoom: 1.1, ..RandomView::ideal(7.0) };
        let view = WarpedView::of(&scaled_copy, &random_view, 10.0);
        let mut image = GrayF32::default();
        view.draw(&BlurredTextures::of(&scaled_copy.image), &SensorNoise::new(), &mut image);
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
        let light = Light::random(&mut SplitMix64::of([3]));
        let mut random = SplitMix64::of([3]);
        let (gamma, gain) = (random.within(&GAMMA), random.within(&GAIN));
        for level in [0.0, 127.5, 255.0] {
            let curve = 255.0 * gain * (f64::from(level) / 255.0).powf(gamma);
            assert!((f64::from(light.at(level) - light.offset) - curve).abs() < 1e-3);
        }
    }
}
