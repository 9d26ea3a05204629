//! The trace of X-Ray that a call belongs to, carried from the API through the queue to the worker.

use std::future::Future;

/// The longest header that is carried: a root, a parent and a decision have 75 bytes, lineage and data of others some more.
const MAX_BYTES: usize = 512;

/// The value of an `X-Amzn-Trace-Id` header, as in `Root=1-67891233-abcdef012345678912345678;Sampled=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceHeader(String);

tokio::task_local! {
    static CURRENT: TraceHeader;
}

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

    /// The header of the work at hand, where it has one. Tasks that the work spawns do not have it.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Does `work` as a part of this trace, or of none.
    pub(crate) async fn carry<T>(header: Option<Self>, work: impl Future<Output = T>) -> T {
        match header {
            Some(header) => CURRENT.scope(header, work).await,
            None => work.await,
        }
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

    #[tokio::test]
    async fn a_trace_is_known_within_its_work_only() {
        let header = TraceHeader::parse("Root=1-a");
        let within = async { TraceHeader::current() };
        assert_eq!(TraceHeader::carry(header.clone(), within).await, header);
        assert_eq!(TraceHeader::current(), None);
        assert_eq!(TraceHeader::carry(None, async { TraceHeader::current() }).await, None);
    }
}
