//! Moving a company's files to another place.
//!
//! From the first moment files are written to the new place, and read from there or else from the old
//! one. A job brings along what the company's rows know, one object after the other, and compares what it
//! reads back with what it has written. It may be interrupted anywhere: it begins again with what the
//! new place lacks. The old place is emptied when links that lead there have ended.

mod bring;

use chrono::TimeDelta;

use super::{
    App, DIRECT_LINKS,
    removal::{most_objects, remove_all},
    tenancy::operators_place,
};
use crate::{
    domain::{
        error::{Error, Result},
        ids::{CompanyId, StorageConnectionId},
        job::{NewJob, Task},
        storage::{CompanyStorage, Leaving, MoveProgress, Place, StorageConnection},
        tenant::TenantScope,
    },
    ports::{CompanyFiles, Objects},
};

/// When the last link that a storage has signed has ended, on clocks that are a little apart.
const LINKS_END: TimeDelta = TimeDelta::minutes(DIRECT_LINKS.num_minutes() + 15);

/// Begins to write to another place, and to bring along what is at the present one.
pub(super) async fn begin(
    app: &App,
    scope: &TenantScope,
    before: &CompanyStorage,
    to: StorageConnection,
) -> Result<CompanyStorage> {
    let company = to.company_id;
    let left_behind = before.leaving.as_ref().filter(|leaving| leaving.cannot_be_emptied());
    if let (Some(leaving), None) = (&before.leaving, left_behind) {
        return resume(app, scope, before, leaving, &to).await;
    }
    let from = before.current.clone().unwrap_or_else(|| operators_place(app, company));
    if to.place.holds_the_files_of(&from.place) {
        return Err(Error::Conflict("the files are there already".to_owned()));
    }
    if let Some(leaving) = left_behind {
        app.records.forget_storage(scope, leaving.connection.id).await?;
    }
    let job = app.new_job(company, Task::MoveStorage { leaving: from.id });
    if !app.records.begin_move(scope, &from, &to, &job).await? {
        return Err(on_the_move());
    }
    app.company_changed(company);
    app.job_queued();
    app.records.company_storage(scope, company).await
}

/// A move that is stuck goes on when the same is asked for again.
async fn resume(
    app: &App,
    scope: &TenantScope,
    before: &CompanyStorage,
    leaving: &Leaving,
    to: &StorageConnection,
) -> Result<CompanyStorage> {
    let bound = before.current.as_ref().map(|current| &current.place);
    let same = bound.is_some_and(|bound| bound.holds_the_files_of(&to.place));
    if !same || !leaving.is_stuck() {
        return Err(on_the_move());
    }
    go_on(app, scope, leaving).await?;
    app.records.company_storage(scope, to.company_id).await
}

/// Has a move go on, or the emptying of the place that was left.
pub(super) async fn go_on(app: &App, scope: &TenantScope, leaving: &Leaving) -> Result<()> {
    let Leaving { connection, progress } = leaving;
    let task = match progress.moved_at {
        None => Task::MoveStorage { leaving: connection.id },
        Some(_) => Task::EmptyStorage { left: connection.id },
    };
    let progress = MoveProgress { problem: None, ..progress.clone() };
    app.records.put_move_progress(scope, connection.id, &progress).await?;
    app.queue.enqueue(&app.new_job(connection.company_id, task)).await?;
    app.job_queued();
    Ok(())
}

pub(super) fn on_the_move() -> Error {
    Error::Conflict("the files are being moved: wait until that is done".to_owned())
}

/// Brings along what the rows know and the new place lacks, and verifies it there.
pub(super) async fn bring_along(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
    leaving: StorageConnectionId,
) -> Result<()> {
    let Some(parties) = parties(app, scope, company, leaving).await? else { return Ok(()) };
    if parties.progress.moved_at.is_some() {
        return Ok(());
    }
    let old = parties.old.clone();
    bring::everything(app, scope, leaving, parties).await?;
    let now = app.now();
    let wait = if old.capabilities().presign { LINKS_END } else { TimeDelta::zero() };
    let job = app.new_job(company, Task::EmptyStorage { left: leaving });
    let job = NewJob { run_at: now + wait, ..job };
    app.records.end_move(scope, leaving, now, &job).await?;
    app.company_changed(company);
    app.job_queued();
    Ok(())
}

/// Removes what has been moved away.
pub(super) async fn empty(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
    left: StorageConnectionId,
) -> Result<()> {
    let Some(parties) = parties(app, scope, company, left).await? else { return Ok(()) };
    if parties.progress.moved_at.is_none() {
        return Ok(());
    }
    let most = match parties.is_foreign {
        true => Some(most_objects(app, scope, company).await?),
        false => None,
    };
    remove_all(&parties.old, most).await?;
    app.records.forget_storage(scope, left).await?;
    app.company_changed(company);
    Ok(())
}

/// Keeps why a move, or the emptying of the place that was left, does not go on.
pub(super) async fn note_problem(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
    leaving: StorageConnectionId,
    reason: &str,
) -> Result<()> {
    let storage = app.records.company_storage(scope, company).await?;
    let Some(found) = storage.leaving.filter(|found| found.connection.id == leaving) else {
        return Ok(());
    };
    let progress = MoveProgress { problem: Some(reason.to_owned()), ..found.progress };
    app.records.put_move_progress(scope, leaving, &progress).await
}

pub(super) struct Parties {
    old: CompanyFiles,
    new: CompanyFiles,
    /// Whether the old place is not the operator's, so that nothing is believed of what it says.
    is_foreign: bool,
    progress: MoveProgress,
}

/// The two places, while the company is still leaving that one.
async fn parties(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
    leaving: StorageConnectionId,
) -> Result<Option<Parties>> {
    let storage = app.records.company_storage(scope, company).await?;
    let (Some(current), Some(found)) = (storage.current, storage.leaving) else { return Ok(None) };
    if found.connection.id != leaving {
        return Ok(None);
    }
    let old = app.storages.open(&found.connection).await?;
    let new = app.storages.open(&current).await?;
    let is_foreign = found.connection.place != Place::Local;
    Ok(Some(Parties { old, new, is_foreign, progress: found.progress }))
}
