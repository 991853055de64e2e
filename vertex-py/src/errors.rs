//! The engine's errors as Python exceptions: one class per kind, all under `VertexError`.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::{PyErr, create_exception};
use vertex_markers::{Error, ErrorKind};

create_exception!(vertex_ar, VertexError, PyException, "What went wrong, in words for the user.");

macro_rules! kinds {
    ($($class:ident, $kind:ident, $doc:literal;)+) => {
        $(create_exception!(vertex_ar, $class, VertexError, $doc);)+

        fn exception(error: &Error) -> PyErr {
            let message = error.to_string();
            match error.kind() {
                $(ErrorKind::$kind => $class::new_err(message),)+
                _ => VertexError::new_err(message),
            }
        }

        /// Adds the exception classes to the module.
        pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            let py = module.py();
            module.add("VertexError", py.get_type::<VertexError>())?;
            $(module.add(stringify!($class), py.get_type::<$class>())?;)+
            Ok(())
        }
    };
}

kinds! {
    UnsupportedFormatError, UnsupportedFormat, "Not a JPEG, PNG or WebP picture.";
    CorruptPictureError, CorruptPicture, "A picture that cannot be decoded to the end.";
    TooSmallError, TooSmall, "A picture below the limits.";
    TooLargeError, TooLarge, "A picture above the limits, by side or by number of pixels.";
    MalformedMarkerError, MalformedMarker, "A marker file that breaks its format.";
    EncodingFailedError, EncodingFailed, "A picture that could not be written.";
    InvalidOptionError, InvalidOption, "A parameter out of its range.";
}

/// An engine error on its way to Python.
pub(crate) struct Exception(Error);

/// What the functions of the module give: Python sees an error as its exception.
pub(crate) type Raised<T> = Result<T, Exception>;

impl From<Error> for Exception {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Exception> for PyErr {
    fn from(Exception(error): Exception) -> Self {
        exception(&error)
    }
}
