//! Which URLs lead to a public place.

use url::{Host, Url};

use super::{is_public_address, is_public_name, name_of};

/// The ports of http and https (RFC 9110 section 4.2), either with either scheme.
const PORTS: [u16; 2] = [80, 443];

/// Whether `url` leads to a place of the public internet, as far as that can be told without asking the DNS.
///
/// It is http or https, without user information, at port 80 or 443, and its host is a public address or a name of the
/// public DNS.
pub fn is_public(url: &Url) -> bool {
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    let has_port = url.port_or_known_default().is_some_and(|port| PORTS.contains(&port));
    is_plain && has_port && has_public_host(url)
}

/// Whether the host of `url` is a public address or a name of the public DNS, whatever the rest of it is.
pub fn has_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_public_address(address.into()),
        Some(Host::Ipv6(address)) => is_public_address(address.into()),
        Some(Host::Domain(name)) => name_of(name).is_some_and(is_public_name),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plain_and_of_the_public_internet_is_public() {
        let rows = [
            ("https://shop.example/", true),
            ("http://shop.example.:443/", true),
            ("https://8.8.8.8/", true),
            ("https://[2606:4700:4700::1111]/", true),
            ("http://[::ffff:8.8.8.8]/", true),
            ("http://127.0.0.1/", false),
            ("http://2852039166/", false),
            ("http://127.0.0.1../", false),
            ("http://[fd00:ec2::254]/", false),
            ("http://localhost./", false),
            ("http://router/", false),
            ("http://shop.example:8080/", false),
            ("http://user@shop.example/", false),
            ("http://:secret@shop.example/", false),
            ("ftp://shop.example/", false),
            ("data:image/png;base64,AAAA", false),
            ("javascript:alert(1)", false),
        ];
        for (text, expected) in rows {
            assert_eq!(is_public(&Url::parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_port_and_a_user_make_no_host_private() {
        for (text, expected) in [
            ("http://shop.example:8080/", true),
            ("https://user:secret@shop.example/", true),
            ("http://user@127.0.0.1:8080/", false),
            ("http://localhost:3000/", false),
        ] {
            assert_eq!(has_public_host(&Url::parse(text).unwrap()), expected, "{text}");
        }
    }
}
