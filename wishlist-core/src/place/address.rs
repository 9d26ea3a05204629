//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use Rule::{CarriesIpv4, Public, Refused};

/// Whether `address` is one of the public internet: any other is never connected to, and no link to it is shown.
pub fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC.iter().any(|block| block.holds(address)),
        IpAddr::V6(address) => match rule_of(address) {
            Public => true,
            Refused => false,
            CarriesIpv4 => is_public_address(last_32_bits(address).into()),
        },
    }
}

/// The blocks of IPv4 that are not public; every other address is.
///
/// The rows of <https://www.iana.org/assignments/iana-ipv4-special-registry> that are not globally reachable, multicast,
/// and an address that is public by its number alone.
#[rustfmt::skip]
const NOT_PUBLIC: [V4; 16] = [
    V4([  0,   0,   0,   0],  8), // "This" network: RFC 791 section 3.2
    V4([ 10,   0,   0,   0],  8), // Private: RFC 1918
    V4([100,  64,   0,   0], 10), // Shared by carriers: RFC 6598; Alibaba's instance metadata
    V4([127,   0,   0,   0],  8), // Loopback: RFC 1122 section 3.2.1.3
    V4([168,  63, 129,  16], 32), // Azure's host agent: learn.microsoft.com, "What is IP address 168.63.129.16?"
    V4([169, 254,   0,   0], 16), // Link-local: RFC 3927; most clouds' instance metadata
    V4([172,  16,   0,   0], 12), // Private: RFC 1918
    V4([192,   0,   0,   0], 24), // IETF protocols: RFC 6890; Oracle's instance metadata
    V4([192,   0,   2,   0], 24), // Documentation: RFC 5737
    V4([192,  88,  99,   0], 24), // Relays of 6to4: RFC 7526
    V4([192, 168,   0,   0], 16), // Private: RFC 1918
    V4([198,  18,   0,   0], 15), // Benchmarks: RFC 2544
    V4([198,  51, 100,   0], 24), // Documentation: RFC 5737
    V4([203,   0, 113,   0], 24), // Documentation: RFC 5737
    V4([224,   0,   0,   0],  4), // Multicast: RFC 5771
    V4([240,   0,   0,   0],  4), // Reserved: RFC 1112 section 4; limited broadcast: RFC 919
];

/// What the blocks of IPv6 are; the first that holds an address decides, and what none holds is refused.
///
/// Only `2000::/3` was ever handed out as global unicast
/// (<https://www.iana.org/assignments/ipv6-unicast-address-assignments>), so that loopback, unspecified, IPv4-compatible,
/// SIIT (RFC 2765), local NAT64 (RFC 8215), discard-only (RFC 6666), segment routing (RFC 9602), unique local (RFC 4193), link-local,
/// site-local (RFC 3879) and multicast addresses need no rows.
#[rustfmt::skip]
const IPV6: [(V6, Rule); 7] = [
    (V6([     0,      0, 0, 0, 0, 0xffff, 0, 0], 96), CarriesIpv4), // IPv4-mapped: RFC 4291 section 2.5.5.2
    (V6([0x0064, 0xff9b, 0, 0, 0,      0, 0, 0], 96), CarriesIpv4), // NAT64, as DNS64 answers: RFC 6052, RFC 6147
    (V6([0x2001,      0, 0, 0, 0,      0, 0, 0], 23), Refused),     // IETF protocols: RFC 2928; Teredo: RFC 4380
    (V6([0x2001, 0x0db8, 0, 0, 0,      0, 0, 0], 32), Refused),     // Documentation: RFC 3849
    (V6([0x2002,      0, 0, 0, 0,      0, 0, 0], 16), Refused),     // 6to4, whatever it carries: RFC 3056, RFC 7526
    (V6([0x3fff,      0, 0, 0, 0,      0, 0, 0], 20), Refused),     // Documentation: RFC 9637
    (V6([0x2000,      0, 0, 0, 0,      0, 0, 0],  3), Public),      // Global unicast: RFC 4291 section 2.4
];

/// The addresses of IPv4 that share their first bits with the one given.
struct V4([u8; 4], u32);

/// The addresses of IPv6 that share their first bits with the one given.
struct V6([u16; 8], u32);

/// What a block of IPv6 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Of the public internet.
    Public,
    /// Of a network that is not, or of none.
    Refused,
    /// A translator connects to the IPv4 address in the last 32 bits, which is judged instead.
    CarriesIpv4,
}

impl V4 {
    fn holds(&self, address: Ipv4Addr) -> bool {
        let differing = u32::from(address) ^ u32::from_be_bytes(self.0);
        differing.leading_zeros() >= self.1
    }
}

impl V6 {
    fn holds(&self, address: Ipv6Addr) -> bool {
        let differing = u128::from(address) ^ u128::from(Ipv6Addr::from(self.0));
        differing.leading_zeros() >= self.1
    }
}

fn rule_of(address: Ipv6Addr) -> Rule {
    let block = IPV6.iter().find(|(block, _)| block.holds(address));
    block.map_or(Refused, |(_, rule)| *rule)
}

fn last_32_bits(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn public(text: &str) -> bool {
        is_public_address(text.parse().unwrap())
    }

    #[test]
    fn every_block_of_ipv4_is_refused_from_its_first_address_to_its_last_and_no_further() {
        let rows = [
            ("0.0.0.0", "0.255.255.255", "", "1.0.0.0"),
            ("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
            ("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"),
            ("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"),
            ("168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"),
            ("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"),
            ("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
            ("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"),
            ("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
            ("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"),
            ("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"),
            ("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"),
            ("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"),
            ("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"),
            ("224.0.0.0", "239.255.255.255", "223.255.255.255", ""),
            ("240.0.0.0", "255.255.255.255", "", ""),
        ];
        assert_eq!(rows.len(), NOT_PUBLIC.len());
        for (first, last, before, after) in rows {
            assert!(!public(first) && !public(last), "{first}");
            for neighbour in [before, after] {
                assert!(neighbour.is_empty() || public(neighbour), "{neighbour}");
            }
        }
    }

    #[test]
    fn of_ipv6_only_global_unicast_is_public() {
        let rows = [
            ("2000::", true),
            ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", false),
            ("2001:200::", true),
            ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", true),
            ("2001:db8::", false),
            ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false),
            ("2001:db9::", true),
            ("2606:4700:4700::1111", true),
            ("3fff::", false),
            ("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", false),
            ("3fff:1000::", true),
            ("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true),
            ("4000::", false),
            ("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
            ("::", false),
            ("::1", false),
            ("100::1", false),
            ("5f00::1", false),
            ("64:ff9b:1::8.8.8.8", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ];
        for (address, expected) in rows {
            assert_eq!(public(address), expected, "{address}");
        }
    }

    #[test]
    fn an_address_that_carries_a_public_one_is_public_only_where_it_is_translated() {
        let rows = [
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::8.8.8.8", true),
            ("::8.8.8.8", false),
            ("::ffff:0:8.8.8.8", false),
            ("2002:808:808::1", false),
            ("2001:0:808:808::f7f7:f7f7", false),
        ];
        for (address, expected) in rows {
            assert_eq!(public(address), expected, "{address}");
        }
    }

    /// Every way in which an IPv6 address carries `v4`.
    fn embeddings(v4: Ipv4Addr) -> [Ipv6Addr; 8] {
        let bits = u128::from(u32::from(v4));
        let at =
            |prefix: &str, shift: u32| Ipv6Addr::from(u128::from(prefix.parse::<Ipv6Addr>().unwrap()) | bits << shift);
        [
            at("::ffff:0:0", 0),
            at("::", 0),
            at("::ffff:0:0:0", 0),
            at("64:ff9b::", 0),
            at("64:ff9b:1::", 0),
            at("2002::", 80),
            at("2001::", 64),
            Ipv6Addr::from(u128::from(at("2001::", 0)) ^ u128::from(u32::MAX)),
        ]
    }

    proptest! {
        #[test]
        fn no_refused_ipv4_is_public_in_any_embedding(bits: u32) {
            let address = Ipv4Addr::from(bits);
            if !is_public_address(address.into()) {
                for embedded in embeddings(address) {
                    prop_assert!(!is_public_address(embedded.into()), "{}", embedded);
                }
            }
        }

        #[test]
        fn no_embedding_of_a_refused_block_is_public(row in 0..NOT_PUBLIC.len(), bits: u32) {
            let V4(network, length) = NOT_PUBLIC[row];
            let host = u32::MAX.checked_shr(length).unwrap_or(0);
            let address = Ipv4Addr::from(u32::from_be_bytes(network) | bits & host);
            prop_assert!(!is_public_address(address.into()));
            for embedded in embeddings(address) {
                prop_assert!(!is_public_address(embedded.into()), "{}", embedded);
            }
        }

        #[test]
        fn what_the_standard_library_knows_as_local_is_never_public(v4: u32, v6: u128) {
            let (v4, v6) = (Ipv4Addr::from(v4), Ipv6Addr::from(v6));
            if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_documentation() {
                prop_assert!(!is_public_address(v4.into()));
            }
            if v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast() || v6.is_loopback() {
                prop_assert!(!is_public_address(v6.into()));
            }
        }
    }
}
