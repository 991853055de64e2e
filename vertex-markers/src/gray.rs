//! Grey images, the engine's working material.

use image::RgbImage;

/// A single-channel image, row-major, x to the right and y down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plane<T> {
    width: usize,
    height: usize,
    data: Vec<T>,
}

/// Grey levels 0 to 255 as `f32`.
pub type GrayImage = Plane<f32>;

/// Grey levels as bytes.
pub type GrayBytes = Plane<u8>;

impl<T: Copy + Default> Plane<T> {
    /// Wraps samples; `None` when there are not exactly `width * height` of them.
    #[must_use]
    pub fn new(width: usize, height: usize, data: Vec<T>) -> Option<Self> {
        (width.checked_mul(height)? == data.len()).then_some(Self { width, height, data })
    }

    /// An image of `T::default()`.
    #[must_use]
    pub fn blank(width: usize, height: usize) -> Self {
        Self { width, height, data: vec![T::default(); width * height] }
    }

    /// Computes every sample from its x and y.
    pub fn from_fn(width: usize, height: usize, mut sample: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            data.extend((0..width).map(|x| sample(x, y)));
        }
        Self { width, height, data }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// All samples.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The samples of row `y`.
    ///
    /// # Panics
    /// When `y` is outside the image.
    #[must_use]
    pub fn row(&self, y: usize) -> &[T] {
        &self.data[y * self.width..(y + 1) * self.width]
    }

    /// Changes the size; the samples are of no meaning until they are written.
    pub(crate) fn reset(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        self.data.resize(width * height, T::default());
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [T] {
        &mut self.data[y * self.width..(y + 1) * self.width]
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> T {
        self.data[y * self.width + x]
    }

    /// The sample at the nearest place inside the image.
    pub(crate) fn clamped(&self, x: isize, y: isize) -> T {
        let inside = |v: isize, length: usize| v.max(0).cast_unsigned().min(length - 1);
        self.at(inside(x, self.width), inside(y, self.height))
    }

    /// Applies `f` to every sample.
    pub fn map<U>(&self, f: impl FnMut(T) -> U) -> Plane<U> {
        Plane {
            width: self.width,
            height: self.height,
            data: self.data.iter().copied().map(f).collect(),
        }
    }
}

impl GrayImage {
    /// The level between pixel centres, at indices x and y; border pixels repeat outwards.
    pub(crate) fn bilinear(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let (right, below) = (x - x0, y - y0);
        let (x0, y0) = (x0 as isize, y0 as isize);
        let (left, above) = (1.0 - right, 1.0 - below);
        left * above * self.clamped(x0, y0)
            + right * above * self.clamped(x0 + 1, y0)
            + left * below * self.clamped(x0, y0 + 1)
            + right * below * self.clamped(x0 + 1, y0 + 1)
    }
}

/// Rec. 601 luma of a pixel, 0 to 255 and unrounded: the grey the browser runtime computes.
#[must_use]
pub fn luma([red, green, blue]: [u8; 3]) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

/// Rec. 601 luma of a whole picture.
#[must_use]
pub fn luma_image(rgb: &RgbImage) -> GrayImage {
    Plane {
        width: rgb.width() as usize,
        height: rgb.height() as usize,
        data: rgb.pixels().map(|pixel| luma(pixel.0)).collect(),
    }
}

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
pub fn resample(source: &GrayImage, width: usize, height: usize, sampling: Sampling) -> GrayImage {
    resample_rows(source.width, source.height, width, height, sampling, |y, out| {
        out.copy_from_slice(source.row(y));
    })
}

/// [`resample`] of a picture's luma, without a full-size grey copy in memory.
#[must_use]
pub fn resample_luma(
    source: &RgbImage,
    width: usize,
    height: usize,
    sampling: Sampling,
) -> GrayImage {
    let (w, h) = (source.width() as usize, source.height() as usize);
    resample_rows(w, h, width, height, sampling, |y, out| {
        let row = source.as_raw()[y * w * 3..(y + 1) * w * 3].as_chunks::<3>().0;
        for (grey, &pixel) in out.iter_mut().zip(row) {
            *grey = luma(pixel);
        }
    })
}

fn resample_rows(
    source_width: usize,
    source_height: usize,
    width: usize,
    height: usize,
    sampling: Sampling,
    mut read_row: impl FnMut(usize, &mut [f32]),
) -> GrayImage {
    let mut result = GrayImage::blank(width, height);
    if source_width == 0 || source_height == 0 {
        return result;
    }
    let columns: Vec<Window> = (0..width).map(|i| Window::of(i, source_width, sampling)).collect();
    let mut source_row = vec![0.0; source_width];
    let mut narrowed = vec![0.0; width];
    let mut narrowed_from = None;
    for y in 0..height {
        let window = Window::of(y, source_height, sampling);
        for source_y in window.first..=window.last {
            if narrowed_from != Some(source_y) {
                read_row(source_y, &mut source_row);
                for (value, column) in narrowed.iter_mut().zip(&columns) {
                    *value = column.mean(&source_row);
                }
                narrowed_from = Some(source_y);
            }
            let weight = window.weight(source_y);
            for (value, &add) in result.row_mut(y).iter_mut().zip(&narrowed) {
                *value += weight * add;
            }
        }
    }
    result
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

    fn mean(&self, samples: &[f32]) -> f32 {
        if self.first == self.last {
            return samples[self.first];
        }
        let inner: f32 = samples[self.first + 1..self.last].iter().sum();
        self.first_weight * samples[self.first]
            + self.inner_weight * inner
            + self.last_weight * samples[self.last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize) -> GrayImage {
        GrayImage::from_fn(width, 1, |x, _| x as f32)
    }

    #[test]
    fn fractional_windows_weigh_their_edges() {
        let sampling = Sampling { scale: 2.0 / 3.0, origin: 0.0 };
        let half = resample(&ramp(3), 2, 1, sampling);
        // Windows 0..1.5 and 1.5..3 of the samples 0, 1, 2.
        assert!((half.at(0, 0) - 1.0 / 3.0).abs() < 1e-6);
        assert!((half.at(1, 0) - 5.0 / 3.0).abs() < 1e-6);
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

    #[test]
    fn luma_of_white_is_white() {
        assert!((luma([255; 3]) - 255.0).abs() < 1e-3);
    }
}
