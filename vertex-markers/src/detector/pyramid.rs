//! The octave pyramid and its differences of Gaussians, made row by row.

use crate::gray::GrayF32;
use crate::simd;

use super::rows::{Blur, RowRing, halve, subtract};

const MAX_OCTAVES: usize = 5;
const MIN_SIDE: usize = 8;
/// Extrema are looked for in octaves that have a finer and a coarser neighbour.
const MIN_OCTAVES: usize = 3;

/// One octave: an image, the same blurred once more, and their difference.
#[derive(Debug, Default)]
pub(super) struct Octave {
    sharper: GrayF32,
    /// The more blurred of the two images; orientation and descriptors are read from it.
    pub(super) smoother: GrayF32,
    /// Less blurred minus more blurred: positive at bright blobs.
    pub(super) difference: GrayF32,
    /// The finer octave's difference at this octave's size.
    pub(super) finer_difference: GrayF32,
}

impl Octave {
    fn reset(&mut self, width: usize, height: usize) {
        let Self { sharper, smoother, difference, finer_difference } = self;
        for image in [sharper, smoother, difference, finer_difference] {
            image.reset(width, height);
        }
    }

    /// Takes two rows of the finer octave, of which `y` is the lower one.
    #[inline(always)]
    fn take(&mut self, y: usize, smoother: [&[f32]; 2], difference: [&[f32]; 2]) {
        halve(smoother[0], smoother[1], self.sharper.row_mut(y / 2));
        halve(difference[0], difference[1], self.finer_difference.row_mut(y / 2));
    }

    /// Completes an octave whose sharper image is there, and begins the next one.
    #[inline(always)]
    fn complete(&mut self, blur: &mut Blur, mut coarser: Option<&mut Self>) {
        let height = self.sharper.height();
        blur.reset(self.sharper.width(), height);
        for y in 0..height + Blur::DELAY {
            if y < height {
                blur.push(y, self.sharper.row(y));
            }
            let Some(y) = y.checked_sub(Blur::DELAY) else { continue };
            blur.blurred(y, self.smoother.row_mut(y));
            subtract(self.sharper.row(y), self.smoother.row(y), self.difference.row_mut(y));
            if let (1, Some(coarser)) = (y % 2, &mut coarser) {
                let pair = |image| [GrayF32::row(image, y - 1), image.row(y)];
                coarser.take(y, pair(&self.smoother), pair(&self.difference));
            }
        }
    }
}

/// Octaves from half the size down, each half the size of the one before.
///
/// The one of full size exists only as the few rows the next one is made from.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    count: usize,
    coarse: [Octave; MAX_OCTAVES - 1],
    blurs: [Blur; 2],
    sharper: RowRing<3>,
    smoother: RowRing<2>,
    difference: RowRing<2>,
}

impl Pyramid {
    /// Makes the octaves of an image; none if extrema could not be found in any.
    pub(super) fn build(&mut self, image: &GrayF32) {
        let (width, height) = (image.width(), image.height());
        self.count = octave_count(width, height);
        if self.count < MIN_OCTAVES {
            self.count = 0;
            return;
        }
        for (octave, number) in self.coarse[..self.count - 1].iter_mut().zip(1..) {
            octave.reset(width >> number, height >> number);
        }
        simd::run(
            #[inline(always)]
            || {
                self.begin(image);
                let [blur, _] = &mut self.blurs;
                let mut rest = &mut self.coarse[..self.count - 1];
                while let [octave, coarser @ ..] = rest {
                    octave.complete(blur, coarser.first_mut());
                    rest = coarser;
                }
            },
        );
    }

    /// Numbers of the octaves that have a finer and a coarser neighbour.
    pub(super) fn inner_octaves(&self) -> std::ops::Range<usize> {
        1..self.count.saturating_sub(1).max(1)
    }

    /// An octave other than the first.
    pub(super) fn octave(&self, number: usize) -> &Octave {
        &self.coarse[number - 1]
    }

    /// Blurs the image twice and begins the second octave with the result.
    #[inline(always)]
    fn begin(&mut self, image: &GrayF32) {
        let (width, height) = (image.width(), image.height());
        let Self { coarse, blurs: [once, twice], sharper, smoother, difference, .. } = self;
        once.reset(width, height);
        twice.reset(width, height);
        sharper.reset(width);
        smoother.reset(width);
        difference.reset(width);
        for y in 0..height + 2 * Blur::DELAY {
            if y < height {
                once.push(y, image.row(y));
            }
            let Some(y) = y.checked_sub(Blur::DELAY) else { continue };
            if y < height {
                once.blurred(y, sharper.row_mut(y));
                twice.push(y, sharper.row(y));
            }
            let Some(y) = y.checked_sub(Blur::DELAY) else { continue };
            twice.blurred(y, smoother.row_mut(y));
            subtract(sharper.row(y), smoother.row(y), difference.row_mut(y));
            if y % 2 == 1 {
                let (smoother, difference) = (&*smoother, &*difference);
                let pair = |rows| [RowRing::row(rows, y - 1), rows.row(y)];
                coarse[0].take(y, pair(smoother), pair(difference));
            }
        }
    }
}

fn octave_count(width: usize, height: usize) -> usize {
    (0..MAX_OCTAVES).take_while(|octave| width.min(height) >= MIN_SIDE << octave).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;

    fn blur(image: &GrayF32) -> GrayF32 {
        let sums = |sample: &dyn Fn(isize) -> f32| {
            sample(-2) + 4.0 * sample(-1) + 6.0 * sample(0) + 4.0 * sample(1) + sample(2)
        };
        let (width, height) = (image.width(), image.height());
        let wide = GrayF32::from_fn(width, height, |x, y| {
            sums(&|tap| image.clamped(x as isize + tap, y as isize))
        });
        GrayF32::from_fn(width, height, |x, y| {
            sums(&|tap| wide.clamped(x as isize, y as isize + tap)) / 256.0
        })
    }

    fn half(image: &GrayF32) -> GrayF32 {
        GrayF32::from_fn(image.width() / 2, image.height() / 2, |x, y| {
            let quarter = |dx, dy| 0.25 * image.at(2 * x + dx, 2 * y + dy);
            quarter(0, 0) + quarter(0, 1) + quarter(1, 0) + quarter(1, 1)
        })
    }

    fn difference(a: &GrayF32, b: &GrayF32) -> GrayF32 {
        GrayF32::from_fn(a.width(), a.height(), |x, y| a.at(x, y) - b.at(x, y))
    }

    #[test]
    fn octaves_halve_down_to_eight_pixels_and_stop_at_five() {
        assert_eq!(octave_count(640, 480), 5);
        assert_eq!(octave_count(300, 100), 4);
        assert_eq!(octave_count(7, 100), 0);
    }

    #[test]
    fn blur_spreads_a_dot_by_the_binomial() {
        let dot = GrayF32::from_fn(9, 9, |x, y| if (x, y) == (4, 4) { 256.0 } else { 0.0 });
        let blurred = blur(&dot);
        assert_eq!(&blurred.row(4)[2..7], [6.0, 24.0, 36.0, 24.0, 6.0]);
        assert_eq!(&blurred.row(2)[2..7], [1.0, 4.0, 6.0, 4.0, 1.0]);
    }

    fn check(pyramid: &mut Pyramid, image: &GrayF32) {
        pyramid.build(image);
        let mut sharper = blur(image);
        let mut smoother = blur(&sharper);
        for number in 1..octave_count(image.width(), image.height()) {
            let octave = pyramid.octave(number);
            assert_eq!(octave.finer_difference, half(&difference(&sharper, &smoother)));
            sharper = half(&smoother);
            smoother = blur(&sharper);
            assert_eq!(octave.smoother, smoother);
            assert_eq!(octave.difference, difference(&sharper, &smoother));
        }
    }

    #[test]
    fn row_by_row_and_image_by_image_give_the_same() {
        let mut pyramid = Pyramid::default();
        for (width, height) in [(203, 131), (32, 47), (64, 64), (35, 300)] {
            let image = GrayF32::from_fn(width, height, |x, y| ((x * x + 31 * y) % 256) as f32);
            each_level(|| check(&mut pyramid, &image));
        }
    }
}
