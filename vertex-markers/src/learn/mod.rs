//! Learning which keypoints come back.
//!
//! A copy of the picture is looked at many times, as a camera might see it. Keypoints found at the same
//! place, with the same polarity, octave and about the same angle and descriptor are sightings of one
//! point. Points seen again and again are what the runtime will find in a camera frame too; each bit of
//! their descriptors is what most sightings say (compare Lepetit and Fua, "Keypoint Recognition Using
//! Randomized Trees", 2006, who learn from synthetic views likewise).

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

mod affine;
mod album;
mod base;
mod choose;
mod film;
mod grain;
mod grid;
mod merge;
mod shaken;
mod votes;

use crate::detector::{DenseDetector, Keypoint, Spot};
use crate::gray::GrayImage;

use album::{Album, wrapped};
use base::Base;
pub(crate) use choose::{choose, ranks_in_squares};
use grain::Grain;
use merge::merge;
use shaken::{Films, Shake, Shaken};

/// Pixels round the picture in a view, so that keypoints near its edges see what lies there.
const MARGIN: f32 = 16.0;
/// Directions from which a tilted copy is seen, evenly spread over half a turn.
const DIRECTIONS: u16 = 4;

/// A copy of the picture and how it is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plan {
    /// Pixels of the copy per pixel of the picture.
    pub(crate) scale: f64,
    /// Whether it is seen from aside, from several directions, instead of from straight in front.
    pub(crate) tilted: bool,
    /// How often it is looked at from each direction, besides the ideal look.
    pub(crate) looks: usize,
    /// Side in pixels of the squares of which the runtime keeps the strongest keypoints.
    pub(crate) cell: f32,
}

impl Plan {
    /// Directions of tilt; straight in front is none.
    fn directions(&self) -> impl Iterator<Item = Option<u16>> + use<> {
        let tilted = self.tilted;
        (0..if tilted { DIRECTIONS } else { 1 }).map(move |direction| tilted.then_some(direction))
    }

    /// Parts of the work that [`learn`] reports.
    pub(crate) fn parts(&self) -> usize {
        self.directions().count()
    }
}

/// What was learnt of one copy, seen from one direction.
pub(crate) struct Lesson {
    /// Pixels of the copy per pixel of the picture.
    pub(crate) scale: f64,
    /// Number of the direction it is seen from; straight in front is none.
    pub(crate) direction: Option<u16>,
    /// Width of the copy in pixels, seen straight on.
    pub(crate) width: usize,
    /// Its height.
    pub(crate) height: usize,
    /// Its points, the most faithful first, in pixels of the copy seen straight on.
    pub(crate) points: Vec<Learned>,
}

/// A keypoint of a copy and how often it was seen.
#[derive(Clone)]
pub(crate) struct Learned {
    pub(crate) point: Keypoint,
    /// Sightings after the first.
    pub(crate) returns: u32,
    /// Mean Hamming distance of these sightings from the first.
    noise: f32,
}

impl Learned {
    /// The same on a copy that is larger by this factor.
    fn enlarged(&self, factor: f32) -> Self {
        let mut enlarged = self.clone();
        let point = &mut enlarged.point;
        (point.x, point.y) = (factor * (point.x + 0.5) - 0.5, factor * (point.y + 0.5) - 0.5);
        point.scale *= factor;
        enlarged
    }

    fn most_faithful_first(&self, other: &Self) -> Ordering {
        other.returns.cmp(&self.returns).then(self.noise.total_cmp(&other.noise))
    }
}

/// The keypoints of the planned copies of a picture that come back: a lesson for each direction of each copy.
///
/// Calls `progress` after each of the plans' [parts](Plan::parts).
pub(crate) fn learn<D: DenseDetector>(
    picture: &GrayImage,
    plans: &[Plan],
    progress: &(impl Fn() + Sync),
) -> Vec<Lesson> {
    let bases: Vec<Base> =
        plans.par_iter().map(|plan| Base::frontal(picture, plan.scale)).collect();
    let parts: Vec<Part<'_>> = plans
        .iter()
        .enumerate()
        .flat_map(|(copy, plan)| {
            plan.directions().map(move |direction| Part { plan, copy, direction })
        })
        .collect();
    let cameras = Cameras::<D>::new();
    parts
        .par_iter()
        .with_max_len(1)
        .map(|part| {
            let base = &bases[part.copy];
            let lesson = cameras.lend(|camera| part.learn(base, camera, &cameras.grain));
            progress();
            lesson
        })
        .collect()
}

impl Lesson {
    /// Adds the points of a smaller copy, placed on this one.
    pub(crate) fn add_of_smaller(&mut self, smaller: &Self) {
        let factor = (self.scale / smaller.scale) as f32;
        let enlarged = smaller.points.iter().map(|learned| learned.enlarged(factor)).collect();
        merge(&mut self.points, enlarged, (self.width as f32, self.height as f32));
    }
}

/// What looks, with its working memory.
#[derive(Default)]
struct Camera<D> {
    image: GrayImage,
    detector: D,
}

/// Cameras that nobody looks through at the moment: at most one for each thread.
struct Cameras<D> {
    idle: Mutex<Vec<Camera<D>>>,
    grain: Grain,
}

impl<D: DenseDetector> Cameras<D> {
    fn new() -> Self {
        Self { idle: Mutex::default(), grain: Grain::new() }
    }

    fn lend<R>(&self, work: impl FnOnce(&mut Camera<D>) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lent = idle().pop();
        let mut camera = lent.unwrap_or_default();
        let result = work(&mut camera);
        idle().push(camera);
        result
    }
}

/// A copy seen from one direction.
struct Part<'a> {
    plan: &'a Plan,
    copy: usize,
    direction: Option<u16>,
}

impl Part<'_> {
    /// The keypoints that come back, the most faithful first.
    fn learn<D: DenseDetector>(
        &self,
        frontal: &Base,
        camera: &mut Camera<D>,
        grain: &Grain,
    ) -> Lesson {
        let tilted = self.direction.map(|direction| frontal.tilted(direction, DIRECTIONS));
        let base = tilted.as_ref().unwrap_or(frontal);
        let films = Films::of(&base.image);
        let stream = (self.copy as u64) << 8 | self.direction.map_or(0, |it| u64::from(it) + 1);
        let shakes = (0..self.plan.looks).map(|number| Shake::random(stream, number));
        let ideal = Shake::none(mean(&base.image));
        let mut album = Album::of((base.width as f32, base.height as f32));
        for (look, shake) in std::iter::once(ideal).chain(shakes).enumerate() {
            let view = Shaken::of(base, &shake, MARGIN);
            view.draw(&films, grain, &mut camera.image);
            if look == self.plan.looks {
                album.close();
            }
            let found = camera.detector.detect_densely(&camera.image, self.plan.cell, |spot| {
                let (x, y) = view.to_keyframe.apply((spot.x, spot.y));
                album.wants(&Spot { x, y, ..*spot })
            });
            album.add(found.into_iter().map(|point| upright(point, &view, &shake)).collect());
        }
        Lesson {
            scale: self.plan.scale,
            direction: self.direction,
            width: base.width,
            height: base.height,
            points: album.faithful(),
        }
    }
}

fn mean(image: &GrayImage) -> f32 {
    image.data().iter().sum::<f32>() / image.data().len().max(1) as f32
}

/// The keypoint as it lies on the copy, the view's turn undone.
fn upright(mut point: Keypoint, view: &Shaken<'_>, shake: &Shake) -> Keypoint {
    (point.x, point.y) = view.to_keyframe.apply((point.x, point.y));
    point.angle = wrapped(point.angle - shake.turn as f32);
    point
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::{Descriptor, Detector, WORDS, kpm};
    use std::cmp::Reverse;

    const PLAN: Plan = Plan { scale: 1.0, tilted: false, looks: 8, cell: 25.6 };

    #[test]
    fn textured_places_come_back() {
        let texture = GrayImage::from_fn(200, 140, |x, y| {
            let (x, y) = (x as f32, y as f32);
            128.0 + 60.0 * (x * 0.21 + (y * 0.13).sin()).sin() * (y * 0.17 + x * 0.03).cos()
        });
        let lessons = learn::<Detector>(&texture, &[PLAN], &|| ());
        let [Lesson { points, .. }] = &lessons[..] else { panic!("one lesson") };
        assert!(points.len() > 20, "{}", points.len());
        assert!(points.iter().all(|point| point.returns > 0));
        assert!(points.is_sorted_by_key(|point| Reverse(point.returns)));
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
        let learned = Learned { point, returns: 3, noise: 50.0 };
        let lesson =
            |scale, width, height, points| Lesson { scale, direction: None, width, height, points };
        let small = lesson(0.5, 50, 40, vec![learned]);
        let mut large = lesson(1.0, 100, 80, Vec::new());
        large.add_of_smaller(&small);
        let [Learned { point, returns: 3, .. }] = &large.points[..] else { panic!("one point") };
        assert_eq!((point.x, point.y, point.scale, point.angle), (19.5, 39.5, 4.0, 1.0));
    }

    #[test]
    fn flat_places_do_not() {
        let flat = GrayImage::from_fn(200, 140, |_, _| 90.0);
        let lessons = learn::<kpm::Detector>(&flat, &[PLAN], &|| ());
        assert!(lessons[0].points.is_empty());
    }
}
