//! What the pyramid does to rows of pixels.

/// Weighted sum of five neighbours by the binomial 1 4 6 4 1.
#[inline(always)]
fn binomial([a, b, c, d, e]: [f32; 5]) -> f32 {
    a + 4.0 * b + 6.0 * c + 4.0 * d + e
}

/// Binomial sums along a row of at least four pixels, the border repeated.
#[inline(always)]
fn spread(row: &[f32], sums: &mut [f32]) {
    let last = row.len() - 1;
    for (sum, &taps) in sums[2..].iter_mut().zip(row.array_windows()) {
        *sum = binomial(taps);
    }
    for x in [0, 1, last - 1, last] {
        sums[x] = binomial(std::array::from_fn(|tap| row[(x + tap).saturating_sub(2).min(last)]));
    }
}

/// Pixel by pixel the one less the other.
#[inline(always)]
pub(super) fn subtract(minuend: &[f32], subtrahend: &[f32], difference: &mut [f32]) {
    for ((value, a), b) in difference.iter_mut().zip(minuend).zip(subtrahend) {
        *value = a - b;
    }
}

/// Means of the 2 x 2 blocks of two rows; an odd last column is dropped.
#[inline(always)]
pub(super) fn halve(above: &[f32], below: &[f32], half: &mut [f32]) {
    let pairs = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
    for (value, (a, b)) in half.iter_mut().zip(pairs) {
        *value = mean(a, b);
    }
}

/// Mean of a block, summed in the runtime's order.
#[inline(always)]
fn mean(above: &[f32; 2], below: &[f32; 2]) -> f32 {
    0.25 * above[0] + 0.25 * below[0] + 0.25 * above[1] + 0.25 * below[1]
}

/// The last few rows of an image that passes by.
#[derive(Debug, Default)]
pub(super) struct RowRing<const ROWS: usize> {
    width: usize,
    data: Vec<f32>,
}

impl<const ROWS: usize> RowRing<ROWS> {
    pub(super) fn reset(&mut self, width: usize) {
        self.width = width;
        self.data.resize(ROWS * width, 0.0);
    }

    #[inline(always)]
    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.data[y % ROWS * self.width..][..self.width]
    }

    #[inline(always)]
    pub(super) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.data[y % ROWS * self.width..][..self.width]
    }
}

/// Separable binomial filter of an image that passes by: a row comes out when two more have gone in.
#[derive(Debug, Default)]
pub(super) struct Blur {
    height: usize,
    sums: RowRing<5>,
}

impl Blur {
    /// Rows that must have gone in after the one that comes out, unless the image ends.
    pub(super) const DELAY: usize = 2;

    pub(super) fn reset(&mut self, width: usize, height: usize) {
        self.height = height;
        self.sums.reset(width);
    }

    /// Takes row `y`.
    #[inline(always)]
    pub(super) fn push(&mut self, y: usize, row: &[f32]) {
        spread(row, self.sums.row_mut(y));
    }

    /// Gives row `y`.
    #[inline(always)]
    pub(super) fn blurred(&self, y: usize, blurred: &mut [f32]) {
        let row =
            |tap: usize| self.sums.row((y + tap).saturating_sub(Self::DELAY).min(self.height - 1));
        let rows = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3)).zip(row(4));
        for (value, ((((&a, &b), &c), &d), &e)) in blurred.iter_mut().zip(rows) {
            *value = binomial([a, b, c, d, e]) / 256.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_repeats_the_border() {
        let mut sums = [0.0; 5];
        spread(&[1.0, 0.0, 0.0, 0.0, 2.0], &mut sums);
        assert_eq!(sums, [11.0, 5.0, 1.0 + 2.0, 10.0, 22.0]);
    }

    #[test]
    fn halving_drops_an_odd_column() {
        let mut half = [0.0; 2];
        halve(&[1.0, 2.0, 8.0, 8.0, 100.0], &[3.0, 2.0, 0.0, 0.0, 100.0], &mut half);
        assert_eq!(half, [2.0, 4.0]);
    }
}
