//! A page read by a process of its own, for what a process has from outside: variables that name proxies.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use url::Url;
use wishlist_scraper::fetch::{FetchFailure, FetchSettings, Fetcher, PrivateAddresses};

use super::site::{Site, page};

/// What a process prints that has read its page.
const READ: &str = "the page was read";

/// Starts this program with `arguments` and with `variables`, in which a proxy's address is one where nobody may call.
pub(crate) fn with_environment(arguments: &[OsString], variables: &BTreeMap<String, String>) -> Result<()> {
    let proxy = TcpListener::bind("127.0.0.1:0").context("cannot listen on loopback")?;
    let port = proxy.local_addr()?.port();
    let mut command = Command::new(std::env::current_exe().context("this program has no path")?);
    command.args(arguments);
    for (name, value) in variables {
        let value = at_port(value, port);
        command.env(name.to_ascii_lowercase(), &value).env(name, value);
    }
    let output = command.output().context("this program does not start")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && printed.contains(READ), "the page is not read: {printed}{complaint}");
    // A connection that was made waits to be accepted.
    proxy.set_nonblocking(true)?;
    match proxy.accept() {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
        Err(error) => Err(error).context("the proxy cannot tell"),
        Ok(_) => bail!("the proxy was called"),
    }
}

/// A proxy's URL with the port of one that listens; anything else as it is.
fn at_port(value: &str, port: u16) -> String {
    let named = Url::parse(value).ok().and_then(|mut url| url.set_port(Some(port)).ok().map(|()| url));
    named.map_or_else(|| value.to_owned(), String::from)
}

/// Reads a page on loopback by the system's resolver and TCP, and is refused what is not public.
#[allow(clippy::print_stdout, reason = "the process that started this one reads it")]
pub(crate) async fn read() -> Result<()> {
    let site = Site::start(|_| page("a kettle")).await;
    let port = site.address().port();
    let development = FetchSettings { private_addresses: PrivateAddresses::Allow, ..FetchSettings::default() };
    let exempt = FetchSettings { exempt: vec![site.address()], ..FetchSettings::default() };
    for (url, settings) in [("localhost", development), ("127.0.0.1", exempt)] {
        let url = Url::parse(&format!("http://{url}:{port}/"))?;
        let fetched = Fetcher::new(settings)?.fetch(&url).await?;
        ensure!(fetched.body == b"a kettle", "something else answered at {url}");
    }
    let guarded = Fetcher::new(FetchSettings::default())?;
    for url in ["http://10.0.0.1/", "https://localhost/"] {
        let outcome = guarded.fetch(&Url::parse(url)?).await;
        ensure!(outcome == Err(FetchFailure::Forbidden), "{url} ends with {outcome:?}");
    }
    println!("{READ}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_at_the_port_that_listens() {
        let rows = [
            ("http://127.0.0.1:3128", "http://127.0.0.1:7/"),
            ("socks5h://127.0.0.1:1080", "socks5h://127.0.0.1:7"),
            ("*", "*"),
        ];
        for (value, expected) in rows {
            assert_eq!(at_port(value, 7), expected);
        }
    }
}
