//! What is weak in a picture, zone by zone, seen at the size at which cameras see it.

use crate::Picture;
use crate::detector::{Keypoint, detect};
use crate::gray::{GrayImage, Sampling, resample_luma};

use super::finding::{Finding, FindingKind};
use super::grid::{Cell, Grid, merged};

/// Shorter and longer side that the picture is shrunk to, in pixels: about what a camera makes of it.
const SHORTER: f64 = 320.0;
const LONGER: f64 = 640.0;

/// A zone with fewer points is weak, in points per zone of a grid of sixteen.
const FEW: usize = 5;
/// Standard deviation of the grey levels up to which a zone is plain.
const PLAIN: f64 = 5.0;
/// Standard deviation of the grey levels up to which a weak zone may owe that to faint colours.
const FAINT: f64 = 20.0;
/// Share of a zone's points with a twin elsewhere that makes it repetitive.
const REPETITIVE: f64 = 0.4;

/// What is weak in a picture, the top left first; findings of one kind in adjacent zones are merged.
pub(super) fn diagnose(picture: &Picture) -> Vec<Finding> {
    if picture.width() == 0 || picture.height() == 0 {
        return Vec::new();
    }
    let grey = as_seen(picture);
    let grid = Grid::of(grey.width(), grey.height());
    let mut zones = vec![Contents::default(); grid.cells().count()];
    let points = detect(&grey);
    let repeated = repeated(&points, &grey);
    for (point, repeated) in points.iter().zip(repeated) {
        let zone = &mut zones[grid.index_at(f64::from(point.x), f64::from(point.y))];
        zone.points += 1;
        zone.repeated += usize::from(repeated);
    }
    let kinds: Vec<Option<FindingKind>> = grid
        .cells()
        .zip(&zones)
        .map(|(cell, zone)| zone.weakness(&cell, deviation(&grey, &cell)))
        .collect();
    let findings = merged(&grid, &kinds);
    findings.into_iter().map(|(kind, zone)| Finding::new(kind, zone)).collect()
}

fn as_seen(picture: &Picture) -> GrayImage {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let scale = (SHORTER / width.min(height)).min(LONGER / width.max(height)).min(1.0);
    let side = |length: f64| ((length * scale).round() as usize).max(1);
    let sampling = Sampling { scale, origin: 0.0 };
    resample_luma(picture.rgb(), side(width), side(height), sampling)
}

/// What the detector finds in a zone.
#[derive(Clone, Default)]
struct Contents {
    points: usize,
    /// Points that have a twin elsewhere.
    repeated: usize,
}

impl Contents {
    fn weakness(&self, cell: &Cell, deviation: f64) -> Option<FindingKind> {
        if self.points >= FEW {
            let share = self.repeated as f64 / self.points as f64;
            return (share >= REPETITIVE).then_some(FindingKind::Repetition);
        }
        Some(match deviation {
            d if d <= PLAIN && cell.on_edge => FindingKind::EmptyEdge,
            d if d > PLAIN && d <= FAINT => FindingKind::LowContrast,
            _ => FindingKind::TooFewPoints,
        })
    }
}

/// Standard deviation of the grey levels of a zone.
fn deviation(grey: &GrayImage, cell: &Cell) -> f64 {
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

fn repeated(points: &[Keypoint], grey: &GrayImage) -> Vec<bool> {
    let apart = APART * (grey.width() as f32).hypot(grey.height() as f32);
    let twins = |a: &Keypoint, b: &Keypoint| {
        a.maxima == b.maxima
            && (a.x - b.x).hypot(a.y - b.y) >= apart
            && a.descriptor.hamming(&b.descriptor) <= TWIN
    };
    points.iter().map(|point| points.iter().any(|other| twins(point, other))).collect()
}
