//! Pictures and addresses: absolute, http or https.

use super::{Choice, Chosen, Context};
use crate::extraction::{Field, Source};
use crate::finding::Rule;
use crate::sources::{Candidate, Candidates};

/// The pictures a product keeps.
const MAX_IMAGES: usize = 5;

/// The longest address kept.
const MAX_URL: usize = 2048;

/// The pictures, the main one first.
pub(crate) fn images<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, Vec<String>> {
    let mut images: Vec<String> = Vec::new();
    let mut chosen = Vec::new();
    for candidate in candidates.of(Field::Image) {
        let Some(url) = absolute(&candidate.value, context).filter(|url| !is_placeholder(url)) else {
            continue;
        };
        if !images.contains(&url) {
            images.push(url);
            chosen.push(candidate);
        }
        if images.len() == MAX_IMAGES {
            break;
        }
    }
    (!images.is_empty()).then_some(Chosen { value: images, rule: Rule::MostTrusted, from: chosen })
}

fn is_placeholder(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or(url).to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    ["placeholder", "no-image", "noimage", "no_image", "spacer", "pixel.", "blank.", "1x1", "logo", "loading.gif"]
        .iter()
        .any(|word| name.contains(word))
}

/// The address the page declares for itself.
pub(crate) fn canonical_url<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, String> {
    let linked = |candidate: &&Candidate| candidate.source == Source::Meta;
    let first = |rule: Rule, mut all: Box<dyn Iterator<Item = &'c Candidate> + 'c>| {
        all.find_map(|candidate| Some(Chosen::one(absolute(&candidate.value, context)?, rule, candidate)))
    };
    let all = || candidates.of(Field::CanonicalUrl);
    first(Rule::Linked, Box::new(all().filter(linked))).or_else(|| first(Rule::MostTrusted, Box::new(all())))
}

/// An address of the page as an absolute http or https URL that may be shown.
pub(crate) fn absolute(text: &str, context: &Context<'_>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_URL {
        return None;
    }
    let mut url = context.url.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    let is_plain = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    (is_plain && (context.admits)(&url) && url.as_str().len() <= MAX_URL).then(|| url.into())
}
