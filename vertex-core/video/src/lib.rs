//! What an uploaded video is, what in it tells who made it, and the picture in its middle.
//!
//! Everything works on a reader that may be remote: it reads the index and the few pictures it needs, through one buffer,
//! and never the whole file. Files are hostile until proven otherwise: sizes and counts are checked before memory is taken,
//! and what is decoded is counted by the pixels that its own headers tell. The calls block; run them on a thread that may.
//! They ask `should_stop` at each read and end with [`VideoError::Stopped`] when it says so.

mod bits;
mod bytes;
mod codec;
mod colour;
mod container;
mod description;
mod error;
mod facts;
#[cfg(feature = "h264")]
mod frame;
mod geometry;
mod metadata;
#[cfg(test)]
mod metadata_tests;
mod mp4;
mod redact;
mod source;
#[cfg(feature = "h264")]
#[cfg(test)]
mod tests;
mod webm;

use std::io::{Read, Seek};

pub use colour::{Colour, HighDynamicRange, Matrix};
pub use container::{Container, sniff};
pub use description::{Description, TrackChoice};
pub use error::VideoError;
pub use facts::VideoFacts;
pub use geometry::{Geometry, Rectangle};
#[cfg(feature = "h264")]
pub use image::RgbImage;
pub use image::metadata::Orientation;
pub use redact::RedactedRange;

use mp4::{identifying, movie::Movie};
use source::Source;
use webm::WebM;

/// Bytes at the beginning of a file that decide what it is.
const HEAD: usize = 4096;

/// Reads what a video of `len` bytes is, without decoding any picture.
///
/// # Errors
/// Every kind of [`VideoError`] but `Unsupported`: a video in any codec can be described.
pub fn describe(
    reader: impl Read + Seek,
    len: u64,
    should_stop: impl Fn() -> bool,
) -> Result<Description, VideoError> {
    let mut source = Source::new(reader, len, &should_stop)?;
    match container_of(&mut source)? {
        Container::WebM => WebM::read(&mut source).map(Description::of_webm),
        container => {
            let movie = Movie::read(&mut source)?;
            Ok(Description::of_movie(container, &movie))
        }
    }
}

/// Decodes the picture that is on screen half-way through what an H.264 video of `len` bytes shows, upright as displayed
/// and in the colours of sRGB, at most as large as it is coded.
///
/// When the way from the nearest key frame before it takes more decoding than a few seconds of high definition, the key
/// frame nearest to it is given instead. What edit lists have cut away is never given.
///
/// # Errors
/// [`VideoError::Unsupported`] for what [`VideoFacts::decoding_obstacle`] names and for files without a key frame; other
/// kinds as [`describe`].
#[cfg(feature = "h264")]
pub fn middle_frame(
    reader: impl Read + Seek,
    len: u64,
    should_stop: impl Fn() -> bool,
) -> Result<RgbImage, VideoError> {
    let mut source = Source::new(reader, len, &should_stop)?;
    let container = container_of(&mut source)?;
    if container == Container::WebM {
        let webm = WebM::read(&mut source)?;
        let obstacle = Description::of_webm(webm).facts.decoding_obstacle;
        return Err(VideoError::Unsupported(obstacle.unwrap_or_default()));
    }
    let movie = Movie::read(&mut source)?;
    let description = Description::of_movie(container, &movie);
    match description.facts.decoding_obstacle {
        Some(obstacle) => Err(VideoError::Unsupported(obstacle)),
        None => frame::middle(&mut source, &movie),
    }
}

/// Finds what of a video of `len` bytes tells where, when or with what it was made, in the order of the file.
///
/// # Errors
/// Those of [`describe`].
pub fn identifying_metadata(
    reader: impl Read + Seek,
    len: u64,
    should_stop: impl Fn() -> bool,
) -> Result<Vec<RedactedRange>, VideoError> {
    let mut source = Source::new(reader, len, &should_stop)?;
    let mut found = match container_of(&mut source)? {
        Container::WebM => webm::identifying_metadata(&mut source)?,
        Container::Mp4 | Container::Mov => identifying::ranges(&mut source)?,
    };
    found.sort_by_key(|range| range.start);
    Ok(found)
}

fn container_of(source: &mut Source<'_>) -> Result<Container, VideoError> {
    let head = source.bytes_up_to(0, HEAD)?;
    sniff(&head).ok_or(VideoError::NotVideo)
}
