//! An internet in memory: names that answer as they are told, and sites that send what they are told.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use wishlist_scraper::fetch::{Channel, Connect, FetchSettings, Fetcher, Resolve};

/// What a name resolves to that nobody said anything about.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(93, 184, 215, 14);

/// What names answer and sites send; it remembers who was connected to.
#[derive(Clone, Debug, Default)]
pub(crate) struct World(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// The answers of a name in turn; the last one is repeated.
    names: HashMap<String, Vec<Vec<IpAddr>>>,
    /// What the next connections send; where nothing is left they are refused.
    responses: Vec<Vec<u8>>,
    connected: Vec<SocketAddr>,
}

impl World {
    pub(crate) fn answering(self, names: HashMap<String, Vec<IpAddr>>) -> Self {
        let in_turn = names.into_iter().map(|(name, answer)| (name, vec![answer])).collect();
        self.answering_in_turn(in_turn)
    }

    pub(crate) fn answering_in_turn(self, names: HashMap<String, Vec<Vec<IpAddr>>>) -> Self {
        let names = names.into_iter().map(|(name, answers)| (without_root(&name), answers));
        self.state().names.extend(names);
        self
    }

    pub(crate) fn sending(self, responses: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.state().responses.extend(responses);
        self
    }

    pub(crate) fn connected(&self) -> Vec<SocketAddr> {
        self.state().connected.clone()
    }

    /// The fetcher of the product with only the names and connections replaced.
    pub(crate) fn fetcher(&self, own_names: &[String]) -> anyhow::Result<Fetcher> {
        let settings = FetchSettings {
            own_names: own_names.to_vec(),
            deadline: Duration::from_secs(2),
            ..FetchSettings::default()
        };
        let fetcher = Fetcher::new(settings)?;
        Ok(fetcher.with_resolver(Arc::new(self.clone())).with_connector(Arc::new(self.clone())))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Resolve for World {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match self.state().names.get_mut(&without_root(name)) {
            None => Ok(vec![ELSEWHERE.into()]),
            Some(answers) if answers.len() > 1 => Ok(answers.remove(0)),
            Some(answers) => Ok(answers.first().cloned().unwrap_or_default()),
        }
    }
}

#[async_trait]
impl Connect for World {
    async fn connect(&self, address: SocketAddr) -> io::Result<Box<dyn Channel>> {
        let mut state = self.state();
        state.connected.push(address);
        if state.responses.is_empty() {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let response = state.responses.remove(0);
        let (near, mut far) = duplex(64 << 10);
        tokio::spawn(async move {
            let _ = far.read(&mut [0; 4 << 10]).await;
            let _ = far.write_all(&response).await;
        });
        Ok(Box::new(near))
    }
}

fn without_root(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
