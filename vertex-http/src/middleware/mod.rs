//! The service around the API: pages, documents, limits, headers, logs.

mod access_log;
mod answered;
pub mod area;
pub mod body;
mod canonical;
pub mod client;
mod compression;
mod cors;
pub mod deadline;
pub mod facts;
mod link_methods;
mod live;
mod measure;
pub mod metrics;
mod pages;
pub mod path;
mod privacy;
mod rate_limit;
pub mod request_id;
mod security_headers;
pub mod streamed;
pub mod tus;

use std::{path::Path, sync::Arc};

use poem::{
    Endpoint, EndpointExt, Request, Response, Result, Route,
    endpoint::BoxEndpoint,
    get,
    middleware::{CatchPanic, CookieJarManager},
};
use vertex_core::{Error, usecases::App};

use crate::{
    adapters::rate_limits::{Limits, Shares},
    api::{self, Problem, files::FileStreams},
    checks::Checks,
    settings::WebSettings,
    telemetry::Telemetry,
};
use area::Area;
use body::BodyLimits;
use live::Listeners;

/// What a function around the service calls.
type Next = Arc<BoxEndpoint<'static>>;

/// Least bytes of pictures that may be in memory at once.
const PICTURES: u64 = 128 << 20;

/// The whole service as one endpoint, which keeps pictures that are not whole in `folder`.
pub fn endpoint(
    app: App,
    checks: Checks,
    web: &WebSettings,
    limits: Limits,
    telemetry: Telemetry,
    folder: &Path,
) -> impl Endpoint<Output = Response> + use<> {
    let service = api::service();
    let openapi = service.spec_endpoint();
    let swagger = service.swagger_ui();
    let redoc = service.redoc();
    let https = app.policy.base_url.starts_with("https://");
    let pages = Route::new()
        .at("/", get(pages::home))
        .at("/admin", get(pages::admin))
        .at("/admin/*page", get(pages::admin))
        .at("/ar/:unique_id", get(pages::viewer))
        .at("/portrait/:permanent_link", get(pages::portrait))
        .at("/assets/*path", get(pages::asset))
        .at("/openapi.json", openapi)
        .nest("/docs", swagger)
        .nest("/redoc", redoc);
    let routes = Route::new()
        .at("/api/ws", get(live::live))
        .at("/metrics", get(metrics::metrics))
        .nest_no_strip("/api", service)
        .nest("/", pages);
    let bodies = Arc::new(body_limits(&app, web, folder));
    let (pace, timeout) = (web.edge.pace, web.request_timeout);
    let (origins, proxies) = (web.cors_origins.clone(), web.proxies.clone());
    let compressed = compression::Compressed::default();
    // From the innermost to the outermost.
    routes
        .boxed()
        .around(link_methods::only_read_links)
        .boxed()
        .around(move |next, request| deadline::end_in_time(timeout, next, request))
        .boxed()
        .around(move |next, request| body::bound_body(bodies.clone(), pace, next, request))
        .boxed()
        .around(refuse_bad_paths)
        .boxed()
        .around(move |next, request| rate_limit::limit_rate(limits.clone(), next, request))
        .data(api::uploads::Turns::default())
        .data(api::cookies::Origins(web.cors_origins.clone()))
        .data(listeners(web))
        .data(FileStreams(Shares::new(0, web.edge.files_per_address)))
        .data(metrics::Readers::of_service(web, https))
        .data(telemetry)
        .data(checks)
        .data(app)
        .with(CookieJarManager::new())
        .with(CatchPanic::new().with_handler(|_| -> Response {
            answered::problem(Error::internal("a handler panicked", "see the log").into())
        }))
        .boxed()
        .around(measure::measure)
        .boxed()
        .around(tus::complete_tus)
        .boxed()
        .around(privacy::keep_private)
        .boxed()
        .around(move |next, request| compression::compress(compressed.clone(), next, request))
        .boxed()
        .around(move |next, request| cors::share_with(origins.clone(), next, request))
        .with(security_headers::SecurityHeaders { https })
        .boxed()
        .around(access_log::log_access)
        .boxed()
        .around(canonical::canonicalize)
        .boxed()
        .around(move |next, request| client::find_client(proxies.clone(), next, request))
        .boxed()
        .around(facts::begin)
        .with(request_id::RequestId)
        .map_to_response()
}

fn body_limits(app: &App, web: &WebSettings, folder: &Path) -> BodyLimits {
    let pictures = PICTURES.max(app.policy.max_image_bytes.saturating_mul(2));
    let pictures = usize::try_from(pictures).unwrap_or(usize::MAX);
    let edge = &web.edge;
    BodyLimits {
        collected: Shares::new(edge.body_bytes, edge.body_bytes_per_address),
        forms: Shares::new(edge.forms, edge.forms_per_user),
        pictures: Shares::new(pictures, pictures / 2),
        folder: folder.to_owned(),
    }
}

fn listeners(web: &WebSettings) -> Listeners {
    let edge = &web.edge;
    Listeners {
        users: Shares::new(edge.sockets, edge.sockets_per_user),
        companies: Shares::new(0, edge.sockets_per_company),
        heartbeat: live::HEARTBEAT.min(edge.connections.idle / 2),
    }
}

/// A path with several meanings has none here.
async fn refuse_bad_paths(next: Next, request: Request) -> Result<Response> {
    match Area::of(&request) {
        Area::Refused(error) => Err(Problem::bad_path(error).into()),
        _ => next.call(request).await,
    }
}
