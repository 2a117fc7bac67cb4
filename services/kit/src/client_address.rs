//! Who is calling: the address that limits and audit entries are about.
//!
//! Behind a gateway the peer is the gateway, and the caller's address is in
//! `X-Forwarded-For`. A caller can send that header too, so it is believed only
//! as far as it was written by proxies that the settings name: the list is
//! walked from its end, and the first address that is not a trusted proxy is
//! the caller.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

use crate::config::Setting;
use crate::problem::Problem;

crate::settings! {
    /// Which proxies are believed.
    pub struct ProxySettings {
        /// Networks (CIDR, separated by commas) of the proxies whose `X-Forwarded-For` is believed.
        "TRUSTED_PROXIES" => trusted: TrustedProxies = "127.0.0.0/8,::1/128",
    }
}

/// The networks whose forwarded addresses are believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedProxies(Vec<Network>);

/// An address block in CIDR notation; IPv4 is held as IPv4-mapped IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    bits: u128,
    prefix: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let (width, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then(|| Self { bits: bits(address), prefix: prefix + offset })
    }

    fn contains(&self, address: IpAddr) -> bool {
        let shift = 128 - self.prefix;
        let kept = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
        kept(bits(address)) == kept(self.bits)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Setting for TrustedProxies {
    const KIND: &'static str = "networks";

    fn parse(text: &str) -> Result<Self, String> {
        let network = |part: &str| {
            Network::parse(part.trim())
                .ok_or_else(|| format!("must be networks such as 10.0.0.0/8, not {part:?}"))
        };
        text.split(',').map(network).collect::<Result<_, _>>().map(Self)
    }

    fn show(&self) -> String {
        let network =
            |Network { bits, prefix }: &Network| format!("{}/{prefix}", Ipv6Addr::from_bits(*bits));
        self.0.iter().map(network).collect::<Vec<_>>().join(",")
    }
}

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The address of the caller of a request that `peer` sent with `headers`.
    #[must_use]
    pub fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
        let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|b| *b == b','));
        let mut caller = peer;
        for hop in hops {
            if !self.trusts(caller) {
                break;
            }
            // What cannot be read was not written by a proxy that we trust.
            let Some(address) = parse_hop(hop) else { break };
            caller = address;
        }
        caller.to_canonical()
    }
}

/// An address of the list; some proxies add the port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// The extractor of the caller's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    TrustedProxies: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            let title = "The caller's address is not known";
            return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no_peer", title));
        };
        let trusted = TrustedProxies::from_ref(state);
        Ok(Self(trusted.caller(peer.ip(), &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn caller(peer: &str, forwarded: &[&str]) -> String {
        let trusted = TrustedProxies::parse("127.0.0.0/8, ::1/128,10.0.0.0/8").unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        trusted.caller(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(caller("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(caller("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(caller("::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(caller("127.0.0.1", &["6.6.6.6, 198.51.100.1, 10.1.2.3"]), "198.51.100.1");
        assert_eq!(caller("127.0.0.1", &["6.6.6.6", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(caller("127.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(caller("127.0.0.1", &["198.51.100.1, nonsense"]), "127.0.0.1");
        assert_eq!(caller("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn wrong_networks_are_refused() {
        assert!(TrustedProxies::parse("10.0.0.0/33").is_err());
        assert!(TrustedProxies::parse("ten").is_err());
        assert!(TrustedProxies::parse("0.0.0.0/0,::/0").is_ok());
    }

    proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(bytes in proptest::collection::vec(32_u8..=126, 0..64)) {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", axum::http::HeaderValue::from_bytes(&bytes).unwrap());
            let trusted = TrustedProxies::parse("::/0").unwrap();
            let _ = trusted.caller("127.0.0.1".parse().unwrap(), &headers);
        }
    }
}
