//! What the runtime will see: its detection, matching and tracking, run on synthetic views of a picture.

mod camera;
mod clutter;
mod homography;
mod lens;
mod random;
mod refine;
mod scene;
mod span;
mod tracker;
mod view;

pub use camera::{Camera, Pose};
pub use homography::{Homography, Place};
pub use refine::{LEAST_PAIRS, Pair, Refined, refine};
pub use scene::Scene;
pub use tracker::{Sighting, Tracked, Tracker};
pub use view::{Light, Motion, View, sequence, views};
