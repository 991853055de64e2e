//! One decoded picture of an H.264 movie.

mod decode;
mod rgb;
mod route;

use image::{DynamicImage, RgbImage, imageops};

use crate::{error::VideoError, geometry::Geometry, mp4::movie::Movie, source::Source};
use route::Route;

/// The picture shown half-way through, upright.
pub(crate) fn middle(source: &mut Source<'_>, movie: &Movie) -> Result<RgbImage, VideoError> {
    let route = Route::to_the_middle(source, movie)?;
    let geometry = movie.picture.geometry();
    let colour = movie.picture.colour();
    let shades = rgb::Shades::new(
        colour.matrix_or_default(geometry.height),
        colour.full_range.unwrap_or_default(),
    );
    let picture = decode::last_of(source, &route, |yuv| rgb::picture(yuv, &geometry, &shades))?;
    Ok(upright(picture, &geometry))
}

/// Gives pixels their shape and turns the picture. The longer side of a pixel is shortened, so that nothing is made up.
fn upright(picture: RgbImage, geometry: &Geometry) -> RgbImage {
    let (width, height) = picture.dimensions();
    let (across, down) = geometry.pixel_aspect;
    let scaled = |side: u32, by: u32, of: u32| {
        let side = u64::from(side) * u64::from(by) / u64::from(of.max(1));
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    let (new_width, new_height) = match across > down {
        true => (width, scaled(height, down, across)),
        false => (scaled(width, across, down), height),
    };
    let picture = match (new_width, new_height) == (width, height) {
        true => picture,
        false => imageops::resize(&picture, new_width, new_height, imageops::FilterType::Triangle),
    };
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(geometry.orientation);
    picture.into_rgb8()
}
