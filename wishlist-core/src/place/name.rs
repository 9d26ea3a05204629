//! Which names are of the public DNS.

use url::Host;

/// Whether `name`, in lower-case ASCII and without dots at its end, may be looked up in the public DNS.
///
/// A name of one label is refused: a resolver would complete it by the search list of the network we run in.
pub fn is_public_name(name: &str) -> bool {
    is_legal(name) && name.contains('.') && !NOT_PUBLIC.iter().any(|(suffix, _)| is_under(name, suffix))
}

/// The name of a host without the dots at its end, unless an address appears when they are taken away: the parser reads
/// `127.0.0.1..` as a name, a resolver need not.
pub fn name_of(host: &str) -> Option<&str> {
    let name = host.trim_end_matches('.');
    if name.len() == host.len() {
        return Some(name);
    }
    let is_address = matches!(Host::parse(name), Ok(Host::Ipv4(_) | Host::Ipv6(_)));
    (!is_address).then_some(name)
}

/// Whether `name` is `suffix` or a name under it.
fn is_under(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether `name` can be in the DNS at all: RFC 1035 section 2.3.4 for the lengths, and for the characters section
/// 2.3.1 with the underscore, which real shops' host names have.
fn is_legal(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(legal);
    name.len() <= 253 && name.split('.').all(label)
}

/// Names that are not of the public DNS, or that answer with whatever address is written in them; each with its source.
///
/// Whoever resolves names judges the answers as well. This table saves the question, which itself would tell a local resolver's
/// operator or a stranger's name server that we asked, and is all there is for a name that is shown and not resolved.
const NOT_PUBLIC: [(&str, &str); 20] = [
    ("alt", "RFC 9476"),
    ("home.arpa", "RFC 8375"),
    ("internal", "ICANN board resolution 2024.07.29.06"),
    ("invalid", "RFC 6761 section 6.4"),
    ("local", "RFC 6762"),
    ("localhost", "RFC 6761 section 6.3"),
    ("onion", "RFC 7686"),
    ("test", "RFC 6761 section 6.2"),
    ("corp", "RFC 6762 appendix G"),
    ("home", "RFC 6762 appendix G"),
    ("intranet", "RFC 6762 appendix G"),
    ("lan", "RFC 6762 appendix G"),
    ("private", "RFC 6762 appendix G"),
    ("localdomain", "the domain of `localhost` in many hosts files"),
    ("svc", "Kubernetes, \"DNS for Services and Pods\""),
    ("lvh.me", "resolves to loopback"),
    ("localtest.me", "resolves to loopback"),
    ("nip.io", "resolves to the address in the name"),
    ("sslip.io", "resolves to the address in the name"),
    ("xip.io", "resolved to the address in the name"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_public_dns_are_looked_up() {
        let rows = [
            "shop.example",
            "www.shop.example",
            "sub_domain.shop.example",
            "xn--mller-kva.example",
            "127.shop.example",
            "localhost.shop.example",
            "metadata.shop.example",
            "mylocal.example",
            "notlvh.me",
            "0x7f.0.0.0x7g",
        ];
        for name in rows {
            assert!(is_public_name(name), "{name}");
        }
    }

    #[test]
    fn dots_at_the_end_of_a_name_are_not_of_it_and_hide_no_address() {
        let rows = [
            ("shop.example", Some("shop.example")),
            ("shop.example.", Some("shop.example")),
            ("shop.example..", Some("shop.example")),
            ("127.0.0.1.", None),
            ("127.1..", None),
            ("0x7f000001..", None),
        ];
        for (host, expected) in rows {
            assert_eq!(name_of(host), expected, "{host}");
        }
    }

    #[test]
    fn every_row_is_refused_with_the_names_under_it_and_without_those_that_only_end_alike() {
        for (suffix, _) in NOT_PUBLIC {
            assert!(!is_public_name(suffix), "{suffix}");
            assert!(!is_public_name(&format!("a.{suffix}")), "a.{suffix}");
            assert!(!is_public_name(&format!("a.b.{suffix}")), "a.b.{suffix}");
            assert!(is_public_name(&format!("{suffix}.shop.example")), "{suffix}.shop.example");
            assert!(is_public_name(&format!("a.x{suffix}")), "a.x{suffix}");
        }
    }

    #[test]
    fn what_is_not_a_name_or_would_be_completed_is_refused() {
        let label = "a".repeat(64);
        let long = |labels: usize| format!("{}com", "abcdefg.".repeat(labels));
        let rows = [
            "",
            "localhost",
            "metadata",
            "intranet",
            "com",
            "a..example",
            ".example.com",
            "127.0.0.1;.example.com",
            "a*b.example",
            "a%b.example",
            &format!("{label}.example"),
            &long(32),
        ];
        for name in rows {
            assert!(!is_public_name(name), "{name}");
        }
        assert!(is_public_name(&format!("{}.example", "a".repeat(63))));
        assert!(is_public_name(&long(31)));
    }
}
