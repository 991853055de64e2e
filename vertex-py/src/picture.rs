//! Pictures as Python gives them.

use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use vertex_markers::image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use vertex_markers::{Limits, Picture};

use crate::errors::{Failure, Of, Raised};

/// A picture in the hands of Python.
#[derive(FromPyObject)]
pub(crate) enum Image<'py> {
    Encoded(PyBackedBytes),
    Pixels(PyReadonlyArrayDyn<'py, u8>),
}

/// A picture that no other thread can change.
pub(crate) enum Source {
    Encoded(PyBackedBytes),
    Pixels(DynamicImage),
}

impl Image<'_> {
    /// Copies pixels, once their number is known to be permitted; bytes are immutable as they are.
    pub(crate) fn into_source(self) -> Raised<Source> {
        match self {
            Self::Encoded(bytes) => Ok(Source::Encoded(bytes)),
            Self::Pixels(array) => copied(&array).map(Source::Pixels),
        }
    }
}

impl Source {
    /// Decodes the picture.
    pub(crate) fn into_picture(self) -> Raised<Picture> {
        match self {
            Self::Encoded(bytes) => Picture::decode(&bytes, &Limits::ENGINE).of("image"),
            Self::Pixels(DynamicImage::ImageRgba8(rgba)) => Ok(Picture::from_rgba(rgba)),
            Self::Pixels(opaque) => Ok(Picture::from_rgb(opaque.into_rgb8())),
        }
    }
}

/// Refuses a picture of a size that the engine does not take, before its pixels are asked for.
#[pyfunction]
pub(crate) fn check_size(width: u32, height: u32) -> Raised<()> {
    Limits::ENGINE.check(width, height).of("image")
}

fn copied(array: &PyReadonlyArrayDyn<'_, u8>) -> Raised<DynamicImage> {
    let (height, width, channels) = match *array.shape() {
        [height, width] => (height, width, 1),
        [height, width, channels @ (3 | 4)] => (height, width, channels),
        _ => return Err(unshaped(array.shape())),
    };
    let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    Limits::ENGINE.check(width, height).of("image")?;
    let samples = array.as_array().iter().copied().collect();
    let image = match channels {
        1 => GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
        3 => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
        _ => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
    };
    image.ok_or(Failure::Lost)
}

fn unshaped(shape: &[usize]) -> Failure {
    let message = format!(
        "image: an array of shape {shape:?} is not a picture: (height, width), (height, width, 3) or \
         (height, width, 4) is needed"
    );
    PyValueError::new_err(message).into()
}
