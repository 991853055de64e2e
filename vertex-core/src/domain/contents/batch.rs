//! Making the markers of many contents again, and how far that is.

use chrono::{DateTime, Utc};

use crate::domain::{
    content::MarkerStatus,
    ids::{BatchId, CompanyId, ContentId},
};

/// Most contents of one batch.
pub const MAX_BATCH: usize = 10_000;

/// Contents whose markers were asked for together.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkerBatch {
    /// Its id.
    pub id: BatchId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// How far a batch is. Contents that have been deleted meanwhile do not count.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchProgress {
    /// The batch.
    pub batch: MarkerBatch,
    /// Waiting.
    pub pending: u64,
    /// Being made.
    pub processing: u64,
    /// There.
    pub ready: u64,
    /// Given up.
    pub failed: u64,
    /// Those that were given up, and why; at most 100.
    pub failures: Vec<(ContentId, String)>,
}

impl BatchProgress {
    /// Contents of the batch.
    pub fn total(&self) -> u64 {
        self.pending + self.processing + self.ready + self.failed
    }

    /// Those that are settled.
    pub fn done(&self) -> u64 {
        self.ready + self.failed
    }

    /// Counts contents of one status.
    pub fn count(&mut self, status: MarkerStatus, contents: u64) {
        match status {
            MarkerStatus::Pending => self.pending += contents,
            MarkerStatus::Processing => self.processing += contents,
            MarkerStatus::Ready => self.ready += contents,
            MarkerStatus::Failed => self.failed += contents,
        }
    }
}
