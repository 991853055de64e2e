//! Setting the rule of a content.

use chrono::{DateTime, NaiveDate, Utc};

use super::{App, contents, contents::parse_date, projects::parse_id};
use crate::domain::{
    check::{Check, Field},
    error::{Error, Result},
    identity::Identity,
    ids::{ContentId, RotationRuleId, VideoId},
    rotation::{
        Playback, RotationRule, RotationType, ScheduleConfig, ScheduleList, Silence, Span,
        first_instant, timeline,
    },
    tenant::TenantScope,
    version::{self, Expected},
    video::Video,
};

/// Most days that are previewed.
pub const MAX_PREVIEW_DAYS: u32 = 366;

/// Most entries a schedule may have.
const MAX_ENTRIES: usize = 1000;

/// The fields of a rule as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct RuleInput {
    /// One of the six types.
    pub rotation_type: Field<String>,
    /// What it chooses from.
    pub schedule_config: Field<serde_json::Value>,
    /// What plays otherwise.
    pub default_video_id: Field<String>,
    /// The day entry 0 plays; today when absent. Only for types that count days.
    pub start_date: Field<String>,
}

/// The rule of a content; one that chooses nothing if none was set.
///
/// # Errors
/// `NotFound` when the content is not this user's to see.
pub async fn get(app: &App, who: &Identity, content: ContentId) -> Result<RotationRule> {
    let content = contents::get(app, who, content).await?;
    let rule = app.records.rotation_rule(&who.scope(), content.id).await?;
    Ok(rule.unwrap_or_else(|| RotationRule {
        id: RotationRuleId(content.id.0),
        company_id: content.company_id,
        content_id: content.id,
        rotation_type: RotationType::None,
        schedule: ScheduleConfig::default(),
        default_video_id: None,
        start_date: content.created_at.date_naive(),
        created_at: content.created_at,
        updated_at: content.created_at,
    }))
}

/// Sets the rule of a content.
///
/// # Errors
/// `Invalid` with every bad field, among them videos that are not the content's; `NotFound`, `Stale`.
pub async fn put(
    app: &App,
    who: &Identity,
    content: ContentId,
    expected: &Expected,
    input: RuleInput,
) -> Result<RotationRule> {
    let before = get(app, who, content).await?;
    let seen = expected.pin("rotation rule", before.updated_at)?;
    let content = contents::get(app, who, content).await?;
    let mut check = Check::default();
    let rotation_type =
        check.required("rotation_type", input.rotation_type, |text: String| text.parse());
    let schedule = check.optional("schedule_config", input.schedule_config, parse_schedule);
    let default = check.optional("default_video_id", input.default_video_id, parse_id);
    let start_date = check.optional("start_date", input.start_date, parse_date);
    let (rotation_type, schedule, default, start_date) =
        check.all((rotation_type, schedule, default, start_date))?;
    let (schedule, default_video_id) = (schedule.unwrap_or_default(), default.map(VideoId));

    let scope = TenantScope::of(content.company_id);
    let videos = app.records.videos_of(&scope, content.id).await?;
    let named = Named { rotation_type, schedule: &schedule, default_video_id, start_date };
    named.check(&videos)?;
    let start_date = match start_date {
        Some(date) => date,
        None => today(app, &scope, content.company_id).await?,
    };
    let now = version::next(app.now(), before.updated_at);
    let rule = RotationRule {
        id: RotationRuleId(app.clock.uuid()),
        company_id: content.company_id,
        content_id: content.id,
        rotation_type,
        schedule,
        default_video_id,
        start_date,
        created_at: now,
        updated_at: now,
    };
    let there = app.records.put_rotation_rule(&who.scope(), &rule, seen).await?;
    app.content_changed(content.id);
    if !there {
        return Err(Error::Stale("rotation rule"));
    }
    get(app, who, content.id).await
}

/// What plays on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewDay {
    /// The day, in the company's timezone.
    pub date: NaiveDate,
    /// What plays, one span after the other; together they are the whole day.
    pub spans: Vec<Span>,
}

/// What will play on the coming days, today included, as far as rule and windows tell today.
///
/// # Errors
/// `Invalid` for more than [`MAX_PREVIEW_DAYS`], `NotFound`.
pub async fn preview(
    app: &App,
    who: &Identity,
    content: ContentId,
    days: u32,
) -> Result<Vec<PreviewDay>> {
    if !(1..=MAX_PREVIEW_DAYS).contains(&days) {
        return Err(Error::field("days", format!("must be 1 to {MAX_PREVIEW_DAYS}")));
    }
    let content = contents::get(app, who, content).await?;
    let scope = TenantScope::of(content.company_id);
    let company = app.records.company(&scope, content.company_id).await?;
    let company = company.ok_or(Error::NotFound("company"))?;
    let rule = app.records.rotation_rule(&scope, content.id).await?;
    let videos = app.records.videos_of(&scope, content.id).await?;
    let dates = company.day(app.now()).iter_days().take(days as usize + 1);
    let bounds: Vec<(NaiveDate, DateTime<Utc>)> =
        dates.map(|date| (date, first_instant(date, company.timezone))).collect();
    let day = |pair: &[(NaiveDate, DateTime<Utc>)]| {
        let (from, until) = (pair[0].1, pair[1].1);
        let mut spans = timeline(&content, rule.as_ref(), &videos, from, until, company.timezone);
        if !company.is_active {
            spans = vec![Span { from, until, playback: Playback::Nothing(Silence::Inactive) }];
        }
        PreviewDay { date: pair[0].0, spans }
    };
    Ok(bounds.windows(2).map(day).collect())
}

async fn today(
    app: &App,
    scope: &TenantScope,
    company: crate::domain::ids::CompanyId,
) -> Result<NaiveDate> {
    let company = app.records.company(scope, company).await?.ok_or(Error::NotFound("company"))?;
    Ok(company.day(app.now()))
}

fn parse_schedule(json: serde_json::Value) -> Result<ScheduleConfig, String> {
    let config: ScheduleConfig = serde_json::from_value(json).map_err(|error| error.to_string())?;
    if config.videos().count() > MAX_ENTRIES {
        return Err(format!("has more than {MAX_ENTRIES} entries"));
    }
    if let Some(entry) = config.schedules.iter().find(|entry| entry.end_date < entry.start_date) {
        return Err(format!(
            "an entry ends on {} before it starts on {}",
            entry.end_date, entry.start_date
        ));
    }
    Ok(config)
}

/// What a rule is to be, as far as its parts may not fit each other.
struct Named<'a> {
    rotation_type: RotationType,
    schedule: &'a ScheduleConfig,
    default_video_id: Option<VideoId>,
    start_date: Option<NaiveDate>,
}

impl Named<'_> {
    /// Refuses what is missing, what the rule would not use, and videos of other contents.
    fn check(&self, videos: &[Video]) -> Result<()> {
        let mut check = Check::default();
        let (kind, name) = (self.rotation_type, self.rotation_type.as_str());
        if let Some(list) = kind.list().filter(|list| self.schedule.is_empty(*list)) {
            let why = format!("needs a list {:?} for this rotation type", list.as_str());
            check.complain("schedule_config", why);
        }
        let useless = ScheduleList::ALL.into_iter().filter(|list| !kind.reads(*list));
        for list in useless.filter(|list| !self.schedule.is_empty(*list)) {
            let field = format!("schedule_config.{}", list.as_str());
            check.complain(&field, format!("is not used by a rule of type {name}: leave it out"));
        }
        if self.start_date.is_some() && !kind.counts_days() {
            let why = format!("is not used by a rule of type {name}: leave it out");
            check.complain("start_date", why);
        }
        let is_foreign = |id: &VideoId| !videos.iter().any(|video| video.id == *id);
        if let Some(id) = self.schedule.videos().find(is_foreign) {
            check.complain("schedule_config", format!("{id} is not a video of this content"));
        }
        if let Some(id) = self.default_video_id.filter(is_foreign) {
            check.complain("default_video_id", format!("{id} is not a video of this content"));
        }
        check.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields that are complained of.
    fn refused(kind: RotationType, config: serde_json::Value, start: Option<&str>) -> Vec<String> {
        let schedule = parse_schedule(config).unwrap();
        let start_date = start.map(|date| date.parse().unwrap());
        let named =
            Named { rotation_type: kind, schedule: &schedule, default_video_id: None, start_date };
        let complaints = named.check(&[]).err().map(|error| error.bad_fields());
        let fields = complaints.unwrap_or_default().into_iter().map(|complaint| complaint.field);
        // No video of these schedules is there.
        fields.filter(|field| field != "schedule_config").collect()
    }

    #[test]
    fn what_a_rule_does_not_use_is_refused_by_name() {
        let id = uuid::Uuid::from_u128(1);
        let all = serde_json::json!({
            "schedules": [{ "start_date": "2026-12-24", "end_date": "2026-12-26", "video_id": id }],
            "video_sequence": [id],
            "video_pool": [id],
        });
        let day = Some("2026-01-01");
        let refused = |kind| refused(kind, all.clone(), day).join(" ");
        for kind in [RotationType::Sequential, RotationType::Cyclic, RotationType::DailyCycle] {
            assert_eq!(refused(kind), "schedule_config.video_pool");
        }
        assert_eq!(
            refused(RotationType::DateSpecific),
            "schedule_config.video_sequence schedule_config.video_pool start_date"
        );
        assert_eq!(refused(RotationType::RandomDaily), "schedule_config.video_sequence start_date");
        assert_eq!(
            refused(RotationType::None),
            "schedule_config.schedules schedule_config.video_sequence \
             schedule_config.video_pool start_date"
        );
    }

    #[test]
    fn empty_lists_are_no_use_to_refuse() {
        let empty = serde_json::json!({ "schedules": [], "video_sequence": [], "video_pool": [] });
        assert!(refused(RotationType::None, empty, None).is_empty());
    }
}
