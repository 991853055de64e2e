/// Bits read one after the other, the highest of each byte first. Each read is `None` when they are used up.
#[derive(Clone, Debug)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.position / 8)?;
        let bit = byte >> (7 - self.position % 8) & 1;
        self.position += 1;
        Some(bit == 1)
    }

    /// A number of `count` bits, 32 at most.
    pub(crate) fn bits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value << 1 | u32::from(self.flag()?)))
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.bits(8).map(|value| value as u8)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.position = self.position.checked_add(count)?;
        (self.position <= self.bytes.len() * 8).then_some(())
    }

    /// An unsigned Exp-Golomb number (H.264, section 9.1).
    pub(crate) fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros > 31 {
            return None;
        }
        Some(((1_u64 << zeros) - 1) as u32 + self.bits(zeros)?)
    }

    /// A signed Exp-Golomb number (H.264, section 9.1.1).
    pub(crate) fn se(&mut self) -> Option<i32> {
        let code = i64::from(self.ue()?);
        let size = (code + 1) / 2;
        i32::try_from(if code % 2 == 1 { size } else { -size }).ok()
    }
}

/// The bytes of a NAL unit without those that keep start codes out of it (H.264, section 7.4.1).
pub(crate) fn without_emulation_prevention(unit: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        bytes.push(*byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_numbers_are_read() {
        // 1 | 010 | 011 | 00100 | 1 (padding)
        let bytes = [0b1010_0110, 0b0100_1000];
        let mut bits = Bits::new(&bytes);
        assert_eq!([bits.ue(), bits.ue(), bits.ue(), bits.ue()], [0, 1, 2, 3].map(Some));
        let mut bits = Bits::new(&bytes);
        assert_eq!([bits.se(), bits.se(), bits.se(), bits.se()], [0, 1, -1, 2].map(Some));
        assert_eq!(Bits::new(&[0, 0]).ue(), None);
        assert_eq!(Bits::new(&[0; 16]).ue(), None);
    }

    #[test]
    fn the_largest_exp_golomb_number_fits() {
        let bytes = [0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFE];
        assert_eq!(Bits::new(&bytes).ue(), Some(u32::MAX - 1));
    }

    #[test]
    fn emulation_prevention_is_undone() {
        let unit = [0x67, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3];
        assert_eq!(without_emulation_prevention(&unit), [0x67, 0, 0, 1, 0, 0, 0, 0]);
    }
}
