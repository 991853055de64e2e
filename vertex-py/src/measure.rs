//! How well a picture will be found.

use numpy::ndarray::Array3;
use numpy::{IntoPyArray, PyArray3};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use vertex_markers::simulate::{View, views};
use vertex_markers::trackability::{
    self, Finding, Outcome, ScoreOptions, Trackability, nft_outcomes, nft_trackability, outcomes,
    runtime_camera, trackability,
};
use vertex_markers::{CompileOptions, Picture, analyze, compile};

use crate::errors::{Failure, Of, Raised};
use crate::markers::{NftFiles, read_mind, read_nft};
use crate::picture::Image;
use crate::work::{Interrupt, run};

/// What is measured of a picture and its markers.
#[derive(IntoPyObject)]
pub(crate) struct Measured {
    width: u32,
    height: u32,
    brightness: f64,
    contrast: f64,
    band: &'static str,
    mind: Option<Scored>,
    nft: Option<Scored>,
}

#[derive(IntoPyObject)]
struct Scored {
    score_version: u32,
    score: u8,
    breakdown: Breakdown,
    worst: &'static str,
    print_width_per_metre: Option<f64>,
    findings: Vec<Weakness>,
}

#[derive(IntoPyObject)]
struct Breakdown {
    distance: u8,
    tilt: u8,
    blur: u8,
    light: u8,
}

#[derive(IntoPyObject)]
struct Weakness {
    kind: &'static str,
    advice: &'static str,
    zone: (f64, f64, f64, f64),
}

impl From<Trackability> for Scored {
    fn from(measured: Trackability) -> Self {
        let trackability::Breakdown { distance, tilt, blur, light } = measured.breakdown;
        Self {
            score_version: measured.score_version,
            score: measured.score,
            breakdown: Breakdown { distance, tilt, blur, light },
            worst: measured.worst.name(),
            print_width_per_metre: measured.print_width(1.0),
            findings: measured.diagnosis.iter().map(Weakness::from).collect(),
        }
    }
}

impl From<&Finding> for Weakness {
    fn from(finding: &Finding) -> Self {
        let zone = finding.zone;
        let zone = (zone.x, zone.y, zone.width, zone.height);
        Self { kind: finding.kind.name(), advice: finding.advice, zone }
    }
}

/// Measures a picture and how well it is found by markers that were compiled from it.
#[pyfunction]
pub(crate) fn measure(
    py: Python<'_>,
    image: Image<'_>,
    mind: Option<PyBackedBytes>,
    nft: Option<NftFiles>,
    views: usize,
    seed: u64,
    threads: Option<usize>,
) -> Raised<Measured> {
    let source = image.into_source()?;
    let options = ScoreOptions { seed, views };
    run(py, threads, move |interrupt| {
        let picture = source.into_picture()?;
        let analysis = analyze(&picture);
        let mind = mind.map(|mind| measure_mind(&picture, &mind, &options)).transpose()?;
        interrupt.check()?;
        let nft = nft.map(|nft| {
            nft_trackability(&picture, &read_nft(&nft, "marker")?, &options).of("marker")
        });
        Ok(Measured {
            width: picture.width(),
            height: picture.height(),
            brightness: analysis.brightness,
            contrast: analysis.contrast,
            band: analysis.band.as_str(),
            mind: mind.map(Scored::from),
            nft: nft.transpose()?.map(Scored::from),
        })
    })
}

fn measure_mind(picture: &Picture, mind: &[u8], options: &ScoreOptions) -> Raised<Trackability> {
    let file = read_mind(mind, "marker")?;
    let target = file.targets.first().ok_or(Failure::Lost)?;
    Ok(trackability(picture, target, options))
}

/// What came of one view, and what the view was.
#[derive(IntoPyObject)]
pub(crate) struct ViewResult {
    view: usize,
    share: f64,
    tilt: f64,
    axis: f64,
    roll: f64,
    x: f64,
    y: f64,
    blur: f64,
    noise: f64,
    gamma: f64,
    gain: f64,
    offset: f64,
    found: bool,
    locked: bool,
    keypoints: usize,
    places: usize,
    error: Option<f64>,
}

impl ViewResult {
    fn of(number: usize, view: &View, outcome: &Outcome) -> Self {
        Self {
            view: number,
            share: view.share,
            tilt: view.tilt.to_degrees(),
            axis: view.axis.to_degrees(),
            roll: view.roll.to_degrees(),
            x: view.center.0,
            y: view.center.1,
            blur: view.blur,
            noise: view.noise,
            gamma: view.light.gamma,
            gain: view.light.gain,
            offset: view.light.offset,
            found: outcome.keypoints > 0,
            locked: outcome.locked,
            keypoints: outcome.keypoints,
            places: outcome.places,
            error: outcome.error,
        }
    }
}

/// A marker, as one of the runtimes reads it.
#[derive(FromPyObject)]
pub(crate) enum MarkerFiles {
    Mind(PyBackedBytes),
    Nft(NftFiles),
}

/// Looks at a picture as the runtime does that reads its marker, in so many views of all kinds.
#[pyfunction]
pub(crate) fn simulate(
    py: Python<'_>,
    image: Image<'_>,
    marker: MarkerFiles,
    target: usize,
    views: usize,
    seed: u64,
    threads: Option<usize>,
) -> Raised<Vec<ViewResult>> {
    let source = image.into_source()?;
    run(py, threads, move |interrupt| {
        let picture = source.into_picture()?;
        match marker {
            MarkerFiles::Mind(mind) => {
                let targets = read_mind(&mind, "marker")?.targets;
                let count = targets.len();
                let missing = vertex_markers::Error::NoSuchTarget { index: target, count };
                let target = targets.get(target).ok_or(missing).of("target")?;
                let size = (target.width, target.height);
                look(size, views, seed, interrupt, |views| Ok(outcomes(&picture, target, views)))
            }
            MarkerFiles::Nft(files) => {
                let marker = read_nft(&files, "marker")?;
                let size = (picture.width(), picture.height());
                look(size, views, seed, interrupt, |views| {
                    nft_outcomes(&picture, &marker, views).of("marker")
                })
            }
        }
    })
}

/// Views that are looked at between two checks for an interrupt.
const BATCH: usize = 16;

fn look(
    (width, height): (u32, u32),
    count: usize,
    seed: u64,
    interrupt: &Interrupt,
    outcomes: impl Fn(&[View]) -> Raised<Vec<Outcome>>,
) -> Raised<Vec<ViewResult>> {
    let views = views(&runtime_camera(), width.into(), height.into(), count, seed);
    let mut results = Vec::with_capacity(views.len());
    for batch in views.chunks(BATCH) {
        interrupt.check()?;
        for (view, outcome) in batch.iter().zip(outcomes(batch)?) {
            results.push(ViewResult::of(results.len(), view, &outcome));
        }
    }
    Ok(results)
}

/// Few views: an overlay shows what is weak in the picture, not how well it is found.
const DIAGNOSIS: ScoreOptions = ScoreOptions { seed: 1, views: 2 };

/// Draws the points a picture is found by and its weak zones.
#[pyfunction]
pub(crate) fn overlay<'py>(
    py: Python<'py>,
    image: Image<'py>,
    threads: Option<usize>,
) -> Raised<Bound<'py, PyArray3<u8>>> {
    let source = image.into_source()?;
    let drawn = run(py, threads, move |interrupt| {
        let picture = source.into_picture()?;
        let file = compile(&picture, &CompileOptions::default()).of("image")?;
        interrupt.check()?;
        let target = file.targets.first().ok_or(Failure::Lost)?;
        let measured = trackability(&picture, target, &DIAGNOSIS);
        Ok(trackability::overlay(&picture, target, &measured))
    })?;
    let (width, height) = (drawn.width() as usize, drawn.height() as usize);
    let pixels = Array3::from_shape_vec((height, width, 3), drawn.into_raw());
    Ok(pixels.map_err(|_| Failure::Lost)?.into_pyarray(py))
}
