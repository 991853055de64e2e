//! Whether a picture's or video's file is a file of another kind, too.
//!
//! Only what programs really look at counts: how a file, or what follows a picture in it, begins; a directory of an
//! archive at its end. The same bytes in the middle of a preview, of a film behind a photograph or of a record of where a
//! picture came from mean nothing.

use super::{PictureFormat, jpeg, png, webp};

/// What a picture's file is besides a picture, such as an archive or a web page; `None` when it is nothing else.
///
/// A file that is two things at once is taken for the one by whoever checks it and for the other by whoever opens it.
/// What cameras put behind their pictures (a short film, another exposure) is nothing of that kind.
///
/// ```
/// # use vertex_markers::image::{ImageFormat, RgbImage};
/// use vertex_markers::picture::polyglot;
///
/// # let mut png = std::io::Cursor::new(Vec::new());
/// # RgbImage::new(320, 240).write_to(&mut png, ImageFormat::Png).unwrap();
/// # let mut bytes = png.into_inner();
/// assert_eq!(polyglot(&bytes), None);
/// bytes.extend(b"<script>alert(1)</script>");
/// assert_eq!(polyglot(&bytes), Some("a web page or script"));
/// ```
#[must_use]
pub fn polyglot(bytes: &[u8]) -> Option<&'static str> {
    let (texts, trailing) = match PictureFormat::of(bytes).ok()? {
        PictureFormat::Jpeg => jpeg::envelope(bytes).map(|file| (file.comments, file.trailing))?,
        PictureFormat::Png => png::envelope(bytes).map(|file| (file.texts, file.trailing))?,
        PictureFormat::WebP => webp::envelope(bytes).map(|file| (file.metadata, file.trailing))?,
    };
    let page = texts.into_iter().any(|text| is_page(text) || is_page(value(text)));
    let page = page.then_some(PAGE);
    page.or_else(|| begins(trailing)).or_else(|| polyglot_around(bytes, bytes))
}

/// The same of a video, by its first and last bytes.
#[must_use]
pub fn polyglot_around(head: &[u8], tail: &[u8]) -> Option<&'static str> {
    let document = is_document(head).then_some(DOCUMENT);
    let hidden = || boxes(head).find_map(begins);
    document.or_else(hidden).or_else(|| is_zip(tail).then_some(ARCHIVE))
}

const PAGE: &str = "a web page or script";
const ARCHIVE: &str = "an archive";
const DOCUMENT: &str = "a document";
const PROGRAM: &str = "a program";

/// What browsers and interpreters take for theirs at the beginning, in lower case.
const PAGES: [&[u8]; 9] = [
    b"<script",
    b"<html",
    b"<head",
    b"<body",
    b"<!doctype html",
    b"<svg",
    b"<iframe",
    b"<?php",
    b"javascript:",
];

/// What begins like this is a file of its own.
const BEGINNINGS: [(&[u8], &str); 10] = [
    (b"PK\x03\x04", ARCHIVE),
    (b"PK\x05\x06", ARCHIVE),
    (b"Rar!\x1a\x07", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"\x1f\x8b\x08", ARCHIVE),
    (b"%PDF-", DOCUMENT),
    (b"\x7fELF", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"#!/", PROGRAM),
    (b"#! /", PROGRAM),
];

/// What follows the keyword of a text.
fn value(text: &[u8]) -> &[u8] {
    let keyword = text.iter().position(|&byte| byte == 0);
    keyword.map_or(&[], |end| &text[end + 1..])
}

/// Without what readers skip at the beginning.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|byte| *byte != 0 && !byte.is_ascii_whitespace());
    &bytes[start.unwrap_or(bytes.len())..]
}

fn is_page(bytes: &[u8]) -> bool {
    let bytes = trimmed(bytes);
    let is_like = |mark: &&[u8]| {
        bytes.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark))
    };
    PAGES.iter().any(is_like)
}

/// What a file would be that begins like these bytes.
fn begins(bytes: &[u8]) -> Option<&'static str> {
    if is_page(bytes) {
        return Some(PAGE);
    }
    let bytes = trimmed(bytes);
    let known = BEGINNINGS.iter().find(|(mark, _)| bytes.starts_with(mark));
    known.map(|(_, what)| *what).or_else(|| is_dos_program(bytes).then_some(PROGRAM))
}

/// A program's header: the bytes of its last page, and how many pages there are.
fn is_dos_program(bytes: &[u8]) -> bool {
    let Some(&[b'M', b'Z', a, b, c, d]) = bytes.first_chunk() else { return false };
    u16::from_le_bytes([a, b]) < 512 && (1..4096).contains(&u16::from_le_bytes([c, d]))
}

/// Readers of documents look for a header in the first KiB.
fn is_document(head: &[u8]) -> bool {
    let head = head.get(..1024).unwrap_or(head);
    head.windows(8)
        .any(|eight| eight.starts_with(b"%PDF-") && eight[5].is_ascii_digit() && eight[6] == b'.')
}

/// The contents of the boxes that a video begins with.
fn boxes(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = if head.get(4..8) == Some(b"ftyp") { head } else { &[] };
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let content = rest.get(8..length.min(rest.len()))?;
        rest = rest.get(length..).unwrap_or_default();
        Some(content)
    })
}

/// Length of the record that ends an archive, its comment apart.
const RECORD: usize = 22;

/// Whether a file ends like a ZIP archive: with an end record that reaches exactly to its end, or one that lies where the
/// archive's directory says it would.
fn is_zip(tail: &[u8]) -> bool {
    let first = tail.len().saturating_sub(RECORD + usize::from(u16::MAX));
    let mut places = first..(tail.len() + 1).saturating_sub(RECORD);
    places.any(|at| tail[at..].starts_with(b"PK\x05\x06") && is_end_record(tail, at))
}

fn is_end_record(tail: &[u8], at: usize) -> bool {
    let number = |place: usize, length: usize| {
        tail[at + place..][..length].iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte))
    };
    let (entries, directory, comment) = (number(10, 2), number(12, 4), number(20, 2));
    let has_directory = entries > 0
        && at.checked_sub(directory).is_some_and(|start| tail[start..].starts_with(b"PK\x01\x02"));
    at + RECORD + comment == tail.len() || has_directory
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

    /// An archive of one empty file.
    fn zip() -> Vec<u8> {
        let entry = [&b"PK\x03\x04"[..], &[0; 22], &[1, 0, 0, 0], b"a"].concat();
        let directory = [&b"PK\x01\x02"[..], &[0; 24], &[1, 0], &[0; 16], b"a"].concat();
        let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
        end.extend((directory.len() as u32).to_le_bytes());
        end.extend((entry.len() as u32).to_le_bytes());
        end.extend([0, 0]);
        [entry, directory, end].concat()
    }

    #[test]
    fn what_hides_behind_a_picture_is_named() {
        let empty = [&b"PK\x05\x06"[..], &[0; 18]].concat();
        let program = b"MZ\x90\0\x03\0\0\0\x04";
        for (tail, expected) in [
            (&zip()[..], Some(ARCHIVE)),
            (&[&[7; 5000][..], &zip()].concat(), Some(ARCHIVE)),
            (&[&[7; 500][..], &zip(), b"and more"].concat(), Some(ARCHIVE)),
            (&[&[7; 500][..], &empty].concat(), Some(ARCHIVE)),
            (b"Rar!\x1a\x07\x00", Some(ARCHIVE)),
            (b"\n%PDF-1.7", Some(DOCUMENT)),
            (b"\0\0\0 <HTML><body>", Some(PAGE)),
            (b"\x7fELF\x02", Some(PROGRAM)),
            (program, Some(PROGRAM)),
            (b"\0\0\0\x18ftypmp42 a short film with <svg and pk\x03\x04 in it", None),
            (b"MZ and so on", None),
            (b"PK\x05\x06 and so on, not where an archive would have it, again", Some(ARCHIVE)),
            (b" x PK\x05\x06 and so on, not where an archive would have it", None),
            (&[0; 64], None),
        ] {
            for mut file in files() {
                file.extend(tail);
                assert_eq!(polyglot(&file), expected, "{tail:?} {:?}", PictureFormat::of(&file));
            }
        }
    }

    fn with_png_chunk(png: &[u8], name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut chunk = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend(name);
        chunk.extend(content);
        chunk.extend([0; 4]);
        [&png[..33], &chunk, &png[33..]].concat()
    }

    fn with_jpeg_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
        let mut segment = vec![0xff, marker];
        segment.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        segment.extend(content);
        [&jpeg[..2], &segment, &jpeg[2..]].concat()
    }

    fn with_webp_chunk(webp: &[u8], name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut webp = webp.to_vec();
        webp.extend(name);
        webp.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        webp.extend(content);
        webp.resize(webp.len().next_multiple_of(2), 0);
        let length = u32::try_from(webp.len() - 8).unwrap();
        webp[4..8].copy_from_slice(&length.to_le_bytes());
        webp
    }

    #[test]
    fn a_comment_that_is_a_page_is_named() {
        let [jpeg, png, webp]: [Vec<u8>; 3] = files().try_into().unwrap();
        let script = b"<script>alert(1)</script>";
        for file in [
            with_jpeg_segment(&jpeg, 0xfe, script),
            with_png_chunk(&png, b"tEXt", script),
            with_png_chunk(&png, b"iTXt", &[b"Comment\0\0\0\0\0", &script[..]].concat()),
            with_webp_chunk(&webp, b"XMP ", script),
        ] {
            assert_eq!(polyglot(&file), Some(PAGE));
        }
    }

    #[test]
    fn words_of_pages_in_records_of_origin_are_nothing() {
        let [jpeg, png, webp]: [Vec<u8>; 3] = files().try_into().unwrap();
        let icon =
            b"\0\0\x01\0jumb\0\0\0\x28jumdc2pa icon <svg><script>x</script></svg> <?php pk\x03\x04";
        let xmp = b"<x:xmpmeta><dc:description>&lt;html> <svg> <html></dc:description></x:xmpmeta>";
        for file in [
            with_jpeg_segment(&jpeg, 0xeb, icon),
            with_jpeg_segment(&jpeg, 0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", &xmp[..]].concat()),
            with_png_chunk(&png, b"caBX", icon),
            with_png_chunk(&png, b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", &xmp[..]].concat()),
            with_webp_chunk(&webp, b"C2PA", icon),
            with_webp_chunk(&webp, b"XMP ", xmp),
        ] {
            assert_eq!(polyglot(&file), None);
        }
        let mut video = b"\0\0\0\x10ftypisom\0\0\0\0".to_vec();
        video.extend((icon.len() as u32 + 24).to_be_bytes());
        video.extend(b"uuid\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81");
        video.extend(icon);
        assert_eq!(polyglot_around(&video, &video), None);
        video.extend(b"\0\0\0\x20free <svg onload=alert(1)>");
        assert_eq!(polyglot_around(&video, &video), Some(PAGE));
    }

    /// Films and other exposures look like noise; one of four hundred refused would be one too many.
    #[test]
    fn noise_behind_a_picture_is_nothing() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        for number in 0..400 {
            let noise: Vec<u8> = (0..100_000).map(|_| next()).collect();
            for mut file in files() {
                file.extend(&noise);
                assert_eq!(polyglot(&file), None, "{number}");
            }
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
            let _ = polyglot(&bytes);
            let _ = polyglot_around(&bytes, &bytes);
        }
    }
}
