//! The service around the API: pages, documents, limits, headers, logs.

mod access_log;
mod body_limit;
pub mod client;
mod pages;
pub mod request_id;
mod security_headers;

use poem::{
    Endpoint, EndpointExt, IntoResponse, Response, Route, get,
    middleware::{CatchPanic, Compression, CookieJarManager},
};
use vertex_core::{Error, usecases::App};

use crate::{
    api::{self, Problem},
    settings::WebSettings,
};

/// The whole service as one endpoint.
pub fn endpoint(app: App, web: &WebSettings) -> impl Endpoint<Output = Response> + use<> {
    let service = api::service();
    let openapi = service.spec_endpoint();
    let swagger = service.swagger_ui();
    let redoc = service.redoc();
    // Files are compressed already, and compressing would break their ranges.
    let pages = Route::new()
        .at("/", get(pages::admin))
        .at("/admin", get(pages::admin))
        .at("/ar/:unique_id", get(pages::viewer))
        .at("/assets/*path", get(pages::asset))
        .at("/openapi.json", openapi)
        .nest("/docs", swagger)
        .nest("/redoc", redoc)
        .with(Compression::new());
    Route::new()
        .nest_no_strip("/api", service)
        .nest("/", pages)
        .data(app)
        .with(CookieJarManager::new())
        .with(body_limit::BodyLimit)
        .with(CatchPanic::new().with_handler(|_| -> Response {
            Problem::from(Error::internal("a handler panicked", "see the log")).into_response()
        }))
        .catch_all_error(|error| async move { Problem::from_poem(error).into_response() })
        .with(security_headers::SecurityHeaders)
        .with(access_log::AccessLog)
        .with(client::FindClient(web.trusted_proxies.clone()))
        .with(request_id::RequestId)
        .map_to_response()
}
