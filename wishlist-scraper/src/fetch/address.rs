//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use Rule::{CarriesIpv4, Public, Refused};

/// Whether `address` is one of the public internet: any other is never connected to.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC.iter().any(|block| block.holds(address)),
        IpAddr::V6(address) => match rule_of(address) {
            Public => true,
            Refused => false,
            CarriesIpv4 => is_public(last_32_bits(address).into()),
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
/// Only 2000::/3 was ever handed out as global unicast
/// (<https://www.iana.org/assignments/ipv6-unicast-address-assignments>), so that loopback, unspecified, IPv4-compatible,
/// SIIT (RFC 2765), local NAT64 (RFC 8215), discard-only (RFC 6666), SRv6 (RFC 9602), unique local (RFC 4193), link-local,
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
