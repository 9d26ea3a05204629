//! A case is played: its names and its site are built, its links fetched, and what happened is held against what was
//! expected.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use url::{Host, Url};
use wishlist_core::model::{PageKind, PageUrl};
use wishlist_extract::{Page, extract};
use wishlist_scraper::fetch::{FetchFailure, FetchSettings, Fetched, Fetcher, TrustRoots, read_url};

use super::alone;
use super::authority::Authority;
use super::case::{Case, Level, Read};
use super::expected::{self, Linked};
use super::link::judge;
use super::plan::told;
use super::report::{Judged, Report};
use super::setup::Setup;
use super::site::{Internet, PUBLIC, Site};
use super::tls_faults::{Kind, Sent};

/// The deadline of a fetch that should end before it, and of one that cannot.
const LONG: Duration = Duration::from_secs(8);
const SHORT: Duration = Duration::from_millis(500);

/// Plays cases, one after the other.
pub(crate) struct Player {
    /// The names under which the service itself is reached.
    pub(crate) own_names: Vec<String>,
    /// What this program is started with to fetch a page by itself: see [`alone`].
    pub(crate) alone: Vec<OsString>,
    /// The program's allocator, which counts.
    pub(crate) memory: PeakAlloc,
    authority: Authority,
}

/// What happened to a case.
pub(crate) struct Seen {
    pub(crate) links: Vec<String>,
    pub(crate) outcomes: Vec<Result<Fetched, FetchFailure>>,
    pub(crate) shown: Vec<Shown>,
    pub(crate) times: Vec<Duration>,
    pub(crate) deadline: Duration,
    pub(crate) internet: Internet,
    pub(crate) requests: Vec<String>,
    /// The names that TLS was asked for.
    pub(crate) server_names: Vec<Option<String>>,
    /// The bytes that the site could send.
    pub(crate) sent: usize,
    /// The bytes of memory that the case took more than there were before it.
    pub(crate) memory: usize,
}

/// What people are shown of a page that was read.
pub(crate) struct Shown {
    pub(crate) is_product: bool,
    pub(crate) title: String,
    pub(crate) addresses: Vec<String>,
}

impl Player {
    pub(crate) fn new(own_names: Vec<String>, alone: Vec<OsString>, memory: PeakAlloc) -> Self {
        Self { own_names, alone, memory, authority: Authority::new() }
    }

    /// Plays all of `cases` that are scored.
    pub(crate) async fn play(&self, cases: Vec<Read>) -> Report {
        let mut report = Report::default();
        for Read { id, level, case } in cases {
            let judged = match case {
                _ if level == Level::Either => Judged::Unscored,
                Err(why) => Judged::unreadable(why),
                Ok(case) => match self.hold(&case).await {
                    Ok(()) => Judged::Held,
                    Err(why) => Judged::missed(case.expect, &why),
                },
            };
            report.add(id, level, judged);
        }
        report
    }

    async fn hold(&self, case: &Case) -> anyhow::Result<()> {
        match (&case.url, &case.setup) {
            (Some(url), None) => self.hold_link(case, url).await,
            (None, Some(setup)) if !setup.env.is_empty() => alone::with_environment(&self.alone, &setup.env),
            (None, Some(setup)) => self.hold_setup(case, setup).await,
            _ => anyhow::bail!("a case has either `url` or `setup`"),
        }
    }

    async fn hold_link(&self, case: &Case, url: &str) -> anyhow::Result<()> {
        let mut internet = Internet::without_sites();
        for (name, value) in &case.dns {
            internet = internet.telling(name, vec![told(value)?]);
        }
        let settings = FetchSettings { own_names: self.own_names.clone(), deadline: SHORT, ..FetchSettings::default() };
        let link = judge(url, &internet, settings).await;
        expected::hold_link(case.expect, &Linked { verdict: link.verdict, reason: link.reason, internet })
    }

    async fn hold_setup(&self, case: &Case, setup: &Setup) -> anyhow::Result<()> {
        let kind = setup.tls.as_deref().map_or(Ok(Kind::Sound), Kind::named)?;
        expected::hold(case.expect, setup, kind, &self.meet(setup, kind).await?)?;
        if setup.h2.is_some() {
            // The same site where HTTP/2 is all that it agrees on.
            let kind = Kind::OnlyHttp2;
            expected::hold(case.expect, setup, kind, &self.meet(setup, kind).await?)?;
        }
        Ok(())
    }

    async fn meet(&self, setup: &Setup, kind: Kind) -> anyhow::Result<Seen> {
        let names = setup.names()?;
        let server_names = Sent::default();
        let site = if let Some(reply) = kind.instead() {
            Site::start(move |_| reply.clone()).await
        } else {
            let acceptor = kind.acceptor(&self.authority, &setup.hosts(), &server_names);
            Site::secure(acceptor, setup.replies()?).await
        };
        let is_silent = setup.dns.values().any(|value| value == "TIMEOUT");
        let deadline = if is_silent || setup.is_endless() || kind == Kind::Stalls { SHORT } else { LONG };
        let internet = names.into_iter().fold(site.internet(), |internet, (name, told)| internet.telling(&name, told));
        let fetcher = internet.fetcher(self.settings(setup, deadline));
        let links =
            setup.links().into_iter().map(|link| if kind == Kind::LiteralWithout { by_address(&link) } else { link });
        let links: Vec<String> = links.collect();
        let (mut outcomes, mut times) = (Vec::new(), Vec::new());
        self.memory.reset_peak_usage();
        let before = self.memory.current_usage();
        for link in &links {
            let start = Instant::now();
            outcomes.push(fetch(&fetcher, link).await);
            times.push(start.elapsed());
        }
        let memory = self.memory.peak_usage().saturating_sub(before);
        let shown = outcomes.iter().filter_map(|outcome| Some(shown(outcome.as_ref().ok()?))).collect();
        let server_names = server_names.lock().unwrap().clone();
        let (mut requests, sent) = (site.requests(), site.sent());
        requests.retain(|request| request.starts_with("GET "));
        Ok(Seen { links, outcomes, shown, times, deadline, internet, requests, server_names, sent, memory })
    }

    fn settings(&self, setup: &Setup, deadline: Duration) -> FetchSettings {
        let urls = setup.public_urls.iter().filter_map(|url| Url::parse(url).ok());
        let own_names = urls.filter_map(|url| url.host_str().map(str::to_owned)).chain(self.own_names.iter().cloned());
        FetchSettings {
            own_names: own_names.collect(),
            deadline,
            trust_roots: TrustRoots::Only(vec![self.authority.certificate.clone()]),
            ..FetchSettings::default()
        }
    }
}

/// What the product does with a link: a page's address, read once more by the fetcher's rules, and fetched.
async fn fetch(fetcher: &Fetcher, link: &str) -> Result<Fetched, FetchFailure> {
    link.parse::<PageUrl>().map_err(|_| FetchFailure::Forbidden)?;
    fetcher.fetch(&read_url(link, None)?).await
}

fn shown(fetched: &Fetched) -> Shown {
    let page = Page { url: &fetched.url, content_type: fetched.content_type.as_deref(), body: &fetched.body };
    let extraction = extract(&page);
    let product = extraction.product;
    Shown {
        is_product: extraction.kind == PageKind::Product,
        title: product.title.unwrap_or_default(),
        addresses: product.images.into_iter().chain(product.image_url).chain(product.canonical_url).collect(),
    }
}

/// The same link with an address in place of its name.
fn by_address(link: &str) -> String {
    let Ok(mut url) = Url::parse(link) else { return link.to_owned() };
    if matches!(url.host(), Some(Host::Domain(_))) {
        url.set_ip_host(PUBLIC).unwrap();
    }
    url.into()
}
