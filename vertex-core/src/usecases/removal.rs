//! Removing everything that a company has at a place.

use futures::{StreamExt, TryStreamExt};

use super::App;
use crate::{
    domain::{
        error::{Error, Result},
        ids::CompanyId,
        tenant::TenantScope,
    },
    ports::{CompanyFiles, Objects},
};

/// Objects that are listed and removed at a time.
const BATCH: usize = 500;
/// Objects that a picture or a video has at most.
const OBJECTS_OF_FILE: u64 = 16;
/// Objects without rows that a place may have.
const STRAYS: u64 = 5000;

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
