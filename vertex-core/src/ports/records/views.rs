use async_trait::async_trait;
use chrono::NaiveDate;

use crate::domain::{
    analytics::{ContentViews, DailyViews, Period, SessionFilter},
    error::Result,
    ids::{CompanyId, ContentId, ViewSessionId},
    page::{Listing, Page},
    tenant::TenantScope,
    view_session::ViewSession,
};

/// View sessions.
#[async_trait]
pub trait ViewSessionRecords: Send + Sync {
    /// Adds sessions and counts them on their contents and in the figures of their days, all or none.
    ///
    /// Doing it again adds none twice. A session whose content is gone is left out, a video that is
    /// gone is not named. Gives how many were added.
    async fn insert_view_sessions(
        &self,
        scope: &TenantScope,
        sessions: &[ViewSession],
    ) -> Result<u64>;

    /// Sessions, newest first. The total comes from the figures of the days.
    async fn view_sessions(
        &self,
        scope: &TenantScope,
        filter: &SessionFilter,
        page: Page,
    ) -> Result<Listing<ViewSession>>;

    /// The next `limit` sessions older than the last one seen, newest first.
    async fn older_view_sessions(
        &self,
        scope: &TenantScope,
        filter: &SessionFilter,
        last_seen: Option<(NaiveDate, ViewSessionId)>,
        limit: u32,
    ) -> Result<Vec<ViewSession>>;
}

/// Figures about views.
#[async_trait]
pub trait AnalyticsRecords: Send + Sync {
    /// The views of a company by day and kind of device.
    async fn company_views(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        period: Period,
    ) -> Result<Vec<DailyViews>>;

    /// The views of a content by day, kind of device and video.
    async fn content_views(
        &self,
        scope: &TenantScope,
        content: ContentId,
        period: Period,
    ) -> Result<Vec<DailyViews>>;

    /// The most viewed contents of a company.
    async fn top_contents(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        period: Period,
        limit: u32,
    ) -> Result<Vec<ContentViews>>;
}
