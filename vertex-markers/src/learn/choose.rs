//! Choosing the points of a whole file.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Learned;

/// Keeps at most `budget` points of all keyframes together.
///
/// Every square of this many pixels of every keyframe gives its most faithful point first, then its second, and so on, so that
/// points are spread over the picture and over all scales.
pub(crate) fn choose(keyframes: &mut [Vec<Learned>], budget: usize, square: impl Fn(usize) -> f32) {
    let mut ranked = Vec::new();
    for (keyframe, points) in keyframes.iter().enumerate() {
        let mut filled = HashMap::<(u32, u32), u32>::new();
        for (index, learned) in points.iter().enumerate() {
            let side = square(keyframe);
            let square = ((learned.point.x / side) as u32, (learned.point.y / side) as u32);
            let rank = filled.entry(square).or_default();
            *rank += 1;
            ranked.push((*rank, Reverse(learned.returns), index, keyframe));
        }
    }
    if ranked.len() <= budget {
        return;
    }
    ranked.sort_unstable();
    let mut kept: Vec<Vec<bool>> =
        keyframes.iter().map(|points| vec![false; points.len()]).collect();
    for &(_, _, index, keyframe) in &ranked[..budget] {
        kept[keyframe][index] = true;
    }
    for (points, kept) in keyframes.iter_mut().zip(kept) {
        let mut kept = kept.into_iter();
        points.retain(|_| kept.next() == Some(true));
    }
}
