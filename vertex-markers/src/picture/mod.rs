//! Pictures: decoding with limits, upright, 8-bit RGB.

mod bitmap;
mod colour;
mod format;
mod ground;
mod header;
mod heif;
pub(crate) mod jpeg;
mod kept;
mod limits;
mod png;
mod polyglot;
mod raster;
mod remark;
mod tiff;
mod webp;

use image::{RgbImage, RgbaImage};

pub use format::{ConvertibleFormat, PictureFormat, SourceFormat};
pub use header::Header;
pub use heif::{HeifOutline, heif_outline, without_profiles};
pub use kept::{Decoded, photograph_copy, png_copy};
pub use limits::Limits;
pub use polyglot::{polyglot, polyglot_around};
pub use remark::Remark;

use crate::Result;
use ground::Ground;
use header::{Opened, guarded};
use raster::Raster;

/// Side in pixels below which a picture is likely to make a poor marker.
pub const RECOMMENDED_SIDE: u32 = 480;

/// A decoded picture: upright, opaque, 8-bit RGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    rgb: RgbImage,
    format: Option<SourceFormat>,
    remarks: Vec<Remark>,
}

impl Picture {
    /// Decodes a JPEG, PNG, WebP, TIFF, GIF or BMP picture within `limits`.
    ///
    /// The EXIF orientation is applied once, colours are converted to sRGB by the file's profile, deeper samples and other
    /// colour models become 8-bit RGB. Transparency is laid over white, or over black where white would swallow the
    /// picture. Of an animation the first frame is taken. [`remarks`](Self::remarks) say what of this was done.
    ///
    /// ```
    /// use vertex_markers::{ErrorKind, Limits, Picture};
    ///
    /// let error = Picture::decode(b"8BPS, a layered document", &Limits::ENGINE).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::UnsupportedFormat);
    /// ```
    ///
    /// # Errors
    /// `UnsupportedFormat`, `CorruptPicture` (a truncated file included), `TooSmall` or `TooLarge`.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self> {
        guarded(|| {
            let opened = Opened::open(bytes, limits)?;
            let (format, orientation) = (opened.header.format, opened.orientation);
            let (raster, mut remarks) = opened.decode()?;
            let raster = opaque(raster, &mut remarks);
            Ok(Self { rgb: raster.upright(orientation)?, format: Some(format), remarks })
        })
    }

    /// Wraps pixels that are already decoded and upright.
    ///
    /// ```
    /// use vertex_markers::{Picture, image::RgbImage};
    ///
    /// let picture = Picture::from_rgb(RgbImage::new(640, 480));
    /// assert_eq!((picture.width(), picture.format()), (640, None));
    /// ```
    #[must_use]
    pub fn from_rgb(rgb: RgbImage) -> Self {
        Self { rgb, format: None, remarks: Vec::new() }
    }

    /// Wraps decoded, upright pixels with transparency, which is laid over white, or over black where white would swallow
    /// the picture.
    ///
    /// ```
    /// use vertex_markers::{Picture, image::{Rgba, RgbaImage}};
    ///
    /// let faint = RgbaImage::from_pixel(640, 480, Rgba([200, 100, 0, 128]));
    /// assert_eq!(Picture::from_rgba(faint).rgb().get_pixel(0, 0).0, [227, 177, 127]);
    /// ```
    #[must_use]
    pub fn from_rgba(rgba: RgbaImage) -> Self {
        let (width, height) = rgba.dimensions();
        let mut remarks = Vec::new();
        let raster = Raster { width, height, has_alpha: true, samples: rgba.into_raw() };
        let samples = opaque(raster, &mut remarks).samples;
        let rgb = RgbImage::from_raw(width, height, samples).unwrap_or_default();
        Self { rgb, format: None, remarks }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.rgb.width()
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.rgb.height()
    }

    /// The pixels.
    #[must_use]
    pub fn rgb(&self) -> &RgbImage {
        &self.rgb
    }

    /// The format the picture was decoded from, if it was decoded.
    #[must_use]
    pub fn format(&self) -> Option<SourceFormat> {
        self.format
    }

    /// What was done to make it of its file, as far as its owner should know.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether a side is shorter than [`RECOMMENDED_SIDE`].
    #[must_use]
    pub fn below_recommended(&self) -> bool {
        self.width().min(self.height()) < RECOMMENDED_SIDE
    }
}

/// Lays transparency over the ground that keeps contrast.
fn opaque(raster: Raster, remarks: &mut Vec<Remark>) -> Raster {
    let ground = Ground::of(&raster);
    remarks.extend(ground.map(|ground| match ground {
        Ground::White => Remark::LaidOverWhite,
        Ground::Black => Remark::LaidOverBlack,
    }));
    raster.over(ground.unwrap_or(Ground::White).colour())
}
