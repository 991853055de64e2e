//! Pixels on their way to a picture: eight bits a channel, in one buffer that is not copied.

use image::metadata::Orientation;
use image::{Rgb, RgbImage};

use crate::{Error, Result};

/// Pixels that are converted at once.
const PIECE: usize = 4096;

/// Decoded pixels, RGB or RGBA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) has_alpha: bool,
    pub(super) samples: Vec<u8>,
}

/// Bytes of a buffer.
pub(super) fn length(width: u32, height: u32, channels: usize) -> Result<usize> {
    let pixels = usize::try_from(u64::from(width) * u64::from(height)).ok();
    let length = pixels.and_then(|pixels| pixels.checked_mul(channels));
    length.ok_or_else(|| Error::corrupt("it is larger than memory"))
}

/// An empty buffer.
pub(super) fn samples(width: u32, height: u32, channels: usize) -> Result<Vec<u8>> {
    Ok(vec![0; length(width, height, channels)?])
}

impl Raster {
    /// Of opaque samples of any number of channels, of which `convert` makes RGB, piece by piece.
    pub(super) fn of_samples(
        width: u32,
        height: u32,
        samples: Vec<u8>,
        mut convert: impl FnMut(&[u8], &mut [u8]),
    ) -> Result<Self> {
        let pixels = length(width, height, 1)?;
        let channels = samples.len().checked_div(pixels).unwrap_or(3);
        let samples = match channels {
            1 => {
                let mut rgb = vec![0; pixels * 3];
                for (source, rgb) in samples.chunks(PIECE).zip(rgb.chunks_mut(PIECE * 3)) {
                    convert(source, rgb);
                }
                rgb
            }
            _ => in_place(samples, channels, 3, convert),
        };
        Ok(Self { width, height, has_alpha: false, samples })
    }

    /// Lays what is transparent over a ground.
    pub(super) fn over(self, ground: Rgb<u8>) -> Self {
        if !self.has_alpha {
            return self;
        }
        let samples = in_place(self.samples, 4, 3, |source, target| {
            for (pixel, rgb) in source.chunks_exact(4).zip(target.chunks_exact_mut(3)) {
                for channel in 0..3 {
                    rgb[channel] = over(pixel[channel], pixel[3], ground.0[channel]);
                }
            }
        });
        Self { has_alpha: false, samples, ..self }
    }

    /// The picture, upright. What is transparent has been laid over a ground before.
    pub(super) fn upright(self, orientation: Orientation) -> Result<RgbImage> {
        let Self { width, height, mut samples, .. } = self;
        let (width, height) = match orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => {
                transpose(&mut samples, width as usize, height as usize);
                (height, width)
            }
            _ => (width, height),
        };
        let row = width as usize * 3;
        match orientation {
            Orientation::NoTransforms | Orientation::Rotate90FlipH => {}
            Orientation::FlipHorizontal | Orientation::Rotate90 => mirror_rows(&mut samples, row),
            Orientation::FlipVertical | Orientation::Rotate270 => swap_rows(&mut samples, row),
            Orientation::Rotate180 | Orientation::Rotate270FlipH => {
                mirror_rows(&mut samples, row);
                swap_rows(&mut samples, row);
            }
        }
        RgbImage::from_raw(width, height, samples)
            .ok_or_else(|| Error::corrupt("it has too few pixels"))
    }
}

/// A value of this opacity over a ground.
pub(super) fn over(value: u8, alpha: u8, ground: u8) -> u8 {
    let (value, alpha, ground) = (u16::from(value), u16::from(alpha), u16::from(ground));
    ((value * alpha + ground * (255 - alpha) + 127) / 255) as u8
}

/// Converts pixels of `from` channels to pixels of `to`, no more, within their buffer.
pub(super) fn in_place(
    mut samples: Vec<u8>,
    from: usize,
    to: usize,
    mut convert: impl FnMut(&[u8], &mut [u8]),
) -> Vec<u8> {
    let pixels = samples.len() / from;
    let mut source = vec![0; PIECE * from];
    for start in (0..pixels).step_by(PIECE) {
        let count = PIECE.min(pixels - start);
        let source = &mut source[..count * from];
        source.copy_from_slice(&samples[start * from..][..count * from]);
        convert(source, &mut samples[start * to..][..count * to]);
    }
    samples.truncate(pixels * to);
    samples
}

fn mirror_rows(samples: &mut [u8], row: usize) {
    for row in samples.chunks_exact_mut(row.max(1)) {
        let (pixels, _) = row.as_chunks_mut::<3>();
        pixels.reverse();
    }
}

fn swap_rows(samples: &mut [u8], row: usize) {
    let mut rest = samples;
    while rest.len() >= 2 * row && row > 0 {
        let (first, others) = rest.split_at_mut(row);
        let (middle, last) = others.split_at_mut(others.len() - row);
        first.swap_with_slice(last);
        rest = middle;
    }
}

/// Rows that are transposed at once.
const BAND: usize = 64;

/// Makes columns of rows, within the buffer but for some rows: bands of rows are transposed one after the other, then
/// their pieces are put in their places.
fn transpose(samples: &mut [u8], width: usize, height: usize) {
    let (pixels, _) = samples.as_chunks_mut::<3>();
    let bands = height / BAND;
    let (whole, rest) = pixels.split_at(bands * BAND * width);
    let rest = rest.to_vec();
    let whole = whole.len();
    for band in pixels[..whole].chunks_exact_mut((BAND * width).max(1)) {
        let rows = band.to_vec();
        for (x, column) in band.chunks_exact_mut(BAND).enumerate() {
            for (y, pixel) in column.iter_mut().enumerate() {
                *pixel = rows[y * width + x];
            }
        }
    }
    let (pieces, _) = pixels[..whole].as_chunks_mut::<BAND>();
    reorder(pieces, bands, width);
    let left = height - bands * BAND;
    for x in (0..width).rev() {
        let start = x * bands * BAND;
        pixels.copy_within(start..start + bands * BAND, x * height);
        for y in 0..left {
            pixels[x * height + bands * BAND + y] = rest[y * width + x];
        }
    }
}

/// Transposes a matrix of so many rows and columns, following each cycle of elements that take one another's place.
fn reorder<T: Copy>(elements: &mut [T], rows: usize, columns: usize) {
    let mut is_placed = vec![false; elements.len()];
    for first in 0..elements.len() {
        if is_placed[first] {
            continue;
        }
        let carried = elements[first];
        let mut place = first;
        loop {
            is_placed[place] = true;
            // What comes here stood in the row and column that this place has swapped.
            let source = place % rows * columns + place / rows;
            if source == first {
                elements[place] = carried;
                break;
            }
            elements[place] = elements[source];
            place = source;
        }
    }
}

#[cfg(test)]
mod tests {
    use image::DynamicImage;
    use proptest::prelude::*;

    use super::*;

    fn numbered(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, (x * 7 + y * 3) as u8]))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn every_orientation_is_the_usual_one(
            width in 1_u32..300, height in 1_u32..300, exif in 1_u8..=8,
        ) {
            let orientation = Orientation::from_exif(exif).unwrap();
            let picture = numbered(width, height);
            let samples = picture.as_raw().clone();
            let raster = Raster { width, height, has_alpha: false, samples };
            let mut expected = DynamicImage::ImageRgb8(picture);
            expected.apply_orientation(orientation);
            prop_assert_eq!(raster.upright(orientation).unwrap(), expected.into_rgb8());
        }
    }

    #[test]
    fn half_transparent_is_half_the_ground() {
        assert_eq!(over(200, 128, 0), 100);
        assert_eq!(over(200, 128, 255), 227);
        assert_eq!((over(17, 255, 255), over(17, 0, 255)), (17, 255));
    }
}
