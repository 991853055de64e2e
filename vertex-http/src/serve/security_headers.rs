//! What browsers may do with our answers.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderName, HeaderValue, header},
};

/// The pages: everything from here, nothing inline, no evaluation.
const PAGES: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Swagger UI and ReDoc come with inline scripts and styles.
const DOCUMENTS: &str = "default-src 'none'; script-src 'self' 'unsafe-inline'; worker-src blob:; \
    style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src data:; \
    base-uri 'none'; frame-ancestors 'none'";

/// Adds the headers to every answer.
pub struct SecurityHeaders;

impl<E: Endpoint> Middleware<E> for SecurityHeaders {
    type Output = SecurityHeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        SecurityHeadersEndpoint(inner)
    }
}

/// See [`SecurityHeaders`].
pub struct SecurityHeadersEndpoint<E>(E);

impl<E: Endpoint> Endpoint for SecurityHeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let path = request.original_uri().path();
        let is_document = path.starts_with("/docs") || path.starts_with("/redoc");
        let policy = if is_document { DOCUMENTS } else { PAGES };
        let mut response = self.0.call(request).await?.into_response();
        let headers: [(HeaderName, &'static str); 5] = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (
                HeaderName::from_static("permissions-policy"),
                "camera=(self), microphone=(), geolocation=()",
            ),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ];
        for (name, value) in headers {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    }
}
