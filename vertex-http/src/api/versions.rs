//! Versions of rows in HTTP: answers carry an `ETag`, changes take an `If-Match`.

use chrono::{DateTime, Utc};
use poem_openapi::{
    ApiResponse,
    param::Header,
    payload::{Json, Response},
};
use vertex_core::version::{self, Expected};

/// The `If-Match` of a request; a change without one is made to whichever version there is.
pub type IfMatch = Header<Option<String>>;

/// An answer with the version of the row in it.
pub type Versioned<T> = Response<Json<T>>;

/// Which version the sender of a request has read.
pub fn expected(header: &IfMatch) -> Expected {
    header.0.as_deref().map(Expected::parse).unwrap_or_default()
}

/// An answer about a row that was last changed at that instant.
pub fn tagged<T: ApiResponse>(answer: T, updated_at: DateTime<Utc>) -> Response<T> {
    Response::new(answer).header("etag", format!("\"{}\"", version::tag(updated_at)))
}
