//! What kind of page it is.

use url::Url;
use wishlist_core::model::PageKind;

use crate::finding::Rule;
use crate::sources::{Head, Structure, Visible};

/// Prices that look alike, from which on a page without a product of its own is a list.
const LIST_PRICES: usize = 6;

/// Decides the kind of a page from what its sources say of it; `sold` says that the page's state has a price
/// for what the page is called; `wall` is asked only where nothing is sold.
///
/// In order: an article stays one though it carries product markup; markup of a priced product; a wall; markup of lists and
/// of products without a price; what is seen.
pub(crate) fn kind(
    url: &Url,
    head: &Head,
    structure: &Structure,
    visible: &Visible,
    sold: bool,
    wall: impl FnOnce() -> Option<PageKind>,
) -> (PageKind, Rule) {
    let og_type = head.og_type.as_deref().unwrap_or_default();
    let og_article = is_article(head);
    let og_product = og_type.contains("product") || og_type == "book";
    if structure.article {
        return (PageKind::Article, Rule::ArticleMarkup);
    }
    if structure.priced {
        return (PageKind::Product, Rule::PricedMarkup);
    }
    if let Some(wall) = wall() {
        return (wall, Rule::Wall);
    }
    let answers = [
        (og_article, PageKind::Article, Rule::ArticleMeta),
        (structure.product || (og_product && structure.products == 0), PageKind::Product, Rule::ProductMarkup),
        (is_home(url), PageKind::Home, Rule::RootAddress),
        (structure.products > 1 || structure.list, PageKind::List, Rule::ListMarkup),
        (visible.is_sold(), PageKind::Product, Rule::SeenProduct),
        (sold, PageKind::Product, Rule::SoldByState),
        (visible.stocked && visible.alike < LIST_PRICES, PageKind::Product, Rule::SeenStock),
        (visible.alike >= LIST_PRICES, PageKind::List, Rule::SeenList),
    ];
    let answer = answers.into_iter().find(|(fits, ..)| *fits);
    answer.map_or((PageKind::Other, Rule::Nothing), |(_, kind, rule)| (kind, rule))
}

/// Whether a page declares itself something to read.
pub(crate) fn is_article(head: &Head) -> bool {
    head.og_type.as_deref().is_some_and(|og_type| og_type.ends_with("article") || og_type == "blog")
}

/// The root of a site, or of one of its languages.
fn is_home(url: &Url) -> bool {
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let language = |part: &str| part.split(['-', '_']).all(letters) && part.len() <= 5;
    let mut parts = url.path().split('/').filter(|part| !part.is_empty());
    url.query().is_none() && parts.all(|part| language(part) || part.starts_with("index.") || part == "home")
}
