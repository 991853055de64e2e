//! Stopping work that nobody waits for any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Error, Result};

/// A flag that stops a computation from another thread. Clones share the flag.
///
/// Functions that take one look at it between parts of some milliseconds each, and then give [`Error::Cancelled`].
///
/// ```
/// use vertex_markers::image::RgbImage;
/// use vertex_markers::{Cancellation, CompileOptions, Error, Picture, compile_cancellable};
///
/// let picture = Picture::from_rgb(RgbImage::new(300, 200));
/// let cancellation = Cancellation::default();
/// cancellation.cancel();
/// let compiled = compile_cancellable(&picture, &CompileOptions::default(), &cancellation);
/// assert_eq!(compiled, Err(Error::Cancelled));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Raises the flag, for good.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the flag is raised.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on, unless the flag is raised.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}
