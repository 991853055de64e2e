//! Reading the audit log.

use super::App;
use crate::domain::{
    access::Action,
    audit::{AuditEntry, AuditFilter},
    error::Result,
    identity::Identity,
    ids::CompanyId,
    page::{Listing, Page},
};

/// Changes, the latest first.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Forbidden` unless admin.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    filter: &AuditFilter,
    page: Page,
) -> Result<Listing<AuditEntry>> {
    who.may(Action::ListAudit)?;
    app.records.audit(&who.scope().narrowed(company)?, filter, page).await
}
