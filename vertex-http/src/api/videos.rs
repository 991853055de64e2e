//! `/api/videos`, `/api/ar-content/{id}/videos`: the clips of a content.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Multipart, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::multipart::Upload,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    ids::{ContentId, VideoId},
    page::Page,
    paths::ObjectPath,
    usecases::{
        App, contents,
        videos::{self, ReceivedVideo, VideoChanges},
    },
    video::{Video, VideoStatus},
};

use super::{Answer, Caller, Problem, Tag, form::StreamedForm, input::Optional, listing::ListOf};

/// A new video.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct VideoForm {
    /// What people call it; the content's title when left out.
    title: Option<String>,
    /// The video: MP4, MOV or WebM.
    video: Upload,
}

/// What changes about a video.
#[derive(Debug, Object)]
#[oai(rename = "VideoChanges", deny_unknown_fields)]
struct Changes {
    /// What people call it.
    title: Optional<String>,
    /// `active`, `inactive` or `archived`.
    status: Optional<String>,
    /// It does not play before this instant; null takes the limit away.
    starts_at: Optional<String>,
    /// It does not play from this instant on; null takes the limit away.
    ends_at: Optional<String>,
}

/// A clip of a content.
#[derive(Debug, Object)]
#[oai(rename = "Video")]
struct VideoView {
    id: Uuid,
    content_id: Uuid,
    title: String,
    /// `video/mp4`, `video/quicktime` or `video/webm`.
    media_type: String,
    /// File size.
    bytes: u64,
    duration_seconds: Option<f64>,
    /// RFC 6381 codec string, such as `avc1.64001f`.
    codec: Option<String>,
    /// As shown, rotation applied.
    width: Option<u32>,
    /// As shown, rotation applied.
    height: Option<u32>,
    /// A link that ends after one to two hours.
    url: String,
    /// The middle frame with a play icon; none for codecs that cannot be decoded here.
    preview_url: Option<String>,
    is_active: bool,
    /// `active`, `inactive` or `archived`.
    status: String,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl VideoView {
    async fn of(app: &App, video: Video) -> Result<Self, Problem> {
        let (company, id) = (video.company_id, video.id);
        let preview = ObjectPath::video_preview(company, id);
        Ok(Self {
            id: id.0,
            content_id: video.content_id.0,
            url: app.link(&ObjectPath::video(company, id, video.container)).await?,
            preview_url: match video.has_preview {
                true => Some(app.link(&preview).await?),
                false => None,
            },
            title: video.title.to_string(),
            media_type: video.container.media_type().to_owned(),
            bytes: video.bytes,
            duration_seconds: video.facts.duration_seconds,
            codec: video.facts.codec,
            width: video.facts.width,
            height: video.facts.height,
            is_active: video.status == VideoStatus::Active,
            status: video.status.as_str().to_owned(),
            starts_at: video.starts_at,
            ends_at: video.ends_at,
            created_at: video.created_at,
            updated_at: video.updated_at,
        })
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The video is kept; its preview is being made.
    #[oai(status = 201)]
    Created(Json<VideoView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The video is gone.
    #[oai(status = 204)]
    Deleted,
}

/// The clips of a content.
pub struct VideosApi;

#[OpenApi(prefix_path = "/api", tag = "Tag::Videos")]
impl VideosApi {
    /// Upload a video
    ///
    /// It is streamed to storage. The first video of a content becomes its active one.
    #[oai(path = "/ar-content/:id/videos", method = "post", operation_id = "createVideo")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        mut form: StreamedForm<VideoForm>,
    ) -> Answer<Created> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        let Some((_, file)) = form.next_file(&["video"]).await? else {
            return Err(Error::field("video", "is required").into());
        };
        let received = videos::receive(&app, &content, file).await?;
        let received = read_to_end(&app, &mut form, received).await?;
        let title = form.text("title");
        let video = videos::keep(&app, &caller.0, &content, received, title).await?;
        Ok(Created::Created(Json(VideoView::of(&app, video).await?)))
    }

    /// List the videos of a content, newest first
    #[oai(path = "/ar-content/:id/videos", method = "get", operation_id = "listVideos")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<VideoView>>> {
        let page = Page::new(page.0, per_page.0);
        let listing = videos::list(&app, &caller.0, ContentId(id.0), page).await?;
        let mut items = Vec::with_capacity(listing.items.len());
        for video in listing.items {
            items.push(VideoView::of(&app, video).await?);
        }
        let (total, page) = (listing.total, listing.page);
        Ok(Json(vertex_core::page::Listing { items, total, page }.into()))
    }

    /// Get a video
    #[oai(path = "/videos/:id", method = "get", operation_id = "getVideo")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<VideoView>> {
        let video = videos::get(&app, &caller.0, VideoId(id.0)).await?;
        Ok(Json(VideoView::of(&app, video).await?))
    }

    /// Change a video
    #[oai(path = "/videos/:id", method = "put", operation_id = "updateVideo")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<Changes>,
    ) -> Answer<Json<VideoView>> {
        let Json(Changes { title, status, starts_at, ends_at }) = body;
        let changes = VideoChanges {
            title: title.0,
            status: status.0,
            starts_at: starts_at.0,
            ends_at: ends_at.0,
        };
        let video = videos::update(&app, &caller.0, VideoId(id.0), changes).await?;
        Ok(Json(VideoView::of(&app, video).await?))
    }

    /// Make a video the active one of its content
    #[oai(path = "/videos/:id/active", method = "put", operation_id = "activateVideo")]
    async fn activate(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<VideoView>> {
        let video = videos::activate(&app, &caller.0, VideoId(id.0)).await?;
        Ok(Json(VideoView::of(&app, video).await?))
    }

    /// Delete a video
    #[oai(path = "/videos/:id", method = "delete", operation_id = "deleteVideo")]
    async fn delete(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Deleted> {
        videos::delete(&app, &caller.0, VideoId(id.0)).await?;
        Ok(Deleted::Deleted)
    }
}

/// Reads what comes after the file; a form that goes wrong there leaves no file behind.
async fn read_to_end(
    app: &App,
    form: &mut StreamedForm<VideoForm>,
    received: ReceivedVideo,
) -> Result<ReceivedVideo, Problem> {
    let error = match form.next_file(&["video"]).await {
        Ok(None) => return Ok(received),
        Ok(Some(_)) => Error::field("video", "comes twice; send one file a request"),
        Err(error) => error,
    };
    videos::discard(app, received).await?;
    Err(error.into())
}
