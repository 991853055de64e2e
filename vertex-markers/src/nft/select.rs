//! Choosing places to track: corners, the strongest and most spread first.

use crate::gray::GrayBytes;
use crate::tracking::Corners;

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
    let plain = MIN_DEVIATION * MIN_DEVIATION;
    let mut candidates = Vec::new();
    for y in (HALF..height - HALF).step_by(2) {
        for x in (HALF..width - HALF).step_by(2) {
            let strength = corners.strength(x, y, HALF);
            if strength > 0.0 && variance(image, x, y) >= plain {
                candidates.push((strength, (x, y)));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.into_iter().map(|(_, place)| place).collect()
}

/// Of the template's pixels, every other one of each row and column.
fn variance(image: &GrayBytes, x: usize, y: usize) -> f64 {
    let (mut sum, mut squares, mut count) = (0_u32, 0_u32, 0_u32);
    for row in (y - HALF..=y + HALF).step_by(2) {
        for &level in image.row(row)[x - HALF..=x + HALF].iter().step_by(2) {
            let level = u32::from(level);
            (sum, squares, count) = (sum + level, squares + level * level, count + 1);
        }
    }
    let mean = f64::from(sum) / f64::from(count);
    f64::from(squares) / f64::from(count) - mean * mean
}
