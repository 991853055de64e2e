use async_trait::async_trait;
use vertex_markers::Picture;

use crate::{
    domain::{
        error::Result,
        paths::ObjectPath,
        video::{RedactedRange, VideoFacts},
    },
    ports::CompanyFiles,
};

/// A video file in a storage, as long as its row says, whatever the storage says.
#[derive(Clone, Debug)]
pub struct VideoFile {
    /// The files of its company.
    pub files: CompanyFiles,
    /// Where it lies.
    pub path: ObjectPath,
    /// Its bytes.
    pub bytes: u64,
}

/// Reads video files.
#[async_trait]
pub trait VideoInspector: Send + Sync {
    /// What a stored file says about itself.
    ///
    /// # Errors
    /// `Invalid` on the field `video` when it is damaged or has no picture track.
    async fn inspect(&self, file: &VideoFile) -> Result<VideoFacts>;

    /// Ranges of a stored file that tell where, when or with what it was made, in the order of the file.
    async fn identifying_metadata(&self, file: &VideoFile) -> Result<Vec<RedactedRange>>;

    /// The frame in the middle of what is shown, or why there can be none.
    async fn middle_frame(&self, file: &VideoFile) -> Result<MiddleFrame>;
}

/// The frame in the middle of a video.
#[derive(Debug)]
pub enum MiddleFrame {
    /// Upright, with square pixels, in the colours of sRGB.
    Decoded(Picture),
    /// Nothing here can decode it; why, in words.
    Undecodable(String),
}

/// A height that a video is to be made in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RungPlan {
    /// How high.
    pub height: u32,
    /// Where the list of its parts goes.
    pub list: ObjectPath,
    /// Where the parts go.
    pub media: ObjectPath,
}

/// A height that a video has been made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Bits a second at most.
    pub bandwidth: u64,
}

/// Makes copies of videos, where the machine has the means.
#[async_trait]
pub trait VideoConverter: Send + Sync {
    /// What keeps it from decoding pictures with this codec string, in words.
    async fn decoding_obstacle(&self, codec: &str) -> Option<String>;

    /// What keeps it from making copies of them, in words.
    async fn copying_obstacle(&self, codec: &str) -> Option<String>;

    /// Makes an H.264 copy at `to`, beside the file.
    ///
    /// # Errors
    /// `Invalid` on the field `video` for one that cannot be decoded, or not within the limits.
    async fn web_copy(&self, from: &VideoFile, to: &ObjectPath) -> Result<()>;

    /// Makes what is played at each of these heights.
    ///
    /// # Errors
    /// As [`Self::web_copy`].
    async fn ladder(&self, from: &VideoFile, plans: &[RungPlan]) -> Result<Vec<Rung>>;
}
