//! Stands between a program and what answers it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::message::{Message, Messages, send};
use crate::recording::{Exchange, Recording};
use crate::replay::each_connection;

/// Passes on what comes, and keeps what is answered.
pub(crate) fn run(listener: &TcpListener, from: SocketAddr, to: &Path) -> Result<()> {
    let recording = Arc::new(Recording::open(to)?);
    each_connection(listener, move |program| pass_on(&program, from, &recording))
}

fn pass_on(program: &TcpStream, from: SocketAddr, recording: &Recording) -> Result<()> {
    let upstream = TcpStream::connect(from).with_context(|| format!("nothing answers at `{from}`"))?;
    upstream.set_nodelay(true)?;
    let (mut requests, mut responses) = (Messages::from(program), Messages::from(&upstream));
    while let Some(request) = requests.request()? {
        send(&upstream, &request.bytes)?;
        let Some(response) = responses.response()? else { break };
        if let Some(exchange) = exchange(&request, &response)? {
            recording.add(&exchange)?;
        }
        send(program, &response.bytes)?;
    }
    Ok(())
}

/// What is kept of a request and its answer: nothing where no operation was asked for.
fn exchange(request: &Message, response: &Message) -> Result<Option<Exchange>> {
    let Some(target) = request.head.target.clone() else { return Ok(None) };
    Ok(Some(Exchange {
        target,
        request: serde_json::from_slice(request.body()).context("a request that is not JSON")?,
        status: response.head.status,
        content_type: response.head.content_type.clone().unwrap_or_default(),
        answer: String::from_utf8(response.body().to_vec()).context("an answer that is not text")?,
    }))
}
