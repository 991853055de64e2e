use async_trait::async_trait;

use crate::domain::{
    audit::{AuditEntry, AuditFilter},
    error::Result,
    page::{Listing, Page},
    tenant::TenantScope,
};

/// The audit log.
#[async_trait]
pub trait AuditRecords: Send + Sync {
    /// Changes, the latest first.
    async fn audit(
        &self,
        scope: &TenantScope,
        filter: &AuditFilter,
        page: Page,
    ) -> Result<Listing<AuditEntry>>;
}
