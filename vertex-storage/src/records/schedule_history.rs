use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{ContentId, VideoId},
    page::{Listing, Page},
    video::{Video, VideoStatus},
    video_history::{ScheduleAction, ScheduleEvent},
};

use super::{SqlRecords, Transaction, rows::Table, select::Selection};

#[derive(FromRow)]
struct EventRow {
    id: i64,
    video_id: Uuid,
    content_id: Uuid,
    action: String,
    performed_by: Option<String>,
    performed_at: DateTime<Utc>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

impl TryFrom<EventRow> for ScheduleEvent {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self> {
        let table = Table("video_schedule_history");
        Ok(Self {
            id: row.id,
            video_id: VideoId(row.video_id),
            content_id: ContentId(row.content_id),
            action: table.read("action", row.action, |text| text.parse())?,
            performed_by: row.performed_by,
            performed_at: row.performed_at,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
        })
    }
}

pub(super) async fn of_video(
    records: &SqlRecords,
    scope: &TenantScope,
    id: VideoId,
    page: Page,
) -> Result<Listing<ScheduleEvent>> {
    Selection::within("video_schedule_history", scope)
        .having("video_id = {}", Some(id.0))
        .list::<EventRow, _>(
            records,
            "id, video_id, content_id, action, performed_by, performed_at, starts_at, ends_at",
            "id DESC",
            page,
        )
        .await
}

/// Notes what a change means for the schedule of a video.
pub(super) async fn note_change(
    transaction: &mut Transaction,
    scope: &TenantScope,
    before: &Video,
    after: &Video,
) -> Result<()> {
    if before.status != after.status {
        let action = match after.status {
            VideoStatus::Active => ScheduleAction::Activated,
            VideoStatus::Inactive => ScheduleAction::Deactivated,
            VideoStatus::Archived => ScheduleAction::Archived,
        };
        note(transaction, scope, after, action).await?;
    }
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at) {
        let action = match (after.starts_at, after.ends_at) {
            (None, None) => ScheduleAction::Unscheduled,
            _ => ScheduleAction::Scheduled,
        };
        note(transaction, scope, after, action).await?;
    }
    Ok(())
}

/// Notes what was done to the schedule of a video at its last change.
pub(super) async fn note(
    transaction: &mut Transaction,
    scope: &TenantScope,
    video: &Video,
    action: ScheduleAction,
) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO video_schedule_history (company_id, content_id, video_id, action,
             performed_by, performed_at, starts_at, ends_at)
         VALUES ($1, $2, $3, $4, (SELECT username FROM users WHERE id = $5), $6, $7, $8)",
        video.company_id.0,
        video.content_id.0,
        video.id.0,
        action.as_str(),
        scope.actor().map(|actor| actor.user.0),
        video.updated_at,
        video.starts_at,
        video.ends_at,
    )?;
    Ok(())
}
