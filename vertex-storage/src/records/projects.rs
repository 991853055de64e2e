use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ProjectId},
    page::{Listing, Page},
    ports::ProjectRecords,
    project::Project,
    text::Name,
};

use super::{
    SqlRecords,
    rows::{Table, entity, listing, storable, window},
    search::{fold, pattern},
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
            name: Table("projects").read("name", row.name, Name::parse)?,
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
        execute!(
            self.writer(),
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
        Ok(())
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

    async fn projects(
        &self,
        scope: &TenantScope,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listing<Project>> {
        let (first, last) = bounds(scope);
        let pattern = pattern(search);
        let total = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM projects
             WHERE company_id BETWEEN $1 AND $2 AND name_folded LIKE $3 ESCAPE '!'",
            first,
            last,
            pattern.as_str(),
        )?;
        let (limit, offset) = window(page);
        let rows: Vec<ProjectRow> = fetch!(
            fetch_all,
            self.reader(),
            "SELECT id, company_id, name, description, created_at, updated_at FROM projects
             WHERE company_id BETWEEN $1 AND $2 AND name_folded LIKE $3 ESCAPE '!'
             ORDER BY name_folded, id LIMIT $4 OFFSET $5",
            first,
            last,
            pattern.as_str(),
            limit,
            offset,
        )?;
        listing(rows, total, page)
    }

    async fn update_project(&self, scope: &TenantScope, project: &Project) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE projects SET name = $4, name_folded = $5, description = $6, updated_at = $7
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            project.id.0,
            first,
            last,
            project.name.as_str(),
            fold(project.name.as_str()),
            storable(&project.description),
            project.updated_at,
        )?;
        Ok(changed > 0)
    }

    async fn delete_project(&self, scope: &TenantScope, id: ProjectId) -> Result<bool> {
        let (first, last) = bounds(scope);
        let removed = execute!(
            self.writer(),
            "DELETE FROM projects WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        Ok(removed > 0)
    }
}
