//! Trackability: how well the runtime will find and follow a picture, measured before it is printed.
//!
//! [`trackability`] looks at a compiled MindAR target through synthetic cameras, [`nft_trackability`] at an NFT marker:
//! four series of views that each make one thing hard, and counts where the runtime's own steps lock on. [`Finding`]s
//! tell what in the picture is weak and where, [`overlay`] draws it, [`lookalikes`] compares the targets of one file.
//! [`outcomes`] and [`nft_outcomes`] tell of views of one's own choice, one by one. [`ReferenceImage`] measures without the
//! pixels of the whole picture, until it is cancelled.
//!
//! Everything follows from the picture, the target and a seed. Views are looked at in parallel on the current
//! rayon pool; the number of threads changes nothing.
//!
//! ```no_run
//! use vertex_markers::trackability::{ScoreOptions, trackability};
//! use vertex_markers::{CompileOptions, Limits, Picture, compile};
//!
//! let picture = Picture::decode(&std::fs::read("poster.png")?, &Limits::UPLOAD)?;
//! let file = compile(&picture, &CompileOptions::default())?;
//! let result = trackability(&picture, &file.targets[0], &ScoreOptions::default());
//! println!("{} of 100, worst: {}", result.score, result.worst.name());
//! if let Some(width) = result.print_width(1.5) {
//!     println!("print it at least {:.0} cm wide to be found from 1.5 m", 100.0 * width);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod diagnosis;
mod finding;
mod grid;
mod lookalikes;
mod nuisance;
mod overlay;
mod reference;
mod runtimes;
mod score;
mod series;
mod trial;

pub use finding::{Finding, FindingKind, Zone};
pub use lookalikes::{Lookalike, lookalikes};
pub use nuisance::Nuisance;
pub use overlay::{OVERLAY_SIDE, overlay};
pub use reference::ReferenceImage;
pub use score::{Breakdown, Trackability};
pub use trial::Outcome;

use rayon::prelude::*;

use crate::mind::Target;
use crate::nft::Marker;
use crate::simulate::{Camera, View};
use crate::{Cancellation, Picture, Result};
use runtimes::{ArJs, MindAr};
use trial::{CameraCopy, Runtime, Trial};

/// Version of the way scores are made; scores of different versions are not comparable.
pub const SCORE_VERSION: u32 = 1;

/// How a score is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Seed of the views: what is random about them.
    pub seed: u64,
    /// Views per series, of which there are four; at least 2.
    pub views: usize,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        Self { seed: 1, views: 16 }
    }
}

/// Measures how well MindAR finds and follows a target, and looks for what is weak in its picture.
///
/// `target` is the one that was compiled from `picture`, as it was or will be written; its size may differ
/// from the picture's. A target without keyframes or tracking points scores 0.
#[must_use]
pub fn trackability(picture: &Picture, target: &Target, options: &ScoreOptions) -> Trackability {
    ReferenceImage::of(picture).measure_target(target, options, &Cancellation::default())
}

/// Measures how well AR.js finds and follows an NFT marker that was compiled from `picture`.
///
/// # Errors
/// `CorruptPicture` or `TooLarge` when the picture in the marker cannot be decoded.
pub fn nft_trackability(
    picture: &Picture,
    marker: &Marker,
    options: &ScoreOptions,
) -> Result<Trackability> {
    ReferenceImage::of(picture).nft_trackability(marker, options, &Cancellation::default())
}

/// Looks at a target as MindAR does, in each of these views; they are those of the [`runtime_camera`].
///
/// `target` is the one that was compiled from `picture`. One without keyframes or tracking points is never found.
///
/// ```no_run
/// use vertex_markers::simulate::views;
/// use vertex_markers::trackability::{outcomes, runtime_camera};
/// use vertex_markers::{CompileOptions, Limits, Picture, compile};
///
/// let picture = Picture::decode(&std::fs::read("poster.png")?, &Limits::ENGINE)?;
/// let target = &compile(&picture, &CompileOptions::default())?.targets[0];
/// let (width, height) = (f64::from(target.width), f64::from(target.height));
/// let views = views(&runtime_camera(), width, height, 48, 1);
/// let locked = outcomes(&picture, target, &views).iter().filter(|outcome| outcome.locked).count();
/// println!("{locked} of {}", views.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn outcomes(picture: &Picture, target: &Target, views: &[View]) -> Vec<Outcome> {
    let camera = runtime_camera();
    let copy = CameraCopy::of(picture);
    let size = (target.width, target.height);
    let trial = trial(copy.as_ref(), size, MindAr::new(target), &camera);
    look(trial.as_ref(), views, &Cancellation::default())
}

/// The same as AR.js does, for an NFT marker that was compiled from `picture`.
///
/// # Errors
/// As [`nft_trackability`].
pub fn nft_outcomes(picture: &Picture, marker: &Marker, views: &[View]) -> Result<Vec<Outcome>> {
    let size = (picture.width(), picture.height());
    let camera = runtime_camera();
    let copy = CameraCopy::of(picture);
    let trial = trial(copy.as_ref(), size, Some(ArJs::new(marker, size)?), &camera);
    Ok(look(trial.as_ref(), views, &Cancellation::default()))
}

/// `None` when there is nothing to look at.
fn trial<'a, R: Runtime>(
    copy: Option<&CameraCopy>,
    size: (u32, u32),
    runtime: Option<R>,
    camera: &'a Camera,
) -> Option<Trial<'a, R>> {
    Trial::new(copy?, size, runtime?, camera)
}

fn look(
    trial: Option<&Trial<'_, impl Runtime>>,
    views: &[View],
    cancellation: &Cancellation,
) -> Vec<Outcome> {
    let look = |view: &View| match trial {
        Some(trial) if !cancellation.is_cancelled() => trial.run(view),
        _ => Outcome::nothing(view),
    };
    views.par_iter().map(look).collect()
}

/// The camera of all views: what phones give the runtime, 640 x 480 pixels.
#[must_use]
pub fn runtime_camera() -> Camera {
    Camera::of(640, 480)
}
