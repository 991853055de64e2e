//! What nobody may keep but the one who asked.

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderValue, header},
};

use super::{Next, area::Area, facts::Facts};

/// Keeps answers out of every cache that are for their caller, or that sign somebody in.
pub async fn keep_private(next: Next, request: Request) -> Result<Response> {
    let (area, facts) = (Area::of(&request), Facts::of(&request));
    let mut response = next.call(request).await?.into_response();
    let is_private = facts.is_private()
        || matches!(area, Area::Auth(_) | Area::Metrics)
        || response.headers().contains_key(header::SET_COOKIE);
    if is_private {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}
