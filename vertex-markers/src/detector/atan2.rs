//! The arc tangent of many gradients at once.
//!
//! Its bits decide which way a descriptor is turned, so they must not depend on the machine's libm. Reduction
//! and polynomial are those of fdlibm's `s_atanf.c` and `e_atan2f.c`, which glibc used up to 2.40:
//!
//! > Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun
//! > Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
//! > granted, provided that this notice is preserved.

use std::f32::consts::PI;

/// What the nearest number to pi lacks.
const PI_REST: f32 = f32::from_bits(0xb3bb_bd2e);

/// Arc tangents of 1/2, 1, 3/2 and infinity, each rounded down, with what they lack.
const ANCHORS: [(f32, f32); 4] = [
    (f32::from_bits(0x3eed_6338), f32::from_bits(0x31ac_3769)),
    (f32::from_bits(0x3f49_0fda), f32::from_bits(0x3322_2168)),
    (f32::from_bits(0x3f7b_985e), f32::from_bits(0x3314_0fb4)),
    (f32::from_bits(0x3fc9_0fda), f32::from_bits(0x33a2_2168)),
];

/// From here on the arc tangent is that of infinity.
const STEEP: f32 = 33_554_432.0;

/// Coefficients of the odd powers from the third on.
const ODD: [f32; 11] = [
    0.333_333_34,
    -0.2,
    0.142_857_15,
    -0.111_111_104,
    0.090_908_87,
    -0.076_918_76,
    0.066_610_73,
    -0.058_335_703,
    0.049_768_78,
    -0.036_531_57,
    0.016_285_82,
];

/// Direction of the vector x, y in radians; 0 if both are 0.
#[inline(always)]
pub(super) fn atan2(y: f32, x: f32) -> f32 {
    let slope = if y == 0.0 { 0.0 } else { (y / x).abs() };
    let angle = atan(slope);
    let turned = if x.is_sign_negative() { PI - (angle - PI_REST) } else { angle };
    if y.is_sign_negative() { -turned } else { turned }
}

/// Arc tangent of a number that is not negative.
#[inline(always)]
fn atan(slope: f32) -> f32 {
    let [half, one, three_halves, infinity] = ANCHORS;
    let (numerator, denominator, (high, low)) = if slope < 0.4375 {
        (slope, 1.0, (0.0, 0.0))
    } else if slope < 0.6875 {
        (2.0 * slope - 1.0, 2.0 + slope, half)
    } else if slope < 1.1875 {
        (slope - 1.0, slope + 1.0, one)
    } else if slope < 2.4375 {
        (slope - 1.5, 1.0 + 1.5 * slope, three_halves)
    } else if slope < STEEP {
        (-1.0, slope, infinity)
    } else {
        (0.0, slope, infinity)
    };
    let reduced = numerator / denominator;
    high - ((reduced * series(reduced) - low) - reduced)
}

/// The series of `1 - atan(x) / x`.
#[inline(always)]
fn series(x: f32) -> f32 {
    let z = x * x;
    let w = z * z;
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10] = ODD;
    let even = z * (a0 + w * (a2 + w * (a4 + w * (a6 + w * (a8 + w * a10)))));
    let odd = w * (a1 + w * (a3 + w * (a5 + w * (a7 + w * a9))));
    even + odd
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
            assert!((f64::from(atan2(y, x)) - exact).abs() < 2.5e-7, "{y} {x}");
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
