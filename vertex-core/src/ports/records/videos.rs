use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::{ContentId, ReservationId, VideoId},
    job::NewJob,
    page::{Listing, Page},
    tenant::TenantScope,
    video::{Video, VideoCopies, VideoPart},
    video_history::ScheduleEvent,
};

/// Videos.
#[async_trait]
pub trait VideoRecords: Send + Sync {
    /// Adds a video, in the room that was `reserved` for it, and queues `job`. `Conflict` when the room has
    /// gone to others. Without a reservation no quota is asked. If the reservation is that of an upload,
    /// the upload is done.
    async fn insert_video(
        &self,
        scope: &TenantScope,
        video: &Video,
        reserved: Option<ReservationId>,
        job: &NewJob,
    ) -> Result<()>;

    /// One video.
    async fn video(&self, scope: &TenantScope, id: VideoId) -> Result<Option<Video>>;

    /// Every video of a content, newest first.
    async fn videos_of(&self, scope: &TenantScope, content: ContentId) -> Result<Vec<Video>>;

    /// Replaces title, description, status and window; what that changes about its schedule goes
    /// into its history.
    async fn update_video(
        &self,
        scope: &TenantScope,
        video: &Video,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// What was done to the schedule of a video, the latest first.
    async fn schedule_history(
        &self,
        scope: &TenantScope,
        id: VideoId,
        page: Page,
    ) -> Result<Listing<ScheduleEvent>>;

    /// Marks one video active and every other active one of its content inactive.
    async fn activate_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Notes why something of a video could not be made.
    async fn set_video_failure(
        &self,
        scope: &TenantScope,
        id: VideoId,
        part: VideoPart,
        reason: &str,
    ) -> Result<bool>;

    /// Notes that the preview of a video has been made, whatever has failed before.
    async fn set_video_preview(&self, scope: &TenantScope, id: VideoId) -> Result<bool>;

    /// Notes which copies of a video there are besides its original, whatever has failed before.
    async fn set_video_copies(
        &self,
        scope: &TenantScope,
        id: VideoId,
        copies: &VideoCopies,
    ) -> Result<bool>;

    /// Removes a video and queues `job`.
    async fn delete_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        seen: Option<DateTime<Utc>>,
        job: &NewJob,
    ) -> Result<bool>;
}
