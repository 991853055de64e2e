//! Keyframes: scaled copies of a picture, described by their keypoints.

use rayon::prelude::*;

use crate::cluster::{Node, build};
use crate::detector::{Descriptor, Detector, Keypoint};
use crate::gray::GrayImage;
use crate::learn::{Lesson, Plan, choose, learn};

use super::plan::CELL;
use super::{Keyframe, PointSet};

/// Keyframes with fewer points are not worth the time the runtime spends on them.
const MIN_POINTS: usize = 12;

/// The planned keyframes of a working copy, which itself is `source_scale` times the picture's size.
///
/// They hold at most `budget` points together. Calls `progress` after each part of a plan.
pub(super) fn keyframes(
    source: &GrayImage,
    source_scale: f64,
    plans: &[Plan],
    budget: usize,
    progress: &(impl Fn() + Sync),
) -> Vec<Keyframe> {
    let mut lessons = learn::<Detector>(source, plans, progress);
    choose(&mut lessons, budget, |_| CELL);
    let planned = plans.iter().zip(lessons).enumerate();
    let worthwhile: Vec<(&Plan, Lesson)> = planned
        .filter(|(index, (_, lesson))| *index == 0 || lesson.points.len() >= MIN_POINTS)
        .map(|(_, pair)| pair)
        .collect();
    worthwhile
        .into_par_iter()
        .with_max_len(1)
        .map(|(plan, lesson)| finished(lesson, plan.scale * source_scale))
        .collect()
}

fn finished(lesson: Lesson, scale: f64) -> Keyframe {
    let Lesson { width, height, points } = lesson;
    let points = points.into_iter().map(|learned| learned.point).collect();
    let (maxima, minima) = split_by_polarity(points, build);
    Keyframe { width: width as u32, height: height as u32, scale, maxima, minima }
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
