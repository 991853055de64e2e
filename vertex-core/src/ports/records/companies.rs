use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    company::{Company, Removal},
    error::Result,
    ids::CompanyId,
    job::NewJob,
    page::{ListQuery, Listing, Page},
    storage::StorageConnection,
    tenant::TenantScope,
    text::Slug,
};

/// Companies.
#[async_trait]
pub trait CompanyRecords: Send + Sync {
    /// Adds a company, and the place of its files if it has one of its own. `Conflict` when its slug is taken.
    async fn insert_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        storage: Option<&StorageConnection>,
    ) -> Result<()>;

    /// One company.
    async fn company(&self, scope: &TenantScope, id: CompanyId) -> Result<Option<Company>>;

    /// The company with this slug.
    async fn company_by_slug(&self, scope: &TenantScope, slug: &Slug) -> Result<Option<Company>>;

    /// Companies that have not been deleted, by name; a search looks into name and slug.
    async fn companies(&self, scope: &TenantScope, query: &ListQuery) -> Result<Listing<Company>>;

    /// Replaces a company's fields. `Conflict` when its new slug is taken.
    async fn update_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Marks a company as deleted and queues `job`, which purges it.
    async fn delete_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        seen: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool>;

    /// Companies that are marked as deleted, in the order in which they were.
    async fn removals(&self, scope: &TenantScope, page: Page) -> Result<Listing<Removal>>;

    /// Queues the job that purges a company which is marked as deleted, or has the one that waits come sooner.
    async fn hasten_removal(
        &self,
        scope: &TenantScope,
        company: &Company,
        job: &NewJob,
    ) -> Result<()>;

    /// Removes a company that is marked as deleted with every row it has, its jobs included.
    /// What the audit log says of it stays.
    async fn purge_company(&self, scope: &TenantScope, id: CompanyId) -> Result<bool>;
}

/// What depends on a row: the noun, and how many of them.
pub type Dependents = Vec<(&'static str, u64)>;
