//! WebM files: what their `Info` and `Tracks` elements declare (RFC 9559), and what their clusters tell where these do not.

mod clusters;
mod elements;
mod tracks;

use elements::{DAMAGED, Element, Walk, element_at, float, unsigned};
pub(crate) use tracks::Picture;
use tracks::Tracks;

use crate::{error::VideoError, metadata::tells_its_origin, redact::RedactedRange, source::Source};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
const TAGS: u32 = 0x1254_C367;
const ATTACHMENTS: u32 = 0x1941_A469;
const VOID: u8 = 0xEC;
/// Nanoseconds of a unit unless told otherwise.
const DEFAULT_SCALE: u64 = 1_000_000;
/// Nanoseconds that a picture is assumed to be shown if nothing tells.
const USUAL_PICTURE: u64 = 33_000_000;

/// A WebM file whose head has been read.
#[derive(Debug)]
pub(crate) struct WebM {
    pub(crate) picture: Picture,
    /// Codec of the first sound track.
    pub(crate) sound: Option<String>,
    pub(crate) duration_seconds: Option<f64>,
}

impl WebM {
    /// Reads the elements before the first cluster, and the end of the file if these do not say how long it is.
    pub(crate) fn read(source: &mut Source<'_>) -> Result<Self, VideoError> {
        let segment = segment(source)?;
        if segment.has_size && segment.end > source.len() {
            return Err(VideoError::Truncated("it ends before its last pictures"));
        }
        let mut info = Info::default();
        let mut tracks = None;
        let mut cluster = None;
        let mut walk = Walk::inside(segment);
        while let Some(element) = walk.advance(source)? {
            match element.id {
                INFO => info = Info::read(source, element)?,
                TRACKS => tracks = Some(Tracks::read(source, element)?),
                CLUSTER => {
                    cluster = Some(element);
                    break;
                }
                _ => {}
            }
        }
        let tracks = tracks.ok_or(VideoError::Truncated("it ends before its index"))?;
        let mut picture = tracks.picture.ok_or(VideoError::NoPicture)?;
        let mut duration_seconds = info.seconds();
        if let Some(cluster) = cluster {
            let (frame, first) = clusters::first_frame(source, cluster, picture.number)?;
            picture.look_into(&frame.unwrap_or_default());
            if duration_seconds.is_none() {
                let shown = if picture.default_duration > 0 {
                    picture.default_duration
                } else {
                    USUAL_PICTURE
                };
                let shown = (picture.number, shown / info.scale.max(1));
                let end = clusters::end_of_last(source, segment, shown)?;
                duration_seconds = first.zip(end).and_then(|(first, end)| info.between(first, end));
            }
        }
        Ok(Self { picture, sound: tracks.sound, duration_seconds })
    }
}

fn segment(source: &mut Source<'_>) -> Result<Element, VideoError> {
    let head = element_at(source, 0, source.len())?.ok_or(DAMAGED)?;
    let segment = element_at(source, head.end, source.len())?;
    let segment = segment.filter(|element| element.id == SEGMENT);
    segment.ok_or(VideoError::Truncated("it ends before its index"))
}

/// Tags and attachments that tell where the video was made, to be skipped from now on.
pub(crate) fn identifying_metadata(
    source: &mut Source<'_>,
) -> Result<Vec<RedactedRange>, VideoError> {
    let segment = segment(source)?;
    let mut found = Vec::new();
    let mut walk = Walk::entering(segment, CLUSTER);
    loop {
        let element = match walk.advance(source) {
            Ok(Some(element)) => element,
            // A recording that was cut off ends inside an element.
            Ok(None) | Err(VideoError::Damaged(_) | VideoError::Truncated(_)) => return Ok(found),
            Err(error) => return Err(error),
        };
        if [TAGS, ATTACHMENTS].contains(&element.id)
            && tells_its_origin(source, element.body, element.end)?
        {
            let header = void(element.end - element.start);
            found.push(RedactedRange { start: element.start, end: element.end, header });
        }
    }
}

/// The beginning of an element of `length` bytes in all that is skipped.
fn void(length: u64) -> Vec<u8> {
    match length {
        ..=9 => vec![VOID, 0x80 | length.saturating_sub(2) as u8],
        _ => [&[VOID, 1], &(length - 9).to_be_bytes()[1..]].concat(),
    }
}

/// Times that the `Info` element tells.
struct Info {
    /// Nanoseconds of a unit.
    scale: u64,
    /// In these units. Live recordings have none.
    duration: Option<f64>,
}

impl Default for Info {
    fn default() -> Self {
        Self { scale: DEFAULT_SCALE, duration: None }
    }
}

#[expect(clippy::cast_precision_loss, reason = "real scales are about a million, times below 2^52")]
impl Info {
    fn read(source: &mut Source<'_>, info: Element) -> Result<Self, VideoError> {
        let mut read = Self::default();
        let mut walk = Walk::inside(info);
        while let Some(element) = walk.advance(source)? {
            match element.id {
                TIMESTAMP_SCALE => read.scale = unsigned(source, element)?,
                DURATION => read.duration = Some(float(source, element)?),
                _ => {}
            }
        }
        Ok(read)
    }

    fn seconds(&self) -> Option<f64> {
        let seconds = self.duration? * self.scale as f64 / 1e9;
        Some(seconds).filter(|seconds| seconds.is_finite() && *seconds > 0.0)
    }

    fn between(&self, first: i64, end: i64) -> Option<f64> {
        let seconds = end.saturating_sub(first) as f64 * self.scale as f64 / 1e9;
        Some(seconds).filter(|seconds| *seconds > 0.0)
    }
}
