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

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;

    use super::*;

    const PAGE: &[u8] = b"<title>A kettle</title>";
    /// [`PAGE`], as Brotli.
    const BROTLI_PAGE: &str = "0b0b803c7469746c653e41206b6574746c653c2f7469746c653e03";
    /// 64 MiB of zeros, as Brotli with the largest window of RFC 7932.
    const BROTLI_BOMB: &str = "cfffff7ff82700e2b14020f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c32200\
                               ddfbfffcffffc73f0110870500baf7ff";
    /// 1 MiB of zeros, as Brotli with a "large window" of a gigabyte, which is no part of RFC 7932.
    const BROTLI_LARGE_WINDOW: &str = "115efdff3ffe0980782c10907bff00";

    fn bytes_of(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Decodes what comes in pieces of `piece` bytes.
    fn decode(coding: &str, encoded: &[u8], piece: usize, max: usize) -> Result<Vec<u8>, FetchFailure> {
        let coding = HeaderValue::from_str(coding).unwrap();
        let mut decoder = Decoder::new(&HeaderMap::from_iter([(CONTENT_ENCODING, coding)]), max)?;
        for piece in encoded.chunks(piece) {
            decoder.feed(piece)?;
        }
        decoder.finish()
    }

    #[test]
    fn every_coding_is_decoded_however_it_is_cut() {
        let rows = [
            ("", PAGE.to_vec()),
            ("identity", PAGE.to_vec()),
            ("gzip", gzip(PAGE)),
            (" GZIP ", gzip(PAGE)),
            ("x-gzip", gzip(PAGE)),
            ("br", bytes_of(BROTLI_PAGE)),
        ];
        for (coding, encoded) in rows {
            for piece in [1, 7, 4096] {
                assert_eq!(decode(coding, &encoded, piece, PAGE.len()).unwrap(), PAGE, "{coding}");
            }
            assert_eq!(decode(coding, &encoded, 4096, PAGE.len() - 1), Err(FetchFailure::TooLarge), "{coding}");
        }
    }

    #[test]
    fn what_was_not_asked_for_is_refused() {
        for coding in ["deflate", "zstd", "x-evil", "gzip, gzip", "gzip,br", "br, identity", ","] {
            assert_eq!(decode(coding, b"", 1, 9), Err(FetchFailure::BadResponse), "{coding}");
        }
        let mut twice = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
        twice.append(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(matches!(Decoder::new(&twice, 9), Err(FetchFailure::BadResponse)));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let zeros = gzip(&vec![0; 8 << 20]);
        assert_eq!(decode("gzip", &zeros, 1024, 1 << 20), Err(FetchFailure::TooLarge));
        assert_eq!(decode("br", &bytes_of(BROTLI_BOMB), 1024, 1 << 20), Err(FetchFailure::TooLarge));
    }

    #[test]
    fn a_large_window_is_refused() {
        let encoded = bytes_of(BROTLI_LARGE_WINDOW);
        assert_eq!(decode("br", &encoded, 1024, 4 << 20), Err(FetchFailure::BadResponse));
    }

    #[test]
    fn a_body_that_is_not_what_it_says_is_refused() {
        let (gzip, brotli) = (gzip(PAGE), bytes_of(BROTLI_PAGE));
        let mut wrong_sum = gzip.clone();
        let checksum = wrong_sum.len() - 8;
        wrong_sum[checksum] ^= 1;
        let rows = [
            ("gzip", PAGE.to_vec()),
            ("gzip", Vec::new()),
            ("gzip", gzip[..gzip.len() - 1].to_vec()),
            ("gzip", gzip[..12].to_vec()),
            ("gzip", wrong_sum),
            ("gzip", [gzip.as_slice(), b"x"].concat()),
            ("gzip", gzip.repeat(2)),
            ("br", PAGE.to_vec()),
            ("br", Vec::new()),
            ("br", brotli[..brotli.len() - 1].to_vec()),
            ("br", [brotli.as_slice(), b"x"].concat()),
        ];
        for (index, (coding, encoded)) in rows.iter().enumerate() {
            for piece in [1, 4096] {
                let decoded = decode(coding, encoded, piece, 1 << 20);
                assert_eq!(decoded, Err(FetchFailure::BadResponse), "row {index} by {piece}");
            }
        }
    }
}
