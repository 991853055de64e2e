use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Dependents;
use crate::domain::{
    error::Result,
    folder::Folder,
    ids::{FolderId, ProjectId},
    page::{ListQuery, Listing},
    tenant::TenantScope,
};

/// Folders.
#[async_trait]
pub trait FolderRecords: Send + Sync {
    /// Adds a folder. `NotFound` when its project is none of its company's.
    async fn insert_folder(&self, scope: &TenantScope, folder: &Folder) -> Result<()>;

    /// One folder.
    async fn folder(&self, scope: &TenantScope, id: FolderId) -> Result<Option<Folder>>;

    /// Folders by name, of one project if it is named; a search looks into the name.
    async fn folders(
        &self,
        scope: &TenantScope,
        project: Option<ProjectId>,
        query: &ListQuery,
    ) -> Result<Listing<Folder>>;

    /// Replaces a folder's fields.
    async fn update_folder(
        &self,
        scope: &TenantScope,
        folder: &Folder,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// What would lose its folder: contents.
    async fn dependents_of_folder(&self, scope: &TenantScope, id: FolderId) -> Result<Dependents>;

    /// Removes a folder; its contents stay.
    async fn delete_folder(
        &self,
        scope: &TenantScope,
        id: FolderId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}
