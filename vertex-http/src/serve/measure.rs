//! Requests as figures, and where the figures are read.

use std::{net::IpAddr, time::Instant};

use poem::{
    Endpoint, IntoResponse, PathPattern, Request, Response, Result, handler,
    http::{header, uri::Authority},
    web::Data,
};
use secrecy::{ExposeSecret, SecretString};
use vertex_core::{Error, usecases::App};

use super::{Next, client::peer};
use crate::{
    api::Problem,
    telemetry::{self, Telemetry},
};

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
    let is_here = peer(request.remote_addr()).is_some_and(|peer| peer.is_loopback());
    is_here && !is_proxied(request)
}

/// Headers that proxies add, by one name or another.
const OF_PROXIES: [&str; 9] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-client-ip",
    "cf-connecting-ip",
    "true-client-ip",
];

/// Whether the request was made elsewhere: a proxy says so, or it was made to another name than this machine's own.
fn is_proxied(request: &Request) -> bool {
    let host = request.header(header::HOST).or(request.uri().authority().map(|host| host.as_str()));
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    let is_ours = host.is_some_and(|host| {
        let name = host.host().trim_matches(['[', ']']);
        name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    !is_ours || OF_PROXIES.iter().any(|name| request.headers().contains_key(*name))
}
