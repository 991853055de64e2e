//! JSON answers that caches keep but ask about each time: the same answer costs no bytes.

use std::marker::PhantomData;

use aws_lc_rs::digest;
use poem::{
    IntoResponse, Request, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ToJSON, Type},
};

use super::problem::binary_response;

/// A view on its way out with a validator, or word that the caller's copy is current.
pub struct Revalidated<T> {
    response: Response,
    view: PhantomData<fn() -> T>,
}

impl<T: ToJSON> Revalidated<T> {
    /// The answer to `request`.
    pub fn new(request: &Request, view: &T) -> Self {
        let body = view.to_json_string();
        let hash = digest::digest(&digest::SHA256, body.as_bytes());
        let short =
            hash.as_ref().iter().take(16).fold(0u128, |id, byte| id << 8 | u128::from(*byte));
        let etag = format!("\"{short:032x}\"");
        let response = Response::builder()
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::ETAG, &etag);
        let known = request.header(header::IF_NONE_MATCH).unwrap_or_default();
        let is_current = known.split(',').any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
        });
        let response = match is_current {
            true => response.status(StatusCode::NOT_MODIFIED).finish(),
            false => response.content_type("application/json; charset=utf-8").body(body),
        };
        Self { response, view: PhantomData }
    }
}

impl<T: Send> IntoResponse for Revalidated<T> {
    fn into_response(self) -> Response {
        self.response
    }
}

impl<T: Type> ApiResponse for Revalidated<T> {
    fn meta() -> MetaResponses {
        let json = MetaMediaType {
            content_type: "application/json; charset=utf-8",
            schema: T::schema_ref(),
        };
        let found = MetaResponse {
            description: "The answer, with an `ETag`.",
            status: Some(200),
            status_range: None,
            content: vec![json],
            headers: Vec::new(),
        };
        let current = binary_response("The copy named by `If-None-Match` is current.", 304, &[]);
        MetaResponses { responses: vec![found, current] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
