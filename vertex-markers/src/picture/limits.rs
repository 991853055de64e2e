//! How small and how large a picture may be.

use crate::{Error, Result};

/// Bounds on a picture's size, checked before any pixel is decoded.
///
/// ```
/// use vertex_markers::Limits;
///
/// let poster = Limits { min_side: 1000, ..Limits::ENGINE };
/// let error = poster.check(4000, 900).unwrap_err();
/// assert_eq!(error.to_string(), "the picture is 4000x900; each side must be at least 1000 pixels");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Least length of either side, in pixels.
    pub min_side: u32,
    /// Greatest length of either side, in pixels.
    pub max_side: u32,
    /// Greatest number of pixels.
    pub max_pixels: u64,
    /// Most memory that decoding may take at its peak, the decoded picture included, in bytes.
    pub max_memory: u64,
}

impl Limits {
    /// What an upload may be: 480 to 8192 pixels a side, 50 million pixels, 256 MiB while it is decoded.
    pub const UPLOAD: Self =
        Self { min_side: 480, max_side: 8192, max_pixels: 50_000_000, max_memory: 256 << 20 };

    /// What the engine itself can work with: 100 to 16384 pixels a side, 50 million pixels, 256 MiB while it is decoded.
    pub const ENGINE: Self = Self { min_side: 100, max_side: 16_384, ..Self::UPLOAD };

    /// Refuses a size outside these limits.
    ///
    /// # Errors
    /// `TooSmall` or `TooLarge`, naming the size and the limit it breaks.
    pub fn check(&self, width: u32, height: u32) -> Result<()> {
        let (shorter, longer) = (width.min(height), width.max(height));
        if shorter < self.min_side {
            return Err(Error::TooSmall { width, height, min_side: self.min_side });
        }
        if longer > self.max_side {
            return Err(Error::TooLarge { width, height, max_side: self.max_side });
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Error::TooManyPixels { width, height, max_pixels: self.max_pixels });
        }
        Ok(())
    }

    /// Refuses a picture of this size that takes so many bytes of memory to decode.
    ///
    /// # Errors
    /// `TooMuchMemory`.
    pub(crate) fn check_memory(&self, width: u32, height: u32, memory: u64) -> Result<()> {
        match memory > self.max_memory {
            true => {
                Err(Error::TooMuchMemory { width, height, memory, max_memory: self.max_memory })
            }
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn an_upload_is_480_to_8192_a_side() {
        assert!(Limits::UPLOAD.check(480, 480).is_ok());
        assert!(Limits::UPLOAD.check(8192, 480).is_ok());
        let small = Limits::UPLOAD.check(479, 600).unwrap_err();
        assert_eq!(
            small.to_string(),
            "the picture is 479x600; each side must be at least 480 pixels"
        );
        let large = Limits::UPLOAD.check(600, 8193).unwrap_err();
        assert_eq!(large.kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn an_upload_has_at_most_fifty_million_pixels() {
        assert!(Limits::UPLOAD.check(8000, 6250).is_ok());
        let error = Limits::UPLOAD.check(8000, 6251).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("50008000 pixels"), "{error}");
    }
}
