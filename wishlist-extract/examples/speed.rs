//! How fast extraction is, beside other ways of going over the same bytes: `speed DIR`.
//!
//! `DIR` holds folders with a `page.html` or `page.html.gz`, as `tests/pages` does. Everything runs on one thread over pages
//! that are in memory already; each row is the processor time of the shortest of several rounds.

use std::cell::Cell;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cpu_time::ThreadTime;
use url::Url;
use wishlist_extract::{Page, extract};

/// What a reader of metas, structured data and pictures would at least ask for.
const SELECTORS: [&str; 7] = ["script", "meta", "link", "title", "h1", "[itemprop]", "img"];

/// The pages of this crate's tests: for a look, too small and too few for figures.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| FIXTURES.to_owned());
    let pages = pages(Path::new(&folder))?;
    ensure!(!pages.is_empty(), "`{folder}` holds no pages");
    let bytes: usize = pages.iter().map(String::len).sum();
    let url = Url::parse("https://shop.example/p/1")?;

    let mut out = std::io::stdout().lock();
    writeln!(out, "{} pages, {:.1} MB", pages.len(), megabytes(bytes))?;
    let mut row = |name: &str, rounds: u32, read: &dyn Fn(&str)| {
        let time = shortest(rounds, || pages.iter().for_each(|page| read(page)));
        let rate = megabytes(bytes) / time.as_secs_f64();
        writeln!(out, "{name:32} {:9.1} ms {rate:7.0} MB/s", time.as_secs_f64() * 1e3)
    };
    row("memchr for `<`", 10, &|page| {
        black_box(memchr::memchr_iter(b'<', page.as_bytes()).count());
    })?;
    row("lol_html, seven selectors", 5, &|page| {
        black_box(select(page));
    })?;
    row("wishlist-extract", 10, &|page| {
        black_box(extract(&Page { url: &url, content_type: None, body: page.as_bytes() }));
    })?;
    row("scraper, parse alone", 3, &|page| {
        black_box(scraper::Html::parse_document(page));
    })?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "pages are far smaller than 2^52 bytes")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn shortest(rounds: u32, mut work: impl FnMut()) -> Duration {
    let round = |_| {
        let start = ThreadTime::now();
        work();
        start.elapsed()
    };
    (0..rounds).map(round).min().unwrap_or_default()
}

/// The number of elements that the selectors match.
fn select(page: &str) -> usize {
    let count = Cell::new(0);
    let handlers = SELECTORS.iter().map(|selector| {
        lol_html::element!(*selector, |_| {
            count.set(count.get() + 1);
            Ok(())
        })
    });
    let settings = lol_html::Settings { element_content_handlers: handlers.collect(), ..lol_html::Settings::new() };
    let mut rewriter = lol_html::HtmlRewriter::new(settings, |_: &[u8]| {});
    let read = rewriter.write(page.as_bytes()).and_then(|()| rewriter.end());
    if read.is_ok() { count.get() } else { 0 }
}

fn pages(folder: &Path) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("`{}` cannot be read", folder.display()))? {
        let folder = entry?.path();
        let mut bytes = Vec::new();
        if let Ok(packed) = std::fs::read(folder.join("page.html.gz")) {
            flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut bytes)?;
        } else if let Ok(plain) = std::fs::read(folder.join("page.html")) {
            bytes = plain;
        } else {
            continue;
        }
        pages.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(pages)
}
