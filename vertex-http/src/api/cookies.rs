//! The cookies of pages, and which pages' they are.

use std::{sync::Arc, time::Duration};

use poem::{
    Request,
    http::{Method, header},
    web::cookie::{Cookie, SameSite},
};
use reqwest::Url;
use vertex_core::{Error, Result, usecases::App};

/// A cookie that carries a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCookie {
    /// That of the access token.
    Access,
    /// That of the refresh token.
    Refresh,
}

impl TokenCookie {
    /// Its name. Over TLS browsers take a `__Host-` one from this host alone, not from its sisters, and send it back to
    /// no other; without, as on localhost, they would not take it at all.
    fn name(self, app: &App) -> &'static str {
        match (self, is_https(app)) {
            (Self::Access, true) => "__Host-vertex_access",
            (Self::Refresh, true) => "__Host-vertex_refresh",
            (_, false) => self.plain_name(),
        }
    }

    /// Its name without TLS, and everywhere until pages got `__Host-` names.
    pub fn plain_name(self) -> &'static str {
        match self {
            Self::Access => "vertex_access",
            Self::Refresh => "vertex_refresh",
        }
    }

    /// Its token, if the request has it.
    pub fn read(self, request: &Request, app: &App) -> Option<String> {
        cookie(request, self.name(app))
    }

    /// A `Set-Cookie` that keeps a token so many seconds.
    pub fn keep(self, app: &App, token: &str, seconds: i64) -> String {
        set(app, self.name(app), token, "/", seconds)
    }

    /// A `Set-Cookie` that forgets the token.
    pub fn forget(self, app: &App) -> String {
        self.keep(app, "", 0)
    }
}

/// `Set-Cookie`s that forget what the cookies of earlier versions kept, if the request has them: refresh tokens lay under
/// their own path.
pub fn forget_earlier(request: &Request, app: &App) -> Vec<String> {
    let had = |kind: TokenCookie| cookie(request, kind.plain_name()).is_some();
    let mut gone = Vec::new();
    if had(TokenCookie::Refresh) {
        gone.push(set(app, TokenCookie::Refresh.plain_name(), "", "/api/auth", 0));
    }
    if is_https(app) && had(TokenCookie::Access) {
        gone.push(set(app, TokenCookie::Access.plain_name(), "", "/", 0));
    }
    gone
}

/// A cookie of a request.
pub fn cookie(request: &Request, name: &str) -> Option<String> {
    Some(request.cookie().get(name)?.value_str().to_owned())
}

fn set(app: &App, name: &str, value: &str, path: &str, seconds: i64) -> String {
    let mut cookie = Cookie::new_with_str(name, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path(path);
    cookie.set_secure(is_https(app));
    cookie.set_max_age(Duration::from_secs(seconds.max(0).unsigned_abs()));
    cookie.to_string()
}

fn is_https(app: &App) -> bool {
    app.policy.base_url.starts_with("https://")
}

/// The origins of other sites whose pages may use their visitors' cookies.
#[derive(Clone)]
pub struct Origins(pub Arc<[String]>);

/// Refuses a change that comes with a cookie from a page that is not ours: other ports and sister domains count as the
/// same site, so that `SameSite` alone lets theirs through.
///
/// # Errors
/// `Forbidden`.
pub fn refuse_foreign_change(request: &Request, app: &App) -> Result<()> {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS];
    if reads.contains(request.method()) { Ok(()) } else { refuse_foreign_page(request, app) }
}

/// Refuses a request that comes with a cookie from a page that is not ours.
///
/// # Errors
/// `Forbidden`.
pub fn refuse_foreign_page(request: &Request, app: &App) -> Result<()> {
    let foreign = Error::Forbidden(
        "cookies are taken from our own pages only: send `Origin`, or the token as `Authorization: Bearer`",
    );
    if request.header("sec-fetch-site") == Some("same-origin") {
        return Ok(());
    }
    let Some(origin) = request.header(header::ORIGIN) else { return Err(foreign) };
    let listed = request.data::<Origins>();
    let is_listed = listed.is_some_and(|listed| listed.0.iter().any(|known| known == origin));
    let host = request.header(header::HOST);
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let is_ours = is_listed || is_own(origin, host, &app.policy.base_url);
    is_ours.then_some(()).ok_or(foreign)
}

/// Whether an origin is the address of this installation, or the one that the request itself was sent to.
fn is_own(origin: &str, host: Option<&str>, base_url: &str) -> bool {
    let Ok(base) = Url::parse(base_url) else { return false };
    let asked = host.map(|host| format!("{}://{host}", base.scheme()));
    origin == base.origin().ascii_serialization() || asked.as_deref() == Some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_ours_by_the_installations_address_or_the_one_asked() {
        let base = "https://ar.example.org";
        let own = |origin, host| is_own(origin, host, base);
        assert!(own("https://ar.example.org", Some("127.0.0.1:8080")), "the proxy names itself");
        assert!(own("https://other.example.org", Some("other.example.org")));
        for foreign in [
            "null",
            "http://ar.example.org",
            "https://ar.example.org:8443",
            "https://shop.example.org",
            "https://ar.example.org.evil.org",
            "https://evil.org/ar.example.org",
        ] {
            assert!(!own(foreign, Some("ar.example.org")), "{foreign}");
        }
        assert!(is_own("http://localhost:8080", None, "http://localhost:8080"));
        assert!(is_own("http://127.0.0.1:8080", Some("127.0.0.1:8080"), "http://localhost:8080"));
        assert!(!is_own("http://127.0.0.1:9", Some("127.0.0.1:8080"), "http://localhost:8080"));
    }
}
