//! From bytes to text: which encoding a page is in.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::memchr_iter;
use memchr::memmem::find;

/// A declaration further down than this is not looked for: heads of real pages end well before it.
const HEAD: usize = 128 * 1024;

/// How much of a page without a declaration is shown to the detector; it has settled long before.
const DETECTED: usize = 64 * 1024;

/// The text of a page, borrowed where it already is UTF-8.
///
/// In order: a byte order mark; UTF-8 where the bytes are nothing else; the header's charset; the head's `<meta>` or XML
/// declaration; detection. Multi-byte text that is valid UTF-8 is that whatever is declared: by chance it is not.
pub(crate) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_from(encoding, bytes.get(mark..).unwrap_or_default());
    }
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        // ISO-2022-JP and UTF-16 look like ASCII to a validator; only the first is declared by anyone.
        let escapes = text.contains("\u{1b}$");
        if !escapes {
            return Cow::Borrowed(text);
        }
    }
    let declared = [content_type.and_then(|value| label(value.as_bytes())), declared_in_head(head)];
    let encoding = declared
        .into_iter()
        .flatten()
        .find(|encoding| *encoding != UTF_8)
        .unwrap_or_else(|| detect(bytes, declared.into_iter().flatten().next()));
    decode_from(encoding, bytes)
}

/// The text of bytes in an encoding, in a buffer of its exact length: growing one would take twice as much for a moment.
fn decode_from<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    if encoding == UTF_8
        && let Ok(text) = simdutf8::basic::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let (mut length, mut rest, mut buffer) = (0, bytes, [0; 4096]);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    loop {
        let (result, read, written, _) = decoder.decode_to_utf8(rest, &mut buffer, true);
        length += written;
        rest = rest.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty {
            break;
        }
    }
    // The decoder wants room for one more character than there is.
    let mut text = String::with_capacity(length + 16);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (result, ..) = decoder.decode_to_string(bytes, &mut text, true);
    match result {
        CoderResult::InputEmpty => Cow::Owned(text),
        CoderResult::OutputFull => encoding.decode_without_bom_handling(bytes).0,
    }
}

/// One broken byte among good UTF-8 is a broken byte; a page full of them was never UTF-8.
fn detect(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    let sample = bytes.get(..DETECTED).unwrap_or(bytes);
    if declared == Some(UTF_8) {
        let (multi, broken) = sample.utf8_chunks().fold((0, 0), |(multi, broken), chunk| {
            let not_ascii = chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
            (multi + not_ascii, broken + usize::from(!chunk.invalid().is_empty()))
        });
        if broken <= multi.max(2) {
            return UTF_8;
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The encoding named by the first `<meta>` or XML declaration of a head that names one.
fn declared_in_head(head: &[u8]) -> Option<&'static Encoding> {
    for start in memchr_iter(b'<', head) {
        let rest = head.get(start + 1..)?;
        let declares = |name: &[u8]| rest.get(..name.len()).is_some_and(|is| is.eq_ignore_ascii_case(name));
        if declares(b"body") {
            return None;
        }
        if declares(b"meta") || declares(b"?xml") {
            let tag = rest.get(..memchr::memchr(b'>', rest).unwrap_or(rest.len()))?;
            // What a <meta> is read from is ASCII, so it is not UTF-16 whatever it says (WHATWG HTML, 13.2.3.2).
            match label(tag) {
                Some(encoding) if encoding == UTF_16BE || encoding == UTF_16LE => return Some(UTF_8),
                Some(encoding) if encoding == X_USER_DEFINED => return Some(WINDOWS_1252),
                Some(encoding) => return Some(encoding),
                None => {}
            }
        }
    }
    None
}

/// The encoding after `charset=` or `encoding=`, quoted or not.
fn label(text: &[u8]) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let name = [&b"charset"[..], b"encoding"];
    let (at, name) = name.iter().find_map(|name| Some((find(&lower, name)?, name)))?;
    let value = lower.get(at + name.len()..)?.trim_ascii_start();
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value.iter().position(|byte| b"\"' ;>/\t\n\r".contains(byte));
    Encoding::for_label(value.get(..end.unwrap_or(value.len()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], content_type: Option<&str>) -> String {
        decode(bytes, content_type).into_owned()
    }

    #[test]
    fn the_first_declaration_that_can_be_true_decides() {
        let cyrillic = encoding_rs::WINDOWS_1251.encode("Кофемолка ручная").0.into_owned();
        let with = |head: &[u8]| [head, &cyrillic].concat();
        let far = format!("<head>{}<meta charset=windows-1251>", "<link>".repeat(5000));
        let rows: [(&[u8], Option<&str>); 6] = [
            (b"", Some("text/html; charset=windows-1251")),
            (b"", Some("text/html; Charset=\"cp1251\"; x=y")),
            (b"<META CHARSET='windows-1251'>", Some("text/html; charset=utf-8")),
            (b"<meta http-equiv=Content-Type content=\"text/html; charset = windows-1251\">", None),
            (b"<?xml version='1.0' encoding='windows-1251'?>", None),
            (far.as_bytes(), None),
        ];
        for (head, content_type) in rows {
            assert!(decoded(&with(head), content_type).ends_with("Кофемолка ручная"), "{content_type:?}");
        }
    }

    #[test]
    fn valid_utf_8_is_utf_8_whatever_is_declared() {
        assert!(decoded("<meta charset=iso-8859-1>für".as_bytes(), None).ends_with("für"));
    }

    #[test]
    fn one_broken_byte_does_not_turn_a_page_into_another_encoding() {
        let page = [&b"<meta charset=utf-8>"[..], "für dich\u{20ac}".as_bytes(), b"\xff"].concat();
        assert!(decoded(&page, None).contains("für dich€"));
    }

    #[test]
    fn byte_order_marks_and_detection() {
        assert_eq!(decoded(b"\xef\xbb\xbfabc", None), "abc");
        assert_eq!(decoded(b"\xff\xfea\0b\0", None), "ab");
        let japanese = encoding_rs::SHIFT_JIS.encode("手挽きコーヒーミルを買う。送料は無料です。").0.into_owned();
        assert_eq!(decoded(&japanese, None), "手挽きコーヒーミルを買う。送料は無料です。");
        let jis = encoding_rs::ISO_2022_JP.decode(b"\x1b$B%3!<%R!<\x1b(B").0.into_owned();
        assert_eq!(decoded(b"\x1b$B%3!<%R!<\x1b(B", None), jis);
    }
}
