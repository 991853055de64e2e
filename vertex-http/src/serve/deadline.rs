//! No request is worked on for ever.

use std::time::Duration;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use vertex_core::Error;

use super::streamed::is_streamed;
use crate::api::Problem;

/// Gives up a request whose answer does not begin in time. Bodies that are streamed may take as long as they go on
/// arriving.
pub struct Deadline(pub Duration);

impl<E: Endpoint> Middleware<E> for Deadline {
    type Output = DeadlineEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        DeadlineEndpoint { inner, limit: self.0 }
    }
}

/// See [`Deadline`].
pub struct DeadlineEndpoint<E> {
    inner: E,
    limit: Duration,
}

impl<E: Endpoint> Endpoint for DeadlineEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let is_streamed = is_streamed(&request);
        let answer = self.inner.call(request);
        if is_streamed {
            return answer.await.map(IntoResponse::into_response);
        }
        match tokio::time::timeout(self.limit, answer).await {
            Ok(answer) => answer.map(IntoResponse::into_response),
            Err(elapsed) => {
                Err(Problem::from(Error::unavailable("an answer in time", elapsed)).into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, endpoint::make, http::StatusCode};

    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        let slow = make(async |_| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, poem::Error>("late")
        });
        let service = slow.with(Deadline(Duration::from_millis(1)));
        let status = async |request: Request| match service.call(request).await {
            Ok(response) => response.status(),
            Err(error) => error.status(),
        };
        assert_eq!(status(Request::default()).await, StatusCode::SERVICE_UNAVAILABLE);
        let form =
            Request::builder().header("content-type", "multipart/form-data; boundary=x").finish();
        assert_eq!(status(form).await, StatusCode::OK);
    }
}
