//! The HTTP of the tests: one connection a request, in the clear, to the loopback; and what may become of a request on its way.

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_sdk_dynamodb::error::{BoxError, ConnectorError};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// What becomes of a request.
#[derive(Clone)]
pub(super) enum Fate {
    /// It arrives, and so does its answer.
    Arrives,
    /// It does not arrive.
    IsLost,
    /// It arrives, and its answer does not.
    LosesItsReply,
    /// It arrives, and nobody hears of it any more.
    Hangs,
    /// It does not arrive; this status and body are the answer.
    IsAnswered(u16, String),
    /// It arrives with another body, and of the answer this is made.
    IsChanged(Value, Arc<dyn Fn(Value) -> Value + Send + Sync>),
}

/// Decides by the name of the operation (`PutItem`) and the body.
pub(super) type Fates = Arc<dyn Fn(&str, &Value) -> Fate + Send + Sync>;

/// Sends requests to their fate.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Fates);

impl Connector {
    /// All requests arrive.
    pub(super) fn plain() -> Self {
        Self(Arc::new(|_, _| Fate::Arrives))
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let request = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or_default()));
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let lost = || ConnectorError::io("the connection was closed".into());
        let answer = match (self.0)(operation, &body) {
            Fate::Arrives => exchange(request).await,
            Fate::IsLost => return Err(lost()),
            Fate::LosesItsReply => exchange(request).await.and_then(|_| Err("the connection was closed".into())),
            Fate::Hangs => {
                drop(exchange(request).await);
                std::future::pending().await
            }
            Fate::IsAnswered(status, body) => {
                let answer = Response::builder().status(status).header("x-amzn-requestid", "REQUEST");
                answer.body(Bytes::from(body)).map_err(BoxError::from)
            }
            Fate::IsChanged(body, answered) => {
                let request = request.map(|_| Bytes::from(body.to_string()));
                let changed = |response: Response<Bytes>| {
                    response.map(|body| {
                        Bytes::from(answered(serde_json::from_slice(&body).unwrap_or_default()).to_string())
                    })
                };
                exchange(request).await.map(changed)
            }
        };
        HttpResponse::try_from(answer.map_err(ConnectorError::io)?.map(Into::into))
            .map_err(|error| ConnectorError::user(error.into()))
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

async fn exchange(mut request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
    let authority = request.uri().authority().ok_or("no authority")?.to_string();
    let stream = TcpStream::connect(&authority).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    request.headers_mut().insert(hyper::header::HOST, authority.parse()?);
    let length = request.body().len();
    request.headers_mut().insert(hyper::header::CONTENT_LENGTH, length.into());
    let response = sender.send_request(request.map(Full::new)).await?;
    let (parts, body) = response.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}
