//! A request of HTTP/1.1, as far as it has to be read to be passed on whole.

use std::io::{BufRead, Read};

use anyhow::{Context, Result, bail};

/// The most bytes of a head, and of a body: DynamoDB takes 16 MB.
const MOST_OF_HEAD: u64 = 64 << 10;
const MOST_OF_BODY: usize = 32 << 20;

/// A request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// The lines before the body, the first among them.
    pub(super) head: &'a str,
    pub(super) body: &'a [u8],
}

impl Request<'_> {
    /// The value of a header, whose name is in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }
}

/// The next request's head; `None` where none comes any more, or where it breaks off: who is ended asks for nothing.
///
/// # Errors
/// Where it is too long or no text.
pub(super) fn read_head(from: &mut impl BufRead) -> Result<Option<String>> {
    let mut head = Vec::new();
    let mut from = from.take(MOST_OF_HEAD);
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(from.read_until(b'\n', &mut head), Ok(1..)) {
            if from.limit() == 0 {
                bail!("a request's head is longer than {MOST_OF_HEAD} bytes");
            }
            return Ok(None);
        }
    }
    String::from_utf8(head).map(Some).context("a request's head is not UTF-8")
}

/// The body behind a head; `None` where it breaks off.
///
/// # Errors
/// Where it is too long, or is sent in chunks, as no client of AWS' JSON protocols does.
pub(super) fn read_body(from: &mut impl Read, head: &str) -> Result<Option<Vec<u8>>> {
    if header(head, "transfer-encoding").is_some() {
        bail!("a request's body comes with `Transfer-Encoding`, expected `Content-Length`");
    }
    let length = header(head, "content-length").unwrap_or("0");
    let length: usize = length.parse().with_context(|| format!("`{length}` is no `Content-Length`"))?;
    if length > MOST_OF_BODY {
        bail!("a request's body has {length} bytes, at most {MOST_OF_BODY}");
    }
    let mut body = vec![0; length];
    Ok(from.read_exact(&mut body).is_ok().then_some(body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_one_behind_the_other() {
        let mut sent = &b"POST / HTTP/1.1\r\nContent-Length: 3\r\nX-A:  b \r\n\r\nabcGET / HTTP/1.1\r\n\r\n"[..];
        let head = read_head(&mut sent).unwrap().unwrap();
        assert_eq!(header(&head, "x-a"), Some("b"));
        assert_eq!(header(&head, "post / http/1.1"), None);
        assert_eq!(read_body(&mut sent, &head).unwrap().unwrap(), b"abc");
        let head = read_head(&mut sent).unwrap().unwrap();
        assert_eq!(read_body(&mut sent, &head).unwrap().unwrap(), b"");
        assert_eq!(read_head(&mut sent).unwrap(), None);
    }

    #[test]
    fn what_breaks_off_is_nothing_and_what_cannot_be_read_is_a_fault() {
        for head in ["POST / HTTP/1.1\r\n", "POST", "\r", ""] {
            assert_eq!(read_head(&mut head.as_bytes()).unwrap(), None, "{head}");
        }
        assert_eq!(read_body(&mut &b"ab"[..], "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n").unwrap(), None);
        assert!(read_head(&mut "a".repeat(100_000).as_bytes()).is_err());
        assert!(read_head(&mut &b"POST / \xff\r\n\r\n"[..]).is_err());
        for field in ["Content-Length: -1", "Content-Length: 99999999999", "Transfer-Encoding: chunked"] {
            let head = format!("POST / HTTP/1.1\r\n{field}\r\n\r\n");
            assert!(read_body(&mut &b"ab"[..], &head).is_err(), "{field}");
        }
    }
}
