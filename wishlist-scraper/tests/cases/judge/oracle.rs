//! Which addresses are public, told apart from the product's own table so that a row lost there is found here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether an address may be connected to.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether the host of a URL is no address, or a public one, and none of the names that mean this machine or network.
pub(crate) fn shows_a_public_place(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let host = match url.host() {
        Some(Host::Ipv4(address)) => is_public_v4(address),
        Some(Host::Ipv6(address)) => is_public_v6(address),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.contains('.') && !["localhost", "local", "internal"].iter().any(|end| name.ends_with(end))
        }
        None => false,
    };
    host && matches!(url.scheme(), "http" | "https")
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_local = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_unspecified();
    let is_special = match (first, second, third) {
        (0 | 224.., _, _) | (192, 0, 0) | (192, 88, 99) => true,
        (100, second, _) => second & 0xc0 == 64,
        (198, second, _) => second & 0xfe == 18,
        _ => address == Ipv4Addr::new(168, 63, 129, 16),
    };
    !is_local && !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let embedded = match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some((high, low)),
        _ => None,
    };
    if let Some((high, low)) = embedded {
        return is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    }
    let is_special = match first {
        0x2001 => second < 0x200 || second == 0x0db8,
        0x2002 => true,
        0x3fff => second < 0x1000,
        _ => false,
    };
    first & 0xe000 == 0x2000 && !is_special
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wishlist_core::place::is_public_address;

    use super::*;

    proptest! {
        #[test]
        fn both_tables_say_the_same(v4: u32, v6: u128, low in 0..1024_u32) {
            let around = [v4, v4 & 0xffff_0000 | low, 0xc000_0000 | v4 & 0x003f_ffff, 0xa83f_8100 | low & 0xff];
            for v4 in around.map(Ipv4Addr::from) {
                let mapped = v4.to_ipv6_mapped();
                prop_assert_eq!(is_public(v4.into()), is_public_address(v4.into()), "{}", v4);
                prop_assert_eq!(is_public(mapped.into()), is_public_address(mapped.into()), "{}", mapped);
            }
            let within = v6 & !(0xffff_ffff << 96) | u128::from(low) << 96 | 0x2001 << 112;
            let around = [v6, v6 >> 3 | 0x2001 << 112, within];
            for v6 in around.map(Ipv6Addr::from) {
                prop_assert_eq!(is_public(v6.into()), is_public_address(v6.into()), "{}", v6);
            }
        }
    }
}
