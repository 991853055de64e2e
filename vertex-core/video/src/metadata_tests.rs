use std::{fs, io::Cursor};

use crate::{RedactedRange, VideoError, VideoFacts, describe, identifying_metadata};

fn clip(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn parts(file: &[u8]) -> Vec<RedactedRange> {
    identifying_metadata(Cursor::new(file), file.len() as u64, || false).unwrap()
}

fn facts(file: &[u8]) -> VideoFacts {
    describe(Cursor::new(file), file.len() as u64, || false).unwrap().facts
}

fn blanked(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    for RedactedRange { start, end, header } in parts(&file) {
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
    let tracks = b"\0\0\0\x08trak".repeat(65);
    let length = u32::try_from(8 + tracks.len()).unwrap();
    file.truncate(index);
    file.extend([&length.to_be_bytes()[..], b"moov", &tracks].concat());
    let refused = identifying_metadata(Cursor::new(&file), file.len() as u64, || false);
    assert!(matches!(refused, Err(VideoError::TooLarge(_))), "{refused:?}");
}

#[test]
fn tags_of_webm_become_void() {
    let mut file = clip("video-clip.webm");
    assert!(parts(&file).is_empty());
    let name = file.windows(7).position(|name| name == b"ENCODER").unwrap();
    file[name..name + 7].copy_from_slice(b"GPS_LAT");
    let clean = blanked(&file);
    assert!(!has(&clean, b"GPS_LAT"));
    assert_eq!((clean.len(), facts(&clean)), (file.len(), facts(&file)));
}

#[test]
fn clips_that_tell_nothing_stay_as_they_are() {
    for name in ["video-bframes.mp4", "video-clip.webm", "video-portrait.mov", "video-hevc.mp4"] {
        assert!(parts(&clip(name)).is_empty(), "{name}");
    }
}
