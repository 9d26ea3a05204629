//! Why a field has its value, and how sure that is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::extraction::Source;

/// How one field's value was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// Where the value was read.
    pub source: Source,
    /// The rule that chose it.
    pub rule: Rule,
    /// How sure it is, in percent: by the kind of source, more for each other source that agrees, less for each that differs.
    pub confidence: u8,
    /// Other sources that say the same.
    pub agreeing: Vec<Source>,
    /// Other sources that say something else, and never the same.
    pub differing: Vec<Source>,
}

impl Finding {
    /// A value of `source`, chosen by `rule`, beside what other sources say.
    pub(crate) fn new(source: Source, rule: Rule, agreeing: Vec<Source>, differing: Vec<Source>) -> Self {
        let confidence = confidence(source, agreeing.len(), differing.len());
        Self { source, rule, confidence, agreeing, differing }
    }
}

/// The percent of values of each kind of source that are wrong where no other source speaks, rounded from saved pages of real
/// shops. What programs are meant to read is rarely wrong; what is made for people is read by guessing what is what.
fn doubt(source: Source) -> usize {
    match source {
        Source::Site => 8,
        Source::JsonLd => 10,
        Source::Microdata | Source::Rdfa | Source::OpenGraph => 12,
        Source::Meta => 20,
        Source::State | Source::Dom => 30,
        Source::Url => 50,
    }
}

/// Each source that agrees halves the doubt, each that differs makes it half as much again.
fn confidence(source: Source, agreeing: usize, differing: usize) -> u8 {
    let halved = (0..agreeing).fold(doubt(source) * 16, |doubt, _| doubt / 2);
    let doubt = (0..differing).fold(halved, |doubt, _| doubt * 3 / 2).div_ceil(16);
    u8::try_from(100 - doubt.clamp(1, 95)).unwrap_or_default()
}

macro_rules! rules {
    ($($variant:ident = $name:literal, $why:literal;)+) => {
        /// The rule by which a value, or the kind of a page, was chosen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!("It is ", $why, ".")] #[serde(rename = $name)] $variant,)+
        }

        impl Rule {
            /// The name, as it is serialized.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Why the value won, for people: the end of a sentence that begins with `it is`.
            pub fn why(self) -> &'static str {
                match self { $(Self::$variant => $why,)+ }
            }
        }
    };
}

rules! {
    SiteRules = "siteRules", "what the rules for this family of shops read";
    MostTrusted = "mostTrusted", "what the most trusted source says that has it";
    MostAgreed = "mostAgreed", "what most sources agree on";
    Reduced = "reduced", "seen, and lower than the markup's price, which the page strikes through";
    AbovePrice = "abovePrice", "the first former price that is more than the price";
    HeadingInFull = "headingInFull", "the heading, which the title repeats and which holds the markup's name";
    RepeatedHeading = "repeatedHeading", "the heading, which a title repeats";
    DeclaredTitle = "declaredTitle", "what a page that is no product declares as its title";
    WithoutSite = "withoutSite", "a title, without the name of the site";
    AlsoSeen = "alsoSeen", "in the markup, and people see it too";
    OnlySeen = "onlySeen", "the one that people see";
    InTitle = "inTitle", "seen, and the title repeats it";
    CheckDigit = "checkDigit", "the first number whose check digit is right";
    Linked = "linked", "what the page links to as its address";
    ArticleMarkup = "articleMarkup", "marked up as something to read, whatever it sells beside";
    PricedMarkup = "pricedMarkup", "marked up as a product with a price";
    Wall = "wall", "a page that stands in the way: it says so, or has a robot check's code and little else";
    ArticleMeta = "articleMeta", "declared as an article";
    ProductMarkup = "productMarkup", "marked up or declared as a product";
    RootAddress = "rootAddress", "at the root of its site";
    ListMarkup = "listMarkup", "marked up as several things";
    SeenProduct = "seenProduct", "a heading with a price and a control to buy by";
    SoldByState = "soldByState", "in the state of its scripts with a price, under the page's own name";
    SeenStock = "seenStock", "a heading with the stock of something that has a number or a maker";
    SeenList = "seenList", "showing many prices alike";
    Nothing = "nothing", "none of the others";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_makes_sure_and_disagreement_unsure() {
        let rows = [
            (Source::JsonLd, 0, 0, 90),
            (Source::JsonLd, 1, 0, 95),
            (Source::JsonLd, 2, 1, 96),
            (Source::JsonLd, 0, 2, 77),
            (Source::Dom, 0, 0, 70),
            (Source::Dom, 1, 0, 85),
            (Source::Dom, 0, 8, 5),
            (Source::Site, 8, 0, 99),
        ];
        for (source, agreeing, differing, expected) in rows {
            assert_eq!(confidence(source, agreeing, differing), expected, "{source} {agreeing} {differing}");
        }
    }
}
