//! Objects as HTTP answers: whole or in part, validated by ETag, streamed.

use std::sync::Arc;

use futures::TryStreamExt;
use poem::{
    Body, IntoResponse, Request, Response,
    http::{HeaderMap, Method, StatusCode, header},
    web::headers::{ETag, HeaderMapExt, LastModified},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
};
use vertex_core::{
    Error, Result, links::Audience, paths::ObjectPath, ports::Objects, usecases::App,
};

use super::{
    conditions::{Precondition, Wanted},
    problem::{Problem, binary_response},
};
use crate::{
    adapters::rate_limits::{Holder, Share, Shares},
    middleware::client::ClientAddress,
};

/// A file on its way out.
pub struct FileResponse(pub Response);

impl IntoResponse for FileResponse {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for FileResponse {
    fn meta() -> MetaResponses {
        let file = &["application/octet-stream", "image/webp", "image/png", "image/svg+xml"];
        MetaResponses {
            responses: vec![
                binary_response("The file.", 200, file),
                binary_response("The part that was asked for.", 206, file),
                binary_response("The copy you have is current.", 304, &[]),
            ],
        }
    }

    fn register(_: &mut Registry) {}
}

/// The files that are being read, by address.
#[derive(Clone, Debug)]
pub struct FileStreams(pub Arc<Shares<Holder>>);

/// How long caches may keep a file without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// A signed link names the file and ends by itself.
    UntilLinkEnds,
    /// Ask each time whether it changed.
    Revalidate,
}

impl Caching {
    fn header(self) -> &'static str {
        match self {
            Self::UntilLinkEnds => "private, max-age=3600",
            Self::Revalidate => "private, no-cache",
        }
    }
}

/// Answers a GET or HEAD of an object.
///
/// # Errors
/// `NotFound` when there is no such object.
pub async fn serve(
    app: &App,
    request: &Request,
    path: &ObjectPath,
    caching: Caching,
) -> Result<Response, Problem> {
    let files = app.files.of(path.company());
    let meta = files.stat(path).await?.ok_or(Error::NotFound("file"))?;
    let etag = format!("\"{}\"", meta.etag);
    let etag: ETag = etag.parse().map_err(|_| Error::internal("the storage's ETag", etag))?;
    let mut head = HeaderMap::new();
    head.typed_insert(etag.clone());
    if let Some(modified) = meta.last_modified {
        head.typed_insert(LastModified::from(std::time::SystemTime::from(modified)));
    }
    let mut response = Response::default();
    *response.headers_mut() = head;
    insert(&mut response, header::CACHE_CONTROL, caching.header());
    insert(&mut response, header::ACCEPT_RANGES, "bytes");
    let modified = meta.last_modified.map(std::time::SystemTime::from);
    match Precondition::of(request.headers(), &etag, modified) {
        Precondition::Met => {}
        Precondition::Failed => {
            let detail = "the file is not the one that If-Match or If-Unmodified-Since names";
            return Err(Problem::from_status(StatusCode::PRECONDITION_FAILED, detail.to_owned()));
        }
        Precondition::NotModified => {
            response.set_status(StatusCode::NOT_MODIFIED);
            return Ok(response);
        }
    }
    let wanted = match request.method() == Method::GET {
        true => Wanted::of(request.headers(), &etag, modified, meta.bytes),
        false => Wanted::Whole,
    };
    let (status, start, end) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0, meta.bytes),
        Wanted::Part(start, end) => (StatusCode::PARTIAL_CONTENT, start, end),
        Wanted::Nothing => return Ok(unsatisfiable(meta.bytes)),
    };
    response.set_status(status);
    insert(&mut response, header::CONTENT_TYPE, path.media_type());
    insert(&mut response, header::CONTENT_LENGTH, &(end - start).to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {start}-{}/{}", end.saturating_sub(1), meta.bytes);
        insert(&mut response, header::CONTENT_RANGE, &range);
    }
    if request.method() != Method::HEAD {
        let share = take_stream(request)?;
        let stream = files.read(path, start..end).await?;
        let stream = stream.map_err(std::io::Error::other).inspect_ok(move |_| {
            let _until_read = &share;
        });
        response.set_body(Body::from_bytes_stream(stream));
    }
    Ok(response)
}

/// One of the files that the sender may be reading at once.
fn take_stream(request: &Request) -> Result<Option<Share<Holder>>, Problem> {
    let Some(FileStreams(streams)) = request.data() else { return Ok(None) };
    let share = streams.try_take(Holder::at(ClientAddress::of(request)), 1);
    share.map(Some).map_err(|scarce| Problem::scarce(scarce, "files on their way to you"))
}

/// Longest list: some ten hours of video.
const MAX_LIST: u64 = 1 << 20;

/// Answers with a list whose names have become links for the same audience.
///
/// # Errors
/// `NotFound` when there is no such object.
pub async fn serve_list(
    app: &App,
    path: &ObjectPath,
    audience: Audience,
) -> Result<Response, Problem> {
    let bytes = app.files.of(path.company()).get(path, MAX_LIST).await?;
    let list = String::from_utf8_lossy(&bytes);
    let mut linked = String::with_capacity(list.len());
    let mut known: Option<(&str, String)> = None;
    for line in list.lines() {
        let name = match line.split_once("URI=\"") {
            Some((_, rest)) => rest.split('"').next(),
            None => Some(line).filter(|line| !line.starts_with('#')),
        };
        let beside = name.and_then(|name| path.beside(name).map(|path| (name, path)));
        if let Some((name, path)) = beside {
            if known.as_ref().is_none_or(|(known, _)| *known != name) {
                known = Some((name, app.signed_path(&path, audience)));
            }
            let link = known.as_ref().map_or("", |(_, link)| link);
            linked.push_str(&line.replace(name, link));
        } else {
            linked.push_str(line);
        }
        linked.push('\n');
    }
    let mut response = Response::builder().content_type(path.media_type()).body(linked);
    insert(&mut response, header::CACHE_CONTROL, Caching::UntilLinkEnds.header());
    Ok(response)
}

fn unsatisfiable(length: u64) -> Response {
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let detail = format!("the file has {length} bytes");
    let mut response = Problem::from_status(status, detail).into_response();
    insert(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
    response
}

fn insert(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}
