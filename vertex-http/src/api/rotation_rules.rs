//! `/api/ar-content/{id}/rotation-rule`: which video plays today.

use chrono::{DateTime, NaiveDate, Utc};
use poem::web::Data;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::Any,
};
use uuid::Uuid;
use vertex_core::{
    check::Field,
    ids::ContentId,
    rotation::{Playback, RotationRule, Span},
    usecases::{
        App,
        rotation_rules::{self, PreviewDay, RuleInput},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A rule to be set.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewRule {
    /// `none`, `sequential`, `cyclic`, `daily_cycle`, `date_specific` or `random_daily`.
    rotation_type: Required<String>,
    /// `{"video_sequence": [id, …]}` for `sequential`, `cyclic` and `daily_cycle`,
    /// `{"schedules": [{"start_date", "end_date", "video_id"}, …]}` for `date_specific`,
    /// `{"video_pool": [id, …]}` for `random_daily`. All of these may have `schedules`, too: on those days
    /// what they name plays instead. What a rule does not use is refused.
    schedule_config: Optional<Any<serde_json::Value>>,
    /// What plays when the schedule names nothing that can play.
    default_video_id: Optional<String>,
    /// The day the first entry of a `video_sequence` plays, in the company's timezone; today when left out.
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
    /// The day the first entry plays; null for types that do not count days.
    start_date: Option<NaiveDate>,
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
            start_date: rule.rotation_type.counts_days().then_some(rule.start_date),
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

impl RuleView {
    fn tagged(rule: RotationRule) -> Versioned<Self> {
        let version = rule.updated_at;
        tagged(Json(rule.into()), version)
    }
}

/// A stretch of time in which the same plays.
#[derive(Debug, Object)]
#[oai(rename = "PreviewSpan")]
struct SpanView {
    /// Its first instant.
    from: DateTime<Utc>,
    /// The first instant after it.
    until: DateTime<Utc>,
    /// What plays; null when nothing does.
    video_id: Option<Uuid>,
    /// Why nothing plays: `expired`, `inactive` or `no_video`.
    reason: Option<String>,
}

impl From<Span> for SpanView {
    fn from(span: Span) -> Self {
        let (video_id, reason) = match span.playback {
            Playback::Play(id) => (Some(id.0), None),
            Playback::Nothing(silence) => (None, Some(silence.as_str().to_owned())),
        };
        Self { from: span.from, until: span.until, video_id, reason }
    }
}

/// What plays on one day.
#[derive(Debug, Object)]
#[oai(rename = "PreviewDay")]
struct DayView {
    /// The day, in the company's timezone.
    date: NaiveDate,
    /// What plays, one after the other; together they are the whole day.
    spans: Vec<SpanView>,
}

impl From<PreviewDay> for DayView {
    fn from(day: PreviewDay) -> Self {
        Self { date: day.date, spans: day.spans.into_iter().map(SpanView::from).collect() }
    }
}

/// What will play.
#[derive(Debug, Object)]
struct RotationPreview {
    content_id: Uuid,
    days: Vec<DayView>,
}

/// Which video plays today.
pub struct RotationRulesApi;

#[OpenApi(prefix_path = "/api/ar-content", tag = "Tag::Videos")]
impl RotationRulesApi {
    /// Get the rule of a content
    #[oai(path = "/:id/rotation-rule", method = "get", operation_id = "getRotationRule")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<RuleView>> {
        Ok(RuleView::tagged(rotation_rules::get(&app, &caller.0, ContentId(id.0)).await?))
    }

    /// See what will play on the coming days
    ///
    /// From today on, as far as rule and windows tell today. A day of the company's timezone may have
    /// several spans, where a window opens or closes on it.
    #[oai(
        path = "/:id/rotation-rule/preview",
        method = "get",
        operation_id = "previewRotationRule"
    )]
    async fn preview(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// 1 to 366; 30 when left out.
        days: Query<Option<u32>>,
    ) -> Answer<Json<RotationPreview>> {
        let (content, days) = (ContentId(id.0), days.0.unwrap_or(30));
        let days = rotation_rules::preview(&app, &caller.0, content, days).await?;
        let days = days.into_iter().map(DayView::from).collect();
        Ok(Json(RotationPreview { content_id: id.0, days }))
    }

    /// Set the rule of a content
    #[oai(path = "/:id/rotation-rule", method = "put", operation_id = "putRotationRule")]
    async fn put(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the rule as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<NewRule>,
    ) -> Answer<Versioned<RuleView>> {
        let Body(NewRule { rotation_type, schedule_config, default_video_id, start_date }) = body;
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
        let (id, expected) = (ContentId(id.0), expected(&if_match));
        Ok(RuleView::tagged(rotation_rules::put(&app, &caller.0, id, &expected, input).await?))
    }
}
