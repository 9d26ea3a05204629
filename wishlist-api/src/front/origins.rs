//! The origins whose pages may read answers.

use axum::http::HeaderValue;
use url::Url;

/// The pages that may read answers in a browser, by where they come from (WHATWG Fetch, section 3.3).
///
/// None of them is ever allowed to send cookies or other credentials of the browser's: a call is made by the token that it
/// carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Only pages of the service's own origin.
    #[default]
    Own,
    /// The pages of these origins, each compared as a whole.
    Exact(Vec<HeaderValue>),
    /// All pages.
    Any,
}

impl Origins {
    /// Reads origins as browsers write them, or `*` alone for all. No text at all is [`Origins::Own`].
    ///
    /// # Errors
    /// In words, the first text that no browser would send as an origin; or that `*` is among others.
    ///
    /// ```
    /// use wishlist_api::Origins;
    ///
    /// assert_eq!(Origins::read(["*"]), Ok(Origins::Any));
    /// assert!(Origins::read(["https://app.example/"]).unwrap_err().contains("like `https://app.example`"));
    /// ```
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let texts: Vec<&str> = texts.into_iter().collect();
        match texts.as_slice() {
            [] => Ok(Self::Own),
            ["*"] => Ok(Self::Any),
            _ => texts.into_iter().map(read).collect::<Result<_, _>>().map(Self::Exact),
        }
    }
}

fn read(text: &str) -> Result<HeaderValue, String> {
    if text == "*" {
        return Err("`*` stands for all origins; leave the others out".to_owned());
    }
    // The parser takes a star in a name, and no browser would ever send it.
    if text.contains('*') {
        return Err(format!("`{text}` is not an origin; write each out, for a part cannot stand for any"));
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let origin = url.map(|url| url.origin().ascii_serialization()).filter(|origin| origin == text);
    let value = origin.and_then(|origin| HeaderValue::try_from(origin).ok());
    value.ok_or_else(|| format!("`{text}` is not an origin; write it as browsers do, like `https://app.example`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for good in
            ["https://app.example", "http://localhost:5173", "http://[::1]:8080", "https://xn--bcher-kva.example"]
        {
            assert_eq!(Origins::read([good]), Ok(Origins::Exact(vec![HeaderValue::from_static(good)])));
        }
        for bad in [
            "",
            "null",
            "app.example",
            "https://app.example/",
            "https://app.example:443",
            "https://App.example",
            "https://bücher.example",
            "https://*.example",
            "https://u@app.example",
            "ftp://app.example",
            "file:///x",
            "https://a.example,https://b.example",
        ] {
            assert!(Origins::read([bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn all_origins_stand_alone() {
        assert_eq!(Origins::read([]), Ok(Origins::Own));
        assert!(Origins::read(["https://app.example", "*"]).unwrap_err().contains("leave the others out"));
        assert!(Origins::read(["*", "*"]).is_err());
    }
}
