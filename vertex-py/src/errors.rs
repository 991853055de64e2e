//! What goes wrong, on its way to Python.

use pyo3::prelude::*;
use vertex_markers::{Error, Result};

/// Where the exception classes are defined; each kind of [`Error`] has one of its name.
const CLASSES: &str = "vertex_ar.errors";

/// Why a call fails.
pub(crate) enum Failure {
    /// The engine refused an argument of this name.
    Engine { argument: &'static str, error: Error },
    /// Python refused something.
    Python(PyErr),
    /// The work ended without a result: it panicked, or nobody waits for it any more.
    Lost,
}

/// What the functions of the module give: Python sees a failure as its exception.
pub(crate) type Raised<T> = std::result::Result<T, Failure>;

/// Says which argument an error of the engine is about.
pub(crate) trait Of<T> {
    fn of(self, argument: &'static str) -> Raised<T>;
}

impl<T> Of<T> for Result<T> {
    fn of(self, argument: &'static str) -> Raised<T> {
        self.map_err(|error| Failure::Engine { argument, error })
    }
}

/// A value that is none of those an option can have.
pub(crate) fn invalid<T>(option: &'static str, reason: String) -> Raised<T> {
    Err(Error::InvalidOption { option, reason }).of(option)
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Engine { argument, error } => {
                let message = match &error {
                    Error::InvalidOption { .. } => error.to_string(),
                    other => format!("{argument}: {other}"),
                };
                exception(&format!("{:?}Error", error.kind()), &message)
            }
            Failure::Python(error) => error,
            Failure::Lost => exception("InternalError", "the engine failed: please report it"),
        }
    }
}

fn exception(class: &str, message: &str) -> PyErr {
    Python::attach(|py| {
        let raised = py.import(CLASSES).and_then(|classes| {
            let class = classes.getattr(class).or_else(|_| classes.getattr("VertexError"))?;
            class.call1((message,))
        });
        raised.map_or_else(|error| error, PyErr::from_value)
    })
}
