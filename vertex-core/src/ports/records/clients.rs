use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Dependents;
use crate::domain::{
    client::Client,
    error::Result,
    ids::ClientId,
    page::{ListQuery, Listing},
    tenant::TenantScope,
};

/// Which clients are wanted: every text is a part of what it is looked for in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientFilter {
    /// Of the name.
    pub name: Option<String>,
    /// Of the phone number, as people type it.
    pub phone: Option<String>,
    /// Of the email address.
    pub email: Option<String>,
}

/// Clients.
#[async_trait]
pub trait ClientRecords: Send + Sync {
    /// Adds a client.
    async fn insert_client(&self, scope: &TenantScope, client: &Client) -> Result<()>;

    /// One client.
    async fn client(&self, scope: &TenantScope, id: ClientId) -> Result<Option<Client>>;

    /// Clients by name; a search looks into name, phone and email.
    async fn clients(
        &self,
        scope: &TenantScope,
        filter: &ClientFilter,
        query: &ListQuery,
    ) -> Result<Listing<Client>>;

    /// Replaces a client's fields.
    async fn update_client(
        &self,
        scope: &TenantScope,
        client: &Client,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// What names the client: contents, deleted ones included, and orders.
    async fn dependents_of_client(&self, scope: &TenantScope, id: ClientId) -> Result<Dependents>;

    /// Removes a client. `Conflict` when something names it.
    async fn delete_client(
        &self,
        scope: &TenantScope,
        id: ClientId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}
