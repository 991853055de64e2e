//! A signed link reads, and does nothing else.

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{Method, Uri},
};
use vertex_core::Error;

use super::{Next, area::Area};
use crate::api::Problem;

/// Refuses to follow a signed link with a method it was not signed for.
pub async fn only_read_links(next: Next, request: Request) -> Result<Response> {
    let changes = [Method::PUT, Method::POST, Method::PATCH, Method::DELETE];
    let is_link = Area::of(&request) == Area::Files && is_signed(request.uri());
    if is_link && changes.contains(request.method()) {
        return Err(Problem::from(Error::Forbidden("this link only reads")).into());
    }
    next.call(request).await.map(IntoResponse::into_response)
}

fn is_signed(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(is_signature))
}

fn is_signature(pair: &str) -> bool {
    pair.strip_prefix("signature=").is_some_and(|signature| !signature.is_empty())
}
