//! `/api/videos`, `/api/ar-content/{id}/videos`: the clips of a content.

use chrono::{DateTime, Utc};
use poem::{Request, web::Data};
use poem_openapi::{
    ApiResponse, Multipart, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
    types::multipart::Upload,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    check::Field,
    identity::Identity,
    ids::{ContentId, VideoId},
    page::Page,
    paths::ObjectPath,
    usecases::{
        App, contents, disks, video_copies,
        videos::{self, NewVideo, ReceivedVideo, VideoChanges},
    },
    video::{Video, VideoStatus},
    video_history::ScheduleEvent,
};

use super::{
    Answer, Caller, Problem, Tag,
    body::Body,
    files::{Caching, FileResponse, serve},
    form::StreamedForm,
    input::Optional,
    listing::ListOf,
    unbroken::to_the_end,
    versions::{IfMatch, Versioned, expected, tagged},
    waiting::Waiting,
};

/// A new video.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct VideoForm {
    /// What people call it; the content's title when left out.
    title: Option<String>,
    /// What it is about.
    description: Option<String>,
    /// `true` or `false`: whether it becomes the active one; the first of a content does when left out.
    is_active: Option<String>,
    /// The video: MP4, MOV or WebM.
    video: Upload,
}

/// A new video of a portrait.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "documents the form, which is read as a stream")]
struct PortraitVideoForm {
    /// The portrait it is for. For a portrait of another company than your own, which superadmins
    /// reach, before the file.
    portrait_id: String,
    /// What people call it; the portrait's title when left out.
    title: Option<String>,
    /// What it is about.
    description: Option<String>,
    /// `true` or `false`: whether it becomes the active one; the first of a portrait does when left
    /// out.
    is_active: Option<String>,
    /// The video: MP4, MOV or WebM.
    video: Upload,
}

/// When a video plays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct Schedule {
    /// It does not play before this instant; null takes the limit away.
    starts_at: Optional<String>,
    /// It does not play from this instant on; null takes the limit away.
    ends_at: Optional<String>,
}

/// What changes about a video.
#[derive(Debug, Object)]
#[oai(rename = "VideoChanges", deny_unknown_fields)]
struct Changes {
    /// What people call it.
    title: Optional<String>,
    /// What it is about.
    description: Optional<String>,
    /// `active`, `inactive` or `archived`.
    status: Optional<String>,
    /// It does not play before this instant; null takes the limit away.
    starts_at: Optional<String>,
    /// It does not play from this instant on; null takes the limit away.
    ends_at: Optional<String>,
}

/// Why something of a video will not be there, in words; null for what is there or will be.
#[derive(Debug, Object)]
struct UnavailableBecause {
    preview: Option<String>,
    copies: Option<String>,
}

/// A clip of a content.
#[derive(Debug, Object)]
#[oai(rename = "Video")]
struct VideoView {
    id: Uuid,
    content_id: Uuid,
    /// The same as `content_id`, in a studio's words.
    portrait_id: Uuid,
    title: String,
    description: String,
    /// `video/mp4`, `video/quicktime` or `video/webm`.
    media_type: String,
    /// File size.
    bytes: u64,
    /// The same in megabytes of 1024 * 1024 bytes.
    file_size_mb: f64,
    duration_seconds: Option<f64>,
    /// RFC 6381 codec string, such as `avc1.64001f`.
    codec: Option<String>,
    /// As shown, rotation applied.
    width: Option<u32>,
    /// As shown, rotation applied.
    height: Option<u32>,
    /// A link that ends after one to two hours.
    url: String,
    /// The same with the address of this installation.
    video_url: String,
    /// Where the file lies in the company's storage.
    video_path: String,
    /// The file as it came, where `url` has had taken out of it what tells where it was made.
    original_url: Option<String>,
    /// An H.264 copy that every browser plays, once it has been made.
    web_url: Option<String>,
    /// A copy for lines of any width (HLS), once it has been made.
    hls_url: Option<String>,
    /// Codec string of the sound, such as `mp4a.40.2`; null without sound.
    audio_codec: Option<String>,
    /// What keeps some browsers from playing the file as it is, such as `pictures in HEVC`; null when all play it.
    web_obstacle: Option<String>,
    /// What will not be there, because nothing here can make it or because trying has failed: `preview`, `copies`.
    unavailable: Vec<String>,
    /// Why not, in words.
    unavailable_because: UnavailableBecause,
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
        let missing = video_copies::unavailable(app, &video).await;
        let original = ObjectPath::original_video(company, id, video.facts.container);
        let link = |path: ObjectPath, is_there: bool| is_there.then(|| app.link(&path));
        let path = ObjectPath::video(company, id, video.facts.container);
        Ok(Self {
            id: id.0,
            content_id: video.content_id.0,
            portrait_id: video.content_id.0,
            url: app.link(&path),
            video_url: app.link(&path),
            video_path: path.to_string(),
            original_url: link(original, video.copies.original),
            web_url: link(ObjectPath::web_video(company, id), video.copies.web),
            hls_url: link(ObjectPath::ladder(company, id), !video.copies.ladder.is_empty()),
            preview_url: link(ObjectPath::video_preview(company, id), video.has_preview),
            unavailable: [("preview", &missing.preview), ("copies", &missing.copies)]
                .into_iter()
                .filter(|(_, reason)| reason.is_some())
                .map(|(part, _)| part.to_owned())
                .collect(),
            unavailable_because: UnavailableBecause {
                preview: missing.preview,
                copies: missing.copies,
            },
            audio_codec: video.facts.audio_codec,
            web_obstacle: video.facts.web_obstacle,
            title: video.title.to_string(),
            description: video.description,
            media_type: video.facts.container.media_type().to_owned(),
            bytes: video.bytes,
            file_size_mb: (video.bytes as f64 / (1024.0 * 1024.0) * 100.0).round() / 100.0,
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

impl VideoView {
    async fn tagged(app: &App, video: Video) -> Answer<Versioned<Self>> {
        let version = video.updated_at;
        Ok(tagged(Json(Self::of(app, video).await?), version))
    }
}

/// What was done to the schedule of a video.
#[derive(Debug, Object)]
#[oai(rename = "ScheduleEvent")]
struct EventView {
    id: i64,
    video_id: Uuid,
    content_id: Uuid,
    /// `activated`, `deactivated`, `archived`, `scheduled`, `unscheduled`, `added_to_rule` or
    /// `removed_from_rule`.
    action: String,
    /// Who did it; null when the system did.
    performed_by: Option<String>,
    performed_at: DateTime<Utc>,
    /// The window's begin after it.
    starts_at: Option<DateTime<Utc>>,
    /// The window's end after it.
    ends_at: Option<DateTime<Utc>>,
}

impl From<ScheduleEvent> for EventView {
    fn from(event: ScheduleEvent) -> Self {
        Self {
            id: event.id,
            video_id: event.video_id.0,
            content_id: event.content_id.0,
            action: event.action.as_str().to_owned(),
            performed_by: event.performed_by,
            performed_at: event.performed_at,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
        }
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The video is kept; its preview is being made.
    #[oai(status = 201)]
    Created(Json<VideoView>),
}

#[derive(ApiResponse)]
enum Accepted {
    /// The copies will be made.
    #[oai(status = 202)]
    Accepted(Json<VideoView>),
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
    ) -> Answer<Response<Created>> {
        let content = contents::get(&app, &caller.0, ContentId(id.0)).await?;
        let (app, who) = (app.clone(), caller.0);
        let stored = to_the_end({
            let app = app.clone();
            async move {
                disks::expect_file(&app, form.expected_bytes()).await?;
                let Some((_, file)) = form.next_file(&["video"]).await? else {
                    return Err(Error::field("video", "is required"));
                };
                let received = videos::receive(&app, content.company_id, file).await?;
                let received = read_to_end(&app, &mut form, received).await?;
                videos::keep(&app, &who, &content, received, new_video(&mut form)).await
            }
        });
        let video = stored.await?;
        let version = video.updated_at;
        Ok(tagged(Created::Created(Json(VideoView::of(&app, video).await?)), version))
    }

    /// Upload a video of a portrait
    ///
    /// It is streamed to storage. The answer comes when its preview has been made.
    #[oai(path = "/videos", method = "post", operation_id = "createPortraitVideo")]
    async fn create_for_portrait(
        &self,
        app: Data<&App>,
        caller: Caller,
        form: StreamedForm<PortraitVideoForm>,
    ) -> Answer<Response<Created>> {
        let waiting = Waiting::begin(&app, &caller.0);
        let stored = {
            let (app, who) = (app.clone(), caller.0.clone());
            to_the_end(async move { keep_for_portrait(&app, &who, form).await })
        };
        let video = stored.await?;
        let (id, version) = (video.id, video.updated_at);
        let video = waiting.for_preview(id).await?;
        Ok(tagged(Created::Created(Json(VideoView::of(&app, video).await?)), version))
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
    ) -> Answer<Versioned<VideoView>> {
        let video = videos::get(&app, &caller.0, VideoId(id.0)).await?;
        VideoView::tagged(&app, video).await
    }

    /// Download the preview of a video: its middle frame with a play icon
    #[oai(path = "/videos/:id/preview", method = "get", operation_id = "getVideoPreview")]
    async fn preview(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let video = videos::get(&app, &caller.0, VideoId(id.0)).await?;
        if !video.has_preview {
            let why = "the video has no preview: it is being made, or the codec cannot be decoded";
            return Err(Error::Conflict(why.to_owned()).into());
        }
        let path = ObjectPath::video_preview(video.company_id, video.id);
        Ok(FileResponse(serve(&app, request, &path, Caching::Revalidate).await?))
    }

    /// Make copies of a video that every browser plays over any line
    ///
    /// An H.264 file, unless the video is one, and a ladder of heights (HLS). A job makes them: see `web_url` and
    /// `hls_url`. Answers 409 where there is no ffmpeg.
    #[oai(path = "/videos/:id/copies", method = "post", operation_id = "copyVideo")]
    async fn copies(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Accepted> {
        let video = video_copies::request(&app, &caller.0, VideoId(id.0)).await?;
        Ok(Accepted::Accepted(Json(VideoView::of(&app, video).await?)))
    }

    /// Set when a video plays
    ///
    /// Outside its window a video never plays, whatever the rotation rule says.
    #[oai(path = "/videos/:id/schedule", method = "put", operation_id = "scheduleVideo")]
    async fn schedule(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the video as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<Schedule>,
    ) -> Answer<Versioned<VideoView>> {
        let Body(Schedule { starts_at, ends_at }) = body;
        let changes =
            VideoChanges { starts_at: starts_at.0, ends_at: ends_at.0, ..VideoChanges::default() };
        let (id, expected) = (VideoId(id.0), expected(&if_match));
        let video = videos::update(&app, &caller.0, id, &expected, changes).await?;
        VideoView::tagged(&app, video).await
    }

    /// See what was done to the schedule of a video, the latest first
    #[oai(
        path = "/videos/:id/schedule/history",
        method = "get",
        operation_id = "listScheduleHistory"
    )]
    async fn history(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<EventView>>> {
        let page = Page::new(page.0, per_page.0);
        let listing = videos::schedule_history(&app, &caller.0, VideoId(id.0), page).await?;
        Ok(Json(listing.map(EventView::from).into()))
    }

    /// Change a video
    #[oai(path = "/videos/:id", method = "put", operation_id = "updateVideo")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the video as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<Changes>,
    ) -> Answer<Versioned<VideoView>> {
        let Body(Changes { title, description, status, starts_at, ends_at }) = body;
        let changes = VideoChanges {
            title: title.0,
            description: description.0,
            status: status.0,
            starts_at: starts_at.0,
            ends_at: ends_at.0,
        };
        let (id, expected) = (VideoId(id.0), expected(&if_match));
        let video = videos::update(&app, &caller.0, id, &expected, changes).await?;
        VideoView::tagged(&app, video).await
    }

    /// Make a video the active one of its content
    #[oai(path = "/videos/:id/active", method = "put", operation_id = "activateVideo")]
    async fn activate(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the video as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Versioned<VideoView>> {
        let (id, expected) = (VideoId(id.0), expected(&if_match));
        let video = videos::activate(&app, &caller.0, id, &expected).await?;
        VideoView::tagged(&app, video).await
    }

    /// Delete a video
    ///
    /// One that the rotation rule of its content names is refused, unless `force` is given: then the
    /// rule passes it over.
    #[oai(path = "/videos/:id", method = "delete", operation_id = "deleteVideo")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the video as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// Whether to delete a video that a rotation rule names.
        force: Query<Option<bool>>,
    ) -> Answer<Deleted> {
        let (id, expected) = (VideoId(id.0), expected(&if_match));
        videos::delete(&app, &caller.0, id, &expected, force.0.unwrap_or(false)).await?;
        Ok(Deleted::Deleted)
    }
}

/// Takes the file of a form in which the portrait may be named before or after it.
async fn keep_for_portrait(
    app: &App,
    who: &Identity,
    mut form: StreamedForm<PortraitVideoForm>,
) -> vertex_core::Result<Video> {
    disks::expect_file(app, form.expected_bytes()).await?;
    let file = form.next_file(&["video"]).await?;
    let named = match form.text("portrait_id") {
        Field::Absent => None,
        early => Some(videos::portrait(app, who, early).await?),
    };
    let Some((_, file)) = file else { return Err(videos::nothing_sent(named)) };
    let company = named.as_ref().map_or(who.user.company_id, |named| named.company_id);
    let received = videos::receive(app, company, file).await?;
    let received = read_to_end(app, &mut form, received).await?;
    let portrait = match named {
        Some(portrait) => Ok(portrait),
        None => videos::portrait(app, who, form.text("portrait_id")).await,
    };
    match portrait {
        Ok(portrait) => videos::keep(app, who, &portrait, received, new_video(&mut form)).await,
        Err(error) => {
            videos::discard(app, received).await?;
            Err(error)
        }
    }
}

/// The fields of a form that has been read.
fn new_video<M>(form: &mut StreamedForm<M>) -> NewVideo {
    NewVideo {
        title: form.text("title"),
        description: form.text("description"),
        is_active: form.text("is_active"),
    }
}

/// Reads what comes after the file; a form that goes wrong there leaves no file behind.
async fn read_to_end<M>(
    app: &App,
    form: &mut StreamedForm<M>,
    received: ReceivedVideo,
) -> vertex_core::Result<ReceivedVideo> {
    let error = match form.next_file(&["video"]).await {
        Ok(None) => return Ok(received),
        Ok(Some(_)) => Error::field("video", "comes twice; send one file a request"),
        Err(error) => error,
    };
    videos::discard(app, received).await?;
    Err(error)
}
