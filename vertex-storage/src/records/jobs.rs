//! The durable queue: one row for each job, taken by whoever gets to mark it first.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope, caps,
    ids::{CompanyId, JobId},
    job::{Job, JobState, Lane, NewJob, Task, Turn},
    ports::JobQueue,
};

use super::{
    SqlRecords, Transaction,
    rows::{Table, count, storable},
    tenant::{Against, admit, lock},
};

/// Times it is tried to queue a job beside others that come and go.
const TRIES: u32 = 5;

/// The company served last in lane `$1`. On PostgreSQL, whoever claims in this lane waits for it.
macro_rules! select_served {
    () => {
        "SELECT served FROM job_turns WHERE lane = $1"
    };
}

/// The first company after `$2` of which a job of lane `$1` waits and is due at `$3`, and fewer than `$4` run. The
/// companies are stepped through by the index: how many jobs each has waiting does not matter.
const NEXT_COMPANY: &str = "
    WITH RECURSIVE waiting (company_id) AS (
        SELECT (SELECT company_id FROM jobs WHERE state = 'queued' AND lane = $1
            AND company_id > $2 ORDER BY company_id LIMIT 1)
        UNION ALL
        SELECT (SELECT jobs.company_id FROM jobs WHERE state = 'queued' AND lane = $1
            AND jobs.company_id > waiting.company_id ORDER BY jobs.company_id LIMIT 1)
        FROM waiting WHERE waiting.company_id IS NOT NULL
    )
    SELECT company_id FROM waiting
    WHERE company_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM jobs WHERE state = 'queued' AND lane = $1
        AND jobs.company_id = waiting.company_id AND run_at <= $3)
    AND (SELECT COUNT(*) FROM jobs WHERE state = 'running' AND lane = $1
        AND jobs.company_id = waiting.company_id) < $4
    LIMIT 1";

/// Takes the job of company `$2` in lane `$1` that has been due longest at `$3`. On PostgreSQL, one that is in the
/// hands of somebody else is passed over.
macro_rules! take {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, holder = $4,
                 lease_until = $5
             WHERE id = (
                 SELECT id FROM jobs
                 WHERE state = 'queued' AND lane = $1 AND company_id = $2 AND run_at <= $3
                 ORDER BY run_at, id LIMIT 1 ",
            $lock,
            ")
             RETURNING id, company_id, CAST(payload AS TEXT) AS payload, attempts"
        )
    };
}

/// What a job becomes that is to be done once more: what it was asked for meanwhile goes before what it was.
macro_rules! queued_again {
    () => {
        "state = 'queued', holder = NULL, lease_until = NULL,
             payload = COALESCE(next_payload, payload), next_payload = NULL, next_run_at = NULL"
    };
}

/// What a job becomes that has ended this way: once more queued where it was asked for meanwhile.
macro_rules! ended {
    ($state:literal) => {
        concat!(
            "state = CASE WHEN next_payload IS NULL THEN '",
            $state,
            "' ELSE 'queued' END,
             attempts = CASE WHEN next_payload IS NULL THEN attempts ELSE 0 END,
             holder = CASE WHEN next_payload IS NULL THEN holder END,
             finished_at = CASE WHEN next_payload IS NULL THEN $4 END,
             run_at = COALESCE(next_run_at, run_at), lease_until = NULL,
             payload = COALESCE(next_payload, payload), next_payload = NULL, next_run_at = NULL"
        )
    };
}

/// Lets jobs of lane `$2` wait again whose workers let their leases run out before `$1`.
macro_rules! take_back {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET ",
            queued_again!(),
            " WHERE id IN (SELECT id FROM jobs
                 WHERE state = 'running' AND lane = $2 AND lease_until < $1 ",
            $lock,
            ")"
        )
    };
}

/// Whether the job with this idempotency key runs and was asked for once more meanwhile. The first condition is that of
/// the index.
macro_rules! is_wanted_again {
    ($key:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM jobs WHERE state IN ('queued', 'running')
                 AND state = 'running' AND next_payload IS NOT NULL AND idempotency_key = ",
            $key,
            ")"
        )
    };
}
pub(super) use is_wanted_again;

/// Only the worker that holds a job says what becomes of it.
macro_rules! held {
    () => {
        " WHERE id = $1 AND holder = $2 AND attempts = $3 AND state = 'running'"
    };
}

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

    async fn request(&self, job: &NewJob, most: Option<u32>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let queue = Requests::of(&mut transaction, job.company_id, most).await?;
        insert(&mut transaction, job).await?;
        queue.admit(&mut transaction).await?;
        transaction.commit().await
    }

    async fn claim(
        &self,
        turn: Turn,
        holder: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Job>> {
        let mut transaction = self.begin().await?;
        let most = most_of_one(&mut transaction, turn).await?;
        let lanes = turn.lane.map_or(Lane::ALL.to_vec(), |lane| vec![lane]);
        for lane in lanes {
            let claim = Claim { lane, most, holder, now, lease_until };
            if let Some(job) = claim.next(&mut transaction).await? {
                transaction.commit().await?;
                return Ok(Some(job));
            }
        }
        transaction.commit().await?;
        Ok(None)
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
            concat!("UPDATE jobs SET ", ended!("done"), held!()),
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
            now,
        )?;
        Ok(changed > 0)
    }

    async fn give_back(&self, job: &Job) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            concat!("UPDATE jobs SET attempts = attempts - 1, ", queued_again!(), held!()),
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
        )?;
        Ok(changed > 0)
    }

    async fn retry(&self, job: &Job, run_at: DateTime<Utc>, reason: &str) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            concat!(
                "UPDATE jobs SET last_error = $5,
                     run_at = CASE WHEN next_run_at < $4 THEN next_run_at ELSE $4 END,
                     attempts = CASE WHEN next_payload IS NULL THEN attempts ELSE 0 END, ",
                queued_again!(),
                held!()
            ),
            job.id.0,
            job.holder.as_str(),
            i64::from(job.attempt),
            run_at,
            storable(reason),
        )?;
        Ok(changed > 0)
    }

    async fn postpone(&self, job: &Job, run_at: DateTime<Utc>, reason: &str) -> Result<bool> {
        let changed = execute!(
            self.writer(),
            concat!(
                "UPDATE jobs SET last_error = $5, run_at = $4, attempts = attempts - 1, ",
                queued_again!(),
                held!()
            ),
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
            concat!("UPDATE jobs SET last_error = $5, ", ended!("given_up"), held!()),
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

/// The jobs of a company that people can ask for, as they wait before more of them are queued. Requests for one
/// company come one after the other until the transaction ends.
pub(super) struct Requests {
    company: CompanyId,
    most: Option<u32>,
    before: u64,
}

impl Requests {
    pub(super) async fn of(
        transaction: &mut Transaction,
        company: CompanyId,
        most: Option<u32>,
    ) -> Result<Self> {
        let mut requests = Self { company, most, before: 0 };
        if most.is_some() {
            lock(transaction, company, Against::Changes).await?;
            requests.before = requests.waiting(transaction).await?;
        }
        Ok(requests)
    }

    /// Refuses what has been queued since, if too many waited before.
    pub(super) async fn admit(&self, transaction: &mut Transaction) -> Result<()> {
        if self.most.is_none() || self.waiting(transaction).await? <= self.before {
            return Ok(());
        }
        caps::admit(self.most, self.before, "jobs of this company waiting")
    }

    async fn waiting(&self, transaction: &mut Transaction) -> Result<u64> {
        let waiting: (i64,) = fetch!(
            fetch_one,
            transaction.connection(),
            "SELECT COUNT(*) FROM jobs
             WHERE state = 'queued' AND lane IN ('short', 'long') AND company_id = $1
             AND kind IN ('generate_marker', 'preview_video', 'convert_video')",
            self.company.0,
        )?;
        Ok(count(waiting))
    }
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

/// Queues a job, or has the one with the same key do what both were for.
async fn insert(transaction: &mut Transaction, job: &NewJob) -> Result<()> {
    // One that waits may be taken or end between two statements; then there is room for another.
    for _ in 0..TRIES {
        if insert_new(transaction, job).await? || join(transaction, job).await? {
            return Ok(());
        }
    }
    Err(Error::unavailable("the queue", "the same job comes and goes"))
}

async fn insert_new(transaction: &mut Transaction, job: &NewJob) -> Result<bool> {
    let inserted = execute!(
        transaction.connection(),
        "INSERT INTO jobs (id, company_id, kind, payload, idempotency_key, state, attempts, run_at,
             lane)
         VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6, $7)
         ON CONFLICT (idempotency_key) WHERE state IN ('queued', 'running') DO NOTHING",
        job.id.0,
        job.company_id.0,
        job.task.kind(),
        Json(&job.task),
        job.task.idempotency_key(),
        job.run_at,
        job.task.lane().as_str(),
    )
    .map_err(|failure| failure.or_missing("company"))?;
    Ok(inserted > 0)
}

/// `false` when there is no job with this key any more.
async fn join(transaction: &mut Transaction, job: &NewJob) -> Result<bool> {
    macro_rules! select_active {
        () => {
            "SELECT id, state, CAST(COALESCE(next_payload, payload) AS TEXT), next_payload IS NOT NULL
             FROM jobs WHERE state IN ('queued', 'running') AND idempotency_key = $1"
        };
    }
    let statement = transaction.dialect(select_active!(), concat!(select_active!(), " FOR UPDATE"));
    let found: Option<(Uuid, String, String, bool)> =
        fetch!(fetch_optional, transaction.connection(), statement, job.task.idempotency_key())?;
    let Some((id, state, payload, has_next)) = found else { return Ok(false) };
    // What runs has its own request; one that waits and cannot be read is given up by whoever claims it.
    let waiting = (state == "queued" || has_next).then(|| serde_json::from_str::<Task>(&payload));
    let task = match waiting {
        Some(Ok(waiting)) => job.task.merged(&waiting),
        _ => job.task.clone(),
    };
    let statement = match state.as_str() {
        "queued" => {
            "UPDATE jobs SET payload = $2, run_at = CASE WHEN run_at > $3 THEN $3 ELSE run_at END
             WHERE id = $1"
        }
        _ if job.task.joins_a_run() => return Ok(true),
        _ if has_next => {
            "UPDATE jobs SET next_payload = $2,
                 next_run_at = CASE WHEN next_run_at > $3 THEN $3 ELSE next_run_at END
             WHERE id = $1"
        }
        _ => "UPDATE jobs SET next_payload = $2, next_run_at = $3 WHERE id = $1",
    };
    execute!(transaction.connection(), statement, id, Json(&task), job.run_at)?;
    Ok(true)
}

/// How many jobs of a lane one company may run.
async fn most_of_one(transaction: &mut Transaction, turn: Turn) -> Result<i64> {
    let Some(most) = turn.per_company else { return Ok(i64::MAX) };
    let (companies,): (i64,) = fetch!(
        fetch_one,
        transaction.connection(),
        "SELECT COUNT(*) FROM (SELECT 1 FROM companies
             WHERE is_active AND deleted_at IS NULL LIMIT 2) AS others",
    )?;
    Ok(if companies < 2 { i64::MAX } else { i64::from(most) })
}

/// One look at one lane.
struct Claim<'a> {
    lane: Lane,
    most: i64,
    holder: &'a str,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
}

impl Claim<'_> {
    async fn next(&self, transaction: &mut Transaction) -> Result<Option<Job>> {
        let mut after = self.begin(transaction).await?;
        let mut is_second_round = false;
        loop {
            match self.company(transaction, after).await? {
                Some(company) => match self.take(transaction, company).await? {
                    Some(job) => return Ok(Some(job)),
                    None => after = company,
                },
                None if is_second_round => return Ok(None),
                None => (after, is_second_round) = (Uuid::nil(), true),
            }
        }
    }

    /// The company that was served last; jobs of dead workers wait again.
    async fn begin(&self, transaction: &mut Transaction) -> Result<Uuid> {
        let lane = self.lane.as_str();
        let statement =
            transaction.dialect(select_served!(), concat!(select_served!(), " FOR UPDATE"));
        let (served,): (Uuid,) = fetch!(fetch_one, transaction.connection(), statement, lane)?;
        let statement = transaction.dialect(take_back!(""), take_back!("FOR UPDATE SKIP LOCKED"));
        execute!(transaction.connection(), statement, self.now, lane)?;
        Ok(served)
    }

    async fn company(&self, transaction: &mut Transaction, after: Uuid) -> Result<Option<Uuid>> {
        let company: Option<(Uuid,)> = fetch!(
            fetch_optional,
            transaction.connection(),
            NEXT_COMPANY,
            self.lane.as_str(),
            after,
            self.now,
            self.most,
        )?;
        Ok(company.map(|(company,)| company))
    }

    /// The next job of a company that can be read; others are given up.
    async fn take(&self, transaction: &mut Transaction, company: Uuid) -> Result<Option<Job>> {
        let statement = transaction.dialect(take!(""), take!("FOR UPDATE SKIP LOCKED"));
        loop {
            let row: Option<ClaimedRow> = fetch!(
                fetch_optional,
                transaction.connection(),
                statement,
                self.lane.as_str(),
                company,
                self.now,
                self.holder,
                self.lease_until,
            )?;
            let Some(row) = row else { return Ok(None) };
            match row.job(self.holder) {
                Ok(job) => {
                    execute!(
                        transaction.connection(),
                        "UPDATE job_turns SET served = $2 WHERE lane = $1",
                        self.lane.as_str(),
                        company,
                    )?;
                    return Ok(Some(job));
                }
                Err(reason) => give_up_unread(transaction, row.id, self.now, &reason).await?,
            }
        }
    }
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
