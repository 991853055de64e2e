//! The octave pyramid and its differences of Gaussians.

use crate::gray::GrayImage;

const MAX_OCTAVES: usize = 5;
const MIN_SIDE: usize = 8;

/// One octave: an image, the same blurred once more, and their difference.
pub(super) struct Octave {
    /// The more blurred of the two images; orientation and descriptors are read from it.
    pub(super) smoother: GrayImage,
    /// Less blurred minus more blurred: positive at bright blobs.
    pub(super) difference: GrayImage,
}

/// Octaves from the full size down, each half the size of the one before.
pub(super) struct Pyramid {
    pub(super) octaves: Vec<Octave>,
}

impl Pyramid {
    pub(super) fn build(image: &GrayImage) -> Self {
        let mut octaves: Vec<Octave> = Vec::with_capacity(MAX_OCTAVES);
        for _ in 0..octave_count(image.width(), image.height()) {
            let sharper = match octaves.last() {
                None => blur(image),
                Some(above) => half(&above.smoother),
            };
            let smoother = blur(&sharper);
            octaves.push(Octave { difference: difference(&sharper, &smoother), smoother });
        }
        Self { octaves }
    }
}

fn octave_count(width: usize, height: usize) -> usize {
    (0..MAX_OCTAVES).take_while(|octave| width.min(height) >= MIN_SIDE << octave).count()
}

/// Separable binomial filter 1 4 6 4 1, border pixels repeated.
pub(super) fn blur(image: &GrayImage) -> GrayImage {
    let (width, height) = (image.width(), image.height());
    let mut sums = GrayImage::blank(width, height);
    let mut padded = vec![0.0; width + 4];
    for y in 0..height {
        pad(image.row(y), &mut padded);
        for (sum, taps) in sums.row_mut(y).iter_mut().zip(padded.windows(5)) {
            *sum = taps[0] + 4.0 * taps[1] + 6.0 * taps[2] + 4.0 * taps[3] + taps[4];
        }
    }
    let mut blurred = GrayImage::blank(width, height);
    for y in 0..height {
        let row = |offset: usize| sums.row((y + offset).saturating_sub(2).min(height - 1));
        let rows = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3)).zip(row(4));
        for (value, ((((a, b), c), d), e)) in blurred.row_mut(y).iter_mut().zip(rows) {
            *value = (a + 4.0 * b + 6.0 * c + 4.0 * d + e) / 256.0;
        }
    }
    blurred
}

fn pad(row: &[f32], padded: &mut [f32]) {
    let (first, last) = (row[0], row[row.len() - 1]);
    padded[..2].fill(first);
    padded[2..row.len() + 2].copy_from_slice(row);
    padded[row.len() + 2..].fill(last);
}

/// Half the size by means of 2 x 2 blocks; an odd last row or column is dropped.
pub(super) fn half(image: &GrayImage) -> GrayImage {
    let (width, height) = (image.width() / 2, image.height() / 2);
    let mut halved = GrayImage::blank(width, height);
    for y in 0..height {
        let above = image.row(2 * y).as_chunks::<2>().0;
        let below = image.row(2 * y + 1).as_chunks::<2>().0;
        for ((value, a), b) in halved.row_mut(y).iter_mut().zip(above).zip(below) {
            *value = 0.25 * a[0] + 0.25 * b[0] + 0.25 * a[1] + 0.25 * b[1];
        }
    }
    halved
}

fn difference(sharper: &GrayImage, smoother: &GrayImage) -> GrayImage {
    let mut result = GrayImage::blank(sharper.width(), sharper.height());
    for y in 0..sharper.height() {
        let pairs = sharper.row(y).iter().zip(smoother.row(y));
        for (value, (a, b)) in result.row_mut(y).iter_mut().zip(pairs) {
            *value = a - b;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octaves_halve_down_to_eight_pixels_and_stop_at_five() {
        assert_eq!(octave_count(640, 480), 5);
        assert_eq!(octave_count(300, 100), 4);
        assert_eq!(octave_count(7, 100), 0);
    }

    #[test]
    fn blur_spreads_a_dot_by_the_binomial() {
        let dot = GrayImage::from_fn(9, 9, |x, y| if (x, y) == (4, 4) { 256.0 } else { 0.0 });
        let blurred = blur(&dot);
        assert_eq!(&blurred.row(4)[2..7], [6.0, 24.0, 36.0, 24.0, 6.0]);
        assert_eq!(&blurred.row(2)[2..7], [1.0, 4.0, 6.0, 4.0, 1.0]);
    }

    #[test]
    fn blur_repeats_the_border() {
        let flat = blur(&GrayImage::from_fn(3, 2, |_, _| 50.0));
        assert!(flat.data().iter().all(|&v| v == 50.0));
    }
}
