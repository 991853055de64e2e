use async_trait::async_trait;

use crate::domain::{
    batch::{BatchProgress, MarkerBatch},
    error::Result,
    ids::BatchId,
    job::NewJob,
    tenant::TenantScope,
};

/// Batches of markers.
#[async_trait]
pub trait MarkerBatchRecords: Send + Sync {
    /// Adds a batch and asks for the markers of each of its contents, all or nothing: nothing where `most` jobs that
    /// people can ask for wait for the company already, `TooMany`. A batch that begins below goes over, so that any
    /// batch can be done.
    async fn insert_batch(
        &self,
        scope: &TenantScope,
        batch: &MarkerBatch,
        jobs: &[NewJob],
        most: Option<u32>,
    ) -> Result<()>;

    /// How far a batch is.
    async fn batch_progress(
        &self,
        scope: &TenantScope,
        id: BatchId,
    ) -> Result<Option<BatchProgress>>;
}
