//! The box structure shared by MP4 and MOV (ISO/IEC 14496-12, section 4.2), walked with every size checked.
//!
//! Only leaves are handed to `re_mp4`: its readers of whole trees trust child sizes (a zero loops forever) and expand
//! sample tables by the counts they claim.

use std::io::{Cursor, Read, Seek};

use re_mp4::ReadBox;

use crate::{error::VideoError, source::Source};

/// Boxes that one walk visits at most.
const MAX_BOXES: usize = 16_384;
/// Bytes of one table at most.
const MAX_LEAF: u64 = 32 << 20;

/// Where a box lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoxSpan {
    pub(crate) kind: [u8; 4],
    pub(crate) start: u64,
    pub(crate) body: u64,
    pub(crate) end: u64,
}

impl BoxSpan {
    pub(crate) fn body_length(&self) -> u64 {
        self.end - self.body
    }
}

/// The header at `at`, or nothing when fewer than eight bytes remain before `limit`. The end may lie beyond `limit`.
pub(crate) fn header_at<R: Read + Seek>(
    source: &mut Source<R>,
    at: u64,
    limit: u64,
) -> Result<Option<BoxSpan>, VideoError> {
    if limit.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let mut header = [0; 8];
    source.read_at(at, &mut header)?;
    let [s0, s1, s2, s3, kind @ ..] = header;
    let (body, size) = match u32::from_be_bytes([s0, s1, s2, s3]) {
        0 => (at + 8, limit - at),
        1 => {
            let mut large = [0; 8];
            source.read_at(at + 8, &mut large)?;
            (at + 16, u64::from_be_bytes(large))
        }
        size => (at + 8, u64::from(size)),
    };
    let end = at.checked_add(size).filter(|end| *end >= body);
    let end = end.ok_or(VideoError::Damaged("a part claims an impossible size"))?;
    Ok(Some(BoxSpan { kind, start: at, body, end }))
}

/// The boxes directly inside `parent`.
pub(crate) fn children<R: Read + Seek>(
    source: &mut Source<R>,
    parent: &BoxSpan,
) -> Result<Vec<BoxSpan>, VideoError> {
    let mut found = Vec::new();
    let mut at = parent.body;
    while let Some(child) = header_at(source, at, parent.end)? {
        if child.end > parent.end {
            return Err(VideoError::Damaged("a part is larger than the part around it"));
        }
        if found.len() == MAX_BOXES {
            return Err(VideoError::TooLarge("too many parts"));
        }
        at = child.end;
        found.push(child);
    }
    Ok(found)
}

/// A walk over the boxes of the file itself, in order.
pub(crate) struct TopLevel {
    next: u64,
    visited: usize,
}

impl TopLevel {
    pub(crate) fn from(next: u64) -> Self {
        Self { next, visited: 0 }
    }

    pub(crate) fn advance<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
    ) -> Result<Option<BoxSpan>, VideoError> {
        if self.visited == MAX_BOXES {
            return Err(VideoError::TooLarge("too many parts"));
        }
        self.visited += 1;
        let span = header_at(source, self.next, source.len())?;
        if let Some(span) = span {
            self.next = span.end;
        }
        Ok(span)
    }
}

/// The first box of this kind.
pub(crate) fn find(spans: &[BoxSpan], kind: &[u8; 4]) -> Option<BoxSpan> {
    spans.iter().find(|span| span.kind == *kind).copied()
}

/// The first box of this kind, which the format demands.
pub(crate) fn require(spans: &[BoxSpan], kind: &[u8; 4]) -> Result<BoxSpan, VideoError> {
    find(spans, kind).ok_or(VideoError::Damaged("a required part of its index is missing"))
}

/// The bytes of a box after its header.
pub(crate) fn body<R: Read + Seek>(
    source: &mut Source<R>,
    span: &BoxSpan,
    limit: u64,
) -> Result<Vec<u8>, VideoError> {
    match usize::try_from(span.body_length()) {
        Ok(length) if span.body_length() <= limit => source.bytes_at(span.body, length),
        _ => Err(VideoError::TooLarge("a table of its index is too long")),
    }
}

/// A leaf box as `re_mp4` reads it. Its readers check entry counts against the size given here.
pub(crate) fn leaf<R, T>(source: &mut Source<R>, span: &BoxSpan) -> Result<T, VideoError>
where
    R: Read + Seek,
    T: for<'a> ReadBox<&'a mut Cursor<Vec<u8>>>,
{
    parse(body(source, span, MAX_LEAF)?)
}

/// Parses the body of a leaf box. The reader expects to stand behind an eight-byte header.
pub(crate) fn parse<T>(mut body: Vec<u8>) -> Result<T, VideoError>
where
    T: for<'a> ReadBox<&'a mut Cursor<Vec<u8>>>,
{
    body.splice(..0, [0; 8]);
    let size = body.len() as u64;
    let mut cursor = Cursor::new(body);
    cursor.set_position(8);
    Ok(T::read_box(&mut cursor, size)?)
}
