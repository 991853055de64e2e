//! Small WebP previews of pictures and posters of videos.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{Rgb, RgbImage};

use crate::picture::Limits;
use crate::{Error, Picture, Result};

/// Longest side of a preview, in pixels.
pub const PREVIEW_SIDE: u32 = 300;

/// Lossy WebP quality of a preview, 0 to 100.
pub const PREVIEW_QUALITY: f32 = 85.0;

/// Longest side the WebP format can hold.
const WEBP_MAX_SIDE: u32 = 16_383;

/// Shrinks a picture to fit a square of `max_side` pixels and writes it as lossy WebP.
///
/// The aspect is kept and a small picture is never enlarged. `quality` is 0 to 100.
///
/// ```
/// use vertex_markers::preview::{PREVIEW_QUALITY, PREVIEW_SIDE};
/// use vertex_markers::{Limits, Picture, image::RgbImage, preview_webp};
///
/// let picture = Picture::from_rgb(RgbImage::new(1200, 600));
/// let webp = preview_webp(&picture, PREVIEW_SIDE, PREVIEW_QUALITY)?;
/// let preview = Picture::decode(&webp, &Limits::ENGINE)?;
/// assert_eq!((preview.width(), preview.height()), (300, 150));
/// # Ok::<(), vertex_markers::Error>(())
/// ```
///
/// # Errors
/// `InvalidOption` for a side or quality out of range, `TooSmall` for an empty picture.
pub fn preview_webp(picture: &Picture, max_side: u32, quality: f32) -> Result<Vec<u8>> {
    webp(&shrunk(picture, max_side)?, quality)
}

/// Makes the poster of a video from one of its frames: [`preview_webp`] with a play icon in the middle.
///
/// # Errors
/// As [`preview_webp`].
pub fn poster_webp(frame: &Picture, max_side: u32, quality: f32) -> Result<Vec<u8>> {
    let mut poster = shrunk(frame, max_side)?;
    draw_play_icon(&mut poster);
    webp(&poster, quality)
}

fn shrunk(picture: &Picture, max_side: u32) -> Result<RgbImage> {
    if !(1..=WEBP_MAX_SIDE).contains(&max_side) {
        return Err(Error::InvalidOption {
            option: "max_side",
            reason: format!("{max_side} is not within 1 and {WEBP_MAX_SIDE} pixels"),
        });
    }
    Limits { min_side: 1, max_side: u32::MAX, max_pixels: u64::MAX, ..Limits::ENGINE }
        .check(picture.width(), picture.height())?;
    let (width, height) = fitted(picture.width(), picture.height(), max_side);
    if (width, height) == (picture.width(), picture.height()) {
        return Ok(picture.rgb().clone());
    }
    let source =
        ImageRef::new(picture.width(), picture.height(), picture.rgb().as_raw(), PixelType::U8x3)
            .map_err(Error::encoding)?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&source, &mut target, &options).map_err(Error::encoding)?;
    RgbImage::from_raw(width, height, target.into_vec())
        .ok_or_else(|| Error::encoding("the preview has too few pixels"))
}

/// The size that fits `max_side` with the aspect kept, never larger than the source, never empty.
fn fitted(width: u32, height: u32, max_side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= max_side {
        return (width, height);
    }
    let side = |length: u32| {
        let exact =
            (u64::from(length) * u64::from(max_side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(exact).unwrap_or(max_side).max(1)
    };
    (side(width), side(height))
}

fn webp(image: &RgbImage, quality: f32) -> Result<Vec<u8>> {
    if !(0.0..=100.0).contains(&quality) {
        return Err(Error::InvalidOption {
            option: "quality",
            reason: format!("{quality} is not within 0 and 100"),
        });
    }
    let encoded = ::webp::Encoder::from_rgb(image.as_raw(), image.width(), image.height())
        .encode_simple(false, quality)
        .map_err(|error| Error::encoding(format!("{error:?}")))?;
    Ok(encoded.to_vec())
}

/// Radius of the play icon's disc as a share of the shorter side.
const DISC: f32 = 0.18;
/// How much of the picture the dark disc covers.
const DISC_OPACITY: f32 = 0.6;
/// Distance of the triangle's corners from the centre as a share of the disc's radius.
const TRIANGLE: f32 = 0.55;

fn draw_play_icon(image: &mut RgbImage) {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let radius = width.min(height) * DISC;
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let (dx, dy) = (x as f32 + 0.5 - width / 2.0, y as f32 + 0.5 - height / 2.0);
        let disc = coverage(radius - dx.hypot(dy));
        if disc > 0.0 {
            blend(pixel, 0.0, disc * DISC_OPACITY);
            blend(pixel, 255.0, coverage(inside_triangle(dx, dy, radius * TRIANGLE)));
        }
    }
}

/// Signed distance in pixels from the edge of an equilateral triangle that points right, positive inside.
fn inside_triangle(dx: f32, dy: f32, circumradius: f32) -> f32 {
    let inradius = circumradius / 2.0;
    let slanted = dx * 0.5 + dy.abs() * 0.75_f32.sqrt();
    (inradius + dx).min(inradius - slanted)
}

/// Share of a pixel that lies inside an edge at this signed distance from its centre.
fn coverage(distance: f32) -> f32 {
    (distance + 0.5).clamp(0.0, 1.0)
}

fn blend(pixel: &mut Rgb<u8>, value: f32, opacity: f32) {
    for channel in &mut pixel.0 {
        *channel = (f32::from(*channel) * (1.0 - opacity) + value * opacity).round() as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grey(width: u32, height: u32) -> Picture {
        Picture::from_rgb(RgbImage::from_pixel(width, height, Rgb([120, 130, 140])))
    }

    fn decoded(webp: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(webp, image::ImageFormat::WebP).unwrap().into_rgb8()
    }

    #[test]
    fn a_preview_keeps_the_aspect() {
        let webp = preview_webp(&grey(1000, 500), PREVIEW_SIDE, PREVIEW_QUALITY).unwrap();
        assert_eq!(decoded(&webp).dimensions(), (300, 150));
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        let webp = preview_webp(&grey(120, 80), PREVIEW_SIDE, PREVIEW_QUALITY).unwrap();
        assert_eq!(decoded(&webp).dimensions(), (120, 80));
    }

    #[test]
    fn a_poster_has_a_white_triangle_on_a_dark_disc() {
        let poster = decoded(&poster_webp(&grey(600, 600), 300, 95.0).unwrap());
        let brightness = |x, y| poster.get_pixel(x, y).0[1];
        assert!(brightness(150, 150) > 230, "the triangle");
        assert!(brightness(150, 110) < 90, "the disc above it");
        assert!(brightness(20, 20).abs_diff(130) < 8, "the picture around");
    }

    #[test]
    fn wrong_options_are_named() {
        let error = preview_webp(&grey(10, 10), 300, 101.0).unwrap_err();
        assert_eq!(error.to_string(), "quality: 101 is not within 0 and 100");
        assert!(preview_webp(&grey(10, 10), 0, 85.0).is_err());
        assert!(preview_webp(&grey(10, 10), 300, f32::NAN).is_err());
        assert!(preview_webp(&Picture::from_rgb(RgbImage::new(0, 0)), 300, 85.0).is_err());
    }

    proptest! {
        #[test]
        fn a_fitted_size_is_within_bounds(width in 1_u32..20_000, height in 1_u32..20_000, side in 1_u32..2000) {
            let (w, h) = fitted(width, height, side);
            prop_assert!(w >= 1 && h >= 1);
            prop_assert!(w.max(h) == side.min(width.max(height)));
            prop_assert!(w <= width && h <= height);
        }
    }
}
