//! The service around the API: pages, documents, limits, headers, logs.

mod access_log;
mod body_limit;
pub mod client;
mod cors;
mod deadline;
mod link_methods;
mod live;
mod measure;
mod pages;
pub mod rate_limit;
pub mod request_id;
mod security_headers;
pub mod streamed;
pub mod tus;

use poem::{
    Endpoint, EndpointExt, IntoResponse, Response, Route, get,
    middleware::{CatchPanic, Compression, CookieJarManager, NormalizePath, TrailingSlash},
};
use vertex_core::{Error, usecases::App};

use crate::{
    api::{self, Problem},
    limits::Limits,
    settings::WebSettings,
    telemetry::Telemetry,
};

/// The whole service as one endpoint.
pub fn endpoint(
    app: App,
    web: &WebSettings,
    limits: Limits,
    telemetry: Telemetry,
) -> impl Endpoint<Output = Response> + use<> {
    let service = api::service();
    let openapi = service.spec_endpoint();
    let swagger = service.swagger_ui();
    let redoc = service.redoc();
    let https = app.policy.base_url.starts_with("https://");
    // Files are compressed already, and compressing would break their ranges.
    let pages = Route::new()
        .at("/", get(pages::home))
        .at("/admin", get(pages::admin))
        .at("/admin/*page", get(pages::admin))
        .at("/ar/:unique_id", get(pages::viewer))
        .at("/portrait/:permanent_link", get(pages::portrait))
        .at("/assets/*path", get(pages::asset))
        .at("/openapi.json", openapi)
        .nest("/docs", swagger)
        .nest("/redoc", redoc)
        .with(Compression::new());
    Route::new()
        .at("/api/ws", get(live::live))
        .at("/metrics", get(measure::metrics))
        .nest_no_strip("/api", service)
        .nest("/", pages)
        .with(link_methods::LinkMethods)
        .with(NormalizePath::new(TrailingSlash::Trim))
        .data(app)
        .data(telemetry)
        .data(api::uploads::Turns::default())
        .data(live::Origins(web.cors_origins.clone()))
        .data(measure::MetricsToken(web.metrics_token.clone()))
        .with(CookieJarManager::new())
        .with(body_limit::BodyLimit)
        .with(deadline::Deadline(web.request_timeout))
        .with(rate_limit::RateLimit(limits))
        .with(CatchPanic::new().with_handler(|_| -> Response {
            Problem::from(Error::internal("a handler panicked", "see the log")).into_response()
        }))
        .with(measure::Measure)
        .catch_all_error(|error| async move { Problem::from_poem(error).into_response() })
        .with(tus::Tus)
        .with(cors::Cors(web.cors_origins.clone()))
        .with(security_headers::SecurityHeaders { https })
        .with(access_log::AccessLog)
        .with(client::FindClient(web.trusted_proxies.clone()))
        .with(request_id::RequestId)
        .map_to_response()
}
