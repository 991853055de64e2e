use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::{CompanyId, ReservationId},
    quota::{Quota, Reservation, Usage},
    tenant::TenantScope,
};

/// Quotas, and the room that is taken.
#[async_trait]
pub trait QuotaRecords: Send + Sync {
    /// What a company may keep; nothing where it has no quota of its own.
    async fn quota(&self, scope: &TenantScope, company: CompanyId) -> Result<Option<Quota>>;

    /// Replaces what a company may keep; what it has by then stays.
    async fn put_quota(&self, scope: &TenantScope, company: CompanyId, quota: &Quota)
    -> Result<()>;

    /// Removes a company's own quota. `false` when it has none.
    async fn delete_quota(&self, scope: &TenantScope, company: CompanyId) -> Result<bool>;

    /// What a company keeps, with the reservations that hold at `now`.
    async fn usage(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        now: DateTime<Utc>,
    ) -> Result<Usage>;

    /// Takes room, or replaces how much a reservation has taken. Of many at once, none goes over the
    /// quota, which is `default` where the company has none of its own: `QuotaExceeded`.
    async fn reserve(
        &self,
        scope: &TenantScope,
        reservation: &Reservation,
        default: &Quota,
        now: DateTime<Utc>,
    ) -> Result<()>;

    /// Gives room back.
    async fn release(&self, scope: &TenantScope, id: ReservationId) -> Result<()>;
}
