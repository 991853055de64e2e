//! Quota reservations: room for a file is taken before its bytes come.

use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use crate::domain::{
    error::{Error, Result},
    ids::{CompanyId, ReservationId},
    quota::Reservation,
    tenant::TenantScope,
};

/// How much more than is needed is reserved for a file of unknown size.
const STEP: u64 = 16 << 20;

/// How long room is kept for a file of which nothing is heard.
const TTL: TimeDelta = TimeDelta::minutes(15);

/// Room for one file on its way in, taken before its bytes are written: of many uploads at once, none goes
/// over the quota. The row of the file takes its place; if there is to be none, it is given back. One
/// that is just dropped is free again after a quarter of an hour.
#[derive(Debug)]
pub struct QuotaReservation {
    reservation: Reservation,
    renewed_at: DateTime<Utc>,
}

impl QuotaReservation {
    /// Takes room for a file of at least so many bytes.
    ///
    /// # Errors
    /// `QuotaExceeded`.
    pub(super) async fn take(app: &App, company_id: CompanyId, bytes: u64) -> Result<Self> {
        let now = app.now();
        let id = ReservationId(app.clock.uuid());
        let reservation = Reservation { id, company_id, bytes, expires_at: now + TTL };
        let room = Self { reservation, renewed_at: now };
        room.save(app, now).await?;
        Ok(room)
    }

    /// The room that was reserved for a file before.
    pub(super) fn reserved(reservation: Reservation, now: DateTime<Utc>) -> Self {
        Self { reservation, renewed_at: now }
    }

    pub(super) fn id(&self) -> ReservationId {
        self.reservation.id
    }

    pub(super) fn company_id(&self) -> CompanyId {
        self.reservation.company_id
    }

    /// Sees to it that there is room for so many bytes, and that it stays.
    ///
    /// # Errors
    /// `QuotaExceeded`.
    pub(super) async fn grow_to(&mut self, app: &App, bytes: u64) -> Result<()> {
        let now = app.now();
        if bytes <= self.reservation.bytes {
            if now - self.renewed_at > TTL / 3 {
                self.renew(app, self.reservation.bytes, now).await?;
            }
            return Ok(());
        }
        match self.renew(app, bytes.saturating_add(STEP), now).await {
            Err(Error::QuotaExceeded(_)) => self.renew(app, bytes, now).await,
            grown => grown,
        }
    }

    /// Gives it back.
    pub(super) async fn release(self, app: &App) -> Result<()> {
        app.records.release(&self.scope(), self.reservation.id).await
    }

    async fn renew(&mut self, app: &App, bytes: u64, now: DateTime<Utc>) -> Result<()> {
        let before = self.reservation;
        self.reservation.bytes = bytes;
        self.reservation.expires_at = before.expires_at.max(now + TTL);
        let saved = self.save(app, now).await;
        match saved {
            Ok(()) => self.renewed_at = now,
            Err(_) => self.reservation = before,
        }
        saved
    }

    async fn save(&self, app: &App, now: DateTime<Utc>) -> Result<()> {
        app.records.reserve(&self.scope(), &self.reservation, &app.policy.default_quota, now).await
    }

    fn scope(&self) -> TenantScope {
        TenantScope::of(self.reservation.company_id)
    }
}
