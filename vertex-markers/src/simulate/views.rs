//! Views of all kinds.

use std::f64::consts::TAU;
use std::ops::Range;

use super::camera::Camera;
use super::homography::Point2;
use super::quality::Quality;
use super::split_mix::SplitMix64;
use super::view::View;

/// Shares and tilts are drawn from this many equal classes each.
const CLASSES: usize = 4;
pub(super) const LEAST_SHARE: f64 = 0.25;
const TILTS: Range<f64> = 0.0..TAU / 6.0;
/// Most targets are held roughly upright.
const UPRIGHT: f64 = 0.7;

const ANY_QUALITY: Quality = Quality {
    blur: 0.0..1.5,
    gamma: 0.7..1.4,
    gain: 0.75..1.15,
    offset: -12.0..15.0,
    noise: 1.0..6.0,
};

/// SplitMix64 views of a target of this size, in its own pixels.
///
/// Every sixteen of them cover four classes of shares, from a quarter of the frame to what fits in it,
/// times four classes of tilts up to 60 degrees, at any light, sharpness and noise of an ordinary phone.
#[must_use]
pub fn views(camera: &Camera, width: f64, height: f64, count: usize, seed: u64) -> Vec<View> {
    let shares = LEAST_SHARE..fitting_share(camera, width, height).max(LEAST_SHARE + 0.05);
    let view = |index: usize| {
        let mut random = SplitMix64::of([seed, 0, index as u64]);
        let share = in_class(&shares, index % CLASSES, &mut random);
        let view = View {
            share,
            tilt: in_class(&TILTS, index / CLASSES % CLASSES, &mut random),
            axis: random.within(&(0.0..TAU)),
            roll: roll(&mut random),
            center: center(camera, share, height / width, &mut random),
            clutter: random.bits(),
            seed: random.bits(),
            ..View::frontal(camera, share)
        };
        ANY_QUALITY.apply(view, &mut random)
    };
    (0..count).map(view).collect()
}

/// The greatest share at which all of the target is in the frame.
pub(crate) fn fitting_share(camera: &Camera, width: f64, height: f64) -> f64 {
    (camera.height as f64 * width / height / camera.width as f64).min(1.0)
}

fn in_class(range: &Range<f64>, class: usize, random: &mut SplitMix64) -> f64 {
    let part = (class as f64 + random.unit()) / CLASSES as f64;
    range.start + (range.end - range.start) * part
}

fn roll(random: &mut SplitMix64) -> f64 {
    let most = if random.unit() < UPRIGHT { TAU / 12.0 } else { TAU / 2.0 };
    random.within(&(-most..most))
}

/// Near the middle of the frame, the farther away the more room the target leaves.
fn center(camera: &Camera, share: f64, aspect: f64, random: &mut SplitMix64) -> Point2 {
    let width = share * camera.width as f64;
    let height = width * aspect;
    let turned = 0.8 * width.hypot(height);
    let mut near = |middle: f64, side: f64, least: f64, most: f64| {
        let reach = ((2.0 * middle - side.max(turned)) / 2.0).clamp(least, most);
        middle + random.within(&(-reach..reach))
    };
    let (x, y) = camera.center();
    (near(x, width, 20.0, 120.0), near(y, height, 15.0, 90.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (f64, f64) = (512.0, 384.0);

    #[test]
    fn sixteen_views_cover_all_classes() {
        let camera = Camera::of(640, 480);
        let all = views(&camera, SIZE.0, SIZE.1, 16, 1);
        let mut classes: Vec<(usize, usize)> = all
            .iter()
            .map(|view| {
                let class = |value: f64, end: f64| (value / end * 4.0) as usize;
                (class(view.share - 0.25, 0.75), class(view.tilt, TAU / 6.0))
            })
            .collect();
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), 16);
        assert_eq!(all, views(&camera, SIZE.0, SIZE.1, 16, 1));
        assert_ne!(all, views(&camera, SIZE.0, SIZE.1, 16, 2));
    }
}
