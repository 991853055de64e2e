//! The arc tangent, with the same bits on every machine and without branches.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Tangent of an eighth of a half turn: steeper slopes are turned back by a quarter of it.
const TAN_PI_8: f32 = 0.414_213_56;

/// Terms of the Taylor series, which leave out less than 2e-8 up to that slope.
const TERMS: [f32; 8] =
    [1.0, -1.0 / 3.0, 1.0 / 5.0, -1.0 / 7.0, 1.0 / 9.0, -1.0 / 11.0, 1.0 / 13.0, -1.0 / 15.0];

/// The direction of the vector (x, y) in radians, from -pi to pi; 0 for no vector.
#[inline(always)]
pub(super) fn atan2(y: f32, x: f32) -> f32 {
    let (along, across) = (x.abs(), y.abs());
    let (smaller, larger) = (along.min(across), along.max(across));
    let slope = if larger == 0.0 { 0.0 } else { smaller / larger };
    let (rest, turned) =
        if slope > TAN_PI_8 { ((slope - 1.0) / (slope + 1.0), FRAC_PI_4) } else { (slope, 0.0) };
    let angle = turned + rest * series(rest * rest);
    let angle = if across > along { FRAC_PI_2 - angle } else { angle };
    let angle = if x.is_sign_negative() { PI - angle } else { angle };
    if y.is_sign_negative() { -angle } else { angle }
}

#[inline(always)]
fn series(square: f32) -> f32 {
    TERMS.iter().rev().fold(0.0, |sum, term| sum * square + term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_arc_tangent() {
        for step in 0..100_000_u32 {
            let angle = (f64::from(step) / 50_000.0 - 1.0) * std::f64::consts::PI;
            let (y, x) = (angle.sin() as f32 * 40.0, angle.cos() as f32 * 40.0);
            let exact = f64::from(y).atan2(f64::from(x));
            assert!((f64::from(atan2(y, x)) - exact).abs() < 5e-7, "{y} {x}");
        }
    }

    #[test]
    fn the_axes_are_exact() {
        use std::f32::consts::FRAC_PI_2;
        for (y, x, angle) in
            [(0.0, 0.0, 0.0), (0.0, 3.0, 0.0), (2.0, 0.0, FRAC_PI_2), (0.0, -5.0, PI)]
        {
            assert_eq!(atan2(y, x), angle);
        }
        assert_eq!(atan2(-2.0, 0.0), -FRAC_PI_2);
    }
}
