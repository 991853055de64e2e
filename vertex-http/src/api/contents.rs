//! `/api/ar-content`: pictures that come alive.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use poem::{Request, Response, web::Data};
use poem_openapi::{
    ApiResponse, Enum, Multipart, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::multipart::Upload,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    content::{ArContent, MarkerStatus},
    ids::{CompanyId, ContentId, ProjectId},
    page::Page,
    paths::ObjectPath,
    ports::ContentFilter,
    usecases::{
        App, collect,
        contents::{self, ContentChanges, NewContent},
        markers::{self, QrFormat},
    },
};
use vertex_markers::{ErrorCorrection, QrOptions};

use super::{
    Answer, Caller, Tag,
    files::{Caching, FileResponse, serve},
    form::StreamedForm,
    input::Optional,
    listing::ListOf,
    problem::Problem,
};

/// A new content with its picture.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct ContentForm {
    /// What people call it.
    title: String,
    /// The picture: JPEG, PNG or WebP, 480x480 to 8192x8192, at most 50,000,000 pixels.
    image: Upload,
    /// The company it belongs to; your own when left out.
    company_id: Option<String>,
    /// A project it is part of.
    project_id: Option<String>,
    /// The last day it plays, such as 2027-01-31.
    expiry_date: Option<String>,
}

/// What changes about a content.
#[derive(Debug, Object)]
#[oai(rename = "ContentChanges", deny_unknown_fields)]
struct Changes {
    /// What people call it.
    title: Optional<String>,
    /// The last day it plays; null takes the limit away.
    expiry_date: Optional<String>,
    /// Whether it plays at all.
    is_active: Optional<bool>,
}

/// The picture of a content.
#[derive(Debug, Object)]
#[oai(rename = "ContentImage")]
struct ImageView {
    /// Upright width in pixels.
    width: u32,
    /// Upright height in pixels.
    height: u32,
    /// `jpg`, `png` or `webp`.
    format: String,
    /// File size.
    bytes: u64,
}

/// Brightness and contrast of a picture.
#[derive(Debug, Object)]
#[oai(rename = "Analysis")]
struct AnalysisView {
    /// Mean of the grey values, 0 to 255.
    brightness: f64,
    /// Standard deviation of the grey values.
    contrast: f64,
    /// `poor` (below 30), `fair` (below 60), `good` (below 90) or `excellent`.
    band: String,
}

/// A picture that comes alive.
#[derive(Debug, Object)]
#[oai(rename = "Content")]
struct ContentView {
    id: Uuid,
    company_id: Uuid,
    /// The short public name in the QR code.
    unique_id: String,
    /// The long public name, as studios print it.
    permanent_link: String,
    title: String,
    /// `pending`, `processing`, `ready` or `failed`.
    marker_status: String,
    /// Why the markers could not be made.
    marker_error: Option<String>,
    /// How well the picture will be found, 0 to 100; null until it is measured, which is when its
    /// markers are made. `/quality` tells more.
    trackability: Option<u8>,
    image: ImageView,
    analysis: AnalysisView,
    /// Links that end after one to two hours.
    image_url: String,
    preview_url: Option<String>,
    marker_url: Option<String>,
    qr_url: Option<String>,
    /// The address in the QR code.
    viewer_url: String,
    /// The last day it plays, in the company's timezone.
    expiry_date: Option<NaiveDate>,
    is_active: bool,
    view_count: u64,
    /// How many videos it has.
    video_count: u64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ContentView {
    async fn of(app: &App, content: ArContent) -> Result<Self, Problem> {
        let (company, id) = (content.company_id, content.id);
        let is_ready = content.marker_status == MarkerStatus::Ready;
        let link = async |path: ObjectPath| match is_ready {
            true => app.link(&path).await.map(Some),
            false => Ok(None),
        };
        let original = ObjectPath::portrait(company, id, content.image.format);
        Ok(Self {
            id: id.0,
            company_id: company.0,
            image_url: app.link(&original).await?,
            preview_url: link(ObjectPath::content_preview(company, id)).await?,
            marker_url: link(ObjectPath::mind_marker(company, id)).await?,
            qr_url: link(ObjectPath::qr_code(company, id)).await?,
            viewer_url: app.viewer_url(&content.unique_id),
            unique_id: content.unique_id.to_string(),
            permanent_link: content.permanent_link,
            title: content.title.to_string(),
            marker_status: content.marker_status.as_str().to_owned(),
            marker_error: content.marker_error,
            trackability: content.quality.map(|quality| quality.score),
            image: ImageView {
                width: content.image.width,
                height: content.image.height,
                format: content.image.format.extension().to_owned(),
                bytes: content.image.bytes,
            },
            analysis: AnalysisView {
                brightness: content.image.analysis.brightness,
                contrast: content.image.analysis.contrast,
                band: content.image.analysis.band.as_str().to_owned(),
            },
            expiry_date: content.expiry_date,
            is_active: content.is_active,
            view_count: content.view_count,
            video_count: content.video_count,
            created_at: content.created_at,
            updated_at: content.updated_at,
        })
    }
}

/// How a QR code is drawn.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
enum QrKind {
    /// As pixels.
    Png,
    /// As vectors.
    Svg,
}

/// How much of a QR code may be damaged: 7, 15, 25 or 30 %.
#[derive(Clone, Copy, Debug, Enum)]
enum QrCorrection {
    L,
    M,
    Q,
    H,
}

#[derive(ApiResponse)]
enum Created {
    /// The picture is kept; its markers are being made.
    #[oai(status = 201)]
    Created(Json<ContentView>),
}

#[derive(ApiResponse)]
enum Accepted {
    /// The markers will be made again.
    #[oai(status = 202)]
    Accepted(Json<ContentView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The content is gone.
    #[oai(status = 204)]
    Deleted,
}

/// Pictures that come alive.
pub struct ContentsApi;

#[OpenApi(prefix_path = "/api/ar-content", tag = "Tag::Content")]
impl ContentsApi {
    /// Upload a picture
    ///
    /// Its markers, preview and QR code are made at once in the background: see `marker_status`.
    #[oai(path = "/", method = "post", operation_id = "createContent")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        mut form: StreamedForm<ContentForm>,
    ) -> Answer<Created> {
        let mut picture: Option<Bytes> = None;
        while let Some((_, file)) = form.next_file(&["image"]).await? {
            picture = Some(collect(file, "image", app.policy.max_image_bytes).await?);
        }
        let input = NewContent {
            title: form.text("title"),
            company_id: form.text("company_id"),
            project_id: form.text("project_id"),
            expiry_date: form.text("expiry_date"),
        };
        let content = contents::create(&app, &caller.0, input, picture).await?;
        Ok(Created::Created(Json(ContentView::of(&app, content).await?)))
    }

    /// List contents, newest first
    #[oai(path = "/", method = "get", operation_id = "listContents")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only this project's.
        project_id: Query<Option<Uuid>>,
        /// A part of the title.
        search: Query<Option<String>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ContentView>>> {
        let page = Page::new(page.0, per_page.0);
        let filter = ContentFilter { search: search.0, project: project_id.0.map(ProjectId) };
        let company = company_id.0.map(CompanyId);
        let listing = contents::list(&app, &caller.0, company, filter, page).await?;
        let mut items = Vec::with_capacity(listing.items.len());
        for content in listing.items {
            items.push(ContentView::of(&app, content).await?);
        }
        let (total, page) = (listing.total, listing.page);
        Ok(Json(vertex_core::page::Listing { items, total, page }.into()))
    }

    /// Get a content
    #[oai(path = "/:id", method = "get", operation_id = "getContent")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<ContentView>> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        Ok(Json(ContentView::of(&app, content).await?))
    }

    /// Change a content
    #[oai(path = "/:id", method = "put", operation_id = "updateContent")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<Changes>,
    ) -> Answer<Json<ContentView>> {
        let Json(Changes { title, expiry_date, is_active }) = body;
        let changes =
            ContentChanges { title: title.0, expiry_date: expiry_date.0, is_active: is_active.0 };
        let content = contents::update(&app, &caller.0, ContentId(id.0), changes).await?;
        Ok(Json(ContentView::of(&app, content).await?))
    }

    /// Delete a content with its videos
    #[oai(path = "/:id", method = "delete", operation_id = "deleteContent")]
    async fn delete(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Deleted> {
        contents::delete(&app, &caller.0, ContentId(id.0)).await?;
        Ok(Deleted::Deleted)
    }

    /// Make the markers again
    #[oai(path = "/:id/generate-marker", method = "post", operation_id = "generateMarker")]
    async fn generate_marker(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Accepted> {
        let content = contents::generate_marker(&app, &caller.0, ContentId(id.0)).await?;
        Ok(Accepted::Accepted(Json(ContentView::of(&app, content).await?)))
    }

    /// Download the MindAR marker
    #[oai(path = "/:id/marker", method = "get", operation_id = "getMarker")]
    async fn marker(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        let path = ObjectPath::mind_marker(content.company_id, content.id);
        file(&app, request, &content, path).await
    }

    /// Download the preview, a WebP of at most 300x300
    #[oai(path = "/:id/preview", method = "get", operation_id = "getPreview")]
    async fn preview(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        let path = ObjectPath::content_preview(content.company_id, content.id);
        file(&app, request, &content, path).await
    }

    /// Draw the QR code
    #[oai(path = "/:id/qr", method = "get", operation_id = "getQr")]
    async fn qr(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// PNG when left out.
        format: Query<Option<QrKind>>,
        /// Side in pixels; 512 when left out.
        size: Query<Option<u32>>,
        /// M when left out.
        error_correction: Query<Option<QrCorrection>>,
    ) -> Answer<FileResponse> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        let (format, media_type) = match format.0 {
            None | Some(QrKind::Png) => (QrFormat::Png, "image/png"),
            Some(QrKind::Svg) => (QrFormat::Svg, "image/svg+xml"),
        };
        let mut options = QrOptions::default();
        options.size = size.0.unwrap_or(options.size);
        options.error_correction = match error_correction.0 {
            None => options.error_correction,
            Some(QrCorrection::L) => ErrorCorrection::Low,
            Some(QrCorrection::M) => ErrorCorrection::Medium,
            Some(QrCorrection::Q) => ErrorCorrection::Quartile,
            Some(QrCorrection::H) => ErrorCorrection::High,
        };
        let drawn = markers::qr(&app, &content, format, &options)?;
        Ok(FileResponse(Response::builder().content_type(media_type).body(drawn)))
    }
}

async fn file(
    app: &App,
    request: &Request,
    content: &ArContent,
    path: ObjectPath,
) -> Answer<FileResponse> {
    match content.marker_status {
        MarkerStatus::Ready => {
            Ok(FileResponse(serve(app, request, &path, Caching::Revalidate).await?))
        }
        MarkerStatus::Failed => Err(Error::Conflict(content.markers_failed()).into()),
        MarkerStatus::Pending | MarkerStatus::Processing => {
            Err(Error::Conflict("the markers are still being made".to_owned()).into())
        }
    }
}
