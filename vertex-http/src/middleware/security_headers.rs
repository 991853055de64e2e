//! What browsers may do with our answers.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderName, HeaderValue, header},
};

use super::area::Area;

/// The pages: everything from here, nothing inline, no evaluation.
const PAGES: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The AR.js tracker, a worker and so a world of its own: ARToolKit's WebAssembly is bound to JavaScript by code that is
/// made as it starts. It reads marker files from here and a camera description that the page wrote into a blob.
const TRACKER: &str = "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src 'self' blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Swagger UI and ReDoc come with inline scripts and styles.
const DOCUMENTS: &str = "default-src 'none'; script-src 'self' 'unsafe-inline'; worker-src blob:; \
    style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src data:; \
    base-uri 'none'; frame-ancestors 'none'";

/// What pages may ask the browser for: the viewer needs the camera and its motion, nothing else.
const PERMISSIONS: &str = "camera=(self), accelerometer=(self), gyroscope=(self), \
    magnetometer=(self), fullscreen=(self), autoplay=(self), microphone=(), geolocation=(), \
    payment=(), usb=(), serial=(), bluetooth=(), hid=(), midi=(), display-capture=(), \
    browsing-topics=()";

/// Another place than this one that a page's videos come from.
#[derive(Clone, Debug)]
pub struct VideoOrigin(pub String);

/// Adds the headers to every answer.
pub struct SecurityHeaders {
    /// Whether the world reaches the service by HTTPS, and is to do so ever after.
    pub https: bool,
}

impl<E: Endpoint> Middleware<E> for SecurityHeaders {
    type Output = SecurityHeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        SecurityHeadersEndpoint { inner, https: self.https }
    }
}

/// See [`SecurityHeaders`].
pub struct SecurityHeadersEndpoint<E> {
    inner: E,
    https: bool,
}

impl<E: Endpoint> Endpoint for SecurityHeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let policy = policy_of(Area::of(&request));
        let mut response = self.inner.call(request).await?.into_response();
        let headers: [(HeaderName, &'static str); 6] = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ];
        let origin = response.data::<VideoOrigin>().and_then(|VideoOrigin(origin)| {
            // A page asks for the video itself when the player cannot say why it does not play.
            let reads = |policy: String, from| {
                policy.replace(&format!("{from} 'self'"), &format!("{from} 'self' {origin}"))
            };
            let policy = ["media-src", "connect-src"].into_iter().fold(PAGES.to_owned(), reads);
            HeaderValue::try_from(policy).ok()
        });
        for (name, value) in headers {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if let Some(policy) = origin {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if self.https {
            let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, a_year);
        }
        Ok(response)
    }
}

fn policy_of(area: Area) -> &'static str {
    match area {
        Area::Documents => DOCUMENTS,
        Area::ArJsWorker => TRACKER,
        _ => PAGES,
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, endpoint::make_sync};

    use super::*;

    #[tokio::test]
    async fn https_is_demanded_ever_after_where_it_is_spoken() {
        for https in [true, false] {
            let service = make_sync(|_| "served").with(SecurityHeaders { https });
            let response = service.call(Request::default()).await.unwrap();
            let headers = response.headers();
            assert_eq!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY), https);
            assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
            assert!(headers["permissions-policy"].to_str().unwrap().contains("geolocation=()"));
        }
    }
}
