//! Why a page could not be read.

use std::error::Error;
use std::fmt;

/// Why a page could not be read, as a code and nothing else.
///
/// No variant carries an address, a name, a status line or the text of a cause: a failure is shown to the person who
/// chose the link, and must not tell what our network looks like from within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FetchFailure {
    /// The scheme, user information, port, name or address is one that is never visited.
    ///
    /// One code for all of them: which rule refused would tell what an internal name resolves to.
    Forbidden,
    /// The name has no address.
    Unresolvable,
    /// No name server answered, no address accepted a connection, the connection broke, or TLS could not be agreed on.
    Unreachable,
    /// The deadline passed.
    Timeout,
    /// The headers or the decoded body are longer than the settings allow.
    TooLarge,
    /// The page redirects more often than the settings allow.
    TooManyRedirects,
    /// The answer is not a page: its media type is not one that is read.
    UnsupportedContent,
    /// The answer is not HTTP/1.1, contradicts itself, ends early, or is encoded in a way that was not asked for.
    BadResponse,
}

impl FetchFailure {
    /// The code, as it is stored and shown: lower case with underscores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Unresolvable => "unresolvable",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::TooManyRedirects => "too_many_redirects",
            Self::UnsupportedContent => "unsupported_content",
            Self::BadResponse => "bad_response",
        }
    }
}

impl fmt::Display for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forbidden => "this address may not be visited",
            Self::Unresolvable => "the name has no address",
            Self::Unreachable => "the site does not accept connections",
            Self::Timeout => "the site took too long to answer",
            Self::TooLarge => "the page is too large",
            Self::TooManyRedirects => "the site redirects too often",
            Self::UnsupportedContent => "the answer is not a page",
            Self::BadResponse => "the answer could not be read",
        })
    }
}

impl Error for FetchFailure {}
