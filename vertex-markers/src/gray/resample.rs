//! Scaling by area means.

use image::RgbImage;

use crate::simd;

use super::{GrayF32, Weights};

/// Source rows narrowed together.
const ROWS: usize = 4;

/// Where the pixels of a resampled image lie on its source: pixel `k` is the mean of the source between
/// `(k + origin) / scale` and `(k + 1 + origin) / scale`, in continuous coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Output pixels per source pixel, at most 1 for a mean over whole pixels.
    pub scale: f64,
    /// Offset in output pixels: 0 centres pixel `k` on `(k + 0.5) / scale`, -0.5 on `k / scale`.
    pub origin: f64,
}

/// Resamples by exact area means: every source pixel counts by the share of it that the window covers.
#[must_use]
pub fn resample(source: &GrayF32, width: usize, height: usize, sampling: Sampling) -> GrayF32 {
    simd::run(
        #[inline(always)]
        || {
            resample_rows(source.width, source.height, width, height, sampling, |y, out| {
                out.copy_from_slice(source.row(y));
            })
        },
    )
}

/// [`resample`] of a picture's grey levels, without a full-size grey copy in memory.
#[must_use]
pub fn resample_rgb(
    source: &RgbImage,
    weights: &Weights,
    width: usize,
    height: usize,
    sampling: Sampling,
) -> GrayF32 {
    let (w, h) = (source.width() as usize, source.height() as usize);
    simd::run(
        #[inline(always)]
        || {
            resample_rows(w, h, width, height, sampling, |y, out| {
                let row = &source.as_raw()[y * w * 3..(y + 1) * w * 3];
                weights.grey_row(row.as_chunks().0, out);
            })
        },
    )
}

#[inline(always)]
fn resample_rows(
    source_width: usize,
    source_height: usize,
    width: usize,
    height: usize,
    sampling: Sampling,
    mut read_row: impl FnMut(usize, &mut [f32]),
) -> GrayF32 {
    let mut result = GrayF32::blank(width, height);
    if source_width == 0 || source_height == 0 {
        return result;
    }
    let columns: Vec<Window> = (0..width).map(|i| Window::of(i, source_width, sampling)).collect();
    let mut rows = NarrowedRows::new(source_width, columns);
    for y in 0..height {
        let window = Window::of(y, source_height, sampling);
        for source_y in window.first..=window.last {
            let row = rows.row(source_y, |y, out| read_row(y.min(source_height - 1), out));
            add_weighted(result.row_mut(y), window.weight(source_y), row);
        }
    }
    result
}

#[inline(always)]
fn add_weighted(sums: &mut [f32], weight: f32, row: &[f32]) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum += weight * value;
    }
}

/// Source rows brought to the width of the result, a few at a time.
struct NarrowedRows {
    columns: Vec<Window>,
    source: [Vec<f32>; ROWS],
    /// The source rows interleaved: all samples of a column side by side.
    interleaved: Vec<[f32; ROWS]>,
    narrowed: [Vec<f32>; ROWS],
    block: Option<usize>,
}

impl NarrowedRows {
    fn new(source_width: usize, columns: Vec<Window>) -> Self {
        Self {
            source: std::array::from_fn(|_| vec![0.0; source_width]),
            interleaved: vec![[0.0; ROWS]; source_width],
            narrowed: std::array::from_fn(|_| vec![0.0; columns.len()]),
            block: None,
            columns,
        }
    }

    /// Source row `y` narrowed; `read_row` gives the source rows, and is asked beyond the last one too.
    #[inline(always)]
    fn row(&mut self, y: usize, read_row: impl FnMut(usize, &mut [f32])) -> &[f32] {
        if self.block != Some(y / ROWS) {
            self.block = Some(y / ROWS);
            self.narrow(y / ROWS * ROWS, read_row);
        }
        &self.narrowed[y % ROWS]
    }

    #[inline(always)]
    fn narrow(&mut self, first: usize, mut read_row: impl FnMut(usize, &mut [f32])) {
        for (y, row) in (first..).zip(&mut self.source) {
            read_row(y, row);
        }
        let [a, b, c, d] = &self.source;
        let samples = a.iter().zip(b).zip(c).zip(d);
        for (column, (((&a, &b), &c), &d)) in self.interleaved.iter_mut().zip(samples) {
            *column = [a, b, c, d];
        }
        let [a, b, c, d] = &mut self.narrowed;
        let values = a.iter_mut().zip(b).zip(c).zip(d);
        for (column, (((a, b), c), d)) in self.columns.iter().zip(values) {
            [*a, *b, *c, *d] = column.means(&self.interleaved);
        }
    }
}

/// A run of source pixels; the first and last count in part.
struct Window {
    first: usize,
    last: usize,
    first_weight: f32,
    inner_weight: f32,
    last_weight: f32,
}

impl Window {
    fn of(index: usize, length: usize, sampling: Sampling) -> Self {
        let end = length as f64;
        let from = ((index as f64 + sampling.origin) / sampling.scale).clamp(0.0, end - 1e-6);
        let to = ((index as f64 + 1.0 + sampling.origin) / sampling.scale).clamp(from + 1e-6, end);
        let first = (from.floor() as usize).min(length - 1);
        let last = ((to.ceil() as usize).max(1) - 1).clamp(first, length - 1);
        let span = to - from;
        let share = |covered: f64| (covered / span) as f32;
        let (first_weight, last_weight) = if first == last {
            (1.0, 1.0)
        } else {
            (share(first as f64 + 1.0 - from), share(to - last as f64))
        };
        Self { first, last, first_weight, inner_weight: share(1.0), last_weight }
    }

    fn weight(&self, index: usize) -> f32 {
        if index == self.first {
            self.first_weight
        } else if index == self.last {
            self.last_weight
        } else {
            self.inner_weight
        }
    }

    #[inline(always)]
    fn means(&self, samples: &[[f32; ROWS]]) -> [f32; ROWS] {
        if self.first == self.last {
            return samples[self.first];
        }
        let run = &samples[self.first..=self.last];
        let [first, inner @ .., last] = run else { return [0.0; ROWS] };
        let mut sums = [0.0; ROWS];
        for sample in inner {
            for (sum, value) in sums.iter_mut().zip(sample) {
                *sum += value;
            }
        }
        std::array::from_fn(|row| {
            self.first_weight * first[row]
                + self.inner_weight * sums[row]
                + self.last_weight * last[row]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;

    fn ramp(width: usize) -> GrayF32 {
        GrayF32::from_fn(width, 1, |x, _| x as f32)
    }

    #[test]
    fn fractional_windows_weigh_their_edges() {
        let sampling = Sampling { scale: 2.0 / 3.0, origin: 0.0 };
        let half = resample(&ramp(3), 2, 1, sampling);
        // Windows 0..1.5 and 1.5..3 of the samples 0, 1, 2.
        assert!((half.at(0, 0) - 1.0 / 3.0).abs() < 1e-6);
        assert!((half.at(1, 0) - 5.0 / 3.0).abs() < 1e-6);
    }

    fn pixel(source: &GrayF32, x: usize, y: usize, sampling: Sampling) -> f32 {
        let column = Window::of(x, source.width(), sampling);
        let row = Window::of(y, source.height(), sampling);
        (row.first..=row.last).fold(0.0, |sum, y| {
            let inner: f32 = (column.first + 1..column.last).map(|x| source.at(x, y)).sum();
            let mean = column.first_weight * source.at(column.first, y)
                + column.inner_weight * inner
                + column.last_weight * source.at(column.last, y);
            let single = column.first == column.last;
            sum + row.weight(y) * if single { source.at(column.first, y) } else { mean }
        })
    }

    #[test]
    fn rows_together_are_as_pixel_by_pixel() {
        let source = GrayF32::from_fn(83, 46, |x, y| ((x * x + 31 * y) % 256) as f32);
        for (scale, origin) in [(1.0, 0.0), (0.84, 0.0), (0.5, -0.5), (0.23, 0.0)] {
            let sampling = Sampling { scale, origin };
            let (width, height) = ((83.0 * scale) as usize, (46.0 * scale) as usize);
            let expected = GrayF32::from_fn(width, height, |x, y| pixel(&source, x, y, sampling));
            each_level(|| assert_eq!(resample(&source, width, height, sampling), expected));
        }
    }

    #[test]
    fn a_centred_origin_moves_the_picture_by_half_a_pixel() {
        let centred = resample(&ramp(64), 16, 1, Sampling { scale: 0.25, origin: -0.5 });
        // Pixel 8 shows the source round coordinate 32, which lies between samples 31 and 32.
        assert!((centred.at(8, 0) - 31.5).abs() < 1e-4);
    }

    #[test]
    fn the_mean_survives_any_scale() {
        for scale in [0.9, 0.37, 0.11] {
            let width = (200.0 * scale) as usize;
            let sampling = Sampling { scale: width as f64 / 200.0, origin: 0.0 };
            let small = resample(&ramp(200), width, 1, sampling);
            let mean = small.data().iter().sum::<f32>() / width as f32;
            assert!((mean - 99.5).abs() < 0.01, "{scale}: {mean}");
        }
    }
}
