//! Patches of 13 x 13 pixels and how alike two of them are.

use crate::gray::GrayBytes;

/// Pixels from a patch's centre to its edge, as in the runtime.
pub(super) const HALF: usize = 6;
const SIDE: usize = 2 * HALF + 1;
pub(super) const AREA: f64 = (SIDE * SIDE) as f64;

/// Looks at the patches of one image.
pub(super) struct Patches<'a> {
    image: &'a GrayBytes,
}

/// A patch that lies wholly inside its image.
#[derive(Clone, Copy)]
pub(super) struct Patch {
    left: usize,
    top: usize,
    sum: i32,
    /// Square root of the sum of squared deviations from the mean.
    pub(super) norm: f64,
}

impl Patch {
    /// Standard deviation of the grey levels.
    pub(super) fn deviation(&self) -> f64 {
        self.norm / AREA.sqrt()
    }
}

impl<'a> Patches<'a> {
    pub(super) fn of(image: &'a GrayBytes) -> Self {
        Self { image }
    }

    /// The patch round a pixel; `None` when it leaves the image.
    pub(super) fn at(&self, x: isize, y: isize) -> Option<Patch> {
        let left = x.checked_sub_unsigned(HALF)?.try_into().ok()?;
        let top = y.checked_sub_unsigned(HALF)?.try_into().ok()?;
        if left + SIDE > self.image.width() || top + SIDE > self.image.height() {
            return None;
        }
        let (mut sum, mut squares) = (0, 0);
        for y in top..top + SIDE {
            for &level in &self.image.row(y)[left..left + SIDE] {
                sum += i32::from(level);
                squares += i32::from(level) * i32::from(level);
            }
        }
        let deviations = f64::from(squares) - f64::from(sum) * f64::from(sum) / AREA;
        Some(Patch { left, top, sum, norm: deviations.max(0.0).sqrt() })
    }

    /// Normalised cross-correlation, -1 to 1; `None` when either patch is plain.
    pub(super) fn correlation(&self, a: &Patch, b: &Patch) -> Option<f64> {
        let norms = a.norm * b.norm;
        if norms == 0.0 {
            return None;
        }
        let mut products = 0;
        for row in 0..SIDE {
            let of = |p: &Patch| &self.image.row(p.top + row)[p.left..p.left + SIDE];
            let pairs = of(a).iter().zip(of(b));
            products += pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum::<i32>();
        }
        Some((f64::from(products) - f64::from(a.sum) * f64::from(b.sum) / AREA) / norms)
    }

    /// Correlations of the patch round x, y with those at these offsets that lie inside the image.
    pub(super) fn correlations<'b>(
        &'b self,
        patch: &'b Patch,
        (x, y): (isize, isize),
        offsets: impl Iterator<Item = (isize, isize)> + 'b,
    ) -> impl Iterator<Item = f64> + 'b {
        offsets.filter_map(move |(dx, dy)| {
            let other = self.at(x + dx, y + dy)?;
            self.correlation(patch, &other)
        })
    }
}

/// Offsets within a square of this half side, row by row.
pub(super) fn offsets(reach: isize) -> impl Iterator<Item = (isize, isize)> {
    (-reach..=reach).flat_map(move |dy| (-reach..=reach).map(move |dx| (dx, dy)))
}
