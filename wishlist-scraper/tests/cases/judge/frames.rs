//! Frames of HTTP/2 that a server may send to whom it likes (RFC 9113 section 6).

/// The kinds of frame, by the words that a description has for them, each as bytes that could be sent for ever.
const KINDS: [(&[&str], &[u8]); 8] = [
    (&["GOAWAY", "goaway"], b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    (&["reset", "RST"], b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08"),
    (&["CONTINUATION", "HEADERS", "HPACK"], b"\0\0\x01\x01\0\0\0\0\x01\x82\0\0\x01\x09\0\0\0\0\x01\x82"),
    (&["DATA"], b"\0\0\0\0\0\0\0\0\x01"),
    (&["PING"], b"\0\0\x08\x06\0\0\0\0\0pingping"),
    (&["window", "WINDOW"], b"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0"),
    (&["STREAMS"], b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\0"),
    (&["SETTINGS", "settings"], b"\0\0\0\x04\0\0\0\0\0"),
];

/// The frames that a description names; one of every kind where it names none.
pub(crate) fn named(description: &str) -> Vec<u8> {
    let is_named = |words: &[&str]| words.iter().any(|word| description.contains(word));
    let named: Vec<u8> =
        KINDS.iter().filter(|(words, _)| is_named(words)).flat_map(|(_, frame)| *frame).copied().collect();
    if named.is_empty() { KINDS.iter().flat_map(|(_, frame)| *frame).copied().collect() } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_is_as_long_as_it_says() {
        for (words, frames) in KINDS {
            let mut rest = frames;
            while let [high, middle, low, kind, _, after @ ..] = rest {
                let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
                assert!(*kind <= 9 && after.len() >= 4 + length, "{words:?}");
                rest = &after[4 + length..];
            }
            assert!(rest.is_empty(), "{words:?}");
        }
        assert_eq!(named("PING flood").len(), 17);
        assert!(named("something new").len() > 100);
    }
}
