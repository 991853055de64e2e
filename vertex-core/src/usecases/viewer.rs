//! What people see who hold a phone over the printed picture: nobody signs in here.

use super::{App, videos};
use crate::{
    check::{Check, Field},
    company::Company,
    content::{ArContent, MarkerStatus},
    error::{Error, Result},
    ids::{UniqueId, VideoId, ViewSessionId},
    paths::ObjectPath,
    rotation::{Playback, Silence, resolve},
    tenant::TenantScope,
    text::Name,
    video::Video,
    view_session::{DeviceType, ViewSession},
};

/// What a published content can do for a viewer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerState {
    /// It can be recognised.
    Ready,
    /// Its markers are being made.
    Processing,
    /// Its markers could not be made.
    Failed,
    /// Its last day is over.
    Expired,
    /// It has been switched off.
    Inactive,
}

impl ViewerState {
    /// The state's name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Processing => "processing",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Inactive => "inactive",
        }
    }
}

/// A content as the world sees it.
#[derive(Clone, Debug)]
pub struct Published {
    /// The content.
    pub content: ArContent,
    /// What it can do now.
    pub state: ViewerState,
    company: Company,
}

impl Published {
    /// The content's marker file, while it may be used.
    pub fn marker(&self) -> Option<ObjectPath> {
        let content = &self.content;
        (self.state == ViewerState::Ready)
            .then(|| ObjectPath::mind_marker(content.company_id, content.id))
    }

    fn scope(&self) -> TenantScope {
        TenantScope::of(self.content.company_id)
    }
}

/// The content behind a QR code.
///
/// # Errors
/// `NotFound` when the code is none of ours.
pub async fn find(app: &App, unique_id: &str) -> Result<Published> {
    let unknown = || Error::NotFound("content");
    let unique_id = UniqueId::parse(unique_id).ok_or_else(unknown)?;
    let (content, company) = app.records.published(&unique_id).await?.ok_or_else(unknown)?;
    let state = if !content.is_active || !company.is_active {
        ViewerState::Inactive
    } else if content.is_expired(company.day(app.now())) {
        ViewerState::Expired
    } else {
        match content.marker_status {
            MarkerStatus::Pending | MarkerStatus::Processing => ViewerState::Processing,
            MarkerStatus::Ready => ViewerState::Ready,
            MarkerStatus::Failed => ViewerState::Failed,
        }
    };
    Ok(Published { content, state, company })
}

/// The video that plays now, if any does.
pub async fn active_video(app: &App, published: &Published) -> Result<Option<Video>> {
    if !published.company.is_active {
        return Ok(None);
    }
    let (scope, content) = (published.scope(), &published.content);
    let mut videos = app.records.videos_of(&scope, content.id).await?;
    let rule = app.records.rotation_rule(&scope, content.id).await?;
    let timezone = published.company.timezone;
    match resolve(content, rule.as_ref(), &videos, app.now(), timezone) {
        Playback::Play(id) => Ok(videos
            .iter()
            .position(|video| video.id == id)
            .map(|index| videos.swap_remove(index))),
        Playback::Nothing(Silence::Expired | Silence::Inactive | Silence::NoVideo) => Ok(None),
    }
}

/// A viewer's report as the request brings it.
#[derive(Clone, Debug, Default)]
pub struct SessionReport {
    /// `mobile`, `tablet` or `desktop`.
    pub device_type: Field<String>,
    /// Browser name and version.
    pub browser: Field<String>,
    /// Average frames per second.
    pub avg_fps: Field<f64>,
    /// How long the viewing lasted.
    pub duration_seconds: Field<f64>,
    /// What played.
    pub video_id: Field<String>,
}

/// Records that somebody watched.
///
/// # Errors
/// `Invalid` with every bad field.
pub async fn track_session(
    app: &App,
    published: &Published,
    report: SessionReport,
) -> Result<ViewSession> {
    let mut check = Check::default();
    let device_type = check
        .required("device_type", report.device_type, |text: String| text.parse::<DeviceType>());
    let browser = check.optional("browser", report.browser, Name::parse);
    let avg_fps = check.optional("avg_fps", report.avg_fps, |fps| within(fps, 0.0, 1000.0));
    let duration =
        check.required("duration_seconds", report.duration_seconds, |s| within(s, 0.0, 86_400.0));
    let video_id = check.optional("video_id", report.video_id, super::projects::parse_id);
    let (device_type, browser, avg_fps, duration_seconds, video_id) =
        check.all((device_type, browser, avg_fps, duration, video_id))?;
    let scope = published.scope();
    let video_id = match video_id.map(VideoId) {
        Some(id) => Some(videos::of_content(app, &scope, published.content.id, id).await?),
        None => None,
    };
    let session = ViewSession {
        id: ViewSessionId(app.clock.uuid()),
        company_id: published.content.company_id,
        content_id: published.content.id,
        video_id,
        device_type,
        browser: browser.map(|name| name.to_string()),
        avg_fps,
        duration_seconds,
        viewed_at: app.now(),
    };
    app.records.insert_view_session(&scope, &session).await?;
    Ok(session)
}

fn within(value: f64, low: f64, high: f64) -> Result<f64, String> {
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(format!("must be between {low} and {high}"))
    }
}
