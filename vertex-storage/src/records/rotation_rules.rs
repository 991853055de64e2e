use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ContentId, RotationRuleId, VideoId},
    rotation::{RotationRule, ScheduleConfig},
    video_history::ScheduleAction,
};

use super::{
    Single, Transaction,
    audit::{Deed, note},
    rows::{Table, entity},
    schedule_history,
    tenant::{admit, bounds},
    videos,
};

#[derive(FromRow)]
struct RuleRow {
    id: Uuid,
    company_id: Uuid,
    content_id: Uuid,
    rotation_type: String,
    schedule: Json<serde_json::Value>,
    default_video_id: Option<Uuid>,
    start_date: NaiveDate,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<RuleRow> for RotationRule {
    type Error = Error;

    fn try_from(row: RuleRow) -> Result<Self> {
        let table = Table("rotation_rules");
        Ok(Self {
            id: RotationRuleId(row.id),
            company_id: CompanyId(row.company_id),
            content_id: ContentId(row.content_id),
            rotation_type: table.read("rotation_type", row.rotation_type, |text| text.parse())?,
            schedule: table.read(
                "schedule",
                row.schedule.0,
                serde_json::from_value::<ScheduleConfig>,
            )?,
            default_video_id: row.default_video_id.map(VideoId),
            start_date: row.start_date,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

macro_rules! select_rule {
    () => {
        "SELECT id, company_id, content_id, rotation_type, schedule, default_video_id, start_date,
             created_at, updated_at
         FROM rotation_rules WHERE content_id = $1 AND company_id BETWEEN $2 AND $3"
    };
}

pub(super) async fn of_content(
    reader: Single<'_>,
    scope: &TenantScope,
    content: ContentId,
) -> Result<Option<RotationRule>> {
    let (first, last) = bounds(scope);
    let row: Option<RuleRow> =
        fetch!(fetch_optional, reader, select_rule!(), content.0, first, last,)?;
    entity(row)
}

/// Takes the content from its own table, so that nothing is written for one that is not there; what
/// may still be missing then is the default video.
pub(super) async fn put(
    transaction: &mut Transaction,
    scope: &TenantScope,
    rule: &RotationRule,
    seen: Option<DateTime<Utc>>,
) -> Result<bool> {
    admit(scope, rule.company_id)?;
    let before = before(transaction, scope, rule.content_id).await?;
    let written = execute!(
        transaction.connection(),
        "INSERT INTO rotation_rules (id, company_id, content_id, rotation_type, schedule,
             default_video_id, start_date, created_at, updated_at)
         SELECT $1, contents.company_id, contents.id, $4, $5, $6, $7, $8, $9
         FROM contents WHERE contents.company_id = $2 AND contents.id = $3
         AND contents.deleted_at IS NULL
         ON CONFLICT (content_id) DO UPDATE SET
             rotation_type = excluded.rotation_type, schedule = excluded.schedule,
             default_video_id = excluded.default_video_id, start_date = excluded.start_date,
             updated_at = excluded.updated_at
             WHERE rotation_rules.updated_at = COALESCE($10, rotation_rules.updated_at)",
        rule.id.0,
        rule.company_id.0,
        rule.content_id.0,
        rule.rotation_type.as_str(),
        Json(&rule.schedule),
        rule.default_video_id.map(|video| video.0),
        rule.start_date,
        rule.created_at,
        rule.updated_at,
        seen,
    )
    .map_err(|failure| failure.or_missing("video"))?;
    if written == 0 {
        return seen.map(|_| false).ok_or(Error::NotFound("content"));
    }
    note_videos(transaction, scope, before.as_ref(), rule).await?;
    let deed = Deed::new("set_rotation_rule", "content", rule.content_id.0);
    note(transaction, scope, deed, rule.company_id.0, rule.rotation_type.as_str()).await?;
    Ok(true)
}

async fn before(
    transaction: &mut Transaction,
    scope: &TenantScope,
    content: ContentId,
) -> Result<Option<RotationRule>> {
    let (first, last) = bounds(scope);
    let row: Option<RuleRow> =
        fetch!(fetch_optional, transaction.connection(), select_rule!(), content.0, first, last)?;
    entity(row)
}

/// Tells the history of each video that a rule begins or ceases to name it.
async fn note_videos(
    transaction: &mut Transaction,
    scope: &TenantScope,
    before: Option<&RotationRule>,
    after: &RotationRule,
) -> Result<()> {
    for mut video in videos::of_content(transaction, after.content_id).await? {
        let was_named = before.is_some_and(|rule| rule.names(video.id));
        let action = match (was_named, after.names(video.id)) {
            (false, true) => ScheduleAction::AddedToRule,
            (true, false) => ScheduleAction::RemovedFromRule,
            _ => continue,
        };
        video.updated_at = after.updated_at;
        schedule_history::note(transaction, scope, &video, action).await?;
    }
    Ok(())
}
