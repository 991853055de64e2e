//! Choosing points to track: corners that cannot be mistaken for their surroundings, and always enough.

use crate::gray::GrayBytes;

use super::TrackingPoint;
use super::patch::{HALF, Patches, offsets};

/// Most points; the runtime's work per frame grows with them.
const MAX_POINTS: usize = 64;
/// With fewer points than this the next, less demanding pass goes on.
const ENOUGH: usize = 40;
/// How far the runtime searches, in pixels.
const SEARCH: isize = 10;
/// Offsets up to this distance belong to the peak itself.
const PEAK_SQUARED: isize = 9;

/// What a point must satisfy.
struct Demands {
    /// Least standard deviation of the patch, in grey levels.
    deviation: f64,
    /// Greatest correlation with a patch nearby.
    similarity: f64,
    /// Least distance to other points, the greater of both axes.
    spacing: u32,
}

const PASSES: [Demands; 4] = [
    Demands { deviation: 8.0, similarity: 0.8, spacing: 9 },
    Demands { deviation: 8.0, similarity: 1.0, spacing: 9 },
    Demands { deviation: 4.0, similarity: 1.0, spacing: 9 },
    Demands { deviation: 1.0, similarity: 1.0, spacing: 8 },
];

/// Chooses at most 64 points, at least a few dozen wherever the picture has any texture.
#[must_use]
pub fn select(image: &GrayBytes) -> Vec<TrackingPoint> {
    let patches = Patches::of(image);
    let candidates = candidates(image);
    let beside = beside_the_peak();
    let mut points: Vec<TrackingPoint> = Vec::new();
    for demands in &PASSES {
        let mut taken = Taken::of(image, demands.spacing, &points);
        for candidate in &candidates {
            if points.len() == MAX_POINTS {
                return points;
            }
            if !taken.contains(*candidate) && satisfies(&patches, *candidate, demands, &beside) {
                points.push(*candidate);
                taken.add(*candidate);
            }
        }
        if points.len() >= ENOUGH {
            break;
        }
    }
    points
}

/// Pixels that are nearer to a point than the spacing.
struct Taken {
    width: usize,
    height: usize,
    spacing: usize,
    pixels: Vec<bool>,
}

impl Taken {
    fn of(image: &GrayBytes, spacing: u32, points: &[TrackingPoint]) -> Self {
        let (width, height) = (image.width(), image.height());
        let pixels = vec![false; width * height];
        let mut taken = Self { width, height, spacing: spacing as usize, pixels };
        points.iter().for_each(|point| taken.add(*point));
        taken
    }

    fn contains(&self, point: TrackingPoint) -> bool {
        self.pixels[point.y as usize * self.width + point.x as usize]
    }

    fn add(&mut self, point: TrackingPoint) {
        let near = |at: u32, length: usize| {
            let at = at as usize;
            (at + 1).saturating_sub(self.spacing)..(at + self.spacing).min(length)
        };
        let (columns, rows) = (near(point.x, self.width), near(point.y, self.height));
        for row in rows.map(|y| y * self.width) {
            self.pixels[row + columns.start..row + columns.end].fill(true);
        }
    }
}

fn satisfies(
    patches: &Patches<'_>,
    point: TrackingPoint,
    demands: &Demands,
    beside: &[(isize, isize)],
) -> bool {
    let (x, y) = (point.x as isize, point.y as isize);
    let Some(patch) = patches.at(x, y) else {
        return false;
    };
    patch.deviation() >= demands.deviation
        && (demands.similarity >= 1.0
            || patches
                .correlations(&patch, (x, y), beside.iter().copied())
                .all(|correlation| correlation <= demands.similarity))
}

/// Offsets within the runtime's search, the nearest first: what lies there is the most alike.
fn beside_the_peak() -> Vec<(isize, isize)> {
    let squared = |&(dx, dy): &(isize, isize)| dx * dx + dy * dy;
    let mut beside: Vec<_> = offsets(SEARCH).filter(|at| squared(at) > PEAK_SQUARED).collect();
    beside.sort_by_key(squared);
    beside
}

/// All pixels whose patch fits, the strongest corner first.
fn candidates(image: &GrayBytes) -> Vec<TrackingPoint> {
    let corners = Corners::of(image);
    let mut candidates = Vec::new();
    for y in HALF..image.height().saturating_sub(HALF) {
        for x in HALF..image.width().saturating_sub(HALF) {
            let point = TrackingPoint { x: x as u32, y: y as u32 };
            candidates.push((corners.strength(x, y, HALF), point));
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.into_iter().map(|(_, point)| point).collect()
}

/// Structure tensors summed over patches (Shi and Tomasi, "Good Features to Track", 1994).
pub(crate) struct Corners {
    stride: usize,
    sums: Vec<[f64; 3]>,
}

impl Corners {
    pub(crate) fn of(image: &GrayBytes) -> Self {
        let stride = image.width() + 1;
        let mut sums = vec![[0.0; 3]; stride * (image.height() + 1)];
        for y in 0..image.height() {
            let mut row = [0.0; 3];
            for x in 0..image.width() {
                for (sum, product) in row.iter_mut().zip(gradient_products(image, x, y)) {
                    *sum += product;
                }
                for (channel, sum) in row.iter().enumerate() {
                    sums[(y + 1) * stride + x + 1][channel] =
                        sums[y * stride + x + 1][channel] + sum;
                }
            }
        }
        Self { stride, sums }
    }

    /// Smaller eigenvalue of the tensor of the patch that reaches `half` pixels from its middle.
    pub(crate) fn strength(&self, x: usize, y: usize, half: usize) -> f64 {
        let corner = |x: usize, y: usize| &self.sums[y * self.stride + x];
        let (left, right, top, bottom) = (x - half, x + half + 1, y - half, y + half + 1);
        let [xx, yy, xy] = std::array::from_fn(|c| {
            corner(right, bottom)[c] - corner(left, bottom)[c] - corner(right, top)[c]
                + corner(left, top)[c]
        });
        (xx + yy) / 2.0 - ((xx - yy) / 2.0).hypot(xy)
    }
}

fn gradient_products(image: &GrayBytes, x: usize, y: usize) -> [f64; 3] {
    let level = |dx, dy| f64::from(image.clamped(x as isize + dx, y as isize + dy));
    let gx = level(1, 0) - level(-1, 0);
    let gy = level(0, 1) - level(0, -1);
    [gx * gx, gy * gy, gx * gy]
}
