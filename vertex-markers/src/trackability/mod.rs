//! Trackability: how well the runtime will find and follow a picture, measured before it is printed.
//!
//! [`trackability`] looks at a compiled MindAR target through synthetic cameras, [`nft_trackability`] at an NFT marker: four series of views that each
//! make one thing hard, and counts where the runtime's own steps lock on. [`Finding`]s tell what in the
//! picture is weak and where, [`overlay`] draws it, [`lookalikes`] compares the targets of one file.
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
mod overlay;
mod runtimes;
mod score;
mod series;
mod trial;

pub use finding::{Finding, FindingKind, Zone};
pub use lookalikes::{Lookalike, lookalikes};
pub use overlay::{OVERLAY_SIDE, overlay};
pub use score::{Breakdown, Nuisance, Trackability};

use rayon::prelude::*;

use crate::mind::Target;
use crate::nft::Marker;
use crate::simulate::Camera;
use crate::{Picture, Result};
use runtimes::{ArJs, MindAr};
use trial::{Runtime, Trial};

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
    measure(picture, (target.width, target.height), MindAr::new(target), options)
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
    let size = (picture.width(), picture.height());
    Ok(measure(picture, size, Some(ArJs::new(marker, size)?), options))
}

fn measure(
    picture: &Picture,
    size: (u32, u32),
    runtime: Option<impl Runtime>,
    options: &ScoreOptions,
) -> Trackability {
    let camera = runtime_camera();
    let trial = runtime.and_then(|runtime| Trial::new(picture, size, runtime, &camera));
    let measured = trial.map(|trial| {
        let views = series::series(&camera, size, options);
        views.map(|views| views.into_par_iter().map(|view| trial.run(&view)).collect())
    });
    score::of(measured, diagnosis::diagnose(picture))
}

/// The camera of all views: what phones give the runtime.
fn runtime_camera() -> Camera {
    Camera::of(640, 480)
}
