//! What was expected, held against what happened; an error says what was different.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use wishlist_scraper::fetch::{FetchFailure, FetchSettings};

use super::case::Expect;
use super::link::Verdict;
use super::oracle;
use super::play::Seen;
use super::setup::Setup;
use super::site::Internet;
use super::tls_faults::Kind;

/// What a machine that is shared by others may take longer than a deadline says.
const LATER: Duration = Duration::from_secs(2);

/// What the sockets between a site and the fetcher may hold on the way.
const SOCKETS: usize = 16 << 20;

/// The memory of a fetch and of the site's answer: the body, the copy that its growth makes, Brotli's window, buffers.
const MEMORY: usize = 32 << 20;

/// How long a refusal may take that asked nobody.
const AT_ONCE: Duration = Duration::from_millis(250);

/// What became of a link that was judged alone.
pub(crate) struct Linked {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
    pub(crate) internet: Internet,
}

/// Holds a link's verdict.
pub(crate) fn hold_link(expect: Expect, linked: &Linked) -> Result<()> {
    let connected = linked.internet.connected();
    are_public(&connected)?;
    match expect {
        Expect::Allow => {
            ensure!(linked.verdict == Verdict::Allow, "it is refused: {}", linked.reason);
            ensure!(!connected.is_empty(), "nothing was connected to");
        }
        Expect::Block => {
            ensure!(linked.verdict == Verdict::Block, "it {}", linked.reason);
            ensure!(connected.is_empty(), "it is refused after a connection to {connected:?}");
        }
        other => bail!("`{other:?}` cannot be expected of a link without a site"),
    }
    Ok(())
}

/// Holds what a case came to.
pub(crate) fn hold(expect: Expect, setup: &Setup, kind: Kind, seen: &Seen) -> Result<()> {
    let connected = seen.internet.connected();
    are_public(&connected)?;
    ensure!(!seen.outcomes.is_empty(), "the case fetches nothing; give it `url` or `urls`");
    costs_little(seen)?;
    shows_nothing_private(seen)?;
    match expect {
        Expect::Allow => is_read(setup, seen),
        Expect::Block => is_refused(setup, seen),
        Expect::AllowPinned => is_pinned(&first_answers(setup), seen),
        Expect::BlockOrPinned => {
            let is_refused = connected.is_empty() && seen.outcomes.iter().all(Result::is_err);
            if is_refused { Ok(()) } else { is_pinned(&setup.dns_a, seen) }
        }
        Expect::FailClean => fails_cleanly(setup, kind, seen),
    }
}

/// Nothing was ever connected to but public addresses, at the ports of the web.
fn are_public(connected: &[SocketAddr]) -> Result<()> {
    let is_public = |address: &&SocketAddr| oracle::is_public(address.ip()) && matches!(address.port(), 80 | 443);
    match connected.iter().find(|address| !is_public(address)) {
        Some(address) => bail!("it connected to {address}"),
        None => Ok(()),
    }
}

fn costs_little(seen: &Seen) -> Result<()> {
    let limits = FetchSettings::default();
    let bytes = 2 * limits.max_body + limits.max_headers + SOCKETS;
    for time in &seen.times {
        ensure!(*time <= seen.deadline + LATER, "it took {time:?} under a deadline of {:?}", seen.deadline);
    }
    ensure!(seen.sent <= bytes, "the site could send {} bytes", seen.sent);
    ensure!(seen.memory <= MEMORY, "it took {} bytes of memory", seen.memory);
    for fetched in seen.outcomes.iter().flatten() {
        ensure!(fetched.body.len() <= limits.max_body, "a body of {} bytes was kept", fetched.body.len());
    }
    Ok(())
}

/// Neither a page's facts nor a failure's text leads anybody to, or tells of, what is not public.
fn shows_nothing_private(seen: &Seen) -> Result<()> {
    for shown in &seen.shown {
        let private = shown.addresses.iter().find(|address| !oracle::shows_a_public_place(address));
        ensure!(private.is_none(), "people are shown `{}`", private.map_or("", String::as_str));
        ensure!(!shown.title.contains('<'), "the title has markup: `{}`", shown.title);
    }
    for failure in seen.outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        let text = format!("{failure} {failure:?} {}", failure.code());
        ensure!(
            !text.contains(|c: char| c.is_ascii_digit() || c == '/'),
            "the failure tells more than its code: {text}"
        );
    }
    Ok(())
}

fn is_read(setup: &Setup, seen: &Seen) -> Result<()> {
    let expected = setup.response.as_ref().and_then(|response| response.status).unwrap_or(200);
    for outcome in &seen.outcomes {
        match outcome {
            Ok(fetched) => ensure!(fetched.status == expected, "the status is {}", fetched.status),
            Err(failure) => bail!("it is not read: {failure}"),
        }
    }
    let connections = seen.internet.connected().len();
    let hops = seen.links.len() * (1 + setup.hops());
    ensure!(connections == hops, "{connections} connections for {hops} hops");
    ensure!(seen.requests.len() == hops, "{} requests for {hops} hops", seen.requests.len());
    ensure!(seen.internet.asked().len() <= hops, "names were asked for {:?}", seen.internet.asked());
    for name in seen.server_names.iter().flatten() {
        ensure!(setup.hosts().contains(name), "TLS is asked for `{name}`");
    }
    tells_nothing(setup, seen)
}

/// The requests hold none of the headers that the case names, nor any other than the fetcher's six.
fn tells_nothing(setup: &Setup, seen: &Seen) -> Result<()> {
    const SENT: [&str; 6] = ["host", "user-agent", "accept", "accept-language", "accept-encoding", "connection"];
    let absent = setup.assert_headers.iter().flat_map(|headers| &headers.absent);
    let absent: Vec<String> = absent.map(|name| name.to_ascii_lowercase()).collect();
    for request in &seen.requests {
        for line in request.lines().skip(1).filter(|line| !line.is_empty()) {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            ensure!(SENT.contains(&name.as_str()) && !absent.contains(&name), "it sends `{line}`");
        }
    }
    Ok(())
}

fn is_refused(setup: &Setup, seen: &Seen) -> Result<()> {
    let connections = seen.internet.connected().len();
    let most = setup.hops().min(FetchSettings::default().max_redirects + 1)
        + setup.requests.map_or(0, |requests| requests - 1);
    ensure!(connections <= most, "{connections} connections where {most} lead to the refusal");
    ensure!(connections >= most.min(1), "it is refused before the hop that is to be refused");
    let last = seen.outcomes.last();
    let is_silent = setup.dns.values().any(|value| value == "TIMEOUT");
    let is_expected = match last {
        Some(Err(FetchFailure::Timeout)) => is_silent,
        Some(Err(FetchFailure::TooManyRedirects)) => setup.hops() > FetchSettings::default().max_redirects,
        // What is no `Location` at all is refused for its form.
        Some(Err(FetchFailure::BadResponse)) => !setup.redirects.is_empty(),
        Some(Err(FetchFailure::Forbidden | FetchFailure::Unresolvable)) => true,
        _ => false,
    };
    ensure!(is_expected, "it ends with {last:?}");
    if !setup.urls.is_empty() {
        ensure!(seen.outcomes.iter().all(|outcome| Some(outcome) == last), "the refusals differ: {:?}", seen.outcomes);
        ensure!(seen.internet.asked().is_empty(), "names were asked for");
        // Nobody was asked, so that no time depends on what answers.
        ensure!(seen.times.iter().all(|time| *time <= AT_ONCE), "refusals took {:?}", seen.times);
    }
    Ok(())
}

/// The page was read, from these addresses alone, and its name asked for once.
fn is_pinned(addresses: &[IpAddr], seen: &Seen) -> Result<()> {
    ensure!(seen.outcomes.iter().all(Result::is_ok), "it is not read: {:?}", seen.outcomes);
    let connected = seen.internet.connected();
    ensure!(!connected.is_empty(), "it is read without a connection");
    let elsewhere = connected.iter().find(|address| !addresses.contains(&address.ip()));
    ensure!(elsewhere.is_none(), "it connected to {elsewhere:?}, which was not the first answer");
    let asked = seen.internet.asked();
    ensure!(asked.len() == seen.links.len(), "names were asked for {asked:?}");
    Ok(())
}

fn first_answers(setup: &Setup) -> Vec<IpAddr> {
    setup.dns_sequence.values().filter_map(|answers| answers.first()).flatten().copied().collect()
}

fn fails_cleanly(setup: &Setup, kind: Kind, seen: &Seen) -> Result<()> {
    let connections = seen.internet.connected().len();
    ensure!(connections == seen.links.len(), "{connections} connections for {} fetches", seen.links.len());
    let fails_in_handshake = kind != Kind::Sound;
    let requests = if fails_in_handshake { 0 } else { seen.links.len() };
    ensure!(seen.requests.len() == requests, "{} requests reached the site", seen.requests.len());
    for outcome in &seen.outcomes {
        let is_clean = match outcome {
            Err(FetchFailure::Unreachable) => fails_in_handshake,
            Err(FetchFailure::Timeout) => setup.is_endless() || kind == Kind::Stalls,
            Err(FetchFailure::BadResponse | FetchFailure::TooLarge | FetchFailure::UnsupportedContent) => true,
            Err(FetchFailure::Forbidden | FetchFailure::Unresolvable | FetchFailure::TooManyRedirects) => false,
            Ok(_) => !fails_in_handshake && seen.shown.iter().all(|shown| !shown.is_product),
        };
        ensure!(is_clean, "it ends with {outcome:?}");
    }
    Ok(())
}
