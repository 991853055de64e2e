use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ContentId, RotationRuleId, VideoId},
    rotation::{RotationRule, ScheduleConfig},
};

use super::{
    PoolRef,
    rows::{Table, entity},
    tenant::{admit, bounds},
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

pub(super) async fn of_content(
    reader: PoolRef<'_>,
    scope: &TenantScope,
    content: ContentId,
) -> Result<Option<RotationRule>> {
    let (first, last) = bounds(scope);
    let row: Option<RuleRow> = fetch!(
        fetch_optional,
        reader,
        "SELECT id, company_id, content_id, rotation_type, schedule, default_video_id, start_date,
             created_at, updated_at
         FROM rotation_rules WHERE content_id = $1 AND company_id BETWEEN $2 AND $3",
        content.0,
        first,
        last,
    )?;
    entity(row)
}

/// Takes the content from its own table, so that nothing is written for one that is not there; what
/// may still be missing then is the default video.
pub(super) async fn put(
    writer: PoolRef<'_>,
    scope: &TenantScope,
    rule: &RotationRule,
) -> Result<()> {
    admit(scope, rule.company_id)?;
    let written = execute!(
        writer,
        "INSERT INTO rotation_rules (id, company_id, content_id, rotation_type, schedule,
             default_video_id, start_date, created_at, updated_at)
         SELECT $1, contents.company_id, contents.id, $4, $5, $6, $7, $8, $9
         FROM contents WHERE contents.company_id = $2 AND contents.id = $3
         ON CONFLICT (content_id) DO UPDATE SET
             rotation_type = excluded.rotation_type, schedule = excluded.schedule,
             default_video_id = excluded.default_video_id, start_date = excluded.start_date,
             updated_at = excluded.updated_at",
        rule.id.0,
        rule.company_id.0,
        rule.content_id.0,
        rule.rotation_type.as_str(),
        Json(&rule.schedule),
        rule.default_video_id.map(|video| video.0),
        rule.start_date,
        rule.created_at,
        rule.updated_at,
    )
    .map_err(|failure| failure.or_missing("video"))?;
    if written == 0 { Err(Error::NotFound("content")) } else { Ok(()) }
}
