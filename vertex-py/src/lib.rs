//! The marker engine for Python: the native module behind the package `vertex_ar`.
//!
//! Each function takes and gives bytes and lets other Python threads run while it works.

mod errors;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use vertex_markers::preview::{PREVIEW_QUALITY, PREVIEW_SIDE};
use vertex_markers::{CompileOptions, Limits, Picture, QrOptions, Result};

use errors::Raised;

/// Brightness and contrast of a picture.
#[pyclass(frozen, get_all, eq, module = "vertex_ar")]
#[derive(PartialEq)]
pub struct Analysis {
    /// Mean grey level, 0 to 255.
    brightness: f64,
    /// Standard deviation of grey, 0 to 127.5.
    contrast: f64,
    /// Band of the contrast: poor, fair, good or excellent.
    band: &'static str,
}

#[pymethods]
impl Analysis {
    fn __repr__(&self) -> String {
        let Self { brightness, contrast, band } = self;
        format!("Analysis(brightness={brightness:.1}, contrast={contrast:.1}, band='{band}')")
    }
}

/// The private native module of `vertex_ar`.
#[pymodule]
mod _native {
    use super::*;

    #[pymodule_export]
    use super::Analysis;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        errors::register(module)
    }

    /// Compiles a picture to a `.mind` marker file.
    #[pyfunction]
    fn compile<'py>(py: Python<'py>, picture: &[u8]) -> Raised<Bound<'py, PyBytes>> {
        bytes(py, || {
            let picture = decode(picture)?;
            Ok(vertex_markers::compile(&picture, &CompileOptions::default())?.encode())
        })
    }

    /// Measures a picture's brightness and contrast.
    #[pyfunction]
    fn analyze(py: Python<'_>, picture: &[u8]) -> Raised<Analysis> {
        let measured = py.detach(|| decode(picture).map(|it| vertex_markers::analyze(&it)))?;
        Ok(Analysis {
            brightness: measured.brightness,
            contrast: measured.contrast,
            band: measured.band.as_str(),
        })
    }

    /// Shrinks a picture to a WebP preview of at most 300 pixels a side.
    #[pyfunction]
    fn preview<'py>(py: Python<'py>, picture: &[u8]) -> Raised<Bound<'py, PyBytes>> {
        bytes(py, || vertex_markers::preview_webp(&decode(picture)?, PREVIEW_SIDE, PREVIEW_QUALITY))
    }

    /// Draws a text as a QR code, a PNG of `size` pixels a side.
    #[pyfunction]
    #[pyo3(signature = (text, size = 512))]
    fn qr<'py>(py: Python<'py>, text: &str, size: u32) -> Raised<Bound<'py, PyBytes>> {
        let options = QrOptions { size, ..QrOptions::default() };
        bytes(py, || vertex_markers::qr_png(text, &options))
    }
}

fn decode(picture: &[u8]) -> Result<Picture> {
    Picture::decode(picture, &Limits::ENGINE)
}

/// Runs `work` without the interpreter's lock and hands its bytes to Python.
fn bytes<'py>(
    py: Python<'py>,
    work: impl FnOnce() -> Result<Vec<u8>> + Send,
) -> Raised<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &py.detach(work)?))
}
