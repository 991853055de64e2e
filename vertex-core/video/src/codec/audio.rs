//! The codec strings of sound.

use crate::bytes::Bytes;

/// Tag of the description of a decoder in an elementary stream descriptor (ISO/IEC 14496-1, section 7.2.6).
const DECODER_CONFIG: u8 = 4;
const ELEMENTARY_STREAM: u8 = 3;
const DECODER_SPECIFIC: u8 = 5;
/// Object type of MPEG-4 audio.
const MPEG4_AUDIO: u8 = 0x40;

/// RFC 6381 codec string by the body of an `esds` box, such as `mp4a.40.2`.
pub(crate) fn mpeg4_codec(esds: &[u8]) -> Option<String> {
    let mut bytes = Bytes(esds);
    bytes.skip(4)?;
    let mut stream = Bytes(descriptor(&mut bytes, ELEMENTARY_STREAM)?);
    let _id = stream.u16()?;
    let flags = stream.u8()?;
    if flags & 0x80 != 0 {
        stream.skip(2)?;
    }
    if flags & 0x40 != 0 {
        let length = stream.u8()?;
        stream.skip(usize::from(length))?;
    }
    if flags & 0x20 != 0 {
        stream.skip(2)?;
    }
    let mut decoder = Bytes(descriptor(&mut stream, DECODER_CONFIG)?);
    let object_type = decoder.u8()?;
    if object_type != MPEG4_AUDIO {
        return Some(format!("mp4a.{object_type:02x}"));
    }
    decoder.skip(12)?;
    let kind = descriptor(&mut decoder, DECODER_SPECIFIC).and_then(audio_object_type);
    Some(kind.map_or_else(|| "mp4a.40".to_owned(), |kind| format!("mp4a.40.{kind}")))
}

/// The content of the descriptor that follows, if it has this tag.
fn descriptor<'a>(bytes: &mut Bytes<'a>, tag: u8) -> Option<&'a [u8]> {
    if bytes.u8()? != tag {
        return None;
    }
    let mut length = 0;
    for _ in 0..4 {
        let byte = bytes.u8()?;
        length = length << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    // Players forgive a length that is too large.
    bytes.take(length.min(bytes.0.len()))
}

/// The first five bits of the configuration, or six more where these are all ones.
fn audio_object_type(configuration: &[u8]) -> Option<u8> {
    let [first, rest @ ..] = configuration else { return None };
    match first >> 3 {
        31 => Some(32 + ((first & 7) << 3 | rest.first()? >> 5)),
        kind => Some(kind),
    }
}

/// Whether browsers can be expected to play such sound from an MP4 or MOV file: AAC and MP3.
pub(crate) fn plays_everywhere(codec: &str) -> bool {
    matches!(
        codec,
        "mp4a.40"
            | "mp4a.40.2"
            | "mp4a.40.5"
            | "mp4a.40.29"
            | "mp4a.67"
            | "mp4a.69"
            | "mp4a.6b"
            | "mp3"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An `esds` body with lengths of one byte.
    fn esds(object_type: u8, specific: &[u8]) -> Vec<u8> {
        let specific = [&[DECODER_SPECIFIC, specific.len() as u8][..], specific].concat();
        let decoder = [&[object_type][..], &[0; 12], &specific].concat();
        let decoder = [&[DECODER_CONFIG, decoder.len() as u8][..], &decoder].concat();
        let stream = [&[0, 1, 0][..], &decoder].concat();
        [&[0, 0, 0, 0, ELEMENTARY_STREAM, stream.len() as u8][..], &stream].concat()
    }

    #[test]
    fn sound_is_named_by_its_object_types() {
        for (object_type, specific, expected) in [
            (0x40, &[0x12, 0x10][..], "mp4a.40.2"),
            (0x40, &[0xF8, 0xE6], "mp4a.40.39"),
            (0x40, &[], "mp4a.40"),
            (0x6B, &[], "mp4a.6b"),
            (0xA5, &[], "mp4a.a5"),
        ] {
            assert_eq!(mpeg4_codec(&esds(object_type, specific)).as_deref(), Some(expected));
        }
        assert_eq!(mpeg4_codec(&[0; 8]), None);
    }

    #[test]
    fn lengths_may_take_four_bytes() {
        let mut long = esds(0x6B, &[]);
        let length = long[5];
        long.splice(5..6, [0x80, 0x80, 0x80, length]);
        assert_eq!(mpeg4_codec(&long).as_deref(), Some("mp4a.6b"));
    }
}
