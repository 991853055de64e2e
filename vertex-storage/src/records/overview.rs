use async_trait::async_trait;
use vertex_core::{
    Result, TenantScope,
    ports::{Overview, OverviewRecords},
};

use super::{SqlRecords, rows::count, select::Selection, tenant::bounds};

/// Rows of one table inside `$1` and `$2`, counted by the value of a column.
macro_rules! counted_by {
    ($column:literal, $table:literal, $condition:literal) => {
        concat!(
            "SELECT ",
            $column,
            ", COUNT(*) FROM ",
            $table,
            " WHERE company_id BETWEEN $1 AND $2 AND ",
            $condition,
            " GROUP BY ",
            $column,
            " ORDER BY ",
            $column
        )
    };
}

#[async_trait]
impl OverviewRecords for SqlRecords {
    async fn overview(&self, scope: &TenantScope) -> Result<Overview> {
        let rows = |table| Selection::within(table, scope);
        let number = async |selection: Selection| selection.count(self).await.map(count);
        let companies = Selection::owned("companies", "id", scope).that("is_active");
        let contents = || rows("contents").that("deleted_at IS NULL");
        let (stored_bytes, views) = sums(self, scope).await?;
        Ok(Overview {
            companies: number(companies).await?,
            users: number(rows("users")).await?,
            clients: number(rows("clients")).await?,
            projects: number(rows("projects")).await?,
            contents: number(contents()).await?,
            active_contents: number(contents().that("is_active")).await?,
            contents_by_marker_status: counts(
                self,
                scope,
                counted_by!("marker_status", "contents", "deleted_at IS NULL"),
            )
            .await?,
            videos: number(rows("videos")).await?,
            orders_by_status: counts(self, scope, counted_by!("status", "orders", "TRUE")).await?,
            stored_bytes,
            views,
            jobs_by_state: counts(self, scope, counted_by!("state", "jobs", "TRUE")).await?,
        })
    }
}

async fn counts(
    records: &SqlRecords,
    scope: &TenantScope,
    statement: &'static str,
) -> Result<Vec<(String, u64)>> {
    let (first, last) = bounds(scope);
    let rows: Vec<(String, i64)> = fetch!(fetch_all, records.reader(), statement, first, last)?;
    Ok(rows.into_iter().map(|(name, number)| (name, count((number,)))).collect())
}

/// Bytes of pictures and videos, and views.
async fn sums(records: &SqlRecords, scope: &TenantScope) -> Result<(u64, u64)> {
    let (first, last) = bounds(scope);
    let (pictures, views): (i64, i64) = fetch!(
        fetch_one,
        records.reader(),
        "SELECT CAST(COALESCE(SUM(image_bytes), 0) AS BIGINT),
             CAST(COALESCE(SUM(view_count), 0) AS BIGINT)
         FROM contents WHERE company_id BETWEEN $1 AND $2",
        first,
        last,
    )?;
    let videos = fetch!(
        fetch_one,
        records.reader(),
        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM videos
         WHERE company_id BETWEEN $1 AND $2",
        first,
        last,
    )?;
    Ok((count((pictures,)) + count(videos), count((views,))))
}
