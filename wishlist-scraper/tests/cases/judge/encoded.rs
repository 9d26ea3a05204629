//! Bodies in a content encoding, among them some that are small on the wire and endless when decoded.

use std::io::Write;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compress, Compression, FlushCompress};

/// What is sent first, and what is sent again and again after it.
pub(crate) struct Endless {
    pub(crate) first: Vec<u8>,
    pub(crate) then: Vec<u8>,
}

/// 16 MiB of zeros as Brotli with its largest window, at the start of a stream and after it; each ends at a whole byte.
const BROTLI_FIRST: [u8; 15] = [0xcf, 0xff, 0xff, 0x7f, 0xf8, 0x27, 0, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0xdf, 0];
const BROTLI_NEXT: [u8; 14] = [0xfc, 0xff, 0xff, 0x87, 0x7f, 0x02, 0x20, 0x0e, 0x8b, 0, 0x74, 0xef, 0xff, 0x0d];

/// The head of a member of gzip (RFC 1952 section 2.3).
const GZIP_HEAD: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";

/// The head of a frame of zstd with a window of 2 MiB, and a block of 128 KiB that is one byte repeated (RFC 8878
/// section 3.1.1).
const ZSTD_HEAD: &[u8] = b"\x28\xb5\x2f\xfd\0\x58";
const ZSTD_ZEROS: &[u8] = b"\x02\0\x10\0";

/// Zeros without end in the last of `codings`: who takes off one coding has met all that there is to meet.
pub(crate) fn zeros(codings: &str) -> Endless {
    let endless = |first: &[u8], then: &[u8]| Endless { first: first.to_vec(), then: then.to_vec() };
    match last_of(codings).as_str() {
        "gzip" | "x-gzip" => endless(GZIP_HEAD, &deflated_zeros()),
        "deflate" => endless(b"\x78\x9c", &deflated_zeros()),
        "br" => endless(&BROTLI_FIRST, &BROTLI_NEXT),
        "zstd" => endless(ZSTD_HEAD, &ZSTD_ZEROS.repeat(64)),
        _ => endless(b"", &[0; 4096]),
    }
}

/// `body` in each of `codings` that there is an encoder for.
pub(crate) fn encode(codings: &str, body: &[u8]) -> Vec<u8> {
    match last_of(codings).as_str() {
        "gzip" | "x-gzip" => gzip(body),
        "deflate" => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        }
        _ => body.to_vec(),
    }
}

/// One member of gzip.
pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// A mebibyte of zeros that ends at a whole byte and refers to nothing before it, to stand any number of times.
fn deflated_zeros() -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 20);
    compress.compress_vec(&vec![0; 1 << 20], &mut block, FlushCompress::Full).unwrap();
    block
}

fn last_of(codings: &str) -> String {
    codings.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// Whether the first mebibytes of what is decoded are zeros; read in small parts, since the memory of the program is
    /// measured by another test.
    fn decoded(mut decoder: impl Read, mebibytes: usize) -> bool {
        let mut part = [1; 4096];
        (0..mebibytes << 8).all(|_| decoder.read_exact(&mut part).is_ok() && part == [0; 4096])
    }

    #[test]
    fn what_should_explode_does() {
        let stream = |coding: &str, times| {
            let Endless { first, then } = zeros(coding);
            [first, then.repeat(times)].concat()
        };
        let gzip = stream("br, gzip", 5);
        assert!(gzip.len() < 8 << 10 && decoded(flate2::read::GzDecoder::new(&*gzip), 5));
        let deflate = stream("deflate", 2);
        assert!(decoded(flate2::read::ZlibDecoder::new(&*deflate), 2));
        let brotli = stream("br", 1);
        assert!(brotli.len() < 64 && decoded(brotli_decompressor::Decompressor::new(&*brotli, 4096), 32));
    }
}
