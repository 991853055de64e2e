//! Objects as HTTP answers: whole or in part, validated by ETag, streamed.

use poem::{
    Body, IntoResponse, Request, Response,
    http::{HeaderMap, Method, StatusCode, header},
    web::headers::{ETag, HeaderMapExt, IfNoneMatch, IfRange, LastModified, Range},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
};
use vertex_core::{Error, Result, paths::ObjectPath, ports::ObjectMeta, usecases::App};

use super::problem::{Problem, binary_response};

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
    let meta = app.objects.stat(path).await?.ok_or(Error::NotFound("file"))?;
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
    if is_current(request.headers(), &etag) {
        response.set_status(StatusCode::NOT_MODIFIED);
        return Ok(response);
    }
    let (status, start, end) = match wanted(request.headers(), &etag, &meta) {
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
        let stream = app.objects.read(path, start..end).await?;
        use futures::TryStreamExt;
        response.set_body(Body::from_bytes_stream(stream.map_err(std::io::Error::other)));
    }
    Ok(response)
}

/// Longest list: some ten hours of video.
const MAX_LIST: u64 = 1 << 20;

/// Answers with a list whose names have become links.
///
/// # Errors
/// `NotFound` when there is no such object.
pub async fn serve_list(app: &App, path: &ObjectPath) -> Result<Response, Problem> {
    let bytes = app.objects.get(path, MAX_LIST).await?;
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
                known = Some((name, app.link(&path)));
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

enum Wanted {
    Whole,
    /// First byte, and the one after the last.
    Part(u64, u64),
    Nothing,
}

/// Reads `Range`. Several ranges at once are answered with the whole, as RFC 9110 allows.
fn wanted(headers: &HeaderMap, etag: &ETag, meta: &ObjectMeta) -> Wanted {
    let modified = meta.last_modified.map(|at| LastModified::from(std::time::SystemTime::from(at)));
    if let Some(if_range) = headers.typed_get::<IfRange>()
        && if_range.is_modified(Some(etag), modified.as_ref())
    {
        return Wanted::Whole;
    }
    let Some(range) = headers.typed_get::<Range>() else { return Wanted::Whole };
    let mut parts = range.satisfiable_ranges(meta.bytes);
    let (Some(part), None) = (parts.next(), parts.next()) else {
        let several = range.satisfiable_ranges(meta.bytes).count() > 1;
        return if several { Wanted::Whole } else { Wanted::Nothing };
    };
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let start = match part.0 {
        Included(first) => first,
        Excluded(before) => before.saturating_add(1),
        Unbounded => 0,
    };
    let end = match part.1 {
        Included(last) => last.saturating_add(1).min(meta.bytes),
        Excluded(end) => end.min(meta.bytes),
        Unbounded => meta.bytes,
    };
    if start < end { Wanted::Part(start, end) } else { Wanted::Nothing }
}

fn is_current(headers: &HeaderMap, etag: &ETag) -> bool {
    headers.typed_get::<IfNoneMatch>().is_some_and(|known| !known.precondition_passes(etag))
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
