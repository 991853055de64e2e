//! Maps between planes.

/// A place on a plane.
pub type Point2 = (f64, f64);

/// A projective map of the plane, row-major.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography(pub [f64; 9]);

impl Homography {
    pub(super) fn of_rows([a, b, c]: [[f64; 3]; 3]) -> Self {
        Self([a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2]])
    }

    /// Where a place goes.
    #[must_use]
    pub fn apply(&self, (x, y): Point2) -> Point2 {
        let h = &self.0;
        let w = h[6] * x + h[7] * y + h[8];
        ((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w)
    }

    /// The determinant.
    #[must_use]
    pub fn determinant(&self) -> f64 {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    }

    /// The map back; `None` when the determinant is at most `least` in size.
    #[must_use]
    pub fn inverse(&self, least: f64) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let determinant = self.determinant();
        let adjugate = [
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ];
        (determinant.abs() > least).then(|| Self(adjugate.map(|value| value / determinant)))
    }

    /// The map that takes `from` to `to`, by the direct linear transformation over normalised places
    /// (Hartley and Zisserman, "Multiple View Geometry", 4.1), its last entry 1.
    ///
    /// `None` with fewer than four pairs, or when they do not determine it.
    #[must_use]
    pub fn fit(from: &[Point2], to: &[Point2]) -> Option<Self> {
        if from.len() < 4 || from.len() != to.len() {
            return None;
        }
        let (source, target) = (Normaliser::of(from)?, Normaliser::of(to)?);
        let mut normal = Normal::default();
        for (&from, &to) in from.iter().zip(to) {
            let ((x, y), (u, v)) = (source.apply(from), target.apply(to));
            normal.add([x, y, 1.0, 0.0, 0.0, 0.0, -x * u, -y * u], u);
            normal.add([0.0, 0.0, 0.0, x, y, 1.0, -x * v, -y * v], v);
        }
        let h = normal.solve()?;
        let unit = Self([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]);
        let map = target.undo().after(&unit).after(&source.matrix());
        let last = map.0[8];
        let scaled = map.0.map(|value| value / last);
        scaled.iter().all(|value| value.is_finite()).then_some(Self(scaled))
    }

    /// This map after another.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        let mut product = [0.0; 9];
        for (index, value) in product.iter_mut().enumerate() {
            let (row, column) = (index / 3, index % 3);
            *value = (0..3).map(|k| self.0[3 * row + k] * first.0[3 * k + column]).sum();
        }
        Self(product)
    }
}

/// Moves places to the origin and to a mean distance of the square root of 2 from it.
struct Normaliser {
    mean: Point2,
    scale: f64,
}

impl Normaliser {
    fn of(places: &[Point2]) -> Option<Self> {
        let count = places.len() as f64;
        let sum = places.iter().fold((0.0, 0.0), |sum, place| (sum.0 + place.0, sum.1 + place.1));
        let mean = (sum.0 / count, sum.1 / count);
        let spread: f64 = places.iter().map(|p| (p.0 - mean.0).hypot(p.1 - mean.1)).sum();
        (spread > 0.0).then(|| Self { mean, scale: std::f64::consts::SQRT_2 * count / spread })
    }

    fn apply(&self, (x, y): Point2) -> Point2 {
        ((x - self.mean.0) * self.scale, (y - self.mean.1) * self.scale)
    }

    fn matrix(&self) -> Homography {
        let Self { mean: (x, y), scale } = *self;
        Homography([scale, 0.0, -x * scale, 0.0, scale, -y * scale, 0.0, 0.0, 1.0])
    }

    fn undo(&self) -> Homography {
        let Self { mean: (x, y), scale } = *self;
        Homography([1.0 / scale, 0.0, x, 0.0, 1.0 / scale, y, 0.0, 0.0, 1.0])
    }
}

const UNKNOWNS: usize = 8;

/// Normal equations of a linear least-squares problem.
#[derive(Default)]
struct Normal {
    matrix: [[f64; UNKNOWNS]; UNKNOWNS],
    right: [f64; UNKNOWNS],
}

impl Normal {
    fn add(&mut self, row: [f64; UNKNOWNS], right: f64) {
        for (i, &a) in row.iter().enumerate() {
            for (sum, &b) in self.matrix[i].iter_mut().zip(&row) {
                *sum += a * b;
            }
            self.right[i] += a * right;
        }
    }

    fn solve(self) -> Option<[f64; UNKNOWNS]> {
        solve(self.matrix, self.right)
    }
}

/// Gaussian elimination with partial pivoting; `None` when the matrix is singular.
pub(super) fn solve<const N: usize>(
    mut matrix: [[f64; N]; N],
    mut right: [f64; N],
) -> Option<[f64; N]> {
    for column in 0..N {
        let size = |row: &usize| matrix[*row][column].abs();
        let pivot = (column..N).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        if matrix[pivot][column].abs() < 1e-14 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let (above, below) = matrix.split_at_mut(column + 1);
        let lead = &above[column];
        for (row, values) in below.iter_mut().enumerate() {
            let factor = values[column] / lead[column];
            for (value, &subtract) in values[column..].iter_mut().zip(&lead[column..]) {
                *value -= factor * subtract;
            }
            right[column + 1 + row] -= factor * right[column];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_fit_finds_the_map_that_made_the_pairs(
            a in 0.5..2.0, b in -0.5..0.5, c in -50.0..50.0,
            d in -0.5..0.5, e in 0.5..2.0, f in -50.0..50.0,
            g in -1e-4..1e-4, h in -1e-4..1e-4,
        ) {
            let map = Homography([a, b, c, d, e, f, g, h, 1.0]);
            let from = [(0.0, 0.0), (300.0, 10.0), (280.0, 220.0), (-5.0, 190.0), (120.0, 90.0)];
            let to = from.map(|place| map.apply(place));
            let found = Homography::fit(&from, &to).unwrap();
            for (expected, actual) in map.0.iter().zip(found.0) {
                prop_assert!((expected - actual).abs() < 1e-6 * (1.0 + expected.abs()));
            }
            let back = map.inverse(1e-9).unwrap();
            let (x, y) = back.apply(to[1]);
            prop_assert!((x - 300.0).abs() < 1e-6 && (y - 10.0).abs() < 1e-6);
        }
    }

    #[test]
    fn places_on_a_line_determine_nothing() {
        let line = [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)];
        assert_eq!(Homography::fit(&line, &line), None);
        assert_eq!(Homography::fit(&line[..3], &line[..3]), None);
        assert_eq!(Homography::fit(&[(1.0, 1.0); 4], &[(1.0, 1.0); 4]), None);
    }
}
