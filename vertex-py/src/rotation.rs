//! Which video plays: the rule of `vertex-core` for planners in Python.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use pyo3::prelude::*;
use uuid::Uuid;
use vertex_core::ids::{CompanyId, ContentId, RotationRuleId, VideoId};
use vertex_core::{
    content::Standing,
    rotation::{Clip, Playback, RotationRule, ScheduleConfig, choose},
};

use crate::errors::{Raised, invalid};

/// A video, as the Python class `Video` has it.
#[derive(FromPyObject)]
pub(crate) struct Video {
    id: Uuid,
    status: String,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl Video {
    fn clip(self) -> Raised<Clip> {
        let Self { id, status, starts_at, ends_at, created_at } = self;
        let status = status.parse().or_else(|reason| invalid("videos", reason))?;
        Ok(Clip { id: VideoId(id), status, starts_at, ends_at, created_at })
    }
}

/// A rule, as the Python class `RotationRule` has it.
#[derive(FromPyObject)]
pub(crate) struct Rule {
    rotation_type: String,
    /// The schedule as JSON.
    schedule_json: String,
    default_video_id: Option<Uuid>,
    start_date: NaiveDate,
}

impl Rule {
    /// The rule of a content, as far as the choice looks at it.
    fn rotation_rule(self, content: ContentId) -> Raised<RotationRule> {
        let schedule: serde_json::Result<ScheduleConfig> =
            serde_json::from_str(&self.schedule_json);
        Ok(RotationRule {
            id: RotationRuleId(Uuid::nil()),
            company_id: CompanyId(Uuid::nil()),
            content_id: content,
            rotation_type: self.rotation_type.parse().or_else(|reason| invalid("rule", reason))?,
            schedule: schedule
                .or_else(|error| invalid("rule", format!("schedule_config: {error}")))?,
            default_video_id: self.default_video_id.map(VideoId),
            start_date: self.start_date,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        })
    }
}

/// The id of the video that plays, or else why none does.
#[pyfunction]
pub(crate) fn resolve_video(
    videos: Vec<Video>,
    rule: Option<Rule>,
    now: DateTime<Utc>,
    timezone: &str,
    content_id: Uuid,
    is_active: bool,
    expiry_date: Option<NaiveDate>,
) -> Raised<(Option<Uuid>, Option<&'static str>)> {
    let timezone: Tz = timezone.parse().or_else(|_| {
        invalid("timezone", format!("{timezone:?} is not a name of the IANA time zone database"))
    })?;
    let rule = rule.map(|rule| rule.rotation_rule(ContentId(content_id))).transpose()?;
    let clips = videos.into_iter().map(Video::clip).collect::<Raised<Vec<_>>>()?;
    let standing = Standing { is_active, expiry_date };
    Ok(match choose(standing, rule.as_ref(), clips.into_iter(), now, timezone) {
        Playback::Play(VideoId(id)) => (Some(id), None),
        Playback::Nothing(silence) => (None, Some(silence.as_str())),
    })
}
