//! The durable queue: one row for each job, taken by whoever gets to mark it first.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Result, TenantScope,
    ids::{CompanyId, JobId},
    job::{Job, JobState, NewJob},
    ports::JobQueue,
};

use super::{
    SqlRecords, Transaction,
    rows::{Table, storable},
    tenant::admit,
};

/// Takes the job that has been due longest. On PostgreSQL, whoever finds a row in another
/// claimer's hands goes on to the next instead of waiting for it.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, holder = $2, lease_until = $3
             WHERE id = (
                 SELECT id FROM jobs
                 WHERE state IN ('queued', 'running') AND run_at <= $1
                 AND (state = 'queued' OR lease_until < $1)
                 ORDER BY run_at, id LIMIT 1 ",
            $lock,
            ")
             RETURNING id, company_id, CAST(payload AS TEXT) AS payload, attempts"
        )
    };
}

/// Whether a job with this idempotency key runs. The first condition is that of the index.
macro_rules! runs {
    ($key:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM jobs WHERE state IN ('queued', 'running')
                 AND state = 'running' AND idempotency_key = ",
            $key,
            ")"
        )
    };
}
pub(super) use runs;

/// The payload stays text until the row is ours: one that cannot be read is still a job.
#[derive(FromRow)]
struct ClaimedRow {
    id: Uuid,
    company_id: Uuid,
    payload: String,
    attempts: i64,
}

impl ClaimedRow {
    fn job(&self, holder: &str) -> Result<Job, String> {
        let task = serde_json::from_str(&self.payload);
        let attempt = u32::try_from(self.attempts);
        Ok(Job {
            id: JobId(self.id),
            company_id: CompanyId(self.company_id),
            task: task.map_err(|error| format!("the task cannot be read: {error}"))?,
            attempt: attempt.map_err(|error| format!("the attempts cannot be counted: {error}"))?,
            holder: holder.to_owned(),
        })
    }
}

#[async_trait]
impl JobQueue for SqlRecords {
    async fn enqueue(&self, job: &NewJob) -> Result<()> {
        let mut transaction = self.begin().await?;
        insert(&mut transaction, job).await?;
        transaction.commit().await
    }

    async fn claim(
        &self,
        holder: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Job>> {
        let mut transaction = self.begin().await?;
        let statement = transaction.dialect(claim!(""), claim!("FOR UPDATE SKIP LOCKED"));
        loop {
            let row: Option<ClaimedRow> = fetch!(
                fetch_optional,
                transaction.connection(),
                statement,
                now,
                holder,
                lease_until,
            )?;
            let Some(row) = row else {
                transaction.commit().await?;
                return Ok(None);
            };
            match row.job(holder) {
                Ok(job) => {
                    transaction.commit().await?;
                    return Ok(Some(job));
                }
                Err(reason) => give_up_unread(&mut transaction, row.id, now, &reason).await?,
            }
        }
    }

    async fn renew(&self, job: &Job, lease_until: DateTime<Utc>) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            "UPDATE jobs SET lease_until = $4
             WHERE id = $1 AND holder = $2 AND attempts = $3 AND state = 'running'",
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
            lease_until,
        )?;
        Ok(changed > 0)
    }

    async fn complete(&self, job: &Job, now: DateTime<Utc>) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            "UPDATE jobs SET state = 'done', finished_at = $4, lease_until = NULL
             WHERE id = $1 AND holder = $2 AND attempts = $3 AND state = 'running'",
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
            now,
        )?;
        Ok(changed > 0)
    }

    async fn retry(&self, job: &Job, run_at: DateTime<Utc>, reason: &str) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            "UPDATE jobs SET state = 'queued', run_at = $4, last_error = $5, lease_until = NULL,
                 holder = NULL
             WHERE id = $1 AND holder = $2 AND attempts = $3 AND state = 'running'",
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
            run_at,
            storable(reason),
        )?;
        Ok(changed > 0)
    }

    async fn give_up(&self, job: &Job, now: DateTime<Utc>, reason: &str) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            "UPDATE jobs SET state = 'given_up', finished_at = $4, last_error = $5,
                 lease_until = NULL
             WHERE id = $1 AND holder = $2 AND attempts = $3 AND state = 'running'",
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
            now,
            storable(reason),
        )?;
        Ok(changed > 0)
    }

    async fn is_waiting(&self, idempotency_key: &str) -> Result<bool> {
        let (waits,): (bool,) = fetch!(
            fetch_one,
            self.reader(),
            "SELECT EXISTS (SELECT 1 FROM jobs
                 WHERE state IN ('queued', 'running') AND idempotency_key = $1)",
            idempotency_key,
        )?;
        Ok(waits)
    }

    async fn state(&self, id: JobId) -> Result<Option<(JobState, Option<String>)>> {
        let row: Option<(String, Option<String>)> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT state, last_error FROM jobs WHERE id = $1",
            id.0,
        )?;
        row.map(|(state, last_error)| {
            let state = Table("jobs").read("state", state, |text| text.parse())?;
            Ok((state, last_error))
        })
        .transpose()
    }
}

/// Queues a job in the transaction of the rows it serves.
pub(super) async fn enqueue(
    transaction: &mut Transaction,
    scope: &TenantScope,
    job: &NewJob,
) -> Result<()> {
    admit(scope, job.company_id)?;
    insert(transaction, job).await
}

/// Ends an update of `changed` rows together with its job; without rows there is nothing to do.
pub(super) async fn commit_with(
    mut transaction: Transaction,
    scope: &TenantScope,
    job: &NewJob,
    changed: u64,
) -> Result<bool> {
    if changed == 0 {
        return Ok(false);
    }
    enqueue(&mut transaction, scope, job).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn insert(transaction: &mut Transaction, job: &NewJob) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO jobs (id, company_id, kind, payload, idempotency_key, state, attempts, run_at)
         VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6)
         ON CONFLICT (idempotency_key) WHERE state IN ('queued', 'running') DO UPDATE
         SET run_at = CASE WHEN jobs.run_at > excluded.run_at THEN excluded.run_at
             ELSE jobs.run_at END",
        job.id.0,
        job.company_id.0,
        job.task.kind(),
        Json(&job.task),
        job.task.idempotency_key(),
        job.run_at,
    )
    .map_err(|failure| failure.or_missing("company"))?;
    Ok(())
}

async fn give_up_unread(
    transaction: &mut Transaction,
    id: Uuid,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<()> {
    execute!(
        transaction.connection(),
        "UPDATE jobs SET state = 'given_up', finished_at = $2, last_error = $3, lease_until = NULL
         WHERE id = $1",
        id,
        now,
        storable(reason),
    )?;
    Ok(())
}
