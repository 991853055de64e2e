//! The way out to storages that tenants name. It leads to public addresses only, whatever a name
//! resolves to and however often its answer changes: each connection is opened to addresses that were
//! looked at.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures::FutureExt;
use opendal::{Buffer, HttpBody, HttpTransport, HttpTransporter, OperationContext};
use opendal_http_transport_reqwest::ReqwestTransport;
use reqwest::{
    Client, Url,
    dns::{Name, Resolve, Resolving},
    redirect,
};
use vertex_core::{
    Error, Result,
    storage::endpoint::{Reach, refusal},
};

/// How long opening a connection may take.
const CONNECT: Duration = Duration::from_secs(4);

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

/// An address that is not spoken to.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(String);

/// HTTP to storages: no redirects, no proxies, no address inside. Clones share their connections.
#[derive(Clone)]
pub struct Outbound {
    reach: Arc<Reach>,
    client: Client,
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
        Ok(Self { reach, client })
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
        let unavailable =
            |error: reqwest::Error| Error::unavailable("the storage", error.without_url());
        let url = Url::parse(url).map_err(|error| Error::internal("a storage's link", error))?;
        self.check(&url).map_err(|error| Error::internal("a storage's link", error))?;
        let request = self.client.get(url).timeout(CONNECT).header("origin", origin);
        let answer = request.header("range", "bytes=0-0").send().await.map_err(unavailable)?;
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
    async fn fetch(
        &self,
        request: http::Request<Buffer>,
    ) -> opendal::Result<http::Response<HttpBody>> {
        let refused =
            |why| opendal::Error::new(opendal::ErrorKind::ConfigInvalid, "refused").set_source(why);
        let url = Url::parse(&request.uri().to_string())
            .map_err(|error| refused(Refused(error.to_string())))?;
        self.check(&url).map_err(refused)?;
        ReqwestTransport::new(self.client.clone()).fetch(request).await
    }
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
                let why = format!("{} resolves to {inside}: {}", name.as_str(), refusal(*inside));
                return Err(Refused(why).into());
            }
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as reqwest::dns::Addrs)
        }
        .boxed()
    }
}
