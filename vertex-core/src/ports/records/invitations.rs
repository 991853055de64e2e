use async_trait::async_trait;

use crate::domain::{
    company::Company,
    error::Result,
    ids::InvitationId,
    invitation::Invitation,
    page::{Listing, Page},
    tenant::TenantScope,
    user::User,
};

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
