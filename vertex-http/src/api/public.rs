//! `/api/ar/{unique_id}`: what the viewer asks. Nobody signs in.

use poem::{Request, Response, http::header, web::Data};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    paths::{NftFile, ObjectPath},
    usecases::{
        App,
        markers::{self, QrFormat},
        viewer::{self, Published, SessionReport, ViewerState},
    },
    video::Video,
    visitor::Visitor,
};
use vertex_markers::QrOptions;

use super::{
    Answer, Problem, Tag,
    body::Body,
    files::{Caching, FileResponse, serve, serve_list},
    input::{Optional, Required},
    revalidated::Revalidated,
};
use crate::{middleware::client::ClientAddress, telemetry::Telemetry};

/// The picture to point at.
#[derive(Debug, Object)]
#[oai(rename = "PublishedImage")]
struct ImageView {
    /// Upright width in pixels.
    width: u32,
    /// Upright height in pixels.
    height: u32,
    /// What it looks like, once it has been made.
    preview_url: Option<String>,
}

/// A content as the world sees it.
#[derive(Debug, Object)]
#[oai(rename = "PublishedContent")]
struct PublishedView {
    unique_id: String,
    /// What people call it; nothing when it is not shown.
    title: Option<String>,
    /// `ready`, `processing`, `failed`, `expired` or `inactive`.
    state: String,
    image: ImageView,
    /// The MindAR marker, while the state is `ready`.
    marker_url: Option<String>,
    /// The NFT marker, while the state is `ready`: `.iset`, `.fset` and `.fset3` are added to it.
    nft_url: Option<String>,
}

/// The clip that plays now.
#[derive(Debug, Object)]
#[oai(rename = "PublishedVideo")]
struct VideoView {
    id: Uuid,
    title: String,
    url: String,
    media_type: String,
    width: Option<u32>,
    height: Option<u32>,
    duration_seconds: Option<f64>,
    preview_url: Option<String>,
    /// The same for lines of any width (HLS), if it has been made.
    hls_url: Option<String>,
}

/// What plays now.
#[derive(Debug, Object)]
struct ActiveVideo {
    /// `ready`, `processing`, `failed`, `expired` or `inactive`.
    state: String,
    /// Nothing when the content is silent or has no video that may play.
    video: Option<VideoView>,
}

/// What a viewer reports at its end.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewSession {
    /// A UUID the viewer drew for this viewing: reports with the same one count once.
    session_id: Optional<String>,
    /// `mobile`, `tablet` or `desktop`.
    device_type: Required<String>,
    /// Browser name and version.
    browser: Optional<String>,
    /// Average frames per second.
    avg_fps: Optional<f64>,
    /// How long the viewing lasted, at most a day.
    duration_seconds: Required<f64>,
    /// What played.
    video_id: Optional<String>,
}

/// A session that was taken in.
#[derive(Debug, Object)]
#[oai(rename = "TakenSession")]
struct SessionView {
    id: Uuid,
}

#[derive(ApiResponse)]
enum Tracked {
    /// The session will be recorded.
    #[oai(status = 202)]
    Taken(Json<SessionView>),
}

/// What the viewer asks.
pub struct PublicApi;

#[OpenApi(prefix_path = "/api", tag = "Tag::Public")]
impl PublicApi {
    /// The content behind a QR code
    #[oai(path = "/ar/:unique_id", method = "get", operation_id = "getPublished")]
    async fn content(
        &self,
        app: Data<&App>,
        unique_id: Path<String>,
        request: &Request,
    ) -> Answer<Revalidated<PublishedView>> {
        let published = viewer::find(&app, &unique_id.0).await?;
        let content = published.content();
        let preview = published.preview().map(|path| app.public_link(&path));
        let view = PublishedView {
            unique_id: content.unique_id.to_string(),
            title: published.is_shown().then(|| content.title.to_string()),
            state: published.state.as_str().to_owned(),
            image: ImageView {
                width: content.image.width,
                height: content.image.height,
                preview_url: preview,
            },
            marker_url: published.marker().map(|path| app.public_link(&path)),
            nft_url: published
                .nft_marker(NftFile::Iset)
                .map(|_| app.absolute(&format!("/api/ar/{}/nft/marker", content.unique_id))),
        };
        Ok(Revalidated::new(request, &view))
    }

    /// The video that plays now
    #[oai(path = "/ar/:unique_id/active-video", method = "get", operation_id = "getActiveVideo")]
    async fn active_video(
        &self,
        app: Data<&App>,
        unique_id: Path<String>,
        request: &Request,
    ) -> Answer<Revalidated<ActiveVideo>> {
        let published = viewer::find(&app, &unique_id.0).await?;
        let video = match published.active_video() {
            Some(video) => Some(video_view(&app, video).await?),
            None => None,
        };
        if let Some(telemetry) = request.data::<Telemetry>().filter(|_| video.is_some()) {
            let visitor = visitor(request);
            if !visitor.is_program() {
                telemetry.viewer((visitor.address, visitor.user_agent, &unique_id.0));
            }
        }
        let view = ActiveVideo { state: published.state.as_str().to_owned(), video };
        Ok(Revalidated::new(request, &view))
    }

    /// Download the MindAR marker
    #[oai(path = "/ar/:unique_id/marker", method = "get", operation_id = "getPublishedMarker")]
    async fn marker(
        &self,
        app: Data<&App>,
        unique_id: Path<String>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let published = viewer::find(&app, &unique_id.0).await?;
        let path = published.marker().ok_or_else(|| not_now(&published))?;
        Ok(FileResponse(serve(&app, request, &path, Caching::Revalidate).await?))
    }

    /// Download a file of the NFT marker
    #[oai(
        path = "/ar/:unique_id/nft/:file",
        method = "get",
        operation_id = "getPublishedNftMarker"
    )]
    async fn nft_marker(
        &self,
        app: Data<&App>,
        unique_id: Path<String>,
        /// `marker.iset`, `marker.fset` or `marker.fset3`.
        file: Path<String>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let published = viewer::find(&app, &unique_id.0).await?;
        let extension = file.0.strip_prefix("marker.").unwrap_or_default();
        let file = NftFile::ALL.into_iter().find(|file| file.extension() == extension);
        let file = file.ok_or(Error::NotFound("file"))?;
        let path = published.nft_marker(file).ok_or_else(|| not_now(&published))?;
        Ok(FileResponse(serve(&app, request, &path, Caching::Revalidate).await?))
    }

    /// Draw the QR code as a PNG
    #[oai(path = "/ar/:unique_id/qr", method = "get", operation_id = "getPublishedQr")]
    async fn qr(&self, app: Data<&App>, unique_id: Path<String>) -> Answer<FileResponse> {
        let published = viewer::find(&app, &unique_id.0).await?;
        let drawn = markers::qr(&app, published.content(), QrFormat::Png, &QrOptions::default())?;
        Ok(FileResponse(Response::builder().content_type("image/png").body(drawn)))
    }

    /// Report a viewing
    ///
    /// The report is taken in at once and recorded within the second. The same report sent twice counts once,
    /// one of a crawler or a script not at all.
    #[oai(path = "/ar/:unique_id/track-session", method = "post", operation_id = "trackSession")]
    async fn track_session(
        &self,
        app: Data<&App>,
        unique_id: Path<String>,
        request: &Request,
        body: Body<NewSession>,
    ) -> Answer<Tracked> {
        let published = viewer::find(&app, &unique_id.0).await?;
        let body = body.0;
        let report = SessionReport {
            session_id: body.session_id.0,
            device_type: body.device_type.0,
            browser: body.browser.0,
            avg_fps: body.avg_fps.0,
            duration_seconds: body.duration_seconds.0,
            video_id: body.video_id.0,
        };
        let visitor = visitor(request);
        let id = viewer::track_session(&app, &published, &visitor, report).await?;
        Ok(Tracked::Taken(Json(SessionView { id: id.0 })))
    }

    /// Follow a signed link
    ///
    /// Reads a file that a link from another answer names. Takes `Range` and `If-None-Match`.
    #[oai(path = "/files/content/:company/:folder/:file", method = "get", operation_id = "getFile")]
    #[expect(clippy::too_many_arguments, reason = "every part of the link is one")]
    async fn file(
        &self,
        app: Data<&App>,
        company: Path<String>,
        folder: Path<String>,
        file: Path<String>,
        expires: Query<Option<String>>,
        signature: Query<Option<String>>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let path = format!("content/{}/{}/{}", company.0, folder.0, file.0);
        signed_file(&app, &path, (expires.0, signature.0), request).await
    }

    /// Ask about a signed link
    #[oai(
        path = "/files/content/:company/:folder/:file",
        method = "head",
        operation_id = "headFile"
    )]
    #[expect(clippy::too_many_arguments, reason = "every part of the link is one")]
    async fn file_head(
        &self,
        app: Data<&App>,
        company: Path<String>,
        folder: Path<String>,
        file: Path<String>,
        expires: Query<Option<String>>,
        signature: Query<Option<String>>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let path = format!("content/{}/{}/{}", company.0, folder.0, file.0);
        signed_file(&app, &path, (expires.0, signature.0), request).await
    }
}

async fn signed_file(
    app: &App,
    path: &str,
    (expires, signature): (Option<String>, Option<String>),
    request: &Request,
) -> Answer<FileResponse> {
    const CHANGED: Error = Error::Forbidden("this link has expired or was changed");
    let path = ObjectPath::parse(path).ok_or(CHANGED)?;
    let expires = expires.and_then(|expires| expires.parse().ok()).ok_or(CHANGED)?;
    let signature = signature.ok_or(CHANGED)?;
    let audience = viewer::follow_link(app, &path, expires, &signature).await?;
    if path.is_list() {
        return Ok(FileResponse(serve_list(app, &path, audience).await?));
    }
    Ok(FileResponse(serve(app, request, &path, Caching::UntilLinkEnds).await?))
}

/// Whoever sent a request, as far as that tells people from programs.
fn visitor(request: &Request) -> Visitor {
    Visitor {
        address: ClientAddress::of(request),
        user_agent: request.header(header::USER_AGENT).map(str::to_owned),
    }
}

async fn video_view(app: &App, video: &Video) -> Result<VideoView, Problem> {
    let (company, id) = (video.company_id, video.id);
    let path = match video.copies.web {
        true => ObjectPath::web_video(company, id),
        false => ObjectPath::video(company, id, video.facts.container),
    };
    Ok(VideoView {
        id: id.0,
        title: video.title.to_string(),
        url: app.viewer_link(&path).await?,
        media_type: path.media_type().to_owned(),
        hls_url: (!video.copies.ladder.is_empty())
            .then(|| app.public_link(&ObjectPath::ladder(company, id))),
        width: video.facts.width,
        height: video.facts.height,
        duration_seconds: video.facts.duration_seconds,
        preview_url: match video.has_preview {
            true => Some(app.public_link(&ObjectPath::video_preview(company, id))),
            false => None,
        },
    })
}

fn not_now(published: &Published) -> Error {
    if published.state == ViewerState::Ready {
        return Error::NotFound("marker of this format");
    }
    Error::Conflict(format!(
        "the content is {}: it has no marker to give",
        published.state.as_str()
    ))
}
