//! The one error type of this crate.

/// What can go wrong, in words for the person who uploaded the picture.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no picture of a format that is read here.
    #[error("the file is not a JPEG, PNG, WebP, TIFF, GIF or BMP picture")]
    UnsupportedFormat,
    /// The bytes are of another format, which is known by name.
    #[error("the file is {what}, which is not taken: {advice}")]
    ForeignFormat {
        /// The format, with its article.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// The picture is of a format that is read here, but in a variant that is not.
    #[error("the picture is {what}, which is not supported: {advice}")]
    UnsupportedVariant {
        /// The variant, with its article.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// The bytes begin like a picture but cannot be decoded to the end.
    #[error("the picture is damaged: {reason}")]
    CorruptPicture {
        /// What is wrong, in words for people.
        reason: String,
    },
    /// A side is shorter than allowed.
    #[error("the picture is {width}x{height}; each side must be at least {min_side} pixels")]
    TooSmall {
        /// Upright width in pixels.
        width: u32,
        /// Upright height in pixels.
        height: u32,
        /// The least side allowed.
        min_side: u32,
    },
    /// A side is longer than allowed.
    #[error("the picture is {width}x{height}; each side must be at most {max_side} pixels")]
    TooLarge {
        /// Upright width in pixels.
        width: u32,
        /// Upright height in pixels.
        height: u32,
        /// The greatest side allowed.
        max_side: u32,
    },
    /// The sides are allowed but their product is not.
    #[error(
        "the picture is {width}x{height}, {} pixels; at most {max_pixels} are allowed",
        u64::from(*width) * u64::from(*height)
    )]
    TooManyPixels {
        /// Upright width in pixels.
        width: u32,
        /// Upright height in pixels.
        height: u32,
        /// The greatest number of pixels allowed.
        max_pixels: u64,
    },
    /// Decoding would take more memory than allowed.
    #[error(
        "the picture is {width}x{height} and takes {} MB of memory to open; at most {} MB are allowed: make it \
         smaller, or save it as a plain (not progressive) JPEG or as a PNG of 8 bits a channel",
        memory.div_ceil(1 << 20),
        max_memory >> 20
    )]
    TooMuchMemory {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// What decoding takes at its peak, in bytes.
        memory: u64,
        /// The most allowed, in bytes.
        max_memory: u64,
    },
    /// There is nothing in the picture that a camera could find it by.
    #[error("the picture is too plain to be found by a camera: it needs more detail and contrast")]
    TooPlain,
    /// A marker file breaks the rules of its format.
    #[error("the marker file is malformed: {reason}")]
    MalformedMarker {
        /// Which rule, and where.
        reason: String,
    },
    /// A marker file has no target of this number.
    #[error("there is no target {index}: the marker file has {count}, numbered from 0")]
    NoSuchTarget {
        /// The number that was asked for.
        index: usize,
        /// Targets in the file.
        count: usize,
    },
    /// A marker file that must have exactly one target has none or several.
    #[error("the marker file has {count} targets; it must have exactly one")]
    NotOneTarget {
        /// Targets in the file.
        count: usize,
    },
    /// Somebody raised the [`Cancellation`](crate::Cancellation) of the call.
    #[error("the computation was cancelled")]
    Cancelled,
    /// A picture could not be written.
    #[error("the picture could not be encoded: {reason}")]
    EncodingFailed {
        /// What the encoder met.
        reason: String,
    },
    /// An option of the call is out of its range.
    #[error("{option}: {reason}")]
    InvalidOption {
        /// Name of the option.
        option: &'static str,
        /// Why the value is refused, with the numbers.
        reason: String,
    },
}

/// The kinds of [`Error`], for callers that branch on them.
///
/// ```
/// use vertex_markers::{ErrorKind, MindFile};
///
/// let words = match MindFile::decode(b"nothing") {
///     Ok(file) => format!("{} targets", file.targets.len()),
///     Err(error) if error.kind() == ErrorKind::MalformedMarker => "not a marker".to_owned(),
///     Err(error) => error.to_string(),
/// };
/// assert_eq!(words, "not a marker");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not a picture format this crate reads, or a variant of one that it does not.
    UnsupportedFormat,
    /// A picture that cannot be decoded.
    CorruptPicture,
    /// A picture below the limits.
    TooSmall,
    /// A picture above the limits, by side, number of pixels or memory.
    TooLarge,
    /// A picture without anything to be found by.
    TooPlain,
    /// A marker file that breaks its format.
    MalformedMarker,
    /// A number that no target of a marker file has.
    NoSuchTarget,
    /// A marker file of no or several targets where one is needed.
    NotOneTarget,
    /// A call that was cancelled.
    Cancelled,
    /// A picture that could not be written.
    EncodingFailed,
    /// A parameter out of range.
    InvalidOption,
}

impl Error {
    /// The kind of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::UnsupportedFormat
            | Self::ForeignFormat { .. }
            | Self::UnsupportedVariant { .. } => ErrorKind::UnsupportedFormat,
            Self::CorruptPicture { .. } => ErrorKind::CorruptPicture,
            Self::TooSmall { .. } => ErrorKind::TooSmall,
            Self::TooLarge { .. } | Self::TooManyPixels { .. } | Self::TooMuchMemory { .. } => {
                ErrorKind::TooLarge
            }
            Self::TooPlain => ErrorKind::TooPlain,
            Self::MalformedMarker { .. } => ErrorKind::MalformedMarker,
            Self::NoSuchTarget { .. } => ErrorKind::NoSuchTarget,
            Self::NotOneTarget { .. } => ErrorKind::NotOneTarget,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::EncodingFailed { .. } => ErrorKind::EncodingFailed,
            Self::InvalidOption { .. } => ErrorKind::InvalidOption,
        }
    }

    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::MalformedMarker { reason: reason.into() }
    }

    pub(crate) fn encoding(reason: impl ToString) -> Self {
        Self::EncodingFailed { reason: reason.to_string() }
    }

    pub(crate) fn corrupt(reason: impl ToString) -> Self {
        Self::CorruptPicture { reason: reason.to_string() }
    }
}

/// Result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;
