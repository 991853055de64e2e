//! Pictures: decoding with limits, upright, 8-bit RGB.

mod envelope;
mod format;
mod header;
pub(crate) mod jpeg;
mod limits;

use image::{DynamicImage, RgbImage, RgbaImage};

pub use envelope::{stowaway, stowaway_around};
pub use format::PictureFormat;
pub use header::Header;
pub use limits::Limits;

use crate::{Error, Result};
use header::Opened;

/// Side in pixels below which a picture is likely to make a poor marker.
pub const RECOMMENDED_SIDE: u32 = 480;

/// A decoded picture: upright, opaque, 8-bit RGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    rgb: RgbImage,
    format: Option<PictureFormat>,
}

impl Picture {
    /// Decodes a JPEG, PNG or WebP picture within `limits`.
    ///
    /// The EXIF orientation is applied once, transparency is laid over black, deeper samples and other
    /// colour models become 8-bit RGB. Of an animation the first frame is taken.
    ///
    /// ```
    /// use vertex_markers::{ErrorKind, Limits, Picture};
    ///
    /// let error = Picture::decode(b"GIF89a", &Limits::ENGINE).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::UnsupportedFormat);
    /// ```
    ///
    /// # Errors
    /// `UnsupportedFormat`, `CorruptPicture` (a truncated file included), `TooSmall` or `TooLarge`.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self> {
        let opened = Opened::open(bytes, limits)?;
        let format = opened.header.format;
        if !envelope::is_whole(bytes, format) {
            return Err(Error::corrupt("the file ends before the picture does"));
        }
        let mut decoder = opened.decoder;
        decoder.set_limits(image::Limits::default()).map_err(header::corrupt)?;
        let mut decoded = DynamicImage::from_decoder(decoder).map_err(header::corrupt)?;
        decoded.apply_orientation(opened.orientation);
        Ok(Self { rgb: opaque(decoded), format: Some(format) })
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
        Self { rgb, format: None }
    }

    /// Wraps decoded, upright pixels with transparency, which is laid over black.
    ///
    /// ```
    /// use vertex_markers::{Picture, image::{Rgba, RgbaImage}};
    ///
    /// let faint = RgbaImage::from_pixel(640, 480, Rgba([200, 100, 0, 128]));
    /// assert_eq!(Picture::from_rgba(&faint).rgb().get_pixel(0, 0).0, [100, 50, 0]);
    /// ```
    #[must_use]
    pub fn from_rgba(rgba: &RgbaImage) -> Self {
        Self::from_rgb(over_black(rgba))
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
    pub fn format(&self) -> Option<PictureFormat> {
        self.format
    }

    /// Whether a side is shorter than [`RECOMMENDED_SIDE`].
    #[must_use]
    pub fn below_recommended(&self) -> bool {
        self.width().min(self.height()) < RECOMMENDED_SIDE
    }
}

fn opaque(image: DynamicImage) -> RgbImage {
    if image.color().has_alpha() { over_black(&image.into_rgba8()) } else { image.into_rgb8() }
}

fn over_black(rgba: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        image::Rgb([r, g, b].map(|value| scaled(value, a)))
    })
}

fn scaled(value: u8, alpha: u8) -> u8 {
    ((u16::from(value) * u16::from(alpha) + 127) / 255) as u8
}
