use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::JobId,
    job::{Job, JobState, NewJob, Turn},
};

/// The durable queue. Jobs come in through the records' own transactions, so that
/// a row and the job that serves it are both there or both not.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Queues a job that serves no new row. The same as in a records' transaction otherwise: where a job with its
    /// idempotency key waits already there is no second one, but the first does what both were for and waits no longer
    /// than this one would. One that runs is queued once more when it has ended, unless its run
    /// [is joined](crate::domain::job::Task::joins_a_run).
    async fn enqueue(&self, job: &NewJob) -> Result<()>;

    /// Queues a job that somebody asked for, unless `most` of those wait for the company: `TooMany`. One with the same
    /// idempotency key is joined, however many wait.
    async fn request(&self, job: &NewJob, most: Option<u32>) -> Result<()>;

    /// Takes a job: of the company whose turn it is, the one that has been due longest. Companies have their turns one
    /// after the other, so that none waits behind more than one job of each other company. A job whose worker let its
    /// lease run out waits again.
    ///
    /// Nobody else gets it before `lease_until`. `holder` must name this worker's incarnation.
    async fn claim(
        &self,
        turn: Turn,
        holder: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Job>>;

    /// Keeps a job longer. `false`: it is no longer ours, stop.
    async fn renew(&self, job: &Job, lease_until: DateTime<Utc>) -> Result<bool>;

    /// Strikes a job off. `false`: it was no longer ours, somebody else will.
    async fn complete(&self, job: &Job, now: DateTime<Utc>) -> Result<bool>;

    /// Puts a job back that was not finished and did not fail: it is due again at once, and the try does not count.
    async fn give_back(&self, job: &Job) -> Result<bool>;

    /// Puts a job back until `run_at`.
    async fn retry(&self, job: &Job, run_at: DateTime<Utc>, reason: &str) -> Result<bool>;

    /// Puts a job back until `run_at` as if it had not been tried.
    async fn postpone(&self, job: &Job, run_at: DateTime<Utc>, reason: &str) -> Result<bool>;

    /// Gives a job up, keeping the reason.
    async fn give_up(&self, job: &Job, now: DateTime<Utc>, reason: &str) -> Result<bool>;

    /// Whether a job with this idempotency key waits or runs.
    async fn is_waiting(&self, idempotency_key: &str) -> Result<bool>;

    /// Where a job stands, and the reason of its last failure.
    async fn state(&self, id: JobId) -> Result<Option<(JobState, Option<String>)>>;
}
