//! A wish: what its owner typed and what its page says, kept apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ItemPrices, Money, PageUrl, Product, Rank, Visit};
use crate::clock::Timestamp;
use crate::ids::{ItemId, WishlistId};

/// Where an item is on the way from its link to its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ItemStatus {
    /// It has no URL.
    None,
    /// Its page is to be visited.
    Pending,
    /// Its page was visited.
    Ready,
    /// Its page told nothing; the failure says why.
    Failed,
}

/// Whether an item is still wished for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ItemState {
    /// It is.
    #[default]
    Active,
    /// Its owner has it: it is kept, out of the way.
    Received,
}

/// Why a page told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// The shop answered with a robot check or denied the access.
    Blocked,
    /// There is no such page.
    NotFound,
    /// The page is gone for good.
    Gone,
    /// The page sells no product, or several.
    NotAProduct,
    /// The host is not known or does not answer.
    Unreachable,
    /// The page took too long.
    Timeout,
    /// The page is larger than a page may be.
    TooLarge,
    /// The address leads to something that is not a page.
    UnsupportedContent,
    /// The address is not one that may be visited.
    ForbiddenAddress,
}

impl FailureCode {
    /// The code in words for people.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Blocked => "the shop lets no program read this page",
            Self::NotFound => "the shop says that there is no such page",
            Self::Gone => "the shop says that this page is gone for good",
            Self::NotAProduct => "the page does not sell a single product",
            Self::Unreachable => "the shop could not be reached",
            Self::Timeout => "the page took too long to answer",
            Self::TooLarge => "the page is too large to be read",
            Self::UnsupportedContent => "the address leads to something that is not a web page",
            Self::ForbiddenAddress => "the address is not one that may be visited",
        }
    }
}

/// A failure as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What programs decide by.
    pub code: FailureCode,
    /// The same in words.
    pub detail: &'static str,
}

impl From<FailureCode> for Failure {
    fn from(code: FailureCode) -> Self {
        Self { code, detail: code.detail() }
    }
}

/// Where a shown value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The owner typed it.
    User,
    /// The page says so.
    Page,
}

/// What the owner typed. A visit never changes any of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Typed {
    /// At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the owner says it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// A picture's http or https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How many are wished for, 1 to 999.
    pub quantity: u16,
    /// How much it is wished for, 1 to 5, 5 the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// The price at which the owner would like to hear of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_price: Option<Money>,
}

/// One wish of a wishlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Item {
    /// The id; later items have greater ones.
    pub id: ItemId,
    /// The list it is in.
    pub wishlist_id: WishlistId,
    /// Where it stands in the order of the list, together with its id; changes of its neighbours' sake without a new version.
    #[serde(default)]
    pub rank: Rank,
    /// Whether it is still wished for.
    #[serde(default)]
    pub state: ItemState,
    /// The product's page.
    #[serde(rename = "URL", default, skip_serializing_if = "Option::is_none")]
    pub url: Option<PageUrl>,
    /// What the owner typed.
    pub typed: Typed,
    /// What the page says.
    #[serde(default)]
    pub page: Product,
    /// How far the page's visit is.
    pub status: ItemStatus,
    /// Why the visit failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureCode>,
    /// When the page was visited that the values were last taken from. A later visit that found the same leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
    /// What is known of the page's prices; no part of what people see of the item.
    #[serde(default)]
    pub prices: ItemPrices,
    /// When it was added.
    pub created_at: Timestamp,
    /// When the version last rose.
    pub updated_at: Timestamp,
    /// Rises when a field that people see changes.
    pub version: u64,
    /// The visit to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
}

impl Item {
    /// The bytes of an item's record beyond which the page's values are left out. What people typed is always kept: at most
    /// 15 KB, and 20 KB where it is control characters, which JSON writes in six bytes each.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// A new item of what was typed, to be put somewhere in its list; with a URL its visit is asked for.
    pub fn new(id: ItemId, wishlist_id: WishlistId, url: Option<PageUrl>, typed: Typed, now: Timestamp) -> Self {
        let (rank, state) = (Rank::default(), ItemState::default());
        let status = if url.is_some() { ItemStatus::Pending } else { ItemStatus::None };
        let visit = url.is_some().then(|| Visit::asked_at(now));
        let page = Product::default();
        let (created_at, updated_at, version) = (now, now, 1);
        Self {
            id,
            wishlist_id,
            rank,
            state,
            url,
            typed,
            page,
            status,
            failure: None,
            checked_at: None,
            prices: ItemPrices::since(now),
            created_at,
            updated_at,
            version,
            visit,
        }
    }

    /// The title to show: the typed one, else the page's.
    pub fn title(&self) -> Option<&str> {
        self.typed.title.as_deref().or(self.page.title.as_deref())
    }

    /// The price to show: the typed one, else the page's.
    pub fn price(&self) -> Option<Money> {
        self.typed.price.or(self.page.price)
    }

    /// The picture to show: the typed one, else the page's.
    pub fn image_url(&self) -> Option<&str> {
        self.typed.image_url.as_deref().or(self.page.image_url.as_deref())
    }

    /// Where each of the values that both may give comes from, by the name of its field in the API.
    pub fn sources(&self) -> BTreeMap<&'static str, Source> {
        let of = |typed: bool, page: bool| typed.then_some(Source::User).or(page.then_some(Source::Page));
        let rows = [
            ("title", of(self.typed.title.is_some(), self.page.title.is_some())),
            ("price", of(self.typed.price.is_some(), self.page.price.is_some())),
            ("imageUrl", of(self.typed.image_url.is_some(), self.page.image_url.is_some())),
        ];
        rows.into_iter().filter_map(|(field, source)| Some((field, source?))).collect()
    }

    /// Replaces what the owner may edit. A value equal to the page's stays the page's; a new URL clears what the old page
    /// said and asks for a visit.
    pub fn edit(&mut self, url: Option<PageUrl>, typed: Typed, now: Timestamp) {
        let before = self.clone();
        if self.url != url {
            let (id, wishlist_id) = (self.id, self.wishlist_id);
            let fresh = Self::new(id, wishlist_id, url, typed.clone(), now);
            let Self { created_at, updated_at, version, state, .. } = *self;
            *self = Self { created_at, updated_at, version, state, rank: std::mem::take(&mut self.rank), ..fresh };
        }
        self.typed = typed;
        self.typed.title.take_if(|title| self.page.title.as_ref() == Some(title));
        self.typed.price.take_if(|price| self.page.price.as_ref() == Some(price));
        self.typed.image_url.take_if(|image| self.page.image_url.as_ref() == Some(image));
        self.fit();
        self.touch(&before, now);
    }

    /// Sets where the item stands.
    pub fn place(&mut self, rank: Rank, now: Timestamp) {
        let before = self.clone();
        self.rank = rank;
        self.touch(&before, now);
    }

    /// Sets whether the item is still wished for.
    pub fn put_in_state(&mut self, state: ItemState, now: Timestamp) {
        let before = self.clone();
        self.state = state;
        self.touch(&before, now);
    }

    /// Puts the item into another list. A visit under way is left behind with its lease; another is asked for.
    pub fn move_to(&mut self, wishlist_id: WishlistId, rank: Rank, now: Timestamp) {
        let before = self.clone();
        (self.wishlist_id, self.rank) = (wishlist_id, rank);
        self.visit = self.visit.map(|visit| Visit { since: visit.since, ..Visit::asked_at(now) });
        self.touch(&before, now);
    }

    /// A new item of the same product, still wished for, in a list of the same person.
    #[must_use]
    pub fn copied(&self, id: ItemId, wishlist_id: WishlistId, rank: Rank, now: Timestamp) -> Self {
        let visit = self.visit.map(|_| Visit::asked_at(now));
        let (created_at, updated_at, version, state) = (now, now, 1, ItemState::Active);
        let prices = ItemPrices::since(now);
        Self { id, wishlist_id, rank, state, prices, created_at, updated_at, version, visit, ..self.clone() }
    }

    /// Ends the visit with what the page said. Values that do not fit into the record are left out, the least telling first.
    ///
    /// A visit that failed takes nothing away: what it says replaces only what is no more than that, so a shop's robot check
    /// does not empty a wish.
    pub fn fill(&mut self, product: Product, failure: Option<FailureCode>, visited_at: Timestamp, now: Timestamp) {
        let before = self.clone();
        if failure.is_none() || product.tells_as_much_as(&self.page) {
            self.page = product;
        }
        self.failure = failure;
        self.status = if failure.is_some() { ItemStatus::Failed } else { ItemStatus::Ready };
        self.checked_at = Some(visited_at);
        self.visit = None;
        self.fit();
        self.touch(&before, now);
    }

    /// Asks for a visit at `now`. What the page said before stays to be seen.
    pub fn ask(&mut self, now: Timestamp) {
        let before = self.clone();
        self.status = ItemStatus::Pending;
        self.failure = None;
        self.visit = Some(Visit::asked_at(now));
        self.touch(&before, now);
    }

    /// Since when the item has its URL.
    pub fn has_url_since(&self) -> Timestamp {
        self.prices.since.unwrap_or(self.created_at)
    }

    fn fit(&mut self) {
        let leave_out: [fn(&mut Product); 7] = [
            |page| page.description = None,
            |page| page.images.truncate(1),
            |page| page.images.clear(),
            |page| page.canonical_url = None,
            |page| page.image_url = None,
            |page| page.site_name = None,
            |page| {
                *page = Product {
                    title: page.title.take(),
                    price: page.price,
                    availability: page.availability,
                    ..Product::default()
                }
            },
        ];
        let too_large = |item: &Self| serde_json::to_string(item).map_or(0, |text| text.len()) > Self::MAX_BYTES;
        for step in leave_out {
            if !too_large(self) {
                return;
            }
            step(&mut self.page);
        }
    }

    /// Raises the version where something that people see has changed.
    fn touch(&mut self, before: &Self, now: Timestamp) {
        let seen = |item: &Self| Self { visit: None, prices: ItemPrices::default(), ..item.clone() };
        if seen(self) != seen(before) {
            self.version += 1;
            self.updated_at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Observation;

    const NOW: Timestamp = Timestamp::from_millis(1_795_368_000_000);
    const LATER: Timestamp = Timestamp::from_millis(1_795_368_060_000);

    fn typed() -> Typed {
        Typed { quantity: 1, ..Typed::default() }
    }

    fn url(text: &str) -> PageUrl {
        text.parse().unwrap()
    }

    fn item() -> Item {
        let id = uuid::Uuid::from_u128(1);
        Item::new(id.into(), id.into(), Some(url("https://shop.example/a")), typed(), NOW)
    }

    fn product() -> Product {
        let price = Money::new("19.99", "EUR".parse().unwrap()).ok();
        Product { title: Some("Kettle".to_owned()), price, ..Product::default() }
    }

    #[test]
    fn a_visit_fills_what_was_not_typed() {
        let mut item = item();
        item.typed.title = Some("The red one".to_owned());
        item.fill(product(), None, LATER, LATER);
        assert_eq!((item.title(), item.status, item.visit), (Some("The red one"), ItemStatus::Ready, None));
        assert_eq!(item.price(), product().price);
        assert_eq!(item.sources(), BTreeMap::from([("price", Source::Page), ("title", Source::User)]));
        assert_eq!((item.version, item.updated_at), (2, LATER));
    }

    #[test]
    fn a_value_equal_to_the_pages_stays_the_pages() {
        let mut item = item();
        item.fill(product(), None, NOW, NOW);
        item.edit(item.url.clone(), Typed { title: Some("Kettle".to_owned()), ..typed() }, LATER);
        assert_eq!((item.typed.title.as_deref(), item.title(), item.version), (None, Some("Kettle"), 2));
        item.edit(item.url.clone(), Typed { title: Some("Pot".to_owned()), ..typed() }, LATER);
        assert_eq!((item.title(), item.version), (Some("Pot"), 3));
        item.edit(item.url.clone(), typed(), LATER);
        assert_eq!((item.title(), item.version), (Some("Kettle"), 4));
    }

    #[test]
    fn a_new_url_starts_pending_without_the_old_pages_values() {
        let mut item = item();
        item.fill(product(), None, NOW, NOW);
        item.edit(Some(url("https://shop.example/b")), typed(), LATER);
        assert_eq!((item.title(), item.status, item.checked_at), (None, ItemStatus::Pending, None));
        assert_eq!(item.visit, Some(Visit::asked_at(LATER)));
        assert_eq!((item.version, item.created_at, item.updated_at), (3, NOW, LATER));
    }

    #[test]
    fn a_failed_visit_takes_nothing_away() {
        let mut item = item();
        let little = Product { title: Some("Shop".to_owned()), ..Product::default() };
        item.fill(little.clone(), Some(FailureCode::NotAProduct), NOW, NOW);
        assert_eq!((item.title(), item.status), (Some("Shop"), ItemStatus::Failed), "little is more than nothing");
        item.fill(product(), None, NOW, NOW);
        for (says, code) in [(Product::default(), FailureCode::Blocked), (little, FailureCode::NotAProduct)] {
            item.fill(says, Some(code), LATER, LATER);
            assert_eq!((&item.page, item.status, item.failure), (&product(), ItemStatus::Failed, Some(code)));
        }
        item.fill(Product { title: None, ..product() }, None, LATER, LATER);
        assert_eq!((item.title(), item.failure), (None, None), "a visit that succeeds replaces all");
    }

    #[test]
    fn an_item_that_is_asked_for_again_shows_what_it_showed() {
        let mut item = item();
        item.fill(product(), Some(FailureCode::Blocked), NOW, NOW);
        item.ask(LATER);
        assert_eq!((item.status, item.failure, item.title()), (ItemStatus::Pending, None, Some("Kettle")));
        assert_eq!((item.visit, item.checked_at, item.version), (Some(Visit::asked_at(LATER)), Some(NOW), 3));
    }

    #[test]
    fn a_new_url_has_no_prices_yet() {
        let mut item = item();
        item.prices.take(&Observation { price: product().price, availability: None, seen_at: NOW });
        item.edit(Some(url("https://shop.example/b")), typed(), LATER);
        assert_eq!((item.prices.clone(), item.has_url_since()), (ItemPrices::since(LATER), LATER));
    }

    #[test]
    fn a_lease_does_not_raise_the_version() {
        let mut item = item();
        let before = item.clone();
        item.visit = None;
        item.touch(&before, LATER);
        assert_eq!((item.version, item.updated_at), (1, NOW));
    }

    #[test]
    fn page_values_that_do_not_fit_are_left_out() {
        let mut item = item();
        item.typed.note = Some("\u{1F381}".repeat(2000));
        let long = |length: usize| Some("x".repeat(length));
        let images = (0..5).map(|_| "y".repeat(2048)).collect();
        item.fill(Product { images, description: long(1000), canonical_url: long(2048), ..product() }, None, NOW, NOW);
        assert!(serde_json::to_string(&item).unwrap().len() <= Item::MAX_BYTES);
        assert_eq!((item.title(), item.page.images.len()), (Some("Kettle"), 1));
    }
}
