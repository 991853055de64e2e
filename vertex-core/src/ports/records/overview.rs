use async_trait::async_trait;

use crate::domain::{error::Result, tenant::TenantScope};

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
