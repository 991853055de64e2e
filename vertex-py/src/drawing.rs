//! What people look at and scan.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use vertex_markers::{ErrorCorrection, QrOptions, preview_webp, qr_png, qr_svg};

use crate::errors::{Of, Raised, invalid};
use crate::picture::Image;
use crate::work::run;

/// Shrinks a picture to a WebP preview.
#[pyfunction]
pub(crate) fn preview<'py>(
    py: Python<'py>,
    image: Image<'py>,
    max_side: u32,
    quality: f32,
) -> Raised<Bound<'py, PyBytes>> {
    let source = image.into_source()?;
    let webp = run(py, None, move |_| {
        preview_webp(&source.into_picture()?, max_side, quality).of("image")
    })?;
    Ok(PyBytes::new(py, &webp))
}

/// Draws a text as a QR code.
#[pyfunction]
pub(crate) fn qr<'py>(
    py: Python<'py>,
    text: &str,
    size: u32,
    error_correction: &str,
    format: &str,
) -> Raised<Bound<'py, PyBytes>> {
    let options = QrOptions { size, error_correction: correction_named(error_correction)? };
    let drawn = match format {
        "png" => py.detach(|| qr_png(text, &options)),
        "svg" => qr_svg(text, &options).map(String::into_bytes),
        _ => return invalid("format", format!("{format:?} is not png or svg")),
    };
    Ok(PyBytes::new(py, &drawn.of("text")?))
}

fn correction_named(name: &str) -> Raised<ErrorCorrection> {
    match name {
        "low" => Ok(ErrorCorrection::Low),
        "medium" => Ok(ErrorCorrection::Medium),
        "quartile" => Ok(ErrorCorrection::Quartile),
        "high" => Ok(ErrorCorrection::High),
        _ => {
            let reason = format!("{name:?} is not low, medium, quartile or high");
            invalid("error_correction", reason)
        }
    }
}
