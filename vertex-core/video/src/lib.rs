//! What an uploaded video is, and the picture in its middle.
//!
//! Everything works on a reader that may be remote: it reads the index and the few pictures it needs, through one buffer,
//! and never the whole file. Files are hostile until proven otherwise: sizes and counts are checked before memory is taken.
//! The calls block; run them on a thread that may.

mod container;
mod error;
mod facts;
#[cfg(feature = "h264")]
mod frame;
#[cfg(test)]
mod identifying_tests;
mod metadata;
mod mp4;
mod redact;
mod source;
#[cfg(feature = "h264")]
#[cfg(test)]
mod tests;
mod webm;

use std::io::{Read, Seek};

pub use container::{Container, sniff};
pub use error::VideoError;
pub use facts::VideoFacts;
#[cfg(feature = "h264")]
pub use image::RgbImage;
pub use redact::RedactedRange;

use mp4::{identifying, movie::Movie};
use source::Source;

/// Bytes at the beginning of a file that decide what it is.
const HEAD: usize = 4096;

/// Reads what a video of `len` bytes is, without decoding any picture.
///
/// # Errors
/// Every kind of [`VideoError`] but `Unsupported`: a video in any codec can be described.
pub fn inspect<R: Read + Seek>(reader: R, len: u64) -> Result<VideoFacts, VideoError> {
    let mut source = Source::new(reader, len)?;
    let container = container_of(&mut source)?;
    if container == Container::WebM {
        return webm::facts(&mut source);
    }
    let movie = Movie::read(&mut source)?;
    let (width, height) = movie.picture.displayed_size();
    Ok(VideoFacts {
        container,
        width: Some(width).filter(|side| *side > 0),
        height: Some(height).filter(|side| *side > 0),
        duration_seconds: movie.duration_seconds(&mut source)?,
        codec: Some(movie.picture.entry.codec.clone()),
        has_audio: Some(movie.has_audio),
    })
}

/// Decodes the picture that is on screen half-way through an H.264 video of `len` bytes, upright as displayed.
///
/// When the nearest key frame before it is further away than about two thousand pictures of 1920x1080, that key frame is
/// given instead.
///
/// # Errors
/// [`VideoError::Unsupported`] for other codecs and for H.264 beyond eight-bit 4:2:0; other kinds as [`inspect`].
#[cfg(feature = "h264")]
pub fn middle_frame<R: Read + Seek>(reader: R, len: u64) -> Result<RgbImage, VideoError> {
    let mut source = Source::new(reader, len)?;
    if container_of(&mut source)? == Container::WebM {
        let codec = webm::facts(&mut source)?.codec;
        return Err(VideoError::Unsupported(codec.unwrap_or_else(|| "WebM".to_owned())));
    }
    let movie = Movie::read(&mut source)?;
    frame::middle(&mut source, &movie)
}

/// Finds what of a video of `len` bytes tells where, when or with what it was made, in the order of the file.
///
/// # Errors
/// Those of [`inspect`].
pub fn identifying_metadata<R: Read + Seek>(
    reader: R,
    len: u64,
) -> Result<Vec<RedactedRange>, VideoError> {
    let mut source = Source::new(reader, len)?;
    let mut found = match container_of(&mut source)? {
        Container::WebM => webm::identifying_metadata(&mut source)?,
        Container::Mp4 | Container::Mov => identifying::ranges(&mut source)?,
    };
    found.sort_by_key(|range| range.start);
    Ok(found)
}

fn container_of<R: Read + Seek>(source: &mut Source<R>) -> Result<Container, VideoError> {
    let length = usize::try_from(source.len()).map_or(HEAD, |len| len.min(HEAD));
    let head = source.bytes_at(0, length)?;
    sniff(&head).ok_or(VideoError::NotVideo)
}
