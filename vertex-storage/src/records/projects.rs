use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ProjectId},
    page::{ListQuery, Listing, Sort},
    ports::{Dependents, ProjectRecords},
    project::Project,
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
struct ProjectRow {
    id: Uuid,
    company_id: Uuid,
    name: String,
    description: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<ProjectRow> for Project {
    type Error = Error;

    fn try_from(row: ProjectRow) -> Result<Self> {
        Ok(Self {
            id: ProjectId(row.id),
            company_id: CompanyId(row.company_id),
            name: Table("projects").read("name", row.name, Name::kept)?,
            description: row.description,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl ProjectRecords for SqlRecords {
    async fn insert_project(&self, scope: &TenantScope, project: &Project) -> Result<()> {
        admit(scope, project.company_id)?;
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "INSERT INTO projects (id, company_id, name, name_folded, description, created_at,
                 updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            project.id.0,
            project.company_id.0,
            project.name.as_str(),
            fold(project.name.as_str()),
            storable(&project.description),
            project.created_at,
            project.updated_at,
        )
        .map_err(|failure| failure.or_missing("company"))?;
        let deed = Deed::created("project", project.id.0);
        commit_new(transaction, scope, deed, project.company_id, project.name.as_str()).await
    }

    async fn project(&self, scope: &TenantScope, id: ProjectId) -> Result<Option<Project>> {
        let (first, last) = bounds(scope);
        let row: Option<ProjectRow> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT id, company_id, name, description, created_at, updated_at FROM projects
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn projects(&self, scope: &TenantScope, query: &ListQuery) -> Result<Listing<Project>> {
        Selection::within("projects", scope)
            .having("name_folded LIKE {} ESCAPE '!'", searched(query))
            .list::<ProjectRow, _>(
                self,
                "id, company_id, name, description, created_at, updated_at",
                &order(query.sort.unwrap_or(Sort::BY_NAME), "name_folded"),
                query.page,
            )
            .await
    }

    async fn update_project(
        &self,
        scope: &TenantScope,
        project: &Project,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE projects SET name = $5, name_folded = $6, description = $7, updated_at = $8
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
             RETURNING company_id, name",
            project.id.0,
            first,
            last,
            seen,
            project.name.as_str(),
            fold(project.name.as_str()),
            storable(&project.description),
            project.updated_at,
        )?;
        commit_change(transaction, scope, Deed::updated("project", project.id.0), changed).await
    }

    async fn dependents_of_project(
        &self,
        scope: &TenantScope,
        id: ProjectId,
    ) -> Result<Dependents> {
        let (first, last) = bounds(scope);
        let folders = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM folders WHERE project_id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        let contents = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM content_projects
             JOIN contents ON contents.id = content_projects.content_id
             WHERE content_projects.project_id = $1
             AND content_projects.company_id BETWEEN $2 AND $3 AND contents.deleted_at IS NULL",
            id.0,
            first,
            last,
        )?;
        Ok(vec![("folder", count(folders)), ("content", count(contents))])
    }

    async fn delete_project(
        &self,
        scope: &TenantScope,
        id: ProjectId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM projects WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND updated_at = COALESCE($4, updated_at)
             RETURNING company_id, name",
            id.0,
            first,
            last,
            seen,
        )?;
        commit_change(transaction, scope, Deed::deleted("project", id.0), removed).await
    }
}
