//! The address of a page that somebody typed.
//!
//! Whether it may be visited is not decided here: that needs names resolved, and belongs to `wishlist-scraper`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::{Error, Kind, Result};

/// The longest URL, in bytes, typed or normalized.
const MAX_LEN: usize = 2048;

/// An absolute http or https URL as the WHATWG URL Standard writes it, without fragment or credentials.
///
/// Nothing else is stripped: two URLs that differ in a query parameter are two pages.
///
/// Text is checked where it is parsed ([`FromStr`]). What is deserialized is what a table or a queue kept of such a URL, and is
/// taken as it stands: fifty items of a page would be a twentieth of all that a function does for its first call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageUrl(String);

impl PageUrl {
    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL in its parts, checked as text is that is typed.
    ///
    /// # Errors
    /// [`Kind::Invalid`] where what was stored is no address of a page.
    pub fn to_url(&self) -> Result<Url> {
        checked(&self.0)
    }

    /// The host as written in the URL: a lower-case ASCII name, or an address (IPv6 in brackets).
    pub fn host(&self) -> &str {
        let authority = authority(&self.0).and_then(|text| text.rsplit('@').next()).unwrap_or_default();
        match authority.split_once(']') {
            Some((address, _)) => authority.get(..=address.len()).unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }
}

/// What stands between the scheme and the path.
fn authority(text: &str) -> Option<&str> {
    text.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next())
}

impl FromStr for PageUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(Self(checked(text)?.into()))
    }
}

/// What a person typed, or what was kept of that, as an address that may be visited.
fn checked(text: &str) -> Result<Url> {
    let refuse = |expected: &str| Error::new(Kind::Invalid, format!("not a page's address; {expected}"));
    if text.len() > MAX_LEN {
        return Err(refuse("it may have at most 2,048 characters"));
    }
    // The parser would drop or turn these, and other programs would not: a URL that two parsers read differently is
    // how a guard is passed by.
    if text.chars().any(|c| c == '\\' || c == ' ' || c.is_control()) {
        return Err(refuse("it may hold no space, backslash or control character"));
    }
    // Of `http:/a` and `http://@a/` the parser makes `http://a/`; what has to be repaired is not what was meant.
    let authority = authority(text);
    if authority.is_some_and(|authority| authority.contains('@')) {
        return Err(refuse("it may hold no user name or password"));
    }
    let mut url = Url::parse(text)
        .map_err(|source| refuse("write it like `https://shop.example/product`").with_source(source))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it must start with `https://` or `http://`"));
    }
    if authority.is_none_or(str::is_empty) {
        return Err(refuse("write it like `https://shop.example/product`"));
    }
    url.set_fragment(None);
    if url.as_str().len() > MAX_LEN {
        return Err(refuse("with its characters encoded it may have at most 2,048"));
    }
    Ok(url)
}

impl From<PageUrl> for String {
    fn from(url: PageUrl) -> Self {
        url.0
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_is_normalized_and_nothing_of_it_is_stripped_but_the_fragment() {
        let rows = [
            ("https://Shop.Example/a?utm_source=x#top", "https://shop.example/a?utm_source=x"),
            ("http://shop.example", "http://shop.example/"),
            ("https://shop.example:443/a/../b", "https://shop.example/b"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ];
        for (typed, url) in rows {
            assert_eq!(typed.parse::<PageUrl>().unwrap().as_str(), url);
        }
    }

    #[test]
    fn what_is_not_a_page_is_refused() {
        let long = format!("https://shop.example/{}", "a".repeat(2048));
        let rows = [
            "",
            "shop.example",
            "/a",
            "ftp://shop.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://user@shop.example/",
            "https://:pw@shop.example/",
            "https://shop.example/a b",
            " https://shop.example/",
            "https://shop.example\\@evil.example/",
            "https://shop.example/\u{0}",
            "https:///",
            "http://[::1",
            &long,
        ];
        for text in rows {
            assert!(text.parse::<PageUrl>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_was_stored_is_taken_as_it_stands_and_parsed_where_it_is_visited() {
        let stored: PageUrl = serde_json::from_str(r#""https://[::1""#).unwrap();
        assert_eq!(stored.as_str(), "https://[::1");
        assert_eq!(stored.to_url().unwrap_err().kind(), Kind::Invalid);
        assert_eq!(serde_json::to_string(&stored).unwrap(), r#""https://[::1""#);
    }

    proptest! {
        #[test]
        fn the_host_is_the_one_that_a_parser_finds(
            text in "https?://([a-z0-9.-]{1,20}|\\[::[0-9a-f]{1,4}\\])(:[0-9]{1,4})?[/?]\\PC{0,40}",
        ) {
            if let Ok(url) = text.parse::<PageUrl>() {
                let parsed = url.to_url().unwrap();
                prop_assert_eq!(Some(url.host()), parsed.host_str());
            }
        }

        #[test]
        fn a_url_reads_back_as_itself(text in "https?://[a-z0-9.-]{1,20}(:[0-9]{1,4})?/\\PC{0,40}") {
            if let Ok(url) = text.parse::<PageUrl>() {
                prop_assert_eq!(url.as_str().parse::<PageUrl>().unwrap(), url);
            }
        }
    }
}
