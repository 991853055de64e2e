//! Patches of 13 x 13 pixels and how alike two of them are.

use crate::gray::GrayBytes;
use crate::simd;

/// Pixels from a patch's centre to its edge, as in the runtime.
pub(super) const HALF: usize = 6;
const SIDE: usize = 2 * HALF + 1;
pub(super) const AREA: f64 = (SIDE * SIDE) as f64;
/// Pixels of a row of a patch, rounded up to whole vectors.
const LANES: usize = SIDE.next_multiple_of(16);

type Levels = [[i16; LANES]; SIDE];

/// Looks at the patches of one image.
pub(crate) struct Patches<'a> {
    image: &'a GrayBytes,
    /// The image with room for a whole vector behind every patch.
    levels: Vec<i16>,
    stride: usize,
    /// Sums of the levels and of their squares above and left of every place, which may wrap.
    sums: Vec<[u32; 2]>,
}

/// A patch that lies wholly inside its image.
#[derive(Clone, Copy)]
pub(crate) struct Patch {
    left: usize,
    top: usize,
    sum: u32,
    /// Square root of the sum of squared deviations from the mean.
    pub(super) norm: f64,
}

impl Patch {
    /// Standard deviation of the grey levels.
    pub(crate) fn deviation(&self) -> f64 {
        self.norm / AREA.sqrt()
    }
}

impl<'a> Patches<'a> {
    pub(crate) fn of(image: &'a GrayBytes) -> Self {
        let (stride, levels) = widened(image);
        let mut sums = vec![[0_u32; 2]; (image.width() + 1) * (image.height() + 1)];
        let corners = image.width() + 1;
        for y in 0..image.height() {
            let mut row = [0_u32; 2];
            for (x, &level) in image.row(y).iter().enumerate() {
                let level = u32::from(level);
                row = [row[0].wrapping_add(level), row[1].wrapping_add(level * level)];
                let above = sums[y * corners + x + 1];
                sums[(y + 1) * corners + x + 1] =
                    [0, 1].map(|index| row[index].wrapping_add(above[index]));
            }
        }
        Self { image, levels, stride, sums }
    }

    /// Sum of the levels of a patch, and of their squares.
    fn sums(&self, left: usize, top: usize) -> [u32; 2] {
        let corner = |x: usize, y: usize| &self.sums[y * (self.image.width() + 1) + x];
        let (right, bottom) = (left + SIDE, top + SIDE);
        let corners =
            [corner(right, bottom), corner(left, top), corner(left, bottom), corner(right, top)];
        [0, 1].map(|index| {
            let [a, b, c, d] = corners.map(|corner| corner[index]);
            a.wrapping_add(b).wrapping_sub(c).wrapping_sub(d)
        })
    }

    /// The patch round a pixel; `None` when it leaves the image.
    pub(crate) fn at(&self, x: isize, y: isize) -> Option<Patch> {
        let left = x.checked_sub_unsigned(HALF)?.try_into().ok()?;
        let top = y.checked_sub_unsigned(HALF)?.try_into().ok()?;
        if left + SIDE > self.image.width() || top + SIDE > self.image.height() {
            return None;
        }
        let [sum, squares] = self.sums(left, top);
        let deviations = f64::from(squares) - f64::from(sum) * f64::from(sum) / AREA;
        Some(Patch { left, top, sum, norm: deviations.max(0.0).sqrt() })
    }

    /// Normalised cross-correlation, -1 to 1; `None` when either patch is plain.
    fn correlation(&self, a: &Patch, levels: &Levels, b: &Patch) -> Option<f64> {
        let norms = a.norm * b.norm;
        if norms == 0.0 {
            return None;
        }
        let products = simd::run(
            #[inline(always)]
            || {
                let mut sums = [0; LANES];
                for (row, a) in levels.iter().enumerate() {
                    let b = &self.levels[(b.top + row) * self.stride + b.left..][..LANES];
                    for (sum, (&a, &b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                        *sum += i32::from(a) * i32::from(b);
                    }
                }
                sums.iter().sum::<i32>()
            },
        );
        Some((f64::from(products) - f64::from(a.sum) * f64::from(b.sum) / AREA) / norms)
    }

    /// Correlations of the patch round x, y with those at these offsets that lie inside the image.
    pub(super) fn correlations<'b>(
        &'b self,
        patch: &'b Patch,
        (x, y): (isize, isize),
        offsets: impl Iterator<Item = (isize, isize)> + 'b,
    ) -> impl Iterator<Item = f64> + 'b {
        let levels = self.levels(patch);
        offsets.filter_map(move |(dx, dy)| {
            let other = self.at(x + dx, y + dy)?;
            self.correlation(patch, &levels, &other)
        })
    }

    /// The levels of a patch, and zeros beside them.
    fn levels(&self, patch: &Patch) -> Levels {
        std::array::from_fn(|row| {
            let mut lanes = [0; LANES];
            let start = (patch.top + row) * self.stride + patch.left;
            lanes[..SIDE].copy_from_slice(&self.levels[start..][..SIDE]);
            lanes
        })
    }
}

/// An image with black beside it, and the length of its rows.
fn widened(image: &GrayBytes) -> (usize, Vec<i16>) {
    let stride = image.width() + LANES - SIDE;
    let mut levels = vec![0; stride * image.height()];
    for (y, row) in levels.chunks_exact_mut(stride).enumerate() {
        for (wide, &level) in row.iter_mut().zip(image.row(y)) {
            *wide = i16::from(level);
        }
    }
    (stride, levels)
}

/// Offsets within a square of this half side, row by row.
pub(super) fn offsets(reach: isize) -> impl Iterator<Item = (isize, isize)> {
    (-reach..=reach).flat_map(move |dy| (-reach..=reach).map(move |dx| (dx, dy)))
}
