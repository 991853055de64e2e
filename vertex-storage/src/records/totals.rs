use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use vertex_core::{
    Error, Result, TenantScope,
    ports::{TotalRecords, Totals},
};

use super::{SqlRecords, rows::Table, tenant::bounds};

#[derive(FromRow)]
struct TotalsRow {
    companies: i64,
    companies_kept: i64,
    contents: i64,
    contents_kept: i64,
    videos: i64,
    videos_kept: i64,
    views: i64,
    marker_jobs: i64,
    jobs_due: i64,
    dead_letters: i64,
}

impl TryFrom<TotalsRow> for Totals {
    type Error = Error;

    fn try_from(row: TotalsRow) -> Result<Self> {
        let read = |column, count| Table("totals").read(column, count, u64::try_from);
        Ok(Self {
            companies: read("companies", row.companies)?,
            companies_kept: read("companies_kept", row.companies_kept)?,
            contents: read("contents", row.contents)?,
            contents_kept: read("contents_kept", row.contents_kept)?,
            videos: read("videos", row.videos)?,
            videos_kept: read("videos_kept", row.videos_kept)?,
            views: read("views", row.views)?,
            marker_jobs: read("marker_jobs", row.marker_jobs)?,
            jobs_due: read("jobs_due", row.jobs_due)?,
            dead_letters: read("dead_letters", row.dead_letters)?,
        })
    }
}

#[async_trait]
impl TotalRecords for SqlRecords {
    async fn totals(&self, scope: &TenantScope, now: DateTime<Utc>) -> Result<Totals> {
        let (first, last) = bounds(scope);
        let row: TotalsRow = fetch!(
            fetch_one,
            self.reader(),
            "SELECT
                 (SELECT COUNT(*) FROM companies WHERE id BETWEEN $1 AND $2 AND is_active)
                     AS companies,
                 (SELECT COUNT(*) FROM companies WHERE id BETWEEN $1 AND $2) AS companies_kept,
                 (SELECT COUNT(*) FROM contents
                     JOIN companies ON companies.id = contents.company_id
                     WHERE contents.company_id BETWEEN $1 AND $2
                     AND contents.deleted_at IS NULL AND companies.deleted_at IS NULL) AS contents,
                 (SELECT COUNT(*) FROM contents WHERE company_id BETWEEN $1 AND $2)
                     AS contents_kept,
                 (SELECT COUNT(*) FROM videos
                     JOIN contents ON contents.id = videos.content_id
                     JOIN companies ON companies.id = contents.company_id
                     WHERE videos.company_id BETWEEN $1 AND $2
                     AND contents.deleted_at IS NULL AND companies.deleted_at IS NULL) AS videos,
                 (SELECT COUNT(*) FROM videos WHERE company_id BETWEEN $1 AND $2) AS videos_kept,
                 (SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT) FROM daily_views
                     WHERE company_id BETWEEN $1 AND $2) AS views,
                 (SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')
                     AND kind = 'generate_marker' AND state = 'queued'
                     AND company_id BETWEEN $1 AND $2) AS marker_jobs,
                 (SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')
                     AND state = 'queued' AND run_at <= $3 AND lane <> 'background'
                     AND company_id BETWEEN $1 AND $2) AS jobs_due,
                 (SELECT COUNT(*) FROM deliveries WHERE state = 'dead'
                     AND company_id BETWEEN $1 AND $2) AS dead_letters",
            first,
            last,
            now,
        )?;
        row.try_into()
    }
}
