use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::domain::{
    error::Result,
    ids::{CompanyId, ContentId, UniqueId},
    publication::{FileStanding, Publication},
};

/// What the world may see, kept at hand for the viewers that ask for it all the time.
#[async_trait]
pub trait Publications: Send + Sync {
    /// The content behind a QR code with all that decides what plays.
    async fn find(&self, unique_id: &UniqueId) -> Result<Option<Arc<Publication>>>;

    /// Whether files of a content or of one of its videos are shown, by the id in their names; `None` when there is
    /// no such row.
    async fn standing(&self, company: CompanyId, id: Uuid) -> Result<Option<FileStanding>>;

    /// A content was changed: who asks from now on gets it as it is.
    fn forget_content(&self, id: ContentId);

    /// The same for every content of a company.
    fn forget_company(&self, id: CompanyId);

    /// The same for everything.
    fn forget_all(&self);
}
