//! The head of a WebM file: what its `Info` and `Tracks` elements declare (RFC 8794 for EBML, RFC 9559 for the ids).

use std::io::{Read, Seek};

use crate::{
    container::Container, error::VideoError, facts::VideoFacts, metadata::tells_its_origin,
    redact::RedactedRange, source::Source,
};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const VIDEO: u32 = 0xE0;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;
const DISPLAY_WIDTH: u32 = 0x54B0;
const DISPLAY_HEIGHT: u32 = 0x54BA;
const DISPLAY_UNIT: u32 = 0x54B2;
const CLUSTER: u32 = 0x1F43_B675;
const TAGS: u32 = 0x1254_C367;
const ATTACHMENTS: u32 = 0x1941_A469;
const VOID: u8 = 0xEC;

/// Elements that one walk visits at most.
const MAX_ELEMENTS: usize = 4096;
/// Bytes of a codec id at most; the registered ones are shorter.
const MAX_CODEC_ID: u64 = 64;
const DAMAGED: VideoError = VideoError::Damaged("a WebM element cannot be read");

/// Reads the facts from the elements before the first cluster.
pub(crate) fn facts<R: Read + Seek>(source: &mut Source<R>) -> Result<VideoFacts, VideoError> {
    let head = element_at(source, 0, source.len())?.ok_or(DAMAGED)?;
    let segment =
        element_at(source, head.end, source.len())?.filter(|element| element.id == SEGMENT);
    let segment = segment.ok_or(VideoError::Truncated("it ends before its index"))?;
    if segment.end > source.len() {
        return Err(VideoError::Truncated("it ends before its last pictures"));
    }

    let mut duration_seconds = None;
    let mut tracks = None;
    let mut walk = Walk::inside(segment);
    while let Some(element) = walk.advance(source)? {
        match element.id {
            INFO => duration_seconds = read_duration(source, element)?,
            TRACKS => tracks = Some(Tracks::read(source, element)?),
            CLUSTER => break,
            _ => {}
        }
    }
    let tracks = tracks.ok_or(VideoError::Truncated("it ends before its index"))?;
    let picture = tracks.picture.ok_or(VideoError::NoPicture)?;
    Ok(VideoFacts {
        container: Container::WebM,
        width: picture.width,
        height: picture.height,
        duration_seconds,
        codec: picture.codec,
        has_audio: Some(tracks.has_audio),
    })
}

/// Tags and attachments that tell where the video was made, to be skipped from now on.
pub(crate) fn identifying_metadata<R: Read + Seek>(
    source: &mut Source<R>,
) -> Result<Vec<RedactedRange>, VideoError> {
    let head = element_at(source, 0, source.len())?.ok_or(DAMAGED)?;
    let segment = element_at(source, head.end, source.len())?.ok_or(DAMAGED)?;
    let mut found = Vec::new();
    let mut walk = Walk::inside(segment);
    let mut start = walk.next;
    while walk.visited < MAX_ELEMENTS
        && let Some(element) = walk.advance(source)?
    {
        if [TAGS, ATTACHMENTS].contains(&element.id)
            && tells_its_origin(source, element.body, element.end)?
        {
            found.push(RedactedRange {
                start,
                end: element.end,
                header: void(element.end - start),
            });
        }
        start = walk.next;
    }
    Ok(found)
}

/// The beginning of an element of `length` bytes in all that is skipped.
fn void(length: u64) -> Vec<u8> {
    match length {
        ..=9 => vec![VOID, 0x80 | length.saturating_sub(2) as u8],
        _ => [&[VOID, 1], &(length - 9).to_be_bytes()[1..]].concat(),
    }
}

/// The duration is a float in units of the timestamp scale, which is in nanoseconds. Live recordings have none.
#[expect(clippy::cast_precision_loss, reason = "real scales are about a million")]
fn read_duration<R: Read + Seek>(
    source: &mut Source<R>,
    info: Element,
) -> Result<Option<f64>, VideoError> {
    let mut scale = 1_000_000;
    let mut duration = None;
    let mut walk = Walk::inside(info);
    while let Some(element) = walk.advance(source)? {
        match element.id {
            TIMESTAMP_SCALE => scale = unsigned(source, element)?,
            DURATION => duration = Some(float(source, element)?),
            _ => {}
        }
    }
    Ok(duration
        .map(|units| units * scale as f64 / 1e9)
        .filter(|seconds| seconds.is_finite() && *seconds > 0.0))
}

#[derive(Default)]
struct Tracks {
    picture: Option<Picture>,
    has_audio: bool,
}

#[derive(Default)]
struct Picture {
    codec: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
}

impl Tracks {
    fn read<R: Read + Seek>(source: &mut Source<R>, tracks: Element) -> Result<Self, VideoError> {
        let mut found = Self::default();
        let mut walk = Walk::inside(tracks);
        while let Some(entry) = walk.advance(source)? {
            if entry.id != TRACK_ENTRY {
                continue;
            }
            let (kind, picture) = read_entry(source, entry)?;
            match kind {
                1 if found.picture.is_none() => found.picture = Some(picture),
                2 => found.has_audio = true,
                _ => {}
            }
        }
        Ok(found)
    }
}

/// The track type and what its entry says of pictures.
fn read_entry<R: Read + Seek>(
    source: &mut Source<R>,
    entry: Element,
) -> Result<(u64, Picture), VideoError> {
    let mut kind = 0;
    let mut picture = Picture::default();
    let mut walk = Walk::inside(entry);
    while let Some(element) = walk.advance(source)? {
        match element.id {
            TRACK_TYPE => kind = unsigned(source, element)?,
            CODEC_ID => picture.codec = Some(codec_name(&text(source, element)?)),
            VIDEO => (picture.width, picture.height) = read_size(source, element)?,
            _ => {}
        }
    }
    Ok((kind, picture))
}

/// Display size where it is given in pixels, else the coded size.
fn read_size<R: Read + Seek>(
    source: &mut Source<R>,
    video: Element,
) -> Result<(Option<u32>, Option<u32>), VideoError> {
    let [mut coded, mut displayed] = [(None, None); 2];
    let mut unit = 0;
    let mut walk = Walk::inside(video);
    while let Some(element) = walk.advance(source)? {
        let field = match element.id {
            PIXEL_WIDTH => &mut coded.0,
            PIXEL_HEIGHT => &mut coded.1,
            DISPLAY_WIDTH => &mut displayed.0,
            DISPLAY_HEIGHT => &mut displayed.1,
            DISPLAY_UNIT => {
                unit = unsigned(source, element)?;
                continue;
            }
            _ => continue,
        };
        *field = u32::try_from(unsigned(source, element)?).ok().filter(|side| *side > 0);
    }
    Ok(if unit == 0 { (displayed.0.or(coded.0), displayed.1.or(coded.1)) } else { coded })
}

/// The name that players use for a Matroska codec id.
fn codec_name(id: &str) -> String {
    match id {
        "V_VP8" => "vp8".to_owned(),
        "V_VP9" => "vp9".to_owned(),
        "V_AV1" => "av01".to_owned(),
        other => other.to_owned(),
    }
}

/// Where an element lies. One of unknown size reaches to the end of its parent.
#[derive(Debug, Clone, Copy)]
struct Element {
    id: u32,
    body: u64,
    end: u64,
}

/// A walk over the elements directly inside another.
struct Walk {
    next: u64,
    end: u64,
    visited: usize,
}

impl Walk {
    fn inside(parent: Element) -> Self {
        Self { next: parent.body, end: parent.end, visited: 0 }
    }

    fn advance<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
    ) -> Result<Option<Element>, VideoError> {
        if self.visited == MAX_ELEMENTS {
            return Err(VideoError::TooLarge("too many parts"));
        }
        self.visited += 1;
        let element = element_at(source, self.next, self.end)?;
        match element {
            Some(element) if element.end > self.end && element.id != CLUSTER => {
                return Err(DAMAGED);
            }
            Some(element) => self.next = element.end,
            None => {}
        }
        Ok(element)
    }
}

/// The element at `at`, or nothing at `limit`. Its end may lie beyond `limit`.
fn element_at<R: Read + Seek>(
    source: &mut Source<R>,
    at: u64,
    limit: u64,
) -> Result<Option<Element>, VideoError> {
    if at >= limit {
        return Ok(None);
    }
    let mut buffer = [0; 12];
    let available = usize::try_from(limit - at).map_or(buffer.len(), |left| left.min(buffer.len()));
    let bytes = buffer.get_mut(..available).ok_or(DAMAGED)?;
    source.read_at(at, bytes)?;
    let (id, id_length) = variable(bytes, 4).ok_or(DAMAGED)?;
    let (size, size_length) =
        bytes.get(id_length..).and_then(|rest| variable(rest, 8)).ok_or(DAMAGED)?;
    let body = at + (id_length + size_length) as u64;
    let value_bits = 7 * size_length;
    let size = size & ((1 << value_bits) - 1);
    let end = if size == (1 << value_bits) - 1 { Some(limit) } else { body.checked_add(size) };
    Ok(Some(Element {
        id: u32::try_from(id).map_err(|_| DAMAGED)?,
        body,
        end: end.ok_or(DAMAGED)?,
    }))
}

/// A variable-length integer with its length marker still in place, and the bytes it takes.
fn variable(bytes: &[u8], longest: usize) -> Option<(u64, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let digits = bytes.get(..length).filter(|_| length <= longest)?;
    Some((big_endian(digits), length))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn value<R: Read + Seek>(
    source: &mut Source<R>,
    element: Element,
    longest: u64,
) -> Result<Vec<u8>, VideoError> {
    let length = element.end.saturating_sub(element.body);
    match usize::try_from(length) {
        Ok(size) if length <= longest => source.bytes_at(element.body, size),
        _ => Err(DAMAGED),
    }
}

fn unsigned<R: Read + Seek>(source: &mut Source<R>, element: Element) -> Result<u64, VideoError> {
    Ok(big_endian(&value(source, element, 8)?))
}

fn float<R: Read + Seek>(source: &mut Source<R>, element: Element) -> Result<f64, VideoError> {
    match value(source, element, 8)?.as_slice() {
        [] => Ok(0.0),
        [a, b, c, d] => Ok(f64::from(f32::from_be_bytes([*a, *b, *c, *d]))),
        bytes => bytes.try_into().map(f64::from_be_bytes).map_err(|_| DAMAGED),
    }
}

fn text<R: Read + Seek>(source: &mut Source<R>, element: Element) -> Result<String, VideoError> {
    let bytes = value(source, element, MAX_CODEC_ID)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
}
