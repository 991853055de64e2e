//! Removing what has been deleted for good and what nobody needs any more.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    App,
    removal::{most_objects, remove_all},
    tenancy::operators_place,
    uploads,
};
use crate::{
    domain::{
        chat_code::CHAT_CODE_TTL,
        error::Result,
        ids::CompanyId,
        storage::{Place, StorageConnection},
        tenant::TenantScope,
        throttle::{FORGOTTEN_AFTER, KNOWN_FOR},
    },
    ports::Retention,
};

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
        chat_codes: app.now() - CHAT_CODE_TTL,
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
