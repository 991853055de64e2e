//! From brightness and two colours, of which there are half as many across and down, to red, green and blue.

use image::{Rgb, RgbImage};
use openh264::{decoder::DecodedYUV, formats::YUVSource};

use crate::{
    colour::Matrix,
    error::VideoError,
    geometry::{Geometry, Rectangle},
};

/// Bits behind the point of the factors.
const FRACTION: u32 = 16;
/// Pictures with a shorter side of twice as many pixels come out in half the size, and so on: previews are small.
const LARGE_SIDE: u32 = 1080;

/// The factors by which samples become red, green and blue.
#[derive(Debug)]
pub(super) struct Shades {
    black: i32,
    luma: i32,
    red_by_v: i32,
    green_by_u: i32,
    green_by_v: i32,
    blue_by_u: i32,
}

impl Shades {
    pub(super) fn new(matrix: Matrix, full_range: bool) -> Self {
        let (red, blue) = matrix.weights();
        let green = 1.0 - red - blue;
        let (luma, chroma) = if full_range { (1.0, 1.0) } else { (255.0 / 219.0, 255.0 / 224.0) };
        let fixed = |factor: f64| (factor * f64::from(1_u32 << FRACTION)).round() as i32;
        Self {
            black: if full_range { 0 } else { 16 },
            luma: fixed(luma),
            red_by_v: fixed(2.0 * (1.0 - red) * chroma),
            green_by_u: fixed(2.0 * (1.0 - blue) * blue / green * chroma),
            green_by_v: fixed(2.0 * (1.0 - red) * red / green * chroma),
            blue_by_u: fixed(2.0 * (1.0 - blue) * chroma),
        }
    }

    fn rgb(&self, luma: i32, u: i32, v: i32) -> Rgb<u8> {
        let (luma, u, v) = ((luma - self.black) * self.luma, u - 128, v - 128);
        let half = 1 << (FRACTION - 1);
        let byte = |value: i32| ((value + half) >> FRACTION).clamp(0, 255) as u8;
        Rgb([
            byte(luma + self.red_by_v * v),
            byte(luma - self.green_by_u * u - self.green_by_v * v),
            byte(luma + self.blue_by_u * u),
        ])
    }
}

/// The part of a decoded picture that is shown.
pub(super) fn picture(
    yuv: &DecodedYUV<'_>,
    geometry: &Geometry,
    shades: &Shades,
) -> Result<RgbImage, VideoError> {
    let (width, height) = yuv.dimensions();
    let (stride, stride_u, stride_v) = yuv.strides();
    let planes = Planes {
        luma: Plane { samples: yuv.y(), stride },
        u: Plane { samples: yuv.u(), stride: stride_u },
        v: Plane { samples: yuv.v(), stride: stride_v },
    };
    let decoded =
        (u32::try_from(width).unwrap_or_default(), u32::try_from(height).unwrap_or_default());
    let whole = Rectangle { left: 0, top: 0, width: decoded.0, height: decoded.1 };
    let is_as_told = decoded == (geometry.width, geometry.height);
    let part = if is_as_told { geometry.shown() } else { whole };
    planes.rgb(part, shades).ok_or(VideoError::Damaged("its middle picture cannot be decoded"))
}

struct Plane<'a> {
    samples: &'a [u8],
    stride: usize,
}

impl Plane<'_> {
    /// The mean of the square of this side whose first sample is given.
    fn mean(&self, x: u32, y: u32, side: u32) -> Option<i32> {
        let (x, y, side) = (x as usize, y as usize, side as usize);
        let mut sum = 0;
        for row in y..y + side {
            let start = row * self.stride + x;
            let samples = self.samples.get(start..start + side)?;
            sum += samples.iter().map(|sample| i32::from(*sample)).sum::<i32>();
        }
        let count = (side * side) as i32;
        Some((sum + count / 2) / count)
    }
}

struct Planes<'a> {
    luma: Plane<'a>,
    u: Plane<'a>,
    v: Plane<'a>,
}

impl Planes<'_> {
    /// `None` where the part is not inside the planes.
    fn rgb(&self, part: Rectangle, shades: &Shades) -> Option<RgbImage> {
        let side = (part.width.min(part.height) / LARGE_SIDE).max(1);
        let mut picture = RgbImage::new(part.width / side, part.height / side);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let (x, y) = (part.left + x * side, part.top + y * side);
            let half = (side / 2).max(1);
            let luma = self.luma.mean(x, y, side)?;
            let [u, v] = [&self.u, &self.v].map(|plane| plane.mean(x / 2, y / 2, half));
            *pixel = shades.rgb(luma, u?, v?);
        }
        Some(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_grey_are_themselves_in_either_range() {
        for matrix in [Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020, Matrix::Smpte240] {
            let limited = Shades::new(matrix, false);
            assert_eq!(limited.rgb(16, 128, 128), Rgb([0; 3]), "{matrix:?}");
            assert_eq!(limited.rgb(235, 128, 128), Rgb([255; 3]), "{matrix:?}");
            let full = Shades::new(matrix, true);
            assert_eq!(
                [full.rgb(0, 128, 128), full.rgb(77, 128, 128)],
                [Rgb([0; 3]), Rgb([77; 3])]
            );
        }
    }

    #[test]
    fn red_is_red_by_its_own_matrix_only() {
        // 255, 0, 0 as BT.709 codes it in limited range.
        let Rgb([red, green, blue]) = Shades::new(Matrix::Bt709, false).rgb(63, 102, 240);
        assert!(red >= 253 && green <= 2 && blue <= 2, "{red} {green} {blue}");
        let Rgb([red, ..]) = Shades::new(Matrix::Bt601, false).rgb(63, 102, 240);
        assert!(red < 240, "{red}");
    }

    #[test]
    fn large_pictures_come_out_smaller() {
        let (width, height) = (2200_usize, 2200_usize);
        let luma = vec![128; width * height];
        let chroma = vec![128; width * height / 4];
        let plane = |samples, stride| Plane { samples, stride };
        let planes = Planes {
            luma: plane(&luma, width),
            u: plane(&chroma, width / 2),
            v: plane(&chroma, width / 2),
        };
        let part = Rectangle { left: 0, top: 0, width: 2200, height: 2200 };
        let picture = planes.rgb(part, &Shades::new(Matrix::Bt709, true)).unwrap();
        assert_eq!(picture.dimensions(), (1100, 1100));
        assert_eq!(picture.get_pixel(1099, 1099), &Rgb([128; 3]));
        let beyond = Rectangle { left: 200, ..part };
        assert!(planes.rgb(beyond, &Shades::new(Matrix::Bt709, true)).is_none());
    }
}
