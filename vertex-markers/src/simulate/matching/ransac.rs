//! A homography that most pairs agree with, from a limited number of guesses.

use crate::lcg::Lcg;
use crate::simulate::homography::{Homography, Point2};

use super::geometry::{is_convex, same_turns, smallest_triangle};

const SAMPLE: usize = 4;
/// Draws per guess wanted.
const DRAWS: usize = 2;
/// Pairs looked at before the worse half of the guesses is dropped.
const CHUNK: usize = 10;
/// Inverse square of the scale of the Cauchy cost.
const SHARPNESS: f64 = 1e4;
const MIN_DETERMINANT: f64 = 1e-5;
/// Smallest corner triangle of the frame-side quadrilateral, relative to the keyframe's area.
const MIN_AREA: f64 = 1e-4;

/// The best homography from keyframe to frame, its last entry 1.
pub(super) fn homography(
    pairs: &[(Point2, Point2)],
    (width, height): (f64, f64),
    wanted: usize,
) -> Option<Homography> {
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    let guesses = guesses(pairs, &corners, wanted);
    let plausible = |guess: &Homography| {
        guess.inverse(MIN_DETERMINANT).is_some_and(|back| {
            let quad = corners.map(|corner| back.apply(corner));
            smallest_triangle(&quad) >= MIN_AREA * width * height && is_convex(&quad)
        })
    };
    best_first(guesses, pairs).into_iter().find(plausible)
}

fn guesses(pairs: &[(Point2, Point2)], corners: &[Point2; 4], wanted: usize) -> Vec<Homography> {
    if pairs.len() < SAMPLE {
        return Vec::new();
    }
    let mut random = Lcg::new();
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    random.shuffle(&mut order, pairs.len());
    let mut guesses = Vec::with_capacity(wanted);
    for _ in 0..DRAWS * wanted {
        if guesses.len() == wanted {
            break;
        }
        random.shuffle(&mut order, SAMPLE);
        let from: [Point2; SAMPLE] = std::array::from_fn(|i| pairs[order[i]].0);
        let to: [Point2; SAMPLE] = std::array::from_fn(|i| pairs[order[i]].1);
        if same_turns(&from, &to)
            && let Some(guess) = Homography::fit(&from, &to)
            && same_turns(corners, &corners.map(|corner| guess.apply(corner)))
        {
            guesses.push(guess);
        }
    }
    guesses
}

/// The last guesses standing, cheapest first, after halving them with every chunk of pairs.
fn best_first(guesses: Vec<Homography>, pairs: &[(Point2, Point2)]) -> Vec<Homography> {
    let mut costed: Vec<(f64, Homography)> = guesses.into_iter().map(|h| (0.0, h)).collect();
    for chunk in pairs.chunks(CHUNK) {
        if costed.len() <= 2 {
            break;
        }
        for (cost, guess) in &mut costed {
            *cost += chunk.iter().map(|pair| cauchy_cost(guess, pair)).sum::<f64>();
        }
        costed.sort_by(|a, b| a.0.total_cmp(&b.0));
        costed.truncate(costed.len() / 2);
    }
    costed.into_iter().map(|(_, guess)| guess).collect()
}

fn cauchy_cost(guess: &Homography, &(from, to): &(Point2, Point2)) -> f64 {
    let (x, y) = guess.apply(from);
    (1.0 + ((x - to.0).powi(2) + (y - to.1).powi(2)) * SHARPNESS).ln()
}
