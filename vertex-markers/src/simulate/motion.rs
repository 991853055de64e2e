//! Views of a moving camera.

use std::f64::consts::TAU;
use std::ops::Range;

use super::camera::Camera;
use super::quality::Quality;
use super::split_mix::SplitMix64;
use super::view::View;
use super::views::{LEAST_SHARE, fitting_share};

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
    width: f64,
    height: f64,
    motion: Motion,
    frames: usize,
    seed: u64,
) -> Vec<View> {
    let mut random = SplitMix64::of([seed, 1, motion as u64]);
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
    let mut noise = SplitMix64::of([random.bits()]);
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
    fn of(motion: Motion, random: &mut SplitMix64) -> Self {
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
    fn a_sequence_moves_no_faster_than_its_motion() {
        let camera = Camera::of(640, 480);
        for motion in Motion::ALL {
            let frames = sequence(&camera, SIZE.0, SIZE.1, motion, 30, 5);
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
