use async_trait::async_trait;
use vertex_core::{
    Error, Result, TenantScope, ports::ViewSessionRecords, view_session::ViewSession,
};

use super::{SqlRecords, rows::storable, tenant::admit};

#[async_trait]
impl ViewSessionRecords for SqlRecords {
    async fn insert_view_session(&self, scope: &TenantScope, session: &ViewSession) -> Result<()> {
        admit(scope, session.company_id)?;
        let mut transaction = self.begin().await?;
        let counted = execute!(
            transaction.connection(),
            "UPDATE contents SET view_count = view_count + 1 WHERE id = $1 AND company_id = $2",
            session.content_id.0,
            session.company_id.0,
        )?;
        if counted == 0 {
            return Err(Error::NotFound("content"));
        }
        execute!(
            transaction.connection(),
            "INSERT INTO view_sessions (id, company_id, content_id, video_id, device_type, browser,
                 avg_fps, duration_seconds, viewed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            session.id.0,
            session.company_id.0,
            session.content_id.0,
            session.video_id.map(|video| video.0),
            session.device_type.as_str(),
            session.browser.as_deref().map(storable),
            session.avg_fps,
            session.duration_seconds,
            session.viewed_at,
        )
        .map_err(|failure| failure.or_missing("video"))?;
        transaction.commit().await
    }
}
