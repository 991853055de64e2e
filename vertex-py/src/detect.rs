//! Keypoints as numpy arrays.

use numpy::ndarray::{Array1, Array2};
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use vertex_markers::Picture;
use vertex_markers::detector::{self, Keypoint, WORDS, kpm};
use vertex_markers::gray::{GrayF32, Weights, luma_image};

use crate::errors::{Failure, Raised, invalid};
use crate::picture::Image;
use crate::work::run;

const DESCRIPTOR_BYTES: usize = 4 * WORDS;

/// Points, scales, angles, polarities and descriptors, each in one block of memory that Python takes over.
type Columns<'py> = (
    Bound<'py, PyArray2<f32>>,
    Bound<'py, PyArray1<f32>>,
    Bound<'py, PyArray1<f32>>,
    Bound<'py, PyArray1<bool>>,
    Bound<'py, PyArray2<u8>>,
);

/// Finds the keypoints of a picture as one of the runtimes finds those of a camera frame.
#[pyfunction]
pub(crate) fn detect<'py>(
    py: Python<'py>,
    image: Image<'py>,
    runtime: &str,
    threads: Option<usize>,
) -> Raised<Columns<'py>> {
    let detect = match runtime {
        "mind" => |picture: &Picture| detector::detect(&luma_image(picture.rgb())),
        "nft" => |picture: &Picture| kpm::Detector::default().detect(&grey_of_arjs(picture)),
        _ => return invalid("runtime", format!("{runtime:?} is not mind or nft")),
    };
    let source = image.into_source()?;
    let keypoints = run(py, threads, move |_| source.into_picture().map(|it| detect(&it)))?;
    let column = |value: fn(&Keypoint) -> f32| keypoints.iter().map(value).collect::<Array1<f32>>();
    let places = keypoints.iter().flat_map(|point| [point.x, point.y]).collect();
    let descriptors =
        keypoints.iter().flat_map(|point| point.descriptor.0).flat_map(u32::to_be_bytes).collect();
    Ok((
        table(places, 2)?.into_pyarray(py),
        column(|point| point.scale).into_pyarray(py),
        column(|point| point.angle).into_pyarray(py),
        keypoints.iter().map(|point| point.maxima).collect::<Array1<bool>>().into_pyarray(py),
        table(descriptors, DESCRIPTOR_BYTES)?.into_pyarray(py),
    ))
}

fn table<T>(values: Vec<T>, columns: usize) -> Raised<Array2<T>> {
    Array2::from_shape_vec((values.len() / columns, columns), values).map_err(|_| Failure::Lost)
}

fn grey_of_arjs(picture: &Picture) -> GrayF32 {
    let rgb = picture.rgb();
    let grey = |x: usize, y: usize| Weights::EIGHTHS.grey(rgb.get_pixel(x as u32, y as u32).0);
    GrayF32::from_fn(rgb.width() as usize, rgb.height() as usize, grey)
}
