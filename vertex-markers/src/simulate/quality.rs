//! What cameras do to the light.

use std::ops::Range;

use super::exposure::Light;
use super::split_mix::SplitMix64;
use super::view::View;

/// Deviation of luma when the noise of each channel is independent and of deviation 1.
const LUMA_NOISE: f64 = 0.668;

/// What a camera may do to the light.
pub(super) struct Quality {
    pub(super) blur: Range<f64>,
    pub(super) gamma: Range<f64>,
    pub(super) gain: Range<f64>,
    pub(super) offset: Range<f64>,
    pub(super) noise: Range<f64>,
}

impl Quality {
    pub(super) fn apply(&self, view: View, random: &mut SplitMix64) -> View {
        View {
            blur: random.within(&self.blur),
            light: Light {
                gamma: random.within(&self.gamma),
                gain: random.within(&self.gain),
                offset: random.within(&self.offset),
            },
            noise: LUMA_NOISE * random.within(&self.noise),
            ..view
        }
    }
}
