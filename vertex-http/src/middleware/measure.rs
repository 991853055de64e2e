//! Requests as figures.

use std::time::Instant;

use poem::{Endpoint, IntoResponse, PathPattern, Request, Response, Result};

use super::Next;
use crate::telemetry;

/// What requests are counted under that met no route.
const NO_ROUTE: &str = "none";

/// Counts every request under its route.
pub async fn measure(next: Next, request: Request) -> Result<Response> {
    let begun = Instant::now();
    let method = request.method().clone();
    let answer = next.call(request).await.map(IntoResponse::into_response);
    let (route, status) = match &answer {
        Ok(response) => (response.data::<PathPattern>(), response.status()),
        Err(error) => (error.data::<PathPattern>(), error.status()),
    };
    let route = route.map_or(NO_ROUTE, |route| &route.0);
    telemetry::request(known(method.as_str()), route, status.as_u16(), begun.elapsed());
    answer
}

/// Anybody may make a method up: those that have a name are told apart.
fn known(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}
