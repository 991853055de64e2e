//! QR codes as PNG and SVG.

use std::fmt::Write as _;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, GrayImage, ImageEncoder, Luma};
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

use crate::{Error, Result};

/// Light modules round the code, as ISO/IEC 18004 asks.
const QUIET_ZONE: u32 = 4;
const MIN_SIZE: u32 = 64;
const MAX_SIZE: u32 = 4096;

/// How much of a code may be lost and still be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ErrorCorrection {
    /// About 7 %.
    Low,
    /// About 15 %.
    #[default]
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

/// How to draw a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QrOptions {
    /// Error correction level.
    pub error_correction: ErrorCorrection,
    /// Side of the square picture in pixels, quiet zone included: 64 to 4096.
    pub size: u32,
}

impl Default for QrOptions {
    fn default() -> Self {
        Self { error_correction: ErrorCorrection::default(), size: 512 }
    }
}

/// Draws `text` as a QR code: a black on white PNG of exactly `size` x `size` pixels.
///
/// A module is a whole number of pixels; what is left of `size` widens the quiet zone.
///
/// ```
/// use vertex_markers::{ErrorCorrection, Limits, Picture, QrOptions, qr_png};
///
/// let options = QrOptions { size: 1024, error_correction: ErrorCorrection::High };
/// let png = qr_png("https://example.org/ar/poster", &options)?;
/// assert_eq!(Picture::decode(&png, &Limits::ENGINE)?.width(), 1024);
/// # Ok::<(), vertex_markers::Error>(())
/// ```
///
/// # Errors
/// `InvalidOption` when the text does not fit a QR code or the size is out of range or too small for it.
pub fn qr_png(text: &str, options: &QrOptions) -> Result<Vec<u8>> {
    let code = Modules::encode(text, options)?;
    let across = code.side + 2 * QUIET_ZONE;
    let module = options.size / across;
    if module == 0 {
        return Err(invalid(
            "size",
            format!("{} pixels are too few for {across} modules", options.size),
        ));
    }
    let margin = (options.size - code.side * module) / 2;
    let image = GrayImage::from_fn(options.size, options.size, |x, y| {
        let dark = x >= margin
            && y >= margin
            && code.is_dark((x - margin) / module, (y - margin) / module);
        Luma([if dark { 0 } else { 255 }])
    });
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&image, options.size, options.size, ExtendedColorType::L8)
        .map_err(Error::encoding)?;
    Ok(png)
}

/// Draws `text` as a QR code in SVG, `size` units wide, sharp at any size.
///
/// # Errors
/// `InvalidOption` when the text does not fit a QR code or the size is out of range.
pub fn qr_svg(text: &str, options: &QrOptions) -> Result<String> {
    let code = Modules::encode(text, options)?;
    let across = code.side + 2 * QUIET_ZONE;
    let mut path = String::new();
    for y in 0..code.side {
        for x in (0..code.side).filter(|&x| code.is_dark(x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE);
        }
    }
    let size = options.size;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {across} {across}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{across}v{across}H0z"/><path d="{path}"/></svg>"##
    ))
}

/// The square of modules, quiet zone excluded.
struct Modules {
    side: u32,
    dark: Vec<bool>,
}

impl Modules {
    fn encode(text: &str, options: &QrOptions) -> Result<Self> {
        if !(MIN_SIZE..=MAX_SIZE).contains(&options.size) {
            return Err(invalid(
                "size",
                format!("{} is not within {MIN_SIZE} and {MAX_SIZE} pixels", options.size),
            ));
        }
        let level = match options.error_correction {
            ErrorCorrection::Low => EcLevel::L,
            ErrorCorrection::Medium => EcLevel::M,
            ErrorCorrection::Quartile => EcLevel::Q,
            ErrorCorrection::High => EcLevel::H,
        };
        let code = QrCode::with_error_correction_level(text, level)
            .map_err(|error| invalid("text", refusal(text, error)))?;
        let dark: Vec<bool> = code.to_colors().iter().map(|&c| c == Color::Dark).collect();
        let side = u32::try_from(code.width()).map_err(Error::encoding)?;
        Ok(Self { side, dark })
    }

    fn is_dark(&self, x: u32, y: u32) -> bool {
        x < self.side && y < self.side && self.dark[(y * self.side + x) as usize]
    }
}

fn refusal(text: &str, error: QrError) -> String {
    match error {
        QrError::DataTooLong => format!("{} bytes are too long for a QR code", text.len()),
        other => other.to_string(),
    }
}

fn invalid(option: &'static str, reason: String) -> Error {
    Error::InvalidOption { option, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_back(png: &[u8]) -> String {
        let image = image::load_from_memory(png).unwrap().into_luma8();
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            image.as_raw()[y * width + x]
        });
        let grids = prepared.detect_grids();
        assert_eq!(grids.len(), 1, "one code in the picture");
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_link_reads_back_at_every_level() {
        let link = "https://ar.example.com/ar/7Hq3Zp";
        for error_correction in [
            ErrorCorrection::Low,
            ErrorCorrection::Medium,
            ErrorCorrection::Quartile,
            ErrorCorrection::High,
        ] {
            let png = qr_png(link, &QrOptions { error_correction, size: 300 }).unwrap();
            assert_eq!(read_back(&png), link);
        }
    }

    #[test]
    fn the_picture_has_the_size_asked_for_and_a_quiet_zone() {
        let png = qr_png("https://example.com", &QrOptions::default()).unwrap();
        let image = image::load_from_memory(&png).unwrap().into_luma8();
        assert_eq!(image.dimensions(), (512, 512));
        let first_dark = (0..512).find(|&i| image.get_pixel(i, i).0[0] == 0).unwrap();
        let module = 512 / (25 + 8);
        assert!(first_dark >= 4 * module, "{first_dark}");
    }

    #[test]
    fn a_text_too_long_is_refused_in_words() {
        let error = qr_png(&"x".repeat(3000), &QrOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), "text: 3000 bytes are too long for a QR code");
    }

    #[test]
    fn a_size_that_cannot_hold_the_code_is_refused() {
        let options = QrOptions { size: 64, ..QrOptions::default() };
        assert!(qr_png(&"x".repeat(1000), &options).is_err());
        assert!(qr_png("x", &QrOptions { size: 5000, ..options }).is_err());
    }

    #[test]
    fn the_svg_has_one_square_per_dark_module() {
        let svg = qr_svg("https://example.com", &QrOptions::default()).unwrap();
        let code = Modules::encode("https://example.com", &QrOptions::default()).unwrap();
        let dark = code.dark.iter().filter(|&&dark| dark).count();
        assert_eq!(svg.matches("h1v1h-1z").count(), dark);
        assert!(svg.contains(r#"viewBox="0 0 33 33""#), "{svg}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_short_text_reads_back(text in "[ -~]{1,120}") {
            let png = qr_png(&text, &QrOptions::default()).unwrap();
            prop_assert_eq!(read_back(&png), text);
        }
    }
}
