//! What a product costs, as its offers say.

use wishlist_core::model::Availability;

use super::schema_org::{PageNames, Reader};
use super::things::{Property, ThingId};
use crate::extraction::Field;
use crate::fields::{amount_of, term};

/// Offers of one product that are looked at; a garment in all sizes and colours has some two hundred.
const MAX_OFFERS: usize = 256;

/// One offer's words about its price.
pub(super) struct Offer<'t> {
    amount: &'t str,
    currency: Option<&'t str>,
    list_amount: Option<&'t str>,
    availability: Option<&'t str>,
    here: bool,
}

impl<'r> Reader<'r, '_> {
    /// The offers of a product: direct ones, those within an aggregate or a list, or a price of the product itself.
    pub(super) fn offers(&mut self, id: ThingId, page: &PageNames<'_>, offers: &mut Vec<Offer<'r>>) {
        let things = self.things;
        if offers.len() >= MAX_OFFERS {
            return;
        }
        let direct: Vec<ThingId> = things.things(id, Property::Offers).collect();
        for offer in direct.iter().copied().filter(|offer| *offer != id) {
            let within = things.things(offer, Property::Offers).chain(things.things(offer, Property::ItemListElement));
            let before = offers.len();
            offers.extend(self.offer(offer, page));
            if offers.len() == before {
                offers.extend(within.filter_map(|inner| self.offer(inner, page)));
            }
            things.texts(offer, Property::Sku).for_each(|sku| self.add(Field::Sku, sku));
            things.texts(offer, Property::Gtin).for_each(|gtin| self.add(Field::Gtin, gtin));
            if things.text(offer, Property::Price).is_none() {
                things.texts(offer, Property::Availability).for_each(|text| self.add(Field::Availability, text));
            }
        }
        if direct.is_empty() {
            offers.extend(self.offer(id, page));
            things.texts(id, Property::Availability).for_each(|text| self.add(Field::Availability, text));
        }
    }

    fn offer(&self, id: ThingId, page: &PageNames<'_>) -> Option<Offer<'r>> {
        let things = self.things;
        let specification = self.specification(id);
        let own = || {
            [Property::LowPrice, Property::Price, Property::MinPrice]
                .iter()
                .find_map(|is| Some((things.text(id, *is)?, id)))
        };
        let (amount, holder) =
            own().or_else(|| specification.and_then(|(sale, _)| Some((things.text(sale, Property::Price)?, sale))))?;
        let currency = things.text(holder, Property::Currency).or_else(|| things.text(id, Property::Currency));
        let list = specification.and_then(|(_, list)| things.text(list?, Property::Price));
        Some(Offer {
            amount,
            currency,
            list_amount: list,
            availability: things.text(id, Property::Availability),
            here: things.texts(id, Property::Url).any(|url| url == page.url),
        })
    }

    /// The specification of what is paid now, and that of the list price.
    fn specification(&self, id: ThingId) -> Option<(ThingId, Option<ThingId>)> {
        let things = self.things;
        let specifications = || things.things(id, Property::PriceSpecification);
        let kind = |id: ThingId| things.text(id, Property::PriceType).unwrap_or_default().to_ascii_lowercase();
        let listed =
            |id: &ThingId| ["list", "strike", "srp", "msrp", "regular"].iter().any(|word| kind(*id).contains(word));
        let now = |id: &ThingId| {
            !listed(id) && !things.has(*id, Property::ReferenceQuantity) && !things.has(*id, Property::ValidForMember)
        };
        let sale = specifications().find(now).or_else(|| specifications().next())?;
        Some((sale, specifications().find(listed)))
    }

    /// Of several offers the one at this address, else the lowest of those that can be had, else the lowest.
    pub(super) fn add_offers(&mut self, offers: &[Offer<'_>]) -> bool {
        let gone = |offer: &Offer<'_>| {
            offer
                .availability
                .and_then(term)
                .is_some_and(|term| matches!(term, Availability::OutOfStock | Availability::Discontinued))
        };
        let lowest = |offer: &&Offer<'_>| (!offer.here, gone(offer), amount_of(offer.amount).unwrap_or(u64::MAX));
        let Some(chosen) = offers.iter().filter(|offer| amount_of(offer.amount).is_some()).min_by_key(lowest) else {
            return false;
        };
        self.candidates.add_price(Field::Price, self.source, chosen.amount, chosen.currency);
        if let Some(list) = chosen.list_amount {
            self.candidates.add_price(Field::ListPrice, self.source, list, chosen.currency);
        }
        // What any variant has in stock can be bought, unless one variant is the page's.
        let stock =
            |offer: &&Offer<'_>| offer.availability.is_some_and(|text| text.to_ascii_lowercase().contains("instock"));
        let in_stock = offers.iter().find(stock).filter(|_| !chosen.here);
        if let Some(text) = in_stock.unwrap_or(chosen).availability {
            self.candidates.add(Field::Availability, self.source, text);
        }
        true
    }
}
