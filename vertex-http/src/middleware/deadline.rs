//! No request is worked on for ever.

use std::time::Duration;

use poem::{Endpoint, IntoResponse, Request, Response, Result};
use tokio::time::Instant;
use vertex_core::Error;

use super::{Next, body::BodyWatch, streamed::is_streamed};
use crate::api::Problem;

tokio::task_local! {
    static ANSWER_BY: Instant;
}

/// When the request that is being served is given up, if it ever is.
pub fn answer_by() -> Option<Instant> {
    ANSWER_BY.try_with(|at| *at).ok()
}

/// Gives up a request whose answer does not begin in time; what the sender takes for the body does not count. Bodies
/// that are streamed may take as long as they go on arriving.
pub async fn end_in_time(limit: Duration, next: Next, request: Request) -> Result<Response> {
    if is_streamed(&request) {
        return next.call(request).await.map(IntoResponse::into_response);
    }
    let body = request.data::<BodyWatch>().cloned().unwrap_or_default();
    let begun = Instant::now();
    let answer = ANSWER_BY.scope(begun + limit, next.call(request));
    let mut answer = std::pin::pin!(answer);
    loop {
        let left = (limit + body.waited()).saturating_sub(begun.elapsed());
        match tokio::time::timeout(left, &mut answer).await {
            Ok(answer) => return answer.map(IntoResponse::into_response),
            Err(elapsed) if begun.elapsed() >= limit + body.waited() => {
                return Err(Problem::from(Error::unavailable("an answer in time", elapsed)).into());
            }
            Err(_) => {}
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
        let service = slow
            .map_to_response()
            .boxed()
            .around(|next, request| end_in_time(Duration::from_millis(1), next, request));
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
