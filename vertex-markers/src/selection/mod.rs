//! Keypoint selection by repeatability, measured on synthesised views.
//!
//! Random views of scaled copies of the picture are rendered and searched for keypoints. Keypoints found at the
//! same place, with the same polarity, octave and about the same angle and descriptor are observations of one
//! point; together they are its track. Points redetected in many views are what the runtime will find in a
//! camera frame too; each bit of their descriptors is the majority of the observations' bits (compare Lepetit
//! and Fua, "Keypoint Recognition Using Randomized Trees", 2006, who train on synthesised views likewise).

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

mod affine;
mod buckets;
mod choose;
mod descriptor_votes;
mod merge;
mod scaled_copy;
mod sensor_noise;
mod texture;
mod tracks;
mod warped_view;

use crate::Cancellation;
use crate::detector::{DenseDetector, Keypoint, Spot};
use crate::gray::GrayF32;

pub(crate) use choose::{choose, ranks_in_squares};
use merge::merge;
use scaled_copy::ScaledCopy;
use sensor_noise::SensorNoise;
use tracks::{TrackAccumulator, wrapped};
use warped_view::{BlurredTextures, RandomView, WarpedView};

/// Pixels round the picture in a view, so that keypoints near its edges see what lies there.
const MARGIN: f32 = 16.0;
/// Directions from which a tilted copy is seen, evenly spread over half a turn.
const DIRECTIONS: u16 = 4;

/// A copy of the picture and the views that are synthesised of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ViewPlan {
    /// Pixels of the copy per pixel of the picture.
    pub(crate) scale: f64,
    /// Whether it is seen from aside, from several directions, instead of from straight in front.
    pub(crate) tilted: bool,
    /// Random views synthesised from each direction, besides the ideal view.
    pub(crate) views: usize,
    /// Side in pixels of the squares of which the runtime keeps the strongest keypoints.
    pub(crate) cell: f32,
}

impl ViewPlan {
    /// Directions of tilt; straight in front is none.
    fn directions(&self) -> impl Iterator<Item = Option<u16>> + use<> {
        let tilted = self.tilted;
        (0..if tilted { DIRECTIONS } else { 1 }).map(move |direction| tilted.then_some(direction))
    }

    /// Viewpoints whose completion [`repeatable_keypoints`] reports.
    pub(crate) fn viewpoints(&self) -> usize {
        self.directions().count()
    }
}

/// The repeatable keypoints of one copy, seen from one direction.
pub(crate) struct Selection {
    /// Pixels of the copy per pixel of the picture.
    pub(crate) scale: f64,
    /// Number of the direction it is seen from; straight in front is none.
    pub(crate) direction: Option<u16>,
    /// Width of the copy in pixels, seen straight on.
    pub(crate) width: usize,
    /// Its height.
    pub(crate) height: usize,
    /// Its points, the most repeatable first, in pixels of the copy seen straight on.
    pub(crate) points: Vec<SelectedKeypoint>,
}

/// A keypoint of a copy and how often it was detected.
#[derive(Clone)]
pub(crate) struct SelectedKeypoint {
    pub(crate) point: Keypoint,
    /// Observations after the first.
    pub(crate) redetections: u32,
    /// Mean Hamming distance of these observations from the first.
    noise: f32,
}

impl SelectedKeypoint {
    /// The same on a copy that is larger by this factor.
    fn enlarged(&self, factor: f32) -> Self {
        let mut enlarged = self.clone();
        let point = &mut enlarged.point;
        (point.x, point.y) = (factor * (point.x + 0.5) - 0.5, factor * (point.y + 0.5) - 0.5);
        point.scale *= factor;
        enlarged
    }

    fn most_repeatable_first(&self, other: &Self) -> Ordering {
        other.redetections.cmp(&self.redetections).then(self.noise.total_cmp(&other.noise))
    }
}

/// The repeatable keypoints of the planned copies of a picture: a selection for each direction of each copy.
///
/// Calls `progress` after each of the plans' [viewpoints](ViewPlan::viewpoints). Selections that are begun or under way
/// when it is cancelled are empty.
pub(crate) fn repeatable_keypoints<D: DenseDetector>(
    picture: &GrayF32,
    plans: &[ViewPlan],
    progress: &(impl Fn() + Sync),
    cancellation: &Cancellation,
) -> Vec<Selection> {
    let scaled_copies: Vec<ScaledCopy> =
        plans.par_iter().map(|plan| ScaledCopy::frontal(picture, plan.scale)).collect();
    let viewpoints: Vec<Viewpoint<'_>> = plans
        .iter()
        .enumerate()
        .flat_map(|(copy, plan)| {
            plan.directions().map(move |direction| Viewpoint { plan, copy, direction })
        })
        .collect();
    let workspaces = WorkspacePool::<D>::new();
    viewpoints
        .par_iter()
        .with_max_len(1)
        .map(|viewpoint| {
            let scaled_copy = &scaled_copies[viewpoint.copy];
            let selection = workspaces.lend(|workspace| {
                viewpoint.select(scaled_copy, workspace, &workspaces.sensor_noise, cancellation)
            });
            progress();
            selection
        })
        .collect()
}

impl Selection {
    /// Adds the points of a smaller copy, placed on this one.
    pub(crate) fn add_of_smaller(&mut self, smaller: &Self) {
        let factor = (self.scale / smaller.scale) as f32;
        let enlarged = smaller.points.iter().map(|selected| selected.enlarged(factor)).collect();
        merge(&mut self.points, enlarged, (self.width as f32, self.height as f32));
    }
}

/// A detector and the image of the view it searches, reused from view to view.
#[derive(Default)]
struct Workspace<D> {
    image: GrayF32,
    detector: D,
}

/// Workspaces that are not in use: at most one for each thread.
struct WorkspacePool<D> {
    idle: Mutex<Vec<Workspace<D>>>,
    sensor_noise: SensorNoise,
}

impl<D: DenseDetector> WorkspacePool<D> {
    fn new() -> Self {
        Self { idle: Mutex::default(), sensor_noise: SensorNoise::new() }
    }

    fn lend<R>(&self, work: impl FnOnce(&mut Workspace<D>) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lent = idle().pop();
        let mut workspace = lent.unwrap_or_default();
        let result = work(&mut workspace);
        idle().push(workspace);
        result
    }
}

/// A copy seen from one direction.
struct Viewpoint<'a> {
    plan: &'a ViewPlan,
    copy: usize,
    direction: Option<u16>,
}

impl Viewpoint<'_> {
    /// The repeatable keypoints, the most repeatable first.
    fn select<D: DenseDetector>(
        &self,
        frontal: &ScaledCopy,
        workspace: &mut Workspace<D>,
        sensor_noise: &SensorNoise,
        cancellation: &Cancellation,
    ) -> Selection {
        let tilted = self.direction.map(|direction| frontal.tilted(direction, DIRECTIONS));
        let scaled_copy = tilted.as_ref().unwrap_or(frontal);
        let textures = BlurredTextures::of(&scaled_copy.image);
        let stream = (self.copy as u64) << 8 | self.direction.map_or(0, |it| u64::from(it) + 1);
        let random_views = (0..self.plan.views).map(|number| RandomView::random(stream, number));
        let ideal = RandomView::ideal(mean(&scaled_copy.image));
        let selection = |points| Selection {
            scale: self.plan.scale,
            direction: self.direction,
            width: scaled_copy.width,
            height: scaled_copy.height,
            points,
        };
        let mut tracks =
            TrackAccumulator::of((scaled_copy.width as f32, scaled_copy.height as f32));
        for (number, random_view) in std::iter::once(ideal).chain(random_views).enumerate() {
            if cancellation.is_cancelled() {
                return selection(Vec::new());
            }
            let view = WarpedView::of(scaled_copy, &random_view, MARGIN);
            view.draw(&textures, sensor_noise, &mut workspace.image);
            if number == self.plan.views {
                tracks.freeze();
            }
            let found =
                workspace.detector.detect_densely(&workspace.image, self.plan.cell, |spot| {
                    let (x, y) = view.to_keyframe.apply((spot.x, spot.y));
                    tracks.may_extend(&Spot { x, y, ..*spot })
                });
            tracks
                .add(found.into_iter().map(|point| upright(point, &view, &random_view)).collect());
        }
        selection(tracks.repeatable())
    }
}

fn mean(image: &GrayF32) -> f32 {
    image.data().iter().sum::<f32>() / image.data().len().max(1) as f32
}

/// The keypoint as it lies on the copy, the view's turn undone.
fn upright(mut point: Keypoint, view: &WarpedView<'_>, random_view: &RandomView) -> Keypoint {
    (point.x, point.y) = view.to_keyframe.apply((point.x, point.y));
    point.angle = wrapped(point.angle - random_view.turn as f32);
    point
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::{Descriptor, Detector, WORDS, kpm};
    use std::cmp::Reverse;

    const PLAN: ViewPlan = ViewPlan { scale: 1.0, tilted: false, views: 8, cell: 25.6 };

    #[test]
    fn textured_places_come_back() {
        let texture = GrayF32::from_fn(200, 140, |x, y| {
            let (x, y) = (x as f32, y as f32);
            128.0 + 60.0 * (x * 0.21 + (y * 0.13).sin()).sin() * (y * 0.17 + x * 0.03).cos()
        });
        let selections =
            repeatable_keypoints::<Detector>(&texture, &[PLAN], &|| (), &Cancellation::default());
        let [Selection { points, .. }] = &selections[..] else { panic!("one selection") };
        assert!(points.len() > 20, "{}", points.len());
        assert!(points.iter().all(|point| point.redetections > 0));
        assert!(points.is_sorted_by_key(|point| Reverse(point.redetections)));
    }

    #[test]
    fn points_of_a_smaller_copy_lie_where_they_show_the_same() {
        let point = Keypoint {
            x: 9.5,
            y: 19.5,
            scale: 2.0,
            angle: 1.0,
            maxima: true,
            descriptor: Descriptor([7; WORDS]),
        };
        let selected = SelectedKeypoint { point, redetections: 3, noise: 50.0 };
        let selection = |scale, width, height, points| Selection {
            scale,
            direction: None,
            width,
            height,
            points,
        };
        let small = selection(0.5, 50, 40, vec![selected]);
        let mut large = selection(1.0, 100, 80, Vec::new());
        large.add_of_smaller(&small);
        let [SelectedKeypoint { point, redetections: 3, .. }] = &large.points[..] else {
            panic!("one point")
        };
        assert_eq!((point.x, point.y, point.scale, point.angle), (19.5, 39.5, 4.0, 1.0));
    }

    #[test]
    fn what_is_cancelled_selects_no_more() {
        let texture = GrayF32::from_fn(200, 140, |x, y| ((x * y) % 251) as f32);
        let cancellation = Cancellation::default();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let cancel = || cancellation.cancel();
        let selections = pool.install(|| {
            repeatable_keypoints::<Detector>(&texture, &[PLAN; 3], &cancel, &cancellation)
        });
        let filled = selections.iter().filter(|selection| !selection.points.is_empty());
        assert_eq!((selections.len(), filled.count()), (3, 1));
    }

    #[test]
    fn flat_places_do_not() {
        let flat = GrayF32::from_fn(200, 140, |_, _| 90.0);
        let selections =
            repeatable_keypoints::<kpm::Detector>(&flat, &[PLAN], &|| (), &Cancellation::default());
        assert!(selections[0].points.is_empty());
    }
}
