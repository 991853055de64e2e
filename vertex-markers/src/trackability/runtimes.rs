//! The runtimes that look for targets.

use crate::Result;
use crate::detector::kpm;
use crate::gray::GrayF32;
use crate::mind::Target;
use crate::nft::Marker;
use crate::simulate::{
    CROPS, Camera, MatchParams, Point2, Pose, Templates, Tracked, Tracker, detect_crop, find,
};

use super::trial::Runtime;

/// MindAR: searches the frame crop by crop.
pub(super) struct MindAr<'a> {
    target: &'a Target,
    tracker: Tracker,
}

impl<'a> MindAr<'a> {
    /// `None` for a target without anything to look for.
    pub(super) fn new(target: &'a Target) -> Option<Self> {
        let tracking = target.tracking_in_use().filter(|_| !target.keyframes.is_empty())?;
        let window = (tracking.image.width(), tracking.image.height());
        Some(Self { target, tracker: Tracker::new(tracking, window) })
    }
}

impl Runtime for MindAr<'_> {
    fn find(&self, frame: &GrayF32, camera: &Camera) -> Option<(Pose, usize)> {
        let size = (frame.width(), frame.height());
        let found = (0..CROPS).find_map(|turn| {
            find(self.target, &detect_crop(frame, turn), size, MatchParams::MINDAR)
        })?;
        Some((Pose::estimate(&found.pairs, camera)?, found.pairs.len()))
    }

    fn follow(&self, frame: &GrayF32, camera: &Camera, pose: &Pose) -> Option<Tracked> {
        self.tracker.update(frame, camera, pose)
    }
}

/// AR.js: looks at the frame at half its size, 320 x 240 pixels.
pub(super) struct ArJs {
    target: Target,
    templates: Templates,
}

impl ArJs {
    /// For a marker of a picture of this size in pixels.
    pub(super) fn new(marker: &Marker, (width, height): (u32, u32)) -> Result<Self> {
        let templates = Templates::new(marker, f64::from(width))?;
        Ok(Self { target: marker.keypoints.target(width, height), templates })
    }
}

/// A frame as AR.js has it.
fn halved(frame: &GrayF32) -> GrayF32 {
    GrayF32::from_fn(frame.width() / 2, frame.height() / 2, |x, y| {
        let row = |y: usize| frame.row(y)[2 * x] + frame.row(y)[2 * x + 1];
        ((row(2 * y) + row(2 * y + 1)) / 4.0).round()
    })
}

/// The camera of a frame of half the size.
fn of_half(camera: &Camera) -> Camera {
    Camera { width: camera.width / 2, height: camera.height / 2, focal: camera.focal / 2.0 }
}

impl Runtime for ArJs {
    fn find(&self, frame: &GrayF32, camera: &Camera) -> Option<(Pose, usize)> {
        let (frame, camera) = (halved(frame), of_half(camera));
        let queries = kpm::Detector::default().detect(&frame);
        let size = (frame.width(), frame.height());
        let found = find(&self.target, &queries, size, MatchParams::ARTOOLKIT)?;
        let pairs: Vec<(Point2, Point2)> = found.pairs;
        Some((Pose::estimate(&pairs, &camera)?, pairs.len()))
    }

    fn follow(&self, frame: &GrayF32, camera: &Camera, pose: &Pose) -> Option<Tracked> {
        self.templates.update(&halved(frame), &of_half(camera), pose)
    }
}
