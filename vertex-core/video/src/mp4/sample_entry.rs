//! The sample descriptions of a track (`stsd`): codecs, their configurations, and what they say of pixels and colours.

use crate::{
    bytes::Bytes,
    codec::{StreamHeader, audio, av1, h264::AvcConfiguration, hevc::HevcConfiguration, vp9},
    colour::Colour,
    geometry::{Rectangle, sane_aspect},
};

/// Length of a visual sample entry before its child boxes, header included (ISO/IEC 14496-12, section 12.1.3).
const VISUAL_ENTRY: usize = 86;
/// The same for sound, by the version that QuickTime added (section 12.2.3, QuickTime File Format).
const SOUND_ENTRIES: [usize; 3] = [36, 52, 72];
/// Descriptions of a track at most.
const MAX_ENTRIES: usize = 256;

/// What a decoder is told about the samples of a picture track.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SampleEntry {
    /// Four-character code of the coding, for example `avc1`.
    pub(crate) format: [u8; 4],
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) configuration: Configuration,
    /// Width to height of a pixel (`pasp`).
    pub(crate) pixel_aspect: Option<(u32, u32)>,
    /// Clean aperture (`clap`).
    pub(crate) clean: Option<Rectangle>,
    /// Colours (`colr`, `vpcC`).
    pub(crate) colour: Colour,
    /// Whether pictures are made of two fields (`fiel`).
    pub(crate) is_interlaced: bool,
}

/// The configuration record of a codec.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Configuration {
    Avc(AvcConfiguration),
    Hevc(HevcConfiguration),
    /// The codec string of VP9 or VP8.
    Vp(String),
    Av1 {
        codec: String,
        header: Option<StreamHeader>,
    },
    /// There is none, or none that is known here.
    None,
}

impl SampleEntry {
    /// Every description of an `stsd` box that can be read.
    pub(crate) fn parse_all(stsd: &[u8]) -> Vec<Self> {
        let entries = boxes_in(stsd.get(8..).unwrap_or_default()).take(MAX_ENTRIES);
        entries.filter_map(|(format, entry)| Self::parse(format, entry)).collect()
    }

    fn parse(format: [u8; 4], entry: &[u8]) -> Option<Self> {
        let mut size = Bytes(entry.get(32..)?);
        let (width, height) = (size.u16()?, size.u16()?);
        let mut parsed = Self {
            format,
            width,
            height,
            configuration: Configuration::None,
            pixel_aspect: None,
            clean: None,
            colour: Colour::default(),
            is_interlaced: false,
        };
        for (kind, child) in boxes_in(entry.get(VISUAL_ENTRY..).unwrap_or_default()) {
            parsed.take(kind, child.get(8..).unwrap_or_default());
        }
        Some(parsed)
    }

    /// Takes over what a child box says.
    fn take(&mut self, kind: [u8; 4], body: &[u8]) {
        match &kind {
            b"avcC" => self.configure(AvcConfiguration::parse(body).map(Configuration::Avc)),
            b"hvcC" => self.configure(HevcConfiguration::parse(body).map(Configuration::Hevc)),
            b"av1C" => {
                self.configure(av1::configuration(body).map(|codec| Configuration::Av1 {
                    codec,
                    header: av1::configured_header(body),
                }))
            }
            b"vpcC" => {
                let record = vp9::configuration(body);
                self.colour = self.colour.or(record.as_ref().map(|it| it.1).unwrap_or_default());
                self.configure(record.map(|(codec, _)| Configuration::Vp(codec)));
            }
            b"pasp" => self.pixel_aspect = self.pixel_aspect.or(pixel_aspect(body)),
            b"clap" => {
                let size = (u32::from(self.width), u32::from(self.height));
                self.clean = self.clean.or(clean_aperture(body, size));
            }
            b"colr" => self.colour = colours(body).unwrap_or_default().or(self.colour),
            b"fiel" => self.is_interlaced = body.first() == Some(&2),
            _ => {}
        }
    }

    fn configure(&mut self, configuration: Option<Configuration>) {
        if self.configuration == Configuration::None {
            self.configuration = configuration.unwrap_or(Configuration::None);
        }
    }

    /// What the parameter sets in the configuration say.
    pub(crate) fn header(&self) -> Option<StreamHeader> {
        match &self.configuration {
            Configuration::Avc(avc) => avc.headers().next(),
            Configuration::Hevc(hevc) => hevc.header(),
            Configuration::Av1 { header, .. } => header.clone(),
            Configuration::Vp(_) | Configuration::None => None,
        }
    }

    /// RFC 6381 codec string, or the four-character code of a coding without one. `header` knows better than the record.
    pub(crate) fn codec(&self, header: Option<&StreamHeader>) -> String {
        let declared = || match &self.configuration {
            Configuration::Avc(avc) => Some(avc.declared_codec()),
            Configuration::Hevc(hevc) => Some(hevc.declared_codec()),
            Configuration::Vp(codec) | Configuration::Av1 { codec, .. } => Some(codec.clone()),
            Configuration::None => None,
        };
        let details = header.and_then(|header| header.codec.clone()).or_else(declared);
        match details {
            Some(details) => format!("{}.{details}", fourcc(self.format)),
            None => fourcc(self.format),
        }
    }

    /// Whether its coding is H.264.
    pub(crate) fn is_h264(&self) -> bool {
        matches!(&self.format, b"avc1" | b"avc3")
    }
}

/// RFC 6381 codec string of the first description of a sound track.
pub(crate) fn sound_codec(stsd: &[u8]) -> Option<String> {
    let (format, entry) = boxes_in(stsd.get(8..)?).next()?;
    let version = entry.get(16..).and_then(|version| Bytes(version).u16()).unwrap_or_default();
    let children = SOUND_ENTRIES.get(usize::from(version)).and_then(|start| entry.get(*start..));
    let children = children.unwrap_or_default();
    let find = |bytes, wanted: &[u8; 4]| {
        boxes_in(bytes).find(|(kind, _)| kind == wanted).and_then(|(_, found)| found.get(8..))
    };
    let stream = find(children, b"esds")
        .or_else(|| find(children, b"wave").and_then(|wave| find(wave, b"esds")));
    let named = stream.filter(|_| format == *b"mp4a").and_then(audio::mpeg4_codec);
    Some(named.unwrap_or_else(|| fourcc(format)))
}

/// The boxes that lie one after the other in `bytes`, with their headers. A size that cannot be ends the walk.
fn boxes_in(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (size, rest) = bytes.split_first_chunk::<4>()?;
        let kind = rest.first_chunk::<4>()?;
        let size = usize::try_from(u32::from_be_bytes(*size)).ok().filter(|size| *size >= 8)?;
        let (found, after) = bytes.split_at_checked(size)?;
        bytes = after;
        Some((*kind, found))
    })
}

fn pixel_aspect(body: &[u8]) -> Option<(u32, u32)> {
    let mut bytes = Bytes(body);
    sane_aspect((bytes.u32()?, bytes.u32()?))
}

/// The part of a picture of this size that is told by its size and by the offset of its middle.
fn clean_aperture(body: &[u8], (width, height): (u32, u32)) -> Option<Rectangle> {
    let mut bytes = Bytes(body);
    let mut fraction = || {
        let (numerator, denominator) = (bytes.i32()?, bytes.i32()?);
        (denominator > 0).then(|| f64::from(numerator) / f64::from(denominator))
    };
    let (across, down) = (fraction()?, fraction()?);
    let (right, below) = (fraction()?, fraction()?);
    let part = |whole: u32, part: f64, offset: f64| {
        let whole = f64::from(whole);
        let start = ((whole - part) / 2.0 + offset).round();
        let part = part.round();
        (part >= 1.0 && start >= 0.0 && start + part <= whole)
            .then_some((start as u32, part as u32))
    };
    let (left, across) = part(width, across, right)?;
    let (top, down) = part(height, down, below)?;
    let is_all = (across, down) == (width, height);
    (!is_all).then_some(Rectangle { left, top, width: across, height: down })
}

fn colours(body: &[u8]) -> Option<Colour> {
    let mut bytes = Bytes(body);
    let kind = bytes.array()?;
    let mut code = || bytes.u16().map(|code| u8::try_from(code).unwrap_or(2));
    match &kind {
        b"nclx" => {
            let colour = Colour::from_codes(code()?, code()?, code()?);
            let full_range = bytes.u8().map(|flags| flags & 0x80 != 0);
            Some(Colour { full_range, ..colour })
        }
        b"nclc" => Some(Colour::from_codes(code()?, code()?, code()?)),
        _ => None,
    }
}

fn fourcc(format: [u8; 4]) -> String {
    let printable = format.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
    printable.map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, body].concat()
    }

    fn entry(format: &[u8; 4], children: &[u8]) -> SampleEntry {
        let mut fixed = [0; VISUAL_ENTRY - 8];
        fixed[24..28].copy_from_slice(&[0x02, 0x80, 0x01, 0x68]);
        let stsd =
            [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(format, &[&fixed[..], children].concat())];
        SampleEntry::parse_all(&stsd.concat()).remove(0)
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    #[test]
    fn avc_is_named_by_profile_and_level() {
        let avc = boxed(b"avcC", &[1, 0x64, 0, 0x1f, 0xFF, 0xE0, 0]);
        let entry = entry(b"avc1", &[boxed(b"pasp", &[0; 8]), avc].concat());
        assert_eq!(
            (entry.codec(None).as_str(), entry.width, entry.height),
            ("avc1.64001f", 640, 360)
        );
        assert_eq!(entry.pixel_aspect, None);
    }

    #[test]
    fn av1_is_named_whatever_child_comes_first() {
        let colours = boxed(b"colr", b"nclx\0\x01\0\x01\0\x01\0");
        let children = [colours, boxed(b"av1C", &[0x81, 0x08, 0x0c, 0])].concat();
        let entry = entry(b"av01", &children);
        assert_eq!(entry.codec(None), "av01.0.08M.08");
        assert_eq!(entry.colour.matrix, Some(1));
        assert_eq!(entry.colour.full_range, Some(false));
    }

    #[test]
    fn an_unknown_coding_keeps_its_code() {
        assert_eq!(entry(b"apcn", &[]).codec(None), "apcn");
        assert_eq!(entry(b"avc1", &boxed(b"avcC", &[1])).codec(None), "avc1");
    }

    #[test]
    fn a_child_without_size_ends_the_walk() {
        let entry = entry(b"hvc1", &[0; 64]);
        assert_eq!(
            (entry.codec(None).as_str(), entry.configuration),
            ("hvc1", Configuration::None)
        );
    }

    #[test]
    fn shape_and_fields_are_read() {
        let clap = numbers(&[624, 1, 360, 1, 0, 1, 0, 1]);
        let children =
            [boxed(b"pasp", &numbers(&[16, 11])), boxed(b"clap", &clap), boxed(b"fiel", &[2, 9])];
        let entry = entry(b"apcn", &children.concat());
        assert_eq!(entry.pixel_aspect, Some((16, 11)));
        assert_eq!(entry.clean, Some(Rectangle { left: 8, top: 0, width: 624, height: 360 }));
        assert!(entry.is_interlaced);
    }

    #[test]
    fn an_aperture_that_is_all_or_leaves_the_picture_is_none() {
        for clap in
            [[640, 1, 360, 1, 0, 1, 0, 1], [640, 1, 360, 1, 9, 1, 0, 1], [1, 0, 1, 1, 0, 1, 0, 1]]
        {
            assert_eq!(clean_aperture(&numbers(&clap), (640, 360)), None);
        }
    }

    #[test]
    fn sound_is_named_in_any_version() {
        let esds = [&[0, 0, 0, 0, 3, 17, 0, 1, 0, 4, 13, 0x6B][..], &[0; 12]].concat();
        for (version, children) in [
            (0, boxed(b"esds", &esds)),
            (1, boxed(b"wave", &[boxed(b"frma", b"mp4a"), boxed(b"esds", &esds)].concat())),
        ] {
            let mut fixed = vec![0; SOUND_ENTRIES[version] - 8];
            fixed[9] = version as u8;
            let stsd = [&[0; 8][..], &boxed(b"mp4a", &[fixed, children].concat())].concat();
            assert_eq!(sound_codec(&stsd).as_deref(), Some("mp4a.6b"), "version {version}");
        }
        let stsd = [&[0; 8][..], &boxed(b"ac-3", &[0; 28])].concat();
        assert_eq!(sound_codec(&stsd).as_deref(), Some("ac-3"));
    }
}
