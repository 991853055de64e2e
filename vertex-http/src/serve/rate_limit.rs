//! Refuses those who ask too often.

use poem::{
    Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result,
    http::{HeaderMap, HeaderValue, Method, header},
};

use super::{client::ClientAddress, streamed::is_streamed, tus::is_upload};
use crate::{
    api::Problem,
    limits::{Counted, Limits, Verdict, tightest},
};

/// Counts requests to the API by the client's address. Files behind signed links are not counted: a video
/// is read in many parts. Neither are parts of uploads, which their users are counted for, nor health.
pub struct RateLimit(pub Limits);

impl<E: Endpoint> Middleware<E> for RateLimit {
    type Output = RateLimitEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RateLimitEndpoint { inner, limits: self.0.clone() }
    }
}

/// See [`RateLimit`].
pub struct RateLimitEndpoint<E> {
    inner: E,
    limits: Limits,
}

impl<E: Endpoint> Endpoint for RateLimitEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        request.set_data(self.limits.clone());
        let verdict = self.verdict(&request).await;
        if let Some(verdict) = verdict.filter(|verdict| verdict.wait.is_some()) {
            return Ok(Problem::too_many(&verdict).into_response());
        }
        let mut response = match self.inner.call(request).await {
            Ok(answer) => answer.into_response(),
            Err(error) => {
                let route = error.data::<PathPattern>().cloned();
                let mut response = Problem::from_poem(error).into_response();
                if let Some(route) = route {
                    response.set_data(route);
                }
                response
            }
        };
        if let Some(verdict) = verdict
            && !response.headers().contains_key("ratelimit")
        {
            announce(response.headers_mut(), &verdict);
        }
        Ok(response)
    }
}

impl<E> RateLimitEndpoint<E> {
    async fn verdict(&self, request: &Request) -> Option<Verdict> {
        let path = request.uri().path();
        let is_counted = path.starts_with("/api/")
            && !path.starts_with("/api/files/")
            && !path.starts_with("/api/health")
            && !is_part(request);
        let address = ClientAddress::of(request).filter(|_| is_counted)?;
        let all = self.limits.count_address(Counted::Address, address).await;
        let special = match special(request) {
            Some(counted) => self.limits.count_address(counted, address).await,
            None => None,
        };
        tightest(all, special)
    }
}

/// Whether a request only goes on with an upload.
fn is_part(request: &Request) -> bool {
    let goes_on = matches!(*request.method(), Method::PATCH | Method::HEAD);
    goes_on && is_upload(request.uri().path())
}

/// The stricter limit a request falls under as well.
fn special(request: &Request) -> Option<Counted> {
    let guesses = ["/api/auth/login", "/api/auth/register", "/api/auth/change-password"];
    let path = request.uri().path().trim_end_matches('/');
    if request.method() == Method::POST && guesses.contains(&path) {
        return Some(Counted::Auth);
    }
    let begins_upload = request.method() == Method::POST && is_upload(path);
    (begins_upload || is_streamed(request)).then_some(Counted::Uploads)
}

/// Says how much is left and, when nothing is, how long to wait.
pub fn announce(headers: &mut HeaderMap, verdict: &Verdict) {
    if let Some(seconds) = verdict.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    for (name, value) in
        [("ratelimit-policy", verdict.policy_header()), ("ratelimit", verdict.state_header())]
    {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}
