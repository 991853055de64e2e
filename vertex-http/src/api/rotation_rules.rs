//! `/api/ar-content/{id}/rotation-rule`: which video plays today.

use chrono::{DateTime, NaiveDate, Utc};
use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Path, payload::Json, types::Any};
use uuid::Uuid;
use vertex_core::{
    check::Field,
    ids::ContentId,
    rotation::RotationRule,
    usecases::{
        App,
        rotation_rules::{self, RuleInput},
    },
};

use super::{
    Answer, Caller, Tag,
    input::{Optional, Required},
};

/// A rule to be set.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewRule {
    /// `none`, `sequential`, `cyclic`, `daily_cycle`, `date_specific` or `random_daily`.
    rotation_type: Required<String>,
    /// `{"video_sequence": [id, …]}` for `sequential`, `cyclic` and `daily_cycle`,
    /// `{"schedules": [{"start_date", "end_date", "video_id"}, …]}` for `date_specific`,
    /// `{"video_pool": [id, …]}` for `random_daily`.
    schedule_config: Optional<Any<serde_json::Value>>,
    /// What plays when the schedule names nothing that can play.
    default_video_id: Optional<String>,
    /// The day the first entry plays, in the company's timezone; today when left out.
    start_date: Optional<String>,
}

/// The rule of a content.
#[derive(Debug, Object)]
#[oai(rename = "RotationRule")]
struct RuleView {
    content_id: Uuid,
    rotation_type: String,
    schedule_config: Any<serde_json::Value>,
    default_video_id: Option<Uuid>,
    start_date: NaiveDate,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<RotationRule> for RuleView {
    fn from(rule: RotationRule) -> Self {
        Self {
            content_id: rule.content_id.0,
            rotation_type: rule.rotation_type.as_str().to_owned(),
            schedule_config: Any(serde_json::to_value(&rule.schedule).unwrap_or_default()),
            default_video_id: rule.default_video_id.map(|id| id.0),
            start_date: rule.start_date,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

/// Which video plays today.
pub struct RotationRulesApi;

#[OpenApi(prefix_path = "/api/ar-content", tag = "Tag::Videos")]
impl RotationRulesApi {
    /// Get the rule of a content
    #[oai(path = "/:id/rotation-rule", method = "get", operation_id = "getRotationRule")]
    async fn get(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Json<RuleView>> {
        Ok(Json(rotation_rules::get(&app, &caller.0, ContentId(id.0)).await?.into()))
    }

    /// Set the rule of a content
    #[oai(path = "/:id/rotation-rule", method = "put", operation_id = "putRotationRule")]
    async fn put(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<NewRule>,
    ) -> Answer<Json<RuleView>> {
        let Json(NewRule { rotation_type, schedule_config, default_video_id, start_date }) = body;
        let schedule_config = match schedule_config.0 {
            Field::Value(Any(json)) => Field::Value(json),
            Field::Malformed(why) => Field::Malformed(why),
            Field::Null => Field::Null,
            Field::Absent => Field::Absent,
        };
        let input = RuleInput {
            rotation_type: rotation_type.0,
            schedule_config,
            default_video_id: default_video_id.0,
            start_date: start_date.0,
        };
        Ok(Json(rotation_rules::put(&app, &caller.0, ContentId(id.0), input).await?.into()))
    }
}
