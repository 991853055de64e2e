use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use vertex_core::{
    Result, TenantScope,
    batch::{BatchProgress, MarkerBatch},
    content::MarkerStatus,
    ids::{BatchId, CompanyId, ContentId},
    job::{NewJob, Task},
    ports::MarkerBatchRecords,
};

use super::{
    SqlRecords,
    audit::{Deed, commit_new},
    contents::request_marker,
    jobs::Requests,
    rows::{Table, count},
    tenant::{admit, bounds},
};

#[async_trait]
impl MarkerBatchRecords for SqlRecords {
    async fn insert_batch(
        &self,
        scope: &TenantScope,
        batch: &MarkerBatch,
        jobs: &[NewJob],
        most: Option<u32>,
    ) -> Result<()> {
        admit(scope, batch.company_id)?;
        let mut transaction = self.begin().await?;
        let queue = Requests::of(&mut transaction, batch.company_id, most).await?;
        execute!(
            transaction.connection(),
            "INSERT INTO marker_batches (id, company_id, created_at) VALUES ($1, $2, $3)",
            batch.id.0,
            batch.company_id.0,
            batch.created_at,
        )
        .map_err(|failure| failure.or_missing("company"))?;
        for job in jobs {
            let Task::GenerateMarker { content_id, .. } = job.task else { continue };
            request_marker(&mut transaction, scope, content_id, job).await?;
            execute!(
                transaction.connection(),
                "INSERT INTO marker_batch_contents (batch_id, content_id) VALUES ($1, $2)",
                batch.id.0,
                content_id.0,
            )
            .map_err(|failure| failure.or_missing("content"))?;
        }
        queue.admit(&mut transaction).await?;
        let deed = Deed::created("marker_batch", batch.id.0);
        let label = format!("{} contents", jobs.len());
        commit_new(transaction, scope, deed, batch.company_id, &label).await
    }

    async fn batch_progress(
        &self,
        scope: &TenantScope,
        id: BatchId,
    ) -> Result<Option<BatchProgress>> {
        let (first, last) = bounds(scope);
        let batch: Option<(Uuid, DateTime<Utc>)> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT company_id, created_at FROM marker_batches
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        let Some((company, created_at)) = batch else { return Ok(None) };
        let mut progress = BatchProgress {
            batch: MarkerBatch { id, company_id: CompanyId(company), created_at },
            pending: 0,
            processing: 0,
            ready: 0,
            failed: 0,
            failures: failures(self, id).await?,
        };
        let counts: Vec<(String, i64)> = fetch!(
            fetch_all,
            self.reader(),
            "SELECT contents.marker_status, COUNT(*) FROM marker_batch_contents
             JOIN contents ON contents.id = marker_batch_contents.content_id
             WHERE marker_batch_contents.batch_id = $1 AND contents.deleted_at IS NULL
             GROUP BY contents.marker_status",
            id.0,
        )?;
        for (status, contents) in counts {
            let status: MarkerStatus =
                Table("contents").read("marker_status", status, |text| text.parse())?;
            progress.count(status, count((contents,)));
        }
        Ok(Some(progress))
    }
}

async fn failures(records: &SqlRecords, id: BatchId) -> Result<Vec<(ContentId, String)>> {
    let rows: Vec<(Uuid, String)> = fetch!(
        fetch_all,
        records.reader(),
        "SELECT contents.id, COALESCE(contents.marker_error, '') FROM marker_batch_contents
         JOIN contents ON contents.id = marker_batch_contents.content_id
         WHERE marker_batch_contents.batch_id = $1 AND contents.marker_status = 'failed'
         AND contents.deleted_at IS NULL
         ORDER BY contents.id LIMIT 100",
        id.0,
    )?;
    Ok(rows.into_iter().map(|(content, reason)| (ContentId(content), reason)).collect())
}
