//! The first sample description of a picture track: its codec, coded size and decoder configuration.

use re_mp4::{StsdBox, StsdBoxContent};

use super::boxes;
use crate::error::VideoError;

/// Length of a visual sample entry before its child boxes, header included (ISO/IEC 14496-12, section 12.1.3).
const VISUAL_ENTRY: usize = 86;

/// What a decoder is told about the samples of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SampleEntry {
    /// Four-character code of the coding, for example `avc1`.
    pub(crate) format: [u8; 4],
    /// RFC 6381 codec string, or the four-character code of a coding without one.
    pub(crate) codec: String,
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Body of the codec's configuration box, for example `avcC`.
    pub(crate) configuration: Vec<u8>,
}

impl SampleEntry {
    /// Parses the body of an `stsd` box.
    pub(crate) fn parse(stsd: &[u8]) -> Result<Self, VideoError> {
        let damaged = VideoError::Damaged("its codec description cannot be read");
        let entry = stsd.get(8..).and_then(first_box);
        let Some((format, entry)) = entry else {
            return Err(damaged);
        };
        let (Some(width), Some(height)) = (u16_at(entry, 32), u16_at(entry, 34)) else {
            return Err(damaged);
        };
        let configuration = configuration(format, entry);
        Ok(Self {
            format,
            codec: codec_string(format, entry, configuration),
            width,
            height,
            configuration: configuration
                .and_then(|found| found.get(8..))
                .unwrap_or_default()
                .to_vec(),
        })
    }
}

/// The type and the bytes (header included) of the box that `bytes` begin with.
fn first_box(bytes: &[u8]) -> Option<([u8; 4], &[u8])> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    let kind = rest.first_chunk::<4>()?;
    let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
    Some((*kind, bytes.get(..size).filter(|_| size >= 8)?))
}

/// The configuration box (header included) that belongs to the coding.
fn configuration(format: [u8; 4], entry: &[u8]) -> Option<&[u8]> {
    let wanted = match &format {
        b"avc1" | b"avc3" => b"avcC",
        b"hvc1" | b"hev1" => b"hvcC",
        b"av01" => b"av1C",
        b"vp08" | b"vp09" => b"vpcC",
        _ => return None,
    };
    let mut rest = entry.get(VISUAL_ENTRY..)?;
    loop {
        let (kind, found) = first_box(rest)?;
        if kind == *wanted {
            return Some(found);
        }
        rest = rest.get(found.len()..)?;
    }
}

fn codec_string(format: [u8; 4], entry: &[u8], configuration: Option<&[u8]>) -> String {
    let detailed = configuration.and_then(|configuration| match &format {
        b"avc1" | b"avc3" => avc_codec_string(format, configuration),
        _ => library_codec_string(format, entry, configuration),
    });
    detailed.unwrap_or_else(|| fourcc(format))
}

fn avc_codec_string(format: [u8; 4], configuration: &[u8]) -> Option<String> {
    let [_, profile, compatibility, level] = configuration.get(8..)?.first_chunk()?;
    Some(format!("{}.{profile:02x}{compatibility:02x}{level:02x}", fourcc(format)))
}

/// Asks `re_mp4` for the codec string of an entry rebuilt with its configuration as the only child, since its readers
/// expect that child first. Not for `avc1`: its reader of that one panics on a short configuration.
fn library_codec_string(format: [u8; 4], entry: &[u8], configuration: &[u8]) -> Option<String> {
    let fixed = entry.get(8..VISUAL_ENTRY)?;
    let size = u32::try_from(VISUAL_ENTRY + configuration.len()).ok()?;
    let stsd = [&[0, 0, 0, 0, 0, 0, 0, 1], &size.to_be_bytes()[..], &format, fixed, configuration]
        .concat();
    let parsed = boxes::parse::<StsdBox>(stsd).ok()?;
    match parsed.contents {
        StsdBoxContent::Unknown(_) => None,
        contents => contents.codec_string(),
    }
}

fn fourcc(format: [u8; 4]) -> String {
    let printable = format.iter().filter(|byte| byte.is_ascii_alphanumeric());
    printable.map(|byte| char::from(*byte)).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, body].concat()
    }

    fn stsd(format: &[u8; 4], children: &[u8]) -> Vec<u8> {
        let mut fixed = [0; VISUAL_ENTRY - 8];
        fixed[24..28].copy_from_slice(&[0x02, 0x80, 0x01, 0x68]);
        [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(format, &[&fixed[..], children].concat())].concat()
    }

    #[test]
    fn avc_is_named_by_profile_and_level() {
        let children = [boxed(b"pasp", &[0; 8]), boxed(b"avcC", &[1, 0x64, 0, 0x1f])].concat();
        let entry = SampleEntry::parse(&stsd(b"avc1", &children)).unwrap();
        assert_eq!((entry.codec.as_str(), entry.width, entry.height), ("avc1.64001f", 640, 360));
        assert_eq!(entry.configuration, [1, 0x64, 0, 0x1f]);
    }

    #[test]
    fn av1_is_named_whatever_child_comes_first() {
        let children =
            [boxed(b"colr", b"nclx\0\x01\0\x01\0\x01\0"), boxed(b"av1C", &[0x81, 0x08, 0x0c, 0])]
                .concat();
        assert_eq!(SampleEntry::parse(&stsd(b"av01", &children)).unwrap().codec, "av01.0.08M.08");
    }

    #[test]
    fn an_unknown_coding_keeps_its_code() {
        assert_eq!(SampleEntry::parse(&stsd(b"apcn", &[])).unwrap().codec, "apcn");
        assert_eq!(
            SampleEntry::parse(&stsd(b"avc1", &boxed(b"avcC", &[1]))).unwrap().codec,
            "avc1"
        );
    }

    #[test]
    fn a_child_without_size_ends_the_walk() {
        let entry = SampleEntry::parse(&stsd(b"hvc1", &[0; 64])).unwrap();
        assert_eq!((entry.codec.as_str(), entry.configuration.len()), ("hvc1", 0));
    }
}
