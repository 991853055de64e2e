//! What a camera makes of a scene: blur, exposure and noise.

use crate::gray::GrayImage;

use super::random::Random;
use super::view::{Light, View};

/// Blur below this has no visible effect, in pixels.
const SHARP: f64 = 0.15;

/// The frame in whole grey levels 0 to 255.
pub(super) fn exposed(frame: GrayImage, view: &View) -> GrayImage {
    let mut frame = blurred(frame, view.blur);
    let curve = Curve::of(&view.light);
    let mut noise = Noise::of(view.noise, view.seed);
    for y in 0..frame.height() {
        let (pairs, last) = frame.row_mut(y).as_chunks_mut::<2>();
        for pair in pairs {
            let noise = noise.pair();
            *pair = [0, 1].map(|index| quantised(curve.at(pair[index]) + noise[index]));
        }
        for level in last {
            *level = quantised(curve.at(*level) + noise.pair()[0]);
        }
    }
    frame
}

fn quantised(level: f32) -> f32 {
    f32::from((level + 0.5) as u8)
}

/// Eight to a grey level.
const STEPS: usize = 8 * 255;

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
    random: Random,
    scale: f32,
}

/// Mean and standard deviation of a sum of four random bytes.
const BYTES_MEAN: f32 = 510.0;
const BYTES_DEVIATION: f64 = 147.8;

impl Noise {
    fn of(deviation: f64, seed: u64) -> Self {
        Self { random: Random::of([seed]), scale: (deviation / BYTES_DEVIATION) as f32 }
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
fn blurred(frame: GrayImage, deviation: f64) -> GrayImage {
    if deviation.is_nan() || deviation <= SHARP || frame.data().is_empty() {
        return frame;
    }
    let kernel = half_gaussian(deviation);
    let mut rows = GrayImage::blank(frame.width(), frame.height());
    let mut padded = Vec::new();
    for y in 0..frame.height() {
        blur_row(frame.row(y), &kernel, &mut padded, rows.row_mut(y));
    }
    let mut result = frame;
    let last = rows.height() - 1;
    for y in 0..rows.height() {
        let output = result.row_mut(y);
        weigh(output, rows.row(y), rows.row(y), kernel[0] / 2.0);
        for (reach, &weight) in kernel.iter().enumerate().skip(1) {
            let (above, below) = (y.saturating_sub(reach), (y + reach).min(last));
            add(output, rows.row(above), rows.row(below), weight);
        }
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

fn weigh(output: &mut [f32], a: &[f32], b: &[f32], weight: f32) {
    for ((value, a), b) in output.iter_mut().zip(a).zip(b) {
        *value = weight * (a + b);
    }
}

fn add(output: &mut [f32], a: &[f32], b: &[f32], weight: f32) {
    for ((value, a), b) in output.iter_mut().zip(a).zip(b) {
        *value += weight * (a + b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Camera;

    fn plain(view: &View) -> Vec<f32> {
        let frame = GrayImage::from_fn(301, 200, |_, _| 100.0);
        exposed(frame, view).data().to_vec()
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
        let spot = GrayImage::from_fn(41, 41, |x, y| if (x, y) == (20, 20) { 1000.0 } else { 0.0 });
        let soft = blurred(spot, 1.5);
        let sum: f32 = soft.data().iter().sum();
        let spread: f32 = (0..41).map(|x| (x as f32 - 20.0).powi(2) * soft.row(20)[x]).sum::<f32>()
            / soft.row(20).iter().sum::<f32>();
        assert!((sum - 1000.0).abs() < 0.1 && (spread.sqrt() - 1.5).abs() < 0.05, "{spread}");
        assert!(blurred(GrayImage::blank(1, 1), 9.0).data() == [0.0]);
    }
}
