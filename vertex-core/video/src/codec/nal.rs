//! NAL units as MP4 stores them: each behind its length (ISO/IEC 14496-15).

use std::iter;

/// Units of a sample with lengths of `length_size` bytes; `None` in the place of one that is not whole.
pub(crate) fn units(mut rest: &[u8], length_size: usize) -> impl Iterator<Item = Option<&[u8]>> {
    iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let unit = rest.split_at_checked(length_size).and_then(|(length, after)| {
            let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            after.split_at_checked(length)
        });
        let (unit, after) = unit.map_or((None, &[][..]), |(unit, after)| (Some(unit), after));
        rest = after;
        Some(unit)
    })
}
