//! What the runtime will see: its detection, matching and tracking, run on synthetic views of a picture.

mod camera;
mod clutter;
mod crop;
mod homography;
pub(crate) mod lens;
mod matching;
mod motion;
mod pose;
mod quality;
pub(crate) mod random;
mod refine;
mod scene;
mod search;
pub(crate) mod span;
mod templates;
mod tracker;
mod view;
mod views;

pub use camera::{Camera, Pose};
pub use crop::{CROPS, detect_crop};
pub use homography::{Homography, Place};
pub use matching::{Match, Rules, find};
pub use motion::{Motion, sequence};
pub(crate) use random::Random;
pub use refine::{LEAST_PAIRS, Pair, Refined, refine};
pub use scene::Scene;
pub use search::Sighting;
pub use templates::Templates;
pub use tracker::{Tracked, Tracker};
pub use view::{Light, View};
pub(crate) use views::fitting_share;
pub use views::views;
