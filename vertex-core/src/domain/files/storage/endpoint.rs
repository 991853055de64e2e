//! Addresses of storages that tenants name, and which of them may be spoken to.
//!
//! Whoever may name an address that this system connects to could make it speak to the machine itself
//! or to its neighbours. So only addresses of the public internet are let through, unless the operator
//! has opened some network.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Which addresses may be spoken to: the public internet by HTTPS, and what the operator opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Whether plain HTTP will do.
    pub http: bool,
    /// Networks that are not public and yet may be reached.
    pub inside: Vec<IpNet>,
}

impl Reach {
    /// Everywhere, as the operator may.
    pub fn everywhere() -> Self {
        let all = [IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())];
        Self { http: true, inside: all.into() }
    }

    /// Whether a connection to this address may be opened.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.inside.iter().any(|network| network.contains(&address))
    }

    /// Whether a request may go to this URL, as far as the URL itself tells: a name is judged again by
    /// each address that it resolves to.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        match url.scheme() {
            "https" => {}
            "http" if self.http => {}
            "http" => return Err("must begin with https://".to_owned()),
            other => return Err(format!("must begin with https://, not {other}:")),
        }
        let address = match url.host() {
            None => return Err("names no host".to_owned()),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        if self.admits(address) { Ok(()) } else { Err(refusal(address)) }
    }
}

/// Why an address is not spoken to.
pub fn refusal(address: IpAddr) -> String {
    format!("{address} is not an address of the public internet")
}

const PRIVATE_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// What is handed out to the public internet.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0], 3);

/// Parts of it that carry an IPv4 address inside, or are for documents.
const SPECIAL_V6: [Ipv6Net; 4] =
    [v6([0x2001, 0], 23), v6([0x2001, 0xdb8], 32), v6([0x2002, 0], 16), v6([0x3fff, 0], 20)];

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b]: [u16; 2], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// By the registries of special addresses of RFC 6890.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !PRIVATE_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address)
                && !SPECIAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}

/// Scheme, host and port of a storage.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads what somebody typed, however they wrote the address in it.
    ///
    /// # Errors
    /// Says what is wrong with it, or that it may not be reached.
    pub fn parse(text: impl AsRef<str>, reach: &Reach) -> Result<Self, String> {
        let url = Url::parse(text.as_ref().trim()).map_err(|error| {
            format!("is not an address such as https://s3.example.org: {error}")
        })?;
        reach.check(&url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not have a user name in it".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("must end after the host and its port".to_owned());
        }
        Ok(Self(url))
    }

    /// Whether the host is an address, which no bucket's name can be put in front of.
    pub fn is_numeric(&self) -> bool {
        !matches!(self.0.host(), Some(Host::Domain(_)))
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_internet_is_reached_by_https_only() {
        let reach = Reach::default();
        for fine in ["https://s3.example.org", "https://8.8.8.8:9000", "https://[2a00:1450::1]/"] {
            assert!(Endpoint::parse(fine, &reach).is_ok(), "{fine}");
        }
        for bad in [
            "http://s3.example.org",
            "ftp://s3.example.org",
            "file:///etc/passwd",
            "s3.example.org",
            "https://",
            "https://user:secret@s3.example.org",
            "https://s3.example.org/bucket",
            "https://s3.example.org?x=1",
        ] {
            assert!(Endpoint::parse(bad, &reach).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_operator_opens_networks_one_by_one() {
        let reach = Reach { http: true, inside: vec!["10.1.0.0/16".parse().unwrap()] };
        assert!(Endpoint::parse("http://10.1.2.3:9000", &reach).is_ok());
        assert!(Endpoint::parse("http://[::ffff:10.1.2.3]:9000", &reach).is_ok());
        assert!(Endpoint::parse("http://10.2.0.1:9000", &reach).is_err());
        assert!(Endpoint::parse("http://127.0.0.1:9000", &reach).is_err());
    }
}
