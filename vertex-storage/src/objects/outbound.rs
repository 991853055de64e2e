//! The way out to storages that tenants name. It leads to public addresses only, whatever a name
//! resolves to and however often its answer changes: each connection is opened to addresses that were
//! looked at. What comes back is bounded: a part of an object by what was asked for, anything else by what such an
//! answer may need.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures::{FutureExt, StreamExt};
use http::{Method, Request, Response, StatusCode, header};
use opendal::{Buffer, ErrorKind, HttpBody, HttpTransport, HttpTransporter, OperationContext};
use opendal_http_transport_reqwest::ReqwestTransport;
use reqwest::{
    Client, Url,
    dns::{Name, Resolve, Resolving},
    redirect,
};
use vertex_core::{Error, Result, storage::endpoint::Reach};

use super::{
    fault::{Cause, OddAnswer, Refused, request_error},
    time_limits::Patience,
};

/// How long opening a connection may take.
const CONNECT: Duration = Duration::from_secs(4);
/// Bytes of an answer that is no object: a thousand keys of the greatest length fit.
const MOST_ANSWER: u64 = 4 << 20;
/// Bytes of an answer that says what is wrong.
const MOST_COMPLAINT: u64 = 64 << 10;

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// All of them, as they are now.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// What the machine itself asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// HTTP to storages: no redirects, no proxies, no address inside. Clones share their connections.
#[derive(Clone)]
pub struct Outbound {
    reach: Arc<Reach>,
    client: Client,
    patience: Patience,
}

impl Outbound {
    /// To what `reach` admits, by the names that `resolver` knows.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(reach: Reach, resolver: Arc<dyn Resolver>) -> Result<Self> {
        let reach = Arc::new(reach);
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .dns_resolver(Guard { reach: reach.clone(), resolver })
            .build()
            .map_err(|error| Error::internal("setting HTTP up", error))?;
        Ok(Self { reach, client, patience: Patience::default() })
    }

    /// The same, with these limits of time for the storages that are reached by it.
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    pub(super) fn patience(&self) -> Patience {
        self.patience
    }

    pub(super) fn check(&self, url: &Url) -> Result<(), Refused> {
        self.reach.check(url).map_err(|why| Refused(format!("the address {why}")))
    }

    /// The client itself, for URLs that were checked.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether a page from `origin` may read what a link leads to.
    ///
    /// # Errors
    /// `Unavailable` when nobody answers there.
    pub async fn lets_pages_read(&self, url: &str, origin: &str) -> Result<bool> {
        let url = Url::parse(url).map_err(|error| Error::internal("a storage's link", error))?;
        self.check(&url).map_err(|_| Error::from(Cause::Address))?;
        let request = self.client.get(url).timeout(CONNECT).header("origin", origin);
        let answer = request.header("range", "bytes=0-0").send().await.map_err(request_error)?;
        let allowed = answer.headers().get("access-control-allow-origin");
        let admits = allowed.is_some_and(|allowed| allowed == "*" || allowed == origin);
        Ok(answer.status().is_success() && admits)
    }

    /// The same for OpenDAL.
    pub(super) fn context(&self) -> OperationContext {
        OperationContext::new().with_http_transport(HttpTransporter::new(self.clone()))
    }
}

impl HttpTransport for Outbound {
    async fn fetch(&self, request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let refused =
            |why| opendal::Error::new(ErrorKind::ConfigInvalid, "refused").set_source(why);
        let url = Url::parse(&request.uri().to_string())
            .map_err(|error| refused(Refused(error.to_string())))?;
        self.check(&url).map_err(refused)?;
        let part = Part::asked_for(&request);
        let answer = ReqwestTransport::new(self.client.clone()).fetch(request).await?;
        let most = match (&part, answer.status()) {
            (Some(part), status) if status.is_success() => part.check(&answer)?,
            (None, status) if status.is_success() => MOST_ANSWER,
            _ => MOST_COMPLAINT,
        };
        Ok(answer.map(|body| bounded(body, most)))
    }
}

/// A part of an object that is asked for.
struct Part {
    start: u64,
    length: u64,
}

impl Part {
    fn asked_for<T>(request: &Request<T>) -> Option<Self> {
        let range =
            request.headers().get(header::RANGE).filter(|_| request.method() == Method::GET);
        let (start, last) = range?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
        let (start, last): (u64, u64) = (start.parse().ok()?, last.parse().ok()?);
        Some(Self { start, length: last.checked_sub(start)?.checked_add(1)? })
    }

    /// How long the body of an answer may be that gives this part, and no other.
    fn check<T>(&self, answer: &Response<T>) -> opendal::Result<u64> {
        let begins = match answer.status() {
            StatusCode::PARTIAL_CONTENT => start_of(answer),
            // The whole object, which is no longer than the part if it is the part.
            _ => Some(0),
        };
        match begins == Some(self.start) {
            true => Ok(self.length),
            false => Err(odd("another part than was asked for")),
        }
    }
}

fn start_of<T>(answer: &Response<T>) -> Option<u64> {
    let range = answer.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

/// A body that ends with an error after so many bytes.
fn bounded(body: HttpBody, most: u64) -> HttpBody {
    let mut left = most;
    body.map_inner(|pieces| {
        Box::new(pieces.map(move |piece| {
            let piece = piece?;
            left = left
                .checked_sub(piece.len() as u64)
                .ok_or_else(|| odd("a larger answer than was asked for"))?;
            Ok(piece)
        }))
    })
}

/// The body of an answer that is no object.
///
/// # Errors
/// When the line breaks, or more comes than such an answer may need.
pub(super) async fn body_of(mut answer: reqwest::Response) -> opendal::Result<Vec<u8>> {
    let most = if answer.status().is_success() { MOST_ANSWER } else { MOST_COMPLAINT };
    let mut body = Vec::new();
    let broken = |error: reqwest::Error| {
        let broken = opendal::Error::new(ErrorKind::Unexpected, "the line broke");
        broken.set_source(error.without_url()).set_temporary()
    };
    while let Some(piece) = answer.chunk().await.map_err(broken)? {
        if (body.len() + piece.len()) as u64 > most {
            return Err(odd("a larger answer than was asked for"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn odd(what: &'static str) -> opendal::Error {
    opendal::Error::new(ErrorKind::Unexpected, "an odd answer").set_source(OddAnswer(what))
}

struct Guard {
    reach: Arc<Reach>,
    resolver: Arc<dyn Resolver>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, resolver) = (self.reach.clone(), self.resolver.clone());
        async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            // One bad address among good ones would be enough for whoever runs the name.
            if let Some(inside) = addresses.iter().find(|address| !reach.admits(**address)) {
                tracing::warn!(name = name.as_str(), address = %inside, "a name leads inside");
                // The same as for a name that nobody knows.
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as reqwest::dns::Addrs)
        }
        .boxed()
    }
}
