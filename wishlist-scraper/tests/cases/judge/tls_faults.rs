//! What is wrong, or right, with a site's TLS.

use std::sync::{Arc, Mutex};

use anyhow::bail;
use rcgen::{CertificateParams, date_time_ymd};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Names, builder, private_key};
use super::site::Reply;

/// The names that clients sent.
pub(crate) type Sent = Arc<Mutex<Vec<Option<String>>>>;

/// A kind of TLS, by the words that a description has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As it should be.
    Sound,
    /// A certificate of a time that is over.
    Expired,
    /// One of a time to come.
    Early,
    /// One for another name.
    OtherName,
    /// One of an authority that is not believed.
    Stranger,
    /// One for the name, where the address is asked for.
    LiteralWithout,
    /// Sound, and asking for a certificate of the client.
    AsksForClient,
    /// More certificates than a handshake should carry.
    LongChain,
    /// A version of TLS from before 1.2, or none.
    OldVersion,
    /// A handshake that nobody answers.
    Stalls,
    /// No protocol but HTTP/2.
    OnlyHttp2,
}

const KINDS: [(&[&str], Kind); 10] = [
    (&["expired"], Kind::Expired),
    (&["not yet valid", "future"], Kind::Early),
    (&["IP literal"], Kind::LiteralWithout),
    (&["wrong host", "wrong name", "other name"], Kind::OtherName),
    (&["self-signed", "self signed", "untrusted", "unknown"], Kind::Stranger),
    (&["client certificate"], Kind::AsksForClient),
    (&["KiB certificate", "MiB certificate", "chain"], Kind::LongChain),
    (&["1.0", "1.1", "SSL"], Kind::OldVersion),
    (&["never", "stall", "half a handshake"], Kind::Stalls),
    (&["SNI", "sound", "resumption", "ticket"], Kind::Sound),
];

impl Kind {
    /// The kind that a description means.
    pub(crate) fn named(description: &str) -> anyhow::Result<Self> {
        let is_meant = |words: &[&str]| words.iter().any(|word| description.contains(word));
        match KINDS.iter().find(|(words, _)| is_meant(words)) {
            Some((_, kind)) => Ok(*kind),
            None => {
                bail!("no site is made for the TLS of `{description}`; add it to `tests/cases/judge/tls_faults.rs`")
            }
        }
    }

    /// What answers where no handshake is made: the alert `protocol_version` (RFC 8446 section 6.2), or nothing.
    pub(crate) fn instead(self) -> Option<Reply> {
        match self {
            Self::OldVersion => Some(Reply::Bytes(b"\x15\x03\x01\0\x02\x02\x46".to_vec())),
            Self::Stalls => Some(Reply::Silence(Vec::new())),
            _ => None,
        }
    }

    /// A site's side of the handshakes, for these names.
    pub(crate) fn acceptor(self, authority: &Authority, names: &[String], sent: &Sent) -> TlsAcceptor {
        let names: Vec<&str> = if self == Self::OtherName {
            vec!["elsewhere.example"]
        } else {
            names.iter().map(String::as_str).filter(|name| self != Self::LiteralWithout || !is_address(name)).collect()
        };
        let stranger = Authority::new();
        let issuer = if self == Self::Stranger { &stranger } else { authority };
        let (certificate, key) = issuer.issue(&names, |params: &mut CertificateParams| match self {
            Self::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Self::Early => params.not_before = date_time_ymd(2200, 1, 1),
            _ => {}
        });
        let copies = if self == Self::LongChain { (256 << 10) / certificate.len() } else { 1 };
        let signing = rustls::crypto::ring::sign::any_supported_type(&private_key(&key)).unwrap();
        let certified = Arc::new(CertifiedKey::new(vec![certificate; copies], signing));
        let names = Arc::new(Names { certified, sent: sent.clone() });
        let mut config = if self == Self::AsksForClient {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.clone()).unwrap();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder()
                .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
                .with_cert_resolver(names)
        } else {
            builder().with_no_client_auth().with_cert_resolver(names)
        };
        if self == Self::OnlyHttp2 {
            config.alpn_protocols = vec![b"h2".to_vec()];
        }
        TlsAcceptor::from(Arc::new(config))
    }
}

fn is_address(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_that_nothing_is_made_for_is_named() {
        assert_eq!(Kind::named("256 KiB certificate message").unwrap(), Kind::LongChain);
        assert_eq!(Kind::named("IP literal https without SAN").unwrap(), Kind::LiteralWithout);
        let refused = Kind::named("a new fault").unwrap_err();
        assert!(refused.to_string().contains("`a new fault`"));
    }
}
