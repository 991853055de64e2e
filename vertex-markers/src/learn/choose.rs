//! Choosing the points of a whole file.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Learned, Lesson};

/// Keeps at most `budget` points of all copies together.
///
/// Every square of a copy, whose side in pixels is that of `square`, gives its most faithful point first, then its
/// second, and so on, so that points are spread over the picture and over all scales.
pub(crate) fn choose(lessons: &mut [Lesson], budget: usize, square: impl Fn(&Lesson) -> f32) {
    let mut ranked = Vec::new();
    for (copy, lesson) in lessons.iter().enumerate() {
        let ranks = ranks_in_squares(&lesson.points, square(lesson));
        for (index, (learned, rank)) in lesson.points.iter().zip(ranks).enumerate() {
            ranked.push((rank, Reverse(learned.returns), index, copy));
        }
    }
    if ranked.len() <= budget {
        return;
    }
    ranked.sort_unstable();
    let mut kept: Vec<Vec<bool>> =
        lessons.iter().map(|lesson| vec![false; lesson.points.len()]).collect();
    for &(_, _, index, copy) in &ranked[..budget] {
        kept[copy][index] = true;
    }
    for (lesson, kept) in lessons.iter_mut().zip(kept) {
        let mut kept = kept.into_iter();
        lesson.points.retain(|_| kept.next() == Some(true));
    }
}

/// Each point's rank among those in its square of this side: 1 is the most faithful.
pub(crate) fn ranks_in_squares(points: &[Learned], side: f32) -> impl Iterator<Item = u32> {
    let mut filled = HashMap::<(u32, u32), u32>::new();
    points.iter().map(move |Learned { point, .. }| {
        let rank = filled.entry(((point.x / side) as u32, (point.y / side) as u32)).or_default();
        *rank += 1;
        *rank
    })
}
