use async_trait::async_trait;
use uuid::Uuid;

use crate::domain::{
    company::Company,
    content::ArContent,
    error::Result,
    ids::{AuthSessionId, CompanyId, UniqueId},
    text::Username,
    user::{AuthSession, User},
};

/// The look-ups that come before a tenant is known; the row they find names it.
#[async_trait]
pub trait EntryRecords: Send + Sync {
    /// Whether the database can be written to: tried out, unless somebody has just written. Answers within seconds.
    async fn ping(&self) -> Result<()>;

    /// Whether nobody can sign in yet.
    async fn has_no_users(&self) -> Result<bool>;

    /// Who signs in with this name.
    async fn user_by_username(&self, username: &Username) -> Result<Option<User>>;

    /// The signed-in device of an access token, and its user.
    async fn auth_session(&self, id: AuthSessionId) -> Result<Option<(AuthSession, User)>>;

    /// The public name behind a permanent link.
    async fn unique_id_by_link(&self, permanent_link: &str) -> Result<Option<UniqueId>>;

    /// The content that a file of a company belongs to, by the id in the file's name, and the company: deleted ones,
    /// too. Its videos are not counted.
    async fn owner_of_file(
        &self,
        company: CompanyId,
        id: Uuid,
    ) -> Result<Option<(ArContent, Company)>>;

    /// The content behind a QR code, and its company. Its videos are not counted.
    async fn published(&self, unique_id: &UniqueId) -> Result<Option<(ArContent, Company)>>;
}
