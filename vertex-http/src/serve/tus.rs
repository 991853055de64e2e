//! What every answer of the tus protocol has, and what stands for methods that a client cannot send.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderValue, Method, header},
};

/// The version of the protocol that is spoken.
pub const VERSION: &str = "1.0.0";

/// The header that names it.
pub const TUS_RESUMABLE: &str = "tus-resumable";

/// Completes requests and answers below `/api/uploads`.
pub struct Tus;

impl<E: Endpoint> Middleware<E> for Tus {
    type Output = TusEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        TusEndpoint(inner)
    }
}

/// See [`Tus`].
pub struct TusEndpoint<E>(E);

impl<E: Endpoint> Endpoint for TusEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if !is_upload(request.uri().path()) {
            return self.0.call(request).await.map(IntoResponse::into_response);
        }
        let stands_for = request.header("x-http-method-override").map(str::parse::<Method>);
        if let Some(Ok(method)) = stands_for
            && request.method() == Method::POST
        {
            request.set_method(method);
        }
        let mut response = self.0.call(request).await?.into_response();
        let headers = response.headers_mut();
        for name in [TUS_RESUMABLE, "tus-version"] {
            headers.insert(name, HeaderValue::from_static(VERSION));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// Whether a path belongs to uploads that come in parts.
pub fn is_upload(path: &str) -> bool {
    path.strip_prefix("/api/uploads").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
