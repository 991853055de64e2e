//! The box structure shared by MP4 and MOV (ISO/IEC 14496-12, section 4.2), walked with every size checked.

use crate::{error::VideoError, source::Source};

/// Boxes inside one other at most.
const MAX_CHILDREN: usize = 16_384;
/// Boxes of a file itself at most: more than a day with a fragment for each of 30 pictures a second.
const MAX_TOP_LEVEL: usize = 8 << 20;
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

/// The header at `at`, or nothing when fewer than eight bytes remain before `limit` or no box has such a size. The end
/// may lie beyond `limit`.
fn header_at(source: &mut Source<'_>, at: u64, limit: u64) -> Result<Option<BoxSpan>, VideoError> {
    if limit.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let mut header = [0; 8];
    source.read_at(at, &mut header)?;
    let [s0, s1, s2, s3, kind @ ..] = header;
    let (body, size) = match u32::from_be_bytes([s0, s1, s2, s3]) {
        0 => (at + 8, limit - at),
        1 if limit - at < 16 => return Ok(None),
        1 => {
            let mut large = [0; 8];
            source.read_at(at + 8, &mut large)?;
            (at + 16, u64::from_be_bytes(large))
        }
        size => (at + 8, u64::from(size)),
    };
    let end = at.checked_add(size).filter(|end| *end >= body);
    Ok(end.map(|end| BoxSpan { kind, start: at, body, end }))
}

/// The boxes directly inside `parent`. Fewer than eight bytes at its end are no box.
pub(crate) fn children(
    source: &mut Source<'_>,
    parent: &BoxSpan,
) -> Result<Vec<BoxSpan>, VideoError> {
    let mut found = Vec::new();
    let mut at = parent.body;
    while parent.end - at >= 8 {
        let child = header_at(source, at, parent.end)?;
        let child = child.ok_or(VideoError::Damaged("a part claims an impossible size"))?;
        if child.end > parent.end {
            return Err(VideoError::Damaged("a part is larger than the part around it"));
        }
        if found.len() == MAX_CHILDREN {
            return Err(VideoError::TooLarge("a part of its index has more than 16,384 parts"));
        }
        at = child.end;
        found.push(child);
    }
    Ok(found)
}

/// A walk over the boxes of the file itself, in order. It ends where no box can begin.
pub(crate) struct TopLevel {
    next: u64,
    visited: usize,
}

impl TopLevel {
    pub(crate) fn from(next: u64) -> Self {
        Self { next, visited: 0 }
    }

    pub(crate) fn advance(
        &mut self,
        source: &mut Source<'_>,
    ) -> Result<Option<BoxSpan>, VideoError> {
        if self.visited == MAX_TOP_LEVEL {
            return Err(VideoError::TooLarge(
                "it has more than eight million parts; record it in longer fragments, or convert it",
            ));
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

/// The bytes of a box after its header, `limit` at most.
pub(crate) fn body(
    source: &mut Source<'_>,
    span: &BoxSpan,
    limit: u64,
) -> Result<Vec<u8>, VideoError> {
    match usize::try_from(span.body_length()) {
        Ok(length) if span.body_length() <= limit => source.bytes_at(span.body, length),
        _ => Err(VideoError::TooLarge("a table of its index is longer than 32 MiB")),
    }
}

/// What `parse` reads from the body of a box.
pub(crate) fn leaf<T>(
    source: &mut Source<'_>,
    span: &BoxSpan,
    parse: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, VideoError> {
    let parsed = parse(&body(source, span, MAX_LEAF)?);
    parsed.ok_or(VideoError::Damaged("a table of its index cannot be read"))
}

/// The same of a box that need not be there.
pub(crate) fn optional<T>(
    source: &mut Source<'_>,
    spans: &[BoxSpan],
    kind: &[u8; 4],
    parse: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<Option<T>, VideoError> {
    find(spans, kind).map(|span| leaf(source, &span, parse)).transpose()
}
