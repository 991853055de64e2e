//! The web pages, embedded in the binary.

use std::borrow::Cow;

use bytes::Bytes;
use poem::{
    IntoResponse, Request, Response, handler,
    http::{StatusCode, header},
    web::{
        Data, Path,
        headers::{HeaderMapExt, IfNoneMatch},
    },
};
use rust_embed::{EmbeddedFile, RustEmbed};
use vertex_core::{
    ErrorKind,
    usecases::{
        App,
        viewer::{find, unique_id_of},
    },
};

use super::security_headers::VideoOrigin;

/// What `npm run build` made of `web/`. Empty when it has not been run.
#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Built;

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Vertex AR</title>\
    <h1>The web pages have not been built</h1>\
    <p>The API works; its documents are at <a href=/docs>/docs</a>. For the pages, install Node 20 and run \
    <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>vertex-http/web</code> \
    and build again.</p>";

/// Names in `assets/` carry a hash of their content, so they may be kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_FIRST: &str = "no-cache";

#[handler]
pub fn home() -> Response {
    Response::builder().status(StatusCode::FOUND).header(header::LOCATION, "/admin").finish()
}

/// The panel; its pages are told apart in the browser.
#[handler]
pub fn admin(request: &Request) -> Response {
    page(request, "admin.html", StatusCode::OK)
}

/// The viewer's page; for an unknown content, too, since the page says so in the viewer's words.
#[handler]
pub async fn viewer(request: &Request, app: Data<&App>, unique_id: Path<String>) -> Response {
    let published = match find(&app, &unique_id.0).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return page(request, "viewer.html", StatusCode::NOT_FOUND);
        }
        published => published.ok(),
    };
    let mut page = page(request, "viewer.html", StatusCode::OK);
    if let Some(published) = published
        && let Some(origin) = app.video_origin(published.content().company_id).await
    {
        page.set_data(VideoOrigin(origin));
    }
    page
}

/// The viewer of a portrait by its long name, as studios print it: the A-Frame one.
#[handler]
pub async fn portrait(
    request: &Request,
    app: Data<&App>,
    permanent_link: Path<String>,
) -> Response {
    match unique_id_of(&app, &permanent_link.0).await {
        Ok(unique_id) => Response::builder()
            .status(StatusCode::FOUND)
            .header(header::LOCATION, format!("/ar/{unique_id}?engine=arjs"))
            .finish(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            page(request, "viewer.html", StatusCode::NOT_FOUND)
        }
        Err(error) => crate::api::Problem::from(error).into_response(),
    }
}

#[handler]
pub fn asset(request: &Request, path: Path<String>) -> Response {
    match Built::get(&format!("assets/{}", path.0)) {
        Some(file) => embedded(request, file, FOR_EVER, StatusCode::OK),
        None => crate::api::Problem::from(vertex_core::Error::NotFound("file")).into_response(),
    }
}

fn page(request: &Request, name: &str, status: StatusCode) -> Response {
    match Built::get(name) {
        Some(file) => embedded(request, file, ASK_FIRST, status),
        None => Response::builder()
            .status(StatusCode::SERVICE_UNAVAILABLE)
            .content_type("text/html; charset=utf-8")
            .body(NOT_BUILT),
    }
}

fn embedded(request: &Request, file: EmbeddedFile, caching: &str, status: StatusCode) -> Response {
    let etag = format!("\"{}\"", bs58::encode(file.metadata.sha256_hash()).into_string());
    let response = Response::builder()
        .header(header::ETAG, &etag)
        .header(header::CACHE_CONTROL, caching)
        .status(status);
    let known = request.headers().typed_get::<IfNoneMatch>();
    let is_current =
        etag.parse().is_ok_and(|etag| known.is_some_and(|known| !known.precondition_passes(&etag)));
    if is_current {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    response.content_type(file.metadata.mimetype()).body(bytes)
}
