//! MindAR image targets: the `.mind` file.
//!
//! [`compile`] makes one from a picture, [`MindFile::encode`] and [`MindFile::decode`] turn it into bytes
//! and back, [`compile_many`] and [`MindFile::merge`] put several targets into one file. The
//! format is that of MindAR 1.2.5, whose runtime reads what is written here.

mod compat;
mod compile;
mod decode;
mod encode;
mod keyframes;
mod padding;
mod plan;
mod reader;
mod several;

use crate::cluster::Node;
use crate::detector::Keypoint;
use crate::tracking::TrackingImage;

pub use compile::{CompileOptions, Layout, compile, compile_cancellable, compile_with_progress};
pub use several::compile_many;

/// A `.mind` file: image targets in the order in which the runtime numbers them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MindFile {
    /// The targets.
    pub targets: Vec<Target>,
}

/// One picture the runtime can find.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Target {
    /// Width of the picture in pixels; what is placed on the target is measured in these.
    pub width: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// Tracking images; the runtime uses the second one only.
    pub tracking: Vec<TrackingImage>,
    /// Copies of the picture at several scales with their keypoints, the largest first.
    pub keyframes: Vec<Keyframe>,
}

/// The tracking image the runtime reads.
const USED: usize = 1;

impl Target {
    /// The tracking image the runtime uses, if the file has it.
    #[must_use]
    pub fn tracking_in_use(&self) -> Option<&TrackingImage> {
        self.tracking.get(USED)
    }
}

/// The keypoints of one scaled copy of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyframe {
    /// Width of the copy in pixels.
    pub width: u32,
    /// Height of the copy in pixels.
    pub height: u32,
    /// Pixels of the copy per pixel of the picture.
    pub scale: f64,
    /// Keypoints brighter than their surroundings.
    pub maxima: PointSet,
    /// Keypoints darker than their surroundings.
    pub minima: PointSet,
}

/// Keypoints of one polarity and the tree that the runtime's search begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct PointSet {
    /// The keypoints, positions in pixel indices of the keyframe.
    pub points: Vec<Keypoint>,
    /// Cluster tree over the descriptors of the points that the search is led to: all of them, or some; the others are
    /// compared once it is known about where the picture lies.
    pub tree: Node,
}
