//! Parts of an MP4 or MOV file that tell where, when or with what it was made.

use super::{
    boxes::{self, BoxSpan, TopLevel},
    samples::{MAX_SAMPLES, SampleTable},
};
use crate::{error::VideoError, metadata::tells_its_origin, redact::RedactedRange, source::Source};

/// User data, descriptions in QuickTime's and Apple's way, and what programs add for themselves, such as XMP.
const DESCRIPTIONS: [[u8; 4]; 3] = [*b"udta", *b"meta", *b"uuid"];

/// Tracks that are shown, heard, read or count time. Others are what a camera noted along the way.
const SHOWN: [[u8; 4]; 7] = [*b"vide", *b"soun", *b"subt", *b"text", *b"sbtl", *b"clcp", *b"tmcd"];

/// Tracks of a file at most.
const MAX_TRACKS: usize = 64;

/// Finds them in a whole file.
pub(crate) fn ranges(source: &mut Source<'_>) -> Result<Vec<RedactedRange>, VideoError> {
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

fn of_track(
    source: &mut Source<'_>,
    trak: &BoxSpan,
    left: &mut usize,
    found: &mut Vec<RedactedRange>,
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
            _ => found.push(RedactedRange { start: sample.offset, end, header: Vec::new() }),
        }
    }
    found.push(free(trak));
    Ok(())
}

fn descriptions(
    source: &mut Source<'_>,
    parts: &[BoxSpan],
    found: &mut Vec<RedactedRange>,
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
fn free(span: &BoxSpan) -> RedactedRange {
    let length = span.end - span.start;
    let is_large = span.body - span.start == 16;
    let short = if is_large { 1 } else { u32::try_from(length).unwrap_or(0) };
    let mut header = [short.to_be_bytes(), *b"free"].concat();
    if is_large {
        header.extend(length.to_be_bytes());
    }
    RedactedRange { start: span.start, end: span.end, header }
}
