//! One scenario in each form that the Rust client has: awaited and waited for, within the process and with a server.
//!
//! The packages for other languages play the same file, `bindings/scenario.json`.

#![forbid(unsafe_code)]

#[path = "generated/by_name.rs"]
#[allow(clippy::too_many_lines, reason = "an operation each")]
mod by_name;
mod place;
mod step;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use wishlist_bridge::{OpenOptions, Wishlists};
use wishlist_client::{Client, blocking};

pub use self::place::Place;
pub use self::step::Play;
use self::step::Step;

/// The client of everybody who calls, by name; under no name the one of nobody.
type Clients<C> = BTreeMap<Option<String>, C>;

/// Plays it within the process, over a file of its own.
///
/// # Errors
/// The first step whose outcome is another than the scenario says.
pub async fn awaited_within(play: Play) -> Result<()> {
    let (directory, wishlists, clients) = opened(&play)?;
    awaited(play, &clients).await?;
    wishlists.close();
    directory.close().context("what was kept cannot be removed")
}

/// The same by calls that wait, without a runtime.
///
/// # Errors
/// As [`awaited_within`].
pub fn waited_for_within(play: Play) -> Result<()> {
    let (directory, wishlists, clients) = opened(&play)?;
    let clients = clients.into_iter().map(|(name, client)| Ok((name, blocking::Client::over(client)?)));
    waited_for(play, &clients.collect::<Result<_>>()?)?;
    wishlists.close();
    directory.close().context("what was kept cannot be removed")
}

/// Plays it with a server, where everybody signs up and in first.
///
/// # Errors
/// As [`awaited_within`].
pub async fn awaited_with(place: &Place, play: Play) -> Result<()> {
    let mut clients = Clients::from([(None, Client::connect(&place.url)?)]);
    for name in play.people() {
        let (client, (account, code, credentials)) = (Client::connect(&place.url)?, place.account(&name));
        client.sign_up(&account).await?;
        if let Some(code) = code {
            client.confirm_sign_up(&code).await?;
        }
        client.sign_in(&credentials).await?;
        clients.insert(Some(name), client);
    }
    awaited(play, &clients).await
}

/// The same by calls that wait, without a runtime.
///
/// # Errors
/// As [`awaited_within`].
pub fn waited_for_with(place: &Place, play: Play) -> Result<()> {
    let mut clients = Clients::from([(None, blocking::Client::connect(&place.url)?)]);
    for name in play.people() {
        let (client, (account, code, credentials)) = (blocking::Client::connect(&place.url)?, place.account(&name));
        client.sign_up(&account)?;
        if let Some(code) = code {
            client.confirm_sign_up(&code)?;
        }
        client.sign_in(&credentials)?;
        clients.insert(Some(name), client);
    }
    waited_for(play, &clients)
}

fn opened(play: &Play) -> Result<(TempDir, Wishlists, Clients<Client>)> {
    let directory = tempfile::tempdir()?;
    let (wishlists, clients) = open(directory.path(), play.people())?;
    Ok((directory, wishlists, clients))
}

fn open(directory: &Path, people: Vec<String>) -> Result<(Wishlists, Clients<Client>)> {
    let options = OpenOptions { private_addresses: true, ..OpenOptions::default() };
    let wishlists = Wishlists::open(directory.join("wishlists.db"), options)?;
    let mut clients = Clients::from([(None, wishlists.client().clone())]);
    for name in people {
        let client = wishlists.as_user(&name)?.client().clone();
        clients.insert(Some(name), client);
    }
    Ok((wishlists, clients))
}

async fn awaited(mut play: Play, clients: &Clients<Client>) -> Result<()> {
    while let Some(step) = play.next()? {
        let mut client = client_of(&step, clients)?;
        if let Some(key) = &step.key {
            client = client.under_key(key);
        }
        if let Some(version) = step.version {
            client = client.if_version(version);
        }
        let outcome = by_name::call(&client, &step).await;
        play.judge(&step, outcome)?;
    }
    Ok(())
}

fn waited_for(mut play: Play, clients: &Clients<blocking::Client>) -> Result<()> {
    while let Some(step) = play.next()? {
        let mut client = client_of(&step, clients)?;
        if let Some(key) = &step.key {
            client = client.under_key(key);
        }
        if let Some(version) = step.version {
            client = client.if_version(version);
        }
        let outcome = by_name::blocking::call(&client, &step);
        play.judge(&step, outcome)?;
    }
    Ok(())
}

fn client_of<C: Clone>(step: &Step, clients: &Clients<C>) -> Result<C> {
    clients.get(&step.who).cloned().with_context(|| format!("{}: nobody is called so", step.says))
}
