/// A range of a video file to be blanked, and what to put at its beginning so that players skip it. The rest becomes zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactedRange {
    /// Position of its first byte.
    pub start: u64,
    /// Position of the byte after its last.
    pub end: u64,
    /// Bytes that make it a part that is skipped.
    pub header: Vec<u8>,
}

impl RedactedRange {
    /// Blanks what of this range lies in `piece`, which begins at byte `position` of the file.
    pub fn apply(&self, position: u64, piece: &mut [u8]) {
        let offset = |at: u64| usize::try_from(at.saturating_sub(position)).unwrap_or(usize::MAX);
        let (from, to) = (offset(self.start), offset(self.end).min(piece.len()));
        for (number, byte) in piece.iter_mut().enumerate().take(to).skip(from) {
            let at = usize::try_from(position + number as u64 - self.start).ok();
            *byte = at.and_then(|at| self.header.get(at)).copied().unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_range_is_blanked_whatever_the_pieces(
            start in 0u64..50, length in 0u64..50, piece in 1usize..20,
        ) {
            let range = RedactedRange { start, end: start + length, header: b"free".to_vec() };
            let file: Vec<u8> = (100..=200).collect();
            let mut whole = file.clone();
            range.apply(0, &mut whole);
            let mut pieces = file.clone();
            for (number, piece_of) in pieces.chunks_mut(piece).enumerate() {
                range.apply((number * piece) as u64, piece_of);
            }
            prop_assert_eq!(&pieces, &whole);
            for (at, (byte, before)) in whole.iter().zip(&file).enumerate() {
                let at = at as u64;
                let expected = match (start..start + length).contains(&at) {
                    true => b"free".get((at - start) as usize).copied().unwrap_or(0),
                    false => *before,
                };
                prop_assert_eq!(*byte, expected);
            }
        }
    }
}
