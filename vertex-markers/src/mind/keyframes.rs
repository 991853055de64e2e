//! Keyframes: scaled copies of a picture, described by their keypoints.

use rayon::prelude::*;

use crate::Cancellation;
use crate::cluster::{Node, build};
use crate::detector::{Descriptor, Detector, Keypoint};
use crate::gray::GrayF32;
use crate::selection::{
    SelectedKeypoint, Selection, ViewPlan, choose, ranks_in_squares, repeatable_keypoints,
};

use super::plan::CELL;
use super::{Keyframe, PointSet};

/// The runtime's search finds the most faithful points only: so many of each square of this side in pixels.
const SEARCHED: (u32, f32) = (2, 0.9 * CELL);
/// The same in keyframes of what is seen from aside: a view comes near one direction's points at most.
const SEARCHED_ASIDE: (u32, f32) = (1, CELL);
/// Keyframes with fewer points are not worth the time the runtime spends on them.
const MIN_POINTS: usize = 12;

/// The planned keyframes of a working copy, which itself is `source_scale` times the picture's size.
///
/// They hold at most `budget` points together, and few once it is cancelled. Calls `progress` after each part of a plan.
pub(super) fn keyframes(
    source: &GrayF32,
    source_scale: f64,
    plans: &[ViewPlan],
    budget: usize,
    progress: &(impl Fn() + Sync),
    cancellation: &Cancellation,
) -> Vec<Keyframe> {
    let mut selections = repeatable_keypoints::<Detector>(source, plans, progress, cancellation);
    widen(&mut selections);
    choose(&mut selections, budget, |_| CELL);
    let worthwhile: Vec<Selection> = selections
        .into_iter()
        .enumerate()
        .filter(|(index, selection)| *index == 0 || selection.points.len() >= MIN_POINTS)
        .map(|(_, selection)| selection)
        .collect();
    worthwhile
        .into_par_iter()
        .with_max_len(1)
        .map(|selection| finished(selection, source_scale))
        .collect()
}

/// Gives every copy the points of the next smaller one from the same direction as well: a picture whose size in the
/// frame lies between theirs has pairs of both, in one keyframe.
fn widen(selections: &mut [Selection]) {
    for index in 0..selections.len() {
        let (larger, smaller) = selections.split_at_mut(index + 1);
        let larger = &mut larger[index];
        if let Some(next) = smaller.iter().find(|it| it.direction == larger.direction) {
            larger.add_of_smaller(next);
        }
    }
}

/// A keyframe whose trees lead to a few points of every square: six pairs that they are found by lie far enough apart
/// for a pose. The runtime compares the others once it knows about where to look.
fn finished(selection: Selection, source_scale: f64) -> Keyframe {
    let Selection { scale, direction, width, height, points } = selection;
    let (most, square) = if direction.is_some() { SEARCHED_ASIDE } else { SEARCHED };
    let ranks = ranks_in_squares(&points, square);
    let ranked = ranks.collect::<Vec<_>>().into_iter().zip(points);
    let (searched, others): (Vec<_>, Vec<_>) = ranked.partition(|&(rank, _)| rank <= most);
    let searched = searched.into_iter().map(|(_, selected)| selected.point).collect();
    let (mut maxima, mut minima) = split_by_polarity(searched, build);
    for (_, SelectedKeypoint { point, .. }) in others {
        if point.maxima { &mut maxima } else { &mut minima }.points.push(point);
    }
    let scale = scale * source_scale;
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
