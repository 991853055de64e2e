use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use vertex_core::{
    Error, Result, TenantScope,
    content::{ArContent, MarkerReport},
    ids::{ContentId, ProjectId},
    job::NewJob,
    page::{Listing, Page},
    ports::{ContentFilter, ContentRecords},
    rotation::RotationRule,
};

use super::{
    SqlRecords, Transaction,
    content_rows::{ContentRow, content_columns},
    failure::Failure,
    jobs, rotation_rules,
    rows::{entity, integer, listing, storable, window},
    search::{fold, pattern},
    tenant::{admit, bounds},
};

macro_rules! listed_contents {
    () => {
        "FROM contents
         WHERE company_id BETWEEN $1 AND $2 AND title_folded LIKE $3 ESCAPE '!'
         AND ($4 IS NULL OR EXISTS (
             SELECT 1 FROM content_projects
             WHERE content_projects.project_id = $4 AND content_projects.content_id = contents.id))"
    };
}

#[async_trait]
impl ContentRecords for SqlRecords {
    async fn insert_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: &[ProjectId],
        job: &NewJob,
    ) -> Result<()> {
        admit(scope, content.company_id)?;
        let mut transaction = self.begin().await?;
        insert_content(&mut transaction, content).await?;
        for project in projects {
            join_project(&mut transaction, content, *project).await?;
        }
        jobs::enqueue(&mut transaction, scope, job).await?;
        transaction.commit().await
    }

    async fn content(&self, scope: &TenantScope, id: ContentId) -> Result<Option<ArContent>> {
        let (first, last) = bounds(scope);
        let row: Option<ContentRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                content_columns!(),
                " FROM contents WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn contents(
        &self,
        scope: &TenantScope,
        filter: &ContentFilter,
        page: Page,
    ) -> Result<Listing<ArContent>> {
        let (first, last) = bounds(scope);
        let pattern = pattern(filter.search.as_deref());
        let project = filter.project.map(|project| project.0);
        let total = fetch!(
            fetch_one,
            self.reader(),
            concat!("SELECT COUNT(*) ", listed_contents!()),
            first,
            last,
            pattern.as_str(),
            project,
        )?;
        let (limit, offset) = window(page);
        let rows: Vec<ContentRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                content_columns!(),
                " ",
                listed_contents!(),
                " ORDER BY created_at DESC, id DESC LIMIT $5 OFFSET $6"
            ),
            first,
            last,
            pattern.as_str(),
            project,
            limit,
            offset,
        )?;
        listing(rows, total, page)
    }

    async fn update_content(&self, scope: &TenantScope, content: &ArContent) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE contents SET title = $4, title_folded = $5, expiry_date = $6, is_active = $7,
                 updated_at = $8
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            content.id.0,
            first,
            last,
            content.title.as_str(),
            fold(content.title.as_str()),
            content.expiry_date,
            content.is_active,
            content.updated_at,
        )?;
        Ok(changed > 0)
    }

    async fn delete_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed = execute!(
            transaction.connection(),
            "DELETE FROM contents WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        jobs::commit_with(transaction, scope, job, removed).await
    }

    async fn request_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        // While such a job runs, the status is its to tell: pending might be the last word.
        let changed = execute!(
            transaction.connection(),
            concat!(
                "UPDATE contents SET
                     marker_status = CASE WHEN ",
                jobs::runs!("$4"),
                " THEN marker_status ELSE 'pending' END,
                     marker_error = CASE WHEN ",
                jobs::runs!("$4"),
                " THEN marker_error END
                 WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
            job.task.idempotency_key(),
        )?;
        jobs::commit_with(transaction, scope, job, changed).await
    }

    async fn report_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        report: MarkerReport<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let (error, quality) = match report {
            MarkerReport::Processing => (None, None),
            MarkerReport::Ready(quality) => (None, Some(Json(quality))),
            MarkerReport::Failed(reason) => (Some(storable(reason)), None),
        };
        let changed = execute!(
            self.writer(),
            "UPDATE contents SET marker_status = $4, marker_error = $5,
                 quality = COALESCE($6, quality), updated_at = $7
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
            report.status().as_str(),
            error,
            quality,
            now,
        )?;
        Ok(changed > 0)
    }

    async fn rotation_rule(
        &self,
        scope: &TenantScope,
        content: ContentId,
    ) -> Result<Option<RotationRule>> {
        rotation_rules::of_content(self.reader(), scope, content).await
    }

    async fn put_rotation_rule(&self, scope: &TenantScope, rule: &RotationRule) -> Result<()> {
        rotation_rules::put(self.writer(), scope, rule).await
    }
}

async fn insert_content(transaction: &mut Transaction, content: &ArContent) -> Result<()> {
    let (image, analysis) = (&content.image, &content.image.analysis);
    execute!(
        transaction.connection(),
        "INSERT INTO contents (id, company_id, unique_id, permanent_link, title, title_folded,
             image_format, image_width, image_height, image_bytes, brightness, contrast,
             contrast_band, marker_status, marker_error, quality, expiry_date, is_active,
             view_count, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19, $20, $21)",
        content.id.0,
        content.company_id.0,
        content.unique_id.as_str(),
        content.permanent_link.as_str(),
        content.title.as_str(),
        fold(content.title.as_str()),
        image.format.extension(),
        i64::from(image.width),
        i64::from(image.height),
        integer(image.bytes),
        analysis.brightness,
        analysis.contrast,
        analysis.band.as_str(),
        content.marker_status.as_str(),
        content.marker_error.as_deref().map(storable),
        content.quality.as_ref().map(Json),
        content.expiry_date,
        content.is_active,
        integer(content.view_count),
        content.created_at,
        content.updated_at,
    )
    .map_err(|failure| refused(failure, content))?;
    Ok(())
}

/// Makes a content a member of a project of its own company.
async fn join_project(
    transaction: &mut Transaction,
    content: &ArContent,
    project: ProjectId,
) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO content_projects (company_id, content_id, project_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
        content.company_id.0,
        content.id.0,
        project.0,
    )
    .map_err(|failure| failure.or_missing("project"))?;
    Ok(())
}

fn refused(failure: Failure, content: &ArContent) -> Error {
    let unique_id = || format!("the public name \"{}\" is taken", content.unique_id);
    let link = || format!("the permanent link \"{}\" is taken", content.permanent_link);
    failure
        .or_taken("contents", "unique_id", unique_id)
        .and_then(|failure| failure.or_taken("contents", "permanent_link", link))
        .map_or_else(|taken| taken, |failure| failure.or_missing("company"))
}
