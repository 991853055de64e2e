//! Choosing the points of a whole file.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Lesson;

/// Keeps at most `budget` points of all copies together.
///
/// Every square of a copy, whose side in pixels is that of `square`, gives its most faithful point first, then its
/// second, and so on, so that points are spread over the picture and over all scales.
pub(crate) fn choose(lessons: &mut [Lesson], budget: usize, square: impl Fn(&Lesson) -> f32) {
    let mut ranked = Vec::new();
    for (copy, lesson) in lessons.iter().enumerate() {
        let side = square(lesson);
        let mut filled = HashMap::<(u32, u32), u32>::new();
        for (index, learned) in lesson.points.iter().enumerate() {
            let square = ((learned.point.x / side) as u32, (learned.point.y / side) as u32);
            let rank = filled.entry(square).or_default();
            *rank += 1;
            ranked.push((*rank, Reverse(learned.returns), index, copy));
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
