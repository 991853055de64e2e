use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::CompanyFiles;
use crate::domain::{
    error::Result,
    ids::{CompanyId, StorageConnectionId},
    job::NewJob,
    page::{Listing, Page},
    storage::{BoundStorage, CompanyStorage, MoveProgress, Sealed, StorageConnection},
    tenant::TenantScope,
};

/// Opens the places that companies keep their files in.
#[async_trait]
pub trait Storages: Send + Sync {
    /// What its company has at a place.
    ///
    /// # Errors
    /// `Internal` when its secrets or settings cannot be used.
    async fn open(&self, connection: &StorageConnection) -> Result<CompanyFiles>;

    /// Whether a storage lets pages from `origin` read what a link of its own leads to.
    ///
    /// # Errors
    /// `Unavailable` when it does not answer.
    async fn lets_pages_read(&self, url: &str, origin: &str) -> Result<bool>;
}

/// Rows about where files live.
#[async_trait]
pub trait StorageRecords: Send + Sync {
    /// Where a company's files live.
    async fn company_storage(
        &self,
        scope: &TenantScope,
        company: CompanyId,
    ) -> Result<CompanyStorage>;

    /// The same for the way to an object, whoever is on it: a path names its company.
    async fn storage_of(&self, company: CompanyId) -> Result<CompanyStorage>;

    /// Makes this the place of its company's files, in place of another one. Unless it holds the files of
    /// that one, the company may have none: `false` when it has.
    async fn put_storage(
        &self,
        scope: &TenantScope,
        connection: &StorageConnection,
        holds_files: bool,
    ) -> Result<bool>;

    /// Forgets the place of a company's files, so that they live at the operator's. Unless that is where they are,
    /// the company may have none: `false` when it has.
    async fn delete_storage(
        &self,
        scope: &TenantScope,
        connection: &StorageConnection,
        holds_files: bool,
    ) -> Result<bool>;

    /// Every place in the records, by company.
    async fn storages(&self, scope: &TenantScope, page: Page) -> Result<Listing<BoundStorage>>;

    /// Makes `to` the place that files are written to, and `from` the one that is being left, with the
    /// job that moves what is there. `false` when the company is on the move already.
    async fn begin_move(
        &self,
        scope: &TenantScope,
        from: &StorageConnection,
        to: &StorageConnection,
        job: &NewJob,
    ) -> Result<bool>;

    /// Keeps how far the move away from a place is.
    async fn put_move_progress(
        &self,
        scope: &TenantScope,
        leaving: StorageConnectionId,
        progress: &MoveProgress,
    ) -> Result<()>;

    /// Notes that everything is at the new place, with the job that empties the old one.
    async fn end_move(
        &self,
        scope: &TenantScope,
        leaving: StorageConnectionId,
        moved_at: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool>;

    /// Forgets a place that was left.
    async fn forget_storage(&self, scope: &TenantScope, leaving: StorageConnectionId)
    -> Result<()>;

    /// Every place that takes secrets to open.
    async fn sealed_storages(&self, scope: &TenantScope) -> Result<Vec<StorageConnection>>;

    /// Notes when the owner of a place was found to have taken the consent back, unless that is known.
    async fn note_withdrawn(
        &self,
        scope: &TenantScope,
        id: StorageConnectionId,
        at: DateTime<Utc>,
    ) -> Result<()>;

    /// Gives a place other secrets, its owner having consented anew.
    async fn reopen_storage(
        &self,
        scope: &TenantScope,
        id: StorageConnectionId,
        sealed: &Sealed,
    ) -> Result<()>;

    /// Replaces sealed secrets; `false` when they are no longer those.
    async fn reseal(
        &self,
        scope: &TenantScope,
        id: StorageConnectionId,
        seen: &Sealed,
        sealed: &Sealed,
    ) -> Result<bool>;
}
