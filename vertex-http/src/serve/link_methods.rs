//! A signed link reads, and does nothing else.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{Method, Uri},
};
use vertex_core::Error;

use crate::api::Problem;

/// Refuses to follow a signed link with a method it was not signed for.
pub struct LinkMethods;

impl<E: Endpoint> Middleware<E> for LinkMethods {
    type Output = LinkMethodsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        LinkMethodsEndpoint { inner }
    }
}

/// See [`LinkMethods`].
pub struct LinkMethodsEndpoint<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for LinkMethodsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let changes = [Method::PUT, Method::POST, Method::PATCH, Method::DELETE];
        if changes.contains(request.method()) && is_signed_link(request.uri()) {
            return Err(Problem::from(Error::Forbidden("this link only reads")).into());
        }
        self.inner.call(request).await.map(IntoResponse::into_response)
    }
}

fn is_signed_link(uri: &Uri) -> bool {
    uri.path().starts_with("/api/files/")
        && uri.query().is_some_and(|query| query.split('&').any(is_signature))
}

fn is_signature(pair: &str) -> bool {
    pair.strip_prefix("signature=").is_some_and(|signature| !signature.is_empty())
}
