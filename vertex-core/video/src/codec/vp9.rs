//! The uncompressed header of a VP9 key frame (VP9 bitstream specification, section 6.2), and `vpcC`.

use super::{Chroma, StreamHeader};
use crate::{bits::Bits, bytes::Bytes, colour::Colour};

/// Samples are in red, green and blue.
const SRGB: u32 = 7;

/// What a key frame says; `None` for other frames.
pub(crate) fn header(frame: &[u8]) -> Option<StreamHeader> {
    let mut bits = Bits::new(frame);
    if bits.bits(2)? != 2 {
        return None;
    }
    let profile = bits.bits(1)? | bits.bits(1)? << 1;
    if profile == 3 && bits.flag()? {
        return None;
    }
    let (shows_existing, is_inter_frame) = (bits.flag()?, bits.flag()?);
    let (_is_shown, _error_resilient) = (bits.flag()?, bits.flag()?);
    if shows_existing || is_inter_frame || bits.bits(24)? != 0x49_8342 {
        return None;
    }
    let depth = match profile {
        2 | 3 => 10 + 2 * bits.bits(1)?,
        _ => 8,
    };
    let (chroma, colour) = colours(&mut bits, profile)?;
    let (width, height) = (bits.bits(16)? + 1, bits.bits(16)? + 1);
    Some(StreamHeader {
        chroma,
        depth,
        colour,
        codec: Some(codec(profile, u32::from(level(width, height)), depth)),
        ..StreamHeader::plain(width, height)
    })
}

fn colours(bits: &mut Bits<'_>, profile: u32) -> Option<(Chroma, Colour)> {
    let space = bits.bits(3)?;
    let has_sampling = matches!(profile, 1 | 3);
    if space == SRGB {
        if has_sampling {
            bits.flag()?;
        }
        let colour = Colour { matrix: Some(0), full_range: Some(true), ..Colour::default() };
        return Some((Chroma::Full444, colour));
    }
    let matrix = [None, Some(6), Some(1), Some(6), Some(7), Some(9), None, None];
    let colour = Colour {
        matrix: matrix[space as usize & 7],
        full_range: Some(bits.flag()?),
        ..Colour::default()
    };
    if !has_sampling {
        return Some((Chroma::Half420, colour));
    }
    let (halved_across, halved_down) = (bits.flag()?, bits.flag()?);
    bits.flag()?;
    Some(match (halved_across, halved_down) {
        (true, true) => (Chroma::Half420, colour),
        (true, false) => (Chroma::Half422, colour),
        _ => (Chroma::Full444, colour),
    })
}

/// The lowest level, times ten, whose pictures may be so large (annex A).
fn level(width: u32, height: u32) -> u8 {
    let pixels = u64::from(width) * u64::from(height);
    let levels = [
        (36_864, 10),
        (73_728, 11),
        (122_880, 20),
        (245_760, 21),
        (552_960, 30),
        (983_040, 31),
        (2_228_224, 40),
        (8_912_896, 50),
    ];
    levels.iter().find(|(most, _)| pixels <= *most).map_or(60, |(_, level)| *level)
}

/// RFC 6381 codec string behind the four-character code, as the VP9 binding to MP4 wants it.
pub(crate) fn codec(profile: u32, level: u32, depth: u32) -> String {
    format!("{profile:02}.{level:02}.{depth:02}")
}

/// What a `vpcC` box says: the codec string and the colours.
pub(crate) fn configuration(record: &[u8]) -> Option<(String, Colour)> {
    let mut bytes = Bytes(record);
    let [_version, _, _, _, profile, level, packed] = bytes.array()?;
    let [primaries, transfer, matrix] = bytes.array()?;
    let mut colour = Colour::from_codes(primaries, transfer, matrix);
    colour.full_range = Some(packed & 1 == 1);
    let codec = codec(u32::from(profile), u32::from(level), u32::from(packed >> 4));
    Some((codec, colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_frame_tells_its_size_and_kind() {
        // Profile 0, key frame, BT.709, limited range, 320x180.
        let frame = [0x82, 0x49, 0x83, 0x42, 0x40, 0x13, 0xF0, 0x0B, 0x30];
        let header = header(&frame).unwrap();
        assert_eq!((header.width, header.height, header.depth), (320, 180, 8));
        assert_eq!(header.colour.matrix, Some(1));
        assert_eq!(header.colour.full_range, Some(false));
        assert_eq!(header.codec.as_deref(), Some("00.11.08"));
    }

    #[test]
    fn a_record_tells_profile_level_and_depth() {
        let record = [1, 0, 0, 0, 2, 31, 0xA2, 9, 16, 9, 0, 0];
        let (codec, colour) = configuration(&record).unwrap();
        assert_eq!(codec, "02.31.10");
        assert_eq!(
            (colour.transfer, colour.matrix, colour.full_range),
            (Some(16), Some(9), Some(false))
        );
    }
}
