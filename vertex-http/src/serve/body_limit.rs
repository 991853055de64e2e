//! Bodies that handlers read whole may not be large.

use poem::{Body, Endpoint, Middleware, Request, Result, error::ReadBodyError, http::header};
use vertex_core::Error;

use crate::api::Problem;

/// Largest body of a request that is not a form with files.
const LIMIT: usize = 1024 * 1024;

/// Reads every body that is not a multipart form up to [`LIMIT`]; forms have limits of their own.
pub struct BodyLimit;

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimitEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodyLimitEndpoint(inner)
    }
}

/// See [`BodyLimit`].
pub struct BodyLimitEndpoint<E>(E);

impl<E: Endpoint> Endpoint for BodyLimitEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let is_form =
            content_type.is_some_and(|t| t.as_bytes().starts_with(b"multipart/form-data"));
        if !is_form {
            let bytes = request.take_body().into_bytes_limit(LIMIT).await.map_err(refuse)?;
            request.set_body(Body::from_bytes(bytes));
        }
        self.0.call(request).await
    }
}

fn refuse(error: ReadBodyError) -> Problem {
    match error {
        ReadBodyError::PayloadTooLarge => {
            Error::TooLarge { what: "the body", limit: LIMIT as u64 }.into()
        }
        other => Error::field("body", format!("could not be read: {other}")).into(),
    }
}
