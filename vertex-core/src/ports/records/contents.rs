use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    content::{ArContent, MarkerReport, MarkerStatus},
    error::Result,
    ids::{ClientId, ContentId, FolderId, ProjectId, ReservationId},
    job::NewJob,
    page::{ListQuery, Listing},
    quality::Quality,
    rotation::RotationRule,
    tenant::TenantScope,
};

/// Contents that have been deleted but not purged yet: whether a list has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trash {
    /// No.
    #[default]
    Without,
    /// Nothing else.
    Only,
    /// Like all others.
    With,
}

/// Which contents are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContentFilter {
    /// Members of this project only.
    pub project: Option<ProjectId>,
    /// Those in this folder only.
    pub folder: Option<FolderId>,
    /// Those of this client only.
    pub client: Option<ClientId>,
    /// Those whose markers are this far.
    pub marker_status: Option<MarkerStatus>,
    /// Only those that do, or do not, play.
    pub is_active: Option<bool>,
    /// Deleted ones.
    pub trash: Trash,
}

/// Contents and their rotation rules.
#[async_trait]
pub trait ContentRecords: Send + Sync {
    /// Adds a content to its projects, in the room that was `reserved` for it, and queues `job`, all or
    /// nothing. `Conflict` when the room has gone to others. Without a reservation no quota is asked.
    /// If the reservation is that of an upload, the upload is done.
    async fn insert_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: &[ProjectId],
        reserved: Option<ReservationId>,
        job: &NewJob,
    ) -> Result<()>;

    /// One content.
    async fn content(&self, scope: &TenantScope, id: ContentId) -> Result<Option<ArContent>>;

    /// One content that has been deleted but not purged.
    async fn deleted_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
    ) -> Result<Option<ArContent>>;

    /// Contents, newest first; a search looks into the title.
    async fn contents(
        &self,
        scope: &TenantScope,
        filter: &ContentFilter,
        query: &ListQuery,
    ) -> Result<Listing<ArContent>>;

    /// The projects of these contents.
    async fn projects_of(
        &self,
        scope: &TenantScope,
        contents: &[ContentId],
    ) -> Result<Vec<(ContentId, ProjectId)>>;

    /// Replaces title, client, folder, expiry and activity, and the projects where they are given.
    /// Markers and counters have their own methods.
    async fn update_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: Option<&[ProjectId]>,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Puts the picture of `content` in the place of the one the content had, in the room that was `reserved` for it, and
    /// queues `jobs`: what was made of the one before is to be made again. `Conflict` when the room has gone to others.
    async fn replace_picture(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        seen: DateTime<Utc>,
        reserved: ReservationId,
        jobs: &[NewJob],
    ) -> Result<bool>;

    /// Marks a content as deleted and queues `job`, which purges it.
    async fn delete_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool>;

    /// Takes back a deletion.
    async fn restore_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Removes a content that is marked as deleted with its videos, rule and sessions, and queues
    /// `job`.
    async fn purge_content(&self, scope: &TenantScope, id: ContentId, job: &NewJob)
    -> Result<bool>;

    /// Sets the markers to pending and queues `job`, unless `most` jobs that people can ask for wait for the company:
    /// `TooMany`. One that waits for the same content is joined, however many wait.
    async fn request_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        job: &NewJob,
        most: Option<u32>,
    ) -> Result<bool>;

    /// Records how far the markers are, and queues what is to be done next. What was measured of the picture stays until
    /// it is measured again.
    async fn report_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        report: MarkerReport<'_>,
        next: Option<&NewJob>,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Keeps what was measured of the markers that were made at `made_at`; `false` when others are there by now.
    async fn put_quality(
        &self,
        scope: &TenantScope,
        id: ContentId,
        quality: &Quality,
        made_at: DateTime<Utc>,
    ) -> Result<bool>;

    /// The rule of a content.
    async fn rotation_rule(
        &self,
        scope: &TenantScope,
        content: ContentId,
    ) -> Result<Option<RotationRule>>;

    /// Sets the rule of a content, replacing the one it had (whose id and creation time stay). A content without one
    /// has not been `seen` otherwise.
    async fn put_rotation_rule(
        &self,
        scope: &TenantScope,
        rule: &RotationRule,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}
