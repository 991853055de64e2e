use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use vertex_core::ids::{CompanyId, UserId};

/// Who is counted, or holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Whoever shares an address. The holder of an IPv6 address has a whole block of them, whose first one this is.
    Address(IpAddr),
    /// A user.
    User(UserId),
    /// A company's users.
    Company(CompanyId),
    /// Those of whom nothing is known.
    Unknown,
}

impl Holder {
    /// Who sends from an address.
    pub fn at(address: Option<IpAddr>) -> Self {
        let Some(address) = address else { return Self::Unknown };
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            address => address,
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address @ IpAddr::V6(_)) => write!(f, "{address}/64"),
            Self::Address(address) => address.fmt(f),
            Self::User(user) => user.fmt(f),
            Self::Company(company) => company.fmt(f),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_block_is_one_holder() {
        let at = |text: &str| Holder::at(text.parse().ok());
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::4"), at("2001:db8:1:3::4"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_eq!(at("2001:db8:1:2:3::4").to_string(), "2001:db8:1:2::/64");
    }
}
