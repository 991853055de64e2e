//! The marker engine for Python: the private native module behind the typed package `vertex_ar`.
//!
//! Functions take and give bytes, arrays and plain values; the package gives them their names, classes and
//! documentation. What takes long is done on other threads, without the interpreter's lock.

mod compile;
mod detect;
mod drawing;
mod errors;
mod markers;
mod measure;
mod picture;
mod rotation;
mod work;

use pyo3::prelude::*;

/// The private native module of `vertex_ar`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{
        compile::compile,
        detect::detect,
        drawing::{preview, qr},
        markers::{mind_merge, mind_split, mind_targets, nft_facts},
        measure::{measure, overlay, simulate},
        picture::check_size,
        rotation::resolve_video,
    };
}
