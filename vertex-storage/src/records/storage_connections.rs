use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, StorageConnectionId},
    job::NewJob,
    page::{Listing, Page},
    paths::ObjectPath,
    ports::StorageRecords,
    storage::{BoundStorage, CompanyStorage, Leaving, MoveProgress, Sealed, StorageConnection},
};

use super::{
    SqlRecords, Transaction,
    audit::{Deed, note},
    jobs,
    rows::{Table, storable},
    select::Selection,
    tenant::{Against, admit, bounds, lock},
};

macro_rules! connection_columns {
    () => {
        "id, company_id, part, place, secrets, withdrawn_at, created_at, updated_at, moved_objects, moved_bytes,
         copying, problem, moved_at"
    };
}

#[derive(FromRow)]
struct ConnectionRow {
    id: Uuid,
    company_id: Uuid,
    part: String,
    place: String,
    secrets: Option<Vec<u8>>,
    withdrawn_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    moved_objects: i64,
    moved_bytes: i64,
    copying: Option<String>,
    problem: Option<String>,
    moved_at: Option<DateTime<Utc>>,
}

impl ConnectionRow {
    fn progress(&self) -> MoveProgress {
        MoveProgress {
            objects: self.moved_objects.unsigned_abs(),
            bytes: self.moved_bytes.unsigned_abs(),
            copying: self.copying.as_deref().and_then(ObjectPath::parse),
            problem: self.problem.clone(),
            moved_at: self.moved_at,
        }
    }
}

impl TryFrom<ConnectionRow> for StorageConnection {
    type Error = Error;

    fn try_from(row: ConnectionRow) -> Result<Self> {
        let table = Table("storage_connections");
        Ok(Self {
            id: StorageConnectionId(row.id),
            company_id: CompanyId(row.company_id),
            place: table.read("place", row.place, |text| serde_json::from_str(&text))?,
            secrets: row.secrets.map(Sealed),
            withdrawn_at: row.withdrawn_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl TryFrom<ConnectionRow> for BoundStorage {
    type Error = Error;

    fn try_from(row: ConnectionRow) -> Result<Self> {
        let leaving = (row.part == "leaving").then(|| row.progress());
        Ok(Self { connection: row.try_into()?, leaving })
    }
}

#[async_trait]
impl StorageRecords for SqlRecords {
    async fn company_storage(
        &self,
        scope: &TenantScope,
        company: CompanyId,
    ) -> Result<CompanyStorage> {
        match scope.allows(company) {
            true => self.storage_of(company).await,
            false => Ok(CompanyStorage::default()),
        }
    }

    async fn storage_of(&self, company: CompanyId) -> Result<CompanyStorage> {
        let rows: Vec<ConnectionRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                connection_columns!(),
                " FROM storage_connections WHERE company_id = $1"
            ),
            company.0,
        )?;
        let mut storage = CompanyStorage::default();
        for row in rows {
            if row.part == "leaving" {
                let progress = row.progress();
                storage.leaving = Some(Leaving { connection: row.try_into()?, progress });
            } else {
                storage.current = Some(row.try_into()?);
            }
        }
        Ok(storage)
    }

    async fn put_storage(
        &self,
        scope: &TenantScope,
        connection: &StorageConnection,
        holds_files: bool,
    ) -> Result<bool> {
        admit(scope, connection.company_id)?;
        let mut transaction = self.begin().await?;
        lock(&mut transaction, connection.company_id, Against::NewRows).await?;
        if !holds_files && has_files(&mut transaction, connection.company_id).await? {
            return Ok(false);
        }
        execute!(
            transaction.connection(),
            "DELETE FROM storage_connections WHERE company_id = $1 AND part = 'current'",
            connection.company_id.0,
        )?;
        insert_connection(&mut transaction, connection, "current").await?;
        commit(transaction, scope, connection).await?;
        Ok(true)
    }

    async fn delete_storage(
        &self,
        scope: &TenantScope,
        connection: &StorageConnection,
        holds_files: bool,
    ) -> Result<bool> {
        admit(scope, connection.company_id)?;
        let mut transaction = self.begin().await?;
        lock(&mut transaction, connection.company_id, Against::NewRows).await?;
        if holds_files && has_files(&mut transaction, connection.company_id).await? {
            return Ok(false);
        }
        execute!(
            transaction.connection(),
            "DELETE FROM storage_connections WHERE id = $1 AND part = 'current'",
            connection.id.0,
        )?;
        let deed = Deed::deleted("storage_connection", connection.id.0);
        let label = connection.place.kind().as_str();
        note(&mut transaction, scope, deed, connection.company_id.0, label).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn storages(&self, scope: &TenantScope, page: Page) -> Result<Listing<BoundStorage>> {
        Selection::within("storage_connections", scope)
            .list::<ConnectionRow, _>(self, connection_columns!(), "company_id, part, id", page)
            .await
    }

    async fn begin_move(
        &self,
        scope: &TenantScope,
        from: &StorageConnection,
        to: &StorageConnection,
        job: &NewJob,
    ) -> Result<bool> {
        admit(scope, to.company_id)?;
        let mut transaction = self.begin().await?;
        lock(&mut transaction, to.company_id, Against::NewRows).await?;
        let (is_moving,): (bool,) = fetch!(
            fetch_one,
            transaction.connection(),
            "SELECT EXISTS (SELECT 1 FROM storage_connections
                 WHERE company_id = $1 AND (part = 'leaving' OR id <> $2))",
            to.company_id.0,
            from.id.0,
        )?;
        if is_moving {
            return Ok(false);
        }
        execute!(
            transaction.connection(),
            "DELETE FROM storage_connections WHERE company_id = $1",
            to.company_id.0,
        )?;
        insert_connection(&mut transaction, from, "leaving").await?;
        insert_connection(&mut transaction, to, "current").await?;
        jobs::enqueue(&mut transaction, scope, job).await?;
        commit(transaction, scope, to).await?;
        Ok(true)
    }

    async fn put_move_progress(
        &self,
        scope: &TenantScope,
        leaving: StorageConnectionId,
        progress: &MoveProgress,
    ) -> Result<()> {
        let (first, last) = bounds(scope);
        execute!(
            self.writer(),
            "UPDATE storage_connections SET moved_objects = $4, moved_bytes = $5, copying = $6,
                 problem = $7
             WHERE id = $1 AND part = 'leaving' AND company_id BETWEEN $2 AND $3",
            leaving.0,
            first,
            last,
            progress.objects.cast_signed(),
            progress.bytes.cast_signed(),
            progress.copying.as_ref().map(ObjectPath::as_str),
            progress.problem.as_deref().map(storable).as_deref(),
        )?;
        Ok(())
    }

    async fn end_move(
        &self,
        scope: &TenantScope,
        leaving: StorageConnectionId,
        moved_at: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed = execute!(
            transaction.connection(),
            "UPDATE storage_connections SET moved_at = $4
             WHERE id = $1 AND part = 'leaving' AND moved_at IS NULL
             AND company_id BETWEEN $2 AND $3",
            leaving.0,
            first,
            last,
            moved_at,
        )?;
        jobs::commit_with(transaction, scope, job, changed).await
    }

    async fn forget_storage(
        &self,
        scope: &TenantScope,
        leaving: StorageConnectionId,
    ) -> Result<()> {
        let (first, last) = bounds(scope);
        execute!(
            self.writer(),
            "DELETE FROM storage_connections
             WHERE id = $1 AND part = 'leaving' AND company_id BETWEEN $2 AND $3",
            leaving.0,
            first,
            last,
        )?;
        Ok(())
    }

    async fn sealed_storages(&self, scope: &TenantScope) -> Result<Vec<StorageConnection>> {
        let (first, last) = bounds(scope);
        let rows: Vec<ConnectionRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                connection_columns!(),
                " FROM storage_connections
                 WHERE secrets IS NOT NULL AND company_id BETWEEN $1 AND $2 ORDER BY id"
            ),
            first,
            last,
        )?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn note_withdrawn(
        &self,
        scope: &TenantScope,
        id: StorageConnectionId,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let (first, last) = bounds(scope);
        execute!(
            self.writer(),
            "UPDATE storage_connections SET withdrawn_at = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND withdrawn_at IS NULL",
            id.0,
            first,
            last,
            at,
        )?;
        Ok(())
    }

    async fn reopen_storage(
        &self,
        scope: &TenantScope,
        id: StorageConnectionId,
        sealed: &Sealed,
    ) -> Result<()> {
        let (first, last) = bounds(scope);
        execute!(
            self.writer(),
            "UPDATE storage_connections SET secrets = $4, withdrawn_at = NULL
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
            sealed.0.as_slice(),
        )?;
        Ok(())
    }

    async fn reseal(
        &self,
        scope: &TenantScope,
        id: StorageConnectionId,
        seen: &Sealed,
        sealed: &Sealed,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE storage_connections SET secrets = $5
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND secrets = $4",
            id.0,
            first,
            last,
            seen.0.as_slice(),
            sealed.0.as_slice(),
        )?;
        Ok(changed > 0)
    }
}

async fn has_files(transaction: &mut Transaction, company: CompanyId) -> Result<bool> {
    let (has_files,): (bool,) = fetch!(
        fetch_one,
        transaction.connection(),
        "SELECT EXISTS (SELECT 1 FROM contents WHERE company_id = $1)",
        company.0,
    )?;
    Ok(has_files)
}

/// Adds the place that a company has, or is leaving, in the transaction of other rows.
pub(super) async fn insert_connection(
    transaction: &mut Transaction,
    connection: &StorageConnection,
    part: &str,
) -> Result<()> {
    let place = serde_json::to_string(&connection.place)
        .map_err(|error| Error::internal("writing a storage down", error))?;
    execute!(
        transaction.connection(),
        "INSERT INTO storage_connections (id, company_id, part, place, secrets, created_at,
             updated_at, withdrawn_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        connection.id.0,
        connection.company_id.0,
        part,
        place.as_str(),
        connection.secrets.as_ref().map(|sealed| sealed.0.as_slice()),
        connection.created_at,
        connection.updated_at,
        connection.withdrawn_at,
    )?;
    Ok(())
}

async fn commit(
    mut transaction: Transaction,
    scope: &TenantScope,
    connection: &StorageConnection,
) -> Result<()> {
    let deed = Deed::updated("storage_connection", connection.id.0);
    let label = connection.place.kind().as_str();
    note(&mut transaction, scope, deed, connection.company_id.0, label).await?;
    transaction.commit().await
}
