//! One log line a request.

use std::time::Instant;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// Writes what was asked, what was answered and how long it took. Query strings stay out: links are signed there.
pub struct AccessLog;

impl<E: Endpoint> Middleware<E> for AccessLog {
    type Output = AccessLogEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        AccessLogEndpoint(inner)
    }
}

/// See [`AccessLog`].
pub struct AccessLogEndpoint<E>(E);

impl<E: Endpoint> Endpoint for AccessLogEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let begun = Instant::now();
        let method = request.method().clone();
        let path = request.original_uri().path().to_owned();
        let response = self.0.call(request).await?.into_response();
        let status = response.status().as_u16();
        let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
        tracing::info!(%method, path, status, milliseconds, "served");
        Ok(response)
    }
}
