//! Pictures that browsers do not show, made such that they do.

use std::borrow::Cow;

use ::png::{BitDepth, ColorType, Compression, Encoder, Info, SrgbRenderingIntent};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{ExtendedColorType, ImageEncoder};

use super::header::{Opened, guarded};
use super::png::Png;
use super::raster::Raster;
use super::{Limits, remark};
use crate::{Error, Result};

/// Quality of JPEG copies, 0 to 100: that of a camera.
const QUALITY: u8 = 95;

/// A PNG that looks as a picture of another format does: in sRGB, as transparent as it is, turned as it is.
///
/// ```
/// use vertex_markers::{Limits, Picture, picture::png_copy};
/// # use vertex_markers::image::{ImageFormat, RgbImage};
///
/// # let mut gif = std::io::Cursor::new(Vec::new());
/// # RgbImage::new(320, 240).write_to(&mut gif, ImageFormat::Gif).unwrap();
/// # let gif = gif.into_inner();
/// let png = png_copy(&gif, &Limits::ENGINE)?;
/// assert_eq!(Picture::decode(&png, &Limits::ENGINE)?.width(), 320);
/// # Ok::<(), vertex_markers::Error>(())
/// ```
///
/// # Errors
/// As [`Picture::decode`](super::Picture::decode); `EncodingFailed`.
pub fn png_copy(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let (orientation, (raster, remarks)) = guarded(|| {
        let opened = Opened::open(bytes, limits)?;
        Ok((opened.orientation, opened.decode()?))
    })?;
    let mut info = Info::with_size(raster.width, raster.height);
    info.srgb = Some(SrgbRenderingIntent::Perceptual);
    if orientation != Orientation::NoTransforms {
        info.exif_metadata = Some(Cow::Owned(exif(orientation)));
    }
    let mut png = Vec::new();
    let mut encoder = Encoder::with_info(&mut png, info).map_err(Error::encoding)?;
    if !remarks.is_empty() {
        let added = encoder.add_text_chunk(remark::KEYWORD.to_owned(), remark::text(&remarks));
        added.map_err(Error::encoding)?;
    }
    write(encoder, &raster)?;
    Ok(png)
}

/// A photograph that another program has decoded.
#[derive(Debug, Clone, Copy)]
pub struct Decoded<'a> {
    /// A PNG of it. Its own orientation is left aside.
    pub png: &'a [u8],
    /// The colour profile, where the PNG has none.
    pub profile: Option<&'a [u8]>,
    /// How it is to be turned.
    pub orientation: Orientation,
    /// Width and height that it must have, where they are known.
    pub size: Option<(u32, u32)>,
}

/// A JPEG of a photograph, or a PNG where it is transparent: with the same numbers, profile and orientation.
///
/// # Errors
/// As [`Picture::decode`](super::Picture::decode); `CorruptPicture` for one of another size, `EncodingFailed`.
pub fn photograph_copy(photograph: &Decoded<'_>, limits: &Limits) -> Result<Vec<u8>> {
    let png = Png::open(photograph.png, limits)?;
    let (width, height) = png.size();
    if photograph.size.is_some_and(|size| size != (width, height)) {
        return Err(Error::corrupt("only a part of it can be decoded"));
    }
    limits.check_memory(width, height, png.memory())?;
    let profile = png.profile().or_else(|| photograph.profile.map(<[u8]>::to_vec));
    let exif = exif(photograph.orientation);
    let raster = png.decode_unmanaged()?;
    let is_transparent =
        raster.has_alpha && raster.samples.chunks_exact(4).any(|pixel| pixel[3] < 255);
    let mut copy = Vec::new();
    if is_transparent {
        let mut info = Info::with_size(width, height);
        info.icc_profile = profile.map(Cow::Owned);
        info.exif_metadata = Some(Cow::Owned(exif));
        let encoder = Encoder::with_info(&mut copy, info).map_err(Error::encoding)?;
        write(encoder, &raster)?;
        return Ok(copy);
    }
    let raster = raster.over(image::Rgb([255; 3]));
    let mut encoder = JpegEncoder::new_with_quality(&mut copy, QUALITY);
    encoder.set_exif_metadata(exif).map_err(Error::encoding)?;
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).map_err(Error::encoding)?;
    }
    let written = encoder.write_image(&raster.samples, width, height, ExtendedColorType::Rgb8);
    written.map_err(Error::encoding)?;
    Ok(copy)
}

/// EXIF data of one entry.
fn exif(orientation: Orientation) -> Vec<u8> {
    let entry = [0x12, 1, 3, 0, 1, 0, 0, 0, orientation.to_exif(), 0, 0, 0];
    [&b"II*\0\x08\0\0\0\x01\0"[..], &entry, &[0; 4]].concat()
}

fn write(mut encoder: Encoder<'_, &mut Vec<u8>>, raster: &Raster) -> Result<()> {
    encoder.set_color(if raster.has_alpha { ColorType::Rgba } else { ColorType::Rgb });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().map_err(Error::encoding)?;
    writer.write_image_data(&raster.samples).map_err(Error::encoding)?;
    writer.finish().map_err(Error::encoding)
}
