//! What may be visited: text, scheme, user information, port, name and address.
//!
//! Everything a fetch connects to went through [`Guard::admit`] and [`Guard::admit_answers`] on the same hop. There is one
//! parser, `url::Url`, and no second reading of what it read: the raw rules of [`read_url`] can only refuse.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::failure::FetchFailure;
use super::settings::{FetchSettings, PrivateAddresses};
use super::{address, name};

/// The longest URL in bytes; longer ones are what servers refuse with 414 (RFC 9110 section 4.1 asks for 8,000).
const MAX_URL: usize = 8192;

/// The ports of http and https (RFC 9110 section 4.2), either with either scheme.
const PORTS: [u16; 2] = [80, 443];

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
        let public = match &target.place {
            Place::Address(address) => address::is_public(*address),
            Place::Name(name) => name::is_public(name),
        };
        if public && PORTS.contains(&target.port) && !self.own_names.iter().any(|own| own == host) {
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
        if self.allows_everything() || answers.iter().all(|answer| address::is_public(*answer)) {
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
        Host::Domain(name) => Place::Name(name_of(name)?),
    };
    let port = url.port_or_known_default()?;
    Some(Target { place, port })
}

/// The name without its root, unless an address appears when the dots at its end are taken away: the parser reads
/// `127.0.0.1..` as a name, a resolver need not.
fn name_of(name: &str) -> Option<String> {
    let name = without_root(name);
    let is_address = matches!(Host::parse(name), Ok(Host::Ipv4(_) | Host::Ipv6(_)));
    (!is_address).then(|| name.to_owned())
}

fn without_root(name: &str) -> &str {
    name.trim_end_matches('.')
}
