//! Extrema of the differences of Gaussians: finding, thinning, and placing them between pixels.

use crate::gray::GrayF32;
use crate::simd;

use super::pyramid::Pyramid;

/// Least difference, in grey levels.
pub(super) const MIN_SCORE: f32 = 3.0;
/// Greatest ratio of squared trace to determinant of the Hessian: edges of more than 4 to 1 are dropped.
pub(super) const MAX_EDGE: f32 = 6.25;
const MIN_DETERMINANT: f32 = 1e-4;
/// Extrema kept per cell.
pub(super) const PER_CELL: usize = 5;
/// Marks looked at together.
pub(super) const MARKS: usize = 8;

/// An extremum at a whole pixel of an octave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extremum {
    pub(super) octave: usize,
    x: usize,
    y: usize,
    /// The difference of Gaussians there; its sign tells maxima from minima.
    pub(super) score: f32,
}

/// Where extrema are looked for, and how densely.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Field {
    /// Cells across and down.
    pub(super) grid: (usize, usize),
    /// Pixels of an octave kept free along its border, at least one.
    pub(super) border: usize,
}

/// The strongest extrema of each cell of the grid.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// Row-major, the strongest of a cell first.
    cells: Vec<Vec<Extremum>>,
    field: Field,
    upper_marks: Vec<u8>,
    lower_marks: Vec<u8>,
}

impl Cells {
    /// The strongest extrema of a pyramid, cell by cell.
    pub(super) fn fill(
        &mut self,
        pyramid: &Pyramid,
        field: Field,
    ) -> impl Iterator<Item = &Extremum> {
        self.field = field;
        self.cells.resize_with(field.grid.0 * field.grid.1, Vec::new);
        self.cells.iter_mut().for_each(Vec::clear);
        for number in pyramid.inner_octaves() {
            self.scan(number, &Layers::of(pyramid, number));
        }
        self.cells.iter().flatten()
    }

    fn scan(&mut self, octave: usize, layers: &Layers<'_>) {
        let (columns, rows) = (layers.here.width() / 2, layers.here.height() / 2);
        for row in 0..rows {
            self.mark(layers.here, row);
            for column in marked_blocks(&self.upper_marks, &self.lower_marks) {
                if let Some((x, y)) = self.in_block(layers, column, row) {
                    let (across, down) = self.field.grid;
                    let cell = cell_of(y, rows, down) * across + cell_of(x, columns, across);
                    let score = layers.here.at(x, y);
                    insert(&mut self.cells[cell], Extremum { octave, x, y, score });
                }
            }
        }
    }

    /// Marks the peaks of a row of blocks.
    fn mark(&mut self, image: &GrayF32, row: usize) {
        let border = self.field.border;
        for (y, marks) in [(2 * row, &mut self.upper_marks), (2 * row + 1, &mut self.lower_marks)] {
            marks.clear();
            marks.resize(image.width().next_multiple_of(MARKS), 0);
            if (border..image.height().saturating_sub(border)).contains(&y) {
                let inner = border - 1..image.width().saturating_sub(border - 1);
                let rows = [y - 1, y, y + 1].map(|y| &image.row(y)[inner.clone()]);
                simd::run(
                    #[inline(always)]
                    || mark_peaks(rows, &mut marks[border..]),
                );
            }
        }
    }

    /// At most one extremum of a 2 x 2 block, in the runtime's order of preference.
    fn in_block(&self, layers: &Layers<'_>, column: usize, row: usize) -> Option<(usize, usize)> {
        let (left, right) = (2 * column, 2 * column + 1);
        let (upper, lower) = ((&self.upper_marks, 2 * row), (&self.lower_marks, 2 * row + 1));
        [(left, lower), (right, upper), (right, lower), (left, upper)]
            .into_iter()
            .filter(|&(x, (marks, _))| marks[x] != 0)
            .map(|(x, (_, y))| (x, y))
            .find(|&(x, y)| layers.is_extremum(x, y))
    }
}

/// Marks where the middle one of three rows is far enough from zero and no neighbour exceeds it.
///
/// The first mark belongs to the second pixel.
#[inline(always)]
pub(super) fn mark_peaks(rows: [&[f32]; 3], marks: &mut [u8]) {
    let [above, here, below] = rows.map(|row| row.array_windows::<3>());
    for (mark, ((a, h), b)) in marks.iter_mut().zip(above.zip(here).zip(below)) {
        let value = h[1];
        let around = [a[0], a[1], a[2], h[0], h[2], b[0], b[1], b[2]];
        let highest = around.iter().fold(value > 0.0, |all, &v| all & (v <= value));
        let lowest = around.iter().fold(value < 0.0, |all, &v| all & (v >= value));
        *mark = u8::from((value * value >= MIN_SCORE * MIN_SCORE) & (highest | lowest));
    }
}

/// The columns with a mark.
pub(super) fn marked(marks: &[u8]) -> impl Iterator<Item = usize> {
    marks.as_chunks::<MARKS>().0.iter().zip((0..).step_by(MARKS)).flat_map(|(chunk, first)| {
        // A mark is the lowest bit of its byte.
        let mut marks = u64::from_le_bytes(*chunk);
        std::iter::from_fn(move || {
            let column = marks.trailing_zeros() as usize / 8;
            marks &= marks.wrapping_sub(1);
            (column < MARKS).then_some(first + column)
        })
    })
}

/// Columns of the 2 x 2 blocks with a mark.
fn marked_blocks(upper: &[u8], lower: &[u8]) -> impl Iterator<Item = usize> {
    let chunks = upper.as_chunks::<MARKS>().0.iter().zip(lower.as_chunks::<MARKS>().0);
    chunks.zip((0..).step_by(MARKS / 2)).flat_map(|((upper, lower), first)| {
        let mut marks = u64::from_le_bytes(*upper) | u64::from_le_bytes(*lower);
        std::iter::from_fn(move || {
            let block = marks.trailing_zeros() / 16;
            marks &= !(0xffff_u64.checked_shl(16 * block).unwrap_or(0));
            (block < 4).then_some(first + block as usize)
        })
    })
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
    /// At the size of this octave.
    finer: &'a GrayF32,
    here: &'a GrayF32,
    coarser: &'a GrayF32,
}

impl<'a> Layers<'a> {
    fn of(pyramid: &'a Pyramid, octave: usize) -> Self {
        Self {
            finer: &pyramid.octave(octave).finer_difference,
            here: &pyramid.octave(octave).difference,
            coarser: &pyramid.octave(octave + 1).difference,
        }
    }

    /// Whether a marked pixel is an extremum in scale too, and no edge.
    fn is_extremum(&self, x: usize, y: usize) -> bool {
        Hessian::at(self.here, x, y).is_blob() && self.is_outermost(x, y)
    }

    /// Whether no neighbour in the finer and the coarser octave exceeds the value; ties are allowed.
    fn is_outermost(&self, x: usize, y: usize) -> bool {
        let value = self.here.at(x, y);
        let side = value.signum();
        let inner = |v: f32| side * v <= side * value;
        let mut rows = y - 1..=y + 1;
        rows.clone().all(|y| self.finer.row(y)[x - 1..=x + 1].iter().all(|&v| inner(v)))
            && rows.all(|y| (x - 1..=x + 1).all(|x| inner(doubled(self.coarser, x, y))))
    }
}

/// The pixel that doubling the image would give at x, y: bilinear, pixel centres aligned.
fn doubled(image: &GrayF32, x: usize, y: usize) -> f32 {
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
    fn at(image: &GrayF32, x: usize, y: usize) -> Self {
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
pub(super) fn refined(difference: &GrayF32, extremum: &Extremum) -> (f32, f32) {
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
    use crate::simd::each_level;

    #[test]
    fn doubling_reads_between_pixel_centres() {
        let ramp = GrayF32::from_fn(4, 4, |x, y| (x + 10 * y) as f32);
        // Pixel 3 of the doubled image lies at 0.5 * 3 - 0.25 = 1.25 of the source.
        assert!((doubled(&ramp, 3, 0) - 1.25).abs() < 1e-6);
        assert!((doubled(&ramp, 2, 3) - (0.75 + 12.5)).abs() < 1e-6);
    }

    #[test]
    fn marks_are_peaks_of_their_surroundings() {
        let image = GrayF32::from_fn(61, 3, |x, y| ((x * 7 + y * 5) * (x + 3) % 11) as f32 - 5.0);
        let expected: Vec<u8> = (1..60)
            .map(|x| {
                let value = image.at(x, 1);
                let around = || (0..3).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
                let highest = around().all(|(x, y)| image.at(x, y) <= value);
                let lowest = around().all(|(x, y)| image.at(x, y) >= value);
                u8::from((value >= 3.0 && highest) || (value <= -3.0 && lowest))
            })
            .collect();
        assert!(expected.iter().filter(|&&mark| mark == 1).count() > 5);
        each_level(|| {
            let mut marks = [0; 59];
            simd::run(|| mark_peaks([0, 1, 2].map(|y| image.row(y)), &mut marks));
            assert_eq!(marks[..], expected);
        });
    }

    #[test]
    fn marked_columns_come_from_left_to_right() {
        let mut marks = [0; 24];
        (marks[1], marks[7], marks[8], marks[23]) = (1, 1, 1, 1);
        assert!(marked(&marks).eq([1, 7, 8, 23]));
    }

    #[test]
    fn marked_blocks_come_from_left_to_right() {
        let (mut upper, mut lower) = ([0; 24], [0; 24]);
        (upper[1], upper[17], lower[0], lower[6], lower[23]) = (1, 1, 1, 1, 1);
        assert!(marked_blocks(&upper, &lower).eq([0, 3, 8, 11]));
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
