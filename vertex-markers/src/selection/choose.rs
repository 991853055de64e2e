//! The keypoint budget of a whole file, spread over the picture and over all scales.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{SelectedKeypoint, Selection};

/// Keeps at most `budget` points of all copies together.
///
/// Every square of a copy, whose side in pixels is that of `square`, gives its most repeatable point first, then its
/// second, and so on, so that points are spread over the picture and over all scales.
pub(crate) fn choose(
    selections: &mut [Selection],
    budget: usize,
    square: impl Fn(&Selection) -> f32,
) {
    let mut ranked = Vec::new();
    for (copy, selection) in selections.iter().enumerate() {
        let ranks = ranks_in_squares(&selection.points, square(selection));
        for (index, (selected, rank)) in selection.points.iter().zip(ranks).enumerate() {
            ranked.push((rank, Reverse(selected.redetections), index, copy));
        }
    }
    if ranked.len() <= budget {
        return;
    }
    ranked.sort_unstable();
    let mut kept: Vec<Vec<bool>> =
        selections.iter().map(|selection| vec![false; selection.points.len()]).collect();
    for &(_, _, index, copy) in &ranked[..budget] {
        kept[copy][index] = true;
    }
    for (selection, kept) in selections.iter_mut().zip(kept) {
        let mut kept = kept.into_iter();
        selection.points.retain(|_| kept.next() == Some(true));
    }
}

/// Each point's rank among those in its square of this side: 1 is the most repeatable.
pub(crate) fn ranks_in_squares(
    points: &[SelectedKeypoint],
    side: f32,
) -> impl Iterator<Item = u32> {
    let mut filled = HashMap::<(u32, u32), u32>::new();
    points.iter().map(move |SelectedKeypoint { point, .. }| {
        let rank = filled.entry(((point.x / side) as u32, (point.y / side) as u32)).or_default();
        *rank += 1;
        *rank
    })
}
