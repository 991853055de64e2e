//! Removing what has been deleted for good and what nobody needs any more.

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};

use super::{App, storage::operators_place, uploads};
use crate::{
    error::{Error, Result},
    ids::CompanyId,
    ports::{CompanyFiles, Objects, Retention},
    storage::{Place, StorageConnection},
    tenant::TenantScope,
    throttle::{FORGOTTEN_AFTER, KNOWN_FOR},
};

/// Objects that are listed and removed at a time.
const BATCH: usize = 500;
/// Objects that a picture or a video has at most.
const OBJECTS_OF_FILE: u64 = 16;
/// Objects without rows that a place may have.
const STRAYS: u64 = 5000;

/// Removes spent jobs, sessions, refresh tokens, invitations, reservations and tries to sign in, and uploads that stood still;
/// how many rows.
pub async fn prune(app: &App) -> Result<u64> {
    let before = |days| app.now() - TimeDelta::days(days);
    let retention = Retention {
        done_jobs: before(7),
        given_up_jobs: before(90),
        sessions: before(7),
        invitations: before(30),
        failures: app.now() - FORGOTTEN_AFTER,
        networks: app.now() - KNOWN_FOR,
        reservations: app.now(),
    };
    Ok(app.records.prune(&retention).await? + uploads::expire(app).await?)
}

/// Removes a company that was deleted at that instant and not taken back: its files while its rows tell where
/// they are, its rows, and the files that jobs have made in between.
pub(super) async fn purge_company(
    app: &App,
    scope: &TenantScope,
    id: CompanyId,
    deleted_at: DateTime<Utc>,
    leaves_files: bool,
) -> Result<()> {
    let found = app.records.company(scope, id).await?;
    if found.is_none_or(|company| company.deleted_at != Some(deleted_at)) {
        return Ok(());
    }
    // Once its rows are gone nothing tells any more where its files were.
    let places = places(app, scope, id, leaves_files).await?;
    let most = most_objects(app, scope, id).await?;
    empty(app, &places, most).await?;
    app.records.purge_company(scope, id).await?;
    empty(app, &places, most).await
}

/// Where a company's files are, what it moves away from first; with `at_home` at the operator's only.
async fn places(
    app: &App,
    scope: &TenantScope,
    id: CompanyId,
    at_home: bool,
) -> Result<Vec<StorageConnection>> {
    let storage = app.records.company_storage(scope, id).await?;
    let current = storage.current.unwrap_or_else(|| operators_place(app, id));
    let leaving = storage.leaving.map(|leaving| leaving.connection);
    let places = leaving.into_iter().chain([current]);
    Ok(places.filter(|place| !at_home || place.place == Place::Local).collect())
}

async fn empty(app: &App, places: &[StorageConnection], most: u64) -> Result<()> {
    for place in places {
        let most = (place.place != Place::Local).then_some(most);
        remove_all(&app.storages.open(place).await?, most).await?;
    }
    Ok(())
}

/// More objects than there can be of a company's rows and of what was left by rows that are gone.
pub(super) async fn most_objects(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
) -> Result<u64> {
    let files = app.records.usage(scope, company, app.now()).await?.files;
    Ok(files.saturating_mul(OBJECTS_OF_FILE).saturating_add(STRAYS))
}

/// Removes everything that a company has at a place, some of it at a time. A place that goes on listing objects is
/// not listened to when they are more than `most`.
pub(super) async fn remove_all(files: &CompanyFiles, most: Option<u64>) -> Result<()> {
    let mut removed = 0;
    loop {
        let listed = files.list(files.company()).await?.take(BATCH);
        let batch: Vec<_> = listed.map_ok(|(path, _)| path).try_collect().await?;
        if batch.is_empty() {
            return Ok(());
        }
        if most.is_some_and(|most| removed > most) {
            let why = "it goes on listing files, however many are removed";
            return Err(Error::unavailable("the storage", why));
        }
        for path in &batch {
            files.delete(path).await?;
        }
        removed += batch.len() as u64;
    }
}
