//! Linear maps between copies of a picture.

/// A map of pixel indices: a 2 x 2 matrix about a pair of centres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    /// Row-major.
    pub(super) matrix: [f32; 4],
    pub(super) from: (f32, f32),
    pub(super) to: (f32, f32),
}

impl Affine {
    #[inline(always)]
    pub(super) fn apply(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let [a, b, c, d] = self.matrix;
        let (x, y) = (x - self.from.0, y - self.from.1);
        (self.to.0 + a * x + b * y, self.to.1 + c * x + d * y)
    }

    /// Where `N` neighbouring pixels of a row go, x and y apart.
    #[inline(always)]
    pub(super) fn apply_along<const N: usize>(
        &self,
        first: usize,
        y: usize,
    ) -> ([f32; N], [f32; N]) {
        let (mut xs, mut ys) = ([0.0; N], [0.0; N]);
        for lane in 0..N {
            (xs[lane], ys[lane]) = self.apply(((first + lane) as f32, y as f32));
        }
        (xs, ys)
    }

    /// The map back; the matrix must not be singular.
    pub(super) fn inverse(&self) -> Self {
        let [a, b, c, d] = self.matrix;
        let determinant = a * d - b * c;
        let matrix = [d, -b, -c, a].map(|value| value / determinant);
        Self { matrix, from: self.to, to: self.from }
    }

    /// This map after another.
    pub(super) fn after(&self, first: &Self) -> Self {
        let [a, b, c, d] = self.matrix;
        let [e, f, g, h] = first.matrix;
        Self {
            matrix: [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h],
            from: first.from,
            to: self.apply(first.to),
        }
    }
}

/// The middle of an image in pixel indices.
pub(super) fn middle(width: usize, height: usize) -> (f32, f32) {
    ((width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_chain_and_undo() {
        let a = Affine { matrix: [2.0, 0.5, -0.3, 1.5], from: (3.0, 4.0), to: (-1.0, 2.0) };
        let b = Affine { matrix: [0.6, -0.8, 0.8, 0.6], from: (0.5, 0.0), to: (7.0, 7.0) };
        let (x, y) = a.after(&b).apply((10.0, 20.0));
        let (u, v) = a.apply(b.apply((10.0, 20.0)));
        assert!((x - u).abs() < 1e-4 && (y - v).abs() < 1e-4);
        let (x, y) = a.inverse().apply(a.apply((11.0, -5.0)));
        assert!((x - 11.0).abs() < 1e-4 && (y + 5.0).abs() < 1e-4);
    }
}
