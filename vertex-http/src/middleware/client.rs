//! Where a request really comes from, if a reverse proxy stands in between.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::Next;
use ipnet::IpNet;
use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderMap, HeaderName},
    web::RemoteAddr,
};

/// The address of the client, in the request's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The address of the one who sent `request`.
    pub fn of(request: &Request) -> Option<IpAddr> {
        request.data::<Self>().and_then(|address| address.0)
    }
}

/// Whose word is taken on a client's address, and the header they give it in.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// Addresses and networks of our reverse proxies.
    pub trusted: Arc<[IpNet]>,
    /// Their header: `forwarded` as RFC 7239 has it, any other a list of addresses.
    pub header: HeaderName,
}

impl Proxies {
    /// Whether this is one of ours.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    /// Goes back through the proxies, from the nearest, to the first address that is none of ours.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let values = headers.get_all(&self.header).iter().filter_map(|value| value.to_str().ok());
        let mut hops: Vec<Option<IpAddr>> = match self.header == "forwarded" {
            true => values.flat_map(forwarded_for).collect(),
            false => values.flat_map(|value| value.split(',')).map(address).collect(),
        };
        let mut client = peer;
        while self.trusts(client) {
            let Some(Some(before)) = hops.pop() else { break };
            client = before;
        }
        client
    }
}

/// Notes the client's address, believing what the proxies say of it.
pub async fn find_client(proxies: Proxies, next: Next, mut request: Request) -> Result<Response> {
    let peer = peer(request.remote_addr());
    let client = peer.map(|peer| proxies.client(peer, request.headers()));
    request.set_data(ClientAddress(client));
    next.call(request).await
}

/// The address at the other end of the connection.
pub fn peer(address: &RemoteAddr) -> Option<IpAddr> {
    address.as_socket_addr().map(|address| address.ip().to_canonical())
}

/// An address as proxies write it: quoted or not, with a port or without, IPv6 in brackets or bare.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"').trim();
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let is_whole = port.is_empty() || port.starts_with(':');
        let address: Ipv6Addr = address.parse().ok().filter(|_| is_whole)?;
        return Some(IpAddr::V6(address).to_canonical());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, _port) = text.split_once(':')?;
    address.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

/// The `for` of each hop that a `Forwarded` header names.
fn forwarded_for(value: &str) -> Vec<Option<IpAddr>> {
    let parameter = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| address(value)).flatten()
    };
    let hop = |hop: &str| unquoted(hop, ';').into_iter().find_map(parameter);
    unquoted(value, ',').into_iter().map(hop).collect()
}

/// The parts between the separators that are outside of quotes.
fn unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(header: &str, peer: &str, values: &[&str]) -> String {
        let trusted = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let proxies = Proxies { trusted: trusted.into(), header: header.parse().unwrap() };
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&proxies.header, value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    fn found(peer: &str, forwarded: &[&str]) -> String {
        found_in("x-forwarded-for", peer, forwarded)
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
    fn addresses_come_with_ports_brackets_and_quotes() {
        for (written, read) in [
            ("198.51.100.1:567", "198.51.100.1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("\"198.51.100.1\"", "198.51.100.1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("[::ffff:198.51.100.1]:80", "198.51.100.1"),
            (" 198.51.100.1:_hidden ", "198.51.100.1"),
            ("1.1.1.1:1,198.51.100.1:2, 10.1.2.3:3", "198.51.100.1"),
        ] {
            assert_eq!(found("127.0.0.1", &[written]), read, "{written}");
        }
    }

    #[test]
    fn nonsense_is_as_good_as_nothing() {
        assert_eq!(found("127.0.0.1", &[]), "127.0.0.1");
        for nonsense in [
            "unknown",
            "_hidden",
            "",
            "\"",
            "[",
            "[::1",
            "[::1]x",
            "1.2.3",
            "a:1",
            "1.2.3.4.5:6",
            "::1::2",
        ] {
            let values = format!("198.51.100.1, {nonsense}");
            assert_eq!(found("127.0.0.1", &[&values]), "127.0.0.1", "{nonsense}");
        }
    }

    #[test]
    fn the_other_headers_are_read_where_the_operator_says_so() {
        let forwarded =
            ["for=1.1.1.1;proto=http, For=\"[2001:db8::1]:443\";by=\"a,b;for=9.9.9.9\""];
        assert_eq!(found_in("forwarded", "127.0.0.1", &forwarded), "2001:db8::1");
        assert_eq!(
            found_in("forwarded", "127.0.0.1", &["for=198.51.100.1, for=unknown"]),
            "127.0.0.1"
        );
        assert_eq!(found_in("forwarded", "127.0.0.1", &["proto=https"]), "127.0.0.1");
        assert_eq!(found_in("x-real-ip", "127.0.0.1", &["198.51.100.1:80"]), "198.51.100.1");
        assert_eq!(found_in("x-real-ip", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }
}
