//! From a picture to marker files.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use vertex_core::marker_formats::MarkerFormats;
use vertex_markers::nft::{self, Density, NftOptions};
use vertex_markers::{CompileOptions, Layout};

use crate::errors::{Of, Raised, invalid};
use crate::picture::Image;
use crate::work::run;

type Bytes<'py> = Bound<'py, PyBytes>;

/// The `.mind` file and the `.iset`, `.fset` and `.fset3` files, those that were asked for.
type Files<'py> = (Option<Bytes<'py>>, Option<(Bytes<'py>, Bytes<'py>, Bytes<'py>)>);

/// Compiles a picture to marker files.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are Python's, which names them")]
pub(crate) fn compile<'py>(
    py: Python<'py>,
    image: Image<'py>,
    formats: &str,
    layout: &str,
    density: &str,
    levels: u8,
    width_mm: f32,
    threads: Option<usize>,
) -> Raised<Files<'py>> {
    let formats = MarkerFormats::parse(formats).or_else(|reason| invalid("formats", reason))?;
    let mind_options = CompileOptions { layout: layout_named(layout)? };
    let nft_options = NftOptions { density: density_named(density)?, levels, width_mm };
    let source = image.into_source()?;
    let (mind, nft) = run(py, threads, move |interrupt| {
        let picture = source.into_picture()?;
        let mind = formats.mind.then(|| vertex_markers::compile(&picture, &mind_options));
        interrupt.check()?;
        let nft = formats.nft.then(|| nft::compile(&picture, &nft_options));
        let mind = mind.transpose().of("image")?.map(|file| file.encode());
        let nft = nft.transpose().of("image")?.map(|marker| marker.encode());
        Ok((mind, nft))
    })?;
    let bytes = |bytes: Vec<u8>| PyBytes::new(py, &bytes);
    let three =
        |files: nft::MarkerFiles| (bytes(files.iset), bytes(files.fset), bytes(files.fset3));
    Ok((mind.map(bytes), nft.map(three)))
}

fn layout_named(name: &str) -> Raised<Layout> {
    match name {
        "tuned" => Ok(Layout::Tuned),
        "compact" => Ok(Layout::Compact),
        "compat" => Ok(Layout::Compat),
        _ => invalid("layout", format!("{name:?} is not tuned, compact or compat")),
    }
}

fn density_named(name: &str) -> Raised<Density> {
    name.parse().or_else(|why| invalid("density", format!("{name:?} {why}")))
}
