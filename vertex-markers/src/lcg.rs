//! The format's random generator.

/// The linear congruential generator of the format's runtime.
pub(crate) struct Lcg(u32);

impl Lcg {
    /// The seed the runtime uses everywhere.
    pub(crate) fn new() -> Self {
        Self(1234)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(214_013).wrapping_add(2_531_011) & 0x7fff_ffff;
        ((self.0 >> 16) & 0x7fff) as usize % limit
    }

    /// Shuffles the first `count` entries by swapping each with any entry, as the runtime does.
    pub(crate) fn shuffle<T>(&mut self, entries: &mut [T], count: usize) {
        for slot in 0..count.min(entries.len()) {
            entries.swap(slot, self.below(entries.len()));
        }
    }

    /// An index drawn with these probabilities; `None` when all are zero.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> Option<usize> {
        let sum: u64 = weights.clone().sum();
        let high = self.below(1 << 15) as u64;
        let low = self.below(1 << 15) as u64;
        let mut left = (high << 15 | low) % sum.max(1);
        weights.enumerate().find_map(|(index, weight)| {
            if left < weight {
                return Some(index);
            }
            left -= weight;
            None
        })
    }
}
