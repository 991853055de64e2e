use crate::container::Container;

/// What a video file says. `None` where it does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoFacts {
    /// The file format, told by content.
    pub container: Container,
    /// Pixels across, as displayed: square ones, after rotation.
    pub width: Option<u32>,
    /// Pixels down, as displayed: square ones, after rotation.
    pub height: Option<u32>,
    /// How long it plays, in seconds: what its edit lists leave.
    pub duration_seconds: Option<f64>,
    /// RFC 6381 codec string of the pictures (`avc1.64001f`), or a shorter name where the file has no details (`vp9`).
    pub codec: Option<String>,
    /// Codec string of the sound (`mp4a.40.2`), if there is sound.
    pub audio_codec: Option<String>,
    /// What keeps some browser from playing the file as it is, in words such as `pictures in HEVC`.
    pub web_obstacle: Option<String>,
    /// What keeps [`middle_frame`](crate::middle_frame) from decoding its pictures, in words such as `HEVC`.
    pub decoding_obstacle: Option<String>,
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
            audio_codec: None,
            web_obstacle: None,
            decoding_obstacle: None,
        }
    }
}
