//! Marker files that are there already: what is in them, and several in one.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use vertex_markers::MindFile;
use vertex_markers::mind::{Keyframe, Target};
use vertex_markers::nft::Marker;

use crate::errors::{Of, Raised};

/// The three files of an NFT marker.
pub(crate) type NftFiles = (PyBackedBytes, PyBackedBytes, PyBackedBytes);

pub(crate) fn read_mind(data: &[u8], argument: &'static str) -> Raised<MindFile> {
    MindFile::decode(data).of(argument)
}

pub(crate) fn read_nft(files: &NftFiles, argument: &'static str) -> Raised<Marker> {
    let (iset, fset, fset3) = files;
    Marker::decode(iset, fset, fset3).of(argument)
}

/// What is in a target.
#[derive(IntoPyObject)]
pub(crate) struct TargetFacts {
    width: u32,
    height: u32,
    keyframes: Vec<KeyframeFacts>,
    tracking_points: usize,
}

#[derive(IntoPyObject)]
struct KeyframeFacts {
    width: u32,
    height: u32,
    scale: f64,
    maxima: usize,
    minima: usize,
}

impl From<&Target> for TargetFacts {
    fn from(target: &Target) -> Self {
        Self {
            width: target.width,
            height: target.height,
            keyframes: target.keyframes.iter().map(KeyframeFacts::from).collect(),
            tracking_points: target.tracking_in_use().map_or(0, |image| image.points.len()),
        }
    }
}

impl From<&Keyframe> for KeyframeFacts {
    fn from(keyframe: &Keyframe) -> Self {
        let Keyframe { width, height, scale, maxima, minima } = keyframe;
        let (maxima, minima) = (maxima.points.len(), minima.points.len());
        Self { width: *width, height: *height, scale: *scale, maxima, minima }
    }
}

/// What is in an NFT marker.
#[derive(IntoPyObject)]
pub(crate) struct NftFacts {
    width_mm: f32,
    height_mm: f32,
    keypoints: usize,
    levels: Vec<LevelFacts>,
}

#[derive(IntoPyObject)]
struct LevelFacts {
    min_dpi: f32,
    max_dpi: f32,
    places: usize,
}

/// Reads a `.mind` file and says what is in it.
#[pyfunction]
pub(crate) fn mind_targets(py: Python<'_>, file: PyBackedBytes) -> Raised<Vec<TargetFacts>> {
    let file = py.detach(|| read_mind(&file, "file"))?;
    Ok(file.targets.iter().map(TargetFacts::from).collect())
}

/// Joins the targets of several `.mind` files, in order.
#[pyfunction]
pub(crate) fn mind_merge(py: Python<'_>, files: Vec<PyBackedBytes>) -> Raised<Bound<'_, PyBytes>> {
    let merged = py.detach(|| {
        let files = files.iter().map(|file| read_mind(file, "files")).collect::<Raised<Vec<_>>>();
        files.map(|files| MindFile::merge(files).encode())
    })?;
    Ok(PyBytes::new(py, &merged))
}

/// Parts a `.mind` file into files of one target each.
#[pyfunction]
pub(crate) fn mind_split(py: Python<'_>, file: PyBackedBytes) -> Raised<Vec<Bound<'_, PyBytes>>> {
    let parts = py.detach(|| {
        read_mind(&file, "file")
            .map(|file| file.split().iter().map(MindFile::encode).collect::<Vec<_>>())
    })?;
    Ok(parts.iter().map(|part| PyBytes::new(py, part)).collect())
}

/// Reads the three files of an NFT marker and says what is in them.
#[pyfunction]
pub(crate) fn nft_facts(py: Python<'_>, files: NftFiles) -> Raised<NftFacts> {
    let (marker, (width_mm, height_mm)) = py.detach(|| {
        let marker = read_nft(&files, "files")?;
        let size = marker.size_mm().of("files")?;
        Raised::Ok((marker, size))
    })?;
    let levels = marker.features.levels.iter();
    let levels = levels.map(|level| LevelFacts {
        min_dpi: level.min_dpi,
        max_dpi: level.max_dpi,
        places: level.features.len(),
    });
    let keypoints = marker.keypoints.points.len();
    Ok(NftFacts { width_mm, height_mm, keypoints, levels: levels.collect() })
}
