//! A vote of all pairs on one similarity between keyframe and frame.

use std::f64::consts::PI;

use super::{KeypointMatch, place};

const ANGLE_BINS: usize = 12;
const SCALE_BINS: usize = 10;
/// The keyframe's centre may lie this many frames away.
const REACH: f64 = 1.2;
/// Size of a bin in the frame, relative to the keyframe's longer side as it appears there.
const BIN: f64 = 0.25;
const MIN_BINS: f64 = 5.0;
const MIN_VOTES: usize = 3;

/// The pairs that agree with the similarity most pairs vote for.
pub(super) fn strongest<'a>(
    pairs: &[KeypointMatch<'a>],
    key_size: (f64, f64),
    frame: (usize, usize),
) -> Vec<KeypointMatch<'a>> {
    let Some(grid) = HoughBins::of(pairs, key_size, frame) else {
        return Vec::new();
    };
    let voters: Vec<(KeypointMatch<'a>, [f64; 4])> = pairs
        .iter()
        .filter_map(|pair| grid.position(pair).map(|position| (*pair, position)))
        .filter(|(_, position)| grid.bins(position).is_some())
        .collect();
    let mut votes: Vec<[usize; 4]> =
        voters.iter().filter_map(|(_, position)| grid.bins(position)).flatten().collect();
    let Some(winner) = most_frequent(&mut votes) else {
        return Vec::new();
    };
    voters
        .into_iter()
        .filter(|(_, position)| grid.agrees(position, &winner))
        .map(|(pair, _)| pair)
        .collect()
}

/// The bin with most votes, the first of equals; bins as scale, angle, y, x.
fn most_frequent(votes: &mut [[usize; 4]]) -> Option<[usize; 4]> {
    votes.sort_unstable();
    let mut best: (usize, Option<[usize; 4]>) = (MIN_VOTES - 1, None);
    for run in votes.chunk_by(|a, b| a == b) {
        if run.len() > best.0 {
            best = (run.len(), run.first().copied());
        }
    }
    best.1
}

struct HoughBins {
    center: (f64, f64),
    reach: (f64, f64),
    /// Bins of scale, angle, y and x.
    counts: [usize; 4],
}

impl HoughBins {
    fn of(
        pairs: &[KeypointMatch<'_>],
        key_size: (f64, f64),
        frame: (usize, usize),
    ) -> Option<Self> {
        let mut ratios: Vec<f64> = pairs.iter().map(scale_ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let middle =
            (ratios.len() / 2).checked_sub(1 + usize::from(ratios.len().is_multiple_of(2)))?;
        let bin = BIN * ratios.get(middle)? * key_size.0.max(key_size.1);
        let reach = (REACH * frame.0 as f64, REACH * frame.1 as f64);
        let count = |reach: f64| (2.0 * reach / bin).ceil().clamp(MIN_BINS, 1e6) as usize;
        Some(Self {
            center: ((key_size.0 / 2.0).floor(), (key_size.1 / 2.0).floor()),
            reach,
            counts: [SCALE_BINS, ANGLE_BINS, count(reach.1), count(reach.0)],
        })
    }

    /// Fractional bins of the similarity that one pair stands for; `None` outside the grid.
    fn position(&self, pair: &KeypointMatch<'_>) -> Option<[f64; 4]> {
        let mut angle = f64::from(pair.query.angle) - f64::from(pair.key.angle);
        if angle <= -PI {
            angle += 2.0 * PI;
        } else if angle > PI {
            angle -= 2.0 * PI;
        }
        let ratio = scale_ratio(pair);
        let (sin, cos) = (ratio * angle.sin(), ratio * angle.cos());
        let (key, query) = (place(pair.key), place(pair.query));
        let (dx, dy) = (self.center.0 - key.0, self.center.1 - key.1);
        let (x, y) = (query.0 + cos * dx - sin * dy, query.1 + sin * dx + cos * dy);
        let scale = ratio.log10();
        let shares = [
            (scale + 1.0) / 2.0,
            (angle + PI) / (2.0 * PI),
            (y + self.reach.1) / (2.0 * self.reach.1),
            (x + self.reach.0) / (2.0 * self.reach.0),
        ];
        let inside = shares.iter().enumerate().all(|(dimension, share)| {
            let end = if dimension == 1 { *share <= 1.0 } else { *share < 1.0 };
            end && *share >= 0.0
        });
        inside.then(|| std::array::from_fn(|i| shares[i] * self.counts[i] as f64))
    }

    /// The sixteen bins round a position; `None` when some lie outside.
    fn bins(&self, position: &[f64; 4]) -> Option<impl Iterator<Item = [usize; 4]>> {
        let counts = self.counts;
        let mut low = [0; 4];
        for (dimension, (low, &position)) in low.iter_mut().zip(position).enumerate() {
            let bin = (position - 0.5).floor();
            *low = if dimension == 1 {
                (bin as isize).rem_euclid(ANGLE_BINS as isize).unsigned_abs()
            } else if bin < 0.0 || bin as usize + 1 >= counts[dimension] {
                return None;
            } else {
                bin as usize
            };
        }
        Some((0..16).map(move |corner| {
            let mut bin: [usize; 4] = std::array::from_fn(|i| low[i] + ((corner >> i) & 1));
            bin[1] %= ANGLE_BINS;
            bin
        }))
    }

    fn agrees(&self, position: &[f64; 4], winner: &[usize; 4]) -> bool {
        (0..4).all(|dimension| {
            let apart = (position[dimension] - (winner[dimension] as f64 + 0.5)).abs();
            let apart = if dimension == 1 { apart.min(ANGLE_BINS as f64 - apart) } else { apart };
            apart < 1.0
        })
    }
}

fn scale_ratio(pair: &KeypointMatch<'_>) -> f64 {
    f64::from(pair.query.scale) / f64::from(pair.key.scale)
}
