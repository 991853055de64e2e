//! The bitwise majority of a track's descriptors.

use crate::detector::{Descriptor, WORDS};
use crate::simd;

const BITS: usize = 32;

/// How many observations have each bit of the descriptor.
pub(super) struct DescriptorVotes {
    counts: [u8; WORDS * BITS],
    voters: u8,
}

impl DescriptorVotes {
    pub(super) fn of(first: &Descriptor) -> Self {
        let mut votes = Self { counts: [0; WORDS * BITS], voters: 0 };
        votes.add(first);
        votes
    }

    pub(super) fn add(&mut self, descriptor: &Descriptor) {
        let (words, _) = self.counts.as_chunks_mut::<BITS>();
        simd::run(
            #[inline(always)]
            || {
                for (counts, word) in words.iter_mut().zip(descriptor.0) {
                    for (shift, count) in counts.iter_mut().enumerate() {
                        *count += (word >> shift & 1) as u8;
                    }
                }
            },
        );
        self.voters += 1;
    }

    /// The bits that more than half of the observations have.
    pub(super) fn majority(&self) -> Descriptor {
        let (words, _) = self.counts.as_chunks::<BITS>();
        Descriptor(std::array::from_fn(|word| {
            let bits = words[word].iter().enumerate();
            bits.fold(0, |bits, (shift, &count)| bits | u32::from(2 * count > self.voters) << shift)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_decides_every_bit() {
        let [first, second, third] = [0b0011, 0b0101, 0b0110].map(|word| Descriptor([word; WORDS]));
        let mut votes = DescriptorVotes::of(&first);
        votes.add(&second);
        votes.add(&third);
        assert_eq!(votes.majority(), Descriptor([0b0111; WORDS]));
    }
}
