//! File formats, told apart by content.

use crate::{Error, Result};

/// A picture format that every browser shows, and that is kept as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG of any colour type and depth.
    Png,
    /// WebP, lossy or lossless; of an animation, the first frame.
    WebP,
}

impl PictureFormat {
    /// Recognises the format by its first bytes; a file's name is never asked.
    ///
    /// # Errors
    /// `UnsupportedFormat` when the bytes begin like none of the formats.
    pub fn of(bytes: &[u8]) -> Result<Self> {
        match SourceFormat::of(bytes)? {
            SourceFormat::Web(format) => Ok(format),
            _ => Err(Error::UnsupportedFormat),
        }
    }

    /// Usual file name extension, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }

    /// Media type for a `Content-Type` header.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// A picture format that is decoded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    /// One that browsers show.
    Web(PictureFormat),
    /// TIFF; of several pages, the first.
    Tiff,
    /// GIF; of an animation, the first frame.
    Gif,
    /// Windows bitmap.
    Bmp,
}

impl From<PictureFormat> for SourceFormat {
    fn from(format: PictureFormat) -> Self {
        Self::Web(format)
    }
}

impl SourceFormat {
    /// Recognises the format by its first bytes.
    ///
    /// ```
    /// use vertex_markers::picture::SourceFormat;
    ///
    /// assert_eq!(SourceFormat::of(b"GIF89a"), Ok(SourceFormat::Gif));
    /// let error = SourceFormat::of(b"%PDF-1.7").unwrap_err();
    /// assert!(error.to_string().starts_with("the file is a PDF document, which is not taken"));
    /// ```
    ///
    /// # Errors
    /// `ForeignFormat` for files of other formats that are known by name, among them those of
    /// [`ConvertibleFormat`]; `UnsupportedFormat` for all others.
    pub fn of(bytes: &[u8]) -> Result<Self> {
        let web = |format| Ok(Self::Web(format));
        match bytes {
            [0xff, 0xd8, 0xff, ..] => web(PictureFormat::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => web(PictureFormat::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                web(PictureFormat::WebP)
            }
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Self::Tiff),
            // A bitmap's header says how long it is, in one of a few numbers.
            [
                b'B',
                b'M',
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                12 | 40 | 52 | 56 | 64 | 108 | 124,
                0,
                0,
                0,
                ..,
            ] => Ok(Self::Bmp),
            _ => Err(match ConvertibleFormat::of(bytes) {
                Some(format) => format.refusal(),
                None => foreign(bytes).unwrap_or(Error::UnsupportedFormat),
            }),
        }
    }
}

/// A picture format that is not decoded here but that programs on the machine may make another of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConvertibleFormat {
    /// HEIC and HEIF, as iPhones write them.
    Heic,
    /// AVIF.
    Avif,
    /// JPEG XL, bare or in a container.
    JpegXl,
}

impl ConvertibleFormat {
    /// Recognises the format by its first bytes; `None` for any other file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\x0a") || bytes.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n") {
            return Some(Self::JpegXl);
        }
        let brands = brands(bytes)?;
        let has = |names: &[&[u8; 4]]| brands.iter().any(|brand| names.contains(&brand));
        // Names of both kinds of coding may stand beside each other; the first one is what the file is.
        match brands.first()? {
            b"avif" | b"avis" => Some(Self::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(Self::Heic),
            b"mif1" | b"msf1" | b"mif2" | b"miaf" if has(&[b"avif", b"avis"]) => Some(Self::Avif),
            b"mif1" | b"msf1" | b"mif2" | b"miaf" => Some(Self::Heic),
            _ => None,
        }
    }

    /// How the format is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::JpegXl => "JPEG XL",
        }
    }

    /// Usual file name extension, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Heic => "heic",
            Self::Avif => "avif",
            Self::JpegXl => "jxl",
        }
    }

    /// What is said where no program converts it.
    #[must_use]
    pub fn refusal(self) -> Error {
        let (what, advice) = match self {
            Self::Heic => (
                "a HEIC picture as iPhones take them",
                "export it as JPEG, or ask the operator to install heif-convert (libheif) on the server",
            ),
            Self::Avif => (
                "an AVIF picture",
                "save it as JPEG or PNG, or ask the operator to install heif-convert (libheif) or ffmpeg on the server",
            ),
            Self::JpegXl => (
                "a JPEG XL picture",
                "save it as JPEG or PNG, or ask the operator to install djxl (libjxl) or ffmpeg on the server",
            ),
        };
        Error::ForeignFormat { what, advice }
    }
}

/// The brands of a file of boxes: the major one, then those it is compatible with.
fn brands(bytes: &[u8]) -> Option<Vec<[u8; 4]>> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    let body = bytes.get(8..size.min(bytes.len()).min(4096))?;
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let (brands, _) = body.as_chunks::<4>();
    Some(brands.iter().enumerate().filter(|(place, _)| *place != 1).map(|(_, b)| *b).collect())
}

const EXPORT: &str = "export it as JPEG, PNG or TIFF";

/// Files that people take for pictures, by their first bytes.
const FOREIGN: [(&[u8], usize, &str, &str); 19] = [
    (b"%PDF-", 0, "a PDF document", "export the page as JPEG, PNG or TIFF"),
    (b"8BPS", 0, "a Photoshop document (PSD)", EXPORT),
    (b"%!PS", 0, "a PostScript document", EXPORT),
    (b"\xc5\xd0\xd3\xc6", 0, "a PostScript document (EPS)", EXPORT),
    (b"\0\0\0\x0cjP  \r\n\x87\n", 0, "a JPEG 2000 picture", EXPORT),
    (b"\xff\x4f\xff\x51", 0, "a JPEG 2000 picture", EXPORT),
    (b"ftypcrx ", 4, "a camera's raw picture", EXPORT),
    (b"FUJIFILMCCD-RAW", 0, "a camera's raw picture", EXPORT),
    (b"IIU\0", 0, "a camera's raw picture", EXPORT),
    (b"IIRO", 0, "a camera's raw picture", EXPORT),
    (b"IIRS", 0, "a camera's raw picture", EXPORT),
    (b"FOVb", 0, "a camera's raw picture", EXPORT),
    (b"\0\0\x01\0", 0, "a Windows icon", EXPORT),
    (b"gimp xcf", 0, "a GIMP document (XCF)", EXPORT),
    (b"PK\x03\x04", 0, "an archive or office document", "send the picture that is in it"),
    (b"\x76\x2f\x31\x01", 0, "an OpenEXR picture", EXPORT),
    (b"DDS ", 0, "a DDS texture", EXPORT),
    (b"\x1a\x45\xdf\xa3", 0, "a video", "upload it as a video of a picture"),
    (b"ftyp", 4, "a video", "upload it as a video of a picture"),
];

fn foreign(bytes: &[u8]) -> Option<Error> {
    let known = FOREIGN.iter().find(|(mark, at, ..)| {
        bytes.get(*at..).is_some_and(|from_there| from_there.starts_with(mark))
    });
    if let Some(&(_, _, what, advice)) = known {
        return Some(Error::ForeignFormat { what, advice });
    }
    let head = bytes.get(..1024).unwrap_or(bytes).to_ascii_lowercase();
    let is_svg =
        head.trim_ascii_start().starts_with(b"<") && head.windows(4).any(|four| four == b"<svg");
    is_svg.then_some(Error::ForeignFormat { what: "a vector drawing (SVG)", advice: EXPORT })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(brands: &[&[u8; 4]]) -> Vec<u8> {
        let mut bytes = (8 + 4 * (brands.len() as u32 + 1)).to_be_bytes().to_vec();
        bytes.extend(b"ftyp");
        bytes.extend(brands[0]);
        bytes.extend([0; 4]);
        brands[1..].iter().for_each(|brand| bytes.extend(*brand));
        bytes
    }

    #[test]
    fn convertible_formats_are_told_by_their_brands() {
        for (brands, format) in [
            (vec![b"heic", b"mif1", b"heic"], Some(ConvertibleFormat::Heic)),
            (vec![b"mif1", b"mif1", b"heic"], Some(ConvertibleFormat::Heic)),
            (vec![b"avif", b"mif1", b"miaf"], Some(ConvertibleFormat::Avif)),
            (vec![b"mif1", b"avif"], Some(ConvertibleFormat::Avif)),
            (vec![b"isom", b"mp42"], None),
        ] {
            assert_eq!(ConvertibleFormat::of(&boxes(&brands)), format, "{brands:?}");
        }
        assert_eq!(ConvertibleFormat::of(b"\xff\x0a\x7f"), Some(ConvertibleFormat::JpegXl));
    }

    #[test]
    fn strangers_are_called_by_their_names() {
        for (bytes, name) in [
            (&b"8BPS\0\x01"[..], "Photoshop"),
            (b"<?xml version='1.0'?>\n<svg xmlns", "SVG"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
            (b"MZ", "not a JPEG"),
            (b"BM of text", "not a JPEG"),
        ] {
            let error = SourceFormat::of(bytes).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            assert_eq!(error.kind(), crate::ErrorKind::UnsupportedFormat);
        }
    }
}
