//! One look at a target through the runtime's eyes.

use crate::Picture;
use crate::gray::{GrayF32, Weights};
use crate::simulate::{Camera, Point2, Pose, Scene, Tracked, View};
use crate::working_copy::WorkingCopy;

/// What came of one view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// [`share`](View::share) of the view.
    pub share: f64,
    /// Keypoints by which the target was found; 0 when it was not.
    pub keypoints: usize,
    /// Places by which it was followed in the last frame; 0 when it was lost.
    pub places: usize,
    /// Mean distance in pixels of the corners from where they are, in the last frame that had the target.
    pub error: Option<f64>,
    /// Whether the target was found and followed where it is.
    pub locked: bool,
    /// 0 for a target never found to 1 for one found with room to spare.
    pub credit: f64,
}

impl Outcome {
    pub(super) fn nothing(view: &View) -> Self {
        let share = view.share;
        Self { share, keypoints: 0, places: 0, error: None, locked: false, credit: 0.0 }
    }
}

/// What a runtime makes of frames.
pub(super) trait Runtime: Sync {
    /// Where the target is and how many keypoints say so.
    fn find(&self, frame: &GrayF32, camera: &Camera) -> Option<(Pose, usize)>;

    /// Where the target went.
    fn follow(&self, frame: &GrayF32, camera: &Camera, pose: &Pose) -> Option<Tracked>;
}

/// The grey levels of a picture, no larger than a camera frame shows it.
#[derive(Debug, Clone)]
pub(super) struct CameraCopy {
    grey: GrayF32,
    /// Width of the whole picture in pixels of the copy.
    width: f64,
}

impl CameraCopy {
    /// `None` for a picture without pixels.
    pub(super) fn of(picture: &Picture) -> Option<Self> {
        if picture.width() == 0 || picture.height() == 0 {
            return None;
        }
        let copy = WorkingCopy::of(picture);
        let width = copy.scale * f64::from(picture.width());
        Some(Self { grey: copy.grey(&Weights::LUMA, 0.0), width })
    }
}

/// A picture ready to be looked at.
pub(super) struct Trial<'a, R> {
    camera: &'a Camera,
    runtime: R,
    scene: Scene,
    width: f64,
    height: f64,
}

/// Frames that a target is followed for.
const UPDATES: usize = 2;
/// Greatest mean distance of the corners, relative to the root of the target's area on the screen.
const TOLERANCE: f64 = 0.1;

impl<'a, R: Runtime> Trial<'a, R> {
    /// A picture that a runtime takes for a target of this size in pixels; `None` when there is nothing to look at.
    pub(super) fn new(
        copy: &CameraCopy,
        (width, height): (u32, u32),
        runtime: R,
        camera: &'a Camera,
    ) -> Option<Self> {
        if width == 0 || height == 0 {
            return None;
        }
        let scale = copy.width / f64::from(width);
        let [width, height] = [width, height].map(f64::from);
        let scene = Scene::new(copy.grey.clone(), scale, width, height);
        Some(Self { camera, runtime, scene, width, height })
    }

    /// Looks once: finds the target in a frame, then follows it.
    pub(super) fn run(&self, view: &View) -> Outcome {
        let nothing = Outcome::nothing(view);
        let frame = self.scene.render(self.camera, view);
        let Some((mut pose, keypoints)) = self.runtime.find(&frame, self.camera) else {
            return nothing;
        };
        let truth = self.corners(&view.pose(self.camera, self.width, self.height));
        let error = |pose: &Pose| Some(mean_distance(&self.corners(pose), &truth));
        let found = Outcome { keypoints, error: error(&pose), ..nothing };
        let mut places = 0;
        for _ in 0..UPDATES {
            let Some(tracked) = self.runtime.follow(&frame, self.camera, &pose) else {
                return Outcome { credit: LOCATED, ..found };
            };
            (pose, places) = (tracked.pose, tracked.good);
        }
        let error = error(&pose);
        let tolerance = TOLERANCE * area(&truth).sqrt();
        let locked = error.is_some_and(|error| error <= tolerance);
        let credit = if locked { credit(keypoints, places) } else { 0.0 };
        Outcome { places, error, locked, credit, ..found }
    }

    fn corners(&self, pose: &Pose) -> [Point2; 4] {
        pose.corners(self.camera, self.width, self.height)
    }
}

/// What is given for a target that is found and lost again.
const LOCATED: f64 = 0.25;
/// What is given for a target that barely locks.
const BARELY: f64 = 0.6;

/// More for a target that locks with points to spare.
fn credit(keypoints: usize, places: usize) -> f64 {
    let spare = |count: usize, least: f64, ample: f64| {
        ((count as f64 - least) / (ample - least)).clamp(0.0, 1.0)
    };
    BARELY + (1.0 - BARELY) * 0.5 * (spare(keypoints, 6.0, 24.0) + spare(places, 4.0, 20.0))
}

fn mean_distance(found: &[Point2; 4], truth: &[Point2; 4]) -> f64 {
    let distances = found.iter().zip(truth).map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1));
    distances.sum::<f64>() / 4.0
}

/// Of a polygon.
fn area(corners: &[Point2; 4]) -> f64 {
    let next = corners.iter().cycle().skip(1);
    let twice: f64 = corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    twice.abs() / 2.0
}
