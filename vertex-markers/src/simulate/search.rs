//! Finding patches of a target in a warped frame, by normalised cross-correlation.

use std::ops::Range;

use crate::tracking::{TrackingImage, TrackingPoint};

use super::homography::Point2;

/// Pixels from a patch's centre to its edge.
const HALF: usize = 6;
const SIDE: usize = 2 * HALF + 1;
const AREA: i64 = (SIDE * SIDE) as i64;
/// A patch's row in memory: a whole number of vector registers, zeros behind the pixels.
const ROW: usize = 16;
/// How far a patch is looked for, in pixels of the tracking image.
const SEARCH: i32 = 10;
/// Patches that correlate better than this are found.
const FOUND: f32 = 0.8;
/// Warped levels are kept in parts of a grey level, so that products are exact integers.
pub(super) const PARTS: f32 = 64.0;

/// Where a point's patch fits best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatchMatch {
    /// Normalised cross-correlation, -1 to 1; lower when the patch could not be compared anywhere.
    pub similarity: f32,
    /// Pixels of the tracking image to the right of and below the expected place.
    pub offset: (i32, i32),
}

impl PatchMatch {
    pub(super) const NOWHERE: Self = Self { similarity: -2.0, offset: (-SEARCH, -SEARCH) };

    /// Whether the runtime uses it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.similarity > FOUND
    }
}

/// What is looked for.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    /// On the target, in its pixels.
    pub(super) place: Point2,
    /// On the tracking image.
    center: [i32; 2],
    levels: [[i16; ROW]; SIDE],
    sum: i64,
    inverse_norm: f32,
}

impl Patch {
    pub(super) fn of(target: &TrackingImage, point: TrackingPoint) -> Self {
        let place = [point.x, point.y].map(|at| f64::from(at) / target.scale);
        let center = place.map(|at| (at as f32 * target.scale as f32) as i32);
        let mut levels = [[0; ROW]; SIDE];
        let (mut sum, mut squares) = (0, 0);
        for (y, row) in levels.iter_mut().enumerate() {
            for (x, level) in row.iter_mut().take(SIDE).enumerate() {
                *level = pixel(target, center[0] + x as i32, center[1] + y as i32);
                sum += i64::from(*level);
                squares += i64::from(*level) * i64::from(*level);
            }
        }
        Self {
            place: (place[0], place[1]),
            center,
            levels,
            sum,
            inverse_norm: inverse_norm(sum, squares),
        }
    }
}

/// The level half a patch up and left of here; columns outside run on in the next row, as in the runtime.
fn pixel(target: &TrackingImage, x: i32, y: i32) -> i16 {
    let width = target.image.width() as i64;
    let index = (i64::from(y) - HALF as i64) * width + i64::from(x) - HALF as i64;
    let data = target.image.data();
    let last = data.len().saturating_sub(1);
    data.get((index.max(0) as usize).min(last)).copied().map_or(0, i16::from)
}

/// One over the root of the summed squared deviations from the mean and of the area; 0 where all is plain.
fn inverse_norm(sum: i64, squares: i64) -> f32 {
    let deviations = AREA * squares - sum * sum;
    if deviations == 0 { 0.0 } else { 1.0 / (deviations as f32).sqrt() }
}

/// A warped frame, ready to be searched.
pub(super) struct Warped {
    /// In [`PARTS`] of a level.
    levels: Vec<i16>,
    /// Width and height without padding.
    size: [usize; 2],
    windows: Vec<WindowMoments>,
}

/// All pixels under a patch.
#[derive(Clone, Copy, Default)]
struct WindowMoments {
    sum: i32,
    inverse_norm: f32,
}

impl Warped {
    /// Rows are padded, so that the last window can be read in whole registers.
    pub(super) fn stride(width: usize) -> usize {
        width + ROW - SIDE
    }

    pub(super) fn of(levels: Vec<i16>, size: [usize; 2]) -> Self {
        let windows = windows(&levels, size);
        Self { levels, size, windows }
    }

    pub(super) fn find(&self, patch: &Patch) -> PatchMatch {
        let mut best = PatchMatch::NOWHERE;
        if patch.inverse_norm == 0.0 {
            return best;
        }
        let [left, top] = patch.center.map(|center| center - HALF as i32);
        let [columns, rows] = [0, 1].map(|axis| reach(patch.center[axis], self.size[axis]));
        if rows.is_empty() {
            return best;
        }
        for x in columns {
            let strip = Strip::of(self, x as usize, rows.clone());
            for y in rows.clone() {
                let similarity = strip.similarity(patch, y as usize);
                let offset = (x - left, y - top);
                // Of equals the runtime takes the uppermost, then the leftmost.
                let above = similarity == best.similarity && offset.1 < best.offset.1;
                if similarity > best.similarity || above {
                    best = PatchMatch { similarity, offset };
                }
            }
        }
        best
    }
}

/// Rows as wide as a patch, one below the other without a gap: every window in it is one run of pixels,
/// which compiles to multiplications of whole registers.
struct Strip<'a> {
    warped: &'a Warped,
    x: usize,
    top: usize,
    rows: [[i16; ROW]; MOST_ROWS],
}

/// Rows that a search may touch.
const MOST_ROWS: usize = 2 * SEARCH as usize + SIDE;

impl<'a> Strip<'a> {
    /// For windows whose first pixel is in this column and these rows.
    fn of(warped: &'a Warped, x: usize, rows: Range<i32>) -> Self {
        let mut strip = Self { warped, x, top: rows.start as usize, rows: [[0; ROW]; MOST_ROWS] };
        let stride = Warped::stride(warped.size[0]);
        let touched = rows.len() + SIDE - 1;
        let sources = warped.levels[strip.top * stride..].chunks(stride);
        for (row, source) in strip.rows[..touched].iter_mut().zip(sources) {
            row.copy_from_slice(&source[x..x + ROW]);
        }
        strip
    }

    /// Correlation of a patch with the window whose first row is this one.
    fn similarity(&self, patch: &Patch, y: usize) -> f32 {
        let window = self.warped.windows[y * (self.warped.size[0] + 1 - SIDE) + self.x];
        if window.inverse_norm == 0.0 {
            return PatchMatch::NOWHERE.similarity;
        }
        let first = y - self.top;
        let levels = self.rows[first..first + SIDE].as_flattened();
        let pairs = patch.levels.as_flattened().iter().zip(levels);
        let products: i32 = pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
        let covariance = AREA * i64::from(products) - i64::from(window.sum) * patch.sum;
        covariance as f32 * window.inverse_norm * patch.inverse_norm
    }
}

/// First pixels of the windows searched for a patch along one axis.
fn reach(center: i32, length: usize) -> Range<i32> {
    let first = center - HALF as i32;
    let end = i32::try_from(length).unwrap_or(i32::MAX) - SIDE as i32 + 1;
    (first - SEARCH).max(0)..(first + SEARCH + 1).min(end)
}

/// Sums over all windows that fit, row by row.
fn windows(levels: &[i16], [width, height]: [usize; 2]) -> Vec<WindowMoments> {
    let stride = Warped::stride(width);
    let mut windows = Vec::new();
    let mut columns = vec![(0_i64, 0_i64); width];
    for y in 0..height {
        let row = |y: usize| &levels[y * stride..y * stride + width];
        for (column, &level) in columns.iter_mut().zip(row(y)) {
            let level = i64::from(level);
            *column = (column.0 + level, column.1 + level * level);
        }
        if y + 1 < SIDE {
            continue;
        }
        push_row(&mut windows, &columns);
        for (column, &level) in columns.iter_mut().zip(row(y + 1 - SIDE)) {
            let level = i64::from(level);
            *column = (column.0 - level, column.1 - level * level);
        }
    }
    windows
}

fn push_row(windows: &mut Vec<WindowMoments>, columns: &[(i64, i64)]) {
    let (mut sum, mut squares) = (0, 0);
    for (x, column) in columns.iter().enumerate() {
        sum += column.0;
        squares += column.1;
        if x + 1 >= SIDE {
            windows
                .push(WindowMoments { sum: sum as i32, inverse_norm: inverse_norm(sum, squares) });
            let first = columns[x + 1 - SIDE];
            sum -= first.0;
            squares -= first.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gray::Plane;

    #[test]
    fn similarities_are_normalised_cross_correlations() {
        let pattern = |x: usize, y: usize| ((x * x * 7 + y * 31 + x * y * 3) % 211) as u8;
        let image = Plane::from_fn(40, 30, pattern);
        let points = vec![TrackingPoint { x: 15, y: 14 }];
        let target = TrackingImage { image, scale: 1.0, points };
        let patch = Patch::of(&target, target.points[0]);
        let seen = |x: usize, y: usize| i16::from(pattern(2 * y, x)) * 20 + 5 * x as i16;
        let stride = Warped::stride(40);
        let warped = Plane::from_fn(stride, 30, seen);
        let warped = Warped::of(warped.data().to_vec(), [40, 30]);
        let found = f64::from(Strip::of(&warped, 3, 2..9).similarity(&patch, 7));
        let pairs: Vec<(f64, f64)> = (0..SIDE * SIDE)
            .map(|index| (index % SIDE, index / SIDE))
            .map(|(x, y)| (pattern(9 + x, 8 + y).into(), seen(3 + x, 7 + y).into()))
            .collect();
        let expected = correlation(&pairs);
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }

    fn correlation(pairs: &[(f64, f64)]) -> f64 {
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| {
            pairs.iter().map(of).sum::<f64>() / pairs.len() as f64
        };
        let (a, b) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        let covariance = mean(&|pair| (pair.0 - a) * (pair.1 - b));
        let variances = mean(&|pair| (pair.0 - a).powi(2)) * mean(&|pair| (pair.1 - b).powi(2));
        covariance / variances.sqrt()
    }
}
