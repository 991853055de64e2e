//! Choosing places to track: corners, the strongest and most spread first.

use crate::gray::{GrayBytes, Plane};
use crate::tracking::{Corners, Patches};

/// Pixels from a template's middle to its edge on the screen.
const HALF: usize = 12;
/// Templates plainer than this are refused by the trackers, in grey levels of standard deviation.
const MIN_DEVIATION: f64 = 6.0;
/// Least distances between places, the greater of both axes, in pixels: the wider passes come first.
const SPACINGS: [usize; 4] = [64, 40, 24, 14];

/// At most `most` places of a level, as columns and rows.
pub(super) fn select(image: &GrayBytes, most: usize) -> Vec<(usize, usize)> {
    let candidates = candidates(image);
    let mut places: Vec<(usize, usize)> = Vec::new();
    for spacing in SPACINGS {
        for &(x, y) in &candidates {
            if places.len() == most {
                return places;
            }
            if places.iter().all(|place| place.0.abs_diff(x).max(place.1.abs_diff(y)) >= spacing) {
                places.push((x, y));
            }
        }
    }
    places
}

/// Corners that are stronger than the pixels round them, the strongest first.
fn candidates(image: &GrayBytes) -> Vec<(usize, usize)> {
    let (width, height) = (image.width(), image.height());
    if width.min(height) <= 2 * HALF {
        return Vec::new();
    }
    let corners = Corners::of(image);
    // The trackers read every other pixel of each row and column of a template.
    let half = Plane::from_fn(width.div_ceil(2), height.div_ceil(2), |x, y| image.at(2 * x, 2 * y));
    let templates = Patches::of(&half);
    let is_plain = |x: usize, y: usize| {
        let template = templates.at((x / 2) as isize, (y / 2) as isize);
        template.is_none_or(|template| template.deviation() < MIN_DEVIATION)
    };
    let mut candidates = Vec::new();
    for y in (HALF..height - HALF).step_by(2) {
        for x in (HALF..width - HALF).step_by(2) {
            let strength = corners.strength(x, y, HALF);
            if strength > 0.0 && !is_plain(x, y) {
                candidates.push((strength, (x, y)));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.into_iter().map(|(_, place)| place).collect()
}
