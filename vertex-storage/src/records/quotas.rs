use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ReservationId},
    ports::QuotaRecords,
    quota::{Quota, Reservation, Usage},
};

use super::{
    SqlRecords, Transaction,
    audit::{Deed, note},
    rows::{count, integer},
    tenant::{Against, admit, bounds, lock},
};

/// What company `$1` has, its reservations at `$2` but for `$3`. One statement, so that a file that takes the
/// place of its reservation meanwhile is counted once.
macro_rules! select_usage {
    () => {
        "SELECT
             (SELECT CAST(COALESCE(SUM(image_bytes), 0) AS BIGINT) FROM contents
                 WHERE company_id = $1)
             + (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM videos WHERE company_id = $1),
             (SELECT COUNT(*) FROM contents WHERE company_id = $1)
             + (SELECT COUNT(*) FROM videos WHERE company_id = $1),
             (SELECT COUNT(*) FROM reservations
                 WHERE company_id = $1 AND expires_at > $2 AND id <> $3),
             (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM reservations
                 WHERE company_id = $1 AND expires_at > $2 AND id <> $3)"
    };
}

macro_rules! select_quota {
    () => {
        "SELECT max_bytes, max_files, max_uploads FROM company_quotas WHERE company_id = $1"
    };
}

type UsageRow = (i64, i64, i64, i64);
type QuotaRow = (Option<i64>, Option<i64>, Option<i64>);

fn usage((bytes, files, uploads, reserved): UsageRow) -> Usage {
    let number = |number| count((number,));
    Usage {
        bytes: number(bytes),
        files: number(files),
        uploads: number(uploads),
        reserved_bytes: number(reserved),
    }
}

fn quota((bytes, files, uploads): QuotaRow) -> Quota {
    let limit = |number: Option<i64>| number.map(|number| count((number,)));
    Quota { max_bytes: limit(bytes), max_files: limit(files), max_uploads: limit(uploads) }
}

#[async_trait]
impl QuotaRecords for SqlRecords {
    async fn quota(&self, scope: &TenantScope, company: CompanyId) -> Result<Option<Quota>> {
        admit(scope, company)?;
        let row: Option<QuotaRow> =
            fetch!(fetch_optional, self.reader(), select_quota!(), company.0)?;
        Ok(row.map(quota))
    }

    async fn put_quota(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        quota: &Quota,
    ) -> Result<()> {
        admit(scope, company)?;
        let mut transaction = self.begin().await?;
        let name = name_of(&mut transaction, company).await?;
        execute!(
            transaction.connection(),
            "INSERT INTO company_quotas (company_id, max_bytes, max_files, max_uploads)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (company_id) DO UPDATE SET max_bytes = excluded.max_bytes,
                 max_files = excluded.max_files, max_uploads = excluded.max_uploads",
            company.0,
            quota.max_bytes.map(integer),
            quota.max_files.map(integer),
            quota.max_uploads.map(integer),
        )?;
        let deed = Deed::new("quota_set", "company", company.0);
        note(&mut transaction, scope, deed, company.0, &name).await?;
        transaction.commit().await
    }

    async fn delete_quota(&self, scope: &TenantScope, company: CompanyId) -> Result<bool> {
        admit(scope, company)?;
        let mut transaction = self.begin().await?;
        let name = name_of(&mut transaction, company).await?;
        let removed = execute!(
            transaction.connection(),
            "DELETE FROM company_quotas WHERE company_id = $1",
            company.0,
        )?;
        if removed == 0 {
            return Ok(false);
        }
        let deed = Deed::new("quota_reset", "company", company.0);
        note(&mut transaction, scope, deed, company.0, &name).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn usage(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        now: DateTime<Utc>,
    ) -> Result<Usage> {
        admit(scope, company)?;
        let row: UsageRow =
            fetch!(fetch_one, self.reader(), select_usage!(), company.0, now, Uuid::nil(),)?;
        Ok(usage(row))
    }

    async fn reserve(
        &self,
        scope: &TenantScope,
        reservation: &Reservation,
        default: &Quota,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Reservation { id, company_id, bytes, expires_at } = *reservation;
        admit(scope, company_id)?;
        let mut transaction = self.begin().await?;
        // Reservations of one company come one after the other.
        lock(&mut transaction, company_id, Against::Changes).await?;
        let limits: Option<QuotaRow> =
            fetch!(fetch_optional, transaction.connection(), select_quota!(), company_id.0)?;
        let limits = limits.map_or(*default, quota);
        if limits != Quota::default() {
            let others: UsageRow = fetch!(
                fetch_one,
                transaction.connection(),
                select_usage!(),
                company_id.0,
                now,
                id.0,
            )?;
            limits.admit(&usage(others), bytes)?;
        }
        execute!(
            transaction.connection(),
            "INSERT INTO reservations (id, company_id, bytes, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes,
                 expires_at = excluded.expires_at",
            id.0,
            company_id.0,
            integer(bytes),
            expires_at,
        )?;
        transaction.commit().await
    }

    async fn release(&self, scope: &TenantScope, id: ReservationId) -> Result<()> {
        let (first, last) = bounds(scope);
        execute!(
            self.writer(),
            "DELETE FROM reservations WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        Ok(())
    }
}

async fn name_of(transaction: &mut Transaction, company: CompanyId) -> Result<String> {
    let name: Option<(String,)> = fetch!(
        fetch_optional,
        transaction.connection(),
        "SELECT name FROM companies WHERE id = $1",
        company.0,
    )?;
    name.map(|(name,)| name).ok_or(Error::NotFound("company"))
}

/// Puts the row `made` in the place of what was reserved for it, in the row's own transaction. If an upload
/// reserved it, the upload is done.
pub(super) async fn settle(
    transaction: &mut Transaction,
    reserved: Option<ReservationId>,
    made: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(ReservationId(id)) = reserved else { return Ok(()) };
    let there = execute!(
        transaction.connection(),
        "DELETE FROM reservations WHERE id = $1 AND expires_at > $2",
        id,
        now,
    )?;
    if there == 0 {
        let why = "the upload took so long that its room has gone to others: send it again";
        return Err(Error::Conflict(why.to_owned()));
    }
    execute!(
        transaction.connection(),
        "UPDATE uploads SET state = 'done', made_id = $2 WHERE id = $1 AND state = 'checking'",
        id,
        made,
    )?;
    Ok(())
}
