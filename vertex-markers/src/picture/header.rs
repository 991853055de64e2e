//! Reading a picture's header: enough to accept or refuse it.

use std::io::Cursor;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ImageDecoder, ImageError};

use super::{Limits, PictureFormat};
use crate::{Error, Result};

/// What a picture's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Format, recognised by content.
    pub format: PictureFormat,
    /// Width in pixels once the EXIF orientation is applied.
    pub width: u32,
    /// Height in pixels once the EXIF orientation is applied.
    pub height: u32,
}

impl Header {
    /// Reads the header of a picture and checks its size; no pixel is decoded.
    ///
    /// ```
    /// # use vertex_markers::image::{ImageFormat, RgbImage};
    /// use vertex_markers::{ErrorKind, Header, Limits, PictureFormat};
    ///
    /// # let mut png = std::io::Cursor::new(Vec::new());
    /// # RgbImage::new(320, 240).write_to(&mut png, ImageFormat::Png).unwrap();
    /// # let bytes = png.into_inner();
    /// let header = Header::read(&bytes, &Limits::ENGINE)?;
    /// assert_eq!((header.format, header.width), (PictureFormat::Png, 320));
    ///
    /// let error = Header::read(&bytes, &Limits::UPLOAD).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TooSmall);
    /// # Ok::<(), vertex_markers::Error>(())
    /// ```
    ///
    /// # Errors
    /// `UnsupportedFormat`, `CorruptPicture`, `TooSmall` or `TooLarge`.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Ok(Opened::open(bytes, limits)?.header)
    }
}

/// A picture whose header is read and accepted, ready to decode.
pub(super) struct Opened<'a> {
    pub(super) header: Header,
    pub(super) orientation: Orientation,
    pub(super) decoder: Box<dyn ImageDecoder + 'a>,
}

impl<'a> Opened<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let format = PictureFormat::of(bytes)?;
        let mut decoder = decoder(bytes, format).map_err(corrupt)?;
        let (width, height) = decoder.dimensions();
        limits.check(width, height)?;
        // Damaged metadata is no reason to refuse a picture that can be shown.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let (width, height) = upright(width, height, orientation);
        Ok(Self { header: Header { format, width, height }, orientation, decoder })
    }
}

fn decoder(
    bytes: &[u8],
    format: PictureFormat,
) -> std::result::Result<Box<dyn ImageDecoder + '_>, ImageError> {
    let reader = Cursor::new(bytes);
    Ok(match format {
        PictureFormat::Jpeg => Box::new(JpegDecoder::new(reader)?),
        PictureFormat::Png => Box::new(PngDecoder::with_limits(reader, image::Limits::default())?),
        PictureFormat::WebP => Box::new(WebPDecoder::new(reader)?),
    })
}

fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => (width, height),
    }
}

pub(super) fn corrupt(error: ImageError) -> Error {
    match error {
        ImageError::Decoding(inner) => Error::corrupt(inner),
        ImageError::Unsupported(inner) => Error::corrupt(inner),
        other => Error::corrupt(other),
    }
}
