//! Which way round points lie.

use crate::simulate::homography::Point2;

/// Twice the signed area of a triangle; its sign tells the side of `c` from the line through `a` and `b`.
fn side(a: Point2, b: Point2, c: Point2) -> f64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// The four corner triangles of a quadrilateral.
fn triangles(quad: &[Point2; 4]) -> [f64; 4] {
    [0, 1, 2, 3].map(|i| side(quad[i], quad[(i + 1) % 4], quad[(i + 2) % 4]))
}

/// Whether each three consecutive points turn the same way in both.
pub(super) fn same_turns(a: &[Point2; 4], b: &[Point2; 4]) -> bool {
    triangles(a).iter().zip(triangles(b)).all(|(a, b)| (*a > 0.0) == (b > 0.0))
}

pub(super) fn is_convex(quad: &[Point2; 4]) -> bool {
    let turns = triangles(quad).map(|turn| turn <= 0.0);
    turns.iter().all(|&turn| turn == turns[0])
}

/// Area of the smallest triangle between three of the corners.
pub(super) fn smallest_triangle(quad: &[Point2; 4]) -> f64 {
    triangles(quad).iter().map(|area| area.abs() / 2.0).fold(f64::INFINITY, f64::min)
}
