//! The tenant in SQL.

use uuid::Uuid;
use vertex_core::{Error, Result, TenantScope, ids::CompanyId};

use super::Transaction;

/// The bounds of `company_id BETWEEN $a AND $b` for the rows inside a scope: one id twice, or all of
/// them. One text serves both, and both databases use their indexes for it.
pub(super) fn bounds(scope: &TenantScope) -> (Uuid, Uuid) {
    scope.company().map_or((Uuid::nil(), Uuid::max()), |CompanyId(id)| (id, id))
}

/// Refuses a new row outside the scope.
pub(super) fn admit(scope: &TenantScope, company: CompanyId) -> Result<()> {
    if scope.allows(company) { Ok(()) } else { Err(Error::NotFound("company")) }
}

/// What a locked company is kept from until the transaction ends.
#[derive(Clone, Copy)]
pub(super) enum Against {
    /// Others that lock or change it.
    Changes,
    /// The same, and others that add rows to it.
    NewRows,
}

/// Locks a company.
///
/// # Errors
/// `NotFound` when there is none.
pub(super) async fn lock(
    transaction: &mut Transaction,
    company: CompanyId,
    against: Against,
) -> Result<()> {
    macro_rules! select_company {
        () => {
            "SELECT id FROM companies WHERE id = $1"
        };
    }
    let for_update = match against {
        Against::Changes => concat!(select_company!(), " FOR NO KEY UPDATE"),
        Against::NewRows => concat!(select_company!(), " FOR UPDATE"),
    };
    let statement = transaction.dialect(select_company!(), for_update);
    let found: Option<(Uuid,)> =
        fetch!(fetch_optional, transaction.connection(), statement, company.0)?;
    found.map(drop).ok_or(Error::NotFound("company"))
}
