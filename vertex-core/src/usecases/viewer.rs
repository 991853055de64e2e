//! What people see who hold a phone over the printed picture: nobody signs in here.

use std::{hash::Hash, sync::Arc};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{App, projects::parse_id};
use crate::{
    domain::{
        check::{Check, Field},
        content::{ArContent, MarkerStatus},
        error::{Error, Result},
        ids::{CompanyId, UniqueId, VideoId, ViewSessionId},
        links::Audience,
        paths::{NftFile, ObjectPath},
        publication::{FileStanding, Publication},
        rotation::{Playback, Silence, resolve},
        tenant::TenantScope,
        text::Name,
        video::Video,
        view_session::{DeviceType, ViewSession},
        visitor::Visitor,
    },
    ports::Records,
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

/// Reads from the records what decides whether a file is shown, by the id in its name.
pub async fn load_standing(
    records: &dyn Records,
    company: CompanyId,
    id: Uuid,
) -> Result<Option<FileStanding>> {
    let owner = records.owner_of_file(company, id).await?;
    Ok(owner.map(|(content, company)| FileStanding {
        content_id: content.id,
        company_id: content.company_id,
        content: content.standing(),
        is_deleted: content.deleted_at.is_some(),
        company_is_active: company.is_active,
        timezone: company.timezone,
    }))
}

/// For whom a link to a file was made that still opens it.
///
/// # Errors
/// `Forbidden` when the link is not ours, has ended, or leads to what is no longer shown.
pub async fn follow_link(
    app: &App,
    path: &ObjectPath,
    expires: i64,
    signature: &str,
) -> Result<Audience> {
    const CLOSED: Error = Error::Forbidden("this link has expired or was changed");
    let now = app.now();
    let audience = app.links.verify(path, expires, signature, now).ok_or(CLOSED)?;
    let id = path.id().ok_or(CLOSED)?;
    let standing = app.publications.standing(path.company(), id).await?.ok_or(CLOSED)?;
    if standing.opens_to(audience, now) { Ok(audience) } else { Err(CLOSED) }
}

/// Reads a publication from the records.
pub async fn load(records: &dyn Records, unique_id: &UniqueId) -> Result<Option<Publication>> {
    let Some((mut content, company)) = records.published(unique_id).await? else { return Ok(None) };
    let scope = TenantScope::of(content.company_id);
    let rule = records.rotation_rule(&scope, content.id).await?;
    let videos = records.videos_of(&scope, content.id).await?;
    content.video_count = videos.len() as u64;
    Ok(Some(Publication { content, company, rule, videos }))
}

/// A content as the world sees it at this instant.
#[derive(Clone, Debug)]
pub struct Published {
    /// What it can do now.
    pub state: ViewerState,
    publication: Arc<Publication>,
    now: DateTime<Utc>,
}

impl Published {
    /// The content.
    pub fn content(&self) -> &ArContent {
        &self.publication.content
    }

    /// Whether the world may see what it is.
    pub fn is_shown(&self) -> bool {
        !matches!(self.state, ViewerState::Expired | ViewerState::Inactive)
    }

    /// What it looks like, while it is shown and once that has been made.
    pub fn preview(&self) -> Option<ObjectPath> {
        let content = self.content();
        (self.is_shown() && content.marker_status == MarkerStatus::Ready)
            .then(|| ObjectPath::content_preview(content.company_id, content.id))
    }

    /// The content's marker file, while it may be used.
    pub fn marker(&self) -> Option<ObjectPath> {
        let content = self.content();
        (self.state == ViewerState::Ready && content.marker_formats.mind)
            .then(|| ObjectPath::mind_marker(content.company_id, content.id))
    }

    /// A file of the content's NFT marker, while it may be used.
    pub fn nft_marker(&self, file: NftFile) -> Option<ObjectPath> {
        let content = self.content();
        (self.state == ViewerState::Ready && content.marker_formats.nft)
            .then(|| ObjectPath::nft_marker(content.company_id, content.id, file))
    }

    /// The video that plays, if any does.
    pub fn active_video(&self) -> Option<&Video> {
        let Publication { content, company, rule, videos } = &*self.publication;
        if !company.is_active {
            return None;
        }
        match resolve(content, rule.as_ref(), videos, self.now, company.timezone) {
            Playback::Play(id) => videos.iter().find(|video| video.id == id),
            Playback::Nothing(Silence::Expired | Silence::Inactive | Silence::NoVideo) => None,
        }
    }
}

/// The content behind a QR code.
///
/// # Errors
/// `NotFound` when the code is none of ours.
pub async fn find(app: &App, unique_id: &str) -> Result<Published> {
    let unknown = || Error::NotFound("content");
    let unique_id = UniqueId::parse(unique_id).ok_or_else(unknown)?;
    let publication = app.publications.find(&unique_id).await?.ok_or_else(unknown)?;
    let now = app.now();
    let Publication { content, company, .. } = &*publication;
    let state = if !content.is_active || !company.is_active {
        ViewerState::Inactive
    } else if content.is_expired(company.day(now)) {
        ViewerState::Expired
    } else {
        match content.marker_status {
            MarkerStatus::Pending | MarkerStatus::Processing => ViewerState::Processing,
            MarkerStatus::Ready => ViewerState::Ready,
            MarkerStatus::Failed => ViewerState::Failed,
        }
    };
    Ok(Published { state, publication, now })
}

/// The short public name of a content by its long one, or by the short one itself.
///
/// # Errors
/// `NotFound` when the link is none of ours.
pub async fn unique_id_of(app: &App, link: &str) -> Result<UniqueId> {
    match app.records.unique_id_by_link(link).await? {
        Some(unique_id) => Ok(unique_id),
        None => Ok(find(app, link).await?.content().unique_id.clone()),
    }
}

/// A viewer's report as the request brings it.
#[derive(Clone, Debug, Default)]
pub struct SessionReport {
    /// Drawn by the viewer for this viewing, so that a report that is sent twice counts once.
    pub session_id: Field<String>,
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

/// Takes a report in; it is recorded soon after. Reports of programs and repeated ones are not counted,
/// and their senders do not learn so.
///
/// # Errors
/// `Invalid` with every bad field, `Unavailable` when too many reports wait or it cannot be kept.
pub async fn track_session(
    app: &App,
    published: &Published,
    visitor: &Visitor,
    report: SessionReport,
) -> Result<ViewSessionId> {
    let (session, drawn) = check_report(app, published, report)?;
    let (id, fingerprint) = (session.id, fingerprint(visitor, drawn, &session));
    if visitor.is_program() || !app.doubles.note(&fingerprint, published.now) {
        return Ok(id);
    }
    app.views.submit(session).await.inspect_err(|_| app.doubles.forget(&fingerprint))?;
    Ok(id)
}

/// Records what was taken in. Doing it again records nothing twice.
pub async fn record(records: &dyn Records, sessions: &[ViewSession]) -> Result<u64> {
    records.insert_view_sessions(&TenantScope::everywhere(), sessions).await
}

/// What makes two reports the same: the id their viewer drew, else all that is known of them.
fn fingerprint(visitor: &Visitor, drawn: Option<Uuid>, session: &ViewSession) -> impl Hash + use<> {
    let content = session.content_id;
    let details = drawn.is_none().then(|| {
        let measured = (session.avg_fps.map(f64::to_bits), session.duration_seconds.to_bits());
        (visitor.clone(), measured, session.browser.clone(), session.video_id)
    });
    (content, drawn, details)
}

fn check_report(
    app: &App,
    published: &Published,
    report: SessionReport,
) -> Result<(ViewSession, Option<Uuid>)> {
    let Publication { content, company, videos, .. } = &*published.publication;
    let of_content = |text: String| {
        let id = parse_id(&text).map(VideoId)?;
        let known = videos.iter().any(|video| video.id == id);
        if known { Ok(id) } else { Err(format!("{id} is not a video of this content")) }
    };
    let mut check = Check::default();
    let drawn = check.optional("session_id", report.session_id, parse_id);
    let device_type = check
        .required("device_type", report.device_type, |text: String| text.parse::<DeviceType>());
    let browser = check.optional("browser", report.browser, Name::parse);
    let avg_fps = check.optional("avg_fps", report.avg_fps, |fps| within(fps, 0.0, 1000.0));
    let duration =
        check.required("duration_seconds", report.duration_seconds, |s| within(s, 0.0, 86_400.0));
    let video_id = check.optional("video_id", report.video_id, of_content);
    let (drawn, device_type, browser, avg_fps, duration_seconds, video_id) =
        check.all((drawn, device_type, browser, avg_fps, duration, video_id))?;
    let session = ViewSession {
        id: ViewSessionId(app.clock.uuid()),
        company_id: content.company_id,
        content_id: content.id,
        video_id,
        device_type,
        browser: browser.map(|name| name.to_string()),
        avg_fps,
        duration_seconds,
        viewed_at: published.now,
        day: company.day(published.now),
    };
    Ok((session, drawn))
}

fn within(value: f64, low: f64, high: f64) -> Result<f64, String> {
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(format!("must be between {low} and {high}"))
    }
}
