//! From candidates to an extraction.

use wishlist_core::model::{PageKind, Product};

use crate::extraction::{Evidence, Extraction};
use crate::fields::{self, Choice, Context};
use crate::page::clean;
use crate::sources::{Candidate, Candidates};

/// Evidence is for reading: values are shortened to this many characters.
const EVIDENCE_LENGTH: usize = 200;

/// Chooses each field's value and keeps what was considered.
pub(crate) fn merge(candidates: &Candidates, context: &Context<'_>) -> Extraction {
    let mut chosen: Vec<&Candidate> = Vec::new();
    if matches!(context.kind, PageKind::Blocked | PageKind::NotFound | PageKind::Login) {
        // What such a page shows is about itself, not about what was asked for.
        let site_name = keep(fields::site_name(candidates), &mut chosen);
        let product = Product { site_name, ..Product::default() };
        return Extraction { kind: context.kind, product, evidence: evidence(candidates, &chosen) };
    }
    let title = keep(fields::title(candidates, context), &mut chosen);
    let mut product = Product { title, ..Product::default() };
    if context.kind == PageKind::Product {
        product.price = keep(fields::price(candidates, context), &mut chosen);
        product.list_price = keep(fields::list_price(candidates, context, product.price), &mut chosen);
        product.availability = keep(fields::availability(candidates), &mut chosen);
        product.brand = keep(fields::brand(candidates, product.title.as_deref()), &mut chosen);
        product.sku = keep(fields::sku(candidates, context, product.title.as_deref()), &mut chosen);
        product.gtin = keep(fields::gtin(candidates), &mut chosen);
    }
    product.images = keep(fields::images(candidates, context), &mut chosen).unwrap_or_default();
    product.image_url = product.images.first().cloned();
    product.description = keep(fields::description(candidates, context), &mut chosen);
    product.canonical_url = keep(fields::canonical_url(candidates, context), &mut chosen);
    product.site_name = keep(fields::site_name(candidates), &mut chosen);
    Extraction { kind: context.kind, product, evidence: evidence(candidates, &chosen) }
}

fn keep<'c, T>(choice: Choice<'c, T>, chosen: &mut Vec<&'c Candidate>) -> Option<T> {
    let (value, from) = choice?;
    chosen.extend(from);
    Some(value)
}

fn evidence(candidates: &Candidates, chosen: &[&Candidate]) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = candidates
        .all()
        .map(|candidate| Evidence {
            field: candidate.field,
            source: candidate.source,
            value: written(candidate),
            chosen: chosen.iter().any(|other| std::ptr::eq(*other, candidate)),
        })
        .collect();
    evidence.sort_by_key(|evidence| (evidence.field, !evidence.chosen));
    evidence
}

fn written(candidate: &Candidate) -> String {
    let value = clean(&candidate.value, EVIDENCE_LENGTH);
    match &candidate.currency {
        Some(currency) => format!("{value} {currency}"),
        None => value,
    }
}
