//! What transparent pictures are laid over: white paper, unless that would swallow them.

use image::Rgb;

use super::raster::{Raster, over};
use crate::gray::Weights;

/// Below this share of the contrast that black would give, white swallows a picture.
const SWALLOWED: f64 = 1.0 / 3.0;

/// The ground that a picture's transparent parts are laid over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    White,
    Black,
}

impl Ground {
    pub(super) fn colour(self) -> Rgb<u8> {
        match self {
            Self::White => Rgb([255; 3]),
            Self::Black => Rgb([0; 3]),
        }
    }

    /// The ground for a picture; `None` when nothing of it is transparent.
    pub(super) fn of(raster: &Raster) -> Option<Self> {
        if !raster.has_alpha {
            return None;
        }
        let (mut white, mut black) = (Spread::default(), Spread::default());
        let mut is_transparent = false;
        for &[red, green, blue, alpha] in raster.samples.as_chunks().0 {
            is_transparent |= alpha < 255;
            let grey = Weights::LUMA.grey([red, green, blue]) as u8;
            white.add(over(grey, alpha, 255));
            black.add(over(grey, alpha, 0));
        }
        let swallows = white.deviation() < SWALLOWED * black.deviation();
        is_transparent.then_some(if swallows { Self::Black } else { Self::White })
    }
}

/// How far grey levels are spread.
struct Spread {
    levels: [u64; 256],
}

impl Default for Spread {
    fn default() -> Self {
        Self { levels: [0; 256] }
    }
}

impl Spread {
    fn add(&mut self, level: u8) {
        self.levels[usize::from(level)] += 1;
    }

    /// Standard deviation.
    fn deviation(&self) -> f64 {
        let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (level, &times) in self.levels.iter().enumerate() {
            let (level, times) = (level as f64, times as f64);
            count += times;
            sum += times * level;
            squares += times * level * level;
        }
        let mean = sum / f64::max(count, 1.0);
        (squares / f64::max(count, 1.0) - mean * mean).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of a colour in the middle of nothing.
    fn logo(colour: [u8; 3], alpha: u8) -> Raster {
        let inside = |n: u32| (20..44).contains(&(n % 64)) && (20..44).contains(&(n / 64));
        let [red, green, blue] = colour;
        let pixel = |n: u32| if inside(n) { [red, green, blue, alpha] } else { [0; 4] };
        let samples = (0..64 * 64).flat_map(pixel).collect();
        Raster { width: 64, height: 64, has_alpha: true, samples }
    }

    #[test]
    fn white_paper_unless_it_swallows_the_picture() {
        for (colour, ground) in [
            ([0, 0, 0], Ground::White),
            ([220, 40, 40], Ground::White),
            ([128, 128, 128], Ground::White),
            ([255, 255, 255], Ground::Black),
            ([240, 240, 100], Ground::Black),
        ] {
            assert_eq!(Ground::of(&logo(colour, 255)), Some(ground), "{colour:?}");
            assert_eq!(Ground::of(&logo(colour, 128)), Some(ground), "{colour:?}");
        }
    }

    #[test]
    fn an_opaque_picture_has_no_ground() {
        let mut raster = logo([255, 255, 255], 255);
        raster.samples.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
        assert_eq!(Ground::of(&raster), None);
        let opaque = Raster { has_alpha: false, samples: vec![0; 64 * 64 * 3], ..raster };
        assert_eq!(Ground::of(&opaque), None);
    }
}
