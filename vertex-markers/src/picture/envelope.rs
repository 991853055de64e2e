//! What a picture's file has besides pixels: whether it is whole, and whether it is a file of another kind, too.

use super::{PictureFormat, jpeg};

/// The parts of a picture's file that no decoder needs.
struct Envelope<'a> {
    /// Comments, text, EXIF, XMP, colour profiles.
    metadata: Vec<&'a [u8]>,
    /// What follows the picture.
    trailing: &'a [u8],
}

/// Is a picture's file whole?
///
/// Decoders are lenient about the end of a file, so a cut upload would become half a marker.
pub(super) fn is_whole(bytes: &[u8], format: PictureFormat) -> bool {
    Envelope::open(bytes, format).is_some()
}

/// What a picture's file is besides a picture, such as an archive or a web page; `None` when it is nothing else.
///
/// A file that is two things at once is taken for the one by whoever checks it and for the other by whoever opens it.
/// What cameras put behind their pictures (a short film, another exposure) is nothing of that kind.
///
/// ```
/// # use vertex_markers::image::{ImageFormat, RgbImage};
/// use vertex_markers::picture::stowaway;
///
/// # let mut png = std::io::Cursor::new(Vec::new());
/// # RgbImage::new(320, 240).write_to(&mut png, ImageFormat::Png).unwrap();
/// # let mut bytes = png.into_inner();
/// assert_eq!(stowaway(&bytes), None);
/// bytes.extend(b"<script>alert(1)</script>");
/// assert_eq!(stowaway(&bytes), Some("a web page or script"));
/// ```
#[must_use]
pub fn stowaway(bytes: &[u8]) -> Option<&'static str> {
    let format = PictureFormat::of(bytes).ok()?;
    let envelope = Envelope::open(bytes, format)?;
    let parts = envelope.metadata.iter().copied().chain([envelope.trailing]);
    let written = parts.clone().find_map(|part| find(part, &TEXTS));
    let begun = BEGINNINGS.iter().find(|(mark, _)| envelope.trailing.starts_with(mark));
    let begun = begun.map(|(_, what)| *what);
    written.or(begun).or_else(|| find(envelope.trailing, &ARCHIVES)).or_else(|| {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        find(head, &DOCUMENTS).or_else(|| is_zip(bytes).then_some(ARCHIVE))
    })
}

/// The same of a file that is no picture, by its first and last bytes.
#[must_use]
pub fn stowaway_around(head: &[u8], tail: &[u8]) -> Option<&'static str> {
    let begun = head.get(..HEAD).unwrap_or(head);
    let found = find(begun, &DOCUMENTS).or_else(|| find(head, &TEXTS));
    found.or_else(|| is_zip(tail).then_some(ARCHIVE))
}

const PAGE: &str = "a web page or script";
const ARCHIVE: &str = "an archive";
const DOCUMENT: &str = "a document";
const PROGRAM: &str = "a program";

/// What browsers and interpreters run, in lower case.
const TEXTS: [(&[u8], &str); 7] = [
    (b"<script", PAGE),
    (b"<html", PAGE),
    (b"<!doctype html", PAGE),
    (b"<svg", PAGE),
    (b"<iframe", PAGE),
    (b"<?php", PAGE),
    (b"javascript:", PAGE),
];

/// Bytes at the beginning of a file in which readers of documents look for theirs.
const HEAD: usize = 1024;

/// What they look for.
const DOCUMENTS: [(&[u8], &str); 1] = [(b"%pdf-", DOCUMENT)];

/// Unpackers look for these anywhere.
const ARCHIVES: [(&[u8], &str); 4] = [
    (b"pk\x03\x04", ARCHIVE),
    (b"rar!\x1a\x07", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"%pdf-", DOCUMENT),
];

/// What begins like this behind a picture is a file of its own.
const BEGINNINGS: [(&[u8], &str); 5] = [
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"#!", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\x1f\x8b\x08", ARCHIVE),
];

/// The first of `marks` that is in `bytes`, whatever its case.
fn find(bytes: &[u8], marks: &[(&'static [u8], &'static str)]) -> Option<&'static str> {
    let is_at = |offset: usize, mark: &[u8]| {
        let there = bytes.get(offset..offset + mark.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(mark))
    };
    let found = |offset: usize| marks.iter().find(|(mark, _)| is_at(offset, mark));
    (0..bytes.len()).find_map(found).map(|(_, what)| *what)
}

/// Whether a file ends like a ZIP archive: with an end record that reaches exactly to the end of the file and names a
/// directory before itself. Unpackers ask for no more.
fn is_zip(tail: &[u8]) -> bool {
    const RECORD: usize = 22;
    let field =
        |at: usize| tail.get(at..at + 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let first = tail.len().saturating_sub(RECORD + usize::from(u16::MAX));
    (first..tail.len().saturating_sub(RECORD - 1)).any(|at| {
        tail[at..].starts_with(b"PK\x05\x06")
            && field(at + 20).is_some_and(|comment| at + RECORD + comment == tail.len())
    })
}

impl<'a> Envelope<'a> {
    /// `None` when the file ends before the picture does.
    fn open(bytes: &'a [u8], format: PictureFormat) -> Option<Self> {
        match format {
            PictureFormat::Jpeg => {
                let (metadata, length) = jpeg::metadata(bytes)?;
                Some(Self { metadata, trailing: &bytes[length..] })
            }
            PictureFormat::Png => Self::of_png(bytes),
            PictureFormat::WebP => Self::of_webp(bytes),
        }
    }

    fn of_png(bytes: &'a [u8]) -> Option<Self> {
        let mut metadata = Vec::new();
        let mut rest = bytes.get(8..)?;
        loop {
            let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
            let name = rest.get(4..8)?;
            let content = rest.get(8..)?.get(..length)?;
            rest = rest.get(8 + length + 4..)?;
            match name {
                b"IEND" => return Some(Self { metadata, trailing: rest }),
                b"IHDR" | b"PLTE" | b"IDAT" | b"fdAT" => {}
                _ => metadata.push(content),
            }
        }
    }

    fn of_webp(bytes: &'a [u8]) -> Option<Self> {
        let length = usize::try_from(u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?)).ok()?;
        let (riff, trailing) = bytes.split_at_checked(length.checked_add(8)?)?;
        let mut metadata = Vec::new();
        let mut rest = riff.get(12..)?;
        while rest.len() >= 8 {
            let length =
                usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?)).ok()?;
            let content = rest.get(8..)?.get(..length)?;
            if !matches!(&rest[..4], b"VP8 " | b"VP8L" | b"ALPH" | b"ANMF") {
                metadata.push(content);
            }
            // Chunks have an even length; the last one may lack its padding.
            rest = rest.get(8 + length + length % 2..).unwrap_or_default();
        }
        Some(Self { metadata, trailing })
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};
    use proptest::prelude::*;

    use super::*;

    fn files() -> Vec<Vec<u8>> {
        let picture = RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let file = |format| {
            let mut bytes = std::io::Cursor::new(Vec::new());
            picture.write_to(&mut bytes, format).unwrap();
            bytes.into_inner()
        };
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(file).into()
    }

    #[test]
    fn a_cut_file_is_not_whole() {
        for file in files() {
            let format = PictureFormat::of(&file).unwrap();
            assert!(is_whole(&file, format) && stowaway(&file).is_none());
            for length in 12..file.len() {
                assert!(!is_whole(&file[..length], format), "{format:?} cut at {length}");
            }
        }
    }

    #[test]
    fn what_hides_behind_a_picture_is_named() {
        let zip = [&b"PK\x03\x04..."[..], b"PK\x05\x06", &[0; 18]].concat();
        for (tail, expected) in [
            (&zip[..], Some(ARCHIVE)),
            (b"Rar!\x1a\x07\x00", Some(ARCHIVE)),
            (b"\n%PDF-1.7", Some(DOCUMENT)),
            (b"<HTML><body>", Some(PAGE)),
            (b"\x7fELF\x02", Some(PROGRAM)),
            (b"\0\0\0\x18ftypmp42 a short film", None),
            (&[0; 64], None),
        ] {
            for mut file in files() {
                file.extend(tail);
                assert_eq!(stowaway(&file), expected, "{:?}", PictureFormat::of(&file));
            }
        }
    }

    #[test]
    fn what_hides_in_a_comment_is_named() {
        let [jpeg, png, webp]: [Vec<u8>; 3] = files().try_into().unwrap();
        let script = b"<script>alert(1)</script>";
        let mut comment = b"\xff\xfe".to_vec();
        comment.extend(u16::try_from(script.len() + 2).unwrap().to_be_bytes());
        comment.extend(script);
        let jpeg = [&jpeg[..2], &comment, &jpeg[2..]].concat();
        let mut chunk = u32::try_from(script.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend(b"tEXt");
        chunk.extend(script);
        chunk.extend([0; 4]);
        let png = [&png[..33], &chunk, &png[33..]].concat();
        let mut webp = webp;
        webp.extend(b"XMP ");
        webp.extend(u32::try_from(script.len() + 1).unwrap().to_le_bytes());
        webp.extend(script);
        webp.push(b' ');
        let length = u32::try_from(webp.len() - 8).unwrap();
        webp[4..8].copy_from_slice(&length.to_le_bytes());
        for file in [jpeg, png, webp] {
            assert_eq!(stowaway(&file), Some(PAGE));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(
            format in 0usize..3, cut in 0usize..3000, junk in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let file = &files()[format];
            let mut bytes = file[..cut.min(file.len())].to_vec();
            bytes.extend(junk);
            let _ = stowaway(&bytes);
        }
    }
}
