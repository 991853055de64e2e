//! What an uploaded video is, and the picture in its middle.
//!
//! Everything works on a reader that may be remote: it reads the index and the few pictures it needs, through one buffer,
//! and never the whole file. Files are hostile until proven otherwise: sizes and counts are checked before memory is taken.
//! The calls block; run them on a thread that may.

mod avc;
mod boxes;
mod container;
mod error;
mod fragments;
mod frame;
mod movie;
mod private;
mod sample_entry;
mod samples;
mod source;
#[cfg(test)]
mod tests;
mod webm;

use std::io::{Read, Seek};

use image::RgbImage;
use vertex_markers::picture::stowaway_around;

pub use container::{Container, sniff};
pub use error::VideoError;
pub use private::{Blank, private_parts};

use movie::Movie;
use source::Source;

/// Bytes at the beginning of a file that decide what it is.
const HEAD: usize = 4096;
/// Bytes at the end of a file that may make it an archive.
const TAIL: u64 = 66 << 10;

/// What the index of a video says. `None` where the file does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoFacts {
    /// The file format, told by content.
    pub container: Container,
    /// Pixels across, as displayed: after rotation.
    pub width: Option<u32>,
    /// Pixels down, as displayed: after rotation.
    pub height: Option<u32>,
    /// How long it plays, in seconds.
    pub duration_seconds: Option<f64>,
    /// RFC 6381 codec string of the pictures (`avc1.64001f`), or a shorter name where the file has no details (`vp9`).
    pub codec: Option<String>,
    /// Whether there is a sound track.
    pub has_audio: Option<bool>,
}

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
pub fn middle_frame<R: Read + Seek>(reader: R, len: u64) -> Result<RgbImage, VideoError> {
    let mut source = Source::new(reader, len)?;
    if container_of(&mut source)? == Container::WebM {
        let codec = webm::facts(&mut source)?.codec;
        return Err(VideoError::Unsupported(codec.unwrap_or_else(|| "WebM".to_owned())));
    }
    let movie = Movie::read(&mut source)?;
    frame::middle(&mut source, &movie)
}

/// Refuses a file that is an archive, a document or a page, too.
///
/// # Errors
/// [`VideoError::Stowaway`], [`VideoError::Read`].
pub fn refuse_stowaways<R: Read + Seek>(reader: R, len: u64) -> Result<(), VideoError> {
    let mut source = Source::new(reader, len)?;
    let head = source.bytes_at(0, usize::try_from(len).map_or(HEAD, |len| len.min(HEAD)))?;
    let length = len.min(TAIL);
    let tail = source.bytes_at(len - length, usize::try_from(length).unwrap_or_default())?;
    match stowaway_around(&head, &tail) {
        Some(what) => Err(VideoError::Stowaway(what)),
        None => Ok(()),
    }
}

fn container_of<R: Read + Seek>(source: &mut Source<R>) -> Result<Container, VideoError> {
    let length = usize::try_from(source.len()).map_or(HEAD, |len| len.min(HEAD));
    let head = source.bytes_at(0, length)?;
    sniff(&head).ok_or(VideoError::NotVideo)
}
