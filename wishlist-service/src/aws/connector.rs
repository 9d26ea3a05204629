//! How the SDK's clients reach AWS: over one pool of HTTP/1.1 connections.
//!
//! The SDK has a connector of its own, which brings HTTP/2 with it: its services do not offer it, and a function would read 0.4 MB
//! more at every cold start.

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector as TcpConnector, capture_connection};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;

/// What the addresses of a name share, which are tried in turn: of six, each gets the time that another continent takes. The
/// handshake behind it is timed with the attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// One pool of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Connector(Client<HttpsConnector<TcpConnector>, SdkBody>);

impl Connector {
    /// Trusts whom `tls` trusts; plain HTTP is for an emulator.
    pub(super) fn new(tls: ClientConfig) -> Self {
        let mut tcp = TcpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let https = HttpsConnector::from((tcp, tls));
        Self(Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(https))
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        // The SDK leaves a connection that answered with a fault of the server, for the next attempt to meet another server.
        let connection = capture_connection(&mut request);
        if let Some(slot) = request.extensions().get::<CaptureSmithyConnection>() {
            slot.set_connection_retriever(move || metadata(&connection));
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(failure)?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Gives every client the same pool: the SDK's own way makes one for each.
impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    let proxied = connection.connection_metadata().as_ref()?.is_proxied();
    let connection = connection.clone();
    let poison = move || {
        if let Some(connected) = connection.connection_metadata().as_ref() {
            connected.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(proxied).poison_fn(poison).build())
}

/// What the SDK is told, which decides whether it tries again: a connection that could not be made or broke, yes; a request that
/// cannot be sent, no.
fn failure(error: legacy::Error) -> ConnectorError {
    let of_hyper = cause::<hyper::Error>(&error);
    if of_hyper.is_some_and(hyper::Error::is_timeout) {
        ConnectorError::timeout(error.into())
    } else if of_hyper.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else if of_hyper.is_some_and(hyper::Error::is_incomplete_message) {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else if error.is_connect()
        || of_hyper.is_some_and(|error| error.is_closed() || error.is_canceled())
        || cause::<std::io::Error>(&error).is_some()
    {
        ConnectorError::io(error.into())
    } else {
        ConnectorError::other(error.into(), None)
    }
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::SocketAddr;
    use std::sync::{Arc, Mutex};

    use axum::extract::{ConnectInfo, State};
    use axum::routing::get;
    use axum::{Router, serve};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::aws::roots;

    /// The ports that requests came from: one for each connection.
    type Ports = Arc<Mutex<BTreeSet<u16>>>;

    async fn server() -> (SocketAddr, Ports) {
        let ports = Ports::default();
        let note = |State(ports): State<Ports>, ConnectInfo(from): ConnectInfo<SocketAddr>| async move {
            ports.lock().unwrap().insert(from.port());
            "here"
        };
        let router = Router::new().route("/", get(note)).with_state(Arc::clone(&ports));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await });
        (address, ports)
    }

    /// A server that reads one request, answers this and is gone.
    async fn gone_after(answer: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer).await.unwrap();
        });
        address
    }

    fn connector() -> Connector {
        Connector::new(roots::trusted(None).unwrap())
    }

    async fn get_from(address: SocketAddr) -> Result<String, ConnectorError> {
        let answer = connector().call(HttpRequest::get(format!("http://{address}/")).unwrap()).await?;
        Ok(String::from_utf8_lossy(&read(answer).await).into_owned())
    }

    async fn read(answer: HttpResponse) -> Vec<u8> {
        use http_body_util::BodyExt;
        answer.into_body().collect().await.unwrap().to_bytes().into()
    }

    #[tokio::test]
    async fn a_connection_is_used_again_until_it_is_poisoned() {
        let (address, ports) = server().await;
        let connector = connector();
        let capture = CaptureSmithyConnection::new();
        for _ in 0..3 {
            let mut request = HttpRequest::get(format!("http://{address}/")).unwrap();
            request.add_extension(capture.clone());
            assert_eq!(read(connector.call(request).await.unwrap()).await, b"here");
        }
        assert_eq!(ports.lock().unwrap().len(), 1);

        capture.get().expect("the connection of the last call").poison();
        read(connector.call(HttpRequest::get(format!("http://{address}/")).unwrap()).await.unwrap()).await;
        assert_eq!(ports.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn what_breaks_is_tried_again_and_what_cannot_be_sent_is_not() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert!(get_from(closed).await.unwrap_err().is_io());

        for cut in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-le"] {
            let error = get_from(gone_after(cut).await).await.unwrap_err();
            let again = error.is_io() || error.as_other() == Some(ErrorKind::TransientError);
            assert!(again, "{error:?}");
        }

        let error = get_from(gone_after(b"220 mail.example ESMTP\r\n\r\n").await).await.unwrap_err();
        assert!(error.is_other() && error.as_other().is_none(), "{error:?}");

        let nowhere = HttpRequest::get("/without-an-authority").unwrap();
        assert!(!connector().call(nowhere).await.unwrap_err().is_io());
    }
}
