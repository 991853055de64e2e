//! Brightness and contrast of a picture.

use crate::Picture;
use crate::gray::Weights;

/// Bands of contrast, by the standard deviation of grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContrastBand {
    /// Below 30.
    Poor,
    /// 30 to 60.
    Fair,
    /// 60 to 90.
    Good,
    /// 90 and more.
    Excellent,
}

impl ContrastBand {
    /// The band a contrast falls in.
    #[must_use]
    pub fn of(contrast: f64) -> Self {
        match contrast {
            c if c < 30.0 => Self::Poor,
            c if c < 60.0 => Self::Fair,
            c if c < 90.0 => Self::Good,
            _ => Self::Excellent,
        }
    }

    /// The band's name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Poor => "poor",
            Self::Fair => "fair",
            Self::Good => "good",
            Self::Excellent => "excellent",
        }
    }
}

/// What [`analyze`] measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Analysis {
    /// Mean grey level, 0 to 255.
    pub brightness: f64,
    /// Standard deviation of grey, 0 to 127.5.
    pub contrast: f64,
    /// Band of the contrast.
    pub band: ContrastBand,
}

/// Measures brightness and contrast of a picture's Rec. 601 grey.
///
/// ```
/// use vertex_markers::image::{Rgb, RgbImage};
/// use vertex_markers::{ContrastBand, Picture, analyze};
///
/// let stripes = RgbImage::from_fn(480, 480, |x, _| Rgb([if x % 16 < 8 { 20 } else { 220 }; 3]));
/// let analysis = analyze(&Picture::from_rgb(stripes));
/// assert_eq!(analysis.brightness.round(), 120.0);
/// assert_eq!(analysis.band, ContrastBand::Excellent);
/// ```
#[must_use]
pub fn analyze(picture: &Picture) -> Analysis {
    let (mut sum, mut squares) = (0.0, 0.0);
    for pixel in picture.rgb().pixels() {
        let grey = f64::from(Weights::LUMA.grey(pixel.0));
        sum += grey;
        squares += grey * grey;
    }
    let count = (f64::from(picture.width()) * f64::from(picture.height())).max(1.0);
    let brightness = sum / count;
    let contrast = (squares / count - brightness * brightness).max(0.0).sqrt();
    Analysis { brightness, contrast, band: ContrastBand::of(contrast) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    #[test]
    fn a_plain_picture_has_no_contrast() {
        let grey = Picture::from_rgb(RgbImage::from_pixel(20, 10, Rgb([128; 3])));
        let analysis = analyze(&grey);
        assert!((analysis.brightness - 128.0).abs() < 1e-3);
        assert!(analysis.contrast < 1e-3);
        assert_eq!(analysis.band.as_str(), "poor");
    }

    #[test]
    fn half_black_half_white_is_excellent() {
        let split = RgbImage::from_fn(10, 10, |x, _| Rgb([if x < 5 { 0 } else { 255 }; 3]));
        let analysis = analyze(&Picture::from_rgb(split));
        assert!((analysis.contrast - 127.5).abs() < 1e-3);
        assert_eq!(analysis.band, ContrastBand::Excellent);
    }

    #[test]
    fn bands_begin_at_30_60_and_90() {
        let names = [29.9, 30.0, 59.9, 60.0, 89.9, 90.0].map(|c| ContrastBand::of(c).as_str());
        assert_eq!(names, ["poor", "fair", "fair", "good", "good", "excellent"]);
    }
}
