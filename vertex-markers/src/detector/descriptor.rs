//! Binary descriptors: which of two places near a point is the brighter one, 666 times.

use crate::gray::GrayImage;

/// Words of 32 bits in a descriptor; the six lowest bits of the last one are always zero.
pub const WORDS: usize = 21;

/// A descriptor of 666 bits, the first comparison in the highest bit of the first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Descriptor(pub [u32; WORDS]);

impl Descriptor {
    /// Number of differing bits.
    #[must_use]
    pub fn hamming(&self, other: &Self) -> u32 {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(a, b)| (a ^ b).count_ones()).sum()
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
const SAMPLES: usize = 37;
/// Radius of the outermost ring in octave pixels.
const REACH: f32 = 7.0;
/// A place counts as darker also when it is brighter by less than this.
const MARGIN: f32 = 0.01;

/// Places of the 37 samples on the unit disc; the last one is the centre.
#[derive(Debug)]
pub(super) struct Pattern([(f32, f32); SAMPLES]);

impl Pattern {
    pub(super) fn new() -> Self {
        let mut places = [(0.0, 0.0); SAMPLES];
        let (rings, _) = places.as_chunks_mut::<6>();
        for (ring, (radius, first)) in rings.iter_mut().zip(RINGS) {
            for (place, step) in ring.iter_mut().zip(0..) {
                let (sin, cos) = (first + 60.0 * f64::from(step)).to_radians().sin_cos();
                *place = (rounded(radius * cos), rounded(radius * sin));
            }
        }
        Self(places)
    }
}

/// To six decimals, as the format has it.
fn rounded(value: f64) -> f32 {
    ((value * 1e6).round() / 1e6) as f32
}

/// Describes the surroundings of x, y (octave pixels), turned by `angle`.
pub(super) fn describe(
    image: &GrayImage,
    pattern: &Pattern,
    x: f32,
    y: f32,
    angle: f32,
) -> Descriptor {
    let (sin, cos) = angle.sin_cos();
    let samples = pattern.0.map(|(px, py)| {
        image.bilinear(x + REACH * (px * cos - py * sin), y + REACH * (px * sin + py * cos))
    });
    pack(&samples)
}

fn pack(samples: &[f32; SAMPLES]) -> Descriptor {
    let mut words = [0; WORDS];
    let mut bit = 0;
    for (i, &first) in samples.iter().enumerate() {
        for &second in &samples[i + 1..] {
            if first < second + MARGIN {
                words[bit / 32] |= 1 << (31 - bit % 32);
            }
            bit += 1;
        }
    }
    Descriptor(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_pattern_begins_on_the_left_and_ends_in_the_centre() {
        let places = Pattern::new().0;
        assert_eq!(places[0], (-1.0, 0.0));
        assert_eq!(places[1], (-0.5, -0.866_025));
        assert_eq!(places[7], (-0.806_243, 0.465_485));
        assert_eq!(places[31], (-0.314_179, 0.181_391));
        assert_eq!(places[36], (0.0, 0.0));
    }

    #[test]
    fn a_flat_place_is_all_ones() {
        let flat = GrayImage::from_fn(30, 30, |_, _| 9.0);
        let descriptor = describe(&flat, &Pattern::new(), 15.0, 15.0, 0.3);
        assert!(descriptor.0[..20].iter().all(|&word| word == u32::MAX));
        assert_eq!(descriptor.0[20], 0xffff_ffc0);
    }

    proptest! {
        #[test]
        fn hamming_is_a_distance(a: [u32; WORDS], b: [u32; WORDS], c: [u32; WORDS]) {
            let (a, b, c) = (Descriptor(a), Descriptor(b), Descriptor(c));
            prop_assert_eq!(a.hamming(&a), 0);
            prop_assert_eq!(a.hamming(&b), b.hamming(&a));
            prop_assert!(a.hamming(&c) <= a.hamming(&b) + b.hamming(&c));
        }
    }
}
