use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    caps::{self, UploadCaps},
    ids::{CompanyId, UploadId, UserId},
    job::NewJob,
    ports::UploadRecords,
    upload::{Promised, Refusal, Upload, UploadMetadata, UploadState},
};

use super::{
    SqlRecords, Transaction, jobs,
    rows::{Table, count, entity, integer},
    tenant::{Against, admit, bounds, lock},
};

#[derive(FromRow)]
struct UploadRow {
    id: Uuid,
    company_id: Uuid,
    user_id: Uuid,
    address: Option<String>,
    metadata: Json<UploadMetadata>,
    length: i64,
    received: i64,
    state: String,
    made_id: Option<Uuid>,
    refusal: Option<Json<Refusal>>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl TryFrom<UploadRow> for Upload {
    type Error = Error;

    fn try_from(row: UploadRow) -> Result<Self> {
        let table = Table("uploads");
        let state = match (row.state.as_str(), row.made_id, row.refusal) {
            ("receiving", None, None) => Ok(UploadState::Receiving),
            ("checking", None, None) => Ok(UploadState::Checking),
            ("done", Some(id), None) => Ok(UploadState::Done(id)),
            ("failed", None, Some(Json(refusal))) => Ok(UploadState::Failed(refusal)),
            (state, ..) => Err(format!("is not known: {state:?}")),
        };
        let read_address = |text: String| text.parse();
        Ok(Self {
            id: UploadId(row.id),
            company_id: CompanyId(row.company_id),
            user_id: UserId(row.user_id),
            address: table.read_optional("address", row.address, read_address)?,
            metadata: row.metadata.0,
            length: table.read("length", row.length, u64::try_from)?,
            received: table.read("received", row.received, u64::try_from)?,
            state: table.read("state", state, |state| state)?,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

#[async_trait]
impl UploadRecords for SqlRecords {
    async fn insert_upload(
        &self,
        scope: &TenantScope,
        upload: &Upload,
        caps: &UploadCaps,
    ) -> Result<()> {
        admit(scope, upload.company_id)?;
        let mut transaction = self.begin().await?;
        admit_one_more(&mut transaction, upload, caps).await?;
        execute!(
            transaction.connection(),
            "INSERT INTO uploads (id, company_id, user_id, address, metadata, length, received,
                 state, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            upload.id.0,
            upload.company_id.0,
            upload.user_id.0,
            upload.address.map(|address| address.to_string()),
            Json(&upload.metadata),
            integer(upload.length),
            integer(upload.received),
            upload.state.as_str(),
            upload.created_at,
            upload.expires_at,
        )
        .map_err(|failure| failure.or_missing("company"))?;
        transaction.commit().await
    }

    async fn upload(&self, scope: &TenantScope, id: UploadId) -> Result<Option<Upload>> {
        let (first, last) = bounds(scope);
        let row: Option<UploadRow> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT id, company_id, user_id, address, metadata, length, received, state, made_id,
                 refusal, created_at, expires_at
             FROM uploads WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn advance_upload(
        &self,
        scope: &TenantScope,
        upload: &Upload,
        received: u64,
        expires_at: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool> {
        admit(scope, upload.company_id)?;
        let is_whole = received == upload.length;
        let mut transaction = self.begin().await?;
        let changed = execute!(
            transaction.connection(),
            "UPDATE uploads SET received = $3, expires_at = $4, state = $5
             WHERE id = $1 AND received = $2 AND state = 'receiving'",
            upload.id.0,
            integer(upload.received),
            integer(received),
            expires_at,
            if is_whole { UploadState::Checking } else { UploadState::Receiving }.as_str(),
        )?;
        if changed == 0 {
            return Ok(false);
        }
        execute!(
            transaction.connection(),
            "UPDATE reservations SET expires_at = $2 WHERE id = $1",
            upload.id.0,
            expires_at,
        )?;
        if is_whole {
            jobs::enqueue(&mut transaction, scope, job).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn refuse_upload(
        &self,
        scope: &TenantScope,
        id: UploadId,
        refusal: &Refusal,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed = execute!(
            transaction.connection(),
            "UPDATE uploads SET state = 'failed', refusal = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND state = 'checking'",
            id.0,
            first,
            last,
            Json(refusal),
        )?;
        if changed > 0 {
            release(&mut transaction, id).await?;
        }
        transaction.commit().await?;
        Ok(changed > 0)
    }

    async fn delete_upload(&self, scope: &TenantScope, id: UploadId) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed = execute!(
            transaction.connection(),
            "DELETE FROM uploads WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        if removed > 0 {
            release(&mut transaction, id).await?;
        }
        transaction.commit().await?;
        Ok(removed > 0)
    }

    async fn promised(&self, scope: &TenantScope) -> Result<Promised> {
        let (first, last) = bounds(scope);
        let (to_come, to_keep): (i64, i64) = fetch!(
            fetch_one,
            self.reader(),
            "SELECT CAST(COALESCE(SUM(length - received), 0) AS BIGINT),
                 CAST(COALESCE(SUM(length), 0) AS BIGINT)
             FROM uploads WHERE state IN ('receiving', 'checking')
             AND company_id BETWEEN $1 AND $2",
            first,
            last,
        )?;
        Ok(Promised { to_come: count((to_come,)), to_keep: count((to_keep,)) })
    }

    async fn expired_uploads(
        &self,
        scope: &TenantScope,
        now: DateTime<Utc>,
    ) -> Result<Vec<UploadId>> {
        let (first, last) = bounds(scope);
        let rows: Vec<(Uuid,)> = fetch!(
            fetch_all,
            self.reader(),
            "SELECT id FROM uploads WHERE expires_at <= $1 AND state <> 'checking'
             AND company_id BETWEEN $2 AND $3",
            now,
            first,
            last,
        )?;
        Ok(rows.into_iter().map(|(id,)| UploadId(id)).collect())
    }
}

/// Counts the uploads that are under way beside a new one. Those of one company begin one after the other, and those of
/// one user.
async fn admit_one_more(
    transaction: &mut Transaction,
    upload: &Upload,
    caps: &UploadCaps,
) -> Result<()> {
    macro_rules! select_user {
        () => {
            "SELECT id FROM users WHERE id = $1"
        };
    }
    lock(transaction, upload.company_id, Against::Changes).await?;
    let statement =
        transaction.dialect(select_user!(), concat!(select_user!(), " FOR NO KEY UPDATE"));
    let _: Option<(Uuid,)> =
        fetch!(fetch_optional, transaction.connection(), statement, upload.user_id.0)?;
    let of_user: (i64,) = fetch!(
        fetch_one,
        transaction.connection(),
        "SELECT COUNT(*) FROM uploads WHERE user_id = $1 AND state IN ('receiving', 'checking')
         AND (expires_at > $2 OR state = 'checking')",
        upload.user_id.0,
        upload.created_at,
    )?;
    caps::admit(caps.per_user, count(of_user), "uploads of yours under way")?;
    let of_company: (i64,) = fetch!(
        fetch_one,
        transaction.connection(),
        "SELECT COUNT(*) FROM uploads WHERE company_id = $1 AND state IN ('receiving', 'checking')
         AND (expires_at > $2 OR state = 'checking')",
        upload.company_id.0,
        upload.created_at,
    )?;
    caps::admit(caps.per_company, count(of_company), "uploads of this company under way")
}

async fn release(transaction: &mut Transaction, id: UploadId) -> Result<()> {
    execute!(transaction.connection(), "DELETE FROM reservations WHERE id = $1", id.0,)?;
    Ok(())
}
