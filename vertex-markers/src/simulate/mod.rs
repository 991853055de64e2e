//! What the runtime will see: its detection, matching and tracking, run on synthetic views of a picture.

mod camera;
mod clutter;
mod crop;
mod exposure;
mod homography;
pub(crate) mod lens;
mod matching;
mod motion;
mod pose;
mod quality;
mod refine;
mod scene;
mod search;
pub(crate) mod span;
pub(crate) mod split_mix;
mod templates;
mod tracker;
mod view;
mod views;

pub use camera::{Camera, Pose};
pub use crop::{CROPS, detect_crop};
pub use exposure::Light;
pub use homography::{Homography, Point2};
pub use matching::{Match, MatchParams, find};
pub use motion::{Motion, sequence};
pub use refine::{LEAST_PAIRS, PointPair, Refined, refine};
pub use scene::Scene;
pub use search::PatchMatch;
pub(crate) use split_mix::SplitMix64;
pub use templates::Templates;
pub use tracker::{Tracked, Tracker};
pub use view::View;
pub(crate) use views::fitting_share;
pub use views::views;
