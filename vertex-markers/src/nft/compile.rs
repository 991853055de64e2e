//! From a picture to a marker.

use crate::gray::{GrayImage, Sampling, Weights, resample_rgb};
use crate::mind::largest_scale;
use crate::{Error, Limits, Picture, Result};

use super::Marker;
use super::keypoints::keypoints;
use super::options::NftOptions;
use super::tracking::{SHIFT, tracking};

/// Compiles a picture into an NFT marker.
///
/// The work is done on the current rayon pool; run it inside `ThreadPool::install` to choose another. The result
/// depends neither on the number of threads nor on the CPU.
///
/// ```no_run
/// use vertex_markers::nft::{self, NftOptions};
/// use vertex_markers::{Limits, Picture};
///
/// let picture = Picture::decode(&std::fs::read("poster.jpg")?, &Limits::UPLOAD)?;
/// let marker = nft::compile(&picture, &NftOptions::default())?;
/// let files = marker.encode();
/// std::fs::write("poster.iset", files.iset)?;
/// std::fs::write("poster.fset", files.fset)?;
/// std::fs::write("poster.fset3", files.fset3)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `TooSmall` or `TooLarge` when the picture is outside [`Limits::ENGINE`], `TooPlain` when it has nothing to be
/// found or tracked by, `InvalidOption`.
pub fn compile(picture: &Picture, options: &NftOptions) -> Result<Marker> {
    Limits::ENGINE.check(picture.width(), picture.height())?;
    options.check()?;
    let copy = WorkingCopy::of(picture);
    let dpi = options.dpi(copy.width);
    let (keypoints, tracking) = rayon::join(
        || keypoints(&copy.grey(&Weights::EIGHTHS, 0.0), dpi, options),
        || tracking(&copy.grey(&Weights::MEAN, SHIFT), dpi, options),
    );
    let (images, features) = tracking?;
    if keypoints.points.is_empty() || features.levels.iter().all(|level| level.features.is_empty())
    {
        return Err(Error::TooPlain);
    }
    let marker = Marker { images, features, keypoints };
    marker.check()?;
    Ok(marker)
}

/// The picture no larger than a camera frame.
struct WorkingCopy<'a> {
    picture: &'a Picture,
    scale: f64,
    width: usize,
    height: usize,
}

impl<'a> WorkingCopy<'a> {
    fn of(picture: &'a Picture) -> Self {
        let scale = largest_scale(picture.width(), picture.height());
        let side = |length: u32| (f64::from(length) * scale).round() as usize;
        let (width, height) = (side(picture.width()), side(picture.height()));
        Self { picture, scale, width, height }
    }

    /// Its grey levels, moved right and down by so many of its pixels.
    fn grey(&self, weights: &Weights, shift: f64) -> GrayImage {
        let sampling = Sampling { scale: self.scale, origin: -shift };
        resample_rgb(self.picture.rgb(), weights, self.width, self.height, sampling)
    }
}
