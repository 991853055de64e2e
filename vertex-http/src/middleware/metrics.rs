//! Where the figures are read, and by whom.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use poem::{
    EndpointExt, IntoResponse, Request, Response, Route, get, handler,
    http::{HeaderMap, HeaderName, header},
    web::Data,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use vertex_core::{Error, usecases::App};

use super::client::peer;
use crate::{
    api::Problem,
    server,
    settings::{ListenAddresses, WebSettings},
    telemetry::Telemetry,
};

/// How long whoever reads the figures is waited for once the process is told to stop.
const GRACE: Duration = Duration::from_secs(1);

/// Who may read the figures.
#[derive(Clone, Debug)]
pub enum Readers {
    /// Who knows this token.
    Token(SecretString),
    /// Programs on this machine that ask directly, not through a proxy.
    ThisMachine,
    /// Everybody who reaches the address.
    Everybody,
    /// Nobody.
    Nobody,
}

impl Readers {
    /// Those of the address that the world reaches, too. What comes through a proxy on this machine may look as if it
    /// came from a program here: where there is a proxy, a token is needed. We do not speak HTTPS ourselves, so that an
    /// address with it is one of a proxy.
    pub fn of_service(web: &WebSettings, https: bool) -> Self {
        match &web.metrics_token {
            Some(token) => Self::Token(token.clone()),
            None if https || web.names_proxies => Self::Nobody,
            None => Self::ThisMachine,
        }
    }

    /// Those of an address of its own.
    fn of_own_address(token: Option<SecretString>) -> Self {
        token.map_or(Self::Everybody, Self::Token)
    }

    fn include(&self, request: &Request) -> bool {
        match self {
            Self::Token(token) => knows(request, token.expose_secret()),
            Self::ThisMachine => is_of_this_machine(request),
            Self::Everybody => true,
            Self::Nobody => false,
        }
    }
}

fn knows(request: &Request, token: &str) -> bool {
    let given = request.header(header::AUTHORIZATION).and_then(|value| value.split_once(' '));
    given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("bearer")
            && aws_lc_rs::constant_time::verify_slices_are_equal(
                given.trim().as_bytes(),
                token.as_bytes(),
            )
            .is_ok()
    })
}

fn is_of_this_machine(request: &Request) -> bool {
    let peer = peer(request.remote_addr());
    let host = request.uri().authority().map(|authority| authority.as_str());
    is_direct(peer, host.or_else(|| request.header(header::HOST)), request.headers())
}

/// Whether a program at `peer` asked this machine without a proxy.
fn is_direct(peer: Option<IpAddr>, host: Option<&str>, headers: &HeaderMap) -> bool {
    peer.is_some_and(|peer| peer.is_loopback())
        && host.is_some_and(is_loopback)
        && !headers.keys().any(is_of_proxy)
}

/// Whether `host`, perhaps with a port, is a name of the machine itself.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse();
    name.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

/// Whether proxies add such a header: `X-Forwarded-For`, `X-Real-IP`, `CF-Connecting-IP`, `Via` and their kind.
fn is_of_proxy(name: &HeaderName) -> bool {
    let name = name.as_str();
    let parts =
        ["forward", "proxy", "real-ip", "client-ip", "connecting-ip", "remote-", "original-"];
    let beginnings = ["cf-", "x-envoy-", "x-amz", "x-azure-", "x-appengine-", "fastly-", "fly-"];
    name == "via"
        || name == "cdn-loop"
        || parts.iter().any(|part| name.contains(part))
        || beginnings.iter().any(|beginning| name.starts_with(beginning))
}

/// The figures in Prometheus' text format.
#[handler]
pub async fn metrics(
    request: &Request,
    app: Data<&App>,
    telemetry: Data<&Telemetry>,
    readers: Data<&Readers>,
) -> Response {
    if !readers.include(request) {
        return Problem::from(Error::NotFound("resource")).into_response();
    }
    let text = telemetry.render(&app).await;
    Response::builder().content_type("text/plain; version=0.0.4").body(text)
}

/// The figures at an address of their own, until `stop`; where that is.
///
/// # Errors
/// When the address cannot be had.
pub async fn listen(
    addresses: &ListenAddresses,
    web: &WebSettings,
    app: App,
    telemetry: Telemetry,
    stop: CancellationToken,
) -> Result<(SocketAddr, JoinHandle<()>), String> {
    let unusable =
        |error: io::Error| format!("cannot listen on {addresses} (VERTEX_METRICS_LISTEN): {error}");
    let listener = TcpListener::bind(addresses.all()).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let readers = Readers::of_own_address(web.metrics_token.clone());
    if matches!(readers, Readers::Everybody) && !address.ip().is_loopback() {
        tracing::warn!(
            %address,
            "whoever reaches VERTEX_METRICS_LISTEN reads the metrics: VERTEX_METRICS_TOKEN closes them"
        );
    }
    let endpoint = Route::new()
        .at("/metrics", get(metrics))
        .data(app)
        .data(telemetry)
        .data(readers)
        .map_to_response();
    let (connections, proxies) = (web.edge.connections, web.proxies.clone());
    let served = server::serve(listener, endpoint, connections, proxies, stop, GRACE);
    Ok((address, tokio::spawn(served)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_read(peer: &str, host: Option<&str>, headers: &[&str]) -> bool {
        let name = |name: &&str| HeaderName::from_bytes(name.as_bytes()).unwrap();
        let headers = headers.iter().map(|header| (name(header), "x".parse().unwrap()));
        is_direct(Some(peer.parse().unwrap()), host, &headers.collect())
    }

    #[test]
    fn a_program_on_this_machine_asks_directly() {
        for host in ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "127.1.2.3"] {
            assert!(is_read("127.0.0.1", Some(host), &[]), "{host}");
        }
        assert!(is_read("::1", Some("localhost"), &[]));
        assert!(!is_read("192.0.2.1", Some("localhost"), &[]));
        for host in ["ar.example.org", "127.0.0.1.example.org", "192.0.2.1:8080", ""] {
            assert!(!is_read("127.0.0.1", Some(host), &[]), "{host}");
        }
        assert!(!is_read("127.0.0.1", None, &[]));
    }

    #[test]
    fn what_proxies_add_is_known() {
        for name in [
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Server",
            "Forwarded",
            "Via",
            "X-Real-IP",
            "CF-Connecting-IP",
            "CF-Ray",
            "True-Client-IP",
            "X-Client-IP",
            "X-Cluster-Client-IP",
            "Fastly-Client-IP",
            "X-Original-Forwarded-For",
            "X-Original-URL",
            "X-ProxyUser-Ip",
            "X-Envoy-External-Address",
            "X-Amzn-Trace-Id",
            "X-Remote-Addr",
            "CDN-Loop",
        ] {
            assert!(!is_read("127.0.0.1", Some("localhost"), &[name]), "{name}");
        }
        for name in
            ["Accept", "User-Agent", "Accept-Encoding", "X-Prometheus-Scrape-Timeout-Seconds"]
        {
            assert!(is_read("127.0.0.1", Some("localhost"), &[name]), "{name}");
        }
    }
}
