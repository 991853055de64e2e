//! The runtime's tracking of a target from one frame to the next.
//!
//! The frame is warped onto the tracking image with the last pose, every point's patch is looked for
//! near its place, and the pose is refined from the points that were found.

use crate::gray::GrayF32;
use crate::tracking::TrackingImage;

use super::camera::{Camera, Pose};
use super::homography::{Homography, Point2};
use super::refine::{LEAST_PAIRS, PointPair, refine};
use super::search::{PARTS, Patch, PatchMatch, Warped};

/// Follows one target.
#[derive(Debug, Clone)]
pub struct Tracker {
    /// Tracking pixels per target pixel.
    scale: f64,
    /// Size of the tracking image.
    own: [usize; 2],
    /// Size of the window that patches may be found in.
    window: [usize; 2],
    patches: Vec<Patch>,
}

/// A target found again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tracked {
    /// Its new pose.
    pub pose: Pose,
    /// Points that were found.
    pub good: usize,
    /// Mean squared distance in square pixels of the frame between where points were found and where the
    /// new pose expects them; that of outliers is bounded.
    pub error: f64,
}

impl Tracker {
    /// `first` is the width and height of the tracking image of the first target of the file: the
    /// runtime finds no patch of any target outside that window.
    #[must_use]
    pub fn new(target: &TrackingImage, first: (usize, usize)) -> Self {
        let patches = target.points.iter().map(|&point| Patch::of(target, point)).collect();
        let own = [target.image.width(), target.image.height()];
        Self { scale: target.scale, own, window: [first.0, first.1], patches }
    }

    /// The pose in this frame, given that in the last; `None` when the target is lost.
    #[must_use]
    pub fn update(&self, frame: &GrayF32, camera: &Camera, pose: &Pose) -> Option<Tracked> {
        let homography = pose.homography(camera);
        let sightings = self.look(frame, &homography);
        let pairs: Vec<PointPair> = self
            .patches
            .iter()
            .zip(&sightings)
            .filter(|(_, sighting)| sighting.is_good())
            .map(|(patch, sighting)| PointPair {
                target: patch.place,
                screen: homography.apply(self.seen(patch, sighting)),
            })
            .collect();
        if pairs.len() < LEAST_PAIRS {
            return None;
        }
        let refined = refine(camera, pose, &pairs)?;
        Some(Tracked { pose: refined.pose, good: pairs.len(), error: refined.error })
    }

    /// Where the patch of every point is found in this frame, given the last pose.
    #[must_use]
    pub fn sightings(&self, frame: &GrayF32, camera: &Camera, pose: &Pose) -> Vec<PatchMatch> {
        self.look(frame, &pose.homography(camera))
    }

    fn look(&self, frame: &GrayF32, homography: &Homography) -> Vec<PatchMatch> {
        if self.own.contains(&0) || frame.data().is_empty() {
            return vec![PatchMatch::NOWHERE; self.patches.len()];
        }
        let warped = self.warp(frame, homography);
        self.patches.iter().map(|patch| warped.find(patch)).collect()
    }

    /// The place of the target that a point was found at, in single precision as on a graphics card.
    fn seen(&self, patch: &Patch, sighting: &PatchMatch) -> Point2 {
        let scale = self.scale as f32;
        let moved = |place: f64, by: i32| f64::from(place as f32 + by as f32 / scale);
        let (right, down) = sighting.offset;
        (moved(patch.place.0, right), moved(patch.place.1, down))
    }

    /// The frame as the tracking image would show it, by nearest pixels, in single precision.
    fn warp(&self, frame: &GrayF32, homography: &Homography) -> Warped {
        let h = homography.0.map(|value| value as f32);
        let scale = self.scale as f32;
        let [width, height] = self.window;
        let mut levels = Vec::with_capacity(Warped::stride(width) * height);
        for row in 0..height {
            let y = row.min(self.own[1] - 1) as f32 / scale;
            levels.extend((0..Warped::stride(width)).map(|column| {
                let x = column.min(self.own[0] - 1) as f32 / scale;
                let depth = 1.0 / (x * h[6] + y * h[7] + h[8]);
                let across = (x * h[0] + y * h[1] + h[2]) * depth;
                let down = (x * h[3] + y * h[4] + h[5]) * depth;
                let level = frame.clamped(nearest(across), nearest(down));
                (level * PARTS + 0.5) as i16
            }));
        }
        Warped::of(levels, self.window)
    }
}

/// The nearest whole number, the greater of two; quicker than `f32::floor` on processors without it.
fn nearest(place: f32) -> isize {
    let place = place + 0.5;
    let whole = place as i32;
    whole as isize - isize::from(whole as f32 > place)
}

#[cfg(test)]
mod tests {
    use super::super::motion::{Motion, sequence};
    use super::super::scene::Scene;
    use super::super::split_mix::SplitMix64;
    use super::super::view::View;
    use super::*;
    use crate::tracking::TrackingPoint;

    /// Blobs of all sizes.
    fn picture(width: usize, height: usize) -> GrayF32 {
        let mut random = SplitMix64::of([5]);
        let mut noise = |side: usize| {
            let small = GrayF32::from_fn(side, side, |_, _| (random.bits() % 256) as f32);
            move |x: usize, y: usize| {
                let place = |v: usize, length: usize| v as f32 / length as f32 * side as f32 - 0.5;
                small.bilinear(&[place(x, width)], &[place(y, height)])[0]
            }
        };
        let (coarse, fine) = (noise(9), noise(40));
        GrayF32::from_fn(width, height, |x, y| 0.5 * (coarse(x, y) + fine(x, y)))
    }

    const SIZE: (f64, f64) = (400.0, 300.0);

    fn target() -> (Scene, TrackingImage) {
        let grey = picture(400, 300);
        let tracking = TrackingImage::build(&grey, 1.0);
        (Scene::new(grey, 1.0, SIZE.0, SIZE.1), tracking)
    }

    fn tracker(image: &TrackingImage) -> Tracker {
        Tracker::new(image, (image.image.width(), image.image.height()))
    }

    fn camera() -> Camera {
        Camera::of(640, 480)
    }

    fn corner_error(a: &Pose, b: &Pose) -> f64 {
        let corners = |pose: &Pose| pose.corners(&camera(), SIZE.0, SIZE.1);
        let pairs = corners(a).into_iter().zip(corners(b));
        pairs.map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1)).sum::<f64>() / 4.0
    }

    #[test]
    fn a_target_that_moved_is_found_again() {
        let (scene, image) = target();
        let view = View {
            tilt: 0.4,
            axis: 0.7,
            roll: -0.2,
            blur: 0.7,
            noise: 3.0,
            ..View::frontal(&camera(), 0.5)
        };
        let frame = scene.render(&camera(), &view);
        let truth = view.pose(&camera(), SIZE.0, SIZE.1);
        let moved = View { center: (326.0, 235.0), roll: -0.18, ..view };
        let last = moved.pose(&camera(), SIZE.0, SIZE.1);
        let tracked = tracker(&image).update(&frame, &camera(), &last).unwrap();
        assert!(corner_error(&last, &truth) > 7.0);
        assert!(corner_error(&tracked.pose, &truth) < 1.0);
        assert!(tracked.good > 20, "{}", tracked.good);
    }

    #[test]
    fn a_sequence_is_followed() {
        let (scene, image) = target();
        let tracker = tracker(&image);
        let views = sequence(&camera(), SIZE.0, SIZE.1, Motion::Fast, 12, 1);
        let mut pose = views[0].pose(&camera(), SIZE.0, SIZE.1);
        for view in &views {
            let frame = scene.render(&camera(), view);
            pose = tracker.update(&frame, &camera(), &pose).unwrap().pose;
            assert!(corner_error(&pose, &view.pose(&camera(), SIZE.0, SIZE.1)) < 2.0);
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let (scene, image) = target();
        let view = View::frontal(&camera(), 0.5);
        let pose = view.pose(&camera(), SIZE.0, SIZE.1);
        let tracker = tracker(&image);
        let elsewhere = scene.render(&camera(), &View { center: (2000.0, 240.0), ..view });
        assert_eq!(tracker.update(&elsewhere, &camera(), &pose), None);
        for nothing in [GrayF32::blank(640, 480), GrayF32::default()] {
            assert_eq!(tracker.update(&nothing, &camera(), &pose), None);
        }
        let behind = Pose(pose.0.map(|row| row.map(|value| -value)));
        let frame = scene.render(&camera(), &view);
        for odd in [behind, Pose([[0.0; 4]; 3]), Pose([[f64::NAN; 4]; 3])] {
            let _ = tracker.update(&frame, &camera(), &odd);
        }
    }

    #[test]
    fn a_plain_picture_is_lost() {
        let plain = TrackingImage::build(&GrayF32::from_fn(200, 200, |_, _| 90.0), 1.0);
        let points = vec![TrackingPoint { x: 64, y: 64 }; 9];
        for image in [plain.clone(), TrackingImage { points, ..plain }, TrackingImage::default()] {
            let view = View::frontal(&camera(), 0.4);
            let (scene, _) = target();
            let frame = scene.render(&camera(), &view);
            let pose = view.pose(&camera(), 200.0, 200.0);
            assert_eq!(tracker(&image).update(&frame, &camera(), &pose), None);
        }
    }

    #[test]
    fn points_outside_the_first_targets_window_are_not_seen() {
        let (scene, image) = target();
        let view = View::frontal(&camera(), 0.6);
        let frame = scene.render(&camera(), &view);
        let pose = view.pose(&camera(), SIZE.0, SIZE.1);
        let (width, height) = (image.image.width(), image.image.height());
        let look = |first| Tracker::new(&image, first).sightings(&frame, &camera(), &pose);
        let (all, half) = (look((width, height)), look((width / 2, height)));
        for ((point, all), half) in image.points.iter().zip(&all).zip(&half) {
            let limit = (width / 2) as u32;
            if point.x + 16 < limit {
                assert_eq!(all, half);
            } else if point.x >= limit + 4 {
                assert!(!half.is_good());
            }
        }
        assert_eq!(look((width + 50, height + 9)).len(), all.len());
        for small in [(0, 0), (5, 5), (width, 12)] {
            assert!(look(small).iter().all(|sighting| *sighting == PatchMatch::NOWHERE));
        }
    }
}
