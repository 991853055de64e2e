//! Finding a target among the keypoints of a camera frame, as the runtime does.
//!
//! Every keyframe is tried: candidates from its cluster trees, a ratio test, a Hough vote on the
//! similarity between keyframe and frame, a robust homography, and a second round round about where that
//! homography expects each keypoint. The keyframe with most inliers wins.

mod geometry;
mod hough;
mod ransac;
mod search;

use crate::detector::Keypoint;
use crate::mind::{Keyframe, PointSet, Target};

use super::homography::{Homography, Point2};

/// Greatest distance of an inlier from where the homography puts it, in frame pixels.
const INLIER: f64 = 3.0;
/// Radius round the expected place that the second round looks at, in keyframe pixels.
const NEIGHBOURHOOD: f64 = 10.0;
/// The best candidate must be this much nearer than the second best.
const RATIO: f64 = 0.7;

/// What the runtimes do differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchParams {
    /// Fewest pairs that find a keyframe.
    min_pairs: usize,
    /// Homographies tried.
    guesses: usize,
}

impl MatchParams {
    /// Those of MindAR.
    pub const MINDAR: Self = Self { min_pairs: 6, guesses: 20 };
    /// Those of ARToolKit NFT.
    pub const ARTOOLKIT: Self = Self { min_pairs: 8, guesses: 1024 };
}

/// A keypoint of the frame and the keypoint of the keyframe it shows.
#[derive(Clone, Copy)]
pub(super) struct KeypointMatch<'a> {
    pub(super) query: &'a Keypoint,
    pub(super) key: &'a Keypoint,
}

impl KeypointMatch<'_> {
    fn places(&self) -> (Point2, Point2) {
        (place(self.key), place(self.query))
    }
}

fn place(point: &Keypoint) -> Point2 {
    (f64::from(point.x), f64::from(point.y))
}

/// A target found in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Index of the keyframe it was found by.
    pub keyframe: usize,
    /// Places on the target, in its pixels, and where they appear in the frame.
    pub pairs: Vec<(Point2, Point2)>,
}

/// Looks for a target among the keypoints of a frame of this size.
#[must_use]
pub fn find(
    target: &Target,
    queries: &[Keypoint],
    frame: (usize, usize),
    rules: MatchParams,
) -> Option<Match> {
    let mut best: Option<Match> = None;
    for (index, keyframe) in target.keyframes.iter().enumerate() {
        let Some(pairs) = match_keyframe(keyframe, queries, frame, rules) else {
            continue;
        };
        if best.as_ref().is_none_or(|best| best.pairs.len() < pairs.len()) {
            best = Some(Match { keyframe: index, pairs: on_target(&pairs, keyframe.scale) });
        }
    }
    best
}

fn on_target(pairs: &[KeypointMatch<'_>], scale: f64) -> Vec<(Point2, Point2)> {
    let world = |(x, y): Point2| ((x + 0.5) / scale, (y + 0.5) / scale);
    pairs.iter().map(KeypointMatch::places).map(|(key, query)| (world(key), query)).collect()
}

/// The inliers of a keyframe, if the frame shows it.
fn match_keyframe<'a>(
    keyframe: &'a Keyframe,
    queries: &'a [Keypoint],
    frame: (usize, usize),
    rules: MatchParams,
) -> Option<Vec<KeypointMatch<'a>>> {
    let first = pairs_by_tree(keyframe, queries);
    if first.len() < rules.min_pairs {
        return None;
    }
    let (homography, inliers) = consistent(keyframe, first, frame, rules)?;
    if inliers.len() < rules.min_pairs {
        return None;
    }
    let back = homography.inverse(1e-5)?;
    let second = pairs_by_place(keyframe, queries, &back);
    consistent(keyframe, second, frame, rules).map(|(_, inliers)| inliers)
}

fn consistent<'a>(
    keyframe: &Keyframe,
    pairs: Vec<KeypointMatch<'a>>,
    frame: (usize, usize),
    rules: MatchParams,
) -> Option<(Homography, Vec<KeypointMatch<'a>>)> {
    let size = (f64::from(keyframe.width), f64::from(keyframe.height));
    let alike = hough::strongest(&pairs, size, frame);
    let places: Vec<(Point2, Point2)> = alike.iter().map(KeypointMatch::places).collect();
    let homography = ransac::homography(&places, size, rules.guesses)?;
    let inlier = |&(key, query): &(Point2, Point2)| {
        let (x, y) = homography.apply(key);
        (x - query.0).powi(2) + (y - query.1).powi(2) <= INLIER * INLIER
    };
    let kept = alike.into_iter().zip(&places).filter(|(_, places)| inlier(places));
    Some((homography, kept.map(|(pair, _)| pair).collect()))
}

fn pairs_by_tree<'a>(keyframe: &'a Keyframe, queries: &'a [Keypoint]) -> Vec<KeypointMatch<'a>> {
    let mut search = search::Search::default();
    queries
        .iter()
        .filter_map(|query| {
            let set = same_polarity(keyframe, query);
            let candidates = search.candidates(set, &query.descriptor);
            let points = candidates.iter().filter_map(|&index| set.points.get(index as usize));
            nearest(query, points)
        })
        .collect()
}

fn pairs_by_place<'a>(
    keyframe: &'a Keyframe,
    queries: &'a [Keypoint],
    back: &Homography,
) -> Vec<KeypointMatch<'a>> {
    queries
        .iter()
        .filter_map(|query| {
            let (x, y) = back.apply(place(query));
            let near = |point: &&Keypoint| {
                let (dx, dy) = (f64::from(point.x) - x, f64::from(point.y) - y);
                dx * dx + dy * dy <= NEIGHBOURHOOD * NEIGHBOURHOOD
            };
            nearest(query, same_polarity(keyframe, query).points.iter().filter(near))
        })
        .collect()
}

fn same_polarity<'a>(keyframe: &'a Keyframe, query: &Keypoint) -> &'a PointSet {
    if query.maxima { &keyframe.maxima } else { &keyframe.minima }
}

/// The nearest of the candidates, unless the second is nearly as near.
fn nearest<'a>(
    query: &'a Keypoint,
    candidates: impl Iterator<Item = &'a Keypoint>,
) -> Option<KeypointMatch<'a>> {
    let (mut first, mut second, mut best) = (u32::MAX, u32::MAX, None);
    for key in candidates {
        let distance = key.descriptor.hamming(&query.descriptor);
        if distance < first {
            (first, second, best) = (distance, first, Some(key));
        } else if distance < second {
            second = distance;
        }
    }
    let distinct = second == u32::MAX || f64::from(first) / f64::from(second) < RATIO;
    best.filter(|_| distinct).map(|key| KeypointMatch { query, key })
}
