//! Having the markers of many contents made again.

use std::pin::pin;

use futures::TryStreamExt;

use super::{App, contents::every_content, projects::parse_id, tenancy};
use crate::{
    domain::{
        access::Action,
        batch::{BatchProgress, MAX_BATCH, MarkerBatch},
        check::{Check, Field},
        content::MarkerStatus,
        error::{Error, Result},
        identity::Identity,
        ids::{BatchId, CompanyId, ContentId},
        job::{NewJob, Task},
        tenant::TenantScope,
    },
    ports::ContentFilter,
};

/// Which contents, as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct BatchInput {
    /// These contents.
    pub content_ids: Field<Vec<String>>,
    /// Or all whose markers are this far.
    pub marker_status: Field<String>,
    /// Or all; of this company in either case, the user's own when absent.
    pub company_id: Field<String>,
}

/// Has the markers of many contents made again: of those that are named, else of those whose markers
/// are as far as named, else of all.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a company or content that is not this user's,
/// `Forbidden` unless admin, `TooMany`.
pub async fn create(app: &App, who: &Identity, input: BatchInput) -> Result<BatchProgress> {
    who.may(Action::GenerateMarkers)?;
    let mut check = Check::default();
    let ids = check.optional("content_ids", input.content_ids, parse_ids);
    let status = check.optional("marker_status", input.marker_status, |text: String| text.parse());
    let company = check.optional("company_id", input.company_id, parse_id);
    let (ids, status, company) = check.all((ids, status, company))?;
    let company_id = tenancy::company_for_new_row(app, who, company.map(CompanyId)).await?;
    let scope = who.scope().narrowed(Some(company_id))?;
    let contents = match ids {
        Some(ids) => known(app, &scope, ids).await?,
        None => all(app, &scope, status).await?,
    };
    let batch = MarkerBatch { id: BatchId(app.clock.uuid()), company_id, created_at: app.now() };
    let job = |content_id| {
        app.new_job(
            company_id,
            Task::GenerateMarker { content_id, formats: None, usual_too: false },
        )
    };
    let jobs: Vec<NewJob> = contents.into_iter().map(job).collect();
    app.records.insert_batch(&scope, &batch, &jobs, app.policy.caps.waiting_jobs).await?;
    app.job_queued();
    get(app, who, batch.id).await
}

/// How far a batch is.
///
/// # Errors
/// `NotFound` when there is none that this user sees, `Forbidden` unless admin.
pub async fn get(app: &App, who: &Identity, id: BatchId) -> Result<BatchProgress> {
    let progress = app.records.batch_progress(&who.scope(), id).await?;
    let progress = progress.ok_or(Error::NotFound("batch"))?;
    who.may(Action::GetMarkerBatch)?;
    Ok(progress)
}

async fn known(app: &App, scope: &TenantScope, ids: Vec<ContentId>) -> Result<Vec<ContentId>> {
    for id in &ids {
        app.records.content(scope, *id).await?.ok_or(Error::NotFound("content"))?;
    }
    Ok(ids)
}

async fn all(
    app: &App,
    scope: &TenantScope,
    marker_status: Option<MarkerStatus>,
) -> Result<Vec<ContentId>> {
    let filter = ContentFilter { marker_status, ..ContentFilter::default() };
    let mut found = Vec::new();
    let mut contents = pin!(every_content(app, scope, &filter));
    while let Some(page) = contents.try_next().await? {
        found.extend(page.into_iter().map(|content| content.id));
        if found.len() >= MAX_BATCH {
            break;
        }
    }
    found.truncate(MAX_BATCH);
    Ok(found)
}

fn parse_ids(ids: Vec<String>) -> Result<Vec<ContentId>, String> {
    if ids.len() > MAX_BATCH {
        return Err(format!("names {} contents; a batch has at most {MAX_BATCH}", ids.len()));
    }
    let parsed: Result<Vec<_>, _> = ids.into_iter().map(|id| parse_id(id).map(ContentId)).collect();
    let mut parsed = parsed?;
    parsed.sort_unstable();
    parsed.dedup();
    Ok(parsed)
}
