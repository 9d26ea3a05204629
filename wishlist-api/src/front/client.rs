//! The address that a call comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::header::{HeaderMap, HeaderName};
use axum::http::request::Parts;
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client: the peer's, or what trusted proxies say of it. `None` where the server does not tell, so that
/// all such calls are counted as one caller's.
pub(super) fn address(parts: &Parts, trusted: &[IpNet]) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(subscriber(behind(peer.ip().to_canonical(), &parts.headers, trusted)))
}

/// Each proxy adds the address it was called from at the end of `X-Forwarded-For`. So it is read from the end, as long as
/// the proxies are trusted: what is further left may be made up.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    for value in headers.get_all(FORWARDED_FOR).iter().rev() {
        for text in value.to_str().unwrap_or_default().rsplit(',') {
            if !is_trusted(&nearest) {
                return nearest;
            }
            let Some(before) = read(text.trim()) else { return nearest };
            nearest = before;
        }
    }
    nearest
}

/// An address, with a port as some proxies write it or without.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    bare.map(|address: IpAddr| address.to_canonical())
}

/// Whose address this is, as far as it tells: itself, without the form in which IPv6 has one of IPv4, or the first of its /64, for one
/// subscriber has a whole one (RFC 6177, section 2).
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header(FORWARDED_FOR, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: IpAddr = peer.parse().unwrap();
        parts.extensions.insert(ConnectInfo(SocketAddr::from((peer, 4711))));
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        address(&parts, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let rows: [(&str, &[&str], &[&str], &str); 11] = [
            ("203.0.113.9", &[], &[], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], &[], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 198.51.100.1, 10.0.0.2"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66", "198.51.100.1,10.0.0.2"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, nonsense"], &["10.0.0.0/8"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.1", &[""], &["10.0.0.0/8"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1"),
            ("fd00::1", &["[2001:db8:1:2:3::4]:80"], &["fd00::/8"], "2001:db8:1:2::"),
        ];
        for (peer, forwarded, trusted, expected) in rows {
            assert_eq!(seen(peer, forwarded, trusted), expected, "{peer} {forwarded:?} {trusted:?}");
        }
    }
}
