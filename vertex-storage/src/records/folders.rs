use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    folder::Folder,
    ids::{CompanyId, FolderId, ProjectId},
    page::{ListQuery, Listing, Sort},
    ports::{Dependents, FolderRecords},
    text::Name,
};

use super::{
    SqlRecords,
    audit::{Changed, Deed, commit_change, commit_new},
    rows::{Table, count, entity, storable},
    search::{fold, searched},
    select::{Selection, order},
    tenant::{admit, bounds},
};

#[derive(FromRow)]
struct FolderRow {
    id: Uuid,
    company_id: Uuid,
    project_id: Uuid,
    name: String,
    description: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<FolderRow> for Folder {
    type Error = Error;

    fn try_from(row: FolderRow) -> Result<Self> {
        Ok(Self {
            id: FolderId(row.id),
            company_id: CompanyId(row.company_id),
            project_id: ProjectId(row.project_id),
            name: Table("folders").read("name", row.name, Name::kept)?,
            description: row.description,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl FolderRecords for SqlRecords {
    async fn insert_folder(&self, scope: &TenantScope, folder: &Folder) -> Result<()> {
        admit(scope, folder.company_id)?;
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "INSERT INTO folders (id, company_id, project_id, name, name_folded, description,
                 created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            folder.id.0,
            folder.company_id.0,
            folder.project_id.0,
            folder.name.as_str(),
            fold(folder.name.as_str()),
            storable(&folder.description),
            folder.created_at,
            folder.updated_at,
        )
        .map_err(|failure| failure.or_missing("project"))?;
        let deed = Deed::created("folder", folder.id.0);
        commit_new(transaction, scope, deed, folder.company_id, folder.name.as_str()).await
    }

    async fn folder(&self, scope: &TenantScope, id: FolderId) -> Result<Option<Folder>> {
        let (first, last) = bounds(scope);
        let row: Option<FolderRow> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT id, company_id, project_id, name, description, created_at, updated_at
             FROM folders WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn folders(
        &self,
        scope: &TenantScope,
        project: Option<ProjectId>,
        query: &ListQuery,
    ) -> Result<Listing<Folder>> {
        Selection::within("folders", scope)
            .having("project_id = {}", project.map(|project| project.0))
            .having("name_folded LIKE {} ESCAPE '!'", searched(query))
            .list::<FolderRow, _>(
                self,
                "id, company_id, project_id, name, description, created_at, updated_at",
                &order(query.sort.unwrap_or(Sort::BY_NAME), "name_folded"),
                query.page,
            )
            .await
    }

    async fn update_folder(
        &self,
        scope: &TenantScope,
        folder: &Folder,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE folders SET name = $5, name_folded = $6, description = $7, updated_at = $8
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
             RETURNING company_id, name",
            folder.id.0,
            first,
            last,
            seen,
            folder.name.as_str(),
            fold(folder.name.as_str()),
            storable(&folder.description),
            folder.updated_at,
        )?;
        commit_change(transaction, scope, Deed::updated("folder", folder.id.0), changed).await
    }

    async fn dependents_of_folder(&self, scope: &TenantScope, id: FolderId) -> Result<Dependents> {
        let (first, last) = bounds(scope);
        let contents = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM contents
             WHERE folder_id = $1 AND company_id BETWEEN $2 AND $3 AND deleted_at IS NULL",
            id.0,
            first,
            last,
        )?;
        Ok(vec![("content", count(contents))])
    }

    async fn delete_folder(
        &self,
        scope: &TenantScope,
        id: FolderId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM folders WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND updated_at = COALESCE($4, updated_at)
             RETURNING company_id, name",
            id.0,
            first,
            last,
            seen,
        )?;
        commit_change(transaction, scope, Deed::deleted("folder", id.0), removed).await
    }
}
