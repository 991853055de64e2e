//! Which other sites' pages may use the API from a browser.

use std::sync::Arc;

use super::Next;

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str = "authorization, content-type, if-match, if-none-match, if-range, range, tus-resumable, \
    upload-checksum, upload-length, upload-metadata, upload-offset, x-http-method-override";
const RESPONSE_HEADERS: &str = "etag, content-range, content-disposition, content-location, location, \
    retry-after, ratelimit, ratelimit-policy, tus-checksum-algorithm, tus-extension, tus-max-size, \
    tus-resumable, tus-version, upload-expires, upload-length, upload-metadata, upload-offset, \
    x-request-id";
const AN_HOUR: &str = "3600";

/// Lets pages of these origins, and of no others, read answers. Requests of others are served as ever: it
/// is their browser that keeps the answer from them.
pub async fn share_with(origins: Arc<[String]>, next: Next, request: Request) -> Result<Response> {
    let allowed = request
        .headers()
        .get(header::ORIGIN)
        .filter(|origin| origins.iter().any(|known| known.as_bytes() == origin.as_bytes()))
        .cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &allowed {
        Some(_) if is_preflight => preflight(),
        _ => next.call(request).await?.into_response(),
    };
    if !origins.is_empty() {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = allowed {
        allow(response.headers_mut(), origin);
    }
    Ok(response)
}

fn preflight() -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
        .header(header::ACCESS_CONTROL_MAX_AGE, AN_HOUR)
        .finish()
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    let exposed = HeaderValue::from_static(RESPONSE_HEADERS);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}
