//! What is weak in a picture, zone by zone, seen at the size at which cameras see it.

use crate::Picture;
use crate::detector::{Keypoint, detect};
use crate::gray::{GrayF32, Sampling, Weights, resample_rgb};

use super::finding::{Finding, FindingKind, Zone};
use super::grid::{Cell, ZoneGrid, merged};

/// Shorter and longer side that the picture is shrunk to, in pixels: about what a camera makes of it.
const SHORTER: f64 = 320.0;
const LONGER: f64 = 640.0;

/// A zone with fewer points is weak, in points per zone of a grid of sixteen.
const FEW: usize = 5;
/// Standard deviation of the grey levels up to which a zone is plain.
const PLAIN: f64 = 5.0;
/// A weak zone is faint if it would have this many points with its contrast raised by that much.
const FAINT: usize = 8;
const RAISED: f32 = 3.0;
/// Share of a zone's points with a twin elsewhere that makes it repetitive, and the fewest of them.
const REPETITIVE: f64 = 0.5;
const FEWEST_TWINS: usize = 6;

/// What was done to make the picture of its file, then what is weak in it, the top left first; findings of one kind in
/// adjacent zones are merged.
pub(super) fn diagnose(picture: &Picture) -> Vec<Finding> {
    if picture.width() == 0 || picture.height() == 0 {
        return Vec::new();
    }
    let grey = as_seen(picture);
    let grid = ZoneGrid::of(grey.width(), grey.height());
    let mut zones = vec![Contents::default(); grid.cells().count()];
    let points = detect(&grey);
    let repeated = repeated(&points, &grey);
    for (point, repeated) in points.iter().zip(repeated) {
        let zone = &mut zones[grid.index_at(f64::from(point.x), f64::from(point.y))];
        zone.points += 1;
        zone.twins += usize::from(repeated);
    }
    for point in detect(&grey.map(|level| level * RAISED)) {
        zones[grid.index_at(f64::from(point.x), f64::from(point.y))].raised += 1;
    }
    let kinds: Vec<Option<FindingKind>> = grid
        .cells()
        .zip(&zones)
        .map(|(cell, zone)| zone.weakness(&cell, deviation(&grey, &cell)))
        .collect();
    let remarks =
        picture.remarks().iter().map(|&remark| (FindingKind::Source(remark), Zone::WHOLE));
    let findings = remarks.chain(merged(&grid, &kinds));
    findings.map(|(kind, zone)| Finding::new(kind, zone)).collect()
}

fn as_seen(picture: &Picture) -> GrayF32 {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let scale = (SHORTER / width.min(height)).min(LONGER / width.max(height)).min(1.0);
    let side = |length: f64| ((length * scale).round() as usize).max(1);
    let sampling = Sampling { scale, origin: 0.0 };
    resample_rgb(picture.rgb(), &Weights::LUMA, side(width), side(height), sampling)
}

/// What the detector finds in a zone.
#[derive(Clone, Default)]
struct Contents {
    points: usize,
    /// Points that have a twin elsewhere.
    twins: usize,
    /// Points with more contrast.
    raised: usize,
}

impl Contents {
    fn weakness(&self, cell: &Cell, deviation: f64) -> Option<FindingKind> {
        if self.points >= FEW {
            let share = self.twins as f64 / self.points as f64;
            let repetitive = share >= REPETITIVE && self.twins >= FEWEST_TWINS;
            return repetitive.then_some(FindingKind::Repetition);
        }
        Some(if self.raised >= FAINT {
            FindingKind::LowContrast
        } else if deviation <= PLAIN && cell.on_edge {
            FindingKind::EmptyEdge
        } else {
            FindingKind::TooFewPoints
        })
    }
}

/// Standard deviation of the grey levels of a zone.
fn deviation(grey: &GrayF32, cell: &Cell) -> f64 {
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0_f64);
    for y in cell.rows.clone() {
        for &level in &grey.row(y)[cell.columns.clone()] {
            let level = f64::from(level);
            sum += level;
            squares += level * level;
            count += 1.0;
        }
    }
    let mean = sum / count.max(1.0);
    (squares / count.max(1.0) - mean * mean).max(0.0).sqrt()
}

/// Descriptors that differ in no more than this many of their 666 bits are twins: what a camera does to a
/// descriptor changes more.
const TWIN: u32 = 50;
/// Twins are at least this share of the picture's diagonal apart.
const APART: f32 = 0.08;

fn repeated(points: &[Keypoint], grey: &GrayF32) -> Vec<bool> {
    let apart = APART * (grey.width() as f32).hypot(grey.height() as f32);
    let twins = |a: &Keypoint, b: &Keypoint| {
        a.maxima == b.maxima
            && (a.x - b.x).hypot(a.y - b.y) >= apart
            && a.descriptor.hamming(&b.descriptor) <= TWIN
    };
    points.iter().map(|point| points.iter().any(|other| twins(point, other))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    fn kinds(levels: impl Fn(u32, u32) -> u8) -> Vec<(FindingKind, Zone)> {
        let rgb = RgbImage::from_fn(320, 320, |x, y| Rgb([levels(x, y); 3]));
        let findings = diagnose(&Picture::from_rgb(rgb));
        findings.into_iter().map(|finding| (finding.kind, finding.zone)).collect()
    }

    /// Specks of this contrast, a few pixels large, no two places alike.
    fn specks(x: u32, y: u32, contrast: u32) -> u8 {
        let mut bits = u64::from(x / 5) << 32 | u64::from(y / 5);
        for _ in 0..2 {
            bits = (bits ^ bits >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        (128 - contrast / 2 + (bits >> 40) as u32 % contrast.max(1)) as u8
    }

    #[test]
    fn a_picture_full_of_detail_has_no_weakness() {
        assert_eq!(kinds(|x, y| specks(x, y, 200)), []);
    }

    #[test]
    fn an_empty_side_is_an_empty_edge() {
        let zone = Zone { x: 0.75, y: 0.0, width: 0.25, height: 1.0 };
        let found = kinds(|x, y| if x < 225 { specks(x, y, 200) } else { 240 });
        assert_eq!(found, [(FindingKind::EmptyEdge, zone)]);
    }

    #[test]
    fn an_empty_middle_has_too_few_points() {
        let zone = Zone { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
        let middle = 65..255;
        let found =
            kinds(
                |x, y| {
                    if middle.contains(&x) && middle.contains(&y) { 90 } else { specks(x, y, 200) }
                },
            );
        assert_eq!(found, [(FindingKind::TooFewPoints, zone)]);
    }

    #[test]
    fn faint_detail_is_low_contrast() {
        let found = kinds(|x, y| specks(x, y, 9));
        assert_eq!(found, [(FindingKind::LowContrast, Zone::WHOLE)]);
    }

    #[test]
    fn a_tile_is_repetition() {
        let found = kinds(|x, y| specks(x % 80, y % 80, 200));
        assert_eq!(found, [(FindingKind::Repetition, Zone::WHOLE)]);
    }

    #[test]
    fn odd_pictures_are_fine() {
        for (width, height) in [(0, 0), (1, 1), (3, 2000), (2000, 5), (40, 33)] {
            let picture = Picture::from_rgb(RgbImage::new(width, height));
            assert!(
                diagnose(&picture).iter().all(|finding| finding.kind != FindingKind::Repetition)
            );
        }
    }
}
