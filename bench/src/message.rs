//! As much of HTTP/1.1 as SDKs and emulators speak: messages whose body has its length in the head.

use std::io::{Read, Write};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use httparse::{EMPTY_HEADER, Request, Response, Status};

/// More fields than any of them sends.
const MOST_FIELDS: usize = 64;

/// A query's answer is at most a megabyte of records, and in JSON some more.
const MOST_BYTES: usize = 8 << 20;

/// One direction of a connection.
pub(crate) struct Messages<T> {
    from: T,
    read: Vec<u8>,
}

/// A message as it came.
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    pub(crate) head: Head,
    body: Range<usize>,
}

/// What is looked at of a head.
pub(crate) struct Head {
    /// Of a request.
    pub(crate) method: String,
    /// Of a response.
    pub(crate) status: u16,
    /// The operation that a request asks for, as the JSON protocols of AWS name it.
    pub(crate) target: Option<String>,
    pub(crate) content_type: Option<String>,
    length: usize,
}

impl Message {
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.body.clone()]
    }

    pub(crate) fn is_get(&self) -> bool {
        self.head.method == "GET"
    }
}

impl<T: Read> Messages<T> {
    pub(crate) fn from(from: T) -> Self {
        Self { from, read: Vec::with_capacity(1 << 14) }
    }

    /// The next request; none where the other side has closed.
    pub(crate) fn request(&mut self) -> Result<Option<Message>> {
        self.message(|bytes| {
            let mut fields = [EMPTY_HEADER; MOST_FIELDS];
            let mut request = Request::new(&mut fields);
            let Status::Complete(length) = request.parse(bytes)? else { return Ok(None) };
            let method = request.method.unwrap_or_default().to_owned();
            Ok(Some((length, Head { method, ..Head::of(request.headers)? })))
        })
    }

    /// The next response.
    pub(crate) fn response(&mut self) -> Result<Option<Message>> {
        self.message(|bytes| {
            let mut fields = [EMPTY_HEADER; MOST_FIELDS];
            let mut response = Response::new(&mut fields);
            let Status::Complete(length) = response.parse(bytes)? else { return Ok(None) };
            let status = response.code.unwrap_or_default();
            Ok(Some((length, Head { status, ..Head::of(response.headers)? })))
        })
    }

    fn message(&mut self, parse: impl Fn(&[u8]) -> Result<Option<(usize, Head)>>) -> Result<Option<Message>> {
        let (start, head) = loop {
            if let Some(parsed) = parse(&self.read)? {
                break parsed;
            }
            if !self.read_more()? {
                return Ok(None);
            }
        };
        let end = start + head.length;
        while self.read.len() < end {
            if !self.read_more()? {
                bail!("a message ended after {} of {end} bytes", self.read.len());
            }
        }
        let bytes = self.read.drain(..end).collect();
        Ok(Some(Message { bytes, head, body: start..end }))
    }

    fn read_more(&mut self) -> Result<bool> {
        let (mut some, before) = ([0; 1 << 14], self.read.len());
        if before > MOST_BYTES {
            bail!("a message of more than {MOST_BYTES} bytes");
        }
        let count = self.from.read(&mut some)?;
        self.read.extend_from_slice(&some[..count]);
        Ok(count > 0)
    }
}

impl Head {
    fn of(fields: &[httparse::Header<'_>]) -> Result<Self> {
        let field = |name: &str| {
            let found = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
            found.map(|field| String::from_utf8_lossy(field.value).into_owned())
        };
        if field("transfer-encoding").is_some() {
            bail!("a body in chunks; expected one whose length is in `content-length`");
        }
        let length = field("content-length").map_or(Ok(0), |length| length.parse());
        Ok(Self {
            method: String::new(),
            status: 0,
            target: field("x-amz-target"),
            content_type: field("content-type"),
            length: length.context("`content-length` is not a number")?,
        })
    }
}

/// The bytes of a response.
pub(crate) fn response(status: u16, content_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status} -\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Sends all of a message at once.
pub(crate) fn send(mut to: impl Write, bytes: &[u8]) -> Result<()> {
    Ok(to.write_all(bytes)?)
}
