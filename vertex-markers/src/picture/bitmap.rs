//! GIF and Windows bitmaps.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder};
use image::{ColorType, ImageDecoder};

use super::colour::{Conversion, Source, Space};
use super::raster::{self, Raster};
use super::{Limits, Remark};
use crate::{Error, Result};

/// A file whose header is read.
pub(super) struct Bitmap<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    is_animated: bool,
}

impl<'a> Bitmap<'a> {
    pub(super) fn gif(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let frames = gif_frames(bytes);
        if frames == 0 {
            return Err(Error::corrupt("the file ends before the picture does"));
        }
        let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
        Self { decoder: Box::new(decoder), is_animated: frames > 1 }.within(limits)
    }

    pub(super) fn bmp(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
        Self { decoder: Box::new(decoder), is_animated: false }.within(limits)
    }

    fn within(self, limits: &Limits) -> Result<Self> {
        let (width, height) = self.size();
        limits.check(width, height)?;
        Ok(self)
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.decoder.dimensions()
    }

    /// Bytes of memory that decoding takes.
    pub(super) fn memory(&self) -> u64 {
        let (width, height) = self.size();
        // The picture, and a frame of another size than that.
        u64::from(width) * u64::from(height) * 5
    }

    pub(super) fn decode(self) -> Result<(Raster, Vec<Remark>)> {
        let (width, height) = self.size();
        let (space, has_alpha) = match self.decoder.color_type() {
            ColorType::L8 => (Space::Grey, false),
            ColorType::Rgb8 => (Space::Rgb, false),
            ColorType::Rgba8 => (Space::Rgb, true),
            _ => return Err(Error::corrupt("its colours cannot be read")),
        };
        let channels = space.channels() + usize::from(has_alpha);
        let mut samples = raster::samples(width, height, channels)?;
        self.decoder.read_image_boxed(&mut samples).map_err(unreadable)?;
        let remarks = self.is_animated.then_some(Remark::FirstFrame).into_iter().collect();
        if has_alpha {
            return Ok((Raster { width, height, has_alpha, samples }, remarks));
        }
        let (conversion, _) = Conversion::new(Source::Untagged, space);
        let raster = Raster::of_samples(width, height, samples, |s, rgb| conversion.row(s, rgb));
        Ok((raster?, remarks))
    }
}

/// Frames that are there as a whole, two at most.
fn gif_frames(bytes: &[u8]) -> usize {
    let mut frames = 0;
    let mut position = 13 + colour_table(bytes.get(10).copied().unwrap_or_default());
    while frames < 2 {
        let is_frame = match bytes.get(position) {
            Some(0x2c) => {
                let flags = bytes.get(position + 9).copied().unwrap_or_default();
                position += 10 + colour_table(flags) + 1;
                true
            }
            Some(0x21) => {
                position += 2;
                false
            }
            _ => break,
        };
        let Some(after) = after_blocks(bytes, position) else { break };
        position = after;
        frames += usize::from(is_frame);
    }
    frames
}

/// Bytes of the colour table that these flags announce.
fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn after_blocks(bytes: &[u8], mut position: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(position)?);
        position += 1 + length;
        if length == 0 {
            return Some(position);
        }
    }
}

fn unreadable(error: image::ImageError) -> Error {
    match error {
        image::ImageError::IoError(_) => Error::corrupt("the file ends before the picture does"),
        image::ImageError::Unsupported(_) => Error::UnsupportedVariant {
            what: "a bitmap of an unusual kind",
            advice: "save it again as PNG",
        },
        _ => Error::corrupt(
            "its data cannot be read: open it in a picture program and save it again",
        ),
    }
}
