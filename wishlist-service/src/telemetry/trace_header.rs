//! The trace of X-Ray that a call belongs to, carried from the API through the queue to the worker.

/// The longest header that is carried: a root, a parent and a decision have 75 bytes, lineage and data of others some more.
const MAX_BYTES: usize = 512;

/// The value of an `X-Amzn-Trace-Id` header, as in `Root=1-67891233-abcdef012345678912345678;Sampled=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceHeader(String);

impl TraceHeader {
    /// A header that has a root; anything else is not carried on.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_named = text.split(';').any(|part| part.trim_start().starts_with("Root="));
        let fits = text.len() <= MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        (is_named && fits).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the whole trace, by which X-Ray finds it.
    pub(super) fn root(&self) -> &str {
        self.part("Root=").unwrap_or_default()
    }

    /// The id of what sent it.
    #[cfg(feature = "otel")]
    pub(super) fn parent(&self) -> Option<&str> {
        self.part("Parent=")
    }

    /// Whether the trace is recorded.
    #[cfg(feature = "otel")]
    pub(super) fn is_sampled(&self) -> bool {
        self.part("Sampled=") == Some("1")
    }

    fn part(&self, name: &str) -> Option<&str> {
        self.0.split(';').find_map(|part| part.trim().strip_prefix(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_root_and_nothing_odd() {
        let good =
            ["Root=1-67891233-abcdef012345678912345678", "Self=1-a;Root=1-b;Parent=c;Sampled=1", "Parent=c; Root=1-b"];
        for text in good {
            assert_eq!(TraceHeader::parse(text).unwrap().as_str(), text);
        }
        let long = format!("Root=1-{}", "x".repeat(MAX_BYTES));
        for text in ["", "1-67891233", "Parent=c", "Root=1-a\r\nX: y", "Root=1-ä", &long] {
            assert_eq!(TraceHeader::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_root_of_a_header_names_its_trace() {
        assert_eq!(TraceHeader::parse("Self=1-a; Root=1-b;Sampled=1").unwrap().root(), "1-b");
    }
}
