//! Words by which parts of a video are known that tell where, when or with what it was made.

use crate::{error::VideoError, source::Source};

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

/// A description longer than this is not read but taken for such a one.
const MAX_DESCRIPTION: u64 = 1 << 20;

/// Whether a part of a file says where, when or with what it was made.
pub(crate) fn tells_its_origin(
    source: &mut Source<'_>,
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
