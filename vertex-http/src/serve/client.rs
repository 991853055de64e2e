//! Where a request really comes from, if a reverse proxy stands in between.

use std::{net::IpAddr, sync::Arc};

use ipnet::IpNet;
use poem::{Endpoint, Middleware, Request, Result, http::HeaderMap, web::RemoteAddr};

/// The address of the client, in the request's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The address of the one who sent `request`.
    pub fn of(request: &Request) -> Option<IpAddr> {
        request.data::<Self>().and_then(|address| address.0)
    }
}

/// Finds the client's address, believing what these proxies say of it.
pub struct FindClient(pub Arc<[IpNet]>);

impl<E: Endpoint> Middleware<E> for FindClient {
    type Output = FindClientEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        FindClientEndpoint { inner, trusted: self.0.clone() }
    }
}

/// See [`FindClient`].
pub struct FindClientEndpoint<E> {
    inner: E,
    trusted: Arc<[IpNet]>,
}

impl<E: Endpoint> Endpoint for FindClientEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let peer = peer(request.remote_addr());
        let client = peer.map(|peer| client(peer, request.headers(), &self.trusted));
        request.set_data(ClientAddress(client));
        self.inner.call(request).await
    }
}

fn peer(address: &RemoteAddr) -> Option<IpAddr> {
    address.as_socket_addr().map(|address| address.ip().to_canonical())
}

/// Goes back through the proxies, from the nearest, to the first address that is none of ours.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let forwarded =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut client = peer;
    while is_trusted(&client) {
        let Some(Ok(before)) = hops.pop().map(str::parse::<IpAddr>) else { break };
        client = before.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(found("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(found("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("127.0.0.1", &["1.1.1.1, 198.51.100.1, 10.1.2.3"]), "198.51.100.1");
        assert_eq!(found("127.0.0.1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("127.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn nonsense_is_as_good_as_nothing() {
        assert_eq!(found("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(found("127.0.0.1", &["198.51.100.1, unknown"]), "127.0.0.1");
    }
}
