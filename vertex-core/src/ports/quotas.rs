use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    error::Result,
    ids::{CompanyId, ReservationId},
    quota::{Quota, Reservation, Usage},
    tenant::TenantScope,
};

/// Quotas, and the room that is taken.
#[async_trait]
pub trait QuotaRecords: Send + Sync {
    /// What a company may keep.
    async fn quota(&self, scope: &TenantScope, company: CompanyId) -> Result<Quota>;

    /// Replaces what a company may keep; what it has by then stays.
    async fn put_quota(&self, scope: &TenantScope, company: CompanyId, quota: &Quota)
    -> Result<()>;

    /// What a company keeps, with the reservations that hold at `now`.
    async fn usage(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        now: DateTime<Utc>,
    ) -> Result<Usage>;

    /// Takes room, or replaces how much a reservation has taken. Of many at once, none goes over the
    /// quota: `QuotaExceeded`.
    async fn reserve(
        &self,
        scope: &TenantScope,
        reservation: &Reservation,
        now: DateTime<Utc>,
    ) -> Result<()>;

    /// Gives room back.
    async fn release(&self, scope: &TenantScope, id: ReservationId) -> Result<()>;
}
