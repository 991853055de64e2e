//! Parts of a video that players do without and that tell where, when or with what it was made.

use std::io::{Read, Seek};

use super::{
    boxes::{self, BoxSpan, TopLevel},
    container::Container,
    container_of,
    error::VideoError,
    samples::{MAX_SAMPLES, SampleTable},
    source::Source,
    webm,
};

/// A part of a file, and what to put at its beginning so that players skip it. The rest becomes zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// Its first byte.
    pub start: u64,
    /// The one after its last.
    pub end: u64,
    /// What makes it a part that is skipped.
    pub header: Vec<u8>,
}

/// User data, descriptions in QuickTime's and Apple's way, and what programs add for themselves, such as XMP.
const DESCRIPTIONS: [[u8; 4]; 3] = [*b"udta", *b"meta", *b"uuid"];

/// Tracks that are shown, heard, read or count time. Others are what a camera noted along the way.
const SHOWN: [[u8; 4]; 7] = [*b"vide", *b"soun", *b"subt", *b"text", *b"sbtl", *b"clcp", *b"tmcd"];

/// What descriptions of a place have in them, in lower case: Android's, 3GPP's, Apple's, and EXIF's in XMP.
const PLACES: [&[u8]; 4] = [b"\xa9xyz", b"loci", b"location", b"gps"];

/// The same for descriptions of a camera and of a day: QuickTime's, Apple's and Android's, and TIFF's and XMP's own.
const CAMERAS: [&[u8]; 11] = [
    b"\xa9mak",
    b"\xa9mod",
    b"\xa9day",
    b"quicktime.make",
    b"quicktime.model",
    b"creationdate",
    b"com.android.m",
    b"tiff:make",
    b"tiff:model",
    b"serialnumber",
    b"createdate",
];

/// Tracks of a file at most.
const MAX_TRACKS: usize = 64;

/// A description longer than this is not read but taken for such a one.
const MAX_DESCRIPTION: u64 = 1 << 20;

/// Finds what of a video of `len` bytes tells where, when or with what it was made, in the order of the file.
///
/// # Errors
/// Those of [`inspect`](super::inspect).
pub fn private_parts<R: Read + Seek>(reader: R, len: u64) -> Result<Vec<Blank>, VideoError> {
    let mut source = Source::new(reader, len)?;
    let mut found = match container_of(&mut source)? {
        Container::WebM => webm::private_parts(&mut source)?,
        Container::Mp4 | Container::Mov => of_movie(&mut source)?,
    };
    found.sort_by_key(|blank| blank.start);
    Ok(found)
}

/// Whether a part of a file says where, when or with what it was made.
pub(super) fn tells_its_origin<R: Read + Seek>(
    source: &mut Source<R>,
    start: u64,
    end: u64,
) -> Result<bool, VideoError> {
    let length = end.saturating_sub(start);
    if length > MAX_DESCRIPTION {
        return Ok(true);
    }
    let mut bytes = source.bytes_at(start, usize::try_from(length).unwrap_or_default())?;
    bytes.make_ascii_lowercase();
    let has = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    Ok(PLACES.into_iter().chain(CAMERAS).any(has))
}

fn of_movie<R: Read + Seek>(source: &mut Source<R>) -> Result<Vec<Blank>, VideoError> {
    let mut found = Vec::new();
    let mut walk = TopLevel::from(0);
    while let Some(span) = walk.advance(source)?.filter(|span| span.end <= source.len()) {
        if span.kind == *b"moov" {
            let parts = boxes::children(source, &span)?;
            descriptions(source, &parts, &mut found)?;
            let tracks = || parts.iter().filter(|part| part.kind == *b"trak");
            if tracks().count() > MAX_TRACKS {
                return Err(VideoError::TooLarge("too many tracks"));
            }
            let mut left = MAX_SAMPLES;
            for trak in tracks() {
                of_track(source, trak, &mut left, &mut found)?;
            }
        } else {
            descriptions(source, &[span], &mut found)?;
        }
    }
    Ok(found)
}

fn of_track<R: Read + Seek>(
    source: &mut Source<R>,
    trak: &BoxSpan,
    left: &mut usize,
    found: &mut Vec<Blank>,
) -> Result<(), VideoError> {
    let parts = boxes::children(source, trak)?;
    let media = boxes::children(source, &boxes::require(&parts, b"mdia")?)?;
    let handler = boxes::body(source, &boxes::require(&media, b"hdlr")?, 1024)?;
    if SHOWN.iter().any(|shown| handler.get(8..12) == Some(shown)) {
        return descriptions(source, &parts, found);
    }
    let information = boxes::children(source, &boxes::require(&media, b"minf")?)?;
    let tables = boxes::children(source, &boxes::require(&information, b"stbl")?)?;
    let samples = SampleTable::read(source, &tables)?.samples;
    let fewer = left.checked_sub(samples.len());
    *left = fewer.ok_or(VideoError::TooLarge("too many notes of its camera"))?;
    for sample in samples {
        let end = sample.offset.saturating_add(u64::from(sample.size)).min(source.len());
        match found.last_mut() {
            Some(last) if last.header.is_empty() && last.end == sample.offset => last.end = end,
            _ => found.push(Blank { start: sample.offset, end, header: Vec::new() }),
        }
    }
    found.push(free(trak));
    Ok(())
}

fn descriptions<R: Read + Seek>(
    source: &mut Source<R>,
    parts: &[BoxSpan],
    found: &mut Vec<Blank>,
) -> Result<(), VideoError> {
    for part in parts.iter().filter(|part| DESCRIPTIONS.contains(&part.kind)) {
        if tells_its_origin(source, part.body, part.end)? {
            found.push(free(part));
        }
    }
    Ok(())
}

/// A box of the same length that is skipped. Its length stays where it was written: in four bytes, in eight behind the
/// kind, or nowhere if it reaches to the end of the file.
fn free(span: &BoxSpan) -> Blank {
    let length = span.end - span.start;
    let is_large = span.body - span.start == 16;
    let short = if is_large { 1 } else { u32::try_from(length).unwrap_or(0) };
    let mut header = [short.to_be_bytes(), *b"free"].concat();
    if is_large {
        header.extend(length.to_be_bytes());
    }
    Blank { start: span.start, end: span.end, header }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Cursor};

    use super::*;
    use crate::video::{VideoFacts, inspect};

    fn clip(name: &str) -> Vec<u8> {
        fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn parts(file: &[u8]) -> Vec<Blank> {
        private_parts(Cursor::new(file), file.len() as u64).unwrap()
    }

    fn facts(file: &[u8]) -> VideoFacts {
        inspect(Cursor::new(file), file.len() as u64).unwrap()
    }

    fn blanked(file: &[u8]) -> Vec<u8> {
        let mut file = file.to_vec();
        for Blank { start, end, header } in parts(&file) {
            let part = &mut file[start as usize..end as usize];
            part.fill(0);
            part[..header.len()].copy_from_slice(&header);
        }
        file
    }

    fn has(file: &[u8], text: &[u8]) -> bool {
        file.windows(text.len()).any(|window| window == text)
    }

    /// A clip whose index, which is its last part, has one more part at its end.
    fn with_part(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut file = clip("video-bframes.mp4");
        let index = file.windows(4).rposition(|name| name == b"moov").unwrap() - 4;
        let length = u32::try_from(content.len() + 8).unwrap();
        let index_length = u32::from_be_bytes(*file[index..].first_chunk().unwrap());
        assert_eq!(index + index_length as usize, file.len());
        file[index..index + 4].copy_from_slice(&(index_length + length).to_be_bytes());
        file.extend(length.to_be_bytes());
        file.extend(kind);
        file.extend(content);
        file
    }

    #[test]
    fn places_are_found_however_they_are_written() {
        let plain = facts(&clip("video-bframes.mp4"));
        for (kind, content) in [
            (b"udta", &b"\0\0\0\x1e\xa9xyz\0\x12\x15\xc7+55.7558+037.6173/"[..]),
            (b"meta", b"com.apple.quicktime.location.ISO6709 +55.7558+037.6173/"),
            (b"uuid", b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8 exif:GPSLatitude=\"+55.7558\""),
        ] {
            let file = with_part(kind, content);
            assert_eq!(parts(&file).len(), 1, "{kind:?}");
            let clean = blanked(&file);
            assert!(has(&file, b"+55.7558") && !has(&clean, b"55.7558"), "{kind:?}");
            assert_eq!((clean.len(), facts(&clean)), (file.len(), plain.clone()));
        }
        let harmless = with_part(b"udta", b"\0\0\0\x14\xa9too\0\x08\x15\xc7an encoder");
        assert!(parts(&harmless).is_empty());
    }

    #[test]
    fn cameras_and_days_are_found_however_they_are_written() {
        for (kind, content, told) in [
            (b"udta", &b"\0\0\0\x14\xa9mod\0\x08\x15\xc7Pixel 8a"[..], &b"Pixel 8a"[..]),
            (b"meta", b"com.apple.quicktime.model iPhone 15 Pro", b"iPhone"),
            (b"meta", b"com.apple.quicktime.creationdate 2026-05-01T12:00:00+0300", b"2026-05"),
            (b"meta", b"com.android.manufacturer Samsung", b"Samsung"),
            (b"uuid", b"\xbe\x7a\xcf\xcb tiff:Model=\"ILCE-7M4\" aux:SerialNumber=\"7\"", b"ILCE"),
        ] {
            let file = with_part(kind, content);
            let clean = blanked(&file);
            assert!(has(&file, told) && !has(&clean, told), "{}", content.escape_ascii());
            assert_eq!(facts(&clean), facts(&file));
        }
    }

    #[test]
    fn tracks_are_limited() {
        let file = with_part(b"skip", b"");
        assert!(parts(&file).is_empty());
        let mut file = clip("video-bframes.mp4");
        let index = file.windows(4).rposition(|name| name == b"moov").unwrap() - 4;
        let tracks = b"\0\0\0\x08trak".repeat(MAX_TRACKS + 1);
        let length = u32::try_from(8 + tracks.len()).unwrap();
        file.truncate(index);
        file.extend([&length.to_be_bytes()[..], b"moov", &tracks].concat());
        let refused = private_parts(Cursor::new(&file), file.len() as u64);
        assert!(matches!(refused, Err(VideoError::TooLarge(_))), "{refused:?}");
    }

    #[test]
    fn tags_of_webm_become_void() {
        let mut file = clip("clip.webm");
        assert!(parts(&file).is_empty());
        let name = file.windows(7).position(|name| name == b"ENCODER").unwrap();
        file[name..name + 7].copy_from_slice(b"GPS_LAT");
        let clean = blanked(&file);
        assert!(!has(&clean, b"GPS_LAT"));
        assert_eq!((clean.len(), facts(&clean)), (file.len(), facts(&file)));
    }

    #[test]
    fn clips_that_tell_nothing_stay_as_they_are() {
        for name in ["clip.mp4", "clip.mov", "clip.webm", "video-portrait.mov", "video-hevc.mp4"] {
            assert!(parts(&clip(name)).is_empty(), "{name}");
        }
    }
}
