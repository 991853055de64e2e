//! `/api/ar-content`: pictures that come alive.

use chrono::{DateTime, NaiveDate, Utc};
use poem::{Request, Response, web::Data};
use poem_openapi::{
    ApiResponse, Enum, Multipart, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response as ApiAnswer},
    types::multipart::Upload,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    content::{ArContent, MarkerStatus},
    ids::{ClientId, CompanyId, ContentId, FolderId, ProjectId},
    page::Listing,
    paths::ObjectPath,
    ports::{ContentFilter, Trash},
    usecases::{
        App,
        contents::{self, ContentChanges, NewContent},
        markers::{self, QrFormat},
    },
};
use vertex_markers::{ErrorCorrection, QrOptions};

use super::{
    Answer, Caller, Tag,
    body::Body,
    files::{Caching, FileResponse, serve},
    form::StreamedForm,
    input::Optional,
    listing::{ListOf, SortContentsBy, list_query},
    marker_file::MarkerFileName,
    unbroken::to_the_end,
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new content with its picture.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct ContentForm {
    /// What people call it.
    title: String,
    /// The picture: JPEG, PNG, WebP, TIFF, GIF or BMP, and HEIC, AVIF or JPEG XL where the server can convert them;
    /// 480x480 to 8192x8192, at most 50,000,000 pixels.
    image: Upload,
    /// The company it belongs to; your own when left out.
    company_id: Option<String>,
    /// A project it is part of.
    project_id: Option<String>,
    /// The folder it lies in; it is part of the folder's project, too.
    folder_id: Option<String>,
    /// The client it is made for.
    client_id: Option<String>,
    /// The last day it plays, such as 2027-01-31.
    expiry_date: Option<String>,
}

/// Another picture for a content.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct PictureForm {
    /// The picture, as for a new content.
    image: Upload,
}

/// What changes about a content.
#[derive(Debug, Object)]
#[oai(rename = "ContentChanges", deny_unknown_fields)]
struct Changes {
    /// What people call it.
    title: Optional<String>,
    /// The client it is made for; null takes it away.
    client_id: Optional<String>,
    /// The folder it lies in; null takes it out.
    folder_id: Optional<String>,
    /// The projects it is part of, in place of those it was part of.
    project_ids: Optional<Vec<String>>,
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
    client_id: Option<Uuid>,
    folder_id: Option<Uuid>,
    /// The projects it is part of.
    project_ids: Vec<Uuid>,
    /// `pending`, `processing`, `ready` or `failed`.
    marker_status: String,
    /// Why the markers could not be made.
    marker_error: Option<String>,
    /// When the markers were last made or given up.
    marker_updated_at: Option<DateTime<Utc>>,
    /// How well the picture will be found, 0 to 100; null until it is measured, which is soon after its
    /// markers are made. `/quality` tells more.
    trackability: Option<u8>,
    image: ImageView,
    analysis: AnalysisView,
    /// Links that end after one to two hours.
    image_url: String,
    preview_url: Option<String>,
    marker_url: Option<String>,
    /// Which markers there are, once they are there: `mind`, `nft` or `mind,nft`.
    marker_formats: Option<String>,
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
    /// When it was deleted: it is removed for good later, unless it is restored before.
    deleted_at: Option<DateTime<Utc>>,
}

impl ContentView {
    /// One content as this caller sees it.
    async fn one(app: &App, caller: &Caller, content: ArContent) -> Answer<Self> {
        let projects =
            contents::projects_of(app, &caller.0, std::slice::from_ref(&content)).await?;
        Self::of(app, content, &projects).await
    }

    async fn tagged(app: &App, caller: &Caller, content: ArContent) -> Answer<Versioned<Self>> {
        let version = content.updated_at;
        Ok(tagged(Json(Self::one(app, caller, content).await?), version))
    }

    /// A page of contents as this caller sees them.
    async fn list(app: &App, caller: &Caller, listing: Listing<ArContent>) -> Answer<ListOf<Self>> {
        let projects = contents::projects_of(app, &caller.0, &listing.items).await?;
        let mut items = Vec::with_capacity(listing.items.len());
        for content in listing.items {
            items.push(Self::of(app, content, &projects).await?);
        }
        Ok(Listing { items, total: listing.total, page: listing.page }.into())
    }

    async fn of(
        app: &App,
        content: ArContent,
        projects: &[(ContentId, ProjectId)],
    ) -> Answer<Self> {
        let (company, id) = (content.company_id, content.id);
        let is_ready = content.marker_status == MarkerStatus::Ready;
        let link = |path: ObjectPath| is_ready.then(|| app.link(&path));
        // Drawn before the markers are begun.
        let is_drawn = content.is_drawn();
        let drawn = |path: ObjectPath| is_drawn.then(|| app.link(&path));
        let original = ObjectPath::portrait(&content);
        Ok(Self {
            id: id.0,
            company_id: company.0,
            image_url: app.link(&original),
            preview_url: drawn(ObjectPath::content_preview(company, id)),
            marker_url: match content.marker_formats.mind {
                true => link(ObjectPath::mind_marker(company, id)),
                false => None,
            },
            marker_formats: is_ready.then(|| content.marker_formats.to_string()),
            qr_url: drawn(ObjectPath::qr_code(company, id)),
            viewer_url: app.viewer_url(&content.unique_id),
            unique_id: content.unique_id.to_string(),
            permanent_link: content.permanent_link,
            title: content.title.to_string(),
            client_id: content.client_id.map(|client| client.0),
            folder_id: content.folder_id.map(|folder| folder.0),
            project_ids: projects
                .iter()
                .filter(|(content, _)| *content == id)
                .map(|(_, project)| project.0)
                .collect(),
            marker_status: content.marker_status.as_str().to_owned(),
            marker_error: content.marker_error,
            marker_updated_at: content.marker_updated_at,
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
            deleted_at: content.deleted_at,
        })
    }
}

/// How far markers are.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "MarkerStatus", rename_all = "lowercase")]
enum MarkerState {
    /// Wanted, not begun.
    Pending,
    /// Being made.
    Processing,
    /// There.
    Ready,
    /// Given up.
    Failed,
}

impl From<MarkerState> for MarkerStatus {
    fn from(state: MarkerState) -> Self {
        match state {
            MarkerState::Pending => Self::Pending,
            MarkerState::Processing => Self::Processing,
            MarkerState::Ready => Self::Ready,
            MarkerState::Failed => Self::Failed,
        }
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
    /// The content is gone from sight; it and its files are removed for good later.
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
    ) -> Answer<ApiAnswer<Created>> {
        let picture = form.picture(&app, &caller.0).await?;
        let input = NewContent {
            title: form.text("title"),
            company_id: form.text("company_id"),
            project_id: form.text("project_id"),
            folder_id: form.text("folder_id"),
            client_id: form.text("client_id"),
            expiry_date: form.text("expiry_date"),
        };
        let created = {
            let (app, who) = (app.clone(), caller.0.clone());
            to_the_end(async move { contents::create(&app, &who, input, picture).await })
        };
        let content = created.await?;
        let version = content.updated_at;
        let view = ContentView::one(&app, &caller, content).await?;
        Ok(tagged(Created::Created(Json(view)), version))
    }

    /// List contents
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
        /// Only those in this folder.
        folder_id: Query<Option<Uuid>>,
        /// Only this client's.
        client_id: Query<Option<Uuid>>,
        /// Only those whose markers are this far.
        marker_status: Query<Option<MarkerState>>,
        /// Only those that do, or do not, play.
        is_active: Query<Option<bool>>,
        /// Whether those that were deleted and can be restored are wanted in place of the others.
        deleted: Query<Option<bool>>,
        /// A part of the title.
        search: Query<Option<String>>,
        /// The newest first when left out.
        sort: Query<Option<SortContentsBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ContentView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let filter = ContentFilter {
            project: project_id.0.map(ProjectId),
            folder: folder_id.0.map(FolderId),
            client: client_id.0.map(ClientId),
            marker_status: marker_status.0.map(MarkerStatus::from),
            is_active: is_active.0,
            trash: if deleted.0 == Some(true) { Trash::Only } else { Trash::Without },
        };
        let company = company_id.0.map(CompanyId);
        let listing = contents::list(&app, &caller.0, company, &filter, &query).await?;
        Ok(Json(ContentView::list(&app, &caller, listing).await?))
    }

    /// Get a content
    #[oai(path = "/:id", method = "get", operation_id = "getContent")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<ContentView>> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        ContentView::tagged(&app, &caller, content).await
    }

    /// Change a content
    #[oai(path = "/:id", method = "put", operation_id = "updateContent")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the content as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<Changes>,
    ) -> Answer<Versioned<ContentView>> {
        let body = body.0;
        let changes = ContentChanges {
            title: body.title.0,
            client_id: body.client_id.0,
            folder_id: body.folder_id.0,
            project_ids: body.project_ids.0,
            expiry_date: body.expiry_date.0,
            is_active: body.is_active.0,
        };
        let (id, expected) = (ContentId(id.0), expected(&if_match));
        let content = contents::update(&app, &caller.0, id, &expected, changes).await?;
        ContentView::tagged(&app, &caller, content).await
    }

    /// Put another picture in the place of a content's
    ///
    /// The code that is printed stays, and with it links, videos and rule. The markers, the preview and what was measured
    /// are made anew in the background: see `marker_status`.
    #[oai(path = "/:id/image", method = "put", operation_id = "replaceContentImage")]
    async fn replace_image(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the content as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        mut form: StreamedForm<PictureForm>,
    ) -> Answer<Versioned<ContentView>> {
        let picture = form.picture(&app, &caller.0).await?;
        let (id, expected) = (ContentId(id.0), expected(&if_match));
        let replaced = {
            let (app, who) = (app.clone(), caller.0.clone());
            let replace =
                async move { contents::replace_picture(&app, &who, id, &expected, picture).await };
            to_the_end(replace)
        };
        let content = replaced.await?;
        ContentView::tagged(&app, &caller, content).await
    }

    /// Delete a content with its videos
    ///
    /// It no longer plays at once; it and its files are removed for good after the days in
    /// `VERTEX_PURGE_DAYS`, unless it is restored before.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteContent")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the content as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted> {
        contents::delete(&app, &caller.0, ContentId(id.0), &expected(&if_match)).await?;
        Ok(Deleted::Deleted)
    }

    /// Take the deletion of a content back
    #[oai(path = "/:id/restore", method = "post", operation_id = "restoreContent")]
    async fn restore(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<ContentView>> {
        let content = contents::restore(&app, &caller.0, ContentId(id.0)).await?;
        ContentView::tagged(&app, &caller, content).await
    }

    /// Make the markers again
    #[oai(path = "/:id/generate-marker", method = "post", operation_id = "generateMarker")]
    async fn generate_marker(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// `mind`, `nft` or `mind,nft`; those of the company's `marker_formats` when left out.
        formats: Query<Option<String>>,
    ) -> Answer<Accepted> {
        let id = ContentId(id.0);
        let content = contents::generate_marker(&app, &caller.0, id, formats.0.as_deref()).await?;
        Ok(Accepted::Accepted(Json(ContentView::one(&app, &caller, content).await?)))
    }

    /// Download a marker file: the MindAR marker when no format is named
    #[oai(path = "/:id/marker", method = "get", operation_id = "getMarker")]
    async fn marker(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// `mind`, or a file of the NFT marker: `iset`, `fset` or `fset3`.
        format: Query<Option<MarkerFileName>>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        let name = format.0.unwrap_or(MarkerFileName::Mind);
        if content.marker_status == MarkerStatus::Ready && !name.is_made(content.marker_formats) {
            return Err(Error::NotFound("marker of this format").into());
        }
        file(&app, request, &content, name.path(content.company_id, content.id)).await
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
        preview_file(&app, request, &content).await
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

/// The preview of a content, which is drawn before its markers are made.
pub(super) async fn preview_file(
    app: &App,
    request: &Request,
    content: &ArContent,
) -> Answer<FileResponse> {
    let path = ObjectPath::content_preview(content.company_id, content.id);
    match content.is_drawn() {
        true => Ok(FileResponse(serve(app, request, &path, Caching::Revalidate).await?)),
        false => Err(Error::Conflict("the preview is still being made".to_owned()).into()),
    }
}

/// A file that is made with the markers of a content.
pub(super) async fn file(
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
