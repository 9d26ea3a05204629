//! Decoding a body while it arrives, never beyond the limit.

use std::io::{self, Write};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::write::GzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::failure::FetchFailure;

/// What is asked for by `Accept-Encoding`: the codings that [`Decoder`] reads.
///
/// Not `deflate`, which servers write in two ways (RFC 9110 section 8.4.1.2), nor `zstd`, whose frames ask for windows of
/// their own choice (RFC 8878 section 3.1.1.1.2).
pub(super) const ACCEPT_ENCODING: &str = "gzip, br";

/// A body on its way from the wire to its decoded bytes, of which there are never more than the limit.
pub(super) enum Decoder {
    Identity(Bounded),
    /// One member: a second one, like anything else after the first, is an error.
    Gzip(Box<GzDecoder<Bounded>>),
    Brotli(Box<Brotli>),
}

impl Decoder {
    /// The decoder for the content encoding that `headers` name; more than one is refused, as each multiplies what a
    /// byte of the wire costs.
    pub(super) fn new(headers: &HeaderMap, max: usize) -> Result<Self, FetchFailure> {
        let output = Bounded { bytes: Vec::new(), max };
        let mut codings = headers.get_all(CONTENT_ENCODING).iter();
        let coding = match (codings.next(), codings.next()) {
            (None, _) => "",
            (Some(coding), None) => coding.to_str().map_err(|_| FetchFailure::BadResponse)?.trim(),
            (Some(_), Some(_)) => return Err(FetchFailure::BadResponse),
        };
        match coding.to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity(output)),
            "gzip" | "x-gzip" => Ok(Self::Gzip(Box::new(GzDecoder::new(output)))),
            "br" => Ok(Self::Brotli(Box::new(Brotli::new(output)))),
            _ => Err(FetchFailure::BadResponse),
        }
    }

    /// Takes what the wire brought.
    pub(super) fn feed(&mut self, encoded: &[u8]) -> Result<(), FetchFailure> {
        match self {
            Self::Identity(output) => output.write_all(encoded),
            Self::Gzip(decoder) => decoder.write_all(encoded),
            Self::Brotli(decoder) => decoder.feed(encoded),
        }
        .map_err(|error| failure_of(&error))
    }

    /// The decoded body, if the encoded one is whole.
    pub(super) fn finish(self) -> Result<Vec<u8>, FetchFailure> {
        match self {
            Self::Identity(output) => Ok(output),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Brotli(decoder) => decoder.finish(),
        }
        .map(|output| output.bytes)
        .map_err(|error| failure_of(&error))
    }
}

/// Bytes, up to a limit; more fail with [`io::ErrorKind::FileTooLarge`].
pub(super) struct Bounded {
    bytes: Vec<u8>,
    max: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.max - self.bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A Brotli stream (RFC 7932) whose window is at most 16 MiB and grows with what was decoded.
pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    output: Bounded,
    decoded: usize,
    ended: bool,
}

impl Brotli {
    fn new(output: Bounded) -> Self {
        let alloc = StandardAlloc::default;
        Self {
            // Strict is without "large windows", which reach a gigabyte and are no part of the `br` coding.
            state: BrotliState::new_strict(alloc(), alloc(), alloc()),
            output,
            decoded: 0,
            ended: false,
        }
    }

    fn feed(&mut self, encoded: &[u8]) -> io::Result<()> {
        let (mut unread, mut read) = (encoded.len(), 0);
        let mut buffer = [0; 8 << 10];
        while !self.ended {
            let (mut free, mut filled) = (buffer.len(), 0);
            let outcome = BrotliDecompressStream(
                &mut unread,
                &mut read,
                encoded,
                &mut free,
                &mut filled,
                &mut buffer,
                &mut self.decoded,
                &mut self.state,
            );
            self.output.write_all(&buffer[..filled])?;
            match outcome {
                BrotliResult::NeedsMoreInput => return Ok(()),
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultSuccess => self.ended = true,
                BrotliResult::ResultFailure => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
        if unread == 0 { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    fn finish(self) -> io::Result<Bounded> {
        if self.ended { Ok(self.output) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

fn failure_of(error: &io::Error) -> FetchFailure {
    match error.kind() {
        io::ErrorKind::FileTooLarge => FetchFailure::TooLarge,
        _ => FetchFailure::BadResponse,
    }
}
