//! Where a synthetic camera stands, and what it does to the light.

use std::f64::consts::TAU;
use std::ops::Range;

use super::camera::{Camera, Pose};
use super::homography::Place;
use super::random::Random;

/// One look at a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Width of the target on the screen, if it faced the camera, over the width of the frame.
    pub share: f64,
    /// Angle in radians by which the target turns away from the camera.
    pub tilt: f64,
    /// Direction in radians, in the target's plane, of the line it is tilted about.
    pub axis: f64,
    /// Rotation in radians about the line of sight, after the tilt.
    pub roll: f64,
    /// Where the middle of the target appears, in pixel indices of the frame.
    pub center: Place,
    /// Exposure.
    pub light: Light,
    /// Standard deviation of the lens's Gaussian blur in pixels of the frame.
    pub blur: f64,
    /// Standard deviation of the sensor's noise in grey levels.
    pub noise: f64,
    /// Seed of the clutter behind the target.
    pub clutter: u64,
    /// Seed of the noise.
    pub seed: u64,
}

/// What becomes of a grey level `v`: `255 * gain * (v / 255)^gamma + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Light {
    /// Exponent of the curve.
    pub gamma: f64,
    /// Factor of the levels.
    pub gain: f64,
    /// Grey levels added.
    pub offset: f64,
}

impl Light {
    /// Levels as they are.
    pub const NEUTRAL: Self = Self { gamma: 1.0, gain: 1.0, offset: 0.0 };
}

impl View {
    /// The target in the middle of the frame, facing an ideal camera.
    #[must_use]
    pub fn frontal(camera: &Camera, share: f64) -> Self {
        Self {
            share,
            tilt: 0.0,
            axis: 0.0,
            roll: 0.0,
            center: camera.center(),
            light: Light::NEUTRAL,
            blur: 0.0,
            noise: 0.0,
            clutter: 0,
            seed: 0,
        }
    }

    /// Where a target of this size, in its own pixels, stands before the camera.
    #[must_use]
    pub fn pose(&self, camera: &Camera, width: f64, height: f64) -> Pose {
        let rotation = self.rotation();
        let distance = camera.focal * width / (self.share * camera.width as f64);
        let (cx, cy) = camera.center();
        let aside = |place: f64, center: f64| (place - center) * distance / camera.focal;
        let middle = [aside(self.center.0, cx), aside(self.center.1, cy), distance];
        Pose(std::array::from_fn(|row| {
            let [x, y, z] = rotation[row];
            [x, y, z, middle[row] - (x * width + y * height) / 2.0]
        }))
    }

    fn rotation(&self) -> [[f64; 3]; 3] {
        let (s, c) = self.tilt.sin_cos();
        let (ay, ax) = self.axis.sin_cos();
        let rest = 1.0 - c;
        let [x, y, z] = [
            [c + ax * ax * rest, ax * ay * rest, ay * s],
            [ax * ay * rest, c + ay * ay * rest, -ax * s],
            [-ay * s, ax * s, c],
        ];
        let (s, c) = self.roll.sin_cos();
        let turned = |a: f64, b: f64| std::array::from_fn(|column| a * x[column] + b * y[column]);
        [turned(c, -s), turned(s, c), z]
    }
}

/// Shares and tilts are drawn from this many equal classes each.
const CLASSES: usize = 4;
const LEAST_SHARE: f64 = 0.25;
const TILTS: Range<f64> = 0.0..TAU / 6.0;
/// Most targets are held roughly upright.
const UPRIGHT: f64 = 0.7;
/// Deviation of luma when the noise of each channel is independent and of deviation 1.
const LUMA_NOISE: f64 = 0.668;

/// What a camera may do to the light.
struct Quality {
    blur: Range<f64>,
    gamma: Range<f64>,
    gain: Range<f64>,
    offset: Range<f64>,
    noise: Range<f64>,
}

const ANY_QUALITY: Quality = Quality {
    blur: 0.0..1.5,
    gamma: 0.7..1.4,
    gain: 0.75..1.15,
    offset: -12.0..15.0,
    noise: 1.0..6.0,
};

impl Quality {
    fn apply(&self, view: View, random: &mut Random) -> View {
        View {
            blur: random.within(&self.blur),
            light: Light {
                gamma: random.within(&self.gamma),
                gain: random.within(&self.gain),
                offset: random.within(&self.offset),
            },
            noise: LUMA_NOISE * random.within(&self.noise),
            ..view
        }
    }
}

/// Random views of a target of this size, in its own pixels.
///
/// Every sixteen of them cover four classes of shares, from a quarter of the frame to what fits in it,
/// times four classes of tilts up to 60 degrees, at any light, sharpness and noise of an ordinary phone.
#[must_use]
pub fn views(camera: &Camera, width: f64, height: f64, count: usize, seed: u64) -> Vec<View> {
    let shares = LEAST_SHARE..fitting_share(camera, width, height).max(LEAST_SHARE + 0.05);
    let view = |index: usize| {
        let mut random = Random::of([seed, 0, index as u64]);
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
fn fitting_share(camera: &Camera, width: f64, height: f64) -> f64 {
    (camera.height as f64 * width / height / camera.width as f64).min(1.0)
}

fn in_class(range: &Range<f64>, class: usize, random: &mut Random) -> f64 {
    let part = (class as f64 + random.unit()) / CLASSES as f64;
    range.start + (range.end - range.start) * part
}

fn roll(random: &mut Random) -> f64 {
    let most = if random.unit() < UPRIGHT { TAU / 12.0 } else { TAU / 2.0 };
    random.within(&(-most..most))
}

/// Near the middle of the frame, the farther away the more room the target leaves.
fn center(camera: &Camera, share: f64, aspect: f64, random: &mut Random) -> Place {
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

/// How a phone moves in a [`sequence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Motion {
    /// A steady hand: 2 to 4 pixels per frame.
    Slow,
    /// A hand that moves on: 7 to 12 pixels per frame.
    Fast,
    /// A hand that shakes: 18 to 28 pixels per frame, to and fro.
    Shake,
}

impl Motion {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Slow, Self::Fast, Self::Shake];

    /// Top speed in pixels per frame.
    fn speeds(self) -> Range<f64> {
        match self {
            Self::Slow => 2.0..4.0,
            Self::Fast => 7.0..12.0,
            Self::Shake => 18.0..28.0,
        }
    }

    /// Frames from one place back to it.
    fn periods(self) -> Range<f64> {
        if self == Self::Shake { 10.0..16.0 } else { 30.0..50.0 }
    }

    fn quality(self) -> Quality {
        Quality {
            blur: 0.3..if self == Self::Slow { 1.2 } else { 1.6 },
            gamma: 0.8..1.25,
            gain: 0.8..1.1,
            offset: -8.0..10.0,
            noise: 1.0..5.0,
        }
    }
}

/// Consecutive frames of one moving camera, before one clutter and in one light.
#[must_use]
pub fn sequence(
    camera: &Camera,
    (width, height): (f64, f64),
    motion: Motion,
    frames: usize,
    seed: u64,
) -> Vec<View> {
    let mut random = Random::of([seed, 1, motion as u64]);
    let share = fitting_share(camera, width, height) * random.within(&(0.5..0.8));
    let start = View {
        tilt: random.within(&(TAU / 72.0..TAU / 12.0)),
        axis: random.within(&(0.0..TAU)),
        roll: random.within(&(-TAU / 18.0..TAU / 18.0)),
        clutter: random.bits(),
        ..View::frontal(camera, share.max(LEAST_SHARE))
    };
    let start = motion.quality().apply(start, &mut random);
    let path = Path::of(motion, &mut random);
    let mut noise = Random::of([random.bits()]);
    (0..frames)
        .map(|frame| View { seed: noise.bits(), ..path.moved(&start, frame as f64) })
        .collect()
}

/// Sinusoids round a first view.
struct Path {
    /// How lively everything but the place moves.
    pace: f64,
    zoom: Wave,
    nod: Wave,
    spin: Wave,
    /// Pixels.
    amplitude: f64,
    right: Wave,
    down: Wave,
}

impl Path {
    fn of(motion: Motion, random: &mut Random) -> Self {
        let speed = random.within(&motion.speeds());
        let period = random.within(&motion.periods());
        let right = Wave { period, phase: random.within(&(0.0..TAU)) };
        let mut wave =
            || Wave { period: random.within(&(26.0..60.0)), phase: random.within(&(0.0..TAU)) };
        Self {
            pace: if motion == Motion::Slow { 0.5 } else { 1.0 },
            zoom: wave(),
            nod: wave(),
            spin: wave(),
            amplitude: speed * period / TAU,
            down: Wave { phase: right.phase + 1.5, ..right },
            right,
        }
    }

    fn moved(&self, start: &View, frame: f64) -> View {
        let Self { pace, amplitude, .. } = *self;
        let (x, y) = start.center;
        View {
            share: start.share * (1.0 + 0.12 * pace * self.zoom.at(frame)),
            tilt: (start.tilt + TAU / 40.0 * pace * self.nod.at(frame)).max(0.0),
            axis: start.axis + 0.01 * pace * frame,
            roll: start.roll + TAU / 36.0 * pace * self.spin.at(frame),
            center: (
                x + 0.7 * amplitude * self.right.at(frame),
                y + 0.5 * amplitude * self.down.at(frame),
            ),
            ..*start
        }
    }
}

/// A sine that starts at 0, wherever in its period it is.
#[derive(Clone, Copy)]
struct Wave {
    /// Frames.
    period: f64,
    phase: f64,
}

impl Wave {
    fn at(&self, frame: f64) -> f64 {
        (TAU * frame / self.period + self.phase).sin() - self.phase.sin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (f64, f64) = (512.0, 384.0);

    #[test]
    fn a_frontal_view_puts_the_corners_where_its_share_says() {
        let camera = Camera::of(640, 480);
        let view = View::frontal(&camera, 0.5);
        let corners = view.pose(&camera, SIZE.0, SIZE.1).corners(&camera, SIZE.0, SIZE.1);
        let expected = [(160.0, 120.0), (480.0, 120.0), (480.0, 360.0), (160.0, 360.0)];
        for (found, expected) in corners.iter().zip(expected) {
            assert!((found.0 - expected.0).abs() < 1e-9 && (found.1 - expected.1).abs() < 1e-9);
        }
    }

    #[test]
    fn the_middle_lands_on_the_centre_however_it_is_turned() {
        let camera = Camera::of(640, 480);
        let view = View {
            tilt: 0.8,
            axis: 2.0,
            roll: -1.0,
            center: (400.0, 99.0),
            ..View::frontal(&camera, 0.4)
        };
        let pose = view.pose(&camera, SIZE.0, SIZE.1);
        let (x, y) = pose.homography(&camera).apply((SIZE.0 / 2.0, SIZE.1 / 2.0));
        assert!((x - 400.0).abs() < 1e-9 && (y - 99.0).abs() < 1e-9);
        let [a, b, _] = pose
            .0
            .map(|row| [row[0], row[1]])
            .iter()
            .fold([0.0; 3], |sum, [x, y]| [sum[0] + x * x, sum[1] + y * y, sum[2] + x * y]);
        assert!((a - 1.0).abs() < 1e-12 && (b - 1.0).abs() < 1e-12);
    }

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

    #[test]
    fn a_sequence_moves_no_faster_than_its_motion() {
        let camera = Camera::of(640, 480);
        for motion in Motion::ALL {
            let frames = sequence(&camera, SIZE, motion, 30, 5);
            let fastest = frames
                .windows(2)
                .map(|pair| {
                    let [a, b] = [pair[0].center, pair[1].center];
                    (a.0 - b.0).hypot(a.1 - b.1)
                })
                .fold(0.0, f64::max);
            assert!(fastest <= motion.speeds().end, "{motion:?}: {fastest}");
            assert!(fastest > motion.speeds().start / 3.0, "{motion:?}: {fastest}");
            assert!(frames.iter().all(|view| view.clutter == frames[0].clutter));
        }
    }
}
