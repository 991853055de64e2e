//! Octaves of three pictures each and the differences between them, made row by row.

use crate::gray::GrayF32;
use crate::simd;

use super::super::rows::{Blur, RowRing, halve, subtract};

/// Pictures of an octave.
pub(super) const PICTURES: usize = 3;
/// Differences of an octave.
pub(super) const DIFFERENCES: usize = PICTURES - 1;
const MIN_SIDE: usize = 8;

/// Three pictures of one size, each blurrier than the one before by a factor of the square root of two.
#[derive(Debug, Default)]
pub(super) struct Octave {
    pub(super) pictures: [GrayF32; PICTURES],
    /// Each picture less the next one.
    pub(super) differences: [GrayF32; DIFFERENCES],
}

impl Octave {
    fn reset(&mut self, width: usize, height: usize) {
        for image in self.pictures.iter_mut().chain(&mut self.differences) {
            image.reset(width, height);
        }
    }

    /// Completes an octave whose first picture is there, and begins the next one.
    #[inline(always)]
    fn complete(&mut self, work: &mut Work, mut coarser: Option<&mut Self>) {
        let [first, second, third] = &mut self.pictures;
        let [upper, lower] = &mut self.differences;
        let (width, height) = (first.width(), first.height());
        let [once, twice, thrice] = &mut work.blurs;
        [&mut *once, twice, thrice].into_iter().for_each(|blur| blur.reset(width, height));
        work.between.reset(width);
        for y in 0..height + 3 * Blur::DELAY {
            if y < height {
                once.push(y, first.row(y));
            }
            let Some(y) = y.checked_sub(Blur::DELAY) else { continue };
            if y < height {
                once.blurred(y, second.row_mut(y));
                subtract(first.row(y), second.row(y), upper.row_mut(y));
                twice.push(y, second.row(y));
            }
            let Some(y) = y.checked_sub(Blur::DELAY) else { continue };
            if y < height {
                twice.blurred(y, work.between.row_mut(y));
                thrice.push(y, work.between.row(y));
            }
            let Some(y) = y.checked_sub(Blur::DELAY) else { continue };
            thrice.blurred(y, third.row_mut(y));
            subtract(second.row(y), third.row(y), lower.row_mut(y));
            if let (1, Some(coarser)) = (y % 2, &mut coarser) {
                halve(third.row(y - 1), third.row(y), coarser.pictures[0].row_mut(y / 2));
            }
        }
    }
}

/// Working memory of the blurring.
#[derive(Debug, Default)]
struct Work {
    blurs: [Blur; 3],
    between: RowRing<1>,
}

/// Octaves from full size down, each half the size of the one before.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    octaves: Vec<Octave>,
    count: usize,
    work: Work,
}

impl Pyramid {
    pub(super) fn build(&mut self, image: &GrayF32) {
        let (width, height) = (image.width(), image.height());
        self.count = octave_count(width, height);
        self.octaves.resize_with(self.octaves.len().max(self.count), Octave::default);
        for (number, octave) in self.octaves[..self.count].iter_mut().enumerate() {
            octave.reset(width >> number, height >> number);
        }
        simd::run(
            #[inline(always)]
            || {
                let mut rest = &mut self.octaves[..self.count];
                if let [first, ..] = rest {
                    blur(image, &mut self.work.blurs[0], &mut first.pictures[0]);
                }
                while let [octave, coarser @ ..] = rest {
                    octave.complete(&mut self.work, coarser.first_mut());
                    rest = coarser;
                }
            },
        );
    }

    pub(super) fn octaves(&self) -> &[Octave] {
        &self.octaves[..self.count]
    }
}

#[inline(always)]
fn blur(image: &GrayF32, blur: &mut Blur, blurred: &mut GrayF32) {
    let height = image.height();
    blur.reset(image.width(), height);
    for y in 0..height + Blur::DELAY {
        if y < height {
            blur.push(y, image.row(y));
        }
        if let Some(y) = y.checked_sub(Blur::DELAY) {
            blur.blurred(y, blurred.row_mut(y));
        }
    }
}

fn octave_count(width: usize, height: usize) -> usize {
    let shorter = width.min(height);
    (0..usize::BITS).take_while(|&octave| shorter >> octave >= MIN_SIDE).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_level;

    #[test]
    fn octaves_halve_down_to_eight_pixels() {
        assert_eq!(octave_count(640, 480), 6);
        assert_eq!(octave_count(28, 300), 2);
        assert_eq!(octave_count(7, 300), 0);
        assert_eq!(octave_count(0, 0), 0);
    }

    #[test]
    fn every_picture_blurs_the_one_before_it() {
        let image = GrayF32::from_fn(67, 45, |x, y| ((x * x + 31 * y) % 256) as f32);
        let blurred = |image: &GrayF32| {
            let mut out = GrayF32::blank(image.width(), image.height());
            blur(image, &mut Blur::default(), &mut out);
            out
        };
        let mut pyramid = Pyramid::default();
        each_level(|| {
            pyramid.build(&image);
            let [octave, next, ..] = pyramid.octaves() else { panic!("two octaves") };
            let [first, second, third] = &octave.pictures;
            assert_eq!(first, &blurred(&image));
            assert_eq!(second, &blurred(first));
            assert_eq!(third, &blurred(&blurred(second)));
            assert_eq!(octave.differences[1].at(5, 44), second.at(5, 44) - third.at(5, 44));
            let block = [third.at(8, 2), third.at(8, 3), third.at(9, 2), third.at(9, 3)];
            assert!((next.pictures[0].at(4, 1) - block.iter().sum::<f32>() / 4.0).abs() < 1e-4);
        });
    }
}
