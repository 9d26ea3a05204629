//! Texts that describe what is too long to write down.

use anyhow::{Context, bail};

/// What a text stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes without end.
    Infinite,
    /// More zeros than anybody should decode.
    Zeros,
}

/// Reads `infinite`, `zeros, RATIO:1, SIZE out`, `TEXT * COUNT` for a text that is repeated, and `TEXT*SIZE` (as in
/// `x*1MiB`) for one whose last character is; everything else is what it says.
pub(crate) fn content(text: &str) -> anyhow::Result<Content> {
    if text == "infinite" {
        return Ok(Content::Infinite);
    }
    if text.starts_with("zeros, ") && text.ends_with(" out") {
        return Ok(Content::Zeros);
    }
    if let Some((repeated, count)) = text.rsplit_once(" * ") {
        let count: usize = count.parse().with_context(|| format!("`{count}` is not a count"))?;
        return Ok(Content::Bytes(repeated.as_bytes().repeat(count)));
    }
    if let Some((start, size)) = text.rsplit_once('*').filter(|(_, size)| size.ends_with('B')) {
        let Some(last) = start.chars().last() else { bail!("`{text}` repeats nothing") };
        let repeated = last.to_string().repeat(bytes_of(size)?);
        return Ok(Content::Bytes([start, &repeated].concat().into_bytes()));
    }
    Ok(Content::Bytes(text.as_bytes().to_vec()))
}

/// The bytes of a text that ends.
pub(crate) fn bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    match content(text)? {
        Content::Bytes(bytes) => Ok(bytes),
        Content::Infinite | Content::Zeros => bail!("`{text}` has no end, and here it must have one"),
    }
}

/// The bytes that hexadecimal digits write.
pub(crate) fn from_hex(digits: &str) -> anyhow::Result<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect::<Option<_>>().with_context(|| format!("`{digits}` is not hexadecimal"))
}

fn bytes_of(size: &str) -> anyhow::Result<usize> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0)];
    let (number, shift) =
        units.iter().find_map(|(unit, shift)| Some((size.strip_suffix(unit)?, shift))).context("a size has a unit")?;
    let number: usize = number.trim().parse().with_context(|| format!("`{size}` is not a size like `1MiB`"))?;
    Ok(number << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_what_it_describes() {
        let rows = [
            ("infinite", Content::Infinite),
            ("zeros, 1000:1, 10 GiB out", Content::Zeros),
            ("1;a*2KiB", Content::Bytes(format!("1;a{}", "a".repeat(2048)).into_bytes())),
            ("ab\r\n * 3", Content::Bytes(b"ab\r\nab\r\nab\r\n".to_vec())),
            ("<b>2*3</b>", Content::Bytes(b"<b>2*3</b>".to_vec())),
            ("", Content::Bytes(Vec::new())),
        ];
        for (text, expected) in rows {
            assert_eq!(content(text).unwrap(), expected, "{text}");
        }
        assert_eq!(from_hex("582d413a2000").unwrap(), b"X-A: \0");
        for bad in ["x * many", "x*1XB", "*1KiB"] {
            assert!(content(bad).is_err(), "{bad}");
        }
        assert!(bytes("infinite").is_err() && from_hex("5").is_ok() && from_hex("xy").is_err());
    }
}
