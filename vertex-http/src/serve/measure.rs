//! Requests as figures, and where the figures are read.

use std::time::Instant;

use poem::{
    Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result, handler,
    http::header, web::Data,
};
use secrecy::{ExposeSecret, SecretString};
use vertex_core::{Error, usecases::App};

use crate::{
    api::Problem,
    telemetry::{self, Telemetry},
};

/// What requests are counted under that met no route.
const NO_ROUTE: &str = "none";

/// Counts every request under its route.
pub struct Measure;

impl<E: Endpoint> Middleware<E> for Measure {
    type Output = MeasureEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        MeasureEndpoint(inner)
    }
}

/// See [`Measure`].
pub struct MeasureEndpoint<E>(E);

impl<E: Endpoint> Endpoint for MeasureEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let begun = Instant::now();
        let method = request.method().clone();
        let answer = self.0.call(request).await.map(IntoResponse::into_response);
        let (route, status) = match &answer {
            Ok(response) => (response.data::<PathPattern>(), response.status()),
            Err(error) => (error.data::<PathPattern>(), error.status()),
        };
        let route = route.map_or(NO_ROUTE, |route| &route.0);
        telemetry::request(known(method.as_str()), route, status.as_u16(), begun.elapsed());
        answer
    }
}

/// Anybody may make a method up: those that have a name are told apart.
fn known(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}

/// Who may read the figures: who knows the token or, without one, a program on this machine that asks
/// directly, not through a proxy.
#[derive(Clone)]
pub struct MetricsToken(pub Option<SecretString>);

/// The figures in Prometheus' text format.
#[handler]
pub async fn metrics(
    request: &Request,
    app: Data<&App>,
    telemetry: Data<&Telemetry>,
    token: Data<&MetricsToken>,
) -> Response {
    if !may_read(request, &token) {
        return Problem::from(Error::NotFound("resource")).into_response();
    }
    match telemetry.render(&app).await {
        Ok(text) => Response::builder().content_type("text/plain; version=0.0.4").body(text),
        Err(error) => Problem::from(error).into_response(),
    }
}

fn may_read(request: &Request, MetricsToken(token): &MetricsToken) -> bool {
    if let Some(token) = token {
        let given =
            request.header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        return given.is_some_and(|given| {
            aws_lc_rs::constant_time::verify_slices_are_equal(
                given.as_bytes(),
                token.expose_secret().as_bytes(),
            )
            .is_ok()
        });
    }
    let peer = request.remote_addr().as_socket_addr();
    let is_proxied = ["x-forwarded-for", "forwarded", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    !is_proxied && peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}
