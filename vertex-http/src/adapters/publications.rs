use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;
use vertex_core::{
    Result,
    ids::{CompanyId, ContentId, UniqueId},
    ports::{Publications, Records},
    publication::{FileStanding, Publication},
    usecases::viewer,
};

use super::cached::Cached;

/// Contents and videos that are kept at hand, together.
const CAPACITY: u64 = 40_000;
/// Contents and videos of which it is kept at hand whether their files are shown.
const FILES: u64 = 40_000;

/// Publications read from the records and kept at hand.
pub struct CachedPublications {
    records: Arc<dyn Records>,
    cache: Cached<UniqueId, Arc<Publication>>,
    standings: Cached<(CompanyId, Uuid), FileStanding>,
}

impl CachedPublications {
    /// Keeps what it reads from `records`.
    pub fn new(records: Arc<dyn Records>) -> Self {
        let weight = |publication: &Arc<Publication>| {
            u32::try_from(1 + publication.video_count()).unwrap_or(u32::MAX)
        };
        let (cache, standings) = (Cached::new(CAPACITY, weight), Cached::new(FILES, |_| 1));
        Self { records, cache, standings }
    }
}

#[async_trait]
impl Publications for CachedPublications {
    async fn find(&self, unique_id: &UniqueId) -> Result<Option<Arc<Publication>>> {
        let load =
            async { Ok(viewer::load(self.records.as_ref(), unique_id).await?.map(Arc::new)) };
        self.cache.get(unique_id, load).await
    }

    async fn standing(&self, company: CompanyId, id: Uuid) -> Result<Option<FileStanding>> {
        let load = viewer::load_standing(self.records.as_ref(), company, id);
        self.standings.get(&(company, id), load).await
    }

    fn forget_content(&self, id: ContentId) {
        self.standings.forget(move |_, standing| standing.content_id == id);
        self.cache.forget(move |_, publication| publication.content.id == id);
    }

    fn forget_company(&self, id: CompanyId) {
        self.standings.forget(move |_, standing| standing.company_id == id);
        self.cache.forget(move |_, publication| publication.content.company_id == id);
    }

    fn forget_all(&self) {
        self.standings.forget_all();
        self.cache.forget_all();
    }
}
