//! TLS.

use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use wishlist_client::{Client, ErrorKind};

use super::server::{Reply, healthy, serve};

/// A server with a certificate of its own; answers its address and the certificate.
async fn start() -> (String, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust it ends the handshake.
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            serve(stream, &|_, _| Reply::Text(healthy()), &Mutex::default()).await;
        }
    });
    (address, own.cert.pem())
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_trusted_where_it_is_given() {
    let (address, pem) = start().await;
    let error = Client::builder(&address).tries(1).build().unwrap().find_health().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, None));
    let client = Client::builder(&address).root_certificates(pem.as_bytes()).unwrap().build().unwrap();
    assert_eq!(client.find_health().await.unwrap().status, "ok");
}
