//! The way from a page to its facts.

use url::Url;

use crate::extraction::{Extraction, Field, Source};
use crate::fields::{Context, fold, is_article, kind, number_in};
use crate::merge::merge;
use crate::page::{Document, decode};
use crate::price::PriceHints;
use crate::sources::{Candidates, Things, read, wall};

/// What is read of a page: four times what the fetcher lets through.
const MAX_PAGE: usize = 16 * 1024 * 1024;

/// A page as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its address after all redirects.
    pub url: &'a Url,
    /// The value of the `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The body, decompressed.
    pub body: &'a [u8],
}

/// What a page says about the product it sells.
///
/// Pure and total: any bytes give an answer, in time and memory linear in their number. Beyond 16 MiB nothing is read.
pub fn extract(page: &Page<'_>) -> Extraction {
    let body = page.body.get(..MAX_PAGE).unwrap_or(page.body);
    let text = decode(body, page.content_type);
    let document = Document::parse(&text, body.len());
    let mut candidates = Candidates::default();
    let mut things = Things::default();
    read::json_ld(&document, &mut things);
    read::microdata(&document, &mut things);
    read::rdfa(&document, &mut things);
    things.link();
    let mut metas = Candidates::default();
    let head = read::meta(&document, &mut metas);
    let names: Vec<String> = metas.of(Field::Title).map(|candidate| fold(&candidate.value)).collect();
    let site = read::site(&document, page.url, &mut candidates);
    let structure = read::schema_org(&things, page.url.as_str(), &names, &mut candidates).or(site);
    candidates.append(metas);
    let hints = PriceHints { language: head.language.as_deref(), host: page.url.host_str(), ..PriceHints::default() };
    let likely = hints.likely();
    let visible = read::dom(&document, &names, Some(&*likely).filter(|_| !site.product), &mut candidates);
    // Looking through all scripts takes as long as all else, so it is done only for what has no price or no number yet.
    let seen = visible.is_sold() && candidates.of(Field::Sku).next().is_some();
    let found = structure.priced || seen || structure.article || is_article(&head);
    let sold = !found && read::state_product(&document, page.url, &names, &mut candidates);
    if !site.product {
        read::state(&document, &names, &mut candidates);
    }
    if let Some(number) = number_in(page.url) {
        candidates.add(Field::Sku, Source::Url, &number);
    }
    let titles: Vec<&str> = head.title.iter().chain(&visible.heading).map(String::as_str).collect();
    let (kind, kind_rule) =
        kind(page.url, &head, &structure, &visible, sold, || wall(&document, &titles, visible.priced));
    merge(&candidates, &Context { url: page.url, kind, kind_rule, hints })
}
