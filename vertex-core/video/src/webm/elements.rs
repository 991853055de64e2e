//! EBML elements (RFC 8794), walked with every size checked.

use crate::{error::VideoError, source::Source};

/// Elements inside one other at most: more than a day of blocks, 50 a second.
const MAX_ELEMENTS: usize = 8 << 20;
/// Bytes of a text at most that is looked at; registered codec ids are shorter.
const MAX_TEXT: u64 = 64;
/// Bytes of the longest header: an id of four, a size of eight.
const LONGEST_HEADER: usize = 12;
pub(super) const DAMAGED: VideoError = VideoError::Damaged("a WebM element cannot be read");

/// Where an element lies. One of unknown size reaches to the end of its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) id: u32,
    pub(super) start: u64,
    pub(super) body: u64,
    pub(super) end: u64,
    pub(super) has_size: bool,
}

/// A walk over the elements directly inside another.
pub(super) struct Walk {
    pub(super) next: u64,
    end: u64,
    visited: usize,
    /// Elements that are entered when they have no size of their own, so that those behind are found.
    entered: Option<u32>,
}

impl Walk {
    pub(super) fn inside(parent: Element) -> Self {
        Self { next: parent.body, end: parent.end, visited: 0, entered: None }
    }

    /// A walk that takes the children of elements with this id for siblings, where these have no size.
    pub(super) fn entering(parent: Element, id: u32) -> Self {
        Self { entered: Some(id), ..Self::inside(parent) }
    }

    pub(super) fn advance(
        &mut self,
        source: &mut Source<'_>,
    ) -> Result<Option<Element>, VideoError> {
        if self.visited == MAX_ELEMENTS {
            return Err(VideoError::TooLarge(
                "it has more than eight million parts; cut it into shorter ones, or convert it",
            ));
        }
        self.visited += 1;
        let element = element_at(source, self.next, self.end)?;
        if let Some(element) = element {
            // A cluster may be cut off by the end of a recording.
            if element.end > self.end && element.id != super::CLUSTER {
                return Err(DAMAGED);
            }
            let is_entered = !element.has_size && self.entered == Some(element.id);
            self.next = if is_entered { element.body } else { element.end };
        }
        Ok(element)
    }
}

/// The element at `at`, or nothing at `limit`. Its end may lie beyond `limit`.
pub(super) fn element_at(
    source: &mut Source<'_>,
    at: u64,
    limit: u64,
) -> Result<Option<Element>, VideoError> {
    if at >= limit {
        return Ok(None);
    }
    let available = usize::try_from(limit - at).map_or(LONGEST_HEADER, |it| it.min(LONGEST_HEADER));
    let bytes = source.bytes_up_to(at, available)?;
    let (id, id_length) = variable(&bytes, 4).ok_or(DAMAGED)?;
    let (size, size_length) =
        bytes.get(id_length..).and_then(|rest| variable(rest, 8)).ok_or(DAMAGED)?;
    let body = at + (id_length + size_length) as u64;
    let value_bits = 7 * size_length;
    let size = size & ((1 << value_bits) - 1);
    let has_size = size != (1 << value_bits) - 1;
    let end = if has_size { body.checked_add(size) } else { Some(limit) };
    Ok(Some(Element {
        id: u32::try_from(id).map_err(|_| DAMAGED)?,
        start: at,
        body,
        end: end.ok_or(DAMAGED)?,
        has_size,
    }))
}

/// A variable-length integer with its length marker still in place, and the bytes it takes.
pub(super) fn variable(bytes: &[u8], longest: usize) -> Option<(u64, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let digits = bytes.get(..length).filter(|_| length <= longest)?;
    Some((big_endian(digits), length))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The bytes of an element, `longest` at most.
pub(super) fn value(
    source: &mut Source<'_>,
    element: Element,
    longest: u64,
) -> Result<Vec<u8>, VideoError> {
    let length = element.end.saturating_sub(element.body);
    match usize::try_from(length) {
        Ok(size) if length <= longest => source.bytes_at(element.body, size),
        _ => Err(DAMAGED),
    }
}

pub(super) fn unsigned(source: &mut Source<'_>, element: Element) -> Result<u64, VideoError> {
    Ok(big_endian(&value(source, element, 8)?))
}

pub(super) fn float(source: &mut Source<'_>, element: Element) -> Result<f64, VideoError> {
    match value(source, element, 8)?.as_slice() {
        [] => Ok(0.0),
        [a, b, c, d] => Ok(f64::from(f32::from_be_bytes([*a, *b, *c, *d]))),
        bytes => bytes.try_into().map(f64::from_be_bytes).map_err(|_| DAMAGED),
    }
}

pub(super) fn text(source: &mut Source<'_>, element: Element) -> Result<String, VideoError> {
    let bytes = value(source, element, MAX_TEXT)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
}
