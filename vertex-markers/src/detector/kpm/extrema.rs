//! Extrema of the differences of Gaussians, placed between pixels and between scales.

use crate::gray::GrayF32;

use super::super::extrema::{MARKS, MAX_EDGE, MIN_SCORE, mark_peaks, marked};
use super::pyramid::{DIFFERENCES, PICTURES, Pyramid};
use crate::simd;

/// Farthest squared distance in pixels from the pixel to the vertex of its parabola.
const MAX_SHIFT: f32 = 9.0;
/// Factor of blur between the pictures of an octave.
pub(super) const STEP: f32 = std::f32::consts::SQRT_2;

/// An extremum in pixels of the image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extremum {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Blur of the picture it is an extremum of, at least 1.
    pub(super) sigma: f32,
    /// The difference of Gaussians at its vertex; its sign tells maxima from minima.
    pub(super) score: f32,
    pub(super) octave: usize,
    /// Number of the difference in its octave.
    pub(super) difference: usize,
}

/// All extrema of a pyramid, the finest first, each difference row by row.
pub(super) fn find(pyramid: &Pyramid, marks: &mut Vec<u8>, found: &mut Vec<Extremum>) {
    found.clear();
    let last = (DIFFERENCES * pyramid.octaves().len()).saturating_sub(1);
    for index in 1..last {
        let (octave, difference) = (index / DIFFERENCES, index % DIFFERENCES);
        let layers = Layers::of(pyramid, octave, difference);
        let (rows, columns) = layers.reach();
        for y in rows {
            layers.mark(y, marks);
            for x in marked(marks).filter(|x| columns.contains(x)) {
                let vertex = simd::run(
                    #[inline(always)]
                    || layers.is_extremum(x, y).then(|| layers.vertex(x, y)).flatten(),
                );
                found.extend(vertex.map(|vertex| vertex.at(octave, difference)));
            }
        }
    }
    if let Some(octave) = pyramid.octaves().first() {
        let inside = |place: f32, length: usize| place >= 0.0 && place < length as f32;
        let (width, height) = (octave.pictures[0].width(), octave.pictures[0].height());
        found.retain(|point| inside(point.x, width) && inside(point.y, height));
    }
}

/// A difference and its neighbours in scale.
struct Layers<'a> {
    finer: Neighbour<'a>,
    here: &'a GrayF32,
    coarser: Neighbour<'a>,
}

impl<'a> Layers<'a> {
    fn of(pyramid: &'a Pyramid, octave: usize, difference: usize) -> Self {
        let octaves = pyramid.octaves();
        let [upper, lower] = &octaves[octave].differences;
        if difference == 0 {
            let finer =
                Neighbour { image: &octaves[octave - 1].differences[1], size: Size::Double };
            let coarser = Neighbour { image: lower, size: Size::Same };
            Self { finer, here: upper, coarser }
        } else {
            let finer = Neighbour { image: upper, size: Size::Same };
            let coarser =
                Neighbour { image: &octaves[octave + 1].differences[0], size: Size::Half };
            Self { finer, here: lower, coarser }
        }
    }

    /// Rows and columns at which all neighbours exist.
    fn reach(&self) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        match self.coarser.size {
            Size::Half => {
                let end = |length: usize| (2 * length).saturating_sub(3).max(2);
                let image = self.coarser.image;
                (2..end(image.height()), 2..end(image.width()))
            }
            _ => {
                let end = |length: usize| length.saturating_sub(1).max(1);
                (1..end(self.here.height()), 1..end(self.here.width()))
            }
        }
    }

    /// Marks the pixels of a row that no neighbour in the row and those beside it exceeds.
    fn mark(&self, y: usize, marks: &mut Vec<u8>) {
        marks.clear();
        marks.resize(self.here.width().next_multiple_of(MARKS), 0);
        let rows = [y - 1, y, y + 1].map(|y| self.here.row(y));
        simd::run(
            #[inline(always)]
            || mark_peaks(rows, &mut marks[1..]),
        );
    }

    /// Whether all 26 neighbours are smaller, or all are greater.
    #[inline(always)]
    fn is_extremum(&self, x: usize, y: usize) -> bool {
        let value = self.here.at(x, y);
        let side = value.signum();
        let inner = |neighbour: f32| side * neighbour < side * value;
        let around = (y - 1..=y + 1).all(|row| {
            (x - 1..=x + 1)
                .all(|column| (column, row) == (x, y) || inner(self.here.at(column, row)))
        });
        around
            && [&self.finer, &self.coarser]
                .iter()
                .all(|layer| layer.around(x, y).iter().flatten().all(|&v| inner(v)))
    }

    /// The vertex of the parabola through a pixel's neighbours in place and scale; `None` for edges and
    /// for what is too flat or too far away.
    #[inline(always)]
    fn vertex(&self, x: usize, y: usize) -> Option<Vertex> {
        let here = |dx: usize, dy: usize| self.here.at(x + dx - 1, y + dy - 1);
        let (finer, coarser) = (self.finer.around(x, y), self.coarser.around(x, y));
        let value = here(1, 1);
        let gradient = [
            0.5 * (here(2, 1) - here(0, 1)),
            0.5 * (here(1, 2) - here(1, 0)),
            0.5 * (coarser[1][1] - finer[1][1]),
        ];
        let xx = here(2, 1) - 2.0 * value + here(0, 1);
        let yy = here(1, 2) - 2.0 * value + here(1, 0);
        let ss = coarser[1][1] - 2.0 * value + finer[1][1];
        let xy = 0.25 * (here(0, 0) + here(2, 2) - here(0, 2) - here(2, 0));
        let xs = 0.25 * ((coarser[1][2] - coarser[1][0]) - (finer[1][2] - finer[1][0]));
        let ys = 0.25 * ((coarser[2][1] - coarser[0][1]) - (finer[2][1] - finer[0][1]));
        let shift = solve([[xx, xy, xs], [xy, yy, ys], [xs, ys, ss]], gradient.map(|g| -g))?;
        let far = shift[0] * shift[0] + shift[1] * shift[1] > MAX_SHIFT;
        let determinant = xx * yy - xy * xy;
        let edge = determinant == 0.0 || ((xx + yy) * (xx + yy) / determinant).abs() >= MAX_EDGE;
        let score =
            value - (-gradient[0] * shift[0] - gradient[1] * shift[1] - gradient[2] * shift[2]);
        let weak = score * score < MIN_SCORE * MIN_SCORE;
        (!far && !edge && !weak).then_some(Vertex {
            x: x as f32 + shift[0],
            y: y as f32 + shift[1],
            scale: shift[2],
            score,
        })
    }
}

/// A vertex in pixels of its octave, its scale in pictures from its own difference.
struct Vertex {
    x: f32,
    y: f32,
    scale: f32,
    score: f32,
}

impl Vertex {
    fn at(&self, octave: usize, difference: usize) -> Extremum {
        let size = (octave as f32).exp2();
        let place = |place: f32| place * size + (0.5 * size - 0.5);
        let scale = (difference as f32 + self.scale).clamp(0.0, (PICTURES - 1) as f32);
        Extremum {
            x: place(self.x),
            y: place(self.y),
            sigma: size * STEP.powf(scale),
            score: self.score,
            octave,
            difference,
        }
    }
}

/// Size of a neighbouring difference compared with the one in the middle.
#[derive(Clone, Copy)]
enum Size {
    Half,
    Same,
    Double,
}

struct Neighbour<'a> {
    image: &'a GrayF32,
    size: Size,
}

impl Neighbour<'_> {
    /// The levels at a pixel of the difference in the middle and round it, row by row.
    #[inline(always)]
    fn around(&self, x: usize, y: usize) -> [[f32; 3]; 3] {
        match self.size {
            Size::Half => self.between((x as f32 * 0.5 - 0.25, y as f32 * 0.5 - 0.25), 0.5),
            Size::Same => [y - 1, y, y + 1].map(|row| {
                let row = self.image.row(row);
                [row[x - 1], row[x], row[x + 1]]
            }),
            Size::Double => self.between((2.0 * x as f32 + 0.5, 2.0 * y as f32 + 0.5), 2.0),
        }
    }

    /// The levels at a place between pixels and round it, `step` pixels apart.
    #[inline(always)]
    fn between(&self, (x, y): (f32, f32), step: f32) -> [[f32; 3]; 3] {
        let columns = [x - step, x, x + step];
        [y - step, y, y + step].map(|row| self.image.bilinear(&columns, &[row; 3]))
    }
}

/// Solves three linear equations by Cramer's rule; `None` when they are singular.
fn solve(m: [[f32; 3]; 3], b: [f32; 3]) -> Option<[f32; 3]> {
    let minor =
        |r0: usize, r1: usize, c0: usize, c1: usize| m[r0][c0] * m[r1][c1] - m[r0][c1] * m[r1][c0];
    let adjugate = [
        [minor(1, 2, 1, 2), -minor(0, 2, 1, 2), minor(0, 1, 1, 2)],
        [-minor(1, 2, 0, 2), minor(0, 2, 0, 2), -minor(0, 1, 0, 2)],
        [minor(1, 2, 0, 1), -minor(0, 2, 0, 1), minor(0, 1, 0, 1)],
    ];
    let determinant =
        m[0][0] * adjugate[0][0] + m[0][1] * adjugate[1][0] + m[0][2] * adjugate[2][0];
    (determinant.abs() > f32::EPSILON)
        .then(|| adjugate.map(|row| (row[0] * b[0] + row[1] * b[1] + row[2] * b[2]) / determinant))
}
