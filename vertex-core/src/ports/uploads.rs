use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    caps::UploadCaps,
    error::Result,
    ids::UploadId,
    job::NewJob,
    tenant::TenantScope,
    upload::{Promised, Refusal, Upload},
};

/// Uploads that come in parts.
#[async_trait]
pub trait UploadRecords: Send + Sync {
    /// Adds an upload. Of many at once, none goes over the caps: `TooMany`.
    async fn insert_upload(
        &self,
        scope: &TenantScope,
        upload: &Upload,
        caps: &UploadCaps,
    ) -> Result<()>;

    /// One upload.
    async fn upload(&self, scope: &TenantScope, id: UploadId) -> Result<Option<Upload>>;

    /// What uploads that are open will take on the disk.
    async fn promised(&self, scope: &TenantScope) -> Result<Promised>;

    /// Moves the offset of an upload that still stands at `upload.received`, and its end with that of its
    /// reservation. When that is all of it, it goes to be checked and `job` is queued. `false` when
    /// somebody else was faster.
    async fn advance_upload(
        &self,
        scope: &TenantScope,
        upload: &Upload,
        received: u64,
        expires_at: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool>;

    /// Notes why an upload that was being checked was refused, and gives its room back. One that is
    /// accepted is noted with the row it became.
    async fn refuse_upload(
        &self,
        scope: &TenantScope,
        id: UploadId,
        refusal: &Refusal,
    ) -> Result<bool>;

    /// Removes an upload and gives its room back.
    async fn delete_upload(&self, scope: &TenantScope, id: UploadId) -> Result<bool>;

    /// Uploads that have ended by `now` and are not just being checked.
    async fn expired_uploads(
        &self,
        scope: &TenantScope,
        now: DateTime<Utc>,
    ) -> Result<Vec<UploadId>>;
}
