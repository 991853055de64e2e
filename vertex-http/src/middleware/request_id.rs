//! A name for every request: in its answer, in its log lines, in its errors.

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result, http::HeaderValue};
use tracing::Instrument;
use vertex_core::ports::Clock;

use crate::adapters::SystemClock;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being served, or nothing outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Gives every request an id.
pub struct RequestId;

impl<E: Endpoint> Middleware<E> for RequestId {
    type Output = RequestIdEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequestIdEndpoint(inner)
    }
}

/// See [`RequestId`].
pub struct RequestIdEndpoint<E>(E);

impl<E: Endpoint> Endpoint for RequestIdEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let id = SystemClock.uuid().simple().to_string();
        let span = tracing::info_span!("request", request_id = %id);
        let header = HeaderValue::from_str(&id);
        let answer = CURRENT.scope(id, self.0.call(request)).instrument(span).await;
        let mut response = answer?.into_response();
        if let Ok(header) = header {
            response.headers_mut().insert("x-request-id", header);
        }
        Ok(response)
    }
}
