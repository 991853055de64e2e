use std::str::FromStr;

/// The file formats accepted for upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// ISO base media (MPEG-4 part 12 and 14).
    Mp4,
    /// Apple QuickTime.
    Mov,
    /// The WebM subset of Matroska.
    WebM,
}

impl Container {
    /// File name extension, without the dot; also the container's name in rows.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::WebM => "webm",
        }
    }

    /// The registered media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }
}

impl FromStr for Container {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Mp4, Self::Mov, Self::WebM]
            .into_iter()
            .find(|container| container.extension() == text)
            .ok_or_else(|| format!("{text:?} is not a video container"))
    }
}

/// Major brands of relatives that share the box structure but are no video: pictures and sound.
const NOT_VIDEO: [&[u8; 4]; 16] = [
    b"mif1", b"mif2", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"avif",
    b"avis", b"crx ", b"M4A ", b"M4B ", b"M4P ", b"F4A ",
];

/// Beginnings of brands that promise an MP4 player can show the file.
const MP4_BRANDS: [&[u8]; 12] = [
    b"iso", b"mp4", b"mp7", b"avc1", b"hvc1", b"av01", b"M4V", b"dash", b"cmf", b"3gp", b"3g2",
    b"MSNV",
];

/// Tells the container from the first bytes of a file (up to 4 KiB are of use), never from its name.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Container> {
    if head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
        return is_webm(head).then_some(Container::WebM);
    }
    sniff_boxes(head)
}

fn sniff_boxes(head: &[u8]) -> Option<Container> {
    let (size, rest) = head.split_first_chunk::<4>()?;
    let (kind, body) = rest.split_first_chunk::<4>()?;
    let size = u32::from_be_bytes(*size);
    match kind {
        b"ftyp" => {
            let body_length = usize::try_from(size).ok()?.checked_sub(8)?;
            brand_container(body.get(..body_length).unwrap_or(body))
        }
        // QuickTime files from before the brand existed begin with their data.
        b"moov" | b"mdat" | b"wide" | b"free" | b"skip" if matches!(size, 0 | 1 | 8..) => {
            Some(Container::Mov)
        }
        _ => None,
    }
}

fn brand_container(body: &[u8]) -> Option<Container> {
    let (major, rest) = body.split_first_chunk::<4>()?;
    if major == b"qt  " {
        return Some(Container::Mov);
    }
    if NOT_VIDEO.contains(&major) {
        return None;
    }
    let compatible = rest.get(4..).unwrap_or_default().chunks_exact(4);
    std::iter::once(major.as_slice())
        .chain(compatible)
        .any(|brand| MP4_BRANDS.iter().any(|known| brand.starts_with(known)))
        .then_some(Container::Mp4)
}

/// The DocType element (id 0x4282) of the EBML header, which is a few dozen bytes long.
fn is_webm(head: &[u8]) -> bool {
    head.get(..64).unwrap_or(head).windows(7).any(|bytes| bytes == b"\x42\x82\x84webm")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ftyp(brands: &[&[u8; 4]]) -> Vec<u8> {
        let mut bytes = u32::try_from(12 + 4 * brands.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(b"ftyp");
        for (index, brand) in brands.iter().enumerate() {
            bytes.extend_from_slice(*brand);
            if index == 0 {
                bytes.extend_from_slice(&[0; 4]);
            }
        }
        bytes.extend_from_slice(b"\0\0\0\x08wide");
        bytes
    }

    #[test]
    fn video_brands_are_told_apart() {
        for (brands, expected) in [
            (vec![b"isom", b"iso2", b"avc1", b"mp41"], Some(Container::Mp4)),
            (vec![b"mp42"], Some(Container::Mp4)),
            (vec![b"M4V "], Some(Container::Mp4)),
            (vec![b"3gp4"], Some(Container::Mp4)),
            (vec![b"XAVC", b"XAVC", b"mp42"], Some(Container::Mp4)),
            (vec![b"qt  "], Some(Container::Mov)),
            (vec![b"heic", b"mif1", b"iso8"], None),
            (vec![b"avif", b"mif1", b"miaf"], None),
            (vec![b"M4A ", b"mp42", b"isom"], None),
            (vec![b"crx ", b"crx ", b"isom"], None),
            (vec![b"jp2 ", b"jp2 "], None),
        ] {
            assert_eq!(sniff(&ftyp(&brands)), expected, "{brands:?}");
        }
    }

    #[test]
    fn quicktime_without_a_brand_is_mov() {
        assert_eq!(sniff(b"\0\0\0\x08wide\0\0\x10\0mdat"), Some(Container::Mov));
        assert_eq!(sniff(b"\0\0\x10\0moov\0\0\0\x6cmvhd"), Some(Container::Mov));
        assert_eq!(sniff(b"\0\0\0\x02moov"), None);
    }

    #[test]
    fn matroska_is_refused_and_webm_accepted() {
        let header = |doc_type: &[u8]| {
            [b"\x1A\x45\xDF\xA3\x8F\x42\x86\x81\x01", doc_type, b"\x42\x87\x81\x02"].concat()
        };
        assert_eq!(sniff(&header(b"\x42\x82\x84webm")), Some(Container::WebM));
        assert_eq!(sniff(&header(b"\x42\x82\x88matroska")), None);
    }

    #[test]
    fn short_or_foreign_bytes_are_no_video() {
        for bytes in
            [&b""[..], b"\0\0\0", b"\0\0\0\x18ftyp", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 "]
        {
            assert_eq!(sniff(bytes), None);
        }
    }
}
