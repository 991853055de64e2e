use crate::container::Container;

/// What the index of a video says. `None` where the file does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoFacts {
    /// The file format, told by content.
    pub container: Container,
    /// Pixels across, as displayed: after rotation.
    pub width: Option<u32>,
    /// Pixels down, as displayed: after rotation.
    pub height: Option<u32>,
    /// How long it plays, in seconds.
    pub duration_seconds: Option<f64>,
    /// RFC 6381 codec string of the pictures (`avc1.64001f`), or a shorter name where the file has no details (`vp9`).
    pub codec: Option<String>,
    /// Whether there is a sound track.
    pub has_audio: Option<bool>,
}

impl VideoFacts {
    /// A video of which nothing but its container is known.
    #[must_use]
    pub fn of(container: Container) -> Self {
        Self {
            container,
            width: None,
            height: None,
            duration_seconds: None,
            codec: None,
            has_audio: None,
        }
    }
}
