//! From matched points to a pose.

use super::camera::{Camera, Pose};
use super::homography::{Homography, Point2};

impl Pose {
    /// The pose the runtime takes from matched points: a homography over all of them, its first two columns
    /// made unit vectors, the third their cross product.
    ///
    /// `None` when the points do not determine a homography.
    #[must_use]
    pub fn estimate(pairs: &[(Point2, Point2)], camera: &Camera) -> Option<Self> {
        let (world, screen): (Vec<Point2>, Vec<Point2>) = pairs.iter().copied().unzip();
        let h = Homography::fit(&world, &screen)?.0;
        let (cx, cy) = camera.center();
        let column = |i: usize| {
            let depth = h[6 + i];
            [(h[i] - cx * depth) / camera.focal, (h[3 + i] - cy * depth) / camera.focal, depth]
        };
        let (right, down, origin) = (column(0), column(1), column(2));
        let size = f64::midpoint(norm(right), norm(down));
        let (right, down) = (unit(right), unit(down));
        let out = unit(cross(right, down));
        let rows = [0, 1, 2].map(|i| [right[i], down[i], out[i], origin[i] / size]);
        rows.iter().flatten().all(|value| value.is_finite()).then_some(Self(rows))
    }
}

fn norm(v: [f64; 3]) -> f64 {
    v.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn unit(v: [f64; 3]) -> [f64; 3] {
    let length = norm(v);
    v.map(|value| value / length)
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
