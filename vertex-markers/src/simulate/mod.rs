//! What the runtime will see: its detection, matching and tracking, run on synthetic views of a picture.

mod camera;
mod homography;

pub use camera::{Camera, Pose};
pub use homography::{Homography, Place};
