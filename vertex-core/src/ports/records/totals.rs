use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{error::Result, tenant::TenantScope};

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Companies that have not been deleted.
    pub companies: u64,
    /// Companies, those that are marked as deleted included.
    pub companies_kept: u64,
    /// Contents that have not been deleted.
    pub contents: u64,
    /// Contents, those that are marked as deleted included.
    pub contents_kept: u64,
    /// Videos of contents that have not been deleted.
    pub videos: u64,
    /// Videos, those of contents that are marked as deleted included.
    pub videos_kept: u64,
    /// Views.
    pub views: u64,
    /// Markers that wait to be made.
    pub marker_jobs: u64,
    /// Jobs that are due and wait.
    pub jobs_due: u64,
    /// Messages that were given up.
    pub dead_letters: u64,
}

/// Figures about the installation.
#[async_trait]
pub trait TotalRecords: Send + Sync {
    /// How much there is of everything inside the scope.
    async fn totals(&self, scope: &TenantScope, now: DateTime<Utc>) -> Result<Totals>;
}
