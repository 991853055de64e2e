//! Reproducible randomness.

use std::ops::Range;

/// Step of the generator's state: 2^64 over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    /// An independent stream for every list of keys.
    pub(crate) fn of<const N: usize>(keys: [u64; N]) -> Self {
        Self(keys.into_iter().fold(STEP, |state, key| mixed(state.wrapping_add(STEP) ^ key)))
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// At least 0 and less than 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn within(&mut self, range: &Range<f64>) -> f64 {
        range.start + (range.end - range.start) * self.unit()
    }
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        let mut random = SplitMix64(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn keys_make_streams() {
        let first = |keys: [u64; 2]| SplitMix64::of(keys).bits();
        assert_eq!(first([1, 2]), first([1, 2]));
        assert_ne!(first([1, 2]), first([2, 1]));
        let mut random = SplitMix64::of([7]);
        assert!((0..1000).all(|_| (2.0..5.0).contains(&random.within(&(2.0..5.0)))));
    }
}
