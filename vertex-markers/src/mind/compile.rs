//! From a picture to a `.mind` file.

use crate::gray::{GrayImage, Sampling, resample_luma};
use crate::tracking::TrackingImage;
use crate::{Limits, Picture, Result};

use super::keyframes::{keyframe, largest_scale, plan};
use super::{MindFile, Target, compat};

/// How a picture is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompileOptions {
    /// Which data to write.
    pub layout: Layout,
}

/// Which data a compiled file holds; the runtime reads both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// What the runtime tracks best: its own grey, exact scaling, scales a camera can see, tracking points
    /// on every textured picture.
    #[default]
    Tuned,
    /// What the official compiler of MindAR 1.2.5 writes, for comparison.
    Compat,
}

/// Compiles a picture into a file with one target.
///
/// # Errors
/// `TooSmall` or `TooLarge` when the picture is outside [`Limits::ENGINE`].
pub fn compile(picture: &Picture, options: &CompileOptions) -> Result<MindFile> {
    compile_with_progress(picture, options, &mut |_| {})
}

/// [`compile`], calling `progress` now and then with the share of the work done, rising from 0 to 1.
///
/// # Errors
/// As [`compile`].
pub fn compile_with_progress(
    picture: &Picture,
    options: &CompileOptions,
    progress: &mut dyn FnMut(f32),
) -> Result<MindFile> {
    Limits::ENGINE.check(picture.width(), picture.height())?;
    progress(0.0);
    let target = match options.layout {
        Layout::Tuned => tuned(picture, progress),
        Layout::Compat => compat::compile(picture, progress),
    };
    Ok(MindFile { targets: vec![target] })
}

fn tuned(picture: &Picture, progress: &mut dyn FnMut(f32)) -> Target {
    let (grey, grey_scale) = working_copy(picture);
    let plans = plan(grey.width(), grey.height());
    let mut keyframes = Vec::with_capacity(plans.len());
    for (done, &plan) in plans.iter().enumerate() {
        keyframes.push(keyframe(&grey, plan, grey_scale));
        progress((done + 1) as f32 / (plans.len() + 1) as f32);
    }
    let tracking = vec![unused_tracking_image(), TrackingImage::build(&grey, grey_scale)];
    progress(1.0);
    Target { width: picture.width(), height: picture.height(), tracking, keyframes }
}

/// The picture's luma, no larger than the largest keyframe, and its scale.
pub(crate) fn working_copy(picture: &Picture) -> (GrayImage, f64) {
    let scale = largest_scale(picture.width(), picture.height());
    let side = |length: u32| (f64::from(length) * scale).round() as usize;
    let (width, height) = (side(picture.width()), side(picture.height()));
    let sampling = Sampling { scale, origin: 0.0 };
    let grey = resample_luma(picture.rgb(), width, height, sampling);
    (grey, scale)
}

/// The runtime expects two tracking images and reads the second only.
fn unused_tracking_image() -> TrackingImage {
    TrackingImage { scale: 1.0, ..TrackingImage::default() }
}
