//! What the tracker follows: the picture in several resolutions and places on it.

use image::codecs::jpeg::{JpegEncoder, PixelDensity};
use image::{ExtendedColorType, ImageEncoder};
use rayon::prelude::*;

use crate::gray::GrayF32;
use crate::{Error, Result};

use super::options::NftOptions;
use super::select::select;
use super::{Feature, FeatureLevel, FeatureSet, INCH, ImageLevel, ImageSet, Pictures};

/// The tracker takes pixel `k` for the place `k` instead of `k + 0.5`. The picture is moved by what makes up for it in
/// the resolutions that are on the screen most of the time, in pixels of the largest.
pub(super) const SHIFT: f64 = 1.0;
/// Quality of the JPEG inside.
const QUALITY: u8 = 85;
/// Levels per octave.
const STEPS: f32 = 3.0;
/// Shorter side in pixels that the smallest level keeps, with one, two and three octaves.
const SMALLEST: [f32; 3] = [224.0, 112.0, 56.0];

/// What is written for the tracker.
pub(super) struct Tracking {
    pub(super) images: ImageSet,
    /// What the tracker will see: the picture after the loss of the JPEG.
    pub(super) levels: Vec<ImageLevel>,
    pub(super) features: FeatureSet,
}

impl Tracking {
    /// That of a picture in its largest resolution, moved by [`SHIFT`].
    pub(super) fn of(grey: &GrayF32, dpi: u16, options: &NftOptions) -> Result<Self> {
        let shorter = grey.width().min(grey.height()) as f32;
        let smallest = SMALLEST[usize::from(options.levels) - 1];
        let steps = ((shorter / smallest).log2() * STEPS).floor().max(0.0) as u16;
        let dpis = (1..=steps).map(|step| f32::from(dpi) * (-f32::from(step) / STEPS).exp2());
        let pictures = Pictures::Jpeg { picture: jpeg(grey, dpi)?, dpis: dpis.collect() };
        let images = ImageSet { pictures };
        let levels = images.levels()?;
        let features = (0..levels.len())
            .into_par_iter()
            .map(|index| feature_level(&levels, index, options.density.features()))
            .collect();
        Ok(Self { images, levels, features: FeatureSet { levels: features } })
    }
}

fn jpeg(grey: &GrayF32, dpi: u16) -> Result<Vec<u8>> {
    let bytes = grey.map(|level| level.round().clamp(0.0, 255.0) as u8);
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    encoder.set_pixel_density(PixelDensity::dpi(dpi));
    let (width, height) = (bytes.width() as u32, bytes.height() as u32);
    encoder
        .write_image(bytes.data(), width, height, ExtendedColorType::L8)
        .map_err(Error::encoding)?;
    Ok(jpeg)
}

/// The places of a level and the resolutions on the screen that it is for: from the next coarser level's to a
/// fifth of the way to the next finer one's.
fn feature_level(levels: &[ImageLevel], index: usize, most: usize) -> FeatureLevel {
    let level = &levels[index];
    let finer = index.checked_sub(1).map(|index| levels[index].dpi);
    FeatureLevel {
        level: index as u32,
        min_dpi: levels.get(index + 1).map_or(0.5 * level.dpi, |coarser| coarser.dpi),
        max_dpi: finer.map_or(2.0 * level.dpi, |finer| 0.8 * level.dpi + 0.2 * finer),
        features: select(&level.image, most)
            .into_iter()
            .map(|place| feature(level, place))
            .collect(),
    }
}

fn feature(level: &ImageLevel, (x, y): (usize, usize)) -> Feature {
    let mm = INCH / level.dpi;
    Feature {
        x: x as i32,
        y: y as i32,
        mm_x: x as f32 * mm,
        mm_y: (level.image.height() - y) as f32 * mm,
        similarity: 0.0,
    }
}
