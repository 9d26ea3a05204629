//! The network as a channel.

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::{Request, Response};

use crate::error::{Error, ErrorKind};
use crate::transport::{Channel, ChannelError};

/// HTTP by reqwest, with an answer's size bounded.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) http: reqwest::Client,
    /// The most bytes of a body.
    pub(crate) largest_answer: usize,
}

impl Channel for Network {
    fn exchange(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, ChannelError>> {
        Box::pin(self.send(request))
    }
}

impl Network {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ChannelError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let request = reqwest::Request::try_from(request).map_err(|e| {
            ChannelError::Lasting(Error::new(ErrorKind::Invalid, "the call has no address").caused_by(e.without_url()))
        })?;
        let mut response = self.http.execute(request).await.map_err(|e| {
            let is_connect = e.is_connect();
            // The URL may hold a token.
            let source = e.without_url();
            if is_connect {
                let message = format!("`{host}` cannot be reached; look at the address and whether the server runs");
                ChannelError::NotSent(Error::new(ErrorKind::Unavailable, message).caused_by(source))
            } else {
                let message = format!("the connection to `{host}` broke before an answer");
                ChannelError::Unknown(Error::new(ErrorKind::Unavailable, message).caused_by(source))
            }
        })?;
        let body = self.body(&mut response).await?;
        let mut answer = Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    async fn body(&self, response: &mut reqwest::Response) -> Result<Bytes, ChannelError> {
        let too_large = || {
            let message = format!("an answer of more than {} bytes; ask for less at a time", self.largest_answer);
            ChannelError::Lasting(Error::new(ErrorKind::InvalidAnswer, message))
        };
        let announced = response.content_length().unwrap_or_default();
        if usize::try_from(announced).map_or(true, |announced| announced > self.largest_answer) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(body.freeze()),
                Ok(Some(chunk)) if chunk.len() > self.largest_answer - body.len() => return Err(too_large()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(e) => {
                    let error = Error::new(ErrorKind::Unavailable, "the connection broke within an answer");
                    return Err(ChannelError::Unknown(error.caused_by(e.without_url())));
                }
            }
        }
    }
}
