//! Keyframes: scaled copies of a picture, described by their keypoints.

use rayon::prelude::*;

use crate::cluster::{Node, build};
use crate::detector::{Descriptor, Detector, Keypoint};
use crate::gray::GrayImage;
use crate::learn::{Base, Learned, Looks, choose, learn, merge};

use super::plan::{DIRECTIONS, Plan, plan};
use super::{Keyframe, PointSet};

/// Looks at a copy, besides the ideal one.
const LOOKS: u64 = 8;
/// The same for each direction of a foreshortened copy.
const LOOKS_ASIDE: u64 = 6;
/// Side in pixels of the squares of which the runtime keeps the strongest keypoints: a tenth of its crop.
const CELL: f32 = 25.6;
/// Sightings after the first one that make a point worth keeping.
const MIN_RETURNS: u32 = 2;
/// Keyframes with fewer points are not worth the time the runtime spends on them.
const MIN_POINTS: usize = 12;

/// The keyframes of a working copy, which itself is `source_scale` times the picture's size.
///
/// They hold at most `budget` points together. Calls `progress` after each part of the work, of which there are [`parts`].
pub(super) fn keyframes(
    source: &GrayImage,
    source_scale: f64,
    budget: usize,
    progress: &(impl Fn() + Sync),
) -> Vec<Keyframe> {
    let plans = plan(source.width(), source.height());
    let bases: Vec<Base> = plans.par_iter().map(|plan| Base::frontal(source, plan.scale)).collect();
    let looks: Vec<Look> = plans.iter().enumerate().flat_map(looks_of).collect();
    let mut learned: Vec<(usize, Vec<Learned>)> = looks
        .par_iter()
        .map_init(Detector::default, |detector, look| {
            let points = look.learn(&bases[look.keyframe], detector);
            progress();
            (look.keyframe, points)
        })
        .collect();
    let mut points: Vec<Vec<Learned>> = plans.iter().map(|_| Vec::new()).collect();
    for (keyframe, more) in learned.drain(..) {
        merge(&mut points[keyframe], more);
    }
    choose(&mut points, budget, |_| CELL);
    let frames: Vec<(&Base, f64, Vec<Learned>)> = bases
        .iter()
        .zip(&plans)
        .zip(points)
        .enumerate()
        .filter(|(index, (_, points))| *index == 0 || points.len() >= MIN_POINTS)
        .map(|(_, ((base, plan), points))| (base, plan.scale * source_scale, points))
        .collect();
    frames.into_par_iter().map(|(base, scale, points)| finished(base, scale, points)).collect()
}

/// How often [`keyframes`] reports progress for a working copy of this size.
pub(super) fn parts(source: &GrayImage) -> usize {
    plan(source.width(), source.height())
        .iter()
        .enumerate()
        .map(|plan| looks_of(plan).count())
        .sum()
}

/// One direction from which the points of a keyframe are learnt.
struct Look {
    keyframe: usize,
    direction: Option<u16>,
}

fn looks_of((keyframe, plan): (usize, &Plan)) -> impl Iterator<Item = Look> + use<> {
    let directions = if plan.tilted { 0..DIRECTIONS } else { 0..0 };
    let frontal = (!plan.tilted).then_some(Look { keyframe, direction: None });
    let tilted = directions.map(move |direction| Look { keyframe, direction: Some(direction) });
    frontal.into_iter().chain(tilted)
}

impl Look {
    fn learn(&self, base: &Base, detector: &mut Detector) -> Vec<Learned> {
        let seed = (self.keyframe as u64) << 8;
        match self.direction {
            None => learn(
                base,
                Looks { count: LOOKS, seed, cell: CELL, least_returns: MIN_RETURNS },
                detector,
            ),
            Some(direction) => {
                let seed = seed + u64::from(direction) + 1;
                let looks =
                    Looks { count: LOOKS_ASIDE, seed, cell: CELL, least_returns: MIN_RETURNS };
                learn(&base.tilted(direction, DIRECTIONS), looks, detector)
            }
        }
    }
}

fn finished(base: &Base, scale: f64, points: Vec<Learned>) -> Keyframe {
    let points = points.into_iter().map(|learned| learned.point).collect();
    let (maxima, minima) = split_by_polarity(points, build);
    Keyframe { width: base.width as u32, height: base.height as u32, scale, maxima, minima }
}

/// Parts maxima from minima and builds a tree over each.
pub(super) fn split_by_polarity(
    points: Vec<Keypoint>,
    tree: impl Fn(&[Descriptor]) -> Node,
) -> (PointSet, PointSet) {
    let (maxima, minima): (Vec<_>, Vec<_>) = points.into_iter().partition(|point| point.maxima);
    let set = |points: Vec<Keypoint>| {
        let descriptors: Vec<Descriptor> = points.iter().map(|point| point.descriptor).collect();
        PointSet { tree: tree(&descriptors), points }
    };
    (set(maxima), set(minima))
}
