//! The header of a VP8 key frame (RFC 6386, section 9.1).

use super::StreamHeader;
use crate::colour::Colour;

/// What a key frame says; `None` for other frames.
pub(crate) fn header(frame: &[u8]) -> Option<StreamHeader> {
    let [tag, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1] = *frame.first_chunk::<10>()? else {
        return None;
    };
    let is_key_frame = tag & 1 == 0;
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    let (width, height) = (side(w0, w1), side(h0, h1));
    (is_key_frame && width > 0 && height > 0).then(|| StreamHeader {
        // VP8 knows no other colours than those of BT.601 in limited range.
        colour: Colour { matrix: Some(6), full_range: Some(false), ..Colour::default() },
        ..StreamHeader::plain(width, height)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_frame_tells_its_size() {
        let frame = [0x50, 0x2B, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01, 7];
        let header = header(&frame).unwrap();
        assert_eq!((header.width, header.height), (640, 360));
        assert_eq!(super::header(&[0x51, 0x2B, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01]), None);
        assert_eq!(super::header(&frame[..9]), None);
    }
}
