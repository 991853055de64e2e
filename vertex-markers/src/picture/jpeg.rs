//! Is a JPEG file whole?
//!
//! The decoder fills what is missing with grey, so a cut upload would become a half-grey marker.

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Walks the marker segments (ITU-T T.81, annex B) and tells whether an end-of-image marker is reached.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return true,
            0x00 | 0x01 | 0xd0..=0xd8 => after,
            _ => match after_segment(after) {
                Some(rest) => rest,
                None => return false,
            },
        };
        if marker == START_OF_SCAN {
            rest = after_entropy_coded_data(rest);
        }
    }
    false
}

fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start = bytes.iter().position(|&byte| byte == 0xff)?;
    let code = bytes[start..].iter().position(|&byte| byte != 0xff)? + start;
    Some((bytes[code], &bytes[code + 1..]))
}

fn after_segment(bytes: &[u8]) -> Option<&[u8]> {
    let length = u16::from_be_bytes(*bytes.first_chunk()?);
    bytes.get(usize::from(length)..)
}

/// Entropy-coded data ends at the first `ff` that is neither stuffed (`ff 00`) nor a restart marker.
fn after_entropy_coded_data(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff));
    &bytes[end.unwrap_or(bytes.len())..]
}
