//! The views a target is judged by.

use std::f64::consts::TAU;

use crate::simulate::{Camera, Light, SplitMix64, View, fitting_share};

use super::ScoreOptions;
use super::nuisance::Nuisance;

/// Number of series.
pub(super) const SERIES: usize = 4;

/// What each series varies.
pub(super) const BY_NUISANCE: [Nuisance; SERIES] =
    [Nuisance::Distance, Nuisance::Tilt, Nuisance::Blur, Nuisance::Light];

const DEGREE: f64 = TAU / 360.0;
/// Shorter side of the target on the screen in the farthest view, in pixels.
const FARTHEST: f64 = 72.0;

/// For each nuisance, views from easy to hard while everything else is mild.
pub(super) fn series(
    camera: &Camera,
    (width, height): (u32, u32),
    options: &ScoreOptions,
) -> [Vec<View>; SERIES] {
    let (width, height) = (f64::from(width), f64::from(height));
    let fitting = fitting_share(camera, width, height);
    let count = options.views.max(2);
    let mut number = 0;
    BY_NUISANCE.map(|nuisance| {
        number += 1;
        let view = |index: usize| {
            let mut random = SplitMix64::of([options.seed, number, index as u64]);
            let mild = mild(camera, fitting, index, &mut random);
            let hardness = (index as f64 + random.unit()) / count as f64;
            match nuisance {
                Nuisance::Distance => {
                    let farthest = FARTHEST / camera.width as f64 * (width / height).max(1.0);
                    let nearness = (farthest / fitting).min(1.0);
                    View { share: fitting * nearness.powf(hardness), ..mild }
                }
                Nuisance::Tilt => View { tilt: (15.0 + 47.0 * hardness) * DEGREE, ..mild },
                Nuisance::Blur => {
                    View { blur: 0.6 + 2.4 * hardness, noise: 1.0 + 4.0 * hardness, ..mild }
                }
                Nuisance::Light => View { light: light(hardness, index), ..mild },
            }
        };
        (0..count).map(view).collect()
    })
}

/// A view as people take it who want the target to be found.
fn mild(camera: &Camera, fitting: f64, index: usize, random: &mut SplitMix64) -> View {
    let near = if index.is_multiple_of(2) { 0.5..0.6 } else { 0.7..0.85 };
    let share = fitting * random.within(&near);
    let (x, y) = camera.center();
    View {
        share,
        tilt: random.within(&(0.0..20.0)) * DEGREE,
        axis: random.within(&(0.0..TAU)),
        roll: random.within(&(-20.0..20.0)) * DEGREE,
        center: (x + random.within(&(-30.0..30.0)), y + random.within(&(-20.0..20.0))),
        blur: random.within(&(0.3..0.9)),
        noise: random.within(&(0.7..2.5)),
        clutter: random.bits(),
        seed: random.bits(),
        ..View::frontal(camera, share)
    }
}

/// Ever darker, or ever more glaring and washed out.
fn light(hardness: f64, index: usize) -> Light {
    if index.is_multiple_of(2) {
        Light { gamma: 1.0 + 0.8 * hardness, gain: 1.0 - 0.75 * hardness, offset: 0.0 }
    } else {
        Light { gamma: 1.0 - 0.5 * hardness, gain: 1.0 - 0.6 * hardness, offset: 110.0 * hardness }
    }
}
