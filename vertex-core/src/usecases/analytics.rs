//! Who watched what, and how often.

use chrono::{Days, NaiveDate};

use super::{App, contents, videos};
use crate::domain::{
    analytics::{ContentViews, Period, Report, SessionFilter},
    company::Company,
    content::ArContent,
    error::{Error, Result},
    identity::Identity,
    ids::{CompanyId, ContentId, VideoId, ViewSessionId},
    page::{Listing, Page},
    video::Video,
    view_session::{DeviceType, ViewSession},
};

/// Days a report covers when none are named, today included.
const USUAL_DAYS: u64 = 30;

/// How deep the list of sessions goes. Whoever needs more narrows the days, or exports.
const DEEPEST_SESSION: u64 = 10_000;

/// Sessions of an export that are read at once.
const EXPORTED_AT_ONCE: u32 = 1000;

/// The first and the last day that are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// The first day; 30 days up to the last when absent.
    pub from: Option<NaiveDate>,
    /// The last day; the company's today when absent.
    pub to: Option<NaiveDate>,
}

/// The figures of a company.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Whose.
    pub company: Company,
    /// By day and device; videos are not told apart.
    pub report: Report,
    /// The most viewed contents.
    pub top_contents: Vec<ContentViews>,
}

/// The figures of a content.
#[derive(Clone, Debug)]
pub struct ContentOverview {
    /// Which content.
    pub content: ArContent,
    /// By day, device and video.
    pub report: Report,
    /// The videos the content has now, to name those of the report.
    pub videos: Vec<Video>,
}

/// The figures of one company, the caller's own unless another is named.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Invalid` for days that are no period.
pub async fn overview(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    range: Range,
    top: u32,
) -> Result<Overview> {
    let company = company_of(app, who, company).await?;
    let period = period(app, &company, range)?;
    let scope = who.scope();
    let views = app.records.company_views(&scope, company.id, period).await?;
    let top_contents = app.records.top_contents(&scope, company.id, period, top).await?;
    Ok(Overview { report: Report::of(period, &views), top_contents, company })
}

/// The figures of one content.
///
/// # Errors
/// `NotFound` when there is none that this user sees, `Invalid` for days that are no period.
pub async fn content(
    app: &App,
    who: &Identity,
    id: ContentId,
    range: Range,
) -> Result<ContentOverview> {
    let content = contents::get(app, who, id).await?;
    let company = company_of(app, who, Some(content.company_id)).await?;
    let period = period(app, &company, range)?;
    let views = app.records.content_views(&who.scope(), id, period).await?;
    let videos = app.records.videos_of(&who.scope(), id).await?;
    Ok(ContentOverview { report: Report::of(period, &views), content, videos })
}

/// What sessions are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionQuery {
    /// Of this company; the caller's own when absent.
    pub company_id: Option<CompanyId>,
    /// On these days.
    pub range: Range,
    /// Of this content.
    pub content_id: Option<ContentId>,
    /// Of this video.
    pub video_id: Option<VideoId>,
    /// On this kind of device.
    pub device_type: Option<DeviceType>,
}

/// View sessions, newest first.
///
/// # Errors
/// `NotFound` for a company, content or video that is not this user's to see, `Invalid` for days that are
/// no period and for pages too deep.
pub async fn sessions(
    app: &App,
    who: &Identity,
    query: SessionQuery,
    page: Page,
) -> Result<Listing<ViewSession>> {
    let filter = session_filter(app, who, query).await?;
    if page.offset() >= DEEPEST_SESSION {
        let advice = format!(
            "is too deep: the first {DEEPEST_SESSION} sessions are listed; name fewer days, or export"
        );
        return Err(Error::field("page", advice));
    }
    app.records.view_sessions(&who.scope(), &filter, page).await
}

/// An export of view sessions that has been allowed.
#[derive(Clone, Debug)]
pub struct Export {
    who: Identity,
    filter: SessionFilter,
    last_seen: Option<(NaiveDate, ViewSessionId)>,
}

/// Begins an export: all sessions that are asked for, newest first.
///
/// # Errors
/// As for [`sessions`], pages apart.
pub async fn export(app: &App, who: &Identity, query: SessionQuery) -> Result<Export> {
    let filter = session_filter(app, who, query).await?;
    Ok(Export { who: who.clone(), filter, last_seen: None })
}

impl Export {
    /// The next sessions; none at the end.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn next(&mut self, app: &App) -> Result<Vec<ViewSession>> {
        let sessions = app
            .records
            .older_view_sessions(&self.who.scope(), &self.filter, self.last_seen, EXPORTED_AT_ONCE)
            .await?;
        self.last_seen =
            sessions.last().map(|session| (session.day, session.id)).or(self.last_seen);
        Ok(sessions)
    }
}

async fn session_filter(app: &App, who: &Identity, query: SessionQuery) -> Result<SessionFilter> {
    let mut query = query;
    if let Some(id) = query.video_id {
        let video = videos::get(app, who, id).await?;
        if query.content_id.is_some_and(|content| content != video.content_id) {
            return Err(Error::NotFound("video"));
        }
        query.content_id = Some(video.content_id);
    }
    if let Some(id) = query.content_id {
        let content = contents::get(app, who, id).await?;
        if query.company_id.is_some_and(|company| company != content.company_id) {
            return Err(Error::NotFound("content"));
        }
        query.company_id = Some(content.company_id);
    }
    let company = company_of(app, who, query.company_id).await?;
    Ok(SessionFilter {
        company_id: company.id,
        period: period(app, &company, query.range)?,
        content_id: query.content_id,
        video_id: query.video_id,
        device_type: query.device_type,
    })
}

async fn company_of(app: &App, who: &Identity, named: Option<CompanyId>) -> Result<Company> {
    let id = named.unwrap_or(who.user.company_id);
    app.records.company(&who.scope(), id).await?.ok_or(Error::NotFound("company"))
}

fn period(app: &App, company: &Company, range: Range) -> Result<Period> {
    let last = range.to.unwrap_or_else(|| company.day(app.now()));
    let usual = || last.checked_sub_days(Days::new(USUAL_DAYS - 1)).unwrap_or(last);
    Period::new(range.from.unwrap_or_else(usual), last).map_err(|why| Error::field("to", why))
}
