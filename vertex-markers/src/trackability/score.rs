//! From the outcomes of views to figures.

use super::finding::Finding;
use super::nuisance::Nuisance;
use super::series::{BY_NUISANCE, SERIES};
use super::trial::Outcome;
use super::{SCORE_VERSION, runtime_camera};

/// How well the runtime finds and follows a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Trackability {
    /// [`SCORE_VERSION`] of the code that made it.
    pub score_version: u32,
    /// 0 (never found) to 100 (found and followed in all views).
    pub score: u8,
    /// The same by what makes views hard.
    pub breakdown: Breakdown,
    /// What harms most.
    pub worst: Nuisance,
    /// Smallest width of the picture, as a share of the width of the camera's frame, at which it is
    /// found reliably; `None` when it is not at any width.
    pub smallest_share: Option<f64>,
    /// What is weak in the picture itself.
    pub diagnosis: Vec<Finding>,
}

impl Trackability {
    /// Smallest width in metres to print the picture at, to be found from a distance of this many metres;
    /// `None` when it is not found reliably at any width.
    ///
    /// It follows from the camera that the runtime assumes: 45 degrees from top to bottom, 640 x 480 pixels.
    #[must_use]
    pub fn print_width(&self, viewing_distance_m: f64) -> Option<f64> {
        let camera = runtime_camera();
        let seen = camera.width as f64 / camera.focal * viewing_distance_m.max(0.0);
        self.smallest_share.map(|share| share * seen)
    }
}

/// Scores of the series of views, each 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breakdown {
    /// Seen from near to far.
    pub distance: u8,
    /// Seen from ever more to the side.
    pub tilt: u8,
    /// Seen ever less sharp, with noise.
    pub blur: u8,
    /// Seen in ever worse light.
    pub light: u8,
}

/// How much the weakest series counts beside the mean of all.
const WEAKEST: f64 = 0.3;

/// The figures for the outcomes of all series, in their order; without any, all is 0.
pub(super) fn of(
    outcomes: Option<[Vec<Outcome>; SERIES]>,
    diagnosis: Vec<Finding>,
) -> Trackability {
    let outcomes = outcomes.unwrap_or_default();
    let figures = outcomes.each_ref().map(|outcomes| {
        let credit: f64 = outcomes.iter().map(|outcome| outcome.credit).sum();
        credit / outcomes.len().max(1) as f64
    });
    let mean = figures.iter().sum::<f64>() / SERIES as f64;
    let weakest = figures.iter().copied().fold(1.0, f64::min);
    let worst = BY_NUISANCE.into_iter().zip(figures).min_by(|a, b| a.1.total_cmp(&b.1));
    let [distance, tilt, blur, light] = figures.map(percent);
    Trackability {
        score_version: SCORE_VERSION,
        score: percent((1.0 - WEAKEST) * mean + WEAKEST * weakest),
        breakdown: Breakdown { distance, tilt, blur, light },
        worst: worst.map_or(Nuisance::Distance, |(nuisance, _)| nuisance),
        smallest_share: smallest_share(&outcomes[0]),
        diagnosis,
    }
}

fn percent(share: f64) -> u8 {
    (100.0 * share).round().clamp(0.0, 100.0) as u8
}

/// At least this share of the views that are as near or nearer must lock.
const RELIABLE: f64 = 0.8;

fn smallest_share(by_distance: &[Outcome]) -> Option<f64> {
    let mut nearest_first: Vec<&Outcome> = by_distance.iter().collect();
    nearest_first.sort_by(|a, b| b.share.total_cmp(&a.share));
    let (mut locked, mut smallest) = (0, None);
    for (index, outcome) in nearest_first.into_iter().enumerate() {
        locked += usize::from(outcome.locked);
        if outcome.locked && locked as f64 >= RELIABLE * (index + 1) as f64 {
            smallest = Some(outcome.share);
        }
    }
    smallest
}
