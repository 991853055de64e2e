//! Companies as every use case meets them: found for who asks, and where their files live.

use super::App;
use crate::domain::{
    company::Company,
    error::{Error, Result},
    identity::Identity,
    ids::{CompanyId, StorageConnectionId},
    storage::{Place, Sealed, StorageConnection},
};

/// One company.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub(super) async fn company(app: &App, who: &Identity, id: CompanyId) -> Result<Company> {
    app.records.company(&who.scope(), id).await?.ok_or(Error::NotFound("company"))
}

/// The company a new row belongs to: the one that was named, else the user's own.
///
/// # Errors
/// `NotFound` when the named company is not this user's to use.
pub(super) async fn company_for_new_row(
    app: &App,
    who: &Identity,
    named: Option<CompanyId>,
) -> Result<CompanyId> {
    let id = named.unwrap_or(who.user.company_id);
    let company = app.records.company(&who.scope(), id).await?;
    company.filter(|company| company.is_active).map(|_| id).ok_or(Error::NotFound("company"))
}

/// Where a company's files live that has chosen nothing.
pub(super) fn operators_place(app: &App, company: CompanyId) -> StorageConnection {
    new_connection(app, company, Place::Local, None)
}

pub(super) fn new_connection(
    app: &App,
    company_id: CompanyId,
    place: Place,
    secrets: Option<Sealed>,
) -> StorageConnection {
    let now = app.now();
    StorageConnection {
        id: StorageConnectionId(app.clock.uuid()),
        company_id,
        place,
        secrets,
        withdrawn_at: None,
        created_at: now,
        updated_at: now,
    }
}
