//! From what a case says to names, and to a site on loopback.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use url::{Host, Url};

use super::encoded::{self, Endless};
use super::frames;
use super::setup::{Response, Setup, Then};
use super::site::{Reply, Told, answer};
use super::text::{self, Content};

/// What a name is told to be, in turn.
pub(crate) type Names = Vec<(String, Vec<Told>)>;

/// What a site answers to request number n.
pub(crate) type Replies = Box<dyn Fn(usize) -> Reply + Send + Sync>;

/// The addresses that are told of a name: one, a list of them, `"NXDOMAIN"` or `"TIMEOUT"`.
pub(crate) fn told(value: &Value) -> anyhow::Result<Told> {
    match value {
        Value::Array(addresses) => Ok(Told::Addresses(addresses.iter().map(address).collect::<anyhow::Result<_>>()?)),
        Value::String(text) if text == "NXDOMAIN" => Ok(Told::Addresses(Vec::new())),
        Value::String(text) if text == "TIMEOUT" => Ok(Told::Silence),
        Value::String(_) => Ok(Told::Addresses(vec![address(value)?])),
        other => bail!("`{other}` is no list of addresses, nor `NXDOMAIN` or `TIMEOUT`"),
    }
}

fn address(value: &Value) -> anyhow::Result<IpAddr> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.with_context(|| format!("{value} is not an address"))
}

impl Setup {
    /// What is fetched, in order.
    pub(crate) fn links(&self) -> Vec<String> {
        match &self.url {
            Some(url) => vec![url.clone(); self.requests.unwrap_or(1)],
            None => self.urls.clone(),
        }
    }

    /// Every name with what it is told to be.
    pub(crate) fn names(&self) -> anyhow::Result<Names> {
        let mut names = Names::new();
        for (name, value) in &self.dns {
            names.push((name.clone(), vec![told(value)?]));
        }
        for (name, answers) in &self.dns_sequence {
            names.push((name.clone(), answers.iter().cloned().map(Told::Addresses).collect()));
        }
        if let Some(late) = &self.dns_aaaa_after_ms {
            // A resolver that waits for both kinds of record tells them together.
            let both = self.dns_a.iter().chain(&late.v).copied().collect();
            let told = Told::Late(Duration::from_millis(late.ms), both);
            names.extend(self.hosts().into_iter().map(|host| (host, vec![told.clone()])));
        } else if !self.dns_a.is_empty() {
            let told = Told::Addresses(self.dns_a.clone());
            names.extend(self.hosts().into_iter().map(|host| (host, vec![told.clone()])));
        }
        Ok(names)
    }

    /// The names, and literal addresses, that the links and redirects of the case mention.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let locations = self.redirects.iter().flat_map(|redirect| redirect.location.all());
        let urls = self.links().into_iter().chain(locations.cloned()).filter_map(|text| Url::parse(&text).ok());
        let mut hosts: Vec<String> = urls
            .filter_map(|url| match url.host()? {
                Host::Domain(name) => Some(name.trim_end_matches('.').to_owned()),
                Host::Ipv4(address) => Some(address.to_string()),
                Host::Ipv6(address) => Some(address.to_string()),
            })
            .filter(|host| !host.is_empty())
            .collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    /// How many redirects the site makes at most before it answers.
    pub(crate) fn hops(&self) -> usize {
        if self.redirect_grow { usize::MAX } else { self.redirects.len() + self.redirect_count }
    }

    /// Whether what the site sends has no end that a reader could wait for.
    pub(crate) fn is_endless(&self) -> bool {
        let response = self.response.as_ref();
        response.is_some_and(|response| response.then.is_some() || response.chunked.is_some())
    }

    /// What the site sends to each request.
    pub(crate) fn replies(&self) -> anyhow::Result<Replies> {
        if self.redirect_grow {
            return Ok(Box::new(|n| {
                let location = format!("Location: /?{}", "x".repeat(1 << (n + 4).min(14)));
                Reply::Bytes(answer(302, &[&location], b""))
            }));
        }
        let mut replies = Vec::new();
        for redirect in &self.redirects {
            let locations = redirect.location.all().iter().map(|location| format!("Location: {location}"));
            let lines: Vec<String> = locations.collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            replies.push(Reply::Bytes(answer(redirect.status, &lines, b"")));
        }
        let counted = (0..self.redirect_count).map(|n| answer(302, &[&format!("Location: /{n}")], b""));
        replies.extend(counted.map(Reply::Bytes));
        replies.push(match (&self.h2, &self.response) {
            (Some(description), _) => {
                let frames = frames::named(description);
                Reply::Endless(Vec::new(), frames.repeat(64))
            }
            (None, Some(response)) => response.reply()?,
            (None, None) => Reply::Bytes(answer(200, &["Content-Type: text/html"], b"<title>A kettle</title>")),
        });
        Ok(Box::new(move |n| replies[n.min(replies.len() - 1)].clone()))
    }
}

impl Response {
    fn reply(&self) -> anyhow::Result<Reply> {
        if let Some(raw) = &self.raw {
            return Ok(self.going_on(interim(raw).map_or_else(|| text::bytes(raw), Ok)?));
        }
        let mut head = self.head()?;
        if let Some(chunked) = &self.chunked {
            ensure!(chunked == "forever", "`{chunked}` is no way of chunks; write `forever`");
            head.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            return Ok(Reply::Endless(head, [b"1000\r\n".as_slice(), &[b'x'; 4096], b"\r\n"].concat()));
        }
        if let Some(chunked) = &self.chunked_raw {
            head.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            return Ok(self.going_on([head, text::bytes(chunked)?].concat()));
        }
        let codings = self.header("content-encoding").unwrap_or_default();
        let content = text::content(self.body.as_deref().unwrap_or_default())?;
        let endless = match content {
            Content::Infinite => Endless { first: Vec::new(), then: vec![b'x'; 4096] },
            Content::Zeros => encoded::zeros(codings),
            Content::Bytes(body) => return self.ending(head, &body, codings),
        };
        head.extend_from_slice(b"\r\n");
        Ok(Reply::Endless([head, endless.first].concat(), endless.then))
    }

    /// An answer whose body ends, though not always where it says.
    fn ending(&self, mut head: Vec<u8>, body: &[u8], codings: &str) -> anyhow::Result<Reply> {
        const PAGE: &[u8] = b"<title>A kettle</title><p>It boils water.</p>";
        let is_made = self.truncated || self.trailing.is_some() || self.members.is_some();
        let mut body = match self.members {
            Some(members) => encoded::gzip(b"").repeat(members),
            None if is_made => encoded::encode(codings, if body.is_empty() { PAGE } else { body }),
            None => body.to_vec(),
        };
        if self.truncated {
            if codings.is_empty() {
                head.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
            }
            body.truncate(body.len() / 2);
        }
        if let Some(trailing) = &self.trailing {
            body.extend(text::bytes(trailing)?);
        }
        head.extend_from_slice(b"\r\n");
        Ok(self.going_on([head, body].concat()))
    }

    fn going_on(&self, bytes: Vec<u8>) -> Reply {
        match self.then {
            None => Reply::Bytes(bytes),
            Some(Then::Drip) => Reply::Drip(bytes),
            Some(Then::Silence) => Reply::Silence(bytes),
        }
    }

    /// The status line and the headers, without the empty line after them.
    fn head(&self) -> anyhow::Result<Vec<u8>> {
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status.unwrap_or(200)).into_bytes();
        if self.header("content-type").is_none() {
            head.extend_from_slice(b"Content-Type: text/html\r\n");
        }
        let written = self.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        for line in written.chain(self.headers_raw.iter().cloned()) {
            head.extend_from_slice(line.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        if let Some(digits) = &self.headers_hex {
            head.extend(text::from_hex(digits)?);
            head.extend_from_slice(b"\r\n");
        }
        if let Some(length) = self.header_bytes {
            let name = "X-Long: ";
            head.extend_from_slice(name.as_bytes());
            head.extend(std::iter::repeat_n(b'a', length.saturating_sub(name.len())));
            head.extend_from_slice(b"\r\n");
        }
        Ok(head)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(written, _)| written.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// An interim answer with a line of header, written as `103 Link: …`, and the page that follows it.
fn interim(raw: &str) -> Option<Vec<u8>> {
    let (status, line) = raw.split_once(' ').filter(|(status, line)| status.len() == 3 && line.contains(": "))?;
    status.parse::<u16>().ok().filter(|status| (100..200).contains(status))?;
    let interim = format!("HTTP/1.1 {status} Interim\r\n{line}\r\n\r\n").into_bytes();
    Some([interim, answer(200, &["Content-Type: text/html"], b"<title>A kettle</title>")].concat())
}
