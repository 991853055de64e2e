//! What a camera makes of a scene: blur, exposure and noise.

use crate::gray::GrayF32;
use crate::simd::{self, whole};

use super::exposure::{Exposure, Light};
use super::split_mix::SplitMix64;

/// Blur below this has no visible effect, in pixels.
const SHARP: f64 = 0.15;

/// The frame in whole grey levels 0 to 255.
pub(crate) fn exposed(frame: GrayF32, exposure: &Exposure) -> GrayF32 {
    let mut frame = lit(frame, exposure);
    let mut sensor = Sensor::of(exposure);
    for y in 0..frame.height() {
        sensor.read(frame.row_mut(y));
    }
    frame
}

/// What reaches the sensor: the frame blurred and bent by the light curve.
fn lit(frame: GrayF32, exposure: &Exposure) -> GrayF32 {
    let mut frame = blurred(frame, exposure.blur);
    let curve = Curve::of(&exposure.light);
    for y in 0..frame.height() {
        for level in frame.row_mut(y) {
            *level = curve.at(*level);
        }
    }
    frame
}

/// A sensor that adds noise.
struct Sensor(Noise);

impl Sensor {
    fn of(exposure: &Exposure) -> Self {
        Self(Noise::of(exposure.noise, exposure.seed))
    }

    /// Turns levels into noisy whole ones from 0 to 255.
    fn read(&mut self, levels: &mut [f32]) {
        let (pairs, last) = levels.as_chunks_mut::<2>();
        for pair in pairs {
            let noise = self.0.pair();
            *pair = [0, 1].map(|index| quantised(pair[index] + noise[index]));
        }
        for level in last {
            *level = quantised(*level + self.0.pair()[0]);
        }
    }
}

/// The nearest whole level from 0 to 255.
#[inline]
fn quantised(level: f32) -> f32 {
    whole(level.clamp(0.0, 255.0)) as f32
}

/// Two to a grey level.
const STEPS: usize = 2 * 255;

/// A light curve, tabulated.
struct Curve(Vec<f32>);

impl Curve {
    fn of(light: &Light) -> Self {
        let level = |step: usize| {
            let share = step as f64 / STEPS as f64;
            (255.0 * light.gain * share.powf(light.gamma) + light.offset) as f32
        };
        Self((0..=STEPS).map(level).collect())
    }

    fn at(&self, level: f32) -> f32 {
        let step = level * (STEPS as f32 / 255.0) + 0.5;
        self.0[(step.max(0.0) as usize).min(STEPS)]
    }
}

/// Nearly normal noise: sums of four random bytes.
struct Noise {
    random: SplitMix64,
    scale: f32,
}

/// Mean and standard deviation of a sum of four random bytes.
const BYTES_MEAN: f32 = 510.0;
const BYTES_DEVIATION: f64 = 147.8;

impl Noise {
    fn of(deviation: f64, seed: u64) -> Self {
        Self { random: SplitMix64::of([seed]), scale: (deviation / BYTES_DEVIATION) as f32 }
    }

    fn pair(&mut self) -> [f32; 2] {
        const EVEN_BYTES: u64 = 0x00ff_00ff_00ff_00ff;
        let bits = self.random.bits();
        let twos = (bits & EVEN_BYTES) + (bits >> 8 & EVEN_BYTES);
        let fours = twos + (twos >> 16);
        [fours, fours >> 32].map(|sum| ((sum & 0xffff) as u16 as f32 - BYTES_MEAN) * self.scale)
    }
}

/// Convolves with a Gaussian of this standard deviation in pixels; border pixels repeat outwards.
pub(crate) fn blurred(frame: GrayF32, deviation: f64) -> GrayF32 {
    if deviation.is_nan() || deviation <= SHARP || frame.data().is_empty() {
        return frame;
    }
    let kernel = half_gaussian(deviation);
    let mut rows = GrayF32::blank(frame.width(), frame.height());
    let mut padded = Vec::new();
    for y in 0..frame.height() {
        simd::run(
            #[inline(always)]
            || blur_row(frame.row(y), &kernel, &mut padded, rows.row_mut(y)),
        );
    }
    let mut result = frame;
    for y in 0..rows.height() {
        simd::run(
            #[inline(always)]
            || blur_column(&rows, y, &kernel, result.row_mut(y)),
        );
    }
    result
}

/// Weights of the middle and of the pixels on either side of it.
fn half_gaussian(deviation: f64) -> Vec<f32> {
    let reach = (3.0 * deviation).ceil().min(64.0) as usize;
    let weight = |i: usize| (-((i * i) as f64) / (2.0 * deviation * deviation)).exp();
    let weights: Vec<f64> = (0..=reach).map(weight).collect();
    let sum = 2.0 * weights.iter().sum::<f64>() - weights[0];
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

#[inline(always)]
fn blur_row(row: &[f32], kernel: &[f32], padded: &mut Vec<f32>, output: &mut [f32]) {
    let reach = kernel.len() - 1;
    padded.clear();
    padded.extend(std::iter::repeat_n(row[0], reach));
    padded.extend_from_slice(row);
    padded.extend(std::iter::repeat_n(row[row.len() - 1], reach));
    weigh(output, row, row, kernel[0] / 2.0);
    for (away, &weight) in kernel.iter().enumerate().skip(1) {
        add(output, &padded[reach - away..], &padded[reach + away..], weight);
    }
}

#[inline(always)]
fn blur_column(rows: &GrayF32, y: usize, kernel: &[f32], output: &mut [f32]) {
    let last = rows.height() - 1;
    weigh(output, rows.row(y), rows.row(y), kernel[0] / 2.0);
    for (reach, &weight) in kernel.iter().enumerate().skip(1) {
        let (above, below) = (y.saturating_sub(reach), (y + reach).min(last));
        add(output, rows.row(above), rows.row(below), weight);
    }
}

#[inline(always)]
fn weigh(output: &mut [f32], a: &[f32], b: &[f32], weight: f32) {
    for ((value, a), b) in output.iter_mut().zip(a).zip(b) {
        *value = weight * (a + b);
    }
}

#[inline(always)]
fn add(output: &mut [f32], a: &[f32], b: &[f32], weight: f32) {
    for ((value, a), b) in output.iter_mut().zip(a).zip(b) {
        *value += weight * (a + b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Camera, View};

    fn plain(view: &View) -> Vec<f32> {
        let frame = GrayF32::from_fn(301, 200, |_, _| 100.0);
        exposed(frame, &view.exposure()).data().to_vec()
    }

    fn moments(levels: &[f32]) -> (f64, f64) {
        let count = levels.len() as f64;
        let mean = levels.iter().map(|&level| f64::from(level)).sum::<f64>() / count;
        let square = levels.iter().map(|&level| (f64::from(level) - mean).powi(2)).sum::<f64>();
        (mean, (square / count).sqrt())
    }

    #[test]
    fn noise_has_its_deviation_and_its_seed() {
        let view = View { noise: 5.0, blur: 1.0, ..View::frontal(&Camera::of(301, 200), 0.5) };
        let levels = plain(&view);
        let (mean, deviation) = moments(&levels);
        assert!((mean - 100.0).abs() < 0.1 && (deviation - 5.0).abs() < 0.1, "{mean} {deviation}");
        assert!(levels.iter().all(|level| level.fract() == 0.0));
        assert_eq!(levels, plain(&view));
        assert_ne!(levels, plain(&View { seed: 1, ..view }));
    }

    #[test]
    fn light_bends_and_moves_levels() {
        let light = Light { gamma: 2.0, gain: 0.5, offset: 10.0 };
        let view = View { light, ..View::frontal(&Camera::of(301, 200), 0.5) };
        let expected = 127.5 * (100.0_f64 / 255.0).powi(2) + 10.0;
        assert!((moments(&plain(&view)).0 - expected).abs() <= 0.6);
    }

    #[test]
    fn blur_spreads_a_spot_by_its_deviation() {
        let spot = GrayF32::from_fn(41, 41, |x, y| if (x, y) == (20, 20) { 1000.0 } else { 0.0 });
        let soft = blurred(spot, 1.5);
        let sum: f32 = soft.data().iter().sum();
        let spread: f32 = (0..41).map(|x| (x as f32 - 20.0).powi(2) * soft.row(20)[x]).sum::<f32>()
            / soft.row(20).iter().sum::<f32>();
        assert!((sum - 1000.0).abs() < 0.1 && (spread.sqrt() - 1.5).abs() < 0.05, "{spread}");
        assert!(blurred(GrayF32::blank(1, 1), 9.0).data() == [0.0]);
    }
}
