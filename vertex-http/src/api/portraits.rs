//! `/api/portraits`: contents in a studio's words.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use poem::{Request, http::header, web::Data};
use poem_openapi::{
    ApiResponse, Multipart, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
    types::multipart::Upload,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    content::{ArContent, MarkerStatus},
    ids::{ClientId, CompanyId, ContentId, FolderId},
    page::Listing,
    paths::ObjectPath,
    ports::{ContentFilter, Objects},
    usecases::{
        App,
        contents::{self, ContentChanges},
        markers::{self, QrFormat},
        portraits::{self, NewPortrait},
    },
};
use vertex_markers::QrOptions;

use super::{
    Answer, Caller, Tag,
    body::Body,
    contents::preview_file,
    files::FileResponse,
    form::StreamedForm,
    input::Optional,
    listing::{ListOf, SortContentsBy, list_query},
    marker_file::MarkerFileName,
    sizes::{Words, human_size},
    unbroken::to_the_end,
    versions::{IfMatch, Versioned, expected, tagged},
    waiting::Waiting,
};

/// A new portrait with its picture.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct PortraitForm {
    /// The picture: JPEG, PNG, WebP, TIFF, GIF or BMP, and HEIC, AVIF or JPEG XL where the server can convert them;
    /// 480x480 to 8192x8192, at most 50,000,000 pixels.
    image: Upload,
    /// The client it is made for.
    client_id: String,
    /// The folder it lies in.
    folder_id: Option<String>,
    /// What people call it; the client's name when left out.
    title: Option<String>,
    /// The last day it plays, such as 2027-01-31.
    expiry_date: Option<String>,
}

/// What changes about a portrait.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PortraitChanges {
    /// What people call it.
    title: Optional<String>,
    /// The client it is made for; null takes it away.
    client_id: Optional<String>,
    /// The folder it lies in; null takes it out.
    folder_id: Optional<String>,
    /// The last day it plays; null takes the limit away.
    expiry_date: Optional<String>,
    /// Whether it plays at all.
    is_active: Optional<bool>,
}

/// A picture that comes alive, in a studio's words.
#[derive(Debug, Object)]
#[oai(rename = "Portrait")]
pub struct PortraitView {
    id: Uuid,
    company_id: Uuid,
    client_id: Option<Uuid>,
    folder_id: Option<Uuid>,
    title: String,
    /// The short public name.
    unique_id: String,
    /// The long public name: `/portrait/{permanent_link}` leads to the viewer.
    permanent_link: String,
    /// The QR code as a `data:` URL of a PNG; left out in lists.
    qr_code_base64: Option<String>,
    /// Where the picture lies in the company's storage.
    image_path: String,
    /// A link to the picture that ends after one to two hours.
    image_url: String,
    /// Where the preview lies in the company's storage.
    image_preview_path: Option<String>,
    /// A link to the preview that ends after one to two hours.
    preview_url: Option<String>,
    /// The address in the QR code.
    viewer_url: String,
    /// `pending`, `processing`, `ready` or `failed`.
    marker_status: String,
    /// Why the markers could not be made.
    marker_error: Option<String>,
    /// Where the MindAR marker lies in the company's storage.
    marker_mind: Option<String>,
    /// Where the NFT marker's feature set lies; null where there is none.
    marker_fset: Option<String>,
    /// Where the NFT marker's second feature set lies; null where there is none.
    marker_fset3: Option<String>,
    /// Where the NFT marker's image set lies; null where there is none.
    marker_iset: Option<String>,
    marker_updated_at: Option<DateTime<Utc>>,
    /// The last day it plays, in the company's timezone.
    expiry_date: Option<NaiveDate>,
    is_active: bool,
    view_count: u64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl PortraitView {
    async fn of(app: &App, content: &ArContent) -> Answer<Self> {
        let (company, id) = (content.company_id, content.id);
        let image = ObjectPath::portrait(content);
        let preview = content.is_drawn().then(|| ObjectPath::content_preview(company, id));
        let markers = MarkerFiles::of(content);
        let path = |path: &Option<ObjectPath>| path.as_ref().map(ToString::to_string);
        Ok(Self {
            id: id.0,
            company_id: company.0,
            client_id: content.client_id.map(|client| client.0),
            folder_id: content.folder_id.map(|folder| folder.0),
            title: content.title.to_string(),
            unique_id: content.unique_id.to_string(),
            permanent_link: content.permanent_link.clone(),
            qr_code_base64: None,
            image_path: image.to_string(),
            image_url: app.link(&image),
            image_preview_path: path(&preview),
            preview_url: preview.as_ref().map(|preview| app.link(preview)),
            viewer_url: app.viewer_url(&content.unique_id),
            marker_status: content.marker_status.as_str().to_owned(),
            marker_error: content.marker_error.clone(),
            marker_mind: path(&markers.mind),
            marker_fset: path(&markers.fset),
            marker_fset3: path(&markers.fset3),
            marker_iset: path(&markers.iset),
            marker_updated_at: content.marker_updated_at,
            expiry_date: content.expiry_date,
            is_active: content.is_active,
            view_count: content.view_count,
            created_at: content.created_at,
            updated_at: content.updated_at,
        })
    }

    /// One portrait, its QR code included.
    async fn whole(app: &App, content: &ArContent) -> Answer<Self> {
        let qr = markers::qr(app, content, QrFormat::Png, &QrOptions::default())?;
        let qr = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(qr));
        Ok(Self { qr_code_base64: Some(qr), ..Self::of(app, content).await? })
    }

    async fn tagged(app: &App, content: &ArContent) -> Answer<Versioned<Self>> {
        Ok(tagged(Json(Self::whole(app, content).await?), content.updated_at))
    }

    /// A page of portraits.
    pub async fn list(app: &App, listing: Listing<ArContent>) -> Answer<ListOf<Self>> {
        let mut items = Vec::with_capacity(listing.items.len());
        for content in &listing.items {
            items.push(Self::of(app, content).await?);
        }
        Ok(Listing { items, total: listing.total, page: listing.page }.into())
    }
}

/// The marker files that a portrait has, by the names a studio knows them by.
struct MarkerFiles {
    mind: Option<ObjectPath>,
    fset: Option<ObjectPath>,
    fset3: Option<ObjectPath>,
    iset: Option<ObjectPath>,
}

impl MarkerFiles {
    fn of(content: &ArContent) -> Self {
        let is_ready = content.marker_status == MarkerStatus::Ready;
        let path = |name: MarkerFileName| {
            let made = is_ready && name.is_made(content.marker_formats);
            made.then(|| name.path(content.company_id, content.id))
        };
        Self {
            mind: path(MarkerFileName::Mind),
            fset: path(MarkerFileName::Fset),
            fset3: path(MarkerFileName::Fset3),
            iset: path(MarkerFileName::Iset),
        }
    }
}

/// How large the marker files are, as people read it; null where there is none.
#[derive(Debug, Object)]
struct MarkerSizes {
    mind: Option<String>,
    fset: Option<String>,
    fset3: Option<String>,
    iset: Option<String>,
}

impl MarkerSizes {
    /// The sizes, and all of them together.
    async fn of(app: &App, content: &ArContent, words: Words) -> Answer<(Self, String)> {
        let MarkerFiles { mind, fset, fset3, iset } = MarkerFiles::of(content);
        let mut bytes = [None; 4];
        for (bytes, path) in bytes.iter_mut().zip([mind, fset, fset3, iset]) {
            *bytes = stored_bytes(app, path).await?;
        }
        let total = bytes.iter().flatten().sum();
        let [mind, fset, fset3, iset] = bytes.map(|bytes| Some(human_size(bytes?, words)));
        Ok((Self { mind, fset, fset3, iset }, human_size(total, words)))
    }
}

async fn stored_bytes(app: &App, path: Option<ObjectPath>) -> Answer<Option<u64>> {
    let Some(path) = path else { return Ok(None) };
    Ok(app.files.of(path.company()).stat(&path).await?.map(|object| object.bytes))
}

/// What came of making markers again.
#[derive(Debug, Object)]
struct Regenerated {
    /// `success`, or `processing` when it takes longer than a request may.
    status: String,
    /// The same as a sentence.
    message: String,
    marker_sizes: MarkerSizes,
    /// All marker files together.
    total_size: String,
    marker_updated_at: Option<DateTime<Utc>>,
}

/// What a picture is like, before it is printed.
#[derive(Debug, Object)]
struct PortraitAnalysis {
    /// Upright width in pixels.
    width: u32,
    /// Upright height in pixels.
    height: u32,
    /// Mean of the grey values, 0 to 255.
    brightness: f64,
    /// Standard deviation of the grey values.
    contrast: f64,
    /// `poor` (contrast below 30), `fair` (below 60), `good` (below 90) or `excellent`.
    quality: String,
    /// How well the picture will be found, 0 to 100; null until its markers have been made.
    trackability: Option<u8>,
    /// What to do about what is weak.
    recommendations: Vec<String>,
}

impl From<ArContent> for PortraitAnalysis {
    fn from(content: ArContent) -> Self {
        let analysis = content.image.analysis;
        let findings = content.quality.iter().flat_map(|quality| &quality.findings);
        Self {
            width: content.image.width,
            height: content.image.height,
            brightness: analysis.brightness,
            contrast: analysis.contrast,
            quality: analysis.band.as_str().to_owned(),
            recommendations: findings.map(|finding| finding.advice.clone()).collect(),
            trackability: content.quality.map(|quality| quality.score),
        }
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The portrait and its markers are there; `marker_status` says when they could not be made.
    #[oai(status = 201)]
    Created(Json<PortraitView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The portrait is gone from sight; it and its files are removed for good later.
    #[oai(status = 204)]
    Deleted,
}

/// Contents in a studio's words.
pub struct PortraitsApi;

#[OpenApi(prefix_path = "/api/portraits", tag = "Tag::Portraits")]
impl PortraitsApi {
    /// Upload a portrait
    ///
    /// The answer comes when its markers, preview and QR code have been made.
    #[oai(path = "/", method = "post", operation_id = "createPortrait")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        mut form: StreamedForm<PortraitForm>,
    ) -> Answer<Response<Created>> {
        let picture = form.picture(&app, &caller.0).await?;
        let input = NewPortrait {
            client_id: form.text("client_id"),
            folder_id: form.text("folder_id"),
            title: form.text("title"),
            expiry_date: form.text("expiry_date"),
        };
        let waiting = Waiting::begin(&app, &caller.0);
        let created = {
            let (app, who) = (app.clone(), caller.0.clone());
            to_the_end(async move { portraits::create(&app, &who, input, picture).await })
        };
        let id = created.await?.id;
        let content = waiting.for_content(id, ArContent::markers_are_settled).await?;
        let view = PortraitView::whole(&app, &content).await?;
        Ok(tagged(Created::Created(Json(view)), content.updated_at))
    }

    /// List portraits, newest first
    #[oai(path = "/", method = "get", operation_id = "listPortraits")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only this client's.
        client_id: Query<Option<Uuid>>,
        /// Only those in this folder.
        folder_id: Query<Option<Uuid>>,
        /// A part of the title.
        search: Query<Option<String>>,
        /// The newest first when left out.
        sort: Query<Option<SortContentsBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<PortraitView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let filter = ContentFilter {
            client: client_id.0.map(ClientId),
            folder: folder_id.0.map(FolderId),
            ..ContentFilter::default()
        };
        let company = company_id.0.map(CompanyId);
        let listing = contents::list(&app, &caller.0, company, &filter, &query).await?;
        Ok(Json(PortraitView::list(&app, listing).await?))
    }

    /// Get a portrait
    #[oai(path = "/:id", method = "get", operation_id = "getPortrait")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<PortraitView>> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        PortraitView::tagged(&app, &content).await
    }

    /// Change a portrait
    #[oai(path = "/:id", method = "put", operation_id = "updatePortrait")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the portrait as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<PortraitChanges>,
    ) -> Answer<Versioned<PortraitView>> {
        let Body(PortraitChanges { title, client_id, folder_id, expiry_date, is_active }) = body;
        let changes = ContentChanges {
            title: title.0,
            client_id: client_id.0,
            folder_id: folder_id.0,
            expiry_date: expiry_date.0,
            is_active: is_active.0,
            ..ContentChanges::default()
        };
        let (id, expected) = (ContentId(id.0), expected(&if_match));
        let content = contents::update(&app, &caller.0, id, &expected, changes).await?;
        PortraitView::tagged(&app, &content).await
    }

    /// Delete a portrait with its videos
    ///
    /// It can be restored as a content for the days in `VERTEX_PURGE_DAYS`.
    #[oai(path = "/:id", method = "delete", operation_id = "deletePortrait")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the portrait as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted> {
        contents::delete(&app, &caller.0, ContentId(id.0), &expected(&if_match)).await?;
        Ok(Deleted::Deleted)
    }

    /// Make the markers again
    ///
    /// The answer comes when they have been made. 409 says why they could not be. Sizes are in the
    /// language of `Accept-Language`: English or Russian.
    #[oai(path = "/:id/regenerate-marker", method = "post", operation_id = "regenerateMarker")]
    async fn regenerate_marker(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<Json<Regenerated>> {
        let id = ContentId(id.0);
        let before = contents::get(&app, &caller.0, id).await?.marker_updated_at;
        let waiting = Waiting::begin(&app, &caller.0);
        contents::generate_marker(&app, &caller.0, id, None).await?;
        let is_done = |content: &ArContent| {
            content.markers_are_settled() && content.marker_updated_at > before
        };
        let content = waiting.for_content(id, is_done).await?;
        if content.marker_status == MarkerStatus::Failed {
            return Err(Error::Conflict(content.markers_failed()).into());
        }
        let words = Words::of(request.header(header::ACCEPT_LANGUAGE));
        let (marker_sizes, total_size) = MarkerSizes::of(&app, &content, words).await?;
        let (status, message) = match is_done(&content) {
            true => ("success", "Markers regenerated successfully"),
            false => ("processing", "The markers are still being made"),
        };
        Ok(Json(Regenerated {
            status: status.to_owned(),
            message: message.to_owned(),
            marker_sizes,
            total_size,
            marker_updated_at: content.marker_updated_at,
        }))
    }

    /// Download the preview, a WebP of at most 300x300
    #[oai(path = "/:id/preview", method = "get", operation_id = "getPortraitPreview")]
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

    /// Tell what the picture is like
    #[oai(path = "/:id/analyze", method = "get", operation_id = "analyzePortrait")]
    async fn analyze(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<PortraitAnalysis>> {
        let content = Waiting::begin(&app, &caller.0).for_measuring(ContentId(id.0)).await?;
        Ok(Json(content.into()))
    }
}
