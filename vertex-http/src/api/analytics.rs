//! `/api/analytics`: who watched, and how often.

use chrono::{DateTime, NaiveDate, Utc};
use poem::{Body, Response, http::header, web::Data};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    analytics::{Figures, Report},
    ids::{CompanyId, ContentId, VideoId},
    page::Page,
    usecases::{
        App,
        analytics::{self, Export, Range, SessionQuery},
    },
    video::Video,
    view_session::{DeviceType, ViewSession},
};

use super::{
    Answer, Caller, Tag,
    csv_file::{CsvFile, csv_line},
    listing::ListOf,
};

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "DeviceType", rename_all = "lowercase")]
enum DeviceView {
    Mobile,
    Tablet,
    Desktop,
}

impl From<DeviceType> for DeviceView {
    fn from(device: DeviceType) -> Self {
        match device {
            DeviceType::Mobile => Self::Mobile,
            DeviceType::Tablet => Self::Tablet,
            DeviceType::Desktop => Self::Desktop,
        }
    }
}

impl From<DeviceView> for DeviceType {
    fn from(device: DeviceView) -> Self {
        match device {
            DeviceView::Mobile => Self::Mobile,
            DeviceView::Tablet => Self::Tablet,
            DeviceView::Desktop => Self::Desktop,
        }
    }
}

/// What views add up to.
#[derive(Debug, Object)]
#[oai(rename = "ViewFigures")]
struct FiguresView {
    /// How many there were.
    views: u64,
    /// Frames per second of the average view that measured them.
    avg_fps: Option<f64>,
    /// Seconds of the average view.
    avg_duration_seconds: Option<f64>,
    /// Seconds of all views together.
    total_duration_seconds: f64,
}

impl From<Figures> for FiguresView {
    fn from(figures: Figures) -> Self {
        Self {
            views: figures.views,
            avg_fps: figures.avg_fps().map(rounded),
            avg_duration_seconds: figures.avg_duration().map(rounded),
            total_duration_seconds: rounded(figures.seconds),
        }
    }
}

/// The views of a day.
#[derive(Debug, Object)]
struct DayViews {
    /// A day in the company's timezone.
    day: NaiveDate,
    #[oai(flatten)]
    figures: FiguresView,
}

/// The views on a kind of device.
#[derive(Debug, Object)]
struct DeviceViews {
    device_type: DeviceView,
    #[oai(flatten)]
    figures: FiguresView,
}

/// The views of a video.
#[derive(Debug, Object)]
struct VideoViews {
    /// Null for views that named no video.
    video_id: Option<Uuid>,
    /// Null for a video that has been deleted.
    title: Option<String>,
    #[oai(flatten)]
    figures: FiguresView,
}

/// The views of a content.
#[derive(Debug, Object)]
struct TopContent {
    content_id: Uuid,
    title: String,
    #[oai(flatten)]
    figures: FiguresView,
}

/// The figures of a company.
#[derive(Debug, Object)]
#[oai(rename = "AnalyticsOverview")]
struct OverviewView {
    company_id: Uuid,
    /// The first day, in the company's timezone.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// All views together.
    total: FiguresView,
    /// Every day of the period.
    by_day: Vec<DayViews>,
    /// Every kind of device.
    by_device: Vec<DeviceViews>,
    /// The most viewed contents, most viewed first.
    top_contents: Vec<TopContent>,
}

/// The figures of a content.
#[derive(Debug, Object)]
#[oai(rename = "ContentAnalytics")]
struct ContentAnalyticsView {
    content_id: Uuid,
    title: String,
    /// Views since the content was made.
    view_count: u64,
    /// The first day, in the company's timezone.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// All views of the period together.
    total: FiguresView,
    /// Every day of the period.
    by_day: Vec<DayViews>,
    /// Every kind of device.
    by_device: Vec<DeviceViews>,
    /// The videos that played, most viewed first.
    by_video: Vec<VideoViews>,
}

/// One viewing.
#[derive(Debug, Object)]
#[oai(rename = "ViewSession")]
struct SessionView {
    id: Uuid,
    content_id: Uuid,
    /// What played.
    video_id: Option<Uuid>,
    device_type: DeviceView,
    /// Browser name and version.
    browser: Option<String>,
    /// Frames per second, averaged over the viewing.
    avg_fps: Option<f64>,
    duration_seconds: f64,
    viewed_at: DateTime<Utc>,
    /// The day that was in the company's timezone.
    day: NaiveDate,
}

impl From<ViewSession> for SessionView {
    fn from(session: ViewSession) -> Self {
        Self {
            id: session.id.0,
            content_id: session.content_id.0,
            video_id: session.video_id.map(|video| video.0),
            device_type: session.device_type.into(),
            browser: session.browser,
            avg_fps: session.avg_fps,
            duration_seconds: session.duration_seconds,
            viewed_at: session.viewed_at,
            day: session.day,
        }
    }
}

/// Who watched, and how often.
pub struct AnalyticsApi;

#[OpenApi(prefix_path = "/api/analytics", tag = "Tag::Analytics")]
impl AnalyticsApi {
    /// The figures of a company
    ///
    /// Views by day and kind of device, and the most viewed contents, of the last 30 days unless others are
    /// named. Days are those of the company's timezone.
    #[oai(path = "/overview", method = "get", operation_id = "analyticsOverview")]
    async fn overview(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Of this company; your own when left out.
        company_id: Query<Option<Uuid>>,
        /// The first day.
        from: Query<Option<NaiveDate>>,
        /// The last day.
        to: Query<Option<NaiveDate>>,
        /// How many contents to name, at most 100.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        top: Query<Option<u32>>,
    ) -> Answer<Json<OverviewView>> {
        let (range, company) = (Range { from: from.0, to: to.0 }, company_id.0.map(CompanyId));
        let top = top.0.unwrap_or(10).min(100);
        let overview = analytics::overview(&app, &caller.0, company, range, top).await?;
        let report = overview.report;
        let top_contents = overview.top_contents.into_iter().map(|content| TopContent {
            content_id: content.content_id.0,
            title: content.title,
            figures: content.figures.into(),
        });
        Ok(Json(OverviewView {
            company_id: overview.company.id.0,
            from: report.period.first(),
            to: report.period.last(),
            total: report.total.into(),
            by_day: by_day(&report),
            by_device: by_device(&report),
            top_contents: top_contents.collect(),
        }))
    }

    /// The figures of a content
    ///
    /// Views by day, kind of device and video, of the last 30 days unless others are named.
    #[oai(path = "/content/:id", method = "get", operation_id = "contentAnalytics")]
    async fn content(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The first day.
        from: Query<Option<NaiveDate>>,
        /// The last day.
        to: Query<Option<NaiveDate>>,
    ) -> Answer<Json<ContentAnalyticsView>> {
        let range = Range { from: from.0, to: to.0 };
        let overview = analytics::content(&app, &caller.0, ContentId(id.0), range).await?;
        let report = overview.report;
        Ok(Json(ContentAnalyticsView {
            content_id: overview.content.id.0,
            title: overview.content.title.to_string(),
            view_count: overview.content.view_count,
            from: report.period.first(),
            to: report.period.last(),
            total: report.total.into(),
            by_day: by_day(&report),
            by_device: by_device(&report),
            by_video: by_video(&report, &overview.videos),
        }))
    }

    /// List viewings
    ///
    /// Newest first, of the last 30 days unless others are named. The first 10,000 can be listed; the export
    /// gives all.
    #[oai(path = "/sessions", method = "get", operation_id = "listSessions")]
    #[expect(clippy::too_many_arguments, reason = "every parameter of the request is one")]
    async fn sessions(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Of this company; your own when left out.
        company_id: Query<Option<Uuid>>,
        /// Of this content.
        content_id: Query<Option<Uuid>>,
        /// Of this video.
        video_id: Query<Option<Uuid>>,
        /// On this kind of device.
        device_type: Query<Option<DeviceView>>,
        /// The first day, in the company's timezone.
        from: Query<Option<NaiveDate>>,
        /// The last day.
        to: Query<Option<NaiveDate>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<SessionView>>> {
        let query = SessionQuery {
            company_id: company_id.0.map(CompanyId),
            range: Range { from: from.0, to: to.0 },
            content_id: content_id.0.map(ContentId),
            video_id: video_id.0.map(VideoId),
            device_type: device_type.0.map(DeviceType::from),
        };
        let page = Page::new(page.0, per_page.0);
        let listing = analytics::sessions(&app, &caller.0, query, page).await?;
        Ok(Json(listing.map(SessionView::from).into()))
    }

    /// Export viewings
    ///
    /// The same as a CSV file, whole.
    #[oai(path = "/sessions/export", method = "get", operation_id = "exportSessions")]
    #[expect(clippy::too_many_arguments, reason = "every parameter of the request is one")]
    async fn export(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Of this company; your own when left out.
        company_id: Query<Option<Uuid>>,
        /// Of this content.
        content_id: Query<Option<Uuid>>,
        /// Of this video.
        video_id: Query<Option<Uuid>>,
        /// On this kind of device.
        device_type: Query<Option<DeviceView>>,
        /// The first day, in the company's timezone.
        from: Query<Option<NaiveDate>>,
        /// The last day.
        to: Query<Option<NaiveDate>>,
    ) -> Answer<CsvFile> {
        let query = SessionQuery {
            company_id: company_id.0.map(CompanyId),
            range: Range { from: from.0, to: to.0 },
            content_id: content_id.0.map(ContentId),
            video_id: video_id.0.map(VideoId),
            device_type: device_type.0.map(DeviceType::from),
        };
        let export = analytics::export(&app, &caller.0, query).await?;
        let body = Body::from_bytes_stream(csv_of(app.clone(), export));
        let name = "attachment; filename=\"view-sessions.csv\"";
        let response = Response::builder()
            .content_type("text/csv; charset=utf-8")
            .header(header::CONTENT_DISPOSITION, name)
            .body(body);
        Ok(CsvFile(response))
    }
}

const COLUMNS: [&str; 9] = [
    "id",
    "content_id",
    "video_id",
    "device_type",
    "browser",
    "avg_fps",
    "duration_seconds",
    "viewed_at",
    "day",
];

/// The lines of an export, as many at once as are read at once.
fn csv_of(
    app: App,
    export: Export,
) -> impl futures::Stream<Item = std::io::Result<Vec<u8>>> + Send + 'static {
    let head = csv_line(COLUMNS.map(str::to_owned));
    let lines = futures::stream::try_unfold((app, export), |(app, mut export)| async move {
        let sessions = export.next(&app).await.map_err(std::io::Error::other)?;
        let lines: Vec<u8> =
            sessions.iter().flat_map(|session| csv_line(fields(session))).collect();
        Ok((!sessions.is_empty()).then_some((lines, (app, export))))
    });
    futures::StreamExt::chain(futures::stream::once(async { Ok(head) }), lines)
}

fn fields(session: &ViewSession) -> [String; 9] {
    [
        session.id.to_string(),
        session.content_id.to_string(),
        session.video_id.map(|video| video.to_string()).unwrap_or_default(),
        session.device_type.as_str().to_owned(),
        session.browser.clone().unwrap_or_default(),
        session.avg_fps.map(|fps| fps.to_string()).unwrap_or_default(),
        session.duration_seconds.to_string(),
        session.viewed_at.to_rfc3339(),
        session.day.to_string(),
    ]
}

fn by_day(report: &Report) -> Vec<DayViews> {
    let days = report.days.iter().copied();
    days.map(|(day, figures)| DayViews { day, figures: figures.into() }).collect()
}

fn by_device(report: &Report) -> Vec<DeviceViews> {
    let devices = report.devices.iter().copied();
    devices
        .map(|(device, figures)| DeviceViews {
            device_type: device.into(),
            figures: figures.into(),
        })
        .collect()
}

fn by_video(report: &Report, videos: &[Video]) -> Vec<VideoViews> {
    let title =
        |id: VideoId| videos.iter().find(|video| video.id == id).map(|v| v.title.to_string());
    let views = report.videos.iter().copied();
    views
        .map(|(id, figures)| VideoViews {
            video_id: id.map(|id| id.0),
            title: id.and_then(title),
            figures: figures.into(),
        })
        .collect()
}

/// As much of a figure as anybody reads.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
