//! WebP: the bitstreams are found whatever the container's flags say, and put into a container that agrees with itself.

use std::borrow::Cow;
use std::io::Cursor;

use image::metadata::Orientation;
use image_webp::WebPDecoder;

use super::colour::{Conversion, Source, Space};
use super::raster::{self, Raster};
use super::{Limits, Remark};
use crate::{Error, Result};

/// The greatest size that a container can claim.
const MAX_CLAIM: u32 = u32::MAX - 9;

/// A WebP file whose bitstream is found.
pub(super) struct WebP<'a> {
    container: Container<'a>,
    frame: Frame<'a>,
    canvas: (u32, u32),
}

/// The chunks of a file that are of use.
#[derive(Default)]
struct Container<'a> {
    still: Frame<'a>,
    /// The first frame of an animation, with its header.
    animated: Option<&'a [u8]>,
    canvas: Option<(u32, u32)>,
    profile: Option<&'a [u8]>,
    exif: Option<&'a [u8]>,
    metadata: Vec<&'a [u8]>,
    trailing: &'a [u8],
}

/// The bitstreams of a frame.
#[derive(Clone, Copy, Default)]
struct Frame<'a> {
    lossy: Option<&'a [u8]>,
    lossless: Option<&'a [u8]>,
    alpha: Option<&'a [u8]>,
    /// Whether a bitstream is longer than the file.
    is_cut: bool,
}

impl<'a> Container<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self> {
        let claimed = bytes.get(4..).and_then(|rest| rest.first_chunk());
        let claimed = claimed.map_or(0, |&claimed| u32::from_le_bytes(claimed));
        if !(12..=MAX_CLAIM).contains(&claimed) {
            return Err(Error::corrupt("it claims a size that cannot be"));
        }
        let end = (claimed as usize + 8).min(bytes.len());
        let mut container = Self { trailing: &bytes[end..], ..Self::default() };
        let mut position = 12;
        while position < end {
            let Some(chunk) = Chunk::at(bytes, position) else { break };
            position = chunk.end;
            container.take(&chunk);
        }
        // Bitstreams that a size too small leaves out are there all the same.
        container.trailing = bytes.get(position.max(end)..).unwrap_or_default();
        Ok(container)
    }

    fn take(&mut self, chunk: &Chunk<'a>) {
        match &chunk.name {
            b"VP8X" => self.canvas = canvas(chunk.content),
            b"ANMF" if self.animated.is_none() => self.animated = Some(chunk.content),
            b"ICCP" if !chunk.is_cut => self.profile = Some(chunk.content),
            b"EXIF" => self.exif = Some(chunk.content),
            b"VP8 " | b"VP8L" | b"ALPH" => self.still.take(chunk),
            b"ANIM" | b"ANMF" => {}
            _ => self.metadata.push(chunk.content),
        }
    }
}

impl<'a> Frame<'a> {
    fn take(&mut self, chunk: &Chunk<'a>) {
        let place = match &chunk.name {
            b"VP8 " => &mut self.lossy,
            b"VP8L" => &mut self.lossless,
            b"ALPH" => &mut self.alpha,
            _ => return,
        };
        if place.is_none() {
            *place = Some(chunk.content);
            self.is_cut |= chunk.is_cut;
        }
    }

    /// Of the content of an animation's frame, behind its header.
    fn of_animation(content: &'a [u8]) -> Self {
        let mut frame = Self::default();
        let mut position = 16;
        while let Some(chunk) = Chunk::at(content, position) {
            position = chunk.end;
            frame.take(&chunk);
        }
        frame
    }

    fn is_empty(&self) -> bool {
        self.lossy.is_none() && self.lossless.is_none()
    }

    /// Its size by its bitstream.
    fn size(&self) -> Option<(u32, u32)> {
        if let Some(lossless) = self.lossless {
            let bits = u32::from_le_bytes(*lossless.get(1..)?.first_chunk()?);
            return Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1));
        }
        let side = |at: usize| -> Option<u32> {
            let side = u16::from_le_bytes(*self.lossy?.get(at..)?.first_chunk()?);
            Some(u32::from(side & 0x3fff))
        };
        Some((side(6)?, side(8)?))
    }

    fn has_alpha(&self) -> bool {
        // Bitstreams without loss are decoded with it, whatever they say: that takes less memory.
        self.lossless.is_some() || self.alpha.is_some()
    }

    /// A file of this frame alone.
    fn written(&self) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        if let Some(lossless) = self.lossless {
            chunk(&mut file, b"VP8L", lossless);
            file[20 + 4] |= 0x10;
        } else if let (Some(lossy), Some(alpha), Some((width, height))) =
            (self.lossy, self.alpha, self.size())
        {
            let side = |side: u32| side.saturating_sub(1).to_le_bytes();
            let ([a, b, c, _], [d, e, f, _]) = (side(width), side(height));
            chunk(&mut file, b"VP8X", &[0x10, 0, 0, 0, a, b, c, d, e, f]);
            chunk(&mut file, b"ALPH", alpha);
            chunk(&mut file, b"VP8 ", lossy);
        } else if let Some(lossy) = self.lossy {
            chunk(&mut file, b"VP8 ", lossy);
        }
        let length = (file.len() - 8) as u32;
        file[4..8].copy_from_slice(&length.to_le_bytes());
        file
    }
}

/// Width and height of the canvas in an extended header.
fn canvas(header: &[u8]) -> Option<(u32, u32)> {
    Some((side(header, 4)? + 1, side(header, 7)? + 1))
}

/// A number of three bytes.
fn side(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = *bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    file.extend(name);
    file.extend((content.len() as u32).to_le_bytes());
    file.extend(content);
    file.resize(file.len().next_multiple_of(2), 0);
}

struct Chunk<'a> {
    name: [u8; 4],
    content: &'a [u8],
    /// Whether it claims to be longer than the file.
    is_cut: bool,
    end: usize,
}

impl<'a> Chunk<'a> {
    fn at(bytes: &'a [u8], position: usize) -> Option<Self> {
        let rest = bytes.get(position..)?;
        let name = *rest.first_chunk()?;
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        let content = rest.get(8..)?;
        let is_cut = content.len() < length;
        let content = &content[..length.min(content.len())];
        // Chunks have an even length; the last one may lack its padding.
        let end = position + 8 + content.len().next_multiple_of(2);
        Some(Self { name, content, is_cut, end: end.min(bytes.len()) })
    }
}

impl<'a> WebP<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let container = Container::read(bytes)?;
        let animated = container.animated.map(Frame::of_animation);
        let is_still = !container.still.is_empty();
        let frame = if is_still { container.still } else { animated.unwrap_or_default() };
        let missing = || Error::corrupt("the file ends before the picture does");
        let (width, height) = frame.size().ok_or_else(missing)?;
        let canvas = if is_still { None } else { container.canvas };
        let canvas = canvas.unwrap_or((width, height));
        limits.check(canvas.0, canvas.1)?;
        if width > canvas.0 || height > canvas.1 {
            return Err(Error::corrupt("its first frame is larger than its canvas"));
        }
        Ok(Self { container, frame, canvas })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.canvas
    }

    pub(super) fn orientation(&self) -> Orientation {
        let exif = self.container.exif.map(|exif| exif.strip_prefix(b"Exif\0\0").unwrap_or(exif));
        exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
    }

    /// Bytes of memory that decoding takes.
    pub(super) fn memory(&self) -> u64 {
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let Frame { lossy, lossless, alpha, .. } = self.frame;
        let frame = pixels(self.frame.size().unwrap_or(self.canvas));
        let file = [lossy, lossless, alpha].into_iter().flatten().map(<[u8]>::len).sum::<usize>();
        let decoded = match (lossless, alpha) {
            (Some(_), _) => 4 * frame,
            // Planes, and pixels of them.
            (None, None) => frame * 9 / 2,
            // The same, and the opacity, which is decoded as a picture of its own.
            (None, Some(_)) => frame * 21 / 2,
        };
        let canvas = if self.covers_canvas() { 0 } else { 4 * pixels(self.canvas) };
        decoded + canvas + 2 * file as u64
    }

    fn covers_canvas(&self) -> bool {
        self.frame.size() == Some(self.canvas)
    }

    pub(super) fn decode(self) -> Result<(Raster, Vec<Remark>)> {
        if self.frame.is_cut {
            return Err(Error::corrupt("the file ends before the picture does"));
        }
        let has_alpha = self.frame.has_alpha();
        let file = self.frame.written();
        let mut decoder = WebPDecoder::new(Cursor::new(&file[..])).map_err(|_| unreadable())?;
        let (width, height) = decoder.dimensions();
        let channels = if has_alpha { 4 } else { 3 };
        let mut samples = raster::samples(width, height, channels)?;
        decoder.read_image(&mut samples).map_err(|_| unreadable())?;
        drop(file);
        let source =
            self.container.profile.map(Cow::Borrowed).map_or(Source::Untagged, Source::Icc);
        let (conversion, mut remarks) = Conversion::of(source, Space::Rgb, has_alpha, false);
        let samples = raster::in_place(samples, channels, channels, |source, target| {
            conversion.row(source, target);
        });
        let raster = Raster { width, height, has_alpha, samples };
        if self.container.animated.is_some() {
            remarks.push(Remark::FirstFrame);
        }
        Ok((self.on_canvas(raster)?, remarks))
    }

    /// The first frame of an animation where it lies.
    fn on_canvas(&self, frame: Raster) -> Result<Raster> {
        if self.covers_canvas() {
            return Ok(frame);
        }
        let (width, height) = self.canvas;
        let header = self.container.animated.unwrap_or_default();
        let offset = |at: usize| side(header, at).unwrap_or_default() as usize * 2;
        let (left, top) = (offset(0), offset(3));
        let mut samples = raster::samples(width, height, 4)?;
        let across = (frame.width as usize).min((width as usize).saturating_sub(left));
        let channels = if frame.has_alpha { 4 } else { 3 };
        let rows = frame.samples.chunks_exact(frame.width as usize * channels);
        let places = samples.chunks_exact_mut(width as usize * 4).skip(top);
        for (row, place) in rows.zip(places) {
            let pixels = row.chunks_exact(channels).take(across);
            for (pixel, place) in pixels.zip(place.chunks_exact_mut(4).skip(left)) {
                place[3] = 255;
                place[..channels].copy_from_slice(pixel);
            }
        }
        Ok(Raster { width, height, has_alpha: true, samples })
    }
}

/// What of a WebP file is no pixel.
pub(super) struct Envelope<'a> {
    pub(super) metadata: Vec<&'a [u8]>,
    pub(super) trailing: &'a [u8],
}

/// `None` when the file ends before the picture does.
pub(super) fn envelope(bytes: &[u8]) -> Option<Envelope<'_>> {
    let Container { still, animated, metadata, trailing, .. } = Container::read(bytes).ok()?;
    let is_there = |frame: &Frame<'_>| !frame.is_empty() && !frame.is_cut;
    let is_whole =
        is_there(&still) || animated.is_some_and(|content| is_there(&Frame::of_animation(content)));
    is_whole.then_some(Envelope { metadata, trailing })
}

fn unreadable() -> Error {
    Error::corrupt("its data cannot be read: open it in a picture program and save it again")
}
