//! The official compiler's choice of points.

use crate::gray::GrayBytes;

use super::TrackingPoint;
use super::patch::{Patch, Patches, offsets};

const SEARCH: isize = 10;
/// Squared distance within which two patches count as the same place.
const SAME_PLACE: isize = 4;
const GRADIENT_BINS: usize = 1000;
/// Share of the image's pixels that may be candidates.
const CANDIDATE_SHARE: f64 = 0.02;
const MIN_VARIANCE: f64 = 25.0;
const MIN_DEVIATION: f64 = 8.0;
const UNIQUE: f64 = 0.95;
const MAX_SIMILARITY: f32 = 0.9;

/// Chooses the points the official compiler chooses on the same image.
#[must_use]
pub fn select_compat(image: &GrayBytes) -> Vec<TrackingPoint> {
    let (width, height) = (image.width(), image.height());
    let spacing = width.min(height) / 10;
    if spacing == 0 {
        return Vec::new();
    }
    let patches = Patches::of(image);
    let mut similarity = similarity_map(image, &patches);
    let limit = (width / spacing) * (height / spacing) + (width / 39) * (height / 39);
    let mut points = Vec::new();
    while points.len() < limit {
        let Some((place, score)) = least(&similarity).filter(|least| least.1 < MAX_SIMILARITY)
        else {
            break;
        };
        let (x, y) = (place % width, place / width);
        if is_distinct(&patches, x, y, score) {
            points.push(TrackingPoint { x: x as u32, y: y as u32 });
            for row in y.saturating_sub(spacing)..(y + spacing + 1).min(height) {
                let columns = x.saturating_sub(spacing)..(x + spacing + 1).min(width);
                similarity[row * width..][columns].fill(1.0);
            }
        } else {
            similarity[place] = 1.0;
        }
    }
    points
}

/// The first of the smallest values.
fn least(values: &[f32]) -> Option<(usize, f32)> {
    values.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1))
}

/// For each candidate its greatest correlation with a patch nearby; 1 for all other pixels.
fn similarity_map(image: &GrayBytes, patches: &Patches<'_>) -> Vec<f32> {
    let width = image.width();
    let mut map = vec![1.0; width * image.height()];
    for place in candidates(image) {
        let at = ((place % width) as isize, (place / width) as isize);
        let textured = |patch: &Patch| patch.deviation().powi(2) >= MIN_VARIANCE;
        if let Some(patch) = patches.at(at.0, at.1).filter(textured) {
            map[place] = similarity(patches, &patch, at) as f32;
        }
    }
    map
}

fn similarity(patches: &Patches<'_>, patch: &Patch, at: (isize, isize)) -> f64 {
    let elsewhere = offsets(SEARCH).filter(|(dx, dy)| dx * dx + dy * dy > SAME_PLACE);
    let mut greatest = -1.0_f64;
    for correlation in patches.correlations(patch, at, elsewhere) {
        greatest = greatest.max(correlation);
        if greatest > UNIQUE {
            break;
        }
    }
    greatest
}

/// Strong enough, and neither lost nor unchanged by a shift of a pixel or two.
fn is_distinct(patches: &Patches<'_>, x: usize, y: usize, score: f32) -> bool {
    let at = (x as isize, y as isize);
    let Some(patch) = patches.at(at.0, at.1) else {
        return false;
    };
    if patch.deviation() < MIN_DEVIATION {
        return false;
    }
    let near = offsets(2).filter(|(dx, dy)| (1..=SAME_PLACE).contains(&(dx * dx + dy * dy)));
    let (mut least, mut greatest) = (1.0_f64, -1.0_f64);
    for correlation in patches.correlations(&patch, at, near) {
        least = least.min(correlation);
        greatest = greatest.max(correlation);
    }
    !(least < 0.2 && least < f64::from(score)) && greatest <= 0.99
}

/// Pixels with the strongest gradients, each stronger than its four neighbours.
fn candidates(image: &GrayBytes) -> Vec<usize> {
    let width = image.width();
    let gradients = gradients(image);
    let mut peaks = Vec::new();
    for y in 1..image.height().saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let place = y * width + x;
            let around = [place - width, place + width, place - 1, place + 1];
            if around.iter().all(|&other| gradients[place] > gradients[other]) {
                peaks.push(place);
            }
        }
    }
    let threshold = threshold(peaks.iter().map(|&place| gradients[place]), gradients.len());
    peaks.retain(|&place| f64::from(gradients[place]) * 1000.0 >= threshold);
    peaks
}

/// The least gradient (in thousandths) that keeps the candidates few.
fn threshold(peaks: impl Iterator<Item = f32>, pixels: usize) -> f64 {
    let mut histogram = [0_usize; GRADIENT_BINS];
    for gradient in peaks {
        let bin = (f64::from(gradient) * 1000.0) as usize;
        histogram[bin.min(GRADIENT_BINS - 1)] += 1;
    }
    let allowed = CANDIDATE_SHARE * pixels as f64;
    let mut count = 0;
    for (bin, &peaks) in histogram.iter().enumerate().rev() {
        count += peaks;
        if count as f64 > allowed {
            return bin as f64;
        }
    }
    0.0
}

/// Prewitt gradient magnitudes, 0 to 1; -1 along the border.
fn gradients(image: &GrayBytes) -> Vec<f32> {
    let (width, height) = (image.width(), image.height());
    let mut magnitudes = vec![-1.0; width * height];
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let level = |x: usize, y: usize| f64::from(image.at(x, y));
            let (mut dx, mut dy) = (0.0, 0.0);
            for k in 0..3 {
                dx += level(x + 1, y + k - 1) - level(x - 1, y + k - 1);
                dy += level(x + k - 1, y + 1) - level(x + k - 1, y - 1);
            }
            let (dx, dy) = (dx / 768.0, dy / 768.0);
            magnitudes[y * width + x] = (f64::midpoint(dx * dx, dy * dy)).sqrt() as f32;
        }
    }
    magnitudes
}
