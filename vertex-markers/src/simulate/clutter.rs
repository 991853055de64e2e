//! What lies behind a target.

use std::f64::consts::PI;

use crate::gray::GrayF32;

use super::span::Span;
use super::split_mix::SplitMix64;

const SHAPES: usize = 120;
/// An even number of chequers, more than lie to one side of the middle.
const FIELDS: f64 = 64.0;

/// A shaded wall with bars, discs and chequers strewn over it, in grey levels.
pub(super) fn clutter(width: usize, height: usize, seed: u64) -> GrayF32 {
    let mut random = SplitMix64::of([seed]);
    let mut frame = wall(width, height, &mut random);
    for _ in 0..SHAPES {
        Shape::any(width, height, &mut random).paint(&mut frame);
    }
    frame
}

/// Luma of a colour with independent channels from this range.
fn level(random: &mut SplitMix64, from: f64, to: f64) -> f64 {
    let weights = [0.299, 0.587, 0.114];
    weights.iter().map(|weight| weight * random.within(&(from..to))).sum()
}

fn wall(width: usize, height: usize, random: &mut SplitMix64) -> GrayF32 {
    let middle = level(random, 30.0, 220.0);
    let (right, down) = (level(random, -60.0, 60.0), level(random, -60.0, 60.0));
    let step = right / width as f64;
    let mut frame = GrayF32::blank(width, height);
    for y in 0..height {
        let first = middle - right / 2.0 + down * (y as f64 / height as f64 - 0.5);
        for (x, level) in frame.row_mut(y).iter_mut().enumerate() {
            *level = (first + step * x as f64) as f32;
        }
    }
    frame
}

enum Kind {
    Bar,
    Disc,
    /// With this many pixels per field.
    Chequers(f64),
}

struct Shape {
    kind: Kind,
    x: f64,
    y: f64,
    /// Half the length and half the breadth in pixels.
    half: [f64; 2],
    sin: f64,
    cos: f64,
    level: f64,
    opacity: f64,
}

impl Shape {
    fn any(width: usize, height: usize, random: &mut SplitMix64) -> Self {
        let (sin, cos) = random.within(&(0.0..PI)).sin_cos();
        Self {
            kind: match random.bits() % 3 {
                0 => Kind::Bar,
                1 => Kind::Disc,
                _ => Kind::Chequers(random.within(&(3.0..14.0))),
            },
            x: random.within(&(0.0..width as f64)),
            y: random.within(&(0.0..height as f64)),
            half: [random.within(&(1.2..4.4)).exp(), random.within(&(1.0..4.0)).exp()],
            sin,
            cos,
            level: level(random, 0.0, 255.0),
            opacity: random.within(&(0.5..1.0)),
        }
    }

    fn paint(&self, frame: &mut GrayF32) {
        let reach = self.half[0].hypot(self.half[1]);
        let rows = Span { from: self.y - reach, to: self.y + reach }.columns(frame.height());
        let width = frame.width();
        for y in rows {
            let down = y as f64 - self.y;
            let span = match self.kind {
                Kind::Disc => self.disc(down),
                Kind::Bar | Kind::Chequers(_) => self.bar(down),
            };
            let columns = span.columns(width);
            let first = columns.start as f64 - self.x;
            self.paint_row(&mut frame.row_mut(y)[columns], first, down);
        }
    }

    fn bar(&self, down: f64) -> Span {
        let [length, breadth] = self.half;
        let (along, across) = (down * self.sin, down * self.cos);
        let relative = Span::ALL
            .keep(self.cos, along + length)
            .keep(-self.cos, length - along)
            .keep(-self.sin, across + breadth)
            .keep(self.sin, breadth - across);
        self.moved(relative)
    }

    fn disc(&self, down: f64) -> Span {
        let [length, breadth] = self.half.map(|half| 1.0 / (half * half));
        let (s, c) = (self.sin, self.cos);
        let square = c * c * length + s * s * breadth;
        let linear = down * s * c * (length - breadth);
        let constant = down * down * (s * s * length + c * c * breadth) - 1.0;
        let discriminant = linear * linear - square * constant;
        if discriminant < 0.0 {
            return Span::EMPTY;
        }
        let (middle, reach) = (-linear / square, discriminant.sqrt() / square);
        self.moved(Span { from: middle - reach, to: middle + reach })
    }

    fn moved(&self, span: Span) -> Span {
        Span { from: span.from + self.x, to: span.to + self.x }
    }

    /// `first` and `down` lead from the middle of the shape to the first of these pixels.
    fn paint_row(&self, pixels: &mut [f32], first: f64, down: f64) {
        let behind = (1.0 - self.opacity) as f32;
        let light = (self.level * self.opacity) as f32;
        let Kind::Chequers(field) = self.kind else {
            pixels.iter_mut().for_each(|pixel| *pixel = *pixel * behind + light);
            return;
        };
        let (along, across) = (self.cos / field, -self.sin / field);
        let mut u = (first * self.cos + down * self.sin) / field + FIELDS;
        let mut v = (down * self.cos - first * self.sin) / field + FIELDS;
        for pixel in pixels {
            let dark = (u as i32 ^ v as i32) & 1 == 1;
            *pixel = *pixel * behind + if dark { 0.35 * light } else { light };
            u += along;
            v += across;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_has_its_own_clutter_of_grey_levels() {
        let frame = clutter(160, 120, 3);
        assert_eq!(frame, clutter(160, 120, 3));
        assert_ne!(frame, clutter(160, 120, 4));
        assert!(frame.data().iter().all(|level| (-60.0..=300.0).contains(level)));
        let mean = frame.data().iter().sum::<f32>() / 19_200.0;
        let variance =
            frame.data().iter().map(|level| (level - mean).powi(2)).sum::<f32>() / 19_200.0;
        assert!(variance > 100.0, "{variance}");
    }

    #[test]
    fn a_disc_is_as_large_as_its_axes_say() {
        let mut frame = GrayF32::blank(200, 200);
        Shape {
            kind: Kind::Disc,
            x: 100.0,
            y: 100.0,
            half: [60.0, 20.0],
            sin: 0.6,
            cos: 0.8,
            level: 1.0,
            opacity: 1.0,
        }
        .paint(&mut frame);
        let area: f32 = frame.data().iter().sum();
        assert!((f64::from(area) / (PI * 1200.0) - 1.0).abs() < 0.01, "{area}");
    }

    #[test]
    fn tiny_frames_are_fine() {
        assert_eq!(clutter(0, 0, 1).data().len(), 0);
        assert_eq!(clutter(1, 1, 1).data().len(), 1);
    }
}
