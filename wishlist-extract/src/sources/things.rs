//! What JSON-LD, microdata and `RDFa` have in common: typed things with properties, in the vocabulary of schema.org.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::extraction::Source;

/// Things of one page: a list page of a hundred products, each with offer, brand and rating, has some five hundred.
const MAX_THINGS: usize = 2048;

/// Properties of all things of one page; each takes 40 bytes.
const MAX_PROPERTIES: usize = 8192;

/// The index of a thing.
pub(crate) type ThingId = usize;

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $($text:literal)|+,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name {
            $($variant,)+
            Other,
        }

        impl $name {
            /// Of a name with or without a vocabulary before it, in any case.
            pub(crate) fn of(name: &str) -> Self {
                let name = name.trim();
                let local = name.rsplit(['/', '#', ':']).next().unwrap_or(name);
                match local.to_ascii_lowercase().as_str() {
                    $($($text)|+ => Self::$variant,)+
                    _ => Self::Other,
                }
            }
        }
    };
}

vocabulary! {
    /// The types that a rule asks for, related ones as one.
    Type {
        Product = "product" | "individualproduct" | "someproducts" | "productmodel" | "vehicle" | "car" | "motorcycle" | "motorizedbicycle"
            | "busorcoach" | "dietarysupplement" | "drug",
        // What may be sold, and is a product where it is offered.
        Sold = "book" | "audiobook" | "movie" | "musicalbum" | "videogame" | "game" | "softwareapplication" | "mobileapplication"
            | "webapplication" | "course" | "courseinstance" | "hotel" | "hotelroom" | "lodgingbusiness" | "resort" | "trip" | "touristtrip" | "bustrip"
            | "flight" | "service" | "apartment" | "house" | "accommodation" | "singlefamilyresidence" | "realestatelisting" | "painting"
            | "visualartwork" | "ticket" | "event" | "musicevent" | "theaterevent" | "sportsevent" | "festival" | "exhibitionevent" | "comedyevent"
            | "danceevent" | "courseevent" | "educationevent" | "businessevent" | "childrensevent" | "foodevent" | "literaryevent" | "screeningevent"
            | "socialevent" | "visualartsevent",
        ProductGroup = "productgroup",
        Offer = "offer" | "offerforpurchase" | "offerforlease",
        AggregateOffer = "aggregateoffer",
        PriceSpecification = "pricespecification" | "unitpricespecification" | "compoundpricespecification",
        Brand = "brand",
        Organization = "organization" | "corporation" | "store" | "onlinestore" | "localbusiness" | "newsmediaorganization" | "onlinebusiness",
        Person = "person",
        ImageObject = "imageobject",
        WebSite = "website",
        WebPage = "webpage" | "itempage" | "aboutpage" | "faqpage" | "checkoutpage",
        List = "itemlist" | "collectionpage" | "searchresultspage" | "offercatalog",
        ListItem = "listitem",
        Breadcrumbs = "breadcrumblist",
        Article = "article" | "newsarticle" | "blogposting" | "techarticle" | "reportagenewsarticle" | "analysisnewsarticle"
            | "opinionnewsarticle" | "liveblogposting" | "scholarlyarticle" | "advertisercontentarticle" | "recipe"
            | "socialmediaposting" | "discussionforumposting" | "qapage" | "howto",
        Review = "review" | "rating" | "aggregaterating" | "comment" | "userreview" | "criticreview",
    }
}

vocabulary! {
    /// The properties that a rule asks for.
    Property {
        About = "about",
        Availability = "availability",
        Brand = "brand",
        ContentUrl = "contenturl",
        Currency = "pricecurrency" | "currency",
        Description = "description",
        Gtin = "gtin" | "gtin8" | "gtin12" | "gtin13" | "gtin14" | "isbn" | "ean" | "ean13" | "upc",
        Graph = "@graph",
        HasVariant = "hasvariant" | "model",
        Headline = "headline",
        HighPrice = "highprice",
        Id = "@id",
        Identifier = "identifier",
        Image = "image" | "images" | "photo" | "primaryimageofpage",
        Item = "item",
        ItemListElement = "itemlistelement",
        ItemOffered = "itemoffered",
        Logo = "logo",
        LowPrice = "lowprice",
        MainEntity = "mainentity" | "mainentityofpage",
        Manufacturer = "manufacturer",
        MinPrice = "minprice",
        Mpn = "mpn",
        Name = "name",
        Offers = "offers",
        Price = "price",
        PriceSpecification = "pricespecification",
        PriceType = "pricetype",
        ProductId = "productid",
        Publisher = "publisher",
        ReferenceQuantity = "referencequantity",
        Related = "isrelatedto" | "issimilarto" | "isaccessoryorsparepartfor" | "isconsumablefor" | "itemreviewed" | "review"
            | "reviews" | "mentions" | "haspart" | "workexample" | "citation",
        Sku = "sku",
        Thumbnail = "thumbnail" | "thumbnailurl",
        Type = "@type",
        Url = "url",
        ValidForMember = "validformembertier" | "eligiblecustomertype",
        Value = "value" | "@value",
    }
}

/// A property's value.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Thing(ThingId),
}

/// One thing.
#[derive(Debug)]
pub(crate) struct Thing<'a> {
    pub(crate) types: Vec<Type>,
    pub(crate) source: Source,
    /// The thing that holds it, and as what.
    pub(crate) parent: Option<(ThingId, Property)>,
    id: Option<Cow<'a, str>>,
    properties: Vec<(Property, Value<'a>)>,
}

impl Thing<'_> {
    pub(crate) fn is(&self, wanted: Type) -> bool {
        self.types.contains(&wanted)
    }
}

/// The things of a page in page order, whoever wrote them.
#[derive(Debug, Default)]
pub(crate) struct Things<'a> {
    list: Vec<Thing<'a>>,
    properties: usize,
    ids: HashMap<Cow<'a, str>, ThingId>,
}

impl<'a> Things<'a> {
    /// A new thing, or `None` where there are enough.
    pub(crate) fn add(&mut self, source: Source, parent: Option<(ThingId, Property)>) -> Option<ThingId> {
        let id = self.list.len();
        if id >= MAX_THINGS {
            return None;
        }
        self.list.push(Thing { types: Vec::new(), source, parent, id: None, properties: Vec::new() });
        if let Some((parent, property)) = parent {
            self.set(parent, property, Value::Thing(id));
        }
        Some(id)
    }

    /// Adds a type; more than four add nothing.
    pub(crate) fn set_type(&mut self, id: ThingId, name: &str) {
        if let Some(thing) = self.list.get_mut(id).filter(|thing| thing.types.len() < 4) {
            thing.types.push(Type::of(name));
        }
    }

    /// Names a thing; of several of one name the first that has properties is meant.
    pub(crate) fn set_id(&mut self, id: ThingId, name: Cow<'a, str>) {
        if let Some(thing) = self.list.get_mut(id) {
            thing.id = Some(name);
        }
    }

    /// Adds a value; empty texts and properties that nobody asks for are left out.
    pub(crate) fn set(&mut self, id: ThingId, property: Property, value: Value<'a>) {
        let empty = matches!(&value, Value::Text(text) if text.trim().is_empty() || property == Property::Other);
        let Some(thing) = self.list.get_mut(id) else { return };
        if !empty && self.properties < MAX_PROPERTIES {
            thing.properties.push((property, value));
            self.properties += 1;
        }
    }

    /// Makes references by id work; to be called once, after all things are in.
    pub(crate) fn link(&mut self) {
        for (index, thing) in self.list.iter().enumerate() {
            if let Some(id) = thing.id.as_ref().filter(|_| !thing.properties.is_empty()) {
                self.ids.entry(id.clone()).or_insert(index);
            }
        }
    }

    /// Every thing, in page order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ThingId, &Thing<'a>)> {
        self.list.iter().enumerate()
    }

    pub(crate) fn get(&self, id: ThingId) -> Option<&Thing<'a>> {
        self.list.get(id)
    }

    /// The thing itself, or the one that it only refers to.
    pub(crate) fn resolve(&self, id: ThingId) -> ThingId {
        let named = self.get(id).filter(|thing| thing.properties.is_empty()).and_then(|thing| thing.id.as_ref());
        named.and_then(|name| self.ids.get(name).copied()).unwrap_or(id)
    }

    fn values(&self, id: ThingId, property: Property) -> impl Iterator<Item = &Value<'a>> {
        let properties = self.get(id).map_or(&[][..], |thing| &thing.properties);
        properties.iter().filter(move |(is, _)| *is == property).map(|(_, value)| value)
    }

    /// The texts of a property.
    pub(crate) fn texts(&self, id: ThingId, property: Property) -> impl Iterator<Item = &str> {
        self.values(id, property).filter_map(|value| match value {
            Value::Text(text) => Some(text.as_ref()),
            Value::Thing(_) => None,
        })
    }

    /// The things of a property, references followed.
    pub(crate) fn things(&self, id: ThingId, property: Property) -> impl Iterator<Item = ThingId> {
        self.values(id, property).filter_map(|value| match value {
            Value::Text(_) => None,
            Value::Thing(thing) => Some(self.resolve(*thing)),
        })
    }

    /// The first text of a property.
    pub(crate) fn text(&self, id: ThingId, property: Property) -> Option<&str> {
        self.texts(id, property).next()
    }

    /// The texts of a property, or the names of its things (a brand is written both ways).
    pub(crate) fn names(&self, id: ThingId, property: Property) -> impl Iterator<Item = &str> {
        self.values(id, property).filter_map(|value| match value {
            Value::Text(text) => Some(text.as_ref()),
            Value::Thing(thing) => {
                let thing = self.resolve(*thing);
                self.text(thing, Property::Name).or_else(|| self.text(thing, Property::Value))
            }
        })
    }

    pub(crate) fn has(&self, id: ThingId, property: Property) -> bool {
        self.values(id, property).next().is_some()
    }
}
