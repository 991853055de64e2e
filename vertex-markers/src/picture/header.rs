//! Reading a picture's header: enough to accept or refuse it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;

use super::bitmap::Bitmap;
use super::jpeg::Jpeg;
use super::png::Png;
use super::raster::Raster;
use super::tiff::Tiff;
use super::webp::WebP;
use super::{Limits, PictureFormat, Remark, SourceFormat};
use crate::{Error, Result};

/// What a picture's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Format, recognised by content.
    pub format: SourceFormat,
    /// Width in pixels once the EXIF orientation is applied.
    pub width: u32,
    /// Height in pixels once the EXIF orientation is applied.
    pub height: u32,
    /// About how many bytes of memory decoding takes at its peak, the decoded picture included.
    pub memory: u64,
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
    /// assert_eq!((header.format, header.width), (PictureFormat::Png.into(), 320));
    ///
    /// let error = Header::read(&bytes, &Limits::UPLOAD).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TooSmall);
    /// # Ok::<(), vertex_markers::Error>(())
    /// ```
    ///
    /// # Errors
    /// `UnsupportedFormat`, `CorruptPicture`, `TooSmall` or `TooLarge`.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self> {
        guarded(|| Ok(Opened::open(bytes, limits)?.header))
    }
}

/// Calls decoders of other crates. A file that makes one of them panic is damaged for sure.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let broken = || Err(Error::corrupt("its data contradicts itself"));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| broken())
}

/// A picture whose header is read and accepted, ready to decode.
pub(super) struct Opened<'a> {
    pub(super) header: Header,
    pub(super) orientation: Orientation,
    file: File<'a>,
}

/// Bytes that tables of decoders and colour profiles take.
const TABLES: u64 = 2 << 20;
/// Bytes for each pixel of the longer side: rows that are being worked on.
const ROWS: u64 = 512;

enum File<'a> {
    Jpeg(Box<Jpeg<'a>>),
    Png(Box<Png<'a>>),
    WebP(Box<WebP<'a>>),
    Tiff(Box<Tiff<'a>>),
    Bitmap(Bitmap<'a>),
}

impl<'a> Opened<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let format = SourceFormat::of(bytes)?;
        let file = match format {
            SourceFormat::Web(PictureFormat::Jpeg) => {
                File::Jpeg(Box::new(Jpeg::open(bytes, limits)?))
            }
            SourceFormat::Web(PictureFormat::Png) => File::Png(Box::new(Png::open(bytes, limits)?)),
            SourceFormat::Web(PictureFormat::WebP) => {
                File::WebP(Box::new(WebP::open(bytes, limits)?))
            }
            SourceFormat::Tiff => File::Tiff(Box::new(Tiff::open(bytes, limits)?)),
            SourceFormat::Gif => File::Bitmap(Bitmap::gif(bytes, limits)?),
            SourceFormat::Bmp => File::Bitmap(Bitmap::bmp(bytes, limits)?),
        };
        let ((width, height), orientation, memory) = match &file {
            File::Jpeg(file) => (file.size(), file.orientation(), file.memory()),
            File::Png(file) => (file.size(), file.orientation(), file.memory()),
            File::WebP(file) => (file.size(), file.orientation(), file.memory()),
            File::Tiff(file) => (file.size(), file.orientation(), file.memory()),
            File::Bitmap(file) => (file.size(), Orientation::NoTransforms, file.memory()),
        };
        let memory = memory + TABLES + ROWS * u64::from(width.max(height));
        limits.check_memory(width, height, memory)?;
        let (width, height) = upright(width, height, orientation);
        Ok(Self { header: Header { format, width, height, memory }, orientation, file })
    }

    /// Its pixels, as they lie in the file.
    pub(super) fn decode(self) -> Result<(Raster, Vec<Remark>)> {
        match self.file {
            File::Jpeg(file) => file.decode(),
            File::Png(file) => file.decode(),
            File::WebP(file) => file.decode(),
            File::Tiff(file) => file.decode(),
            File::Bitmap(file) => file.decode(),
        }
    }
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
