//! Stands between a program and what answers it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::message::{Message, Messages, send};
use crate::recording::{Exchange, Recording};
use crate::replay::each_connection;

/// Passes on what comes, and keeps what is answered.
pub(crate) fn run(listener: &TcpListener, from: SocketAddr, to: &Path, keys: Option<Vec<u8>>) -> Result<()> {
    let kept = Arc::new((Recording::open(to)?, keys));
    each_connection(listener, move |program| pass_on(&program, from, &kept.0, kept.1.as_deref()))
}

fn pass_on(program: &TcpStream, from: SocketAddr, recording: &Recording, keys: Option<&[u8]>) -> Result<()> {
    let upstream = TcpStream::connect(from).with_context(|| format!("nothing answers at `{from}`"))?;
    upstream.set_nodelay(true)?;
    let (mut requests, mut responses) = (Messages::from(program), Messages::from(&upstream));
    while let Some(request) = requests.request()? {
        if let Some(keys) = keys.filter(|_| request.is_get()) {
            send(program, keys)?;
            continue;
        }
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
        answer: compact(response.body())?,
    }))
}

/// An answer as the services themselves write it: emulators put spaces between its members.
fn compact(answer: &[u8]) -> Result<String> {
    let answer: Value = serde_json::from_slice(answer).context("an answer that is not JSON")?;
    Ok(answer.to_string())
}
