//! From a picture to a marker.

use crate::gray::Weights;
use crate::working_copy::WorkingCopy;
use crate::{Cancellation, Error, Limits, Picture, Result};

use super::Marker;
use super::keypoints::keypoints;
use super::options::NftOptions;
use super::tracking::{SHIFT, Tracking};

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
    compile_cancellable(picture, options, &Cancellation::default())
}

/// [`compile`], until it is cancelled.
///
/// # Errors
/// As [`compile`], and `Cancelled`.
pub fn compile_cancellable(
    picture: &Picture,
    options: &NftOptions,
    cancellation: &Cancellation,
) -> Result<Marker> {
    Limits::ENGINE.check(picture.width(), picture.height())?;
    options.check()?;
    let copy = WorkingCopy::of(picture);
    let dpi = options.dpi(copy.width);
    let (keypoints, tracking) = rayon::join(
        || keypoints(&copy.grey(&Weights::EIGHTHS, 0.0), dpi, options, cancellation),
        || Tracking::of(&copy.grey(&Weights::MEAN, SHIFT), dpi, options),
    );
    cancellation.check()?;
    let Tracking { images, levels, features } = tracking?;
    if keypoints.points.is_empty() || features.levels.iter().all(|level| level.features.is_empty())
    {
        return Err(Error::TooPlain);
    }
    let marker = Marker { images, features, keypoints };
    marker.check_with(&levels)?;
    Ok(marker)
}
