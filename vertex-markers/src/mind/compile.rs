//! From a picture to a `.mind` file.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::gray::Weights;
use crate::selection::ViewPlan;
use crate::tracking::TrackingImage;
use crate::working_copy::WorkingCopy;
use crate::{Cancellation, Limits, Picture, Result};

use super::keyframes::keyframes;
use super::plan::plan;
use super::{MindFile, Target, compat};

/// Most points of a file.
const BUDGET: usize = 3900;
const COMPACT_BUDGET: usize = 1200;

/// How a picture is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompileOptions {
    /// Which data to write.
    pub layout: Layout,
}

/// Which data a compiled file holds; the runtime reads all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// What the runtime tracks best: its own grey, exact scaling, scales a camera can see, tracking points
    /// on every textured picture.
    #[default]
    Tuned,
    /// The same with fewer points: less than half the bytes of a picture full of detail, found a little less often from
    /// aside.
    Compact,
    /// What the official compiler of MindAR 1.2.5 writes, for comparison.
    Compat,
}

/// Compiles a picture into a file with one target.
///
/// # Errors
/// `TooSmall` or `TooLarge` when the picture is outside [`Limits::ENGINE`].
pub fn compile(picture: &Picture, options: &CompileOptions) -> Result<MindFile> {
    compile_with_progress(picture, options, &|_| {})
}

/// [`compile`], until it is cancelled.
///
/// # Errors
/// As [`compile`], and `Cancelled`.
pub fn compile_cancellable(
    picture: &Picture,
    options: &CompileOptions,
    cancellation: &Cancellation,
) -> Result<MindFile> {
    run(picture, options, &|_| {}, cancellation)
}

/// [`compile`], calling `progress` now and then with the share of the work done, from 0 at first to 1 at
/// last.
///
/// The work is done on the current rayon pool, whose threads call `progress` too, at times out of order;
/// run it inside `ThreadPool::install` to choose another. The result does not depend on the number of threads.
///
/// # Errors
/// As [`compile`].
pub fn compile_with_progress(
    picture: &Picture,
    options: &CompileOptions,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<MindFile> {
    run(picture, options, progress, &Cancellation::default())
}

fn run(
    picture: &Picture,
    options: &CompileOptions,
    progress: &(dyn Fn(f32) + Sync),
    cancellation: &Cancellation,
) -> Result<MindFile> {
    Limits::ENGINE.check(picture.width(), picture.height())?;
    progress(0.0);
    let target = match options.layout {
        Layout::Tuned => tuned(picture, BUDGET, progress, cancellation),
        Layout::Compact => tuned(picture, COMPACT_BUDGET, progress, cancellation),
        Layout::Compat => compat::compile(picture, progress),
    };
    cancellation.check()?;
    Ok(MindFile { targets: vec![target] })
}

fn tuned(
    picture: &Picture,
    budget: usize,
    progress: &(dyn Fn(f32) + Sync),
    cancellation: &Cancellation,
) -> Target {
    let copy = WorkingCopy::of(picture);
    let grey = copy.grey(&Weights::LUMA, 0.0);
    let plans = plan(copy.width, copy.height);
    let done = AtomicUsize::new(0);
    let parts = plans.iter().map(ViewPlan::viewpoints).sum::<usize>() + 1;
    let step = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(done as f32 / parts as f32);
    };
    let (keyframes, tracking) = rayon::join(
        || keyframes(&grey, copy.scale, &plans, budget, &step, cancellation),
        || vec![unused_tracking_image(), TrackingImage::build(&grey, copy.scale)],
    );
    progress(1.0);
    Target { width: picture.width(), height: picture.height(), tracking, keyframes }
}

/// The runtime expects two tracking images and reads the second only.
fn unused_tracking_image() -> TrackingImage {
    TrackingImage { scale: 1.0, ..TrackingImage::default() }
}
