//! Removing what has been deleted for good and what nobody needs any more.

use std::pin::pin;

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;

use super::{App, contents, storage::operators_place, uploads};
use crate::{
    error::Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{ContentFilter, Objects, Retention, Trash},
    tenant::TenantScope,
};

/// Removes spent jobs, sessions, refresh tokens, invitations and reservations, and uploads that stood still;
/// how many rows.
pub async fn prune(app: &App) -> Result<u64> {
    let before = |days| app.now() - TimeDelta::days(days);
    let retention = Retention {
        done_jobs: before(7),
        given_up_jobs: before(90),
        sessions: before(7),
        invitations: before(30),
        reservations: app.now(),
    };
    Ok(app.records.prune(&retention).await? + uploads::expire(app).await?)
}

/// Removes a company that was deleted at that instant and not taken back: its files while their rows tell
/// where they are, its rows, and the files that jobs have made in between.
pub(super) async fn purge_company(
    app: &App,
    scope: &TenantScope,
    id: CompanyId,
    deleted_at: DateTime<Utc>,
) -> Result<()> {
    let found = app.records.company(scope, id).await?;
    if found.is_none_or(|company| company.deleted_at != Some(deleted_at)) {
        return Ok(());
    }
    let everything = ContentFilter { trash: Trash::With, ..ContentFilter::default() };
    let mut paths = Vec::new();
    let mut found = pin!(contents::every_content(app, scope, &everything));
    while let Some(page) = found.try_next().await? {
        for content in &page {
            paths.extend(contents::paths_of(app, scope, content).await?);
        }
    }
    // Once its rows are gone nothing tells any more where its files were.
    let storage = app.records.company_storage(scope, id).await?;
    let place = storage.current.unwrap_or_else(|| operators_place(app, id));
    remove(app.objects.as_ref(), &paths).await?;
    app.records.purge_company(scope, id).await?;
    remove(app.storages.open(&place).await?.as_ref(), &paths).await
}

async fn remove(objects: &dyn Objects, paths: &[ObjectPath]) -> Result<()> {
    for path in paths {
        objects.delete(path).await?;
    }
    Ok(())
}
