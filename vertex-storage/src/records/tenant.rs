//! The tenant in SQL.

use uuid::Uuid;
use vertex_core::{Error, Result, TenantScope, ids::CompanyId};

/// The bounds of `company_id BETWEEN $a AND $b` for the rows inside a scope: one id twice, or all of
/// them. One text serves both, and both databases use their indexes for it.
pub(super) fn bounds(scope: &TenantScope) -> (Uuid, Uuid) {
    scope.company().map_or((Uuid::nil(), Uuid::max()), |CompanyId(id)| (id, id))
}

/// Refuses a new row outside the scope.
pub(super) fn admit(scope: &TenantScope, company: CompanyId) -> Result<()> {
    if scope.allows(company) { Ok(()) } else { Err(Error::NotFound("company")) }
}
