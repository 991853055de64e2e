use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    content::{ArContent, MarkerReport, MarkerStatus},
    ids::{ContentId, ProjectId, ReservationId},
    job::{NewJob, Task},
    page::{ListQuery, Listing, Sort},
    ports::{ContentFilter, ContentRecords, Trash},
    quality::Quality,
    rotation::RotationRule,
};

use super::{
    SqlRecords, Transaction,
    audit::{Changed, Deed, commit_change, note},
    content_rows::{ContentRow, content_columns},
    failure::Failure,
    jobs, quotas, rotation_rules,
    rows::{entity, integer, storable},
    search::{fold, searched},
    select::{Selection, order},
    tenant::{admit, bounds},
};

/// One content that is, or is not, deleted.
macro_rules! select_content {
    ($deleted:literal) => {
        concat!(
            "SELECT ",
            content_columns!(),
            " FROM contents WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at ",
            $deleted
        )
    };
}

#[async_trait]
impl ContentRecords for SqlRecords {
    async fn insert_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: &[ProjectId],
        reserved: Option<ReservationId>,
        job: &NewJob,
    ) -> Result<()> {
        admit(scope, content.company_id)?;
        let mut transaction = self.begin().await?;
        quotas::settle(&mut transaction, reserved, content.id.0, content.created_at).await?;
        insert_content(&mut transaction, content).await?;
        for project in projects {
            join_project(&mut transaction, content, *project).await?;
        }
        let (deed, label) = (Deed::created("content", content.id.0), content.title.as_str());
        note(&mut transaction, scope, deed, content.company_id.0, label).await?;
        jobs::enqueue(&mut transaction, scope, job).await?;
        transaction.commit().await
    }

    async fn content(&self, scope: &TenantScope, id: ContentId) -> Result<Option<ArContent>> {
        let (first, last) = bounds(scope);
        let row: Option<ContentRow> =
            fetch!(fetch_optional, self.reader(), select_content!("IS NULL"), id.0, first, last,)?;
        entity(row)
    }

    async fn deleted_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
    ) -> Result<Option<ArContent>> {
        let (first, last) = bounds(scope);
        let row: Option<ContentRow> = fetch!(
            fetch_optional,
            self.reader(),
            select_content!("IS NOT NULL"),
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
        query: &ListQuery,
    ) -> Result<Listing<ArContent>> {
        let contents = Selection::within("contents", scope);
        let contents = match filter.trash {
            Trash::Without => contents.that("deleted_at IS NULL"),
            Trash::Only => contents.that("deleted_at IS NOT NULL"),
            Trash::With => contents,
        };
        contents
            .having("client_id = {}", filter.client.map(|client| client.0))
            .having("folder_id = {}", filter.folder.map(|folder| folder.0))
            .having(
                "id IN (SELECT content_id FROM content_projects WHERE project_id = {})",
                filter.project.map(|project| project.0),
            )
            .having("marker_status = {}", filter.marker_status.map(MarkerStatus::as_str))
            .having("is_active = {}", filter.is_active)
            .having("title_folded LIKE {} ESCAPE '!'", searched(query))
            .list::<ContentRow, _>(
                self,
                content_columns!(),
                &order(query.sort.unwrap_or(Sort::NEWEST), "title_folded"),
                query.page,
            )
            .await
    }

    async fn projects_of(
        &self,
        scope: &TenantScope,
        contents: &[ContentId],
    ) -> Result<Vec<(ContentId, ProjectId)>> {
        let (first, last) = bounds(scope);
        let mut found = Vec::new();
        for content in contents {
            let projects: Vec<(Uuid,)> = fetch!(
                fetch_all,
                self.reader(),
                "SELECT project_id FROM content_projects
                 WHERE content_id = $1 AND company_id BETWEEN $2 AND $3 ORDER BY project_id",
                content.0,
                first,
                last,
            )?;
            found.extend(projects.into_iter().map(|(id,)| (*content, ProjectId(id))));
        }
        Ok(found)
    }

    async fn update_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: Option<&[ProjectId]>,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let changed = update_content(&mut transaction, scope, content, seen).await?;
        if let (Some(_), Some(projects)) = (&changed, projects) {
            leave_projects(&mut transaction, content).await?;
            for project in projects {
                join_project(&mut transaction, content, *project).await?;
            }
        }
        commit_change(transaction, scope, Deed::updated("content", content.id.0), changed).await
    }

    async fn replace_picture(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        seen: DateTime<Utc>,
        reserved: ReservationId,
        jobs: &[NewJob],
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let now = content.updated_at;
        quotas::settle(&mut transaction, Some(reserved), content.id.0, now).await?;
        let changed = replace_picture(&mut transaction, scope, content, seen).await?;
        if changed.is_some() {
            for job in jobs {
                jobs::enqueue(&mut transaction, scope, job).await?;
            }
        }
        let deed = Deed::new("replaced_picture", "content", content.id.0);
        commit_change(transaction, scope, deed, changed).await
    }

    async fn delete_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let deleted: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE contents SET deleted_at = $4, updated_at = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at IS NULL
             AND updated_at = COALESCE($5, updated_at)
             RETURNING company_id, title",
            id.0,
            first,
            last,
            now,
            seen,
        )?;
        let Some((company, label)) = deleted else { return Ok(false) };
        note(&mut transaction, scope, Deed::deleted("content", id.0), company, &label).await?;
        jobs::commit_with(transaction, scope, job, 1).await
    }

    async fn restore_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        drop_purge(&mut transaction, scope, id).await?;
        let restored: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE contents SET deleted_at = NULL, updated_at = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at IS NOT NULL
             RETURNING company_id, title",
            id.0,
            first,
            last,
            now,
        )?;
        commit_change(transaction, scope, Deed::new("restored", "content", id.0), restored).await
    }

    async fn purge_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed = execute!(
            transaction.connection(),
            "DELETE FROM contents
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at IS NOT NULL",
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
        most: Option<u32>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let queue = jobs::Requests::of(&mut transaction, job.company_id, most).await?;
        let requested = request_marker(&mut transaction, scope, id, job).await?;
        queue.admit(&mut transaction).await?;
        let deed = Deed::new("regenerated_markers", "content", id.0);
        commit_change(transaction, scope, deed, requested).await
    }

    async fn report_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        report: MarkerReport<'_>,
        next: Option<&NewJob>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let (error, formats) = match report {
            MarkerReport::Processing => (None, None),
            MarkerReport::Ready(formats) => (None, Some(formats.to_string())),
            MarkerReport::Failed(reason) => (Some(storable(reason)), None),
        };
        let made_at =
            matches!(report, MarkerReport::Ready(_) | MarkerReport::Failed(_)).then_some(now);
        let key = Task::GenerateMarker { content_id: id, formats: None, usual_too: false }
            .idempotency_key();
        let mut transaction = self.begin().await?;
        let changed = execute!(
            transaction.connection(),
            concat!(
                "UPDATE contents SET
                     marker_status = CASE WHEN ",
                jobs::is_wanted_again!("$8"),
                " AND $4 <> 'processing' THEN 'pending' ELSE $4 END,
                     marker_error = CASE WHEN ",
                jobs::is_wanted_again!("$8"),
                " THEN NULL ELSE $5 END,
                     marker_formats = COALESCE($7, marker_formats),
                     marker_updated_at = COALESCE($6, marker_updated_at)
                 WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
            report.status().as_str(),
            error,
            made_at,
            formats,
            key,
        )?;
        if changed == 0 {
            return Ok(false);
        }
        if let Some(job) = next {
            jobs::enqueue(&mut transaction, scope, job).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn put_quality(
        &self,
        scope: &TenantScope,
        id: ContentId,
        quality: &Quality,
        made_at: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE contents SET quality = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND marker_updated_at = $5
                 AND marker_status = 'ready'",
            id.0,
            first,
            last,
            Json(quality),
            made_at,
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

    async fn put_rotation_rule(
        &self,
        scope: &TenantScope,
        rule: &RotationRule,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let written = rotation_rules::put(&mut transaction, scope, rule, seen).await?;
        if written {
            transaction.commit().await?;
        }
        Ok(written)
    }
}

/// Removes the job that waits to remove a deleted content: however often one is deleted and taken back, one waits. The
/// first condition on the jobs is that of the index.
async fn drop_purge(
    transaction: &mut Transaction,
    scope: &TenantScope,
    id: ContentId,
) -> Result<()> {
    let (first, last) = bounds(scope);
    let deleted: Option<(DateTime<Utc>,)> = fetch!(
        fetch_optional,
        transaction.connection(),
        "SELECT deleted_at FROM contents
         WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at IS NOT NULL",
        id.0,
        first,
        last,
    )?;
    let Some((deleted_at,)) = deleted else { return Ok(()) };
    let key = Task::PurgeContent { content_id: id, deleted_at }.idempotency_key();
    execute!(
        transaction.connection(),
        "DELETE FROM jobs
         WHERE state IN ('queued', 'running') AND state = 'queued' AND idempotency_key = $1",
        key,
    )?;
    Ok(())
}

/// Sets the markers to pending and queues their job, in the transaction of other rows.
pub(super) async fn request_marker(
    transaction: &mut Transaction,
    scope: &TenantScope,
    id: ContentId,
    job: &NewJob,
) -> Result<Changed> {
    let (first, last) = bounds(scope);
    // What a run that goes on at this moment reports is no longer the last word: see `report_marker`.
    let requested: Changed = fetch!(
        fetch_optional,
        transaction.connection(),
        "UPDATE contents SET marker_status = 'pending', marker_error = NULL
         WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at IS NULL
         RETURNING company_id, title",
        id.0,
        first,
        last,
    )?;
    if requested.is_some() {
        jobs::enqueue(transaction, scope, job).await?;
    }
    Ok(requested)
}

async fn update_content(
    transaction: &mut Transaction,
    scope: &TenantScope,
    content: &ArContent,
    seen: DateTime<Utc>,
) -> Result<Changed> {
    let (first, last) = bounds(scope);
    fetch!(
        fetch_optional,
        transaction.connection(),
        "UPDATE contents SET title = $5, title_folded = $6, client_id = $7, folder_id = $8,
             expiry_date = $9, is_active = $10, updated_at = $11
         WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
         AND deleted_at IS NULL
         RETURNING company_id, title",
        content.id.0,
        first,
        last,
        seen,
        content.title.as_str(),
        fold(content.title.as_str()),
        content.client_id.map(|client| client.0),
        content.folder_id.map(|folder| folder.0),
        content.expiry_date,
        content.is_active,
        content.updated_at,
    )
    .map_err(|failure| failure.or_missing("client or folder"))
}

async fn replace_picture(
    transaction: &mut Transaction,
    scope: &TenantScope,
    content: &ArContent,
    seen: DateTime<Utc>,
) -> Result<Changed> {
    let (first, last) = bounds(scope);
    let (image, analysis) = (&content.image, &content.image.analysis);
    Ok(fetch!(
        fetch_optional,
        transaction.connection(),
        "UPDATE contents SET image_format = $5, image_width = $6, image_height = $7,
             image_bytes = $8, image_revision = $9, brightness = $10, contrast = $11,
             contrast_band = $12, marker_status = 'pending', marker_error = NULL, quality = NULL,
             updated_at = $13
         WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
         AND deleted_at IS NULL
         RETURNING company_id, title",
        content.id.0,
        first,
        last,
        seen,
        image.format.extension(),
        i64::from(image.width),
        i64::from(image.height),
        integer(image.bytes),
        i64::from(image.revision),
        analysis.brightness,
        analysis.contrast,
        analysis.band.as_str(),
        content.updated_at,
    )?)
}

async fn leave_projects(transaction: &mut Transaction, content: &ArContent) -> Result<()> {
    execute!(
        transaction.connection(),
        "DELETE FROM content_projects WHERE content_id = $1 AND company_id = $2",
        content.id.0,
        content.company_id.0,
    )?;
    Ok(())
}

async fn insert_content(transaction: &mut Transaction, content: &ArContent) -> Result<()> {
    let (image, analysis) = (&content.image, &content.image.analysis);
    execute!(
        transaction.connection(),
        "INSERT INTO contents (id, company_id, unique_id, permanent_link, title, title_folded,
             image_format, image_width, image_height, image_bytes, brightness, contrast,
             contrast_band, marker_status, marker_error, marker_updated_at, quality, expiry_date,
             is_active, view_count, created_at, updated_at, deleted_at, client_id, folder_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19, $20, $21, $22, $23, $24, $25)",
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
        content.marker_updated_at,
        content.quality.as_ref().map(Json),
        content.expiry_date,
        content.is_active,
        integer(content.view_count),
        content.created_at,
        content.updated_at,
        content.deleted_at,
        content.client_id.map(|client| client.0),
        content.folder_id.map(|folder| folder.0),
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
