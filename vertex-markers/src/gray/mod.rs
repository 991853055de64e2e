//! Grey images, the engine's working material.

mod bilinear;
mod resample;

use image::RgbImage;

use crate::simd;

pub use resample::{Sampling, resample, resample_rgb};

/// A single-channel image, row-major, x to the right and y down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plane<T> {
    width: usize,
    height: usize,
    data: Vec<T>,
}

/// Grey levels 0 to 255 as `f32`.
pub type GrayF32 = Plane<f32>;

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

/// How much red, green and blue count for a grey level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights(pub [f32; 3]);

impl Weights {
    /// Rec. 601 luma: the grey that MindAR's runtime computes.
    pub const LUMA: Self = Self([0.299, 0.587, 0.114]);
    /// All alike: the grey in which ARToolKit tracks.
    pub const MEAN: Self = Self([1.0 / 3.0; 3]);
    /// The grey in which ARToolKit's web runtimes look for keypoints.
    pub const EIGHTHS: Self = Self([0.375, 0.5, 0.125]);

    /// The grey level of a pixel, 0 to 255 and unrounded.
    #[must_use]
    #[inline(always)]
    pub fn grey(&self, [red, green, blue]: [u8; 3]) -> f32 {
        let [r, g, b] = self.0;
        r * f32::from(red) + g * f32::from(green) + b * f32::from(blue)
    }

    #[inline(always)]
    fn grey_row(&self, pixels: &[[u8; 3]], levels: &mut [f32]) {
        for (level, &pixel) in levels.iter_mut().zip(pixels) {
            *level = self.grey(pixel);
        }
    }
}

/// Rec. 601 luma of a whole picture, 0 to 255 and unrounded.
#[must_use]
pub fn luma_image(rgb: &RgbImage) -> GrayF32 {
    let mut grey = Plane::blank(rgb.width() as usize, rgb.height() as usize);
    let pixels = rgb.as_raw().as_chunks().0;
    simd::run(
        #[inline(always)]
        || Weights::LUMA.grey_row(pixels, &mut grey.data),
    );
    grey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_of_white_is_white() {
        assert!((Weights::LUMA.grey([255; 3]) - 255.0).abs() < 1e-3);
    }
}
