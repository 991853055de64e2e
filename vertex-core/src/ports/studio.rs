//! The records of a studio's and an agency's own order of things, and of those who look after it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Dependents;
use crate::domain::{
    audit::{AuditEntry, AuditFilter},
    batch::{BatchProgress, MarkerBatch},
    client::Client,
    company::Company,
    error::Result,
    folder::Folder,
    ids::{BatchId, ClientId, FolderId, InvitationId, OrderId, ProjectId},
    invitation::Invitation,
    job::NewJob,
    order::{Order, OrderStatus},
    page::{ListQuery, Listing, Page},
    tenant::TenantScope,
    user::User,
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

/// Which orders are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderFilter {
    /// Of this client.
    pub client: Option<ClientId>,
    /// With this status.
    pub status: Option<OrderStatus>,
}

/// Orders.
#[async_trait]
pub trait OrderRecords: Send + Sync {
    /// Adds an order. `NotFound` when its client is none of its company's.
    async fn insert_order(&self, scope: &TenantScope, order: &Order) -> Result<()>;

    /// One order.
    async fn order(&self, scope: &TenantScope, id: OrderId) -> Result<Option<Order>>;

    /// Orders, the newest first; a search looks into the notes.
    async fn orders(
        &self,
        scope: &TenantScope,
        filter: &OrderFilter,
        query: &ListQuery,
    ) -> Result<Listing<Order>>;

    /// Replaces status and notes.
    async fn update_order(
        &self,
        scope: &TenantScope,
        order: &Order,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Removes an order.
    async fn delete_order(
        &self,
        scope: &TenantScope,
        id: OrderId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}

/// Invitations, and the users that come by themselves.
#[async_trait]
pub trait InvitationRecords: Send + Sync {
    /// Adds an invitation.
    async fn insert_invitation(
        &self,
        scope: &TenantScope,
        invitation: &Invitation,
        token_hash: &[u8; 32],
    ) -> Result<()>;

    /// Invitations that have not been accepted, the newest first.
    async fn invitations(&self, scope: &TenantScope, page: Page) -> Result<Listing<Invitation>>;

    /// Takes an invitation back that has not been accepted.
    async fn delete_invitation(&self, scope: &TenantScope, id: InvitationId) -> Result<bool>;

    /// The invitation with this token. Comes before a tenant is known; the row names it.
    async fn invitation_by_token(&self, token_hash: &[u8; 32]) -> Result<Option<Invitation>>;

    /// Adds the invited user and uses the invitation up. `false` when it was not open any more.
    async fn accept_invitation(&self, id: InvitationId, user: &User) -> Result<bool>;

    /// Adds a company and its first user, both or none.
    async fn insert_company_with_user(&self, company: &Company, user: &User) -> Result<()>;
}

/// Batches of markers.
#[async_trait]
pub trait MarkerBatchRecords: Send + Sync {
    /// Adds a batch and asks for the markers of each of its contents, all or nothing: nothing where `most` jobs that
    /// people can ask for wait for the company already, `TooMany`. A batch that begins below goes over, so that any
    /// batch can be done.
    async fn insert_batch(
        &self,
        scope: &TenantScope,
        batch: &MarkerBatch,
        jobs: &[NewJob],
        most: Option<u32>,
    ) -> Result<()>;

    /// How far a batch is.
    async fn batch_progress(
        &self,
        scope: &TenantScope,
        id: BatchId,
    ) -> Result<Option<BatchProgress>>;
}

/// The audit log.
#[async_trait]
pub trait AuditRecords: Send + Sync {
    /// Changes, the latest first.
    async fn audit(
        &self,
        scope: &TenantScope,
        filter: &AuditFilter,
        page: Page,
    ) -> Result<Listing<AuditEntry>>;
}

/// What there is, in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// Companies that may be used.
    pub companies: u64,
    /// Users.
    pub users: u64,
    /// Clients.
    pub clients: u64,
    /// Projects.
    pub projects: u64,
    /// Contents.
    pub contents: u64,
    /// Contents that play.
    pub active_contents: u64,
    /// Contents by how far their markers are.
    pub contents_by_marker_status: Vec<(String, u64)>,
    /// Videos.
    pub videos: u64,
    /// Orders by status.
    pub orders_by_status: Vec<(String, u64)>,
    /// Bytes of pictures and videos.
    pub stored_bytes: u64,
    /// Times a content was viewed.
    pub views: u64,
    /// Jobs by state.
    pub jobs_by_state: Vec<(String, u64)>,
}

/// Counting.
#[async_trait]
pub trait OverviewRecords: Send + Sync {
    /// Counts what is inside the scope.
    async fn overview(&self, scope: &TenantScope) -> Result<Overview>;
}

/// Until when each kind of spent row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Jobs that were done before this go.
    pub done_jobs: DateTime<Utc>,
    /// Jobs that were given up before this go.
    pub given_up_jobs: DateTime<Utc>,
    /// Sessions that ended before this go, and refresh tokens that were used before it.
    pub sessions: DateTime<Utc>,
    /// Invitations that ended before this go.
    pub invitations: DateTime<Utc>,
    /// Tries to sign in that were made before this go, unless their networks are known.
    pub failures: DateTime<Utc>,
    /// Networks that nobody has signed in from since then are not known any more.
    pub networks: DateTime<Utc>,
    /// Reservations that ended before this go.
    pub reservations: DateTime<Utc>,
}

/// Throwing away what nobody needs any more.
#[async_trait]
pub trait HousekeepingRecords: Send + Sync {
    /// Removes spent rows; how many.
    async fn prune(&self, retention: &Retention) -> Result<u64>;
}
