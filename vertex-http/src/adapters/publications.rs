use std::sync::Arc;

use async_trait::async_trait;
use vertex_core::{
    Result,
    ids::{CompanyId, ContentId, UniqueId},
    ports::{Publications, Records},
    usecases::viewer::{self, Publication},
};

use super::cached::Cached;

/// Contents and videos that are kept at hand, together.
const CAPACITY: u64 = 40_000;

/// Publications read from the records and kept at hand.
pub struct CachedPublications {
    records: Arc<dyn Records>,
    cache: Cached<UniqueId, Arc<Publication>>,
}

impl CachedPublications {
    /// Keeps what it reads from `records`.
    pub fn new(records: Arc<dyn Records>) -> Self {
        let weight = |publication: &Arc<Publication>| {
            u32::try_from(1 + publication.video_count()).unwrap_or(u32::MAX)
        };
        Self { records, cache: Cached::new(CAPACITY, weight) }
    }
}

#[async_trait]
impl Publications for CachedPublications {
    async fn find(&self, unique_id: &UniqueId) -> Result<Option<Arc<Publication>>> {
        let load =
            async { Ok(viewer::load(self.records.as_ref(), unique_id).await?.map(Arc::new)) };
        self.cache.get(unique_id, load).await
    }

    fn forget_content(&self, id: ContentId) {
        self.cache.forget(move |_, publication| publication.content.id == id);
    }

    fn forget_company(&self, id: CompanyId) {
        self.cache.forget(move |_, publication| publication.content.company_id == id);
    }

    fn forget_all(&self) {
        self.cache.forget_all();
    }
}
