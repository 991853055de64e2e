//! The format's random generator.

/// The linear congruential generator of the format's runtime.
pub(super) struct Congruential(u32);

impl Congruential {
    /// The seed the runtime uses everywhere.
    pub(super) fn new() -> Self {
        Self(1234)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(214_013).wrapping_add(2_531_011) & 0x7fff_ffff;
        ((self.0 >> 16) & 0x7fff) as usize % limit
    }
}
