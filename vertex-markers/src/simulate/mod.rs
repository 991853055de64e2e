//! What the runtime will see: its detection, matching and tracking, run on synthetic views of a picture.

mod camera;
mod crop;
mod homography;
mod matching;
mod pose;

pub use camera::{Camera, Pose};
pub use crop::{CROPS, detect_crop};
pub use homography::{Homography, Place};
pub use matching::{Match, find};
