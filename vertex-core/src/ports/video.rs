use std::sync::Arc;

use async_trait::async_trait;
use vertex_markers::Picture;

use crate::{
    error::Result,
    paths::ObjectPath,
    ports::Objects,
    video::{VideoContainer, VideoFacts},
};

/// Reads video files.
#[async_trait]
pub trait VideoInspector: Send + Sync {
    /// The container a file is, judged by its first bytes (4 KiB are enough).
    fn sniff(&self, head: &[u8]) -> Option<VideoContainer>;

    /// What a stored file says about itself.
    ///
    /// # Errors
    /// `Invalid` on the field `video` when it is damaged or has no picture track.
    async fn inspect(&self, objects: Arc<dyn Objects>, path: &ObjectPath) -> Result<VideoFacts>;

    /// The frame in the middle; `None` when this inspector cannot decode the codec.
    async fn middle_frame(
        &self,
        objects: Arc<dyn Objects>,
        path: &ObjectPath,
    ) -> Result<Option<Picture>>;
}
