//! A copy of the picture packed for bilinear sampling.

use crate::gray::GrayF32;
use crate::simd::{self, whole};

/// Parts that the distance between two pixels is divided into.
const PARTS: u32 = 256;
const SHIFT: u32 = PARTS.ilog2();

/// Whole grey levels, the four round every place packed into one word: one load samples a level between pixels.
///
/// Border pixels repeat outwards, by one.
pub(super) struct BilinearTexture {
    stride: u32,
    /// The last column and row.
    last: (f32, f32),
    squares: Vec<u32>,
}

impl BilinearTexture {
    pub(super) fn of(image: &GrayF32) -> Self {
        let (width, height) = (image.width(), image.height());
        let mut squares = vec![0; (width + 1) * (height + 1)];
        let mut rows = [vec![0; width + 2], vec![0; width + 2]];
        padded(image.row(0), &mut rows[1]);
        for (y, squares) in squares.chunks_exact_mut(width + 1).enumerate() {
            rows.swap(0, 1);
            let [above, below] = &mut rows;
            simd::run(
                #[inline(always)]
                || {
                    padded(image.row(y.min(height - 1)), below);
                    join(above, below, squares);
                },
            );
        }
        let last = ((width - 1) as f32, (height - 1) as f32);
        Self { stride: width as u32 + 1, last, squares }
    }

    /// The levels at places given in pixel indices, each axis rounded to the nearest 256th.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: &[f32; N], y: &[f32; N]) -> [f32; N] {
        let (mut places, mut right, mut below) = ([0; N], [0; N], [0; N]);
        for lane in 0..N {
            let (column, row) = (steps(x[lane], self.last.0), steps(y[lane], self.last.1));
            places[lane] = (row >> SHIFT) * self.stride + (column >> SHIFT);
            right[lane] = column % PARTS;
            below[lane] = row % PARTS;
        }
        let mut squares = [0; N];
        for lane in 0..N {
            squares[lane] = self.squares[places[lane] as usize];
        }
        let mut levels = [0.0; N];
        for lane in 0..N {
            let square = squares[lane];
            let level = |byte: u32| (square >> (8 * byte) & 0xff) as i32;
            let between = |first, second| {
                level(first) * (PARTS - right[lane]) as i32 + level(second) * right[lane] as i32
            };
            let (upper, lower) = (between(0, 1), between(2, 3));
            let share = below[lane] as i32 as f32 / PARTS as f32;
            levels[lane] = (upper as f32 + (lower - upper) as f32 * share) / PARTS as f32;
        }
        levels
    }
}

/// Parts from one pixel before the first one, no farther than the last.
#[inline(always)]
fn steps(place: f32, last: f32) -> u32 {
    whole((place.max(-1.0).min(last) + 1.0) * PARTS as f32)
}

/// Whole levels with the border repeated on both sides.
#[inline(always)]
fn padded(levels: &[f32], row: &mut [u32]) {
    let width = levels.len();
    for (byte, level) in row[1..].iter_mut().zip(levels) {
        *byte = whole(level.clamp(0.0, 255.0));
    }
    row[0] = row[1];
    row[width + 1] = row[width];
}

#[inline(always)]
fn join(above: &[u32], below: &[u32], squares: &mut [u32]) {
    let pairs = above.array_windows().zip(below.array_windows());
    for (square, ([a, b], [c, d])) in squares.iter_mut().zip(pairs) {
        *square = a | b << 8 | c << 16 | d << 24;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;

    #[test]
    fn levels_between_pixels_are_bilinear_and_end_at_the_border() {
        let image = GrayF32::from_fn(9, 7, |x, y| ((x * 37 + y * 91) % 256) as f32);
        let xs = [-1e9, -1.0, -0.5, 0.0, 0.25, 3.5, 7.75, 8.0, 8.7, 1e9, 4.0, 2.0, f32::NAN];
        let ys = [2.5, -0.5, 6.0, 5.75, -1e9, 1e9, 3.25, 0.0, 5.5, 7.1, -1.0, 3.0, 6.5];
        let inside = |place: f32, last: f32| place.max(0.0).min(last);
        let exact = image.bilinear(&xs.map(|x| inside(x, 8.0)), &ys.map(|y| inside(y, 6.0)));
        let texture = BilinearTexture::of(&image);
        each_level(|| {
            let levels = simd::run(|| texture.levels(&xs, &ys));
            for (level, exact) in levels.iter().zip(exact) {
                assert!((level - exact).abs() < 1e-3, "{level} {exact}");
            }
        });
    }
}
