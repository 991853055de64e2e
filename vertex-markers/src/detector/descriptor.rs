//! Binary descriptors: which of two places near a point is the brighter one, 666 times.

use crate::gray::GrayF32;
use crate::simd;

/// Words of 32 bits in a descriptor; the six lowest bits of the last one are always zero.
pub const WORDS: usize = 21;

/// A descriptor of 666 bits, the first comparison in the highest bit of the first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Descriptor(pub [u32; WORDS]);

impl Descriptor {
    /// The bits of the last word that are always zero.
    pub(crate) const UNUSED_BITS: u32 = 0x3f;

    /// Number of differing bits.
    #[must_use]
    pub fn hamming(&self, other: &Self) -> u32 {
        simd::run(
            #[inline(always)]
            || {
                let (a, [last_a]) = self.0.as_chunks::<2>() else { return 0 };
                let (b, [last_b]) = other.0.as_chunks::<2>() else { return 0 };
                let wide = |[low, high]: [u32; 2]| u64::from(high) << 32 | u64::from(low);
                let pairs = a.iter().zip(b);
                let count: u32 = pairs.map(|(&a, &b)| (wide(a) ^ wide(b)).count_ones()).sum();
                count + (last_a ^ last_b).count_ones()
            },
        )
    }
}

/// Rings of six samples, from the outside in: radius, and direction of the first sample in degrees.
///
/// Two radii have a seventh digit, which decides how half of them rounds.
const RINGS: [(f64, f64); 6] = [
    (1.0, 180.0),
    (0.930_969_2, 90.0),
    (0.847_306, 0.0),
    (0.741_094, 270.0),
    (0.595_502, 180.0),
    (0.362_782_8, 90.0),
];
/// Samples of the pattern.
pub(super) const SAMPLES: usize = 37;
/// Samples rounded up to whole vectors.
pub(super) const LANES: usize = 40;
/// Radius of the outermost ring in octave pixels.
const REACH: f32 = 7.0;
/// A place counts as darker also when it is brighter by less than this.
const MARGIN: f32 = 0.01;

/// Places of the 37 samples on the unit disc, the last one its centre, and more of the centre to fill up.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) x: [f32; LANES],
    pub(super) y: [f32; LANES],
}

impl Pattern {
    pub(super) fn new() -> Self {
        let mut pattern = Self { x: [0.0; LANES], y: [0.0; LANES] };
        for (ring, (radius, first)) in (0..).zip(RINGS) {
            for step in 0..6 {
                let (sin, cos) = (first + 60.0 * step as f64).to_radians().sin_cos();
                pattern.x[6 * ring + step] = rounded(radius * cos);
                pattern.y[6 * ring + step] = rounded(radius * sin);
            }
        }
        pattern
    }
}

/// To six decimals, as the format has it.
fn rounded(value: f64) -> f32 {
    ((value * 1e6).round() / 1e6) as f32
}

/// Describes the surroundings of x, y (octave pixels), turned by `angle`.
pub(super) fn describe(
    image: &GrayF32,
    pattern: &Pattern,
    x: f32,
    y: f32,
    angle: f32,
) -> Descriptor {
    simd::run(
        #[inline(always)]
        || pack(sampled(image, pattern, x, y, angle), MARGIN),
    )
}

#[inline(always)]
fn sampled(image: &GrayF32, pattern: &Pattern, x: f32, y: f32, angle: f32) -> [f32; LANES] {
    let (sin, cos) = angle.sin_cos();
    let (mut xs, mut ys) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        let (px, py) = (pattern.x[i], pattern.y[i]);
        xs[i] = x + REACH * (px * cos - py * sin);
        ys[i] = y + REACH * (px * sin + py * cos);
    }
    image.bilinear(&xs, &ys)
}

/// Compares the samples with each other; one counts as darker also when it is brighter by less than `margin`.
#[inline(always)]
pub(super) fn pack(samples: [f32; LANES], margin: f32) -> Descriptor {
    let mut bounds = [f32::NEG_INFINITY; LANES];
    for (bound, sample) in bounds.iter_mut().zip(&samples[..SAMPLES]) {
        *bound = sample + margin;
    }
    let mut words = [0_u64; WORDS.div_ceil(2)];
    let mut bit = 0;
    for (i, &sample) in (1..SAMPLES).zip(&samples) {
        let later = darker(sample, &bounds) << i;
        words[bit / 64] |= later >> (bit % 64);
        if bit % 64 + SAMPLES - i > 64 {
            words[bit / 64 + 1] |= later << (64 - bit % 64);
        }
        bit += SAMPLES - i;
    }
    Descriptor(std::array::from_fn(|word| (words[word / 2] >> (32 - word % 2 * 32)) as u32))
}

/// A bit for each bound above the sample, the first one highest.
#[inline(always)]
fn darker(sample: f32, bounds: &[f32; LANES]) -> u64 {
    let bits = |bounds: &[f32]| {
        (0..).zip(bounds).fold(0, |bits, (place, &bound)| {
            bits | if sample < bound { 1_u32 << (31 - place) } else { 0 }
        })
    };
    let (first, rest) = bounds.split_at(32);
    u64::from(bits(first)) << 32 | u64::from(bits(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;
    use proptest::prelude::*;

    #[test]
    fn the_pattern_begins_on_the_left_and_ends_in_the_centre() {
        let Pattern { x, y } = Pattern::new();
        assert_eq!((x[0], y[0]), (-1.0, 0.0));
        assert_eq!((x[1], y[1]), (-0.5, -0.866_025));
        assert_eq!((x[7], y[7]), (-0.806_243, 0.465_485));
        assert_eq!((x[31], y[31]), (-0.314_179, 0.181_391));
        assert_eq!((x[36], y[36]), (0.0, 0.0));
    }

    fn packed_bit_by_bit(samples: &[f32; LANES]) -> Descriptor {
        let mut words = [0; WORDS];
        let mut bit = 0;
        for i in 0..SAMPLES {
            for j in i + 1..SAMPLES {
                if samples[i] < samples[j] + MARGIN {
                    words[bit / 32] |= 1 << (31 - bit % 32);
                }
                bit += 1;
            }
        }
        Descriptor(words)
    }

    #[test]
    fn a_flat_place_is_all_ones() {
        let flat = GrayF32::from_fn(30, 30, |_, _| 9.0);
        let descriptor = describe(&flat, &Pattern::new(), 15.0, 15.0, 0.3);
        assert!(descriptor.0[..20].iter().all(|&word| word == u32::MAX));
        assert_eq!(descriptor.0[20], 0xffff_ffc0);
    }

    proptest! {
        #[test]
        fn rows_of_comparisons_are_packed_as_bit_by_bit(levels: [u8; LANES]) {
            let samples = levels.map(|level| f32::from(level) / 64.0);
            let expected = packed_bit_by_bit(&samples);
            each_level(|| assert_eq!(simd::run(|| pack(samples, MARGIN)), expected));
        }

        #[test]
        fn hamming_is_a_distance(a: [u32; WORDS], b: [u32; WORDS], c: [u32; WORDS]) {
            let (a, b, c) = (Descriptor(a), Descriptor(b), Descriptor(c));
            prop_assert_eq!(a.hamming(&a), 0);
            prop_assert_eq!(a.hamming(&b), b.hamming(&a));
            prop_assert!(a.hamming(&c) <= a.hamming(&b) + b.hamming(&c));
        }
    }
}
