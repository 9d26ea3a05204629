//! What may be visited: text, scheme, user information, port, name and address.
//!
//! Everything a fetch connects to went through [`Guard::admit`] and [`Guard::admit_answers`] on the same hop. There is one
//! parser, `url::Url`, and no second reading of what it read: the raw rules of [`read_url`] can only refuse.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};
use wishlist_core::place::{is_public, is_public_address, name_of};

use super::failure::FetchFailure;
use super::settings::{FetchSettings, PrivateAddresses};

/// The longest URL in bytes; longer ones are what servers refuse with 414 (RFC 9110 section 4.1 asks for 8,000).
const MAX_URL: usize = 8192;

/// Reads a URL as typed, or with `base` one that may be relative, such as a `Location`.
///
/// Refused is text that programs read differently, for that is how a guard is passed by: backslashes, spaces and control
/// characters, anything but `//` after the scheme, and user information, even if it is empty.
///
/// # Errors
/// [`FetchFailure::Forbidden`] for such text, for schemes other than http and https, and for more than 8,192 bytes.
pub fn read_url(text: &str, base: Option<&Url>) -> Result<Url, FetchFailure> {
    let ambiguous = |c: char| c == '\\' || c == ' ' || c.is_control();
    if text.len() > MAX_URL || text.chars().any(ambiguous) || has_unusual_authority(text) {
        return Err(FetchFailure::Forbidden);
    }
    let mut url = Url::options().base_url(base).parse(text).map_err(|_| FetchFailure::Forbidden)?;
    url.set_fragment(None);
    if url.as_str().len() > MAX_URL || !has_plain_form(&url) {
        return Err(FetchFailure::Forbidden);
    }
    Ok(url)
}

/// Whether the part of `text` before its path is one of which the parser would repair or drop something.
fn has_unusual_authority(text: &str) -> bool {
    let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = match before_path.split_once(':') {
        Some((scheme, _)) => text.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(':')),
        None if text.starts_with("//") => Some(text),
        None => return false,
    };
    let Some(authority) = rest.and_then(|rest| rest.strip_prefix("//")) else {
        return true;
    };
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    authority.is_empty() || authority.contains('@')
}

/// Whether `url` is http or https without user information.
fn has_plain_form(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
}

/// Where a hop may go once its answers are admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) port: u16,
}

/// A literal address, which is judged already, or a name to resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Address(IpAddr),
    /// In lower-case ASCII, with no dot at its end.
    Name(String),
}

/// The rules of one fetcher.
#[derive(Debug)]
pub(super) struct Guard {
    private_addresses: PrivateAddresses,
    exempt: Vec<SocketAddr>,
    own_names: Vec<String>,
}

impl Guard {
    pub(super) fn new(settings: &FetchSettings) -> Self {
        let own_names = settings.own_names.iter();
        Self {
            private_addresses: settings.private_addresses,
            exempt: settings.exempt.clone(),
            own_names: own_names.map(|name| without_root(name).to_ascii_lowercase()).collect(),
        }
    }

    /// Judges everything of `url` that can be judged without asking the DNS.
    pub(super) fn admit(&self, url: &Url) -> Result<Target, FetchFailure> {
        let target = target_of(url).ok_or(FetchFailure::Forbidden)?;
        if self.allows_everything() || self.is_exempt(&target) {
            return Ok(target);
        }
        let host = url.host_str().map(without_root).unwrap_or_default();
        if is_public(url) && !self.own_names.iter().any(|own| own == host) {
            Ok(target)
        } else {
            Err(FetchFailure::Forbidden)
        }
    }

    /// Judges all the addresses of a name: one that is not public refuses it, since whoever answers so is either hostile
    /// or means a machine of our own network.
    pub(super) fn admit_answers(&self, answers: &[IpAddr]) -> Result<(), FetchFailure> {
        if answers.is_empty() {
            return Err(FetchFailure::Unresolvable);
        }
        if self.allows_everything() || answers.iter().all(|answer| is_public_address(*answer)) {
            Ok(())
        } else {
            Err(FetchFailure::Forbidden)
        }
    }

    /// Whether names are those of the public DNS, to be asked without the search list.
    pub(super) fn names_are_absolute(&self) -> bool {
        !self.allows_everything()
    }

    fn allows_everything(&self) -> bool {
        self.private_addresses == PrivateAddresses::Allow
    }

    fn is_exempt(&self, target: &Target) -> bool {
        match target.place {
            Place::Address(address) => self.exempt.contains(&SocketAddr::new(address, target.port)),
            Place::Name(_) => false,
        }
    }
}

/// Where `url` leads, unless its form alone forbids it.
fn target_of(url: &Url) -> Option<Target> {
    if !has_plain_form(url) {
        return None;
    }
    let place = match url.host()? {
        Host::Ipv4(address) => Place::Address(address.into()),
        Host::Ipv6(address) => Place::Address(address.into()),
        Host::Domain(name) => Place::Name(name_of(name)?.to_owned()),
    };
    let port = url.port_or_known_default()?;
    Some(Target { place, port })
}

fn without_root(name: &str) -> &str {
    name.trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(settings: &FetchSettings) -> Guard {
        Guard::new(settings)
    }

    fn admits(text: &str) -> bool {
        let admitted = read_url(text, None).and_then(|url| guard(&FetchSettings::default()).admit(&url));
        assert!(matches!(admitted, Ok(_) | Err(FetchFailure::Forbidden)));
        admitted.is_ok()
    }

    #[test]
    fn ordinary_links_are_admitted() {
        let rows = [
            "https://shop.example/",
            "http://shop.example",
            "HTTPS://Shop.Example/p?id=1&ref=x#reviews",
            "https://shop.example:443/p",
            "https://shop.example:80/p",
            "http://shop.example:/p",
            "https://shop.example./p",
            "https://shop.example/a%20b/@seller/127.0.0.1",
            "https://shop.example/a|b;jsessionid=1//../c",
            "https://shop.example?@127.0.0.1/",
            "https://shop.example#@127.0.0.1/",
            "https://shop.example/redirect?to=http://127.0.0.1/",
            "https://bücher.example/ä",
            "https://例え.example/商品",
            "https://8.8.8.8/",
            "http://134744072/",
            "https://[2606:4700:4700::1111]/",
        ];
        for text in rows {
            assert!(admits(text), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_refused_however_it_is_written() {
        let rows = [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://127.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0X7F.0.0.1/",
            "http://0177.0.0.1/",
            "http://0177.0x0.0.01/",
            "http://00000177.0.0.1/",
            "http://017700000001/",
            "http://0/",
            "http://0x/",
            "http://127.0.0.1./",
            "http://127.0.0.1../",
            "http://%31%32%37.0.0.1/",
            "http://127%2e0%2e0%2e1/",
            "http://①②⑦.⓪.⓪.①/",
            "http://１２７.０.０.１/",
            "http://127。0。0。1/",
            "http://127｡0｡0｡1/",
            "http://𝟏𝟐𝟕.𝟎.𝟎.𝟏/",
            "http://12\u{200b}7.0.0.1/",
            "http://127.0.0.\u{ad}1/",
            "http://[::1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://2852039166/",
            "http://100.100.100.200/",
            "http://192.0.0.192/",
            "http://168.63.129.16/",
            "http://[fd00:ec2::254]/",
        ];
        for text in rows {
            assert!(!admits(text), "{text:?}");
        }
    }

    #[test]
    fn text_that_programs_read_differently_is_refused() {
        let rows = [
            "",
            "shop.example",
            "//shop.example/",
            "/p",
            "http://",
            "http:shop.example",
            "http:/shop.example/",
            "http:///shop.example/",
            "http:\\\\shop.example\\",
            "http://shop.example\\@127.0.0.1/",
            "http://127.0.0.1\\@shop.example/",
            "http://shop.example/a b",
            " http://shop.example/",
            "ht\ntp://shop.example/",
            "http://sh\top.example/",
            "http://shop.example/\r\nHost: 127.0.0.1",
            "http://shop.example/\u{0}",
            "http://shop.example/\u{85}",
            "http://user@shop.example/",
            "http://user:secret@shop.example/",
            "http://:secret@shop.example/",
            "http://@shop.example/",
            "http://shop.example@127.0.0.1/",
            "http://127.0.0.1;.shop.example/",
            "http://shop.example:80a/",
            "http://shop.example:65536/",
            "http://[::1%25lo]/",
            "http://[::1",
            "http://256.0.0.1/",
            "http://09.0.0.1/",
            "http://shop%00.example/",
        ];
        for text in rows {
            assert!(!admits(text), "{text:?}");
        }
        assert!(!admits(&format!("http://shop.example/{}", "./".repeat(MAX_URL))));
        assert!(!admits(&format!("http://shop.example/{}", "a".repeat(MAX_URL))));
        assert!(!admits(&format!("http://shop.example/{}", "ä".repeat(MAX_URL / 3))));
    }

    #[test]
    fn other_schemes_and_ports_are_refused() {
        let rows = [
            "file:///etc/passwd",
            "ftp://shop.example/",
            "gopher://shop.example:80/_x",
            "javascript:alert(1)",
            "data:text/html,x",
            "blob:https://shop.example/1",
            "ws://shop.example/",
            "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
            "http://shop.example:22/",
            "http://shop.example:8080/",
            "https://shop.example:0/",
            "https://shop.example:444/",
        ];
        for text in rows {
            assert!(!admits(text), "{text:?}");
        }
    }

    #[test]
    fn a_relative_reference_is_read_on_its_base() {
        let base = Url::parse("https://shop.example/a/b?c#d").unwrap();
        let rows = [
            ("/商品", Some("https://shop.example/%E5%95%86%E5%93%81")),
            ("e?f:g@h", Some("https://shop.example/a/e?f:g@h")),
            ("?x", Some("https://shop.example/a/b?x")),
            ("#x", Some("https://shop.example/a/b?c")),
            ("//other.example/x", Some("https://other.example/x")),
            ("http://other.example", Some("http://other.example/")),
            ("//user@other.example/x", None),
            ("///other.example/x", None),
            ("\\\\other.example\\x", None),
            ("https:x", None),
            ("ftp://other.example/x", None),
            ("javascript:1", None),
            ("x y", None),
        ];
        for (text, expected) in rows {
            let read = read_url(text, Some(&base)).ok();
            assert_eq!(read.as_ref().map(Url::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn own_names_are_refused_in_every_spelling() {
        let settings = FetchSettings {
            own_names: vec!["Wishes.Example.".to_owned(), "8.8.8.8".to_owned()],
            ..FetchSettings::default()
        };
        let rows = [
            ("https://wishes.example/health", false),
            ("https://WISHES.example./", false),
            ("http://0x08080808/", false),
            ("https://shop.wishes.example/", true),
        ];
        for (text, expected) in rows {
            let url = read_url(text, None).unwrap();
            assert_eq!(guard(&settings).admit(&url).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn an_exempt_address_is_admitted_with_its_port_alone() {
        let settings = FetchSettings {
            exempt: vec!["127.0.0.1:4000".parse().unwrap()],
            own_names: vec!["127.0.0.1".to_owned()],
            ..FetchSettings::default()
        };
        let rows = [
            ("http://127.0.0.1:4000/p", true),
            ("http://2130706433:4000/p", true),
            ("http://127.0.0.1:4001/p", false),
            ("http://127.0.0.1/p", false),
            ("http://127.0.0.2:4000/p", false),
            ("http://localhost:4000/p", false),
            ("http://shop.example:4000/p", false),
        ];
        for (text, expected) in rows {
            let url = read_url(text, None).unwrap();
            assert_eq!(guard(&settings).admit(&url).is_ok(), expected, "{text}");
        }
        let loopback = ["127.0.0.1".parse().unwrap()];
        assert_eq!(guard(&settings).admit_answers(&loopback), Err(FetchFailure::Forbidden));
    }

    #[test]
    fn in_development_names_addresses_and_ports_are_free_and_forms_are_not() {
        let settings = FetchSettings { private_addresses: PrivateAddresses::Allow, ..FetchSettings::default() };
        for text in ["http://localhost:3000/", "http://shop/", "http://[::1]:8080/", "https://10.0.0.1/"] {
            assert!(guard(&settings).admit(&Url::parse(text).unwrap()).is_ok(), "{text}");
        }
        for text in ["ftp://localhost/", "http://user@localhost/", "http://:secret@localhost/", "file:///etc/passwd"] {
            assert!(guard(&settings).admit(&Url::parse(text).unwrap()).is_err(), "{text}");
        }
        assert!(guard(&settings).admit_answers(&["127.0.0.1".parse().unwrap()]).is_ok());
    }

    #[test]
    fn one_bad_answer_refuses_the_name() {
        let rows: [(&[&str], _); 5] = [
            (&["93.184.215.14", "2606:4700:4700::1111"], Ok(())),
            (&["93.184.215.14", "127.0.0.1"], Err(FetchFailure::Forbidden)),
            (&["10.0.0.1", "93.184.215.14"], Err(FetchFailure::Forbidden)),
            (&["2606:4700:4700::1111", "::1"], Err(FetchFailure::Forbidden)),
            (&[], Err(FetchFailure::Unresolvable)),
        ];
        for (answers, expected) in rows {
            let answers: Vec<IpAddr> = answers.iter().map(|answer| answer.parse().unwrap()).collect();
            assert_eq!(guard(&FetchSettings::default()).admit_answers(&answers), expected, "{answers:?}");
        }
    }
}
