use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
};

use super::kind::Kind;

/// Addresses to listen at: the first that can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddresses(Vec<SocketAddr>);

impl ListenAddresses {
    /// All of them, at least one.
    pub fn all(&self) -> &[SocketAddr] {
        &self.0
    }

    /// The port of all.
    pub fn port(&self) -> u16 {
        self.0.first().map_or(0, SocketAddr::port)
    }
}

impl fmt::Display for ListenAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join(" or "))
    }
}

/// An address and a port to listen at; a port alone is one of this machine only, `:8080` one of all its addresses.
pub struct Listen(pub &'static str);

impl Kind for Listen {
    type Value = ListenAddresses;

    fn takes(&self) -> String {
        "host:port, :port for every address, or a port alone for 127.0.0.1".to_owned()
    }

    fn example(&self) -> String {
        self.0.to_owned()
    }

    fn read(&self, text: &str) -> Result<ListenAddresses, String> {
        if let Ok(port) = text.parse() {
            return Ok(at(&[Ipv4Addr::LOCALHOST.into()], port));
        }
        if let Ok(address) = text.parse() {
            return Ok(ListenAddresses(vec![address]));
        }
        let (host, port) = text.rsplit_once(':').ok_or("has no port")?;
        let port: u16 = port.parse().map_err(|_| "has no port from 0 to 65535 at its end")?;
        match host {
            "" => Ok(at(&[Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()], port)),
            "localhost" => Ok(at(&[Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()], port)),
            host if host.parse::<Ipv6Addr>().is_ok() => {
                Err("has an IPv6 address without brackets: [::1]:8080".to_owned())
            }
            host if host.contains(['/', '@', ' ']) => {
                Err("is not an address and a port".to_owned())
            }
            host => match (host, port).to_socket_addrs() {
                Ok(found) => Ok(ListenAddresses(found.collect())),
                Err(error) => Err(format!("names a host that is not known: {error}")),
            },
        }
    }
}

fn at(addresses: &[IpAddr], port: u16) -> ListenAddresses {
    ListenAddresses(addresses.iter().map(|address| SocketAddr::new(*address, port)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_in_many_ways() {
        for (text, addresses) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::]:80", "[::]:80"),
            (":8080", "[::]:8080 or 0.0.0.0:8080"),
            ("8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080 or [::1]:8080"),
            ("127.0.0.1:0", "127.0.0.1:0"),
        ] {
            assert_eq!(Listen("").read(text).unwrap().to_string(), addresses, "{text}");
        }
        for wrong in [
            "everywhere",
            "::1:8080",
            "[::1]",
            "127.0.0.1",
            "127.0.0.1:99999",
            "127.0.0.1:",
            "http://127.0.0.1:80",
            ":",
        ] {
            assert!(Listen("").read(wrong).is_err(), "{wrong}");
        }
    }
}
