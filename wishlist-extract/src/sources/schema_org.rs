//! What the things of a page say about its product, whichever way they were written.

use super::Candidates;
use super::things::{Property, ThingId, Things, Type};
use crate::extraction::{Field, Source};
use crate::fields::fold;

/// What the page is, as its things say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub(crate) struct Structure {
    /// A product that is the page's own.
    pub(crate) product: bool,
    /// That product has a price.
    pub(crate) priced: bool,
    /// Something to read that is the page's own.
    pub(crate) article: bool,
    /// A list of products or pages that is the page's own.
    pub(crate) list: bool,
    /// Products of different names, none of which is the page's.
    pub(crate) products: usize,
}

impl Structure {
    /// What either says.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            product: self.product || other.product,
            priced: self.priced || other.priced,
            article: self.article || other.article,
            list: self.list || other.list,
            products: self.products.max(other.products),
        }
    }
}

/// Reads the candidates of the page's product from the things of each source. `names` are the page's titles, folded.
pub(crate) fn read(things: &Things<'_>, url: &str, names: &[String], candidates: &mut Candidates) -> Structure {
    let mut structure = Structure::default();
    for (id, thing) in things.iter() {
        structure.article |= thing.is(Type::Article) && is_own(things, id);
        structure.list |= thing.is(Type::List) && is_own(things, id) && things.has(id, Property::ItemListElement);
        if let (Type::WebSite, Some(name)) = (first_type(&thing.types), things.text(id, Property::Name)) {
            candidates.add(Field::SiteName, thing.source, name);
        }
    }
    for source in [Source::JsonLd, Source::Microdata, Source::Rdfa] {
        let page = PageNames { url, names };
        let own = |(id, thing): &(ThingId, &super::things::Thing<'_>)| {
            let offered = || [Property::Offers, Property::Price].iter().any(|is| things.has(*id, *is));
            let product =
                thing.is(Type::Product) || thing.is(Type::ProductGroup) || (thing.is(Type::Sold) && offered());
            product && thing.source == source && is_own(things, *id)
        };
        let products: Vec<ThingId> = things.iter().filter(own).map(|(id, _)| id).collect();
        let Some(product) = page.main(things, &products) else {
            continue;
        };
        let mut titles: Vec<String> =
            products.iter().filter_map(|id| Some(fold(things.text(*id, Property::Name)?))).collect();
        titles.sort_unstable();
        titles.dedup();
        if titles.len() > 2 && !page.is_named(things, product) {
            structure.products = structure.products.max(titles.len());
            continue;
        }
        structure.product = true;
        structure.priced |= Reader { things, source, candidates }.product(product, &page);
    }
    structure
}

fn first_type(types: &[Type]) -> Type {
    types.first().copied().unwrap_or(Type::Other)
}

/// Whether a thing is about the page, not about something the page only shows or belongs to.
fn is_own(things: &Things<'_>, id: ThingId) -> bool {
    const FOREIGN: [Property; 6] = [
        Property::HasVariant,
        Property::Item,
        Property::ItemListElement,
        Property::Offers,
        Property::Publisher,
        Property::Related,
    ];
    let parent = |id: ThingId| things.get(id).and_then(|thing| thing.parent);
    let mut parents = std::iter::successors(parent(id), |(id, _)| parent(*id));
    !parents.any(|(_, property)| FOREIGN.contains(&property))
}

/// What the page calls itself.
pub(super) struct PageNames<'p> {
    pub(super) url: &'p str,
    names: &'p [String],
}

impl PageNames<'_> {
    fn is_named(&self, things: &Things<'_>, id: ThingId) -> bool {
        let name = things.text(id, Property::Name).map(fold).unwrap_or_default();
        !name.is_empty() && self.names.iter().any(|page| page.contains(&name))
    }

    /// The product that the page is about: priced, named as the page, at its address; else the first.
    fn main(&self, things: &Things<'_>, products: &[ThingId]) -> Option<ThingId> {
        let points = |id: ThingId| {
            let priced = [Property::Offers, Property::Price, Property::HasVariant].iter().any(|is| things.has(id, *is));
            let here = things.texts(id, Property::Url).any(|url| same_page(url, self.url));
            4 * u8::from(self.is_named(things, id)) + 2 * u8::from(priced) + u8::from(here)
        };
        let best = products.iter().copied().map(points).max()?;
        products.iter().copied().find(|id| points(*id) == best)
    }
}

/// Whether two addresses differ at most in scheme, query and fragment.
fn same_page(one: &str, other: &str) -> bool {
    fn path(url: &str) -> &str {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/')
    }
    path(one) == path(other)
}

pub(super) struct Reader<'r, 'a> {
    pub(super) things: &'r Things<'a>,
    pub(super) source: Source,
    pub(super) candidates: &'r mut Candidates,
}

impl Reader<'_, '_> {
    pub(super) fn add(&mut self, field: Field, value: &str) {
        self.candidates.add(field, self.source, value);
    }

    /// Reads one product and its variants; whether it has a price.
    fn product(&mut self, id: ThingId, page: &PageNames<'_>) -> bool {
        let things = self.things;
        self.facts(id);
        let mut offers = Vec::new();
        self.offers(id, page, &mut offers);
        for variant in things.things(id, Property::HasVariant) {
            self.offers(variant, page, &mut offers);
        }
        if let Some(variant) = things
            .things(id, Property::HasVariant)
            .find(|variant| things.texts(*variant, Property::Url).any(|url| url == page.url))
        {
            self.facts(variant);
        }
        self.add_offers(&offers)
    }

    fn facts(&mut self, id: ThingId) {
        let things = self.things;
        for name in things.texts(id, Property::Name) {
            self.add(Field::Title, name);
        }
        for brand in things.names(id, Property::Brand).chain(things.names(id, Property::Manufacturer)) {
            self.add(Field::Brand, brand);
        }
        for property in [Property::Sku, Property::ProductId, Property::Mpn] {
            things.texts(id, property).for_each(|sku| self.add(Field::Sku, sku));
        }
        for property in [Property::Gtin, Property::ProductId, Property::Identifier, Property::Sku, Property::Mpn] {
            things.texts(id, property).for_each(|gtin| self.add(Field::Gtin, gtin));
        }
        for value in things.things(id, Property::Identifier).filter_map(|value| things.text(value, Property::Value)) {
            self.add(Field::Gtin, value);
        }
        if let Some(text) = things.text(id, Property::Description) {
            self.add(Field::Description, text);
        }
        self.images(id);
    }

    fn images(&mut self, id: ThingId) {
        let things = self.things;
        for image in things.texts(id, Property::Image) {
            self.add(Field::Image, image);
        }
        for image in things.things(id, Property::Image) {
            for property in [Property::ContentUrl, Property::Url, Property::Image, Property::Thumbnail] {
                things.texts(image, property).for_each(|url| self.add(Field::Image, url));
            }
        }
    }
}
