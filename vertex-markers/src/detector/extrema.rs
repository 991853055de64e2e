//! Extrema of the differences of Gaussians: finding, thinning, and placing them between pixels.

use crate::gray::GrayImage;

use super::pyramid::Pyramid;

/// Least difference, in grey levels.
const MIN_SCORE: f32 = 3.0;
/// Pixels of an octave kept free along its border.
const BORDER: usize = 7;
/// Greatest ratio of squared trace to determinant of the Hessian: edges of more than 4 to 1 are dropped.
const MAX_EDGE: f32 = 6.25;
const MIN_DETERMINANT: f32 = 1e-4;
/// Extrema kept per cell.
const PER_CELL: usize = 5;

/// An extremum at a whole pixel of an octave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extremum {
    pub(super) octave: usize,
    x: usize,
    y: usize,
    /// The difference of Gaussians there; its sign tells maxima from minima.
    pub(super) score: f32,
}

/// The strongest extrema of each cell of the grid, cells row-major, the strongest first.
pub(super) fn strongest(pyramid: &Pyramid, grid: (usize, usize)) -> Vec<Extremum> {
    let mut cells: Vec<Vec<Extremum>> = vec![Vec::new(); grid.0 * grid.1];
    for octave in 1..pyramid.octaves.len().saturating_sub(1) {
        let layers = Layers::of(pyramid, octave);
        let (columns, rows) = (layers.here.width() / 2, layers.here.height() / 2);
        for row in 0..rows {
            for column in 0..columns {
                if let Some((x, y)) = layers.in_block(column, row) {
                    let cell = cell_of(y, rows, grid.1) * grid.0 + cell_of(x, columns, grid.0);
                    let score = layers.here.at(x, y);
                    insert(&mut cells[cell], Extremum { octave, x, y, score });
                }
            }
        }
    }
    cells.concat()
}

fn cell_of(position: usize, blocks: usize, cells: usize) -> usize {
    let cell_size = (2 * blocks) as f64 / cells as f64;
    ((position as f64 / cell_size) as usize).min(cells - 1)
}

fn insert(cell: &mut Vec<Extremum>, extremum: Extremum) {
    let strength = extremum.score.abs();
    let place = cell.partition_point(|kept| kept.score.abs() >= strength);
    if place < PER_CELL {
        cell.insert(place, extremum);
        cell.truncate(PER_CELL);
    }
}

/// An octave's differences and those of its neighbours in scale.
struct Layers<'a> {
    finer: &'a GrayImage,
    here: &'a GrayImage,
    coarser: &'a GrayImage,
}

impl<'a> Layers<'a> {
    fn of(pyramid: &'a Pyramid, octave: usize) -> Self {
        Self {
            finer: &pyramid.octaves[octave - 1].difference,
            here: &pyramid.octaves[octave].difference,
            coarser: &pyramid.octaves[octave + 1].difference,
        }
    }

    /// At most one extremum of a 2 x 2 block, in the runtime's order of preference.
    fn in_block(&self, column: usize, row: usize) -> Option<(usize, usize)> {
        let (x, y) = (2 * column, 2 * row);
        [(x, y + 1), (x + 1, y), (x + 1, y + 1), (x, y)]
            .into_iter()
            .find(|&(x, y)| self.is_extremum(x, y))
    }

    fn is_extremum(&self, x: usize, y: usize) -> bool {
        let (width, height) = (self.here.width(), self.here.height());
        let value = self.here.at(x, y);
        value * value >= MIN_SCORE * MIN_SCORE
            && (BORDER..width.saturating_sub(BORDER)).contains(&x)
            && (BORDER..height.saturating_sub(BORDER)).contains(&y)
            && self.is_outermost(x, y, value)
            && Hessian::at(self.here, x, y).is_blob()
    }

    /// Whether no neighbour in the 3 x 3 x 3 surroundings exceeds the value; ties are allowed.
    fn is_outermost(&self, x: usize, y: usize, value: f32) -> bool {
        let side = value.signum();
        let inner = |v: f32| side * v <= side * value;
        let mut around = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
        around.clone().all(|(x, y)| inner(self.here.at(x, y)))
            && around
                .all(|(x, y)| inner(halved(self.finer, x, y)) && inner(doubled(self.coarser, x, y)))
    }
}

/// The pixel that halving the image would give at x, y.
fn halved(image: &GrayImage, x: usize, y: usize) -> f32 {
    let (x, y) = (2 * x, 2 * y);
    0.25 * image.at(x, y)
        + 0.25 * image.at(x, y + 1)
        + 0.25 * image.at(x + 1, y)
        + 0.25 * image.at(x + 1, y + 1)
}

/// The pixel that doubling the image would give at x, y: bilinear, pixel centres aligned.
fn doubled(image: &GrayImage, x: usize, y: usize) -> f32 {
    let (x0, x1, near_x) = taps(x, image.width());
    let (y0, y1, near_y) = taps(y, image.height());
    let far_x = 1.0 - near_x;
    (image.at(x0, y0) * near_x + image.at(x1, y0) * far_x) * near_y
        + (image.at(x0, y1) * near_x + image.at(x1, y1) * far_x) * (1.0 - near_y)
}

/// The two source indices round `0.5 * index - 0.25` and the weight of the first.
fn taps(index: usize, length: usize) -> (usize, usize, f32) {
    let last = length - 1;
    if index % 2 == 1 {
        (((index - 1) / 2).min(last), index.div_ceil(2).min(last), 0.75)
    } else {
        ((index / 2).saturating_sub(1).min(last), (index / 2).min(last), 0.25)
    }
}

struct Hessian {
    xx: f32,
    yy: f32,
    xy: f32,
}

impl Hessian {
    fn at(image: &GrayImage, x: usize, y: usize) -> Self {
        let value = 2.0 * image.at(x, y);
        Self {
            xx: image.at(x + 1, y) + image.at(x - 1, y) - value,
            yy: image.at(x, y + 1) + image.at(x, y - 1) - value,
            xy: 0.25
                * (image.at(x - 1, y - 1) + image.at(x + 1, y + 1)
                    - image.at(x + 1, y - 1)
                    - image.at(x - 1, y + 1)),
        }
    }

    fn determinant(&self) -> f32 {
        self.xx * self.yy - self.xy * self.xy
    }

    fn is_blob(&self) -> bool {
        let (trace, determinant) = (self.xx + self.yy, self.determinant());
        determinant.abs() >= MIN_DETERMINANT && (trace * trace / determinant).abs() < MAX_EDGE
    }
}

/// The extremum's position in its octave, moved to the vertex of the parabola through its neighbours.
pub(super) fn refined(difference: &GrayImage, extremum: &Extremum) -> (f32, f32) {
    let Extremum { x, y, .. } = *extremum;
    let hessian = Hessian::at(difference, x, y);
    let determinant = hessian.determinant();
    let (fx, fy) = (x as f32, y as f32);
    if determinant.abs() < MIN_DETERMINANT {
        return (fx, fy);
    }
    let dx = 0.5 * (difference.at(x + 1, y) - difference.at(x - 1, y));
    let dy = 0.5 * (difference.at(x, y + 1) - difference.at(x, y - 1));
    (
        fx - (hessian.yy * dx - hessian.xy * dy) / determinant,
        fy - (hessian.xx * dy - hessian.xy * dx) / determinant,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_reads_between_pixel_centres() {
        let ramp = GrayImage::from_fn(4, 4, |x, y| (x + 10 * y) as f32);
        // Pixel 3 of the doubled image lies at 0.5 * 3 - 0.25 = 1.25 of the source.
        assert!((doubled(&ramp, 3, 0) - 1.25).abs() < 1e-6);
        assert!((doubled(&ramp, 2, 3) - (0.75 + 12.5)).abs() < 1e-6);
    }

    #[test]
    fn a_full_cell_keeps_the_strongest_and_the_earlier_of_equals() {
        let mut cell = Vec::new();
        for (x, score) in [4.0, -9.0, 5.0, 6.0, 7.0, -9.0, 3.5].into_iter().enumerate() {
            insert(&mut cell, Extremum { octave: 1, x, y: 0, score });
        }
        let order: Vec<usize> = cell.iter().map(|kept| kept.x).collect();
        assert_eq!(order, [1, 5, 4, 3, 2]);
    }
}
