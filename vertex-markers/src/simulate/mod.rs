//! What the runtime will see: its detection, matching and tracking, run on synthetic views of a picture.

mod camera;
mod clutter;
mod homography;
mod lens;
mod random;
mod scene;
mod span;
mod view;

pub use camera::{Camera, Pose};
pub use homography::{Homography, Place};
pub use scene::Scene;
pub use view::{Light, Motion, View, sequence, views};
