//! Levels between pixel centres.

use crate::simd::whole;

use super::GrayF32;

impl GrayF32 {
    /// The levels at many places, given in pixel indices; border pixels repeat outwards.
    #[inline(always)]
    pub(crate) fn bilinear<const N: usize>(&self, x: &[f32; N], y: &[f32; N]) -> [f32; N] {
        let columns = Taps::between(x, self.width());
        let rows = Taps::between(y, self.height());
        let mut corners = [[0.0; N]; 4];
        for (i, &row) in rows.first.iter().enumerate() {
            let upper = &self.data[row as usize * self.width..][..self.width];
            let lower = &self.data[rows.second[i] as usize * self.width..][..self.width];
            let (left, right) = (columns.first[i] as usize, columns.second[i] as usize);
            corners[0][i] = upper[left];
            corners[1][i] = upper[right];
            corners[2][i] = lower[left];
            corners[3][i] = lower[right];
        }
        let mut levels = [0.0; N];
        for i in 0..N {
            let (right, below) = (columns.share[i], rows.share[i]);
            let (left, above) = (1.0 - right, 1.0 - below);
            levels[i] = left * above * corners[0][i]
                + right * above * corners[1][i]
                + left * below * corners[2][i]
                + right * below * corners[3][i];
        }
        levels
    }
}

/// Neighbouring pixels along one axis and the share of the second one.
struct Taps<const N: usize> {
    first: [u32; N],
    second: [u32; N],
    share: [f32; N],
}

impl<const N: usize> Taps<N> {
    #[inline(always)]
    fn between(places: &[f32; N], length: usize) -> Self {
        let last = length as f32 - 1.0;
        let mut taps = Self { first: [0; N], second: [0; N], share: [0.0; N] };
        for (i, &place) in places.iter().enumerate() {
            let floor = place.floor();
            taps.first[i] = whole(floor.max(0.0).min(last));
            taps.second[i] = whole((floor + 1.0).max(0.0).min(last));
            taps.share[i] = place - floor;
        }
        taps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;

    fn one_by_one(image: &GrayF32, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let (right, below) = (x - x0, y - y0);
        let (x0, y0) = (x0 as isize, y0 as isize);
        let (left, above) = (1.0 - right, 1.0 - below);
        left * above * image.clamped(x0, y0)
            + right * above * image.clamped(x0 + 1, y0)
            + left * below * image.clamped(x0, y0 + 1)
            + right * below * image.clamped(x0 + 1, y0 + 1)
    }

    #[test]
    fn many_at_once_are_as_one_by_one() {
        let image = GrayF32::from_fn(9, 7, |x, y| ((x * 37 + y * 91) % 256) as f32);
        let xs = [-1e9, -3.2, -1.0, -0.4, 0.0, 0.3, 3.5, 7.999, 8.0, 8.7, 9.0, 1e9, 4.0];
        let ys = [2.5, -0.1, 6.0, 6.9, -1e9, 1e9, 3.25, 0.0, 5.999, 7.1, -1.0, 3.0, 6.5];
        let expected: Vec<f32> =
            xs.iter().zip(ys).map(|(&x, y)| one_by_one(&image, x, y)).collect();
        each_level(|| assert_eq!(image.bilinear(&xs, &ys)[..], expected));
    }
}
