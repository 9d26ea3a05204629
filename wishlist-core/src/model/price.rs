//! What a product cost and when: what a page was seen to say, and what of it an item may know.

use serde::{Deserialize, Serialize};

use super::{Availability, Currency, Money};
use crate::clock::Timestamp;

/// What a page said about price and availability from a moment on, until the next observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Observation {
    /// What it cost; absent where the page named no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Whether it could be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// When the visit began. Rises strictly within a page, whatever the clock does.
    pub seen_at: Timestamp,
}

impl Observation {
    /// Whether it says the same as `other`, whenever either was made.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.price, self.availability) == (other.price, other.availability)
    }

    /// Whether it says anything at all.
    pub fn says_nothing(&self) -> bool {
        self.price.is_none() && self.availability.is_none()
    }

    fn point(&self) -> Option<PricePoint> {
        self.price.map(|price| PricePoint { price, seen_at: self.seen_at })
    }
}

/// A price, and since when it was so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PricePoint {
    /// The price.
    pub price: Money,
    /// When it was seen.
    pub seen_at: Timestamp,
}

/// The ends of the prices seen in one currency; of two equal prices the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredRange", into = "StoredRange")]
pub struct PriceRange {
    /// The earliest.
    pub first: PricePoint,
    /// The lowest.
    pub lowest: PricePoint,
    /// The highest.
    pub highest: PricePoint,
}

impl PriceRange {
    /// Of one price.
    fn of(point: PricePoint) -> Self {
        Self { first: point, lowest: point, highest: point }
    }

    fn with(self, point: PricePoint) -> Self {
        let by_price = |point: &PricePoint| (point.price.minor_units(), point.seen_at);
        let from_the_top = |point: &PricePoint| (std::cmp::Reverse(point.price.minor_units()), point.seen_at);
        Self {
            first: std::cmp::min_by_key(self.first, point, |point| point.seen_at),
            lowest: std::cmp::min_by_key(self.lowest, point, by_price),
            highest: std::cmp::min_by_key(self.highest, point, from_the_top),
        }
    }
}

/// A range as it is kept: an end that is the first price is not said twice, for an item is read and paid for by its bytes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StoredRange {
    first: PricePoint,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lowest: Option<PricePoint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    highest: Option<PricePoint>,
}

impl From<StoredRange> for PriceRange {
    fn from(stored: StoredRange) -> Self {
        let StoredRange { first, lowest, highest } = stored;
        Self { first, lowest: lowest.unwrap_or(first), highest: highest.unwrap_or(first) }
    }
}

impl From<PriceRange> for StoredRange {
    fn from(range: PriceRange) -> Self {
        let unless_first = |point| (point != range.first).then_some(point);
        Self { first: range.first, lowest: unless_first(range.lowest), highest: unless_first(range.highest) }
    }
}

/// One range for each currency, since amounts of two cannot be compared. The currency seen last is the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PriceRanges(Vec<PriceRange>);

impl PriceRanges {
    /// The most currencies that are kept: a shop changes between a few by where it is asked from. A further one takes the
    /// place of the one that was not seen for the longest.
    const MOST: usize = 4;

    /// Takes a price in. Taking one twice, or two in another order, ends in the same ranges.
    pub fn take(&mut self, point: PricePoint) {
        let place = self.0.iter().position(|range| range.first.price.currency() == point.price.currency());
        let range = place.map_or(PriceRange::of(point), |place| self.0.remove(place).with(point));
        if self.0.len() == Self::MOST {
            self.0.remove(0);
        }
        self.0.push(range);
    }

    /// The range of this currency.
    pub fn of(&self, currency: Currency) -> Option<&PriceRange> {
        self.0.iter().find(|range| range.first.price.currency() == currency)
    }

    /// The range of the currency seen last.
    pub fn last(&self) -> Option<&PriceRange> {
        self.0.last()
    }

    /// Whether no price was seen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ranges where this is all that was seen.
    fn after(observation: Option<&Observation>) -> Self {
        Self(observation.and_then(Observation::point).map(PriceRange::of).into_iter().collect())
    }
}

/// What an item knows of its page's prices: those since it has had its URL, and none from before.
///
/// It is kept in the item, which is written anyway when a price changes, so that no summary has to read a history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredPrices", into = "StoredPrices")]
pub struct ItemPrices {
    /// Since when the item has its URL; absent in items of older files, which have had it since they were added.
    pub since: Option<Timestamp>,
    /// What the page said when the item was first filled, where that is no observation of its own: the page had said the
    /// same before the item was there.
    pub opening: Option<Observation>,
    /// What the page said last.
    pub newest: Option<Observation>,
    /// The ends of the prices.
    pub ranges: PriceRanges,
}

/// The prices as they are kept: most items have seen one price, whose ranges say nothing more.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StoredPrices {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opening: Option<Observation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newest: Option<Observation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ranges: Option<PriceRanges>,
}

impl From<StoredPrices> for ItemPrices {
    fn from(stored: StoredPrices) -> Self {
        let StoredPrices { since, opening, newest, ranges } = stored;
        let ranges = ranges.unwrap_or_else(|| PriceRanges::after(newest.as_ref()));
        Self { since, opening, newest, ranges }
    }
}

impl From<ItemPrices> for StoredPrices {
    fn from(prices: ItemPrices) -> Self {
        let ItemPrices { since, opening, newest, ranges } = prices;
        let ranges = (ranges != PriceRanges::after(newest.as_ref())).then_some(ranges);
        Self { since, opening, newest, ranges }
    }
}

impl ItemPrices {
    /// Nothing known yet, of a URL that the item has since `since`.
    pub fn since(since: Timestamp) -> Self {
        Self { since: Some(since), ..Self::default() }
    }

    /// Takes an observation in that was made since the item has its URL. Taking one twice changes nothing.
    pub fn take(&mut self, observation: &Observation) {
        if self.newest.is_none_or(|newest| newest.seen_at <= observation.seen_at) {
            self.newest = Some(*observation);
        }
        // The currency of the newest price has to stay the last one, also when an older observation comes late.
        for point in [Some(observation), self.newest.as_ref()].into_iter().flatten().filter_map(Observation::point) {
            self.ranges.take(point);
        }
    }

    /// Begins with what the page said already when the item came, confirmed by a visit at `seen_at`.
    pub fn open(&mut self, observation: &Observation, seen_at: Timestamp) {
        let opening = Observation { seen_at, ..*observation };
        if self.newest.is_none() && !opening.says_nothing() {
            self.opening = Some(opening);
            self.take(&opening);
        }
    }

    /// The summary of what is known, of an item that has its URL since `since`. Of several currencies it is that of the
    /// newest price.
    pub fn summary(&self, since: Timestamp) -> PriceSummary {
        let range = self.ranges.last();
        PriceSummary {
            now: self.newest.as_ref().and_then(Observation::point),
            lowest: range.map(|range| range.lowest),
            highest: range.map(|range| range.highest),
            first: range.map(|range| range.first),
            since,
        }
    }
}

/// The prices of an item in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceSummary {
    /// What it costs now, and since when; absent where the page names no price.
    pub now: Option<PricePoint>,
    /// The lowest price.
    pub lowest: Option<PricePoint>,
    /// The highest price.
    pub highest: Option<PricePoint>,
    /// The first price.
    pub first: Option<PricePoint>,
    /// Since when prices are told: when the item got its URL.
    pub since: Timestamp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn seen(minor_units: u64, currency: &str, at: i64) -> Observation {
        let price = Money::from_minor_units(minor_units, currency.parse().unwrap());
        Observation { price, availability: None, seen_at: Timestamp::from_millis(at) }
    }

    fn amounts(summary: &PriceSummary) -> [Option<(u64, i64)>; 4] {
        let of = |point: Option<PricePoint>| point.map(|point| (point.price.minor_units(), point.seen_at.as_millis()));
        [of(summary.now), of(summary.lowest), of(summary.highest), of(summary.first)]
    }

    fn summary(prices: &ItemPrices) -> [Option<(u64, i64)>; 4] {
        amounts(&prices.summary(Timestamp::from_millis(0)))
    }

    #[test]
    fn a_summary_tells_the_earliest_of_equal_ends() {
        let mut prices = ItemPrices::default();
        for (amount, at) in [(20, 1), (10, 2), (30, 3), (10, 4), (30, 5), (20, 6)] {
            prices.take(&seen(amount, "EUR", at));
        }
        assert_eq!(summary(&prices), [Some((20, 6)), Some((10, 2)), Some((30, 3)), Some((20, 1))]);
    }

    #[test]
    fn currencies_are_kept_apart_and_come_back() {
        let mut prices = ItemPrices::default();
        for (amount, currency, at) in [(20, "EUR", 1), (5, "USD", 2), (6, "USD", 3)] {
            prices.take(&seen(amount, currency, at));
        }
        assert_eq!(summary(&prices), [Some((6, 3)), Some((5, 2)), Some((6, 3)), Some((5, 2))]);
        prices.take(&seen(25, "EUR", 4));
        assert_eq!(summary(&prices), [Some((25, 4)), Some((20, 1)), Some((25, 4)), Some((20, 1))]);
        for (number, currency) in ["GBP", "CHF", "JPY", "SEK"].into_iter().enumerate() {
            prices.take(&seen(1, currency, 5 + i64::try_from(number).unwrap()));
        }
        assert_eq!(prices.ranges.of("EUR".parse().unwrap()), None, "four are kept");
    }

    #[test]
    fn a_price_that_is_gone_leaves_the_ends() {
        let mut prices = ItemPrices::default();
        prices.take(&seen(20, "EUR", 1));
        prices.take(&Observation { price: None, ..seen(0, "EUR", 2) });
        assert_eq!(summary(&prices), [None, Some((20, 1)), Some((20, 1)), Some((20, 1))]);
    }

    #[test]
    fn an_opening_is_taken_once_and_never_after_an_observation() {
        let mut prices = ItemPrices::default();
        prices.open(&Observation { price: None, ..seen(0, "EUR", 1) }, Timestamp::from_millis(5));
        assert_eq!(prices, ItemPrices::default(), "nothing said is nothing to begin with");
        prices.open(&seen(20, "EUR", 1), Timestamp::from_millis(5));
        prices.open(&seen(10, "EUR", 1), Timestamp::from_millis(6));
        assert_eq!(prices.opening, Some(seen(20, "EUR", 5)));
        assert_eq!(summary(&prices)[0], Some((20, 5)));
    }

    #[test]
    fn what_follows_is_not_kept() {
        let mut prices = ItemPrices::default();
        prices.take(&seen(2000, "EUR", 1));
        let (first, second) = ("1970-01-01T00:00:00.001Z", "1970-01-01T00:00:00.002Z");
        let point = |amount: &str, at: &str| json!({"Price": {"amount": amount, "currency": "EUR"}, "SeenAt": at});
        assert_eq!(serde_json::to_value(&prices).unwrap(), json!({"Newest": point("20.00", first)}));
        prices.take(&seen(3000, "EUR", 2));
        let range = json!({"First": point("20.00", first), "Highest": point("30.00", second)});
        let kept = json!({"Newest": point("30.00", second), "Ranges": [range]});
        assert_eq!(serde_json::to_value(&prices).unwrap(), kept);
    }

    proptest! {
        #[test]
        fn the_order_and_number_of_takings_do_not_matter(
            rows in proptest::collection::vec((1u64..5, 0usize..3), 1..12),
            shuffled in proptest::collection::vec(any::<prop::sample::Index>(), 0..24),
        ) {
            let all: Vec<_> = rows.iter().zip(0i64..).map(|((amount, currency), at)| {
                seen(*amount, ["EUR", "USD", "GBP"][*currency], at)
            }).collect();
            let (mut straight, mut other) = (ItemPrices::default(), ItemPrices::default());
            for observation in &all {
                straight.take(observation);
            }
            for observation in shuffled.iter().map(|index| index.get(&all)).chain(all.iter().rev()) {
                other.take(observation);
            }
            prop_assert_eq!(summary(&straight), summary(&other));
            let kept = serde_json::to_string(&straight).unwrap();
            prop_assert_eq!(serde_json::from_str::<ItemPrices>(&kept).unwrap(), straight);
        }
    }
}
