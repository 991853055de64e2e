//! The feature detector of MindAR: keypoints in a grey image, with binary descriptors.
//!
//! Differences of Gaussians on an octave pyramid, their extrema in space and scale, one dominant gradient
//! orientation each, and a FREAK-like descriptor of 666 comparisons (Alahi et al., "FREAK: Fast Retina
//! Keypoint", 2012). The visitor's browser runs the same detector on camera frames, so every constant
//! here is part of the marker format.

mod atan2;
mod descriptor;
mod extrema;
pub mod kpm;
mod orientation;
mod pyramid;
mod rows;

use crate::gray::GrayF32;

pub use descriptor::{Descriptor, WORDS};
use descriptor::{Pattern, describe};
use extrema::{Cells, Extremum, Field};
use orientation::Orientations;
use pyramid::Pyramid;

/// Cells across and down the image in which the runtime keeps the strongest points.
const GRID: usize = 10;
/// Pixels of an octave that the runtime keeps free along the image's border.
const BORDER: usize = 7;

/// A point of a picture that can be found again in another view of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Keypoint {
    /// Horizontal position in pixel indices: the centre of the first pixel is 0.
    pub x: f32,
    /// Vertical position in pixel indices.
    pub y: f32,
    /// How large it is: for MindAR, pixels of the image per pixel of the octave it was found in (2, 4 or 8);
    /// for ARToolKit the blur in pixels at which it stands out most.
    pub scale: f32,
    /// Dominant gradient direction in radians, x to the right and y down: for MindAR from about -pi to pi,
    /// for ARToolKit from 0 to 2 pi and half a turn from uphill.
    pub angle: f32,
    /// Whether the point is brighter than its surroundings; such points only match each other.
    pub maxima: bool,
    /// What the surroundings look like.
    pub descriptor: Descriptor,
}

/// Where a keypoint is, before it is described.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) scale: f32,
    pub(crate) maxima: bool,
}

/// A detector that takes parts of a picture for parts of a camera frame.
pub(crate) trait DenseDetector: Default + Send {
    /// Finds the keypoints of an image of any size as densely as the runtime finds those of a camera frame: those at
    /// the five strongest places of each square of `cell` pixels, also close to the image's border, where they
    /// are `wanted`.
    fn detect_densely(
        &mut self,
        image: &GrayF32,
        cell: f32,
        wanted: impl Fn(&Spot) -> bool,
    ) -> Vec<Keypoint>;
}

/// Finds keypoints, keeping its working memory from image to image.
#[derive(Debug)]
pub struct Detector {
    pyramid: Pyramid,
    cells: Cells,
    orientations: Orientations,
    pattern: Pattern,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            pyramid: Pyramid::default(),
            cells: Cells::default(),
            orientations: Orientations::new(),
            pattern: Pattern::new(),
        }
    }
}

impl Detector {
    /// Finds the keypoints of a grey image, as [`detect`] does.
    #[must_use]
    pub fn detect(&mut self, image: &GrayF32) -> Vec<Keypoint> {
        self.detect_in(image, Field { grid: (GRID, GRID), border: BORDER }, |_| true)
    }

    fn detect_in(
        &mut self,
        image: &GrayF32,
        field: Field,
        wanted: impl Fn(&Spot) -> bool,
    ) -> Vec<Keypoint> {
        let Self { pyramid, cells, orientations, pattern } = self;
        pyramid.build(image);
        let placed = cells.fill(pyramid, field).map(|extremum| Placed::of(extremum, pyramid));
        placed
            .filter(|placed| wanted(&placed.spot))
            .map(|placed| placed.described(pyramid, pattern, orientations))
            .collect()
    }
}

impl DenseDetector for Detector {
    fn detect_densely(
        &mut self,
        image: &GrayF32,
        cell: f32,
        wanted: impl Fn(&Spot) -> bool,
    ) -> Vec<Keypoint> {
        let cells = |length: usize| ((length as f32 / cell).round() as usize).max(1);
        let grid = (cells(image.width()), cells(image.height()));
        self.detect_in(image, Field { grid, border: 1 }, wanted)
    }
}

/// Finds the keypoints of a grey image (levels 0 to 255), at most 500, spread over a grid of 10 x 10 cells.
///
/// They come cell by cell, row-major, the strongest of a cell first. An image with a side under
/// 32 pixels has none. A [`Detector`] does the same for many images with less work.
#[must_use]
pub fn detect(image: &GrayF32) -> Vec<Keypoint> {
    Detector::default().detect(image)
}

/// An extremum moved to its vertex.
struct Placed {
    spot: Spot,
    octave: usize,
    /// Its place in pixels of the octave.
    within: (f32, f32),
}

impl Placed {
    fn of(extremum: &Extremum, pyramid: &Pyramid) -> Self {
        let octave = extremum.octave;
        let (x, y) = extrema::refined(&pyramid.octave(octave).difference, extremum);
        let scale = f32::from(1_u16 << octave);
        let spot = Spot {
            x: x * scale + scale / 2.0 - 0.5,
            y: y * scale + scale / 2.0 - 0.5,
            scale,
            maxima: extremum.score > 0.0,
        };
        Self { spot, octave, within: (x, y) }
    }

    fn described(
        &self,
        pyramid: &Pyramid,
        pattern: &Pattern,
        orientations: &Orientations,
    ) -> Keypoint {
        let image = &pyramid.octave(self.octave).smoother;
        let (x, y) = self.within;
        let angle = orientations.dominant(image, x, y);
        let descriptor = describe(image, pattern, x, y, angle);
        let Spot { x, y, scale, maxima } = self.spot;
        Keypoint { x, y, scale, angle, maxima, descriptor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;

    fn blobs(dx: usize) -> GrayF32 {
        GrayF32::from_fn(160, 160, |x, y| {
            let (fx, fy) = ((x + dx) as f32, y as f32);
            128.0 + 60.0 * (fx * 0.21 + (fy * 0.13).sin()).sin() * (fy * 0.17 + fx * 0.03).cos()
        })
    }

    #[test]
    fn a_flat_image_has_no_keypoints() {
        assert!(detect(&GrayF32::from_fn(200, 200, |_, _| 77.0)).is_empty());
    }

    #[test]
    fn tiny_and_empty_images_are_harmless() {
        for (width, height) in [(0, 0), (1, 1), (7, 300), (300, 9), (31, 31)] {
            assert!(detect(&GrayF32::blank(width, height)).is_empty());
        }
    }

    #[test]
    fn levels_that_are_none_are_harmless() {
        for odd in [f32::NAN, f32::INFINITY, 1e38, -1e38] {
            let spoilt =
                |x: usize, y: usize| if (x * y) % 97 == 5 { odd } else { (x * y % 251) as f32 };
            each_level(|| drop(detect(&GrayF32::from_fn(160, 160, spoilt))));
        }
    }

    #[test]
    fn a_detector_may_be_used_again() {
        let mut detector = Detector::default();
        for image in [blobs(0), GrayF32::blank(9, 9), blobs(3), GrayF32::blank(64, 200)] {
            assert_eq!(detector.detect(&image), detect(&image));
        }
    }

    #[test]
    fn a_keypoint_moves_with_the_picture() {
        let (before, after) = (detect(&blobs(8)), detect(&blobs(0)));
        assert!(before.len() > 20, "{}", before.len());
        let moved = before
            .iter()
            .filter(|p| {
                after.iter().any(|q| {
                    (q.x - p.x - 8.0).abs() < 0.5
                        && (q.y - p.y).abs() < 0.5
                        && q.maxima == p.maxima
                        && q.descriptor.hamming(&p.descriptor) < 60
                })
            })
            .count();
        assert!(moved * 2 > before.len(), "{moved} of {}", before.len());
    }

    #[test]
    fn a_negative_swaps_maxima_and_minima() {
        let image = blobs(0);
        let negative = image.map(|v| 255.0 - v);
        let count =
            |image: &GrayF32, maxima| detect(image).iter().filter(|p| p.maxima == maxima).count();
        assert_eq!(count(&image, true), count(&negative, false));
        assert_eq!(count(&image, false), count(&negative, true));
    }
}
