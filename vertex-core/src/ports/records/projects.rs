use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Dependents;
use crate::domain::{
    error::Result,
    ids::ProjectId,
    page::{ListQuery, Listing},
    project::Project,
    tenant::TenantScope,
};

/// Projects.
#[async_trait]
pub trait ProjectRecords: Send + Sync {
    /// Adds a project.
    async fn insert_project(&self, scope: &TenantScope, project: &Project) -> Result<()>;

    /// One project.
    async fn project(&self, scope: &TenantScope, id: ProjectId) -> Result<Option<Project>>;

    /// Projects by name; a search looks into the name.
    async fn projects(&self, scope: &TenantScope, query: &ListQuery) -> Result<Listing<Project>>;

    /// Replaces a project's fields.
    async fn update_project(
        &self,
        scope: &TenantScope,
        project: &Project,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// What would lose its project: folders and contents.
    async fn dependents_of_project(&self, scope: &TenantScope, id: ProjectId)
    -> Result<Dependents>;

    /// Removes a project with its folders; its contents stay.
    async fn delete_project(
        &self,
        scope: &TenantScope,
        id: ProjectId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}
