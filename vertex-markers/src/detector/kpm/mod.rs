//! The keypoint detector of ARToolKit NFT, as its web runtimes run it on camera frames.
//!
//! A sibling of MindAR's: more scales, the vertex of each extremum found in place and scale at once,
//! several orientations for one place, and samples of the descriptor read at their own blur.

mod descriptor;
mod extrema;
mod orientation;
mod pyramid;

use crate::gray::GrayF32;

use super::descriptor::Pattern;
use super::extrema::PER_CELL;
use super::{DenseDetector, GRID, Keypoint, Spot};
use extrema::Extremum;
use pyramid::Pyramid;

/// Points above which an image is thinned.
const MAX_POINTS: usize = 500;

/// Finds keypoints, keeping its working memory from image to image.
#[derive(Debug)]
pub struct Detector {
    pyramid: Pyramid,
    pattern: Pattern,
    marks: Vec<u8>,
    extrema: Vec<Extremum>,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            pyramid: Pyramid::default(),
            pattern: Pattern::new(),
            marks: Vec::new(),
            extrema: Vec::new(),
        }
    }
}

impl Detector {
    /// Finds the keypoints of a grey image (levels 0 to 255).
    ///
    /// Of more than 500 places, the five strongest of each of 10 x 10 cells are kept; every dominant
    /// direction of a place makes a keypoint.
    #[must_use]
    pub fn detect(&mut self, image: &GrayF32) -> Vec<Keypoint> {
        self.find_extrema(image);
        if self.extrema.len() > MAX_POINTS {
            let cell = |length: usize| length.div_ceil(GRID) as f32;
            thin(&mut self.extrema, (cell(image.width()), cell(image.height())));
        }
        self.described(|_| true)
    }

    fn find_extrema(&mut self, image: &GrayF32) {
        self.pyramid.build(image);
        extrema::find(&self.pyramid, &mut self.marks, &mut self.extrema);
    }

    fn described(&self, wanted: impl Fn(&Spot) -> bool) -> Vec<Keypoint> {
        let wanted = self.extrema.iter().filter(|extremum| wanted(&extremum.spot()));
        wanted.flat_map(|extremum| self.keypoints(extremum)).collect()
    }

    fn keypoints(&self, extremum: &Extremum) -> impl Iterator<Item = Keypoint> {
        let octaves = self.pyramid.octaves();
        let &Extremum { x, y, sigma, score, octave, difference } = extremum;
        let image = &octaves[octave].pictures[difference];
        let size = (octave as f32).exp2();
        let inside = |place: f32, length: usize| {
            (place / size + (0.5 / size - 0.5)).max(0.0).min(length as f32 - 1.0)
        };
        let (octave_x, octave_y) = (inside(x, image.width()), inside(y, image.height()));
        orientation::dominant(image, octave_x, octave_y, sigma / size).map(move |angle| Keypoint {
            x,
            y,
            scale: sigma,
            angle,
            maxima: score > 0.0,
            descriptor: descriptor::describe(octaves, &self.pattern, (x, y), sigma, angle),
        })
    }
}

impl DenseDetector for Detector {
    fn detect_densely(
        &mut self,
        image: &GrayF32,
        cell: f32,
        wanted: impl Fn(&Spot) -> bool,
    ) -> Vec<Keypoint> {
        self.find_extrema(image);
        thin(&mut self.extrema, (cell, cell));
        self.described(wanted)
    }
}

impl Extremum {
    fn spot(&self) -> Spot {
        Spot { x: self.x, y: self.y, scale: self.sigma, maxima: self.score > 0.0 }
    }
}

/// Keeps the strongest extrema of each cell of this size in pixels.
fn thin(extrema: &mut Vec<Extremum>, (width, height): (f32, f32)) {
    let cell_of = |point: &Extremum| ((point.y / height) as usize, (point.x / width) as usize);
    extrema
        .sort_by(|a, b| cell_of(a).cmp(&cell_of(b)).then(b.score.abs().total_cmp(&a.score.abs())));
    let (mut cell, mut count) = (None, 0);
    extrema.retain(|extremum| {
        if cell.replace(cell_of(extremum)) != Some(cell_of(extremum)) {
            count = 0;
        }
        count += 1;
        count <= PER_CELL
    });
}
