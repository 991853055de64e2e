//! The noise of a camera's sensor.

use crate::simulate::split_mix::SplitMix64;

use super::scaled_copy::LANES;

/// Levels of noise before they come again.
const PERIOD: usize = 4096;
/// Mean and standard deviation of a sum of four random bytes.
const BYTES_MEAN: f32 = 510.0;
const BYTES_DEVIATION: f32 = 147.8;

/// Nearly normal noise of deviation 1: sums of four random bytes, drawn once for all views.
pub(super) struct SensorNoise(Vec<f32>);

impl SensorNoise {
    pub(super) fn new() -> Self {
        let mut random = SplitMix64::of([0]);
        let sum = |bits: u64| (0..4).map(|byte| (bits >> (8 * byte) & 0xff) as u16).sum::<u16>();
        let level = |bits| (f32::from(sum(bits)) - BYTES_MEAN) / BYTES_DEVIATION;
        let levels: Vec<f32> = (0..PERIOD).map(|_| level(random.bits())).collect();
        Self(levels.iter().copied().cycle().take(PERIOD + LANES).collect())
    }

    /// The noise of a few pixels, so many after a random start.
    #[inline(always)]
    pub(super) fn at(&self, start: usize, after: usize) -> &[f32] {
        &self.0[(start + after) % PERIOD..][..LANES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_mean_0_and_deviation_1() {
        let sensor_noise = SensorNoise::new();
        let noise = &sensor_noise.0[..PERIOD];
        let mean = noise.iter().sum::<f32>() / PERIOD as f32;
        let square = noise.iter().map(|level| (level - mean).powi(2)).sum::<f32>() / PERIOD as f32;
        assert!(mean.abs() < 0.05 && (square.sqrt() - 1.0).abs() < 0.05, "{mean} {square}");
        assert_eq!(sensor_noise.at(PERIOD - 3, 3), sensor_noise.at(0, 0));
    }
}
