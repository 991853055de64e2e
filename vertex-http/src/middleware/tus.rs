//! What every answer of the tus protocol has, and what stands for methods that a client cannot send.

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderValue, Method, header},
};

use super::{Next, area::Area};

/// The version of the protocol that is spoken.
pub const VERSION: &str = "1.0.0";

/// The header that names it.
pub const TUS_RESUMABLE: &str = "tus-resumable";

/// Completes requests and answers below `/api/uploads`.
pub async fn complete_tus(next: Next, mut request: Request) -> Result<Response> {
    if Area::of(&request) != Area::Uploads {
        return next.call(request).await.map(IntoResponse::into_response);
    }
    let stands_for = request.header("x-http-method-override").map(str::parse::<Method>);
    if let Some(Ok(method)) = stands_for
        && request.method() == Method::POST
    {
        request.set_method(method);
    }
    let mut response = next.call(request).await?.into_response();
    let headers = response.headers_mut();
    for name in [TUS_RESUMABLE, "tus-version"] {
        headers.insert(name, HeaderValue::from_static(VERSION));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
