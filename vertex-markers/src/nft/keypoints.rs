//! The keypoints by which the picture is first found.
//!
//! The picture is described at several sizes. What is seen from straight in front and from each direction aside are
//! images of their own, so that appearances of one place do not compete in the runtime's ratio test.

use std::f32::consts::TAU;

use crate::Cancellation;
use crate::detector::Keypoint;
use crate::detector::kpm::Detector;
use crate::gray::GrayF32;
use crate::selection::{Selection, ViewPlan, choose, repeatable_keypoints};
use crate::working_copy::shown;

use super::options::NftOptions;
use super::{INCH, KeypointSet, Page, Point, Record};

/// Shorter sides in pixels of the images seen from straight in front, of a picture that fills a camera frame: two for
/// every octave.
const FRONTAL_SIDES: [f64; 7] = [400.0, 283.0, 200.0, 141.0, 100.0, 71.0, 50.0];
/// How many of them one, two and three levels have.
const SIDES: [usize; 3] = [2, 4, 7];
/// A picture larger than the next smaller side by more than this factor is also described at its own size.
const OWN_SIZE: f64 = 1.15;
/// Shorter sides of those that hold what is seen from aside.
const TILTED_SIDES: [f64; 3] = [80.0, 113.0, 160.0];
/// Copies up to this shorter side are as small as AR.js sees the picture, in frames of 320 x 240 pixels.
const SMALL: f64 = 170.0;
/// Random views of a small copy, besides the ideal one, and of a larger one.
const SMALL_VIEWS: usize = 6;
const VIEWS: usize = 2;
/// The same for each direction of a foreshortened copy.
const VIEWS_ASIDE: usize = 5;
/// Side of the squares of which the runtimes keep the strongest keypoints: of AR.js, and of larger frames.
const SMALL_CELL: f32 = 24.0;
const CELL: f32 = 40.0;
/// Squares along the shorter side of an image from which points are chosen in turn.
const SQUARES: f32 = 6.3;
/// Images with fewer points cannot be found.
const MIN_POINTS: usize = 8;
/// Number of the only page.
const PAGE: i32 = 1;

/// The keypoints of a working copy that is as large as the largest level, which has `dpi` dots per inch.
pub(super) fn keypoints(
    source: &GrayF32,
    dpi: u16,
    options: &NftOptions,
    cancellation: &Cancellation,
) -> KeypointSet {
    let plans = plan(source, options.levels);
    let mut selections = repeatable_keypoints::<Detector>(source, &plans, &|| (), cancellation);
    choose(&mut selections, options.density.keypoints(), |selection| {
        selection.width.min(selection.height) as f32 / SQUARES
    });
    let mut set = KeypointSet::default();
    let mut page = Page { number: PAGE, images: vec![unusable_first(&selections[0])] };
    for (selection, number) in selections.iter().zip(1..) {
        if selection.points.len() < MIN_POINTS {
            continue;
        }
        let record = record(selection, number);
        page.images.push(record);
        let print = Print { mm: INCH / (f32::from(dpi) * selection.scale as f32), record };
        set.points.extend(selection.points.iter().map(|selected| print.point(&selected.point)));
    }
    set.pages.push(page);
    set
}

/// What the images of a working copy are made from: frontal copies, the largest first, then tilted ones.
///
/// A picture between two sides is also described at its own size.
fn plan(source: &GrayF32, levels: u8) -> Vec<ViewPlan> {
    let shorter = source.width().min(source.height()) as f64;
    let shown = shown(source.width(), source.height());
    let sides = FRONTAL_SIDES[..SIDES[usize::from(levels) - 1]].iter().map(|side| shown * side);
    let smallest = sides.clone().fold(shorter, f64::min);
    let fits = |side: &f64| (smallest..=1.02 * shorter).contains(side);
    let largest = sides.clone().find(fits).unwrap_or_default();
    let own =
        (shorter < shown * FRONTAL_SIDES[0] && shorter > OWN_SIZE * largest).then_some(shorter);
    let straight = own.into_iter().chain(sides.filter(fits)).map(|side| frontal(shorter, side));
    let tilted_sides = TILTED_SIDES.iter().map(|side| shown * side).filter(fits);
    let aside = tilted_sides.map(|side| tilted(shorter, side));
    straight.chain(aside).collect()
}

fn frontal(shorter: f64, side: f64) -> ViewPlan {
    let (cell, views) = if side <= SMALL { (SMALL_CELL, SMALL_VIEWS) } else { (CELL, VIEWS) };
    ViewPlan { scale: (side / shorter).min(1.0), tilted: false, views, cell }
}

fn tilted(shorter: f64, side: f64) -> ViewPlan {
    ViewPlan { tilted: true, views: VIEWS_ASIDE, ..frontal(shorter, side) }
}

fn record(selection: &Selection, number: i32) -> Record {
    Record { width: selection.width as u32, height: selection.height as u32, number }
}

/// An image without points, for jsartoolkitNFT, which throws away what it finds by the first image.
fn unusable_first(selection: &Selection) -> Record {
    record(selection, 0)
}

/// Where an image lies on the print.
struct Print {
    /// Millimetres per pixel.
    mm: f32,
    record: Record,
}

impl Print {
    fn point(&self, point: &Keypoint) -> Point {
        Point {
            x: point.x,
            y: point.y,
            mm_x: (point.x + 0.5) * self.mm,
            mm_y: (self.record.height as f32 - 0.5 - point.y) * self.mm,
            descriptor: point.descriptor,
            angle: turn(point.angle),
            sigma: point.scale.max(1.0),
            maxima: point.maxima,
            page: PAGE,
            image: self.record.number,
        }
    }
}

/// An angle from 0 to less than a whole turn.
fn turn(angle: f32) -> f32 {
    let turned = angle.rem_euclid(TAU);
    if turned < TAU { turned } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octave_has_two_images_and_none_is_enlarged() {
        let sides = |width, height, levels| {
            let plans = plan(&GrayF32::blank(width, height), levels);
            plans
                .iter()
                .map(|plan| (plan.scale * width.min(height) as f64).round())
                .collect::<Vec<_>>()
        };
        let whole = [400.0, 283.0, 200.0, 141.0, 100.0, 71.0, 50.0, 80.0, 113.0, 160.0];
        assert_eq!(sides(640, 480, 3), whole);
        assert_eq!(sides(640, 480, 1), [400.0, 283.0]);
        assert_eq!(sides(400, 196, 2), [185.0, 131.0, 92.0, 105.0]);
        assert_eq!(sides(100, 60, 3), [57.0, 40.0]);
    }

    #[test]
    fn angles_are_from_0_to_less_than_a_turn() {
        for angle in [-3.2, -1e-9, 0.0, 3.1, TAU, -TAU] {
            assert!((0.0..TAU).contains(&turn(angle)), "{angle}");
        }
    }
}
